"""Titles and quotes of clusters, taken from the texts themselves.

A title is the phrase of two to six words that the customers use and whose vector lies near the
cluster's centre and away from the centres of its rivals. The quote below it is the shortest of the
most central texts.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from embeddings import phrases
from embeddings.cluster import centroids
from embeddings.duplicates import normalise
from embeddings.phrases import Phrase, Spelling
from embeddings.records import Labels, Progress, Vectors
from embeddings.words import EDGES

CANDIDATES = 60
"""Phrases of a cluster whose vectors are compared."""
READ = 400
"""Most central texts of a cluster that are read for phrases."""
HEART = 12
"""Of these most central texts even phrases that stand nowhere else are considered."""
RIVAL = 0.5
"""Weight of likeness to the nearest other cluster against likeness to the own one."""
COMMON, WHOLE, TROUBLE, BARE = 0.08, 0.08, 0.07, 0.04
"""What it is worth that many use a phrase, that it is no torn piece, reads like no fragment, is not bare."""
CENTRAL_SHARE, CENTRAL_LEAST, CENTRAL_MOST = 0.1, 6, 15
QUOTES = 5
ALIKE = 0.85

Embed = Callable[[Sequence[str]], Vectors]
Scored = list[tuple[str, float]]


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
    """Name each cluster; no two titles are equal or made of the same words.

    :param texts: the texts of the rows.
    :param vectors: their ``mean`` vectors; shape ``(texts, dimensions)``.
    :param labels: ``Labels``.
    :param embed: gives the vectors of phrases; without it words alone decide.
    """
    centres = centroids(vectors, labels)
    clusters = len(centres)
    central = [_central(vectors, labels, centres, label) for label in range(clusters)]
    read = [_distinct([texts[row] for row in rows]) for rows in central]
    spelling = Spelling()
    for some in read:
        for text in some:
            spelling.learn(text)
    used = [phrases.count(some) for some in read]
    spread = Counter(phrase for some in used for phrase in some)
    hearts = [phrases.count(some[:HEART]) for some in read]
    ranked = [_ranked(some, heart, spread, clusters) for some, heart in zip(used, hearts, strict=True)]
    scored = _by_vectors(ranked, used, centres, embed, progress) if embed is not None else ranked
    taken: set[frozenset[str]] = set()
    result = []
    for label, rows in enumerate(central):
        phrase = _choose(scored[label], taken, [texts[row] for row in rows])
        taken.add(frozenset(phrase.split()))
        keywords = tuple(phrase for phrase, _ in ranked[label] if " " not in phrase)[:6]
        result.append(Name(spelling.title(phrase), keywords, _quote(rows, texts), _spread_out(rows, vectors)))
    return result


def _central(vectors: Vectors, labels: Labels, centres: Vectors, label: int) -> list[int]:
    """Return the rows of a cluster, nearest to its centre first."""
    rows = np.flatnonzero(labels == label)
    likeness = vectors[rows] @ centres[label]
    return [int(row) for row in rows[np.argsort(-likeness, kind="stable")]]


def _distinct(texts: Sequence[str]) -> list[str]:
    """Return the first texts that are not copies of earlier ones: repeating does not make a title."""
    found: dict[str, str] = {}
    for text in texts:
        found.setdefault(normalise(text), text)
        if len(found) == READ:
            break
    return list(found.values())


def _ranked(used: dict[str, Phrase], heart: dict[str, Phrase], spread: Counter[str], clusters: int) -> Scored:
    """Order phrases by how often they are used here, how seldom elsewhere, and how they read."""
    scores = []
    for phrase, use in used.items():
        if use.texts < 2 and phrase not in heart:
            continue
        rare = math.log(1 + clusters / spread[phrase])
        reads = (0.4 + 0.6 * use.whole_share) / (1 + phrases.trouble(phrase))
        scores.append((phrase, math.log1p(use.texts) * rare * (1 + 0.3 * phrase.count(" ")) * reads))
    return sorted(scores, key=lambda pair: (-pair[1], pair[0]))


def _by_vectors(
    ranked: list[Scored],
    used: list[dict[str, Phrase]],
    centres: Vectors,
    embed: Embed,
    progress: Progress | None,
) -> list[Scored]:
    """Order each cluster's best phrases by likeness to its centre less likeness to the nearest rival."""
    chosen = [[phrase for phrase, _ in some if " " in phrase][:CANDIDATES] for some in ranked]
    distinct = sorted({phrase for some in chosen for phrase in some})
    place = {phrase: row for row, phrase in enumerate(distinct)}
    table = embed(distinct) @ centres.T if distinct else np.zeros((0, len(centres)), np.float32)
    result = []
    for label, some in enumerate(chosen):
        rows = [place[phrase] for phrase in some]
        rivals = np.delete(table[rows], label, axis=1).max(axis=1, initial=0.0)
        near = table[rows, label] - RIVAL * rivals
        most = math.log1p(max((used[label][phrase].texts for phrase in some), default=1))
        scores = [float(n) + _reading(p, used[label][p], most) for p, n in zip(some, near, strict=True)]
        result.append(sorted(zip(some, scores, strict=True), key=lambda pair: (-pair[1], pair[0])))
        if progress is not None:
            progress(label + 1, len(chosen))
    return result


def _reading(phrase: str, use: Phrase, most: float) -> float:
    """Return what speaks for a phrase besides its meaning."""
    words = phrase.split()
    contents = sum(word.replace("'", "") not in EDGES for word in words)
    return (
        COMMON * math.log1p(use.texts) / most
        + WHOLE * use.whole_share
        - TROUBLE * phrases.trouble(phrase)
        - BARE * (contents < 2)
    )


def _choose(scored: Scored, taken: set[frozenset[str]], texts: Sequence[str]) -> str:
    """Return the best phrase that no other cluster has, in small letters."""
    free = [phrase for phrase, _ in scored if frozenset(phrase.split()) not in taken]
    for phrase in free:
        if " " in phrase:
            return phrase
    if free:
        return free[0]
    words = phrases.opening(texts[0])
    phrase, number = words, 2
    while frozenset(phrase.split()) in taken:
        phrase, number = f"{words} {number}", number + 1
    return phrase


def _quote(rows: Sequence[int], texts: Sequence[str]) -> int:
    """Return the shortest of the most central texts that still says something."""
    few = rows[: max(CENTRAL_LEAST, min(CENTRAL_MOST, int(len(rows) * CENTRAL_SHARE)))]
    return min(few, key=lambda row: (len(texts[row].split()) < 4, len(texts[row])))


def _spread_out(rows: Sequence[int], vectors: Vectors) -> tuple[int, ...]:
    """Return a few central rows that do not repeat each other."""
    chosen: list[int] = []
    for row in rows[: max(QUOTES, len(rows) // 2)]:
        if all(float(vectors[row] @ vectors[other]) < ALIKE for other in chosen):
            chosen.append(row)
        if len(chosen) == QUOTES:
            break
    return tuple(chosen)
