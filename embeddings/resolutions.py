"""One graph at many resolutions, and the finest of them that is good enough."""

from __future__ import annotations

import math
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from scipy import sparse

from embeddings.cluster import TOLERANCE, choose, communities, good_enough, modularity, steady
from embeddings.encode import cores
from embeddings.records import Labels, Level, Progress

RESOLUTIONS = (0.25, 0.5, 0.7, 1.0, 1.4, 2.0, 2.8, 4.0, 5.6, 8.0, 11.0, 16.0, 22.0)
HALVINGS = 4
LARGE = 20_000
"""Texts from which the resolutions are tried on the pieces of one fine partition."""
NARROW = 0.06
"""The ``TOLERANCE`` of such a graph: most of its ties lead to the very nearest, and finer cuts lose less."""
FINE = 88.0
"""Resolution of the pieces: four times the finest that is tried on them."""
TRIES, LEAST_TRIES, ROUNDS = 10, 5, 10
"""Cuts at the chosen resolution of which the best counts, and rounds of Leiden in each."""
EFFORT = 15_000
"""Texts that more than the least cuts may read together: ten cuts of 1,500 texts, five of 3,000 and more."""


@dataclass(frozen=True, eq=False)
class _Pieces:
    """A graph at the grain of one fine partition; its modularity is that of the graph itself.

    :ivar matrix: weight between pieces, and inside them on the diagonal; ``(pieces, pieces)``.
    :ivar twins: what Leiden can read, as it takes no diagonal: each piece is two nodes tied by half of
        what it holds, which share its outer edges.
    :ivar piece: of each text.
    """

    matrix: Any
    twins: Any
    piece: Labels


def partitions(matrix: Any, seed: int = 0, progress: Progress | None = None) -> tuple[Level, ...]:
    """Return the communities of a graph at each resolution, coarse to fine.

    Taken is the finest that is good enough and ``steady``. Where none is steady, the finest good one is
    looked for by halving between the last resolution that is good enough and the first that is not, so
    that the result does not hang on where the grid happens to lie. A large graph is cut once into fine
    pieces; the resolutions then join those, and only the one that is taken cuts the whole graph.

    :param matrix: a symmetric scipy CSR matrix; shape ``(texts, texts)``.
    :param seed: the same seed and graph give the same communities.
    """
    count = matrix.shape[0]
    if count < 2 or matrix.nnz == 0:
        return (communities(matrix, 1.0, seed),)
    if count <= LARGE:
        levels, chosen = _ladder(lambda resolution: communities(matrix, resolution, seed), progress)
    else:
        pieces = _pieces(matrix, seed)
        levels, chosen = _ladder(lambda resolution: _joined(pieces, resolution, seed), progress, NARROW)
    best = replace(firm(matrix, chosen, seed), is_chosen=True)
    return tuple(best if level is chosen else level for level in levels)


def firm(matrix: Any, chosen: Level, seed: int) -> Level:
    """Return the best of several cuts at the resolution of one level.

    A single cut hangs on its seed: two of 1,500 texts agree to .90 (adjusted Rand index), the best of ten to
    .96. A ``LARGE`` graph leaves less to chance, and one cut in two rounds will do; what its pieces gave
    stays where the cut of the whole is far worse.

    :returns: a level whose quality is at least that of ``chosen``, so that it stays the chosen one.
    """
    if matrix.nnz == 0:
        return chosen
    count = matrix.shape[0]
    if count > LARGE:
        whole = communities(matrix, chosen.resolution, seed)
        return whole if whole.quality >= good_enough([chosen]) else chosen
    tries = min(TRIES, max(LEAST_TRIES, EFFORT // count))

    def cut(turn: int) -> tuple[float, Level]:
        level = communities(matrix, chosen.resolution, TRIES * seed + turn, ROUNDS)
        return modularity(matrix, level.labels, chosen.resolution), level

    with ThreadPoolExecutor(cores()) as threads:
        _, best = max(threads.map(cut, range(tries)), key=lambda one: one[0])
    return Level(best.resolution, max(best.quality, chosen.quality), best.labels)


def _ladder(
    cut: Callable[[float], Level], progress: Progress | None, tolerance: float = TOLERANCE
) -> tuple[tuple[Level, ...], Level]:
    """Return a partition at each resolution, and the one to take, which is added if it lies between them.

    It is the finest that is good enough and steady; else the finest that is good enough, found by halving.
    """
    steps = len(RESOLUTIONS) + HALVINGS
    levels: list[Level] = []
    with ThreadPoolExecutor(cores()) as threads:  # Leiden lets go of the interpreter while it runs.
        try:
            for level in threads.map(cut, RESOLUTIONS):
                levels.append(level)
                if progress is not None:
                    progress(len(levels), steps)
        except BaseException:
            threads.shutdown(cancel_futures=True)  # Who interrupts does not wait for the rest.
            raise
    enough = good_enough(levels, tolerance)
    firm_ones = [level for level in steady(levels) if level.quality >= enough]
    if firm_ones:
        if progress is not None:
            progress(steps, steps)
        return tuple(levels), firm_ones[-1]
    good = choose(levels, tolerance)
    finer = levels.index(good) + 1
    if finer < len(levels):
        low, high = good.resolution, levels[finer].resolution
        for done in range(HALVINGS):
            middle = cut(math.sqrt(low * high))
            if middle.quality >= enough:
                low, good = middle.resolution, middle
            else:
                high = middle.resolution
            if progress is not None:
                progress(len(RESOLUTIONS) + done + 1, steps)
        if good not in levels:
            levels.insert(finer, good)
    elif progress is not None:
        progress(steps, steps)
    return tuple(levels), good


def _pieces(matrix: Any, seed: int) -> _Pieces:
    """Return a graph at the grain of its communities at four times the finest resolution."""
    piece = communities(matrix, FINE, seed, 1).labels
    count = int(piece.max()) + 1
    member = sparse.csr_matrix(
        (np.ones(len(piece)), piece, np.arange(len(piece) + 1)), shape=(len(piece), count)
    )
    small = (member.T @ (matrix @ member)).tocsr()
    inner = sparse.diags(small.diagonal())
    outer = (small - inner).tocsr()
    outer.eliminate_zeros()
    twins = sparse.bmat([[outer / 2, inner / 2], [inner / 2, outer / 2]]).tocsr()
    twins.sort_indices()
    return _Pieces(small, twins, piece)


def _joined(pieces: _Pieces, resolution: float, seed: int) -> Level:
    """Return the communities of the pieces at one resolution."""
    found = communities(pieces.twins, resolution, seed).labels[: pieces.matrix.shape[0]]
    _, labels = np.unique(found, return_inverse=True)
    return Level(resolution, modularity(pieces.matrix, labels), labels[pieces.piece])
