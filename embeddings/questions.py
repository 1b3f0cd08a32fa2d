"""Which question should a human answer next: the few whose answers would move most statements rightly."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from embeddings.cluster import centroids
from embeddings.records import LEAST, NOISE, Labels, Vectors

SHOWN, COPY = 3, 0.98
"""Statements that stand for a group in a question."""
NEIGHBOURS = 3
"""Other themes that a theme is compared with."""
ROUNDS = 8
ONE_NEED = 0.85
"""Two themes are asked about where the other centre is so near (mean ratio of cosines, own centre = 1)."""


class Kind(StrEnum):
    """What is asked."""

    SAME = "same"  # Do these two themes say the same?
    BELONGS = "belongs"  # Does this group belong to its theme?


@dataclass(frozen=True, slots=True)
class Question:
    """One question about clusters of a run.

    :ivar label: the cluster asked about; for two the larger one.
    :ivar other: the other cluster, or None.
    :ivar rows: what another answer than the engine's would move.
    :ivar examples: rows to show: for two clusters those of ``other``, else of the group.
    :ivar beside: rows to show beside them: those of ``label``.
    :ivar doubt: how open the answer is, 0–1.
    """

    kind: Kind
    label: int
    other: int | None
    rows: tuple[int, ...]
    examples: tuple[int, ...]
    beside: tuple[int, ...]
    doubt: float

    @property
    def gain(self) -> float:
        """Return how many statements an answer is expected to put right."""
        return self.doubt * len(self.rows)


def ask(vectors: Vectors, labels: Labels, settled: Collection[int] = (), limit: int = 30) -> list[Question]:
    """Return questions whose answers would change most, the best first.

    Two clusters are asked about where statements of one lie nearly as near to the centre of the other; a
    group within one where it lies apart from the rest. No truth is known: doubt is how thin the border is.

    :param vectors: the ``mean`` vectors; shape ``(texts, dimensions)``.
    :param labels: the cluster of each text, counted from 0 without gaps, or ``NOISE``.
    :param settled: rows that a human placed; a group that is mostly of these is not asked about.
    """
    if not (labels != NOISE).any():
        return []
    centres = centroids(vectors, labels)
    members = [np.flatnonzero(labels == label) for label in range(len(centres))]
    fixed = np.zeros(len(labels), np.bool_)
    fixed[list(settled)] = True
    found = _pairs(vectors, centres, members)
    for label, rows in enumerate(members):
        group = _apart(vectors, rows, fixed, label)
        if group is not None:
            found.append(group)
    return sorted(found, key=lambda one: (-one.gain, one.label, one.other or 0))[:limit]


def _pairs(vectors: Vectors, centres: Vectors, members: list[NDArray[np.int64]]) -> list[Question]:
    near = centres @ centres.T
    np.fill_diagonal(near, -1)
    found: dict[tuple[int, int], Question] = {}
    for label in range(len(centres)):
        for other in np.argsort(-near[label], kind="stable")[: min(NEIGHBOURS, len(centres) - 1)].tolist():
            large, small = sorted((label, other), key=lambda one: (-len(members[one]), one))
            if (large, small) in found or len(members[small]) < LEAST:
                continue
            rows = members[small]
            own, across = vectors[rows] @ centres[small], vectors[rows] @ centres[large]
            # Few neighbours say the same, and a wrong merge costs more than a wrong split.
            near_by = float(np.mean(across / np.maximum(own, 1e-6)))
            doubt = float(np.clip((near_by - ONE_NEED) / (1 - ONE_NEED), 0, 1))
            if doubt == 0:
                continue
            found[large, small] = Question(
                Kind.SAME, large, small, tuple(rows.tolist()),
                _central(vectors, rows, centres[small]),
                _central(vectors, members[large], centres[large]), doubt,
            )  # fmt: skip
    return list(found.values())


def _apart(
    vectors: Vectors, rows: NDArray[np.int64], fixed: NDArray[np.bool_], label: int
) -> Question | None:
    """Return the question about the smaller of the two halves of a cluster, if it lies apart at all."""
    if len(rows) < 2 * LEAST:
        return None
    one, other = _halves(vectors[rows])
    small, large = sorted((rows[one], rows[other]), key=len)
    if len(small) < LEAST or fixed[small].mean() > 1 / 2:
        return None
    middle, rest = _direction(vectors[small]), _direction(vectors[large])
    inside = float((vectors[small] @ middle).mean())
    across = float((vectors[small] @ rest).mean())
    doubt = float(np.clip(2 * (1 - across / max(inside, 1e-6)), 0, 1))
    return Question(
        Kind.BELONGS, label, None, tuple(small.tolist()),
        _central(vectors, small, middle), _central(vectors, large, rest), doubt,
    )  # fmt: skip


def _halves(vectors: Vectors) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Part texts in two by their nearer centre, from the two that lie farthest from each other."""
    first = int(np.argmin(vectors @ _direction(vectors)))
    second = int(np.argmin(vectors @ vectors[first]))
    centres = vectors[[first, second]]
    mine = np.zeros(len(vectors), np.bool_)
    for _ in range(ROUNDS):
        mine = vectors @ centres[0] >= vectors @ centres[1]
        if mine.all() or not mine.any():
            break
        centres = np.stack([_direction(vectors[mine]), _direction(vectors[~mine])])
    return mine, ~mine


def _central(vectors: Vectors, rows: NDArray[np.int64], centre: Vectors) -> tuple[int, ...]:
    """Return the most central rows; copies of one text stand for nothing new and come last."""
    own = vectors[rows]
    chosen: list[int] = []
    copies: list[int] = []
    for at in np.argsort(-(own @ centre), kind="stable").tolist():
        if len(chosen) == SHOWN:
            break
        is_copy = bool(chosen) and float((own[chosen] @ own[at]).max()) > COPY
        (copies if is_copy else chosen).append(at)
    return tuple(rows[(chosen + copies)[:SHOWN]].tolist())


def _direction(vectors: Vectors) -> Vectors:
    total = vectors.sum(axis=0, dtype=np.float64)
    direction: Vectors = (total / max(float(np.linalg.norm(total)), 1e-12)).astype(np.float32)
    return direction
