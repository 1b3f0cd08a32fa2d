"""New texts to existing clusters, without a full run: the nearest members vote."""

from __future__ import annotations

import numpy as np

from embeddings.records import NOISE, Assignment, Labels, Vectors

VOTERS = 15
MAJORITY = 0.4
"""Share of the votes, weighed by likeness, that the winner needs."""
LOOSEST = 0.05
"""A new text must be as near to its cluster as the members at this quantile."""
BLOCK = 1024


def assign(vectors: Vectors, members: Vectors, labels: Labels) -> Assignment:
    """Put each new text where its nearest neighbours are, or nowhere.

    A text joins the cluster with most of the likeness among its 15 nearest members, if that is
    at least .4 of it and the text is as near to the cluster's centre as all but the loosest
    twentieth of its members.

    :param vectors: ``mean`` vectors of the new texts; shape ``(new, dimensions)``.
    :param members: ``mean`` vectors of texts in clusters; shape ``(members, dimensions)``.
    :param labels: their clusters, any numbers of 0 or more, or ``NOISE`` for texts known to fit
        none (they vote too: near them is outside); shape ``(members,)``.
    """
    if len(members) != len(labels):
        raise ValueError(f"{len(members)} member vectors, but {len(labels)} labels.")
    chosen = np.full(len(vectors), NOISE, np.int64)
    strengths = np.zeros(len(vectors), np.float32)
    if not (labels != NOISE).any():
        return Assignment(chosen, strengths)
    vectors, members = vectors.astype(np.float32), members.astype(np.float32)
    numbers, column = np.unique(labels, return_inverse=True)
    real = numbers != NOISE
    centres = np.stack([_direction(members[column == place]) for place in range(len(numbers))])
    loosest = np.array([_loosest(members[column == place]) for place in range(len(numbers))])
    k = min(VOTERS, len(members))
    for start in range(0, len(vectors), BLOCK):
        some = vectors[start : start + BLOCK]
        table = some @ members.T
        nearest = np.argsort(-table, axis=1, kind="stable")[:, :k]
        lines = np.arange(len(some))
        votes = np.maximum(np.take_along_axis(table, nearest, axis=1), 0)
        shares = np.zeros((len(some), len(numbers)))
        np.add.at(shares, (lines[:, None], column[nearest]), votes)
        shares /= np.maximum(votes.sum(axis=1, keepdims=True), 1e-12)
        best = shares.argmax(axis=1)
        near = np.einsum("ij,ij->i", some, centres[best])
        fits = real[best] & (shares[lines, best] >= MAJORITY) & (near >= loosest[best] - 1e-6)
        chosen[start + lines[fits]] = numbers[best[fits]]
        strengths[start + lines[fits]] = np.minimum(shares[lines[fits], best[fits]], 1)
    return Assignment(chosen, strengths)


def _loosest(vectors: Vectors) -> float:
    """Return how near all but the loosest members are to the centre of the others.

    Each is compared with a centre it has no part in, as a new text is; of a single member nothing
    can be told, and the votes decide.
    """
    if len(vectors) < 2:
        return -1.0
    others = vectors.sum(axis=0, dtype=np.float64) - vectors
    likeness = np.einsum("ij,ij->i", vectors, others) / np.maximum(np.linalg.norm(others, axis=1), 1e-12)
    return float(np.quantile(likeness, LOOSEST))


def _direction(vectors: Vectors) -> Vectors:
    total = vectors.sum(axis=0, dtype=np.float64)
    direction: Vectors = (total / max(float(np.linalg.norm(total)), 1e-12)).astype(np.float32)
    return direction
