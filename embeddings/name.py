"""Titles and quotes of clusters, taken from the texts themselves.

A title is the phrase of two to six words that the customers use and whose vector lies near the
cluster's centre and away from the centres of its rivals. The quote below it is the shortest of the
most central texts.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from embeddings.cluster import centroids
from embeddings.records import NOISE, Labels, Progress, Vectors
from embeddings.words import EDGES, NEGATIONS

LONGEST = 6
CANDIDATES = 40
"""Phrases of a cluster whose vectors are compared."""
READ = 400
"""Most central texts of a cluster that are read for phrases."""
RIVAL = 0.5
"""Weight of likeness to the nearest other cluster against likeness to the own one."""
CENTRAL_SHARE = 0.1
QUOTES = 5

_TOKEN = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_BREAK = re.compile(r"[.!?;:,()\[\]{}\"“”|/\n\r\t]+|\s[-–—]\s")
_HIDDEN = re.compile(r"\S*@\S+|https?://\S+|www\.\S+|\S*\d\S*")

Embed = Callable[[Sequence[str]], Vectors]


@dataclass(frozen=True, slots=True)
class Name:
    """What a cluster is called, and the rows that speak for it."""

    title: str
    keywords: tuple[str, ...]
    quote_row: int
    key_rows: tuple[int, ...]


def names(
    texts: Sequence[str],
    vectors: Vectors,
    labels: Labels,
    embed: Embed | None = None,
    progress: Progress | None = None,
) -> list[Name]:
    """Name each cluster; no two titles are equal.

    :param texts: the texts of the rows.
    :param vectors: their ``mean`` vectors; shape ``(texts, dimensions)``.
    :param labels: ``Labels``.
    :param embed: gives the vectors of phrases; without it words alone decide.
    """
    centres = centroids(vectors, labels)
    count = len(centres)
    central = [_central(vectors, labels, centres, label) for label in range(count)]
    phrases = [_phrases([texts[row] for row in rows[:READ]]) for rows in central]
    spread = Counter(phrase for some in phrases for phrase in some)
    ranked = [_ranked(some, spread, count) for some in phrases]
    scored = _by_vectors(ranked, centres, embed, progress) if embed is not None else ranked
    taken: set[str] = set()
    result = []
    for label in range(count):
        rows = central[label]
        title = _title(scored[label], taken, [texts[row] for row in rows])
        taken.add(title.casefold())
        key_rows = _spread_out(rows, vectors, texts)
        keywords = tuple(phrase for phrase, _ in ranked[label] if " " not in phrase)[:6]
        result.append(Name(title, keywords, _quote(rows, texts), key_rows))
    return result


def _central(vectors: Vectors, labels: Labels, centres: Vectors, label: int) -> list[int]:
    """Return the rows of a cluster, nearest to its centre first."""
    rows = np.flatnonzero(labels == label)
    likeness = vectors[rows] @ centres[label]
    return [int(row) for row in rows[np.argsort(-likeness, kind="stable")]]


def _phrases(texts: Sequence[str]) -> Counter[str]:
    """Count in how many texts each phrase of one to six words stands."""
    counts: Counter[str] = Counter()
    for text in texts:
        counts.update(set(_grams(text)))
    return counts


def _grams(text: str) -> Iterator[str]:
    """Yield the phrases of a text that could be read alone."""
    for part in _BREAK.split(_HIDDEN.sub(" , ", text)):
        words = [word.replace("’", "'").lower() for word in _TOKEN.findall(part)]
        for start in range(len(words)):
            if words[start] in EDGES and words[start] not in NEGATIONS:
                continue
            for end in range(start + 1, min(start + LONGEST, len(words)) + 1):
                if words[end - 1] not in EDGES and len(words[end - 1]) > 1:
                    yield " ".join(words[start:end])


def _ranked(counts: Counter[str], spread: Counter[str], clusters: int) -> list[tuple[str, float]]:
    """Order phrases by how often they are used here and how seldom elsewhere."""
    scores = {
        phrase: np.log1p(count) * np.log(1 + clusters / spread[phrase]) * (1 + 0.3 * phrase.count(" "))
        for phrase, count in counts.items()
        if count > 1 or len(counts) < CANDIDATES
    }
    return sorted(scores.items(), key=lambda pair: (-pair[1], pair[0]))


def _by_vectors(
    ranked: list[list[tuple[str, float]]], centres: Vectors, embed: Embed, progress: Progress | None
) -> list[list[tuple[str, float]]]:
    """Order each cluster's best phrases by likeness to its centre less likeness to the nearest rival."""
    chosen = [[phrase for phrase, _ in some if " " in phrase][:CANDIDATES] for some in ranked]
    distinct = sorted({phrase for some in chosen for phrase in some})
    place = {phrase: row for row, phrase in enumerate(distinct)}
    table = embed(distinct) @ centres.T if distinct else np.zeros((0, len(centres)), np.float32)
    result = []
    for label, some in enumerate(chosen):
        rows = [place[phrase] for phrase in some]
        own = table[rows, label]
        rivals = np.delete(table[rows], label, axis=1).max(axis=1, initial=0.0)
        scores = own - RIVAL * rivals
        order = np.argsort(-scores, kind="stable")
        result.append([(some[i], float(scores[i])) for i in order])
        if progress is not None:
            progress(label + 1, len(chosen))
    return result


def _title(scored: list[tuple[str, float]], taken: set[str], texts: Sequence[str]) -> str:
    """Return the best phrase nobody else has, in sentence case."""
    for phrase, _ in scored:
        title = phrase[0].upper() + phrase[1:]
        if " " in phrase and title.casefold() not in taken:
            return title
    for phrase, _ in scored:
        title = phrase[0].upper() + phrase[1:]
        if title.casefold() not in taken:
            return title
    words = " ".join(" ".join(texts[0].split()).split(" ")[:LONGEST]) if texts else "Theme"
    title, number = words, 2
    while title.casefold() in taken:
        title, number = f"{words} ({number})", number + 1
    return title


def _quote(rows: Sequence[int], texts: Sequence[str]) -> int:
    """Return the shortest of the most central texts that still says something."""
    few = rows[: max(3, int(len(rows) * CENTRAL_SHARE))]
    return min(few, key=lambda row: (len(texts[row].split()) < 4, len(texts[row])))


def _spread_out(rows: Sequence[int], vectors: Vectors, texts: Sequence[str]) -> tuple[int, ...]:
    """Return a few central rows that do not repeat each other."""
    chosen: list[int] = []
    for row in rows[: max(QUOTES, len(rows) // 2)]:
        if all(float(vectors[row] @ vectors[other]) < 0.85 for other in chosen):
            chosen.append(row)
        if len(chosen) == QUOTES:
            break
    return tuple(chosen)


def has_clusters(labels: Labels) -> bool:
    """Return whether any row is in a cluster."""
    return bool((labels != NOISE).any())
