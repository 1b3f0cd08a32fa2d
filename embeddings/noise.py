"""What fits no theme: texts far from everything, and clusters that are no denser than chance."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.covariance import ledoit_wolf

from embeddings.cluster import strengths
from embeddings.encode import unit
from embeddings.records import NOISE, Labels, Vectors

NEIGHBOURS = 15
SHARE, DEVIATIONS = 0.7, 2.25
"""A text is far when its density is below both: this share of the median, and so many deviations."""
MAD_TO_DEVIATION = 1.4826
ENOUGH = 500
"""Texts from which the shape of the cloud in 384 dimensions can be told."""
SAMPLE, SHAPE = 400, 4_000
"""Points of chance whose density is measured, and texts whose covariance is."""
MOSTLY = 0.5
"""A cluster so much of which is far is none; in another, a far text stays if so much of its ties is there."""
UNLIKE = 1 / 3
"""Cosine to the most alike text of its cluster below which a text of a tiny collection stays outside."""
BLOCK = 65_536


def density(likeness: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the mean cosine of each text to its nearest 15.

    :param likeness: cosine to the nearest texts, nearest first; shape ``(texts, k)``.
    """
    if likeness.shape[1] == 0:
        return np.zeros(len(likeness), np.float32)
    means: NDArray[np.float32] = likeness[:, :NEIGHBOURS].mean(axis=1)
    return means


def lonely(dense: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Return which texts are far from everything, measured by the rest of the collection."""
    if not len(dense):
        return np.zeros(0, np.bool_)
    middle = float(np.median(dense))
    deviation = MAD_TO_DEVIATION * float(np.median(np.abs(dense - middle)))
    far: NDArray[np.bool_] = (dense < SHARE * middle) & (dense < middle - DEVIATIONS * deviation)
    return far


def above_chance(vectors: Vectors, dense: NDArray[np.float32], seed: int = 0) -> NDArray[np.float64]:
    """Return how much denser than chance each text lies, in standard deviations of chance.

    Chance is a cloud of as many points with the mean and the covariance of the vectors and no
    groups in it.

    :param vectors: one view; shape ``(texts, dimensions)``.
    :param dense: the ``density`` of each text in that view.
    """
    count = len(vectors)
    rng = np.random.default_rng(seed)
    some = vectors if count <= SHAPE else vectors[np.sort(rng.choice(count, SHAPE, replace=False))]
    centre = some.mean(axis=0, dtype=np.float64)
    moved = some - centre.astype(np.float32)
    # A plain covariance of few points in many dimensions would be too uneven, its cloud too dense.
    covariance, _ = ledoit_wolf(moved, assume_centered=True)
    values, directions = np.linalg.eigh(covariance.astype(np.float64))
    turn = (directions * np.sqrt(np.maximum(values, 0))).T.astype(np.float32)
    sample, nearest = np.zeros((0, len(values)), np.float32), np.zeros((0, 0), np.float32)
    for start in range(0, count, BLOCK):
        cloud = rng.standard_normal((min(BLOCK, count - start), len(values)), np.float32)
        cloud = unit(cloud @ turn + centre.astype(np.float32))
        if start == 0:
            sample = cloud[:SAMPLE]
            nearest = np.full((len(sample), NEIGHBOURS), -1, np.float32)
        table = sample @ cloud.T
        if start == 0:
            table[np.arange(len(table)), np.arange(len(table))] = -1
        table.partition(max(0, table.shape[1] - NEIGHBOURS), axis=1)
        nearest = np.hstack([nearest, table[:, -NEIGHBOURS:]])
        nearest.partition(nearest.shape[1] - NEIGHBOURS, axis=1)
        nearest = nearest[:, -NEIGHBOURS:]
    chance = nearest.mean(axis=1, dtype=np.float64)
    excess: NDArray[np.float64] = dense.astype(np.float64) - float(np.median(chance))
    return excess / max(float(chance.std()), 1e-9)


def strangers(labels: Labels, vectors: Vectors) -> NDArray[np.bool_]:
    """Return which texts of a tiny collection are like no other of their cluster.

    A graph of a few texts holds together whatever they say, and their density tells nothing: two that have
    nothing in common are each other's nearest.

    :param labels: the cluster of each text; vectors: its ``mean``, shape ``(texts, dimensions)``.
    """
    table = vectors @ vectors.T
    table[labels[:, None] != labels[None, :]] = -1
    np.fill_diagonal(table, -1)
    apart: NDArray[np.bool_] = table.max(axis=1, initial=-1) < UNLIKE
    return apart


def outside(
    labels: Labels,
    views: tuple[Vectors, ...],
    likeness: tuple[NDArray[np.float32], ...],
    matrix: Any,
    seed: int = 0,
) -> NDArray[np.bool_]:
    """Return which texts belong in no cluster.

    Texts far from everything whose neighbours do not agree where they belong, and all of a cluster
    half of which consists of far texts or of texts that lie no denser than chance: unlike things that
    only have in common to be unlike the rest. A text in odd words most of whose ties lead to one
    cluster is mostly right there.

    :param labels: the cluster of each text.
    :param views: ``mean`` and ``mean4``, or what a large collection has instead.
    :param likeness: of the nearest neighbours in each view; see ``density``.
    :param matrix: the graph; shape ``(texts, texts)``.
    """
    first = density(likeness[0])
    far = lonely(first)
    astray = far
    if len(labels) >= ENOUGH:
        pairs = zip(views, likeness, strict=True)
        excess = sum(above_chance(view, density(like), seed) for view, like in pairs)
        astray = far | (excess < 0)
    inside = labels != NOISE
    if not inside.any():
        return far
    sizes = np.maximum(np.bincount(labels[inside]), 1)
    loose = np.zeros(len(labels), np.bool_)
    for some in (far, astray):
        share = np.bincount(labels[inside], some[inside].astype(float)) / sizes
        loose |= inside & (share[labels] >= MOSTLY)
    left_out: NDArray[np.bool_] = loose | (far & (strengths(matrix, labels) < MOSTLY))
    return left_out
