"""A map of themes: like ones near each other, each in the place where it was yesterday.

Distances on the map follow the cosine between centroids as well as two dimensions allow
(stress majorisation from the principal plane); themes of one area are drawn together; then circles
that overlap are pushed apart. What was on the map before stays: exactly, while most of it was there;
else the new map is turned and mirrored so that it lies on the old one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import eigh, orthogonal_procrustes
from scipy.spatial import cKDTree

from embeddings.records import Points, Vectors

ROUNDS, PUSHES = 200, 200
MANY, FEW_ROUNDS = 300, 60
"""So many themes are near their places after fewer rounds, and each round costs more."""
FILLED = 0.25
"""Share of the map that all circles cover together."""
LARGEST = 0.12
"""Radius of the largest circle at most, the map being one wide."""
TOGETHER = 0.6
"""How far apart themes of one area want to lie, beside what their words say."""
HELD = 0.5
"""So much of what is said must have been on the map before, that its places hold."""
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
    areas: Sequence[int | None] | None = None,
) -> Points:
    """Place themes on a map one wide and one high.

    :param centroids: one theme a row, unit length; shape ``(themes, dimensions)``.
    :param sizes: statements of each theme; circles have the radii of ``radii``.
    :param previous: row → place, for themes that were on the map before. They stay exactly there,
        and the others find their place among them, while half of what is said was there before.
    :param areas: the area of each theme, if it has one.
    :returns: the centre of each theme; shape ``(themes, 2)``.
    """
    count = len(centroids)
    if count == 0:
        return np.zeros((0, 2), np.float32)
    wanted = _distances(centroids, areas)
    rows = np.array(sorted(previous or {}), np.int64)
    places = np.array([(previous or {})[row] for row in rows.tolist()], float).reshape(-1, 2)
    weights = np.maximum(np.asarray(sizes, float), 1)
    circle = radii(sizes)
    held = np.zeros(count, np.bool_)
    if len(rows) and weights[rows].sum() >= HELD * weights.sum():
        held[rows] = True
        points = _near_known(plane(centroids), places, rows, wanted)
        wanted = wanted * _scale(wanted[np.ix_(rows, rows)], points[rows])
        points = _majorise(points, wanted, held)
    else:
        points = _fit(_majorise(plane(centroids), wanted, held), circle)
        if len(rows) > 1:
            points = _fit(_aligned(points, places, rows), circle)
    return _push_apart(points, circle, held).astype(np.float32)


def _distances(vectors: Vectors, areas: Sequence[int | None] | None) -> NDArray[np.float64]:
    cosine = np.clip(vectors.astype(float) @ vectors.T.astype(float), -1, 1)
    wanted: NDArray[np.float64] = np.sqrt(np.maximum(2 - 2 * cosine, 0))
    if areas is not None:
        number = np.array([-1 - at if area is None else area for at, area in enumerate(areas)])
        wanted = np.where(number[:, None] == number[None, :], TOGETHER * wanted, wanted)
    np.fill_diagonal(wanted, 0)
    return wanted


def plane(vectors: Vectors) -> NDArray[np.float64]:
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


def _aligned(
    points: NDArray[np.float64], places: NDArray[np.float64], rows: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Turn and mirror a new map so that known themes come as near to their places as they get."""
    here, there = points[rows].mean(axis=0), places.mean(axis=0)
    turn, _ = orthogonal_procrustes(points[rows] - here, places - there)
    turned: NDArray[np.float64] = (points - here) @ turn + there
    return turned


def _apart(points: NDArray[np.float64], others: NDArray[np.float64]) -> NDArray[np.float64]:
    squares = (points**2).sum(axis=1)[:, None] + (others**2).sum(axis=1)[None, :] - 2 * points @ others.T
    distances: NDArray[np.float64] = np.sqrt(np.maximum(squares, 0))
    return distances


def _scale(wanted: NDArray[np.float64], places: NDArray[np.float64]) -> float:
    """Return how long one unit of wanted distance is on the map of the known themes."""
    there = _apart(places, places)
    total = float((wanted**2).sum())
    return float((wanted * there).sum()) / total if total > 0 and there.any() else 0.4


def _majorise(points: NDArray[np.float64], wanted: Any, held: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Move points (SMACOF) until their distances are as near to the wanted ones as they get."""
    count, free = len(points), np.flatnonzero(~held)
    if count < 2 or not len(free):
        return points
    points, aims = points.copy(), wanted[free]
    for _ in range(ROUNDS if len(free) <= MANY else FEW_ROUNDS):
        apart = _apart(points[free], points)
        ratio = np.divide(aims, apart, out=np.zeros_like(apart), where=apart > 1e-7)
        pull = points.sum(axis=0) + ratio.sum(axis=1)[:, None] * points[free] - ratio @ points
        # With places held the sum over the others has to be taken one by one.
        target = (pull - points[free]) / (count - 1) if held.any() else pull / count
        change = float(np.abs(target - points[free]).max())
        points[free] = target
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
    points, free = points.copy(), ~held
    count = len(points)
    turn = 2.399963 * np.arange(count)  # The golden angle: points in one place leave in different directions.
    points[free] += 1e-6 * np.stack([np.cos(turn), np.sin(turn)], axis=1)[free]
    weight = free.astype(float)
    for _ in range(PUSHES if count <= MANY else FEW_ROUNDS):
        pairs = cKDTree(points).query_pairs(2 * float(circle.max()), output_type="ndarray")
        one, other = pairs[:, 0], pairs[:, 1]
        between = points[one] - points[other]
        apart = np.linalg.norm(between, axis=1)
        lack = np.where(free[one] | free[other], circle[one] + circle[other] - apart, 0)
        if lack.max(initial=0.0) < 1e-4:
            break
        push = between * (np.maximum(lack, 0) / np.maximum(apart, 1e-9))[:, None]
        shares = weight[one] + weight[other]
        step = np.divide(0.8, shares, out=np.zeros_like(shares), where=shares > 0)
        for axis in range(2):
            points[:, axis] += np.bincount(one, push[:, axis] * step * weight[one], count)
            points[:, axis] -= np.bincount(other, push[:, axis] * step * weight[other], count)
        points[free] = np.clip(points[free], circle[free, None], 1 - circle[free, None])
    return points
