"""Who has come how far by when, of cases some of which are still under way: Aalen–Johansen.

Pure. A case moves through numbered stages and may be stopped or leave from each. Counting those who got
somewhere by those who began leaves out what those still under way will do; here each counts in its stage
as long as it was seen there. The estimate multiplies, over the moments of moves, the shares that moved:
p(t) = p(t−) (I + dA(t)) with dA = moves / those at risk. Its variance is Greenwood's: multinomial in each
row of dA, carried on through the same product. Shares of all states make up 1; without censoring they are
the plain shares; of two goals the nearer one is never reached by fewer.

Sources: O. O. Aalen and S. Johansen, Scand. J. Stat. 5 (1978) 141–150; P. K. Andersen, Ø. Borgan, R. D. Gill
and N. Keiding, Statistical Models Based on Counting Processes (1993), section IV.4; S. Datta and
G. A. Satten, Stat. Probab. Lett. 55 (2001) 403–411: shares of states hold without the Markov property too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from ideaflow.insights.survival import log_log, wilson

if TYPE_CHECKING:
    from ideaflow.insights.survival import Floats


class End(Enum):
    """How a case ends where it stands."""

    STOPPED = 1
    LEFT = 2


@dataclass(frozen=True)
class Case:
    """How one case went on: ``moves`` are (time, place reached), places counted from 0, where it began.

    ``end`` is None while it is still under way; it was seen until ``seen``.
    """

    moves: tuple[tuple[float, int], ...]
    seen: float
    end: End | None


@dataclass(frozen=True)
class Curve:
    """Which share has come to something by each time at which anything moved, with its 95 % interval."""

    times: Floats
    share: Floats
    low: Floats
    high: Floats

    @property
    def last(self) -> float:
        """Return the share at the last move seen; 0 when none was."""
        return float(self.share[-1]) if len(self.share) else 0.0

    def interval(self, known: int) -> tuple[float, float]:
        """Return the 95 % interval of ``last``; of all or none, that of a plain share of ``known`` cases."""
        if 1e-9 < self.last < 1 - 1e-9:
            return float(self.low[-1]), float(self.high[-1])
        return wilson(known if self.last > 0.5 else 0, known)


@dataclass(frozen=True)
class Passing:
    """All curves from one place: of reaching each further place, and of being stopped or leaving before it.

    Each list begins with the goal one place on.
    """

    reached: list[Curve]
    stopped: list[Curve]
    left: list[Curve]


def passing(cases: Sequence[Case], places: int) -> Passing:
    """Return who has come how far by when.

    :param places: how many places there are after the one where all begin; the last one ends the way.
    """
    import numpy as np

    states = 3 * places + 1
    times, moves, at_risk = _moves(cases, places, states)
    weights = _weights(places, states)
    shares, variances = _product(moves, at_risk, weights, states)
    curves = []
    for column in range(weights.shape[1]):
        share = np.clip(shares[:, column], 0.0, 1.0)
        low, high = log_log(share, np.sqrt(np.maximum(variances[:, column], 0.0)))
        curves.append(Curve(times, share, low, high))
    return Passing(curves[:places], curves[places : 2 * places], curves[2 * places :])


def _weights(places: int, states: int) -> Floats:
    """Return which states count for each curve: columns reached, stopped, left, each by goal.

    States: 0 to ``places`` is the furthest place; then stopped, then left, each at 0 to ``places`` − 1.
    """
    import numpy as np

    weights = np.zeros((states, 3 * places))
    stopped, left = places + 1, 2 * places + 1
    for goal in range(1, places + 1):
        weights[goal:stopped, goal - 1] = 1
        for first in (stopped, left):
            weights[first + goal : first + places, goal - 1] = 1
        weights[stopped : stopped + goal, places + goal - 1] = 1
        weights[left : left + goal, 2 * places + goal - 1] = 1
    return weights


def _moves(cases: Sequence[Case], places: int, states: int) -> tuple[Floats, Floats, Floats]:
    """Return the times of moves, how many moved (time, from, to), and how many stood where just before."""
    import numpy as np

    moved: list[tuple[float, int, int]] = []
    begins: list[list[float]] = [[] for _ in range(states)]
    ends: list[list[float]] = [[] for _ in range(states)]
    for case in cases:
        state, since = 0, -1.0
        for at, to in _steps(case, places):
            moved.append((at, state, to))
            begins[state].append(since)
            ends[state].append(at)
            state, since = to, at
        begins[state].append(since)
        # Who has ended is there for good; who has not, as long as it was seen.
        ends[state].append(case.seen if state < places else np.inf)
    times = np.unique(np.array([at for at, _, _ in moved], dtype=np.float64))
    counts = np.zeros((len(times), states, states))
    if moved:
        when, source, goal = (np.array(column) for column in zip(*moved, strict=True))
        np.add.at(counts, (np.searchsorted(times, when), source.astype(int), goal.astype(int)), 1)
    at_risk = np.zeros((len(times), states))
    for state in range(states):
        at_risk[:, state] = np.searchsorted(np.sort(begins[state]), times, side="left")
        at_risk[:, state] -= np.searchsorted(np.sort(ends[state]), times, side="left")
    return times, counts, at_risk


def _steps(case: Case, places: int) -> list[tuple[float, int]]:
    """Return the states a case came to, with when; of several at one moment the last."""
    found: dict[float, int] = {}
    state = 0
    for at, place in case.moves:
        if place > state:
            state = found[at] = place
    if case.end is not None:
        first = places + 1 if case.end is End.STOPPED else 2 * places + 1
        found[case.seen] = first + state
    return list(found.items())


def _product(moves: Floats, at_risk: Floats, weights: Floats, states: int) -> tuple[Floats, Floats]:
    """Return the weighted shares after each time, and their variances."""
    import numpy as np

    share = np.zeros(states)
    share[0] = 1.0
    spread = np.zeros((states, states))
    shares = np.zeros((len(moves), weights.shape[1]))
    variances = np.zeros_like(shares)
    identity = np.eye(states)
    for place, counts in enumerate(moves):
        sources = np.flatnonzero(counts.any(axis=1))
        step = identity.copy()
        noise = np.zeros((states, states))
        for source in sources:
            part = counts[source] / at_risk[place, source]
            step[source] += part
            step[source, source] -= part.sum()
            row = step[source]
            noise += share[source] ** 2 / at_risk[place, source] * (np.diag(row) - np.outer(row, row))
        spread = step.T @ spread @ step + noise
        share = share @ step
        shares[place] = share @ weights
        variances[place] = np.einsum("sw,sr,rw->w", weights, spread, weights)
    return shares, variances
