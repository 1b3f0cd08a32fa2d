"""What humans decided holds: fixed, barred and merged members, applied to a fresh partition."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from embeddings.cluster import centroids
from embeddings.learn import learned
from embeddings.records import NOISE, Known, Labels, Learned, Vectors

MOSTLY = 0.5
AT_HOME = 0.2
"""A theme lives in no cluster that holds less of it than this, unless the cluster is mostly its own."""
VOTERS = 3


@dataclass(frozen=True, eq=False)
class Corrected:
    """Labels that obey, where each known theme lives, which rows a human placed, and which follow those."""

    labels: Labels
    homes: dict[int, int]
    fixed: NDArray[np.bool_]
    learned: tuple[Learned, ...] = ()


def obey(labels: Labels, vectors: Vectors, known: Sequence[Known], excluded: frozenset[int]) -> Corrected:
    """Return labels in which every human decision holds.

    :param labels: what the graph says; not changed.
    :param vectors: the ``mean`` vectors; shape ``(texts, dimensions)``.
    :returns: ``homes`` maps the key of each known theme that has a cluster to its label. The labels
        are not numbered by size.
    :raises ValueError: a row is outside the texts or fixed in two themes.
    """
    check(known, excluded, len(labels))
    labels = labels.copy()
    fixed = np.zeros(len(labels), np.bool_)
    out = _rows(excluded)
    labels[out] = NOISE
    themes = sorted(known, key=lambda theme: (-len(theme.rows | theme.fixed), theme.key))
    homes = _homes(labels, themes)
    _keep_whole(labels, themes, homes)
    _split(labels, vectors, themes, homes)
    for theme in themes:
        rows = _rows(theme.fixed - excluded)
        if len(rows):
            home = homes.setdefault(theme.key, _fresh(labels, homes))
            labels[rows] = home
            fixed[rows] = True
    _send_away(labels, vectors, themes, homes, fixed)
    settled = np.flatnonzero(fixed).tolist() + sorted(excluded)
    follow = learned(vectors, labels, homes, themes, settled)
    barred = {theme.key: theme.barred for theme in themes}
    follow = tuple(one for one in follow if one.row not in barred[one.key])
    for one in follow:
        labels[one.row] = homes[one.key]
    alive = set(labels.tolist())
    return Corrected(labels, {key: home for key, home in homes.items() if home in alive}, fixed, follow)


def check(known: Sequence[Known], excluded: Collection[int], count: int) -> None:
    """Raise ValueError where decisions name rows that do not exist or contradict each other."""
    seen: dict[int, int] = {}
    for theme in known:
        taught = [lesson.rows for lesson in theme.lessons]
        for row in theme.rows.union(theme.fixed, theme.barred, *taught):
            if not 0 <= row < count:
                raise ValueError(f"Theme {theme.key} names row {row}, but there are {count} texts.")
        for row in theme.fixed:
            if row in seen:
                raise ValueError(f"Row {row} is fixed in the themes {seen[row]} and {theme.key}.")
            if row in theme.barred:
                raise ValueError(f"Row {row} is both fixed in theme {theme.key} and barred from it.")
            seen[row] = theme.key
    for row in excluded:
        if not 0 <= row < count:
            raise ValueError(f"Row {row} is excluded, but there are {count} texts.")


def _homes(labels: Labels, themes: Sequence[Known]) -> dict[int, int]:
    """Give each theme the free cluster it shares most with, the best fits first."""
    pairs = []
    sizes = np.bincount(labels[labels != NOISE])
    for theme in themes:
        rows = _rows(theme.rows | theme.fixed)
        found, counts = np.unique(labels[rows], return_counts=True)
        for label, count in zip(found.tolist(), counts.tolist(), strict=True):
            if label != NOISE:
                if count < AT_HOME * len(rows) and count <= MOSTLY * sizes[label]:
                    continue
                joined = len(rows) + int(sizes[label]) - count
                pairs.append((-count / joined, theme.key, label))
    homes: dict[int, int] = {}
    for _, key, label in sorted(pairs):
        if key not in homes and label not in homes.values():
            homes[key] = label
    return homes


def _keep_whole(labels: Labels, themes: Sequence[Known], homes: dict[int, int]) -> None:
    """Bring the pieces of a theme that a human merged back together."""
    owner = np.full(len(labels), NOISE, np.int64)
    for number, theme in enumerate(themes):
        owner[_rows(theme.rows)] = number
    claimed = set(homes.values())
    for number, theme in enumerate(themes):
        if not theme.whole or theme.key not in homes:
            continue
        for label in sorted(set(labels[owner == number].tolist()) - {NOISE} - claimed):
            before = owner[(labels == label) & (owner != NOISE)]
            if np.mean(before == number) > MOSTLY:
                labels[labels == label] = homes[theme.key]


def _split(labels: Labels, vectors: Vectors, themes: Sequence[Known], homes: dict[int, int]) -> None:
    """Where a human's theme has no cluster of its own, take it out of the one it sits in.

    Its statements make a cluster. Statements of no theme go with them where they are nearer to
    them than to the statements of the cluster's owner.
    """
    for theme in themes:
        if theme.key in homes or not theme.fixed:
            continue
        mine = theme.fixed | theme.rows
        found, counts = np.unique(labels[_rows(theme.fixed)], return_counts=True)
        label = int(found[np.argmax(counts)])
        homes[theme.key] = fresh = _fresh(labels, homes)
        if label == NOISE:
            continue
        inside = frozenset(np.flatnonzero(labels == label).tolist())
        owned = frozenset().union(*(other.rows | other.fixed for other in themes if other is not theme))
        theirs, free = _rows(inside & owned - mine), _rows(inside - owned - mine)
        labels[_rows(inside & mine)] = fresh
        if len(theirs) and len(free):
            nearer = _likeness(vectors, free, _rows(mine)) > _likeness(vectors, free, theirs)
            labels[free[nearer]] = fresh


def _send_away(
    labels: Labels,
    vectors: Vectors,
    themes: Sequence[Known],
    homes: dict[int, int],
    fixed: NDArray[np.bool_],
) -> None:
    """Move barred statements to the next best cluster, or to none where nothing is near."""
    barred: dict[int, set[int]] = {}
    for theme in themes:
        if theme.key in homes:
            for row in theme.barred:
                barred.setdefault(row, set()).add(homes[theme.key])
    rows = [row for row in sorted(barred) if labels[row] in barred[row] and not fixed[row]]
    if not rows:
        return
    numbers, dense = np.unique(labels[labels != NOISE], return_inverse=True)
    packed = np.full(len(labels), NOISE, np.int64)
    packed[labels != NOISE] = dense
    centres = centroids(vectors, packed)
    for row in rows:
        likeness = centres @ vectors[row]
        own = likeness[packed[row]]
        likeness[np.isin(numbers, list(barred[row]))] = -np.inf
        best = int(np.argmax(likeness))
        # Nearly as near as the cluster it was taken from: otherwise it waits outside.
        labels[row] = numbers[best] if likeness[best] >= 0.8 * own and likeness[best] > 0 else NOISE


def _likeness(vectors: Vectors, rows: NDArray[np.int64], others: NDArray[np.int64]) -> NDArray[np.float32]:
    """Return the mean cosine of each row to its nearest few others."""
    table = vectors[rows] @ vectors[others].T
    few = min(VOTERS, len(others))
    best: NDArray[np.float32] = np.sort(table, axis=1)[:, -few:].mean(axis=1)
    return best


def _fresh(labels: Labels, homes: dict[int, int]) -> int:
    return max(int(labels.max(initial=NOISE)), max(homes.values(), default=NOISE)) + 1


def _rows(rows: frozenset[int]) -> NDArray[np.int64]:
    return np.array(sorted(rows), np.int64)
