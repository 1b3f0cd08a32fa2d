"""What the texts alone say: one graph, its communities, and what fits none of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from embeddings import cluster, graph, large, noise, resolutions
from embeddings.corpus import Corpus
from embeddings.duplicates import collapse
from embeddings.records import (
    LEAST,
    NOISE,
    Known,
    Labels,
    Level,
    StepProgress,
    Strengths,
    Vectors,
    step_of,
)

SMALL = 50
"""With fewer texts two alike make a cluster, and density says too little to call a text noise."""
LEAST_SMALL = 2
"""Texts that a cluster needs in a small collection."""
WEAK = 0.1
"""A pocket must be as tight as the clusters at this quantile."""
MEMORY = 0.15
"""What it weighs, of all its edges, that a text was in a theme before."""
FEW = 5_000
"""Texts in no cluster among which all pairs are compared for pockets."""


@dataclass(frozen=True, eq=False)
class Partition:
    """What the graph says, before human decisions; one entry a text, but one node a group of copies."""

    labels: Labels
    is_pocket: NDArray[np.bool_]
    levels: tuple[Level, ...]
    chosen: Level
    matrix: Any
    stands: NDArray[np.int64]
    group: NDArray[np.int64]
    wordless: NDArray[np.bool_]

    def strengths(self, labels: Labels) -> Strengths:
        """Return how firmly each text sits where ``labels`` put it."""
        firm = cluster.strengths(self.matrix, labels[self.stands])[self.group]
        return np.where(labels == NOISE, np.float32(0), firm)


@dataclass(frozen=True, eq=False)
class _Graph:
    """The graph of the texts that stand for their copies, and what noise is told by."""

    matrix: Any
    views: tuple[Vectors, ...]
    likeness: tuple[NDArray[np.float32], ...]


def partition(
    some: Corpus, seed: int, progress: StepProgress | None, known: Sequence[Known] = ()
) -> Partition:
    """Return the clusters of a collection, before human decisions.

    :param known: themes of earlier runs; a text leans towards the one it was in.
    """
    count = len(some.texts)
    stands, group = collapse(some.texts, some.mean, some.keys)
    copies = np.bincount(group, minlength=len(stands))
    made = _graph(some, stands, seed, progress)
    levels = resolutions.partitions(made.matrix, seed, step_of(progress, "Clustering"))
    chosen = cluster.choose(levels)
    labels = chosen.labels.copy()
    matrix = remembered(made.matrix, group, known)
    if matrix is not made.matrix:
        labels = cluster.communities(matrix, chosen.resolution, seed).labels[: len(stands)].copy()
    least = LEAST if count >= SMALL else LEAST_SMALL
    if count >= SMALL:
        labels[noise.outside(labels, made.views, made.likeness, made.matrix, seed)] = NOISE
    else:
        labels[noise.strangers(labels, some.mean[stands]) & (copies == 1)] = NOISE
    wordless = np.array([not any(map(str.isalpha, some.texts[row])) for row in stands], np.bool_)
    labels[wordless] = NOISE
    full, _ = cluster.by_size(labels[group], least)
    labels = full[stands]
    pockets = _pockets(some.mean, stands, made.matrix, labels, copies, least)
    pockets[wordless] = NOISE
    is_pocket = pockets != NOISE
    labels[is_pocket] = labels.max(initial=NOISE) + 1 + pockets[is_pocket]
    spread = tuple(replace(level, labels=level.labels[group]) for level in levels)
    return Partition(
        labels[group], is_pocket[group], spread, chosen, made.matrix, stands, group, wordless[group]
    )


def connected(some: Corpus, seed: int = 0) -> tuple[Any, NDArray[np.int64]]:
    """Return the graph of a collection, one node a group of copies, and the node of each text."""
    stands, group = collapse(some.texts, some.mean, some.keys)
    return _graph(some, stands, seed, None).matrix, group


def remembered(matrix: Any, group: NDArray[np.int64], known: Sequence[Known]) -> Any:
    """Return the graph with one more node for each known theme, tied to the texts that were in it.

    The tie of a text weighs a share of all its edges: enough to keep it where it was while its
    neighbours are undecided, too little to hold it against them. What a human fixed ties nothing: it
    must not draw others over the line that was drawn.

    :param group: the node of each row.
    :returns: the texts first, then the themes; the graph itself where no theme is known.
    """
    count = matrix.shape[0]
    fixed: frozenset[int] = frozenset().union(*(theme.fixed for theme in known))
    ties = [np.unique(group[sorted(rows)]) for rows in (theme.rows - fixed for theme in known) if rows]
    if not ties:
        return matrix
    nodes = np.concatenate(ties)
    theme = np.repeat(np.arange(len(ties)), [len(some) for some in ties])
    weights = MEMORY * np.asarray(matrix.sum(axis=1)).ravel()[nodes]
    tied = sparse.csr_matrix((weights, (nodes, theme)), shape=(count, len(ties)))
    joined = sparse.bmat([[matrix, tied], [tied.T, None]]).tocsr()
    joined.sort_indices()
    return joined


def _graph(some: Corpus, stands: NDArray[np.int64], seed: int, progress: StepProgress | None) -> _Graph:
    return (_whole if len(stands) <= resolutions.LARGE else _large)(some, stands, seed, progress)


def _whole(some: Corpus, stands: NDArray[np.int64], seed: int, progress: StepProgress | None) -> _Graph:
    """Return the graph of three views, from all pairs of texts."""
    mean = some.mean[stands]
    mean4 = some.given.mean4[some.order[stands]].astype(np.float32)
    k = graph.neighbour_count(len(stands))
    tell = step_of(progress, "Comparing")
    near = (graph.neighbours(mean, k, tell), graph.neighbours(mean4, k))
    matrix = graph.three_views([some.texts[row] for row in stands], (mean, mean4), near)
    return _Graph(matrix, (mean, mean4), (near[0][1], near[1][1]))


def _large(some: Corpus, stands: NDArray[np.int64], seed: int, progress: StepProgress | None) -> _Graph:
    """Return the graph of a large collection."""
    short = large.points(some.given, some.order[stands], seed)
    near = large.neighbours(short, seed, step_of(progress, "Comparing"))
    keys = [some.keys[row] for row in stands]
    matrix = large.graph(keys, near, step_of(progress, "Connecting"))
    return _Graph(matrix, (short,), (near[1],))


def _pockets(
    mean: Vectors,
    stands: NDArray[np.int64],
    matrix: Any,
    labels: Labels,
    copies: NDArray[np.int64],
    least: int,
) -> Labels:
    """Find dense groups, and texts said often enough on their own, among what is in no cluster."""
    pockets = np.full(len(labels), NOISE, np.int64)
    rows = np.flatnonzero(labels == NOISE)
    if not len(rows):
        return pockets
    full = np.full(len(mean), NOISE, np.int64)
    full[stands] = labels
    cohesions = cluster.cohesions(mean, full)
    tight = float(np.quantile(cohesions, WEAK)) if len(cohesions) else 1.0
    if len(rows) <= FEW:
        pockets[rows] = cluster.pockets(mean[stands[rows]], least, tight)
    else:
        pockets[rows] = cluster.knots(mean, stands[rows], matrix[rows][:, rows].tocsr(), least, tight)
    alone = rows[(pockets[rows] == NOISE) & (copies[rows] >= least)]
    pockets[alone] = pockets.max() + 1 + np.arange(len(alone))
    return pockets
