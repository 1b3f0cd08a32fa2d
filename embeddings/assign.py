"""New texts to existing clusters, without a full run: the nearest members vote."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from embeddings.records import NOISE, Assignment, Labels, Vectors

VOTERS, CANDIDATES = 15, 64
"""How many vote: those most alike in both views among so many that are nearest by ``mean``."""
MAJORITY = 0.4
"""Share of the votes, weighed by likeness, that the winner needs."""
LOOSEST = 0.02
"""A new text must be as near to its cluster as the members at this quantile."""
BLOCK = 1024


def assign(
    vectors: Vectors,
    members: Vectors,
    labels: Labels,
    second: tuple[Vectors, Vectors] | None = None,
) -> Assignment:
    """Put each new text where its nearest neighbours are, or nowhere.

    A text joins the cluster with most of the likeness among its nearest members, if that is at
    least .4 of it and the text is as near to the cluster's centre as all but the loosest fiftieth
    of its members.

    :param vectors: ``mean`` vectors of the new texts; shape ``(new, dimensions)``.
    :param members: ``mean`` vectors of texts in clusters; shape ``(members, dimensions)``.
    :param labels: their clusters, any numbers of 0 or more, or ``NOISE`` for texts known to fit
        none (they vote too: near them is outside); shape ``(members,)``.
    :param second: ``mean4`` of the new texts and of the members, where the caller has them.
    """
    if len(members) != len(labels):
        raise ValueError(f"{len(members)} member vectors, but {len(labels)} labels.")
    if not len(vectors) or not (labels != NOISE).any():
        return Assignment(np.full(len(vectors), NOISE, np.int64), np.zeros(len(vectors), np.float32))
    vectors, members = vectors.astype(np.float32), members.astype(np.float32)
    numbers = np.unique(labels[labels != NOISE])
    centres = {int(one): members[labels == one].sum(axis=0, dtype=np.float64) for one in numbers}
    limits = {one: _limit(members[labels == one], centre) for one, centre in centres.items()}
    k = min(CANDIDATES, len(members))
    rows, near, likeness = [], [], []
    for start in range(0, len(vectors), BLOCK):
        table = vectors[start : start + BLOCK] @ members.T
        best = np.argpartition(-table, k - 1, axis=1)[:, :k]
        own = np.take_along_axis(table, best, axis=1)
        if second is not None:
            own = own + np.einsum("ij,ikj->ik", second[0][start : start + BLOCK], second[1][best])
        rows.append(np.repeat(np.arange(start, start + len(table)), k))
        near.append(best.ravel())
        likeness.append(own.ravel())
    found = vote(np.concatenate(rows), labels[np.concatenate(near)], np.concatenate(likeness), len(vectors))
    for row in np.flatnonzero(found.labels != NOISE):
        label = int(found.labels[row])
        centre = centres[label]
        if float(vectors[row] @ centre) / max(float(np.linalg.norm(centre)), 1e-12) < limits[label] - 1e-6:
            found.labels[row], found.strengths[row] = NOISE, 0
    return found


def vote(rows: NDArray[np.int64], labels: Labels, likeness: NDArray[np.floating], count: int) -> Assignment:
    """Return where the nearest members of each new text would have it, whatever their clusters' edges say.

    :param rows: the new text of each (text, member) pair, counted from 0; shape ``(pairs,)``.
    :param labels: the member's cluster, or ``NOISE``; shape ``(pairs,)``.
    :param likeness: how alike both are, the views added up; shape ``(pairs,)``.
    :param count: how many new texts there are.
    """
    chosen = np.full(count, NOISE, np.int64)
    strengths = np.zeros(count, np.float32)
    for row in range(count):
        own = np.flatnonzero(rows == row) if count == 1 else _of(rows, row)
        if not len(own):
            continue
        own = own[np.argsort(-likeness[own], kind="stable")[:VOTERS]]
        weights = np.maximum(likeness[own], 0)
        found, place = np.unique(labels[own], return_inverse=True)
        shares = np.bincount(place, weights) / max(float(weights.sum()), 1e-12)
        best = int(shares.argmax())
        if found[best] != NOISE and shares[best] >= MAJORITY:
            chosen[row], strengths[row] = found[best], min(float(shares[best]), 1.0)
    return Assignment(chosen, strengths)


def edge(quantile: float, size: int, cohesion: float) -> float:
    """Return how near to a cluster's centre a new text must be.

    A member pulls the centre towards itself, which a new text does not; so the likeness of a member
    is turned into its likeness to the centre of the others. Of a single member nothing can be told,
    and the votes decide.

    :param quantile: likeness to the centre at the ``LOOSEST`` quantile of the members.
    :param cohesion: their mean likeness to the centre, which is the length of their mean vector.
    """
    if size < 2:
        return -1.0
    whole = size * cohesion
    return float((whole * quantile - 1) / np.sqrt(max(whole**2 - 2 * whole * quantile + 1, 1e-12)))


def _limit(vectors: Vectors, total: NDArray[np.float64]) -> float:
    length = float(np.linalg.norm(total))
    likeness = vectors @ (total / max(length, 1e-12))
    return edge(float(np.quantile(likeness, LOOSEST)), len(vectors), length / len(vectors))


def _of(rows: NDArray[np.int64], row: int) -> NDArray[np.int64]:
    """Return the places of ``row``; the pairs of one text stand together."""
    first, last = np.searchsorted(rows, (row, row + 1))
    return np.arange(first, last)
