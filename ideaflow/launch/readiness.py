"""When a cell can sell, and what of the target revenue can: pure rules.

``R = Σ w·p / Σ w`` over the checks that apply to a cell. It can sell when every blocking check passes and
R is at least what the launch's tier asks for; a high R never makes up for a blocking check.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from ideaflow import wording

LEAST = {1: 0.90, 2: 0.80, 3: 0.60}
"""The least R of each tier."""
_TINY = 1e-9


@dataclass(frozen=True)
class CellCheck:
    """Where one check stands in one cell.

    :param share: p, 0 to 1; ``words``: what was measured or shown last.
    :param forecast_on: what its owner expects now; None: the due day.
    :param since_at: when it last turned; ``was_passed``: whether it had passed before.
    """

    check_id: int
    title: str
    share: float
    is_passed: bool
    is_blocking: bool
    weight: float = 1.0
    function: str = ""
    due_on: date = date.max
    forecast_on: date | None = None
    words: str = ""
    since_at: datetime | None = None
    was_passed: bool = False

    @property
    def planned_on(self) -> date:
        return self.forecast_on or self.due_on


@dataclass(frozen=True)
class Readiness:
    """Whether a cell can sell, and what it still needs.

    :param share: R; None: no check applies to the cell.
    :param blockers: blocking checks that do not pass, the one that holds longest first.
    :param lacking: other checks that R needs once the blockers pass, the one that comes last first.
    """

    share: float | None
    least: float
    blockers: tuple[CellCheck, ...]
    lacking: tuple[CellCheck, ...]

    @property
    def is_ready(self) -> bool:
        return self.share is not None and not self.blockers and self.share >= self.least - _TINY

    @property
    def needed(self) -> tuple[CellCheck, ...]:
        """Return every check that must still pass before the cell can sell."""
        return self.blockers + self.lacking

    @property
    def held_by(self) -> CellCheck | None:
        """Return the one check that holds the cell longest."""
        return next(iter(self.needed), None)


def readiness(standings: Iterable[CellCheck], tier: int) -> Readiness:
    """Return whether a cell can sell by the checks that apply to it.

    >>> passed = CellCheck(1, "Message approved", 1.0, True, True, weight=9)
    >>> price = CellCheck(2, "Price entry active", 0.0, False, True)
    >>> found = readiness([passed, price], tier=1)
    >>> found.share, found.is_ready, found.held_by.title
    (0.9, False, 'Price entry active')
    """
    known, least = list(standings), LEAST[tier]
    blockers = tuple(sorted((one for one in known if one.is_blocking and not one.is_passed), key=_longest))
    return Readiness(index(known), least, blockers, _lacking(known, blockers, least))


def index(standings: Sequence[CellCheck]) -> float | None:
    """Return R, the weighted mean of all shares; None: there is no check.

    >>> index([CellCheck(1, "a", 1.0, True, True, 3), CellCheck(2, "b", 0.5, False, False, 1)])
    0.875
    """
    weight = sum(one.weight for one in standings)
    return sum(one.weight * one.share for one in standings) / weight if weight else None


def _lacking(
    standings: Sequence[CellCheck], blockers: Sequence[CellCheck], least: float
) -> tuple[CellCheck, ...]:
    """Return which checks R needs beside the blockers: those planned first, as few as do."""
    held = {one.check_id for one in blockers}
    weight = sum(one.weight for one in standings)
    reached = sum(one.weight * (1.0 if one.check_id in held else one.share) for one in standings)
    found: list[CellCheck] = []
    open_ones = (one for one in standings if one.share < 1 and one.check_id not in held)
    for one in sorted(open_ones, key=lambda one: (one.planned_on, -one.weight, one.title)):
        if reached >= (least - _TINY) * weight:
            break
        reached += one.weight * (1 - one.share)
        found.append(one)
    return tuple(reversed(found))


def _longest(one: CellCheck) -> tuple[int, float, str, int]:
    return -one.planned_on.toordinal(), -one.weight, one.title, one.check_id


class CellState(StrEnum):
    """What a cell is, in the three words of the matrix."""

    CAN_SELL = "can_sell"
    SOON = "soon"  # Not yet, but as likely as not by launch day.
    BLOCKED = "blocked"

    @property
    def tone(self) -> str:
        return {"can_sell": "go", "soon": "watch", "blocked": "stop"}[self.value]

    @property
    def words(self) -> str:
        return {"can_sell": "can sell", "soon": "before launch day", "blocked": "blocked"}[self.value]


def state_of(is_ready: bool, earliest_on: date | None, launch_on: date) -> CellState:
    """Return the state of a cell; ``earliest_on`` is its P50 day, None when no day can be said."""
    if is_ready:
        return CellState.CAN_SELL
    return CellState.SOON if earliest_on is not None and earliest_on <= launch_on else CellState.BLOCKED


@dataclass(frozen=True)
class Part:
    """One cell in the headline; ``amount`` in the launch's currency, None: not convertible."""

    state: CellState
    amount: float | None
    share: float | None  # R.


@dataclass(frozen=True)
class Headline:
    """How many cells can sell, and how much of the target revenue that is."""

    ready_count: int
    cell_count: int
    amounts: dict[CellState, float]
    unknown_count: int  # Cells whose target could not be converted; they are in no sum.
    mean_share: float | None  # The mean R; it decides nothing.

    @property
    def total(self) -> float:
        return sum(self.amounts.values())

    def share_of(self, state: CellState) -> float | None:
        """Return the share of target revenue in this state; None without any target."""
        return self.amounts[state] / self.total if self.total else None

    @property
    def words(self) -> str:
        """Say it in one line: “7 of 12 cells can sell = 64 % of target revenue”."""
        if not self.cell_count:
            return "No cell yet"
        noun = "cell" if self.cell_count == 1 else "cells"
        told = f"{self.ready_count} of {self.cell_count} {noun} can sell"
        sells = self.share_of(CellState.CAN_SELL)
        return told if sells is None else f"{told} = {wording.share(sells)} of target revenue"


def headline(parts: Sequence[Part]) -> Headline:
    """Add the cells of a launch up, each in exactly one state."""
    amounts = dict.fromkeys(CellState, 0.0)
    for part in parts:
        amounts[part.state] += part.amount or 0.0
    shares = [part.share for part in parts if part.share is not None]
    return Headline(
        ready_count=sum(part.state is CellState.CAN_SELL for part in parts),
        cell_count=len(parts),
        amounts=amounts,
        unknown_count=sum(part.amount is None for part in parts),
        mean_share=sum(shares) / len(shares) if shares else None,
    )
