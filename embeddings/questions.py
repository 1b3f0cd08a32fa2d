"""Which question should a human answer next: the few whose answers would put most right.

The graph is cut several times finer than the themes are. A piece whose texts hold together, and hold little
to the rest of their theme but much to another, is asked about: does it belong, or where? A theme that is tied
to another as either is in itself is asked about as a whole: is it one of its own? What counts is pairs of
statements wrongly together or apart, so what is large comes first.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from embeddings.cluster import communities
from embeddings.corpus import corpus
from embeddings.partition import connected
from embeddings.records import LEAST, NOISE, Encoded, Labels

SHOWN, COPY = 3, 0.98
"""Statements that stand for a group in a question; nearer ones than ``COPY`` say the same."""
CANDIDATES = 5
"""Themes that a group may belong to instead, offered with the question."""
FINER = 4
"""So many times more pieces than themes."""
STEP = math.sqrt(2)
ANSWERED = 1.5
"""Each time so many groups for each theme were answered, the pieces are cut twice as fine."""
WHOLE_EVERY = 10 / 3
"""Three questions of ten are about whole themes."""
FLOOR = 0.5
"""A piece tied to a theme, its own or another, half as much as by chance counts as one not tied at all."""
BEFORE = (1, 4)
"""What one expects of a theme that nobody was asked about: one piece of four does not belong."""


class Kind(StrEnum):
    """What is asked."""

    SAME = "same"  # Is this theme one of its own, or the same as another?
    BELONGS = "belongs"  # Does this group belong to its theme?


@dataclass(frozen=True, slots=True)
class Question:
    """One question about clusters of a run.

    :ivar label: the cluster asked about, or the one whose group is asked about.
    :ivar rows: what another answer than the engine's would move.
    :ivar examples: rows to show, the most typical of ``rows``.
    :ivar beside: rows to show beside them: of the rest of the cluster, or of the first candidate.
    :ivar candidates: clusters it may belong to instead, the most tied to it first.
    """

    kind: Kind
    label: int
    rows: tuple[int, ...]
    examples: tuple[int, ...]
    beside: tuple[int, ...]
    candidates: tuple[int, ...]


class Ground:
    """What questions are found on: the graph of a collection. Made once, asked many times.

    :param texts: one statement each.
    :param vectors: theirs, as ``Encoder.encode`` gives them.
    :raises EngineError: vectors hold no numbers.
    :raises ValueError: the vectors do not fit the texts.
    """

    def __init__(self, texts: Sequence[str], vectors: Encoded) -> None:
        some = corpus(texts, vectors)
        self.mean = vectors.mean
        self.matrix, group = connected(some)
        self.node = group[some.places()]
        self.copies = np.bincount(group, minlength=self.matrix.shape[0]).astype(np.float64)
        self.degree = np.asarray(self.matrix.sum(axis=1)).ravel()
        self._cuts: list[Labels] = []

    def cut(self, wanted: int) -> Labels:
        """Return a partition of the graph into at least so many pieces, if it has them."""
        wanted = min(wanted, self.matrix.shape[0] // (2 * LEAST))
        place, before = 0, -1
        while before < (count := self._pieces(place)) < wanted:
            place, before = place + 1, count
        return self._cuts[place]

    def _pieces(self, place: int) -> int:
        """Return how many pieces the cut at so many steps of resolution has; each is made once."""
        if place == len(self._cuts):
            self._cuts.append(communities(self.matrix, STEP**place, 0).labels)
        return int(self._cuts[place].max(initial=0)) + 1


def ask(
    ground: Ground,
    labels: Labels,
    settled: Collection[int] = (),
    told: Mapping[int, tuple[int, int]] | None = None,
    limit: int = 30,
) -> list[Question]:
    """Return questions whose answers would change most, the best first.

    No truth is known. A group is doubted by how much denser it is in itself, and its ties to some other theme
    are, than its ties to the rest of its own (all as multiples of chance); a theme by how dense its ties to
    some other theme are beside those within the two.

    :param labels: the cluster of each text, counted from 0 without gaps, or ``NOISE``.
    :param settled: rows that a human placed; a group that is mostly of these is not asked about.
    :param told: cluster → how many groups of it were said to belong, and how many not.
    """
    if not (labels != NOISE).any():
        return []
    answered = sum(sum(said) for said in (told or {}).values())
    pieces = _Pieces(ground, labels, answered)
    fixed = np.zeros(len(labels), np.bool_)
    fixed[list(settled)] = True
    groups, wholes = _groups(pieces, fixed, told or {}), _wholes(pieces)
    found: list[Question] = []
    while len(found) < limit:
        is_whole = (len(found) + 1) % WHOLE_EVERY < 1
        first, other = (wholes, groups) if is_whole else (groups, wholes)
        question = next(first, None) or next(other, None)
        if question is None:
            break
        found.append(question)
    return found


class _Pieces:
    """The pieces of all clusters, and how they are tied."""

    def __init__(self, ground: Ground, labels: Labels, answered: int) -> None:
        self.ground, self.labels = ground, labels
        count = int(labels.max()) + 1
        theme = np.full(ground.matrix.shape[0], NOISE, np.int64)
        theme[ground.node] = labels
        cut = ground.cut(FINER * count * 2 ** int(answered / (ANSWERED * count)))
        inside = np.flatnonzero(theme != NOISE)
        code, piece = np.unique(theme[inside] * (cut.max() + 1) + cut[inside], return_inverse=True)
        self.theme: NDArray[np.int64] = code // (cut.max() + 1)
        self.of_node = np.full(len(theme), NOISE, np.int64)
        self.of_node[inside] = piece
        into = sparse.csr_matrix((np.ones(len(inside)), (inside, piece)), (len(theme), len(code)))
        self.between = (into.T @ ground.matrix @ into).tocsr()
        own = sparse.csr_matrix((np.ones(len(code)), (np.arange(len(code)), self.theme)), (len(code), count))
        self.to_theme = (self.between @ own).tocsr()
        self.of_themes = (own.T @ self.to_theme).tocsr()
        self.size = into.T @ ground.copies
        self.degree = into.T @ ground.degree
        self.theme_size: NDArray[np.float64] = own.T @ self.size
        self.theme_degree: NDArray[np.float64] = own.T @ self.degree

    @cached_property
    def central(self) -> NDArray[np.float64]:
        """How much of each node's ties stay in its piece."""
        edges = self.ground.matrix.tocoo()
        same = (self.of_node[edges.row] == self.of_node[edges.col]) & (self.of_node[edges.row] != NOISE)
        inside = np.bincount(edges.row[same], edges.data[same], minlength=len(self.of_node))
        return inside.astype(np.float64, copy=False)

    def doubt(self) -> NDArray[np.float64]:
        """Return how much denser each piece is in itself, and its ties to some other theme are, than its ties
        to the rest of its own: the product of both."""
        mine = np.arange(len(self.theme)), self.theme
        inside = self.between.diagonal()
        ties = np.asarray(self.to_theme[mine]).ravel() - inside
        near = (self.to_theme @ sparse.diags(1 / np.maximum(self.theme_degree, 1e-12))).tolil()
        near[mine] = 0
        elsewhere = near.tocsr().max(axis=1).toarray().ravel()
        total = self.ground.degree.sum()
        with np.errstate(divide="ignore", invalid="ignore"):
            dense = inside / self.degree**2 * total
            tied = ties / (self.degree * (self.theme_degree[self.theme] - self.degree)) * total
            other = elsewhere / self.degree * total
        rest, other = np.maximum(np.nan_to_num(np.stack([tied, other])), FLOOR)
        ratio: NDArray[np.float64] = np.nan_to_num(dense) * other / rest**2
        return ratio

    def alike(self) -> NDArray[np.float64]:
        """Return how many pairs of statements a theme and the one it is likeliest one with may keep apart.

        That is the product of their sizes, times how dense the ties between both are beside those within the
        looser one. Of two themes only the smaller one is asked about.
        """
        each = np.maximum(self.theme_degree, 1e-12)
        dense = self.of_themes.toarray() / np.outer(each, each)
        within = dense.diagonal()
        loose = np.maximum(np.minimum.outer(within, within), 1e-12)
        np.fill_diagonal(dense, 0)
        size = self.theme_size
        dense[size[:, None] > size] = 0
        pairs: NDArray[np.float64] = (dense / loose * np.outer(size, size)).max(axis=1)
        return pairs

    def tied_to(self, ties: Any, own: int) -> tuple[int, ...]:
        """Return the themes most tied, each by its size; ``ties`` is a row of weights."""
        weight = ties.toarray().ravel() / np.maximum(self.theme_degree, 1e-12)
        weight[own] = 0
        best = np.argsort(-weight, kind="stable")[:CANDIDATES]
        return tuple(int(label) for label in best if weight[label] > 0)

    def shown(self, rows: NDArray[np.int64]) -> tuple[int, ...]:
        """Return the rows most in the middle; copies of one text stand for nothing new and come last."""
        mean = self.ground.mean
        chosen: list[int] = []
        copies: list[int] = []
        for row in rows[np.argsort(-self.central[self.ground.node[rows]], kind="stable")].tolist():
            if len(chosen) == SHOWN:
                break
            is_copy = bool(chosen) and float((mean[chosen] @ mean[row]).max()) > COPY
            (copies if is_copy else chosen).append(row)
        return tuple((chosen + copies)[:SHOWN])


