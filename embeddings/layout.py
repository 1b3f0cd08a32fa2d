"""A map of themes: like ones near each other, each in the place where it was yesterday.

Distances on the map follow the cosine between centroids as well as two dimensions allow
(stress majorisation from the principal plane); then circles that overlap are pushed apart.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import eigh

from embeddings.cluster import centroids as directions
from embeddings.records import NOISE, Labels, Points, Vectors

ROUNDS, PUSHES = 200, 200
FILLED = 0.25
"""Share of the map that all circles cover together."""
LARGEST = 0.12
"""Radius of the largest circle at most, the map being one wide."""
SETTLED = 1e-6


def radii(sizes: Sequence[int]) -> NDArray[np.float64]:
    """Return a radius for each theme on a map one wide; areas are as the sizes."""
    roots: NDArray[np.float64] = np.sqrt(np.maximum(np.asarray(sizes, float), 1))
    if not len(roots):
        return roots
    scale = min(np.sqrt(FILLED / (np.pi * float((roots**2).sum()))), LARGEST / float(roots.max()))
    scaled: NDArray[np.float64] = roots * scale
    return scaled


def layout(
    centroids: Vectors,
    sizes: Sequence[int],
    previous: Mapping[int, tuple[float, float]] | None = None,
) -> Points:
    """Place themes on a map one wide and one high.

    :param centroids: one theme a row, unit length; shape ``(themes, dimensions)``.
    :param sizes: statements of each theme; circles have the radii of ``radii``.
    :param previous: row → place, for themes that were on the map before. They stay exactly there,
        and the others find their place among them.
    :returns: the centre of each theme; shape ``(themes, 2)``.
    """
    count = len(centroids)
    if count == 0:
        return np.zeros((0, 2), np.float32)
    held = np.zeros(count, np.bool_)
    wanted = _distances(centroids)
    points = _plane(centroids)
    if previous:
        rows = np.array(sorted(previous), np.int64)
        held[rows] = True
        points = _near_known(points, np.array([previous[row] for row in rows.tolist()], float), rows, wanted)
        wanted = wanted * _scale(wanted[np.ix_(rows, rows)], points[rows])
    points = _majorise(points, wanted, held)
    if not previous:
        points = _fit(points, radii(sizes))
    return _push_apart(points, radii(sizes), held).astype(np.float32)


def scatter(vectors: Vectors, labels: Labels, centres: Points, sizes: Sequence[int]) -> Points:
    """Place statements inside the circles of their themes.

    :param vectors: ``mean`` vectors of statements; shape ``(texts, dimensions)``.
    :param labels: the row in ``centres`` of each, or ``NOISE``, which gives ``nan``.
    :returns: shape ``(texts, 2)``.
    """
    points = np.full((len(vectors), 2), np.nan)
    circle = radii(sizes)
    for label in np.unique(labels[labels != NOISE]).tolist():
        rows = np.flatnonzero(labels == label)
        # The least typical statements lie at the rim.
        centre = directions(vectors[rows], np.zeros(len(rows), np.int64))[0]
        away = np.argsort(np.argsort(-(vectors[rows] @ centre), kind="stable"), kind="stable")
        flat = _plane(vectors[rows])
        angle = np.arctan2(flat[:, 1], flat[:, 0])
        reach = 0.92 * circle[label] * np.sqrt((away + 0.5) / len(rows))
        points[rows] = centres[label] + np.stack([np.cos(angle) * reach, np.sin(angle) * reach], axis=1)
    return points.astype(np.float32)


def _distances(vectors: Vectors) -> NDArray[np.float64]:
    cosine = np.clip(vectors.astype(float) @ vectors.T.astype(float), -1, 1)
    wanted: NDArray[np.float64] = np.sqrt(np.maximum(2 - 2 * cosine, 0))
    np.fill_diagonal(wanted, 0)
    return wanted


def _plane(vectors: Vectors) -> NDArray[np.float64]:
    """Return the two principal coordinates, each turned so that its largest value is positive."""
    moved = vectors.astype(float) - vectors.mean(axis=0, dtype=float)
    flat = np.zeros((len(vectors), 2))
    width = min(2, *moved.shape)
    # Only the first two are needed, of the smaller side: decomposing all takes ten times longer.
    is_flat = len(moved) > moved.shape[1]
    table = moved.T @ moved if is_flat else moved @ moved.T
    top = [len(table) - width, len(table) - 1]
    values, axes = eigh(table, subset_by_index=top, driver="evx")
    ahead = axes[:, ::-1]
    flat[:, :width] = moved @ ahead if is_flat else ahead * np.sqrt(np.maximum(values[::-1], 0))
    for axis in range(2):
        if flat[np.abs(flat[:, axis]).argmax(), axis] < 0:
            flat[:, axis] *= -1
    return flat


def _near_known(
    points: NDArray[np.float64], places: NDArray[np.float64], rows: NDArray[np.int64], wanted: Any
) -> NDArray[np.float64]:
    """Start each new theme beside its nearest known one, a little off in the direction of the plane."""
    nearest = wanted[:, rows].argmin(axis=1)
    offset = points - points[rows][nearest]
    length = np.maximum(np.linalg.norm(offset, axis=1, keepdims=True), 1e-9)
    start: NDArray[np.float64] = places[nearest] + 0.05 * offset / length
    start[rows] = places
    return start


def _scale(wanted: NDArray[np.float64], places: NDArray[np.float64]) -> float:
    """Return how long one unit of wanted distance is on the map of the known themes."""
    there = np.linalg.norm(places[:, None] - places[None, :], axis=2)
    total = float((wanted**2).sum())
    return float((wanted * there).sum()) / total if total > 0 and there.any() else 0.4


def _majorise(points: NDArray[np.float64], wanted: Any, held: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Move points (SMACOF) until their distances are as near to the wanted ones as they get."""
    count = len(points)
    if count < 2 or held.all():
        return points
    for _ in range(ROUNDS):
        apart = np.linalg.norm(points[:, None] - points[None, :], axis=2)
        ratio = np.divide(wanted, apart, out=np.zeros_like(apart), where=apart > 1e-12)
        pull = points.sum(axis=0) + ratio.sum(axis=1)[:, None] * points - ratio @ points
        target = pull / count
        if held.any():
            # With places held the sum over the others has to be taken one by one.
            target = (points.sum(axis=0) - points + ratio.sum(axis=1)[:, None] * points - ratio @ points) / (
                count - 1
            )
        moved = np.where(held[:, None], points, target)
        change = float(np.abs(moved - points).max())
        points = moved
        if change < SETTLED:
            break
    return points


