"""The graph and the communities of a large collection, at a cost that grows with its size and little more.

What takes all pairs of texts below ``LARGE`` takes samples, cells and pieces here: both vectors of a
text become one short one, its neighbours are looked for in the nearest cells only, words are compared
along the edges that this gives, and resolutions are tried on the pieces of one fine partition.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from embeddings.duplicates import numbered
from embeddings.encode import cores, unit
from embeddings.graph import FLOOR, Neighbours
from embeddings.records import Encoded, Progress, Vectors

DIMENSIONS, SAMPLE = 128, 10_000
"""Principal directions of both vectors together, and the texts they are found from."""
NEIGHBOURS = 15
CELLS, PROBES = 2, 8
"""Cells for each root of the number of texts, and how many of them are searched for one text."""
TRAINED, TRAININGS = 20, 4
"""Texts a cell by which the cells are laid out, and how often they are moved."""
HALVINGS = 25
WORD_WEIGHT = 0.8
PAIR_PLACES = 2**20
BLOCK, STEP = 65_536, 8_192


def _both(vectors: Encoded, rows: NDArray[np.int64]) -> NDArray[np.float32]:
    return np.hstack([vectors.mean[rows], vectors.mean4[rows]]).astype(np.float32, copy=False)


def points(vectors: Encoded, rows: NDArray[np.int64], seed: int = 0) -> Vectors:
    """Return both vectors of each text as one in the principal directions, block by block.

    :param vectors: of any float type, in the caller's order.
    :param rows: the rows wanted, in their order; shape ``(texts,)``.
    :returns: unit length; shape ``(texts, 128)``.
    """
    rng = np.random.default_rng(seed)
    some = np.sort(rng.choice(len(rows), min(SAMPLE, len(rows)), replace=False))
    both = _both(vectors, rows[some])
    centre = both.mean(axis=0)
    both -= centre
    _, directions = np.linalg.eigh((both.T @ both).astype(np.float64))
    turn = directions[:, ::-1][:, :DIMENSIONS].astype(np.float32)
    first, second = np.split(turn, [vectors.mean.shape[1]])
    middle = centre @ turn
    short = np.empty((len(rows), turn.shape[1]), np.float32)
    for start in range(0, len(rows), STEP):
        block = rows[start : start + STEP]
        turned = vectors.mean[block].astype(np.float32) @ first
        turned += vectors.mean4[block].astype(np.float32) @ second
        short[start : start + STEP] = unit(turned - middle)
    return short


def neighbours(short: Vectors, seed: int = 0, progress: Progress | None = None) -> Neighbours:
    """Return the 15 nearest other texts of each text, as far as the nearest cells hold them.

    Where they hold fewer, a text names itself at likeness 0.
    """
    import faiss

    faiss.omp_set_num_threads(cores())
    count, width = short.shape
    cells = max(1, round(CELLS * math.sqrt(count)))
    quantizer = faiss.IndexFlatIP(width)
    index = faiss.IndexIVFFlat(quantizer, width, cells, faiss.METRIC_INNER_PRODUCT)
    index.cp.niter, index.cp.seed, index.cp.min_points_per_centroid = TRAININGS, seed + 1, 1
    some = np.random.default_rng(seed).choice(count, min(count, cells * TRAINED), replace=False)
    index.train(short[np.sort(some)])
    home = np.empty(count, np.int64)
    for start in range(0, count, BLOCK):
        block = slice(start, start + BLOCK)
        index.add(short[block])
        home[block] = quantizer.search(short[block], 1)[1].ravel()
    index.nprobe = PROBES
    # Texts of one cell are asked about one after the other: what they are compared with is still at hand.
    order = np.argsort(home, kind="stable")
    nearest = np.empty((count, NEIGHBOURS), np.int32)
    likeness = np.empty((count, NEIGHBOURS), np.float32)
    for start in range(0, count, BLOCK // 4):
        asked = order[start : start + BLOCK // 4]
        found, rows = index.search(short[asked], NEIGHBOURS + 1)
        nearest[asked], likeness[asked] = _others(asked[:, None], rows, found)
        if progress is not None:
            progress(min(start + BLOCK // 4, count), count)
    return nearest, likeness  # type: ignore[return-value]


def _others(own: NDArray[np.int64], rows: NDArray[np.int64], found: NDArray[np.float32]) -> Any:
    """Return neighbours and likenesses without the text itself, which may stand anywhere among equals.

    :param own: the rows asked about; shape ``(texts, 1)``.
    :param rows: what was found for each, one too many; −1 where the cells held fewer.
    """
    order = np.argsort((rows == own) | (rows < 0), axis=1, kind="stable")[:, :NEIGHBOURS]
    rows, found = np.take_along_axis(rows, order, 1), np.take_along_axis(found, order, 1)
    missing = (rows < 0) | (rows == own)
    return np.where(missing, own, rows), np.where(missing, 0, found)


def closeness(likeness: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return how near each neighbour is in the measure of its text's own surroundings: 1 for the nearest.

    Others fall off with their distance to it, so fast that all together make the logarithm of their
    number (as in UMAP): a text in a crowd and one in the open have ties of the same weight, most of it
    to their nearest.

    :param likeness: nearest first; shape ``(texts, k)``.
    """
    behind = likeness[:, :1] - likeness
    wanted = math.log2(likeness.shape[1] + 1)
    low = np.zeros((len(behind), 1), np.float32)
    high = np.full((len(behind), 1), 2, np.float32)
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        wide = np.exp(-behind / middle).sum(axis=1, keepdims=True) > wanted
        low, high = np.where(wide, low, middle), np.where(wide, middle, high)
    near: NDArray[np.float32] = np.exp(-behind / high)
    return near


