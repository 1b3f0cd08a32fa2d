"""Which of a cluster's phrases names it best: by what it means, who says it, and how it reads."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from embeddings import phrases
from embeddings.habits import Carriers, Habits, content
from embeddings.phrases import Phrase, Runs
from embeddings.records import Progress, Vectors

CANDIDATES = 80
"""Phrases of a cluster whose vectors are compared."""
FEW_CLUSTERS = 3
"""With fewer clusters, what they have in common is no measure of what tells them apart."""
COMMON, WHOLE, TROUBLE, BARE, FAULT = 0.14, 0.06, 0.12, 0.1, 0.08
LONGER, TWICE, DENIED = 0.05, 0.05, 0.15
"""What it is worth that many share a phrase, that it is no torn piece, reads like no fragment, says more
than one thing, is no deed without a doer; for each word that it is about, and that it was said twice;
and what it costs when those who said it denied it."""
CARRIERS, CARRIERS_SMALL, FEW = 3, 2, 10
"""Texts that use each word of a title, and what is enough in a cluster of fewer texts than that."""
CHOICE = 4
"""Phrases among which a title is chosen at least; else fewer texts will do."""

Embed = Callable[[Sequence[str]], Vectors]
Scored = list[tuple[str, float]]


def usable(used: dict[str, Phrase], texts: Sequence[Runs]) -> dict[str, Phrase]:
    """Return the phrases of which each word is one that several texts use, and that say two things or more.

    Where there are none, phrases that say one thing will do, then all.
    """
    carriers = Carriers(texts)
    most = CARRIERS if len(texts) >= FEW else CARRIERS_SMALL
    known = {}
    for phrase, use in used.items():
        least = carriers.least(phrase)
        if least >= CARRIERS_SMALL or not most:
            use.carriers = carriers.count(phrase)
        known[phrase] = min(least, most), len(content(phrase))
    for needed, contents in ((most, 2), (CARRIERS_SMALL, 2), (CARRIERS_SMALL, 1)):
        found = [phrase for phrase in used if known[phrase] >= (needed, 1) and known[phrase][1] >= contents]
        if sum(" " in phrase for phrase in found) >= CHOICE:
            words = [phrase for phrase in used if " " not in phrase and known[phrase][0] >= needed]
            return {phrase: used[phrase] for phrase in {*found, *words}}
    for phrase, use in used.items():
        use.carriers = use.carriers or carriers.count(phrase)
    return used


def by_words(
    used: dict[str, Phrase], heart: dict[str, Phrase], spread: Counter[str], clusters: int
) -> Scored:
    """Order phrases by how often they are used here, how seldom elsewhere, and how they read."""
    scores = []
    told = {phrase for phrase, use in used.items() if use.carriers >= CARRIERS_SMALL or phrase in heart}
    for phrase in told if any(" " in one for one in told) else used:
        use = used[phrase]
        rare = math.log(1 + clusters / spread[phrase])
        reads = (0.4 + 0.6 * use.whole_share) / (1 + phrases.trouble(phrase))
        scores.append((phrase, math.log1p(use.carriers) * rare * (1 + 0.3 * phrase.count(" ")) * reads))
    return sorted(scores, key=lambda pair: (-pair[1], pair[0]))


def by_vectors(
    ranked: Sequence[Scored],
    used: Sequence[dict[str, Phrase]],
    habits: Habits,
    centres: Vectors,
    embed: Embed,
    progress: Progress | None = None,
) -> list[Scored]:
    """Order each cluster's best phrases by how near they are to what sets it apart, and how they read."""
    chosen = [[phrase for phrase, _ in some if " " in phrase][:CANDIDATES] for some in ranked]
    distinct = sorted({phrase for some in chosen for phrase in some})
    place = {phrase: row for row, phrase in enumerate(distinct)}
    vectors = embed(distinct) if distinct else np.zeros((0, centres.shape[1]), np.float32)
    plain = vectors @ centres.T
    apart = _apart(vectors) @ _apart(centres).T if len(centres) >= FEW_CLUSTERS else plain
    result = []
    for label, some in enumerate(chosen):
        rows = [place[phrase] for phrase in some]
        near = 0.5 * plain[rows, label] + apart[rows, label]
        most = math.log1p(max((used[label][phrase].carriers for phrase in some), default=1) or 1)
        scores = [
            float(n) + reading(p, used[label][p], most) - FAULT * habits.fault(p)
            for p, n in zip(some, near, strict=True)
        ]
        result.append(sorted(zip(some, scores, strict=True), key=lambda pair: (-pair[1], pair[0])))
        if progress is not None:
            progress(label + 1, len(chosen))
    return result


def reading(phrase: str, use: Phrase, most: float) -> float:
    """Return what speaks for a phrase besides its meaning."""
    return (
        COMMON * math.log1p(use.carriers) / most
        + TWICE * (use.texts > 1)
        + WHOLE * use.whole_share
        - TROUBLE * phrases.trouble(phrase) ** 2
        + LONGER * min(len(content(phrase)), 4)
        - BARE * (len(content(phrase)) < 2)
        - DENIED * use.denied_share * (not phrases.denies(phrase))
    )


def telling(vectors: Vectors, centres: Vectors, label: int) -> NDArray[np.float32]:
    """Return how well texts of a cluster say what sets it apart from the other clusters.

    :param vectors: of some of its texts; shape ``(texts, dimensions)``.
    """
    plain: NDArray[np.float32] = vectors @ centres[label]
    if len(centres) < FEW_CLUSTERS:
        return plain
    middle = centres.mean(axis=0)
    score: NDArray[np.float32] = 0.5 * plain + _apart(vectors, middle) @ _apart(centres, middle)[label]
    return score


def _apart(vectors: Vectors, middle: NDArray[np.float32] | None = None) -> Vectors:
    """Return vectors at length one without what all of them have in common."""
    if not len(vectors):
        return vectors
    rest = vectors - (vectors.mean(axis=0) if middle is None else middle)
    scaled: Vectors = rest / np.maximum(np.linalg.norm(rest, axis=1, keepdims=True), np.float32(1e-6))
    return scaled