def _fit(points: NDArray[np.float64], circle: NDArray[np.float64]) -> NDArray[np.float64]:
    """Stretch the points over the map, keeping its proportions, with room for the circles."""
    low, high = points.min(axis=0), points.max(axis=0)
    edge = float(circle.max())
    scale = (1 - 2 * edge) / max(float((high - low).max()), 1e-9)
    fitted: NDArray[np.float64] = (points - (low + high) / 2) * scale + 0.5
    return fitted


def _push_apart(
    points: NDArray[np.float64], circle: NDArray[np.float64], held: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """Move overlapping circles apart, the held ones staying, all of them inside the map."""
    points = points.copy()
    count = len(points)
    turn = 2.399963 * np.arange(count)  # The golden angle: points in one place leave in different directions.
    points[~held] += 1e-6 * np.stack([np.cos(turn), np.sin(turn)], axis=1)[~held]
    need = circle[:, None] + circle[None, :]
    for _ in range(PUSHES):
        between = points[:, None] - points[None, :]
        apart = np.linalg.norm(between, axis=2)
        lack = np.maximum(need - apart, 0)
        np.fill_diagonal(lack, 0)
        if lack.max(initial=0.0) < 1e-4:
            break
        share = np.where(held[:, None], 0.0, np.where(held[None, :], 1.0, 0.5))
        push = (between / np.maximum(apart, 1e-9)[:, :, None]) * (lack * share)[:, :, None]
        points += 0.8 * push.sum(axis=1)
        points[~held] = np.clip(points[~held], circle[~held, None], 1 - circle[~held, None])
    return points
