"""Statements on the map: in the circle of their theme, where they were; the rest lie between themes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from embeddings.cluster import centroids as directions
from embeddings.layout import radii
from embeddings.records import NOISE, Labels, Points, Vectors

FULL = 0.92
"""How much of its theme's circle the statements fill."""
LOOSE = 1.3
"""A statement that far outside its circle, in radii, came from elsewhere."""
CROWDED, SPARSE = 1.15, 0.6
"""Places hold while they fill their circle so much; else they are drawn together or apart."""
BESIDE = 0.12
"""How far from the statement most like it a new one is put, in radii."""
POWERS = 5
GOLDEN = 2.399963
"""The golden angle: things in one place leave in different directions."""


def scatter(
    vectors: Vectors,
    labels: Labels,
    centres: Points,
    sizes: Sequence[int],
    previous: Points | None = None,
) -> Points:
    """Place statements inside the circles of their themes, and what is in no theme between them.

    :param vectors: ``mean`` vectors of statements; shape ``(texts, dimensions)``.
    :param labels: the row in ``centres`` of each, or ``NOISE``.
    :param previous: where each one was, ``nan`` for new ones; who was in its theme's circle stays there.
    :returns: shape ``(texts, 2)``.
    """
    points = np.full((len(vectors), 2), np.nan)
    if not len(vectors):
        return points.astype(np.float32)
    was = points.copy() if previous is None else previous.astype(float)
    circle = radii(sizes)
    order = np.argsort(labels, kind="stable")
    known, starts = np.unique(labels[order], return_index=True)
    middles = np.zeros((len(centres), vectors.shape[1]), np.float32)
    for label, rows in zip(known.tolist(), np.split(order, starts[1:]), strict=True):
        if label == NOISE:
            continue
        own = vectors[rows]
        middles[label] = directions(own, np.zeros(len(rows), np.int64))[0]
        points[rows] = _inside(own, middles[label], was[rows] - centres[label], float(circle[label]))
        points[rows] += centres[label]
    rows = np.flatnonzero(labels == NOISE)
    if len(rows):
        points[rows] = _between(vectors[rows], middles, centres.astype(float), circle, was[rows])
    # What has no direction has no place of its own either.
    placed: Points = np.clip(np.nan_to_num(points, nan=0.5), 0.0, 1.0).astype(np.float32)
    return placed


def _inside(
    vectors: Vectors, middle: Vectors, was: NDArray[np.float64], radius: float
) -> NDArray[np.floating]:
    """Return places around the middle of a theme; the least typical statements lie at the rim."""
    away = np.linalg.norm(was, axis=1)
    stays = np.isfinite(away) & (away <= LOOSE * radius)
    if 2 * int(stays.sum()) < len(vectors):
        rank = np.argsort(np.argsort(-(vectors @ middle), kind="stable"), kind="stable")
        flat = _flat(vectors - vectors.mean(axis=0))
        reach = FULL * radius * np.sqrt((rank + 0.5) / len(rank))
        return _round(_fanned(np.arctan2(flat[:, 1], flat[:, 0]), reach, FULL * radius), reach)
    points = was.copy()
    filled = float(np.quantile(away[stays], 0.9)) / (FULL * radius * np.sqrt(0.9))
    if filled > CROWDED or (filled < SPARSE and stays.sum() > 10):
        points[stays] /= filled
    fresh = np.flatnonzero(~stays)
    if len(fresh):
        kept = np.flatnonzero(stays)
        nearest = kept[(vectors[fresh] @ vectors[kept].T).argmax(axis=1)]
        points[fresh] = points[nearest] + _round(GOLDEN * fresh, np.full(len(fresh), BESIDE * radius))
        far = np.maximum(np.linalg.norm(points[fresh], axis=1, keepdims=True) / (FULL * radius), 1)
        points[fresh] /= far
    return points


def _fanned(angle: NDArray[np.floating], reach: NDArray[np.floating], radius: float) -> NDArray[np.float64]:
    """Return angles of which none are alike: copies of one text lie beside each other, not in one ray."""
    fanned = angle.astype(float)
    wide = radius * np.sqrt(np.pi / len(angle))  # So far apart lie dots that fill the circle evenly.
    _, ray, many = np.unique(np.round(fanned, 5), return_inverse=True, return_counts=True)
    order, ends = np.argsort(ray, kind="stable"), np.cumsum(many)
    for alike in np.flatnonzero(many > 1):
        rows = order[ends[alike] - many[alike] : ends[alike]]
        step = np.minimum(wide / np.maximum(reach[rows], 1e-9), 2 * np.pi / len(rows))
        fanned[rows] += step * (np.argsort(np.argsort(reach[rows], kind="stable")) - (len(rows) - 1) / 2)
    return fanned


def _flat(moved: Vectors) -> Vectors:
    """Return the two directions a theme is widest in, by power iteration: near enough, many times faster."""
    width = moved.shape[1]
    axes = np.stack([np.cos(np.arange(width)), np.sin(np.arange(width))], axis=1).astype(np.float32)
    for _ in range(POWERS):
        axes = np.linalg.qr(moved.T @ (moved @ axes) + 1e-9 * axes)[0]
    flat: Vectors = moved @ axes
    return flat


def _between(
    vectors: Vectors,
    middles: Vectors,
    centres: NDArray[np.float64],
    circle: NDArray[np.float64],
    was: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Return places outside the circles, between the two themes that a statement is most like."""
    count, turn = len(vectors), GOLDEN * np.arange(len(vectors))
    if not len(centres):
        return 0.5 + _round(turn, 0.4 * np.sqrt((np.arange(count) + 0.5) / count))
    likeness = vectors @ middles.T
    first = likeness.argmax(axis=1)
    likeness[np.arange(count), first] = -np.inf
    second = likeness.argmax(axis=1) if len(centres) > 1 else first
    part = (0.3 + 0.2 * np.modf(0.618034 * np.arange(count))[0])[:, None]
    points = centres[first] + part * (centres[second] - centres[first]) + _round(turn, np.full(count, 0.03))
    out = points - centres[first]
    far = np.maximum(np.linalg.norm(out, axis=1), 1e-9)
    least = circle[first] * (1.06 + 0.3 * np.modf(0.754878 * np.arange(count))[0])
    points = np.where((far < least)[:, None], centres[first] + out * (least / far)[:, None], points)
    stays = np.isfinite(was[:, 0]) & (np.linalg.norm(was - centres[first], axis=1) > circle[first])
    return np.where(stays[:, None], was, points)


def _round(angle: NDArray[np.floating], reach: NDArray[np.floating]) -> NDArray[np.float64]:
    return np.stack([np.cos(angle) * reach, np.sin(angle) * reach], axis=1)
