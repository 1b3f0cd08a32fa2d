"""Clusters of a graph: communities at several resolutions, what fits none, and dense pockets in it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from embeddings.graph import background
from embeddings.records import NOISE, Labels, Level, Strengths, Vectors

TOLERANCE = 0.1
"""The finest partition is taken whose modularity is this near to the best, in units of its spread.

The spread of a share q is √(q(1−q)). A clear structure (q = .84) may lose .04, a blurred one (q = .42) .05:
there modularity alone would leave unlike needs together.
"""
STEADY = 0.98
"""Adjusted Rand index from which two neighbouring resolutions found the same groups."""
LEIDEN_ROUNDS = 2
TABLE = 5_000
"""Texts of which all pairs are held at once while pockets are looked for: 400 MB."""
BLOCK = 65_536


def communities(matrix: Any, resolution: float, seed: int, rounds: int = LEIDEN_ROUNDS) -> Level:
    """Return the Leiden communities of a graph at one resolution."""
    import graspologic_native

    count = matrix.shape[0]
    if count < 2 or matrix.nnz == 0:
        return Level(resolution, 0.0, np.arange(count, dtype=np.int64))
    _, found = graspologic_native.leiden_csr(
        matrix.indptr.astype(np.int64, copy=False),
        matrix.indices.astype(np.int32, copy=False),
        matrix.data.astype(np.float64, copy=False),
        count,
        resolution=resolution,
        iterations=rounds,
        seed=seed,
    )
    labels = np.fromiter((found[row] for row in range(count)), np.int64, count=count)
    return Level(resolution, modularity(matrix, labels), labels)


def good_enough(levels: Sequence[Level], tolerance: float = TOLERANCE) -> float:
    """Return the modularity that a partition needs, given what the best reach."""
    best = min(1.0, max(0.0, *(level.quality for level in levels), 0.0))
    return best - tolerance * math.sqrt(best * (1 - best))


def choose(levels: Sequence[Level], tolerance: float = TOLERANCE) -> Level:
    """Return the level that is chosen; where none is, the finest that keeps enough of the best modularity."""
    enough = good_enough(levels, tolerance)
    marked = [level for level in levels if level.is_chosen]
    good = [level for level in levels if level.quality >= enough]
    return max(marked or good or levels[:1], key=lambda level: level.resolution)


def steady(levels: Sequence[Level]) -> list[Level]:
    """Return the levels that hardly differ from the next coarser and the next finer one.

    Where groups stand well apart, a range of resolutions finds the same ones; still finer ones only break
    some of them, at a loss of modularity too small to tell. Where groups touch, each resolution finds others:
    none is steady.

    :param levels: coarse to fine.
    """
    same = [likeness(one.labels, other.labels) >= STEADY for one, other in pairwise(levels)]
    return [level for level, both in zip(levels[1:], pairwise(same), strict=False) if all(both)]


def modularity(matrix: Any, labels: Labels, resolution: float = 1.0) -> float:
    """Return the modularity of a partition, the ordinary one unless another resolution is named."""
    rows, columns = _ends(matrix)
    total = matrix.data.sum()
    volume = np.bincount(labels, np.asarray(matrix.sum(axis=1)).ravel())
    inside = matrix.data[labels[rows] == labels[columns]].sum()
    return float(inside / total - resolution * ((volume / total) ** 2).sum())


def likeness(one: Labels, other: Labels) -> float:
    """Return the adjusted Rand index of two partitions: 1 is the same, 0 is chance."""
    from sklearn.metrics import adjusted_rand_score

    return float(adjusted_rand_score(one, other))


def strengths(matrix: Any, labels: Labels) -> Strengths:
    """Return for each text the share of its edge weight that stays in its cluster; 0 for noise."""
    rows, columns = _ends(matrix)
    inside = (labels[rows] == labels[columns]) & (labels[rows] != NOISE)
    count = len(labels)
    own = np.bincount(rows[inside], matrix.data[inside], minlength=count)
    everything = np.bincount(rows, matrix.data, minlength=count)
    # A text that only its own copies resemble has no edge, and nothing that pulls it elsewhere.
    share = np.divide(own, everything, out=(labels != NOISE).astype(float), where=everything > 0)
    firm: Strengths = np.minimum(share, 1).astype(np.float32)
    return firm


def pockets(vectors: Vectors, least: int, cohesion: float) -> Labels:
    """Find small dense groups among texts that fit no cluster.

    :param vectors: the ``mean`` vectors of those texts; shape ``(texts, dimensions)``.
    :param least: texts a pocket needs.
    :param cohesion: as tight as a weak cluster a pocket must be. Two of its texts need a mean cosine of the
        square of this; to a centre of five, any five are near.
    :returns: pockets counted from 0, else ``NOISE``; shape ``(texts,)``.
    """
    labels = np.full(len(vectors), NOISE, np.int64)
    if len(vectors) < 2 * least:
        return labels
    import hdbscan

    least = max(2, least)
    # In so many dimensions trees look at everything anyway: they take five times as long as one table of all
    # pairs, and no other thread of the process, such as one that waits for new words, gets a turn meanwhile.
    way = "generic" if len(vectors) <= TABLE else "best"
    tree = hdbscan.HDBSCAN(min_cluster_size=least, min_samples=2, algorithm=way).fit(
        vectors.astype(np.float64)
    )
    # The tree picks groups by how long they last, but never a single one; a cut at the density of a
    # weak cluster finds that too.
    reach = math.sqrt(2 - 2 * min(cohesion, 1.0) ** 2)
    for found in (tree.labels_, tree.single_linkage_tree_.get_clusters(reach, min_cluster_size=least)):
        for label in range(int(found.max()) + 1):
            rows = np.flatnonzero((found == label) & (labels == NOISE))
            if len(rows) >= least and background(vectors[rows]) >= cohesion**2:
                labels[rows] = labels.max() + 1
    return labels


def knots(vectors: Vectors, rows: NDArray[np.int64], matrix: Any, least: int, cohesion: float) -> Labels:
    """Find dense groups as ``pockets`` does, among so many texts that only their graph is looked at.

    :param vectors: of all texts.
    :param rows: the texts that fit no cluster.
    :param matrix: their part of the graph.
    :returns: shape ``(rows,)``.
    """
    matrix.sort_indices()
    found, _ = by_size(communities(matrix, 1.0, 0).labels, least)
    full = np.full(len(vectors), NOISE, np.int64)
    full[rows] = found
    sizes = np.bincount(found[found != NOISE])
    # The cosine to a centre is the better, the fewer it is made of; that of two texts is not.
    pairs = (sizes * cohesions(vectors, full) ** 2 - 1) / np.maximum(sizes - 1, 1)
    loose = pairs < cohesion**2
    found[(found != NOISE) & loose[found]] = NOISE
    return by_size(found, least)[0]


def centroids(vectors: Vectors, labels: Labels) -> Vectors:
    """Return the mean direction of each cluster.

    :param vectors: one text a row, unit length; shape ``(texts, dimensions)``.
    :param labels: the cluster of each text, counted from 0, or ``NOISE``; shape ``(texts,)``.
    :returns: one cluster a row, unit length; shape ``(clusters, dimensions)``.
        All noise gives shape ``(0, dimensions)``.
    :raises ValueError: the arrays differ in length, or a cluster has no text.

    >>> centroids(np.float32([[1, 0], [1, 0], [0, 1]]), np.array([0, 0, NOISE]))
    array([[1., 0.]], dtype=float32)
    """
    if len(vectors) != len(labels):
        raise ValueError(f"{len(vectors)} vectors, but {len(labels)} labels.")
    count = int(labels.max(initial=NOISE)) + 1
    if count and np.bincount(labels[labels != NOISE], minlength=count).min() == 0:
        raise ValueError("A cluster has no text.")
    sums = np.zeros((count, vectors.shape[1]), np.float64)
    for start in range(0, len(labels), BLOCK):
        rows = start + np.flatnonzero(labels[start : start + BLOCK] != NOISE)
        member = sparse.csr_matrix(
            (np.ones(len(rows)), labels[rows], np.arange(len(rows) + 1)), shape=(len(rows), count)
        )
        sums += member.T @ vectors[rows].astype(np.float64)
    lengths = np.linalg.norm(sums, axis=1, keepdims=True)
    means: Vectors = (sums / np.maximum(lengths, 1e-12)).astype(np.float32)
    return means


def cohesions(vectors: Vectors, labels: Labels) -> NDArray[np.float64]:
    """Return the mean cosine of the texts of each cluster to its centre; shape ``(clusters,)``."""
    centres = centroids(vectors, labels)
    likeness = np.zeros(len(labels))
    for start in range(0, len(labels), BLOCK):
        rows = start + np.flatnonzero(labels[start : start + BLOCK] != NOISE)
        likeness[rows] = np.einsum("ij,ij->i", vectors[rows], centres[labels[rows]])
    inside = labels != NOISE
    sizes = np.bincount(labels[inside], minlength=len(centres))
    return np.bincount(labels[inside], likeness[inside], minlength=len(centres)) / np.maximum(sizes, 1)


def by_size(labels: Labels, least: int = 1) -> tuple[Labels, dict[int, int]]:
    """Number clusters anew, largest first; those with fewer than ``least`` texts become noise.

    Equal sizes keep the order of their first texts.

    :returns: the new labels, and old label → new label.
    """
    found, first, counts = np.unique(labels, return_index=True, return_counts=True)
    order = sorted(
        (i for i in range(len(found)) if found[i] != NOISE and counts[i] >= least),
        key=lambda i: (-counts[i], first[i]),
    )
    number = {int(found[i]): new for new, i in enumerate(order)}
    new = np.fromiter((number.get(int(label), NOISE) for label in labels), np.int64, count=len(labels))
    return new, number


def _ends(matrix: Any) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """Return the two ends of every edge, in the order of the weights."""
    rows = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))
    return rows, matrix.indices
