"""One theme cut in two where it lies furthest apart: what somebody is offered who wants to split it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from embeddings.records import Labels, Vectors

ROUNDS = 25


def halves(vectors: Vectors) -> Labels:
    """Return for each text the half it falls into, 0 or 1; the larger half is 0.

    Two centres, begun at both ends of the direction in which the texts differ most; so the same texts
    always give the same halves.

    :param vectors: one text a row, unit length; shape ``(texts, dimensions)``.
    :returns: shape ``(texts,)``. All 0 where there are fewer than two different texts.

    >>> halves(np.float32([[1, 0], [1, 0], [0, 1]])).tolist()
    [0, 0, 1]
    """
    given = np.asarray(vectors, np.float32)
    labels: NDArray[np.int64] = np.zeros(len(given), np.int64)
    if len(given) < 2:
        return labels
    away = given - given.mean(0)
    along = away @ np.linalg.svd(away, full_matrices=False)[2][0]
    if np.ptp(along) < 1e-6:
        return labels
    labels = (along > np.median(along)).astype(np.int64)
    if labels.min() == labels.max():
        labels = (along > along.mean()).astype(np.int64)
    for _ in range(ROUNDS):
        centres = np.stack([given[labels == one].mean(0) for one in (0, 1)])
        centres /= np.maximum(np.linalg.norm(centres, axis=1, keepdims=True), 1e-12)
        nearer = (given @ centres.T).argmax(1)
        if nearer.min() == nearer.max() or np.array_equal(nearer, labels):
            break
        labels = nearer
    return labels if (labels == 0).sum() * 2 >= len(labels) else 1 - labels