def graph(keys: Sequence[str], near: Neighbours, progress: Progress | None = None) -> Any:
    """Return the graph: closeness by meaning plus .8 of the likeness by words, on the edges of meaning.

    :param keys: the words of each text; see ``duplicates.normalise``.
    :returns: a symmetric scipy CSR matrix without diagonal; shape ``(texts, texts)``.
    """
    count = len(keys)
    nearest, likeness = near
    words = word_table(keys)
    weights = np.empty_like(likeness)
    step = max(1, BLOCK // 2)
    for start in range(0, count, step):
        rows = np.arange(start, min(start + step, count))
        others = words[nearest[rows].ravel()]
        mine = words[np.repeat(rows, nearest.shape[1])]
        shared = np.asarray(mine.multiply(others).sum(axis=1)).reshape(len(rows), -1)
        weights[rows] = np.maximum(closeness(likeness[rows]), FLOOR) + WORD_WEIGHT * shared
        if progress is not None:
            progress(int(rows[-1]) + 1, count)
    weights[nearest == np.arange(count)[:, None]] = 0
    starts = np.arange(0, count * nearest.shape[1] + 1, nearest.shape[1])
    matrix = sparse.csr_matrix((weights.ravel(), nearest.ravel(), starts), shape=(count, count))
    matrix.eliminate_zeros()
    matrix = (matrix + matrix.T).tocsr()
    matrix.data = matrix.data.astype(np.float64) / 2
    matrix.sort_indices()
    return matrix


def word_table(keys: Sequence[str]) -> Any:
    """Return the TF-IDF of the words and word pairs of each text, rows of unit length.

    Pairs share a million places; words that only one text has are left out.
    """
    known, word, lengths = numbered(keys)
    text = np.repeat(np.arange(len(keys), dtype=np.int32), lengths)
    together = text[1:] == text[:-1]
    pair = len(known) + ((word[:-1] * 1_000_003 + word[1:] * 7_919) % PAIR_PLACES)[together]
    columns = np.concatenate([word, pair]).astype(np.int32)
    rows = np.concatenate([text, text[:-1][together]])
    ones = np.ones(len(columns), np.float32)
    table = sparse.csr_matrix((ones, (rows, columns)), shape=(len(keys), len(known) + PAIR_PLACES))
    table.sum_duplicates()
    uses = np.bincount(table.indices, minlength=table.shape[1])
    rare = (np.log((1 + len(keys)) / (1 + uses)) + 1).astype(np.float32)
    rare[uses < 2] = 0
    table.data = (1 + np.log(table.data)) * rare[table.indices]
    table.eliminate_zeros()
    squares = np.asarray(table.multiply(table).sum(axis=1)).ravel()
    table.data /= np.repeat(np.sqrt(np.maximum(squares, 1e-12)), np.diff(table.indptr)).astype(np.float32)
    return table
