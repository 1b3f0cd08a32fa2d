"""Titles and quotes of clusters, taken from the texts themselves.

A title is a phrase of two to six words whose words several of the texts share, in the language most of
them are in, which names a thing rather than a piece of a sentence, and whose vector lies near the
cluster's centre and away from the centres of its rivals. The quote below it is the shortest of the
most central texts that speaks of the title.
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
from embeddings.habits import Carriers, Habits, content, language, main_language
from embeddings.phrases import Phrase, Spelling, runs
from embeddings.pleasantries import says_nothing
from embeddings.records import Labels, Progress, Vectors

CANDIDATES = 60
"""Phrases of a cluster whose vectors are compared."""
READ = 400
"""Most central texts of a cluster that are read for phrases."""
HEART = 12
"""Of these most central texts even phrases that stand nowhere else are considered."""
RIVAL = 0.5
"""Weight of likeness to the nearest other cluster against likeness to the own one."""
COMMON, WHOLE, TROUBLE, BARE, FAULT = 0.14, 0.06, 0.12, 0.1, 0.08
LONGER, TWICE = 0.05, 0.05
"""What it is worth that many share a phrase, that it is no torn piece, reads like no fragment, says more
than one thing, is no deed without a doer, for each word that it is about, and that it was said twice."""
CARRIERS, CARRIERS_SMALL, FEW = 3, 2, 10
"""Texts that use each word of a title, and what is enough in a cluster of fewer texts than that."""
CHOICE = 4
"""Phrases among which a title is chosen at least; else fewer texts will do."""
SHARED, SHARED_LEAST = 0.3, 5
"""A name that stands in so many clusters (the product, the vendor) tells none from another."""
CENTRAL_SHARE, CENTRAL_LEAST, CENTRAL_MOST = 0.1, 6, 15
QUOTES = 5
BRIEF = 5
"""A quote of fewer words hardly makes a point."""
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
    spoken = [_spoken([texts[row] for row in rows]) for rows in central]
    spelling, habits = Spelling(), Habits()
    for some in spoken:
        for text in some:
            spelling.learn(text)
            habits.learn(text)
    counted = [phrases.count(some) for some in spoken]
    spread = Counter(phrase for some in counted for phrase in some)
    most = max(SHARED_LEAST, SHARED * clusters)
    barred = {word for word, many in spread.items() if many > most and spelling.is_name(word)}
    used = [_usable(some, read, barred) for some, read in zip(counted, spoken, strict=True)]
    hearts = [phrases.count(some[:HEART]) for some in spoken]
    ranked = [_ranked(some, heart, spread, clusters) for some, heart in zip(used, hearts, strict=True)]
    scored = _by_vectors(ranked, used, habits, centres, embed, progress) if embed is not None else ranked
    taken: set[frozenset[str]] = set()
    result = []
    for label, rows in enumerate(central):
        phrase = _choose(scored[label], taken, [texts[row] for row in rows])
        taken.add(_about(phrase))
        keywords = tuple(phrase for phrase, _ in ranked[label] if " " not in phrase)[:6]
        quote = _quote(rows, texts, phrase)
        result.append(Name(spelling.title(phrase), keywords, quote, _spread_out(rows, vectors)))
    return result


def _spoken(texts: Sequence[str]) -> list[str]:
    """Return the texts that are read for a title: no copies, in the language that most are in."""
    distinct = _distinct(texts)
    languages = [language(text) for text in distinct]
    main = main_language(languages)
    return [text for text, one in zip(distinct, languages, strict=True) if one in ("", main)]


def _usable(used: dict[str, Phrase], texts: Sequence[str], barred: set[str]) -> dict[str, Phrase]:
    """Return the phrases of which each word is one that several texts use, and that say two things or more.

    Where there are none, phrases that say one thing will do, then all.
    """
    used = {phrase: use for phrase, use in used.items() if not barred & set(phrase.split())} or used
    carriers = Carriers(texts)
    most = CARRIERS if len(texts) >= FEW else CARRIERS_SMALL
    known = {}
    for phrase, use in used.items():
        use.carriers = carriers.count(phrase)
        known[phrase] = min(carriers.least(phrase), most), len(content(phrase))
    for needed, contents in ((most, 2), (CARRIERS_SMALL, 2), (CARRIERS_SMALL, 1)):
        found = [phrase for phrase in used if known[phrase] >= (needed, 1) and known[phrase][1] >= contents]
        if sum(" " in phrase for phrase in found) >= CHOICE:
            words = [phrase for phrase in used if " " not in phrase and known[phrase][0] >= needed]
            return {phrase: used[phrase] for phrase in {*found, *words}}
    return used


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
    told = {phrase for phrase, use in used.items() if use.carriers >= CARRIERS_SMALL or phrase in heart}
    for phrase in told if any(" " in one for one in told) else used:
        use = used[phrase]
        rare = math.log(1 + clusters / spread[phrase])
        reads = (0.4 + 0.6 * use.whole_share) / (1 + phrases.trouble(phrase))
        scores.append((phrase, math.log1p(use.carriers) * rare * (1 + 0.3 * phrase.count(" ")) * reads))
    return sorted(scores, key=lambda pair: (-pair[1], pair[0]))


def _by_vectors(
    ranked: list[Scored],
    used: list[dict[str, Phrase]],
    habits: Habits,
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
        most = math.log1p(max((used[label][phrase].carriers for phrase in some), default=1) or 1)
        scores = [
            float(n) + _reading(p, used[label][p], most) - FAULT * habits.fault(p)
            for p, n in zip(some, near, strict=True)
        ]
        result.append(sorted(zip(some, scores, strict=True), key=lambda pair: (-pair[1], pair[0])))
        if progress is not None:
            progress(label + 1, len(chosen))
    return result


def _reading(phrase: str, use: Phrase, most: float) -> float:
    """Return what speaks for a phrase besides its meaning."""
    return (
        COMMON * math.log1p(use.carriers) / most
        + TWICE * (use.texts > 1)
        + WHOLE * use.whole_share
        - TROUBLE * phrases.trouble(phrase) ** 2
        + LONGER * min(len(content(phrase)), 4)
        - BARE * (len(content(phrase)) < 2)
    )


def _choose(scored: Scored, taken: set[frozenset[str]], texts: Sequence[str]) -> str:
    """Return the best phrase that no other cluster has, in small letters."""
    free = [phrase for phrase, _ in scored if _about(phrase) not in taken]
    for phrase in free:
        if " " in phrase:
            return phrase
    if free:
        return free[0]
    words = phrases.opening(texts[0])
    phrase, number = words, 2
    while _about(phrase) in taken:
        phrase, number = f"{words} {number}", number + 1
    return phrase


def _about(phrase: str) -> frozenset[str]:
    """Return what two titles must not have in common altogether."""
    return content(phrase) or frozenset(phrase.split())


def _quote(rows: Sequence[int], texts: Sequence[str], phrase: str) -> int:
    """Return the shortest of the most central texts that makes the point of the title."""
    few = rows[: max(CENTRAL_LEAST, min(CENTRAL_MOST, int(len(rows) * CENTRAL_SHARE)))]
    main = main_language(language(texts[row]) for row in rows[:READ])
    about = content(phrase)

    def order(row: int) -> tuple[bool, bool, bool, bool, int]:
        text = texts[row].strip()
        strange = language(text) not in ("", main)
        hanging = text.endswith((":", ","))
        said = content(" ".join(word for run in runs(text) for word in run))
        misses = len(about & said) * 2 < len(about)
        return says_nothing(text), strange, hanging or len(text.split()) < BRIEF, misses, len(text)

    return min(few, key=order)


def _spread_out(rows: Sequence[int], vectors: Vectors) -> tuple[int, ...]:
    """Return a few central rows that do not repeat each other."""
    chosen: list[int] = []
    for row in rows[: max(QUOTES, len(rows) // 2)]:
        if all(float(vectors[row] @ vectors[other]) < ALIKE for other in chosen):
            chosen.append(row)
        if len(chosen) == QUOTES:
            break
    return tuple(chosen)
