"""Which texts are near which: one weighted graph from three views of the same texts."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.feature_extraction.text import TfidfVectorizer

from embeddings.records import Progress, Vectors

MOST_NEIGHBOURS, FEW_NEIGHBOURS, FEWEST_NEIGHBOURS = 25, 8, 5
WORD_SHARE = 0.6
"""Neighbours by words for each neighbour by meaning: 15 for 25."""
FLOOR = 1e-3
"""Similarities below this count as this: an edge of weight 0 or less is none to Leiden."""
BLOCK_BYTES = 16 * 2**20

Neighbours = tuple[NDArray[np.int64], NDArray[np.float32]]
"""Row numbers and similarities of each text's neighbours, nearest first; each ``(texts, k)``."""


def neighbour_count(texts: int) -> int:
    """Return how many neighbours each text gets.

    25 in a large collection; fewer in a small one, whose themes are small too: with more
    neighbours than a theme has texts, unlike themes would grow together. With fewer than eight
    one need falls into several themes; below eighty texts that is more than many a theme has.
    """
    least = max(FEWEST_NEIGHBOURS, min(FEW_NEIGHBOURS, texts // 10))
    return max(least, min(MOST_NEIGHBOURS, round(0.3 * math.sqrt(texts))))


def neighbours(vectors: Vectors, k: int, progress: Progress | None = None) -> Neighbours:
    """Return the ``k`` nearest other texts of each text by cosine, block by block.

    :param vectors: unit length; shape ``(texts, dimensions)``.
    :param k: fewer than there are texts; cut to that otherwise.
    """
    count = len(vectors)
    k = max(0, min(k, count - 1))
    nearest = np.empty((count, k), np.int64)
    likeness = np.empty((count, k), np.float32)
    if k == 0:
        return nearest, likeness
    block = max(1, BLOCK_BYTES // (4 * count))
    for start in range(0, count, block):
        rows = np.arange(start, min(start + block, count))
        table = vectors[rows] @ vectors.T
        table[np.arange(len(rows)), rows] = -np.inf
        nearest[rows], likeness[rows] = _best(table, k)
        if progress is not None:
            progress(int(rows[-1]) + 1, count)
    return nearest, likeness


def word_neighbours(texts: list[str], k: int) -> Neighbours | None:
    """Return the nearest texts by shared words and word pairs, or None where no word is shared.

    A text that shares words with fewer than ``k`` others is filled up with likeness 0.
    """
    try:
        words = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, min_df=2, dtype=np.float32)
        matrix = words.fit_transform(texts)
    except ValueError:  # No word occurs twice.
        return None
    count = len(texts)
    k = min(k, count - 1)
    if k < 1:
        return None
    nearest = np.zeros((count, k), np.int64)
    likeness = np.zeros((count, k), np.float32)
    turned = matrix.T.tocsr()
    block = max(1, BLOCK_BYTES // (4 * count))
    for start in range(0, count, block):
        rows = np.arange(start, min(start + block, count))
        table = (matrix[rows] @ turned).toarray()
        table[np.arange(len(rows)), rows] = -1
        nearest[rows], likeness[rows] = _best(table, k)
    return nearest, np.maximum(likeness, 0)


def background(vectors: Vectors, *, alone: float = 0.0) -> float:
    """Return the mean cosine of two arbitrary texts: unlike the cosine to their centre, not better for few.

    :param alone: what one text gets, as it has no other.
    """
    count = len(vectors)
    if count < 2:
        return alone
    total = vectors.sum(axis=0, dtype=np.float64)
    return float((total @ total - count) / (count * (count - 1)))


def symmetric(near: Neighbours, count: int, less: float = 0.0) -> Any:
    """Return (W + Wᵀ)/2 of one view as a sparse matrix.

    :param less: taken off every similarity: what any two texts share says nothing about these two.
    """
    nearest, likeness = near
    rows = np.repeat(np.arange(count), nearest.shape[1])
    weights = np.maximum(likeness.ravel().astype(np.float64) - less, FLOOR)
    matrix = sparse.csr_matrix((weights, (rows, nearest.ravel())), shape=(count, count))
    return (matrix + matrix.T) / 2


def three_views(texts: list[str], views: tuple[Vectors, Vectors], near: tuple[Neighbours, Neighbours]) -> Any:
    """Return the graph of a collection: the sum of two dense views and the words.

    :param views: ``mean`` and ``mean4``; shape ``(texts, dimensions)`` each.
    :param near: their ``neighbours``.
    :returns: a symmetric scipy CSR matrix without diagonal; shape ``(texts, texts)``.
    """
    count = len(texts)
    total = symmetric(near[0], count, background(views[0])) + symmetric(near[1], count, background(views[1]))
    words = word_neighbours(texts, round(WORD_SHARE * near[0][0].shape[1]))
    if words is not None:
        total = total + symmetric(words, count)
    total = total.tocsr()
    total.sort_indices()
    return total


def _best(table: NDArray[np.float32], k: int) -> Neighbours:
    """Return the columns and values of the ``k`` largest of each row, largest first, ties by column."""
    lines = np.arange(len(table))[:, None]
    some = np.argpartition(-table, k - 1, axis=1)[:, :k]
    some.sort(axis=1)
    values = table[lines, some]
    order = np.argsort(-values, axis=1, kind="stable")
    return some[lines, order].astype(np.int64), values[lines, order]
