"""Levels that nest: areas of several themes above, sub-themes of one theme below.

Both come from the graph the themes came from, after human decisions: an area is made of whole
themes and a sub-theme lies in one theme by construction, so that the levels never contradict.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from embeddings import cluster, graph, resolutions
from embeddings.records import NOISE, Labels, Vectors

MOST_AREAS = 25
PART_RESOLUTION = 0.5
"""At half the usual resolution a theme falls apart only where a gap runs through it."""
ABOVE_CHANCE = 1.2
"""A theme has parts where their modularity is so many times what the same edges, dealt at random, reach.

Two parts reach a half at most, and forty texts reach three tenths by chance: twice that is never met.
Of themes put together by hand parts reach 1.24 to 1.5 times what chance does, of others 1.19 at most."""
LEAST_PART = 4
NEAREST, HINT = 3, 0.05
"""Themes whose centres are nearest to a theme's, and the weight of these ties among all edges."""


def areas(matrix: Any, labels: Labels, centres: Vectors, seed: int = 0) -> Labels:
    """Return the area of each theme, counted from 0, the one with most texts first.

    The themes become the nodes of a graph, and the rule that found them is used once more: the
    finest communities that are good enough. There are 25 areas at most, and half as many as
    themes; what that leaves over goes to the area it is most like.

    :param matrix: the graph of the texts; symmetric CSR of shape ``(texts, texts)``.
    :param labels: the theme of each text; every theme below the number of centres may have none.
    :param centres: the direction of each theme; shape ``(themes, dimensions)``.
    :returns: shape ``(themes,)``.
    """
    themes = len(centres)
    if themes == 0:
        return np.zeros(0, np.int64)
    most = max(1, min(MOST_AREAS, themes // 2))
    levels = resolutions.partitions(_between(matrix, labels, centres), seed)
    enough = cluster.good_enough(levels)
    good = [level.labels for level in levels if level.quality >= enough] or [levels[0].labels]
    fitting = [some for some in good if some.max() < most] or good[:1]
    sizes = np.bincount(labels[labels != NOISE], minlength=themes)
    found = _joined(fitting[-1], centres, sizes, most)
    _, number = cluster.by_size(np.repeat(found, np.maximum(sizes, 1)))
    return np.array([number[int(area)] for area in found], np.int64)


def parts(matrix: Any, labels: Labels, seed: int = 0) -> Labels:
    """Return the sub-theme of each text; ``NOISE`` where a theme has no inner structure.

    A theme is cut where its own part of the graph falls into communities whose modularity is a fifth
    above what the same edges reach when they are dealt at random.

    :param labels: the theme of each text, or ``NOISE``.
    :returns: numbered through the themes, in their order; shape ``(texts,)``.
    """
    found = np.full(len(labels), NOISE, np.int64)
    count = 0
    order = np.argsort(labels, kind="stable")
    edges = np.searchsorted(labels[order], np.arange(int(labels.max(initial=NOISE)) + 2))
    for start, end in pairwise(edges.tolist()):
        rows = order[start:end]
        if len(rows) < 2 * LEAST_PART:
            continue
        pieces = _pieces(matrix[rows][:, rows].tocsr(), seed)
        if pieces is not None:
            found[rows] = count + pieces
            count += int(pieces.max()) + 1
    return found


def _between(matrix: Any, labels: Labels, centres: Vectors) -> Any:
    """Return the graph of the themes: the weight of all edges from one to the other.

    A little weight comes from the likeness of their centres, which decides where edges are silent.
    """
    themes = len(centres)
    inside = np.flatnonzero(labels != NOISE)
    ones = np.ones(len(inside))
    member = sparse.csr_matrix((ones, (inside, labels[inside])), shape=(len(labels), themes))
    edges = (member.T @ matrix @ member).tocoo()
    apart = edges.row != edges.col
    near = graph.neighbours(centres, NEAREST)
    hints = graph.symmetric(near, themes, graph.background(centres))
    weight = edges.data[apart].sum() or 1.0
    total = sparse.csr_matrix((edges.data[apart], (edges.row[apart], edges.col[apart])), shape=hints.shape)
    total = (total + hints * (HINT * weight / (hints.sum() or 1.0))).tocsr()
    total.sort_indices()
    return total


def _joined(found: Labels, centres: Vectors, sizes: NDArray[np.int64], most: int) -> Labels:
    """Join the smallest area to the one most like it until there are no more than ``most``."""
    found = found.copy()
    while len(left := np.unique(found)) > most:
        weights = np.array([sizes[found == area].sum() for area in left])
        means = np.stack(
            [
                (centres[found == area] * np.maximum(sizes[found == area], 1)[:, None]).sum(axis=0)
                for area in left
            ]
        )
        means /= np.maximum(np.linalg.norm(means, axis=1, keepdims=True), 1e-12)
        least = int(np.argmin(weights))
        likeness = means @ means[least]
        likeness[least] = -np.inf
        found[found == left[least]] = left[int(np.argmax(likeness))]
    return found


def _pieces(matrix: Any, seed: int) -> Labels | None:
    """Return the communities inside one theme, largest first, or None where chance makes as good ones."""
    if matrix.nnz == 0:
        return None
    matrix.sort_indices()
    inner = cluster.communities(matrix, PART_RESOLUTION, seed)
    if inner.labels.max() == 0:
        return None
    dealt = _dealt(matrix, seed)
    chance = cluster.communities(dealt, 1.0, seed).quality if dealt.nnz else 0.0
    if inner.quality < ABOVE_CHANCE * chance:
        return None
    labels, _ = cluster.by_size(inner.labels, LEAST_PART)
    if labels.max() < 1:
        return None
    small = labels == NOISE
    if small.any():
        large = np.flatnonzero(~small)
        member = sparse.csr_matrix(
            (np.ones(len(large)), (large, labels[large])), shape=(len(labels), labels.max() + 1)
        )
        labels[small] = np.asarray((matrix[small] @ member).argmax(axis=1)).ravel()
        labels, _ = cluster.by_size(labels)
    return labels


def _dealt(matrix: Any, seed: int) -> Any:
    """Return a graph in which every text has as many edges as before, but to texts at random."""
    half = sparse.triu(matrix, 1).tocoo()
    ends = np.random.default_rng(seed).permutation(half.col)
    kept = half.row != ends
    dealt = sparse.csr_matrix((half.data[kept], (half.row[kept], ends[kept])), shape=matrix.shape)
    dealt = (dealt + dealt.T).tocsr()
    dealt.sort_indices()
    return dealt
