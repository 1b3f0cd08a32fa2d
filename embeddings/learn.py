"""What follows from a human's decisions: statements like those that were moved follow them.

Cautious on purpose. A statement follows only if it is as near to an example as a typical statement is to its
very nearest, and nearer to the examples than to what stays where they came from. It never moves what a human
placed, and never more than half of what is left of a theme.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from embeddings.records import NOISE, Known, Labels, Learned, Vectors

VOTERS = 3
MARGIN = 0.02
"""So much nearer (mean cosine) to the examples than to what stays."""
MOST = 0.5
"""At most this share of what is left of a theme follows without being asked."""
LOOKED_AT = 2000
"""Statements compared with all others to learn how near a nearest one is."""


def follow(vectors: Vectors, examples: Vectors) -> NDArray[np.int64]:
    """Return which statements of a theme should follow those that a human took out of it.

    :param vectors: the ``mean`` vectors of what is left of the theme; shape ``(texts, dimensions)``.
    :param examples: those of the statements that were taken out; shape ``(examples, dimensions)``.
    :returns: row numbers of ``vectors``, the likest first; none where nothing is like enough.

    >>> one, other = np.eye(2, dtype=np.float32)
    >>> follow(np.stack([one, other, one, one]), np.stack([other]))
    array([1])
    """
    if len(vectors) < 2 or not len(examples):
        return np.zeros(0, np.int64)
    table = vectors @ examples.T
    like = _top(table, 1)
    near = like >= _nearness(vectors, examples)
    # What stays judges what goes: those nearest to the examples do not vouch for each other.
    stays = np.flatnonzero(~near)
    if not near.any() or not len(stays):
        return np.zeros(0, np.int64)
    goes = np.flatnonzero(near)
    pulled = _top(table[goes], VOTERS)
    held = _top(vectors[goes] @ vectors[stays].T, VOTERS)
    goes = goes[pulled > held + MARGIN]
    return goes[np.argsort(-like[goes], kind="stable")].astype(np.int64)


def learned(
    vectors: Vectors,
    labels: Labels,
    homes: dict[int, int],
    known: Sequence[Known],
    settled: Collection[int],
) -> tuple[Learned, ...]:
    """Return which rows follow which decision, in the clusters of a fresh run.

    :param labels: clusters in which every decision holds already; shape ``(texts,)``.
    :param homes: key of a theme → its label.
    :param known: the themes, with the decisions that put statements into them.
    :param settled: rows that a human placed, or that hold a theme in place: they stay.
    """
    stay = np.zeros(len(labels), np.bool_)
    stay[list(settled)] = True
    found: dict[int, Learned] = {}
    before = {theme.key: theme.rows for theme in known}
    lessons = [(lesson, theme.key) for theme in known for lesson in theme.lessons]
    for lesson, key in sorted(lessons, key=lambda one: -one[0].number):  # The latest decision speaks first.
        source, target = homes.get(lesson.source, NOISE), homes.get(key, NOISE)
        if NOISE in (source, target) or source == target:
            continue
        examples = np.array(sorted(lesson.rows), np.int64)
        rest = np.flatnonzero(labels == source)
        if not len(rest) or not len(examples):
            continue
        rows = rest[follow(vectors[rest], vectors[examples])]
        rows = rows[~stay[rows]][: int(MOST * len(rest))]
        # The fresh partition may have parted them by itself: those came along as well.
        came = np.array(sorted(before.get(lesson.source, frozenset()) - set(lesson.rows)), np.int64)
        came = came[(labels[came] == target) & ~stay[came]]
        came = came[
            _top(vectors[came] @ vectors[examples].T, 1) >= _nearness(vectors[rest], vectors[examples])
        ]
        for row in [*rows.tolist(), *came.tolist()]:
            if row not in found:
                nearest = examples[np.argsort(-(vectors[examples] @ vectors[row]), kind="stable")[:VOTERS]]
                found[row] = Learned(row, key, lesson.number, tuple(nearest.tolist()))
    return tuple(found[row] for row in sorted(found))


def restored(one: Learned, order: NDArray[np.int64]) -> Learned:
    """Return the same in the rows of the caller: ``order`` holds the caller's row of each row."""
    because = tuple(int(order[row]) for row in one.because_rows)
    return replace(one, row=int(order[one.row]), because_rows=because)


def _top(table: NDArray[np.float32], few: int) -> NDArray[np.float32]:
    few = min(few, table.shape[1])
    best: NDArray[np.float32] = np.partition(table, -few, axis=1)[:, -few:].mean(axis=1)
    return best


def _nearness(vectors: Vectors, examples: Vectors) -> float:
    """Return how like a typical statement is to its very nearest."""
    everything = np.concatenate([vectors, examples])
    some = np.linspace(0, len(everything) - 1, min(len(everything), LOOKED_AT)).astype(np.int64)
    table = everything[some] @ everything.T
    table[np.arange(len(some)), some] = -1
    return float(np.median(table.max(axis=1)))