def _groups(
    pieces: _Pieces, fixed: NDArray[np.bool_], told: Mapping[int, tuple[int, int]]
) -> Iterator[Question]:
    """Yield the questions about pieces, the best first."""
    rest = pieces.theme_size[pieces.theme] - pieces.size
    rates = np.array([_rate(told.get(label)) for label in range(len(pieces.theme_size))])
    gain = pieces.size * rest * pieces.doubt() * rates[pieces.theme]
    gain[(pieces.size < LEAST) | (rest < LEAST)] = 0
    of_row = pieces.of_node[pieces.ground.node]
    sizes = np.maximum(np.bincount(of_row[of_row != NOISE], minlength=len(gain)), 1)
    placed = np.bincount(of_row[(of_row != NOISE) & fixed], minlength=len(gain))
    gain[placed > sizes / 2] = 0
    order = np.argsort(-gain, kind="stable")
    for number in order[gain[order] > 0].tolist():
        label = int(pieces.theme[number])
        rows = np.flatnonzero((of_row == number) & (pieces.labels == label))
        others = np.flatnonzero((of_row != number) & (pieces.labels == label))
        yield Question(
            Kind.BELONGS, label, tuple(rows.tolist()), pieces.shown(rows), pieces.shown(others),
            pieces.tied_to(pieces.to_theme[number], label),
        )  # fmt: skip


def _wholes(pieces: _Pieces) -> Iterator[Question]:
    """Yield the questions about whole themes, those first that are likeliest parts of one."""
    pairs = pieces.alike()
    pairs[pieces.theme_size < LEAST] = 0
    order = np.argsort(-pairs, kind="stable")
    for label in order[pairs[order] > 0].tolist():
        rows = np.flatnonzero(pieces.labels == label)
        near = pieces.tied_to(pieces.of_themes[label], label)
        beside = pieces.shown(np.flatnonzero(pieces.labels == near[0])) if near else ()
        yield Question(Kind.SAME, label, tuple(rows.tolist()), pieces.shown(rows), beside, near)


def _rate(told: tuple[int, int] | None) -> float:
    """Return the share of a theme's groups that one expects not to belong, given what was answered."""
    belong, not_so = told or (0, 0)
    few, of = BEFORE
    return (few + not_so) / (of + belong + not_so)
