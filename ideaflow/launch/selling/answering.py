"""May it be sold in a region now, and what is the one thing that blocks it. Pure rules.

A region answers with its best channel; what its other channels lack stands beside that, so that a yes
for one channel is never taken for a yes for all.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Protocol

from ideaflow.wording import day


class Verdict(StrEnum):
    """What a seller hears, the best first."""

    NOW = "now"
    LATER = "later"  # From a day that is known.
    NOT_YET = "not_yet"
    NOT_HERE = "not_here"  # The launch has no cell in the region.

    @property
    def tone(self) -> str:
        return {"now": "go", "later": "watch", "not_yet": "stop", "not_here": "stop"}[self.value]

    @property
    def icon(self) -> str:
        return {"now": "circle-check", "later": "clock", "not_yet": "ban", "not_here": "ban"}[self.value]


RANK = list(Verdict)


@dataclass(frozen=True)
class Blocker:
    """The one thing that holds a cell longest.

    :ivar words: what was measured or shown last: “price entry inactive since 10:02”; empty: its title tells.
    """

    title: str
    words: str = ""
    since_at: datetime | None = None
    owner: str = ""


@dataclass(frozen=True)
class Cell:
    """One channel in one region, as its readiness was counted last.

    :ivar earliest_on: the day by which 85 % of all draws have it ready (P85); None: no day can be said.
    :ivar sale_days: in each draw from which day it sells, as days from today; None: nothing was drawn.
    """

    region_id: int
    region: str
    channel_id: int
    channel: str
    is_partner: bool
    is_ready: bool
    ready_since_at: datetime | None
    is_released: bool
    launch_on: date
    earliest_on: date | None = None
    blocker: Blocker | None = None
    sale_days: Any = None


class Place(Protocol):
    """Where and how an account buys; no channel: through any of the region."""

    @property
    def region_id(self) -> int: ...
    @property
    def region(self) -> str: ...
    @property
    def channel_id(self) -> int | None: ...


@dataclass(frozen=True)
class Channel:
    """What one channel of a region answers."""

    cell: Cell
    verdict: Verdict
    from_on: date | None


@dataclass(frozen=True)
class Answer:
    """What a region answers: its best channel, and what holds the others.

    :ivar best: None where it is not sold there at all.
    """

    region: str
    verdict: Verdict
    from_on: date | None
    best: Channel | None
    others: tuple[Channel, ...] = ()

    @property
    def open_channels(self) -> list[str]:
        """Return the names of the channels that answer as the best one does."""
        return [one.cell.channel for one in (self.best, *self.others) if one and self._is_like_best(one)]

    @property
    def held(self) -> list[Channel]:
        """Return the channels that sell later than the best one, or need more than it does."""
        return [one for one in self.others if not self._is_like_best(one)]

    def _is_like_best(self, one: Channel) -> bool:
        best = self.best
        return best is not None and (one.verdict, one.from_on, one.cell.is_ready) == (
            best.verdict, best.from_on, best.cell.is_ready,
        )  # fmt: skip


def verdict_of(cell: Cell, today: date) -> tuple[Verdict, date | None]:
    """Return what one cell answers, and from which day.

    Ready is not yet sold: before launch day it is, unless somebody released it.
    """
    if cell.is_ready:
        is_out = cell.is_released or cell.launch_on <= today
        return (Verdict.NOW, None) if is_out else (Verdict.LATER, cell.launch_on)
    if cell.earliest_on is None:
        return Verdict.NOT_YET, None
    first = max(cell.earliest_on, cell.launch_on)
    # A day that has passed is no promise.
    return (Verdict.LATER, first) if first > today else (Verdict.NOT_YET, None)


def answer_for(place: Place, cells: Iterable[Cell], today: date) -> Answer:
    """Return what a launch answers an account at one place."""
    mine = [
        Channel(cell, *verdict_of(cell, today))
        for cell in cells
        if cell.region_id == place.region_id and place.channel_id in (None, cell.channel_id)
    ]
    if not mine:
        return Answer(place.region, Verdict.NOT_HERE, None, None)
    # Of equals the one that others do not sell for us.
    mine.sort(key=_best_first)
    best, *others = mine
    return Answer(place.region, best.verdict, best.from_on, best, tuple(others))


def _best_first(one: Channel) -> tuple[int, date, bool, bool, str]:
    cell = one.cell
    return (
        RANK.index(one.verdict),
        one.from_on or date.min,
        not cell.is_ready,
        cell.is_partner,
        cell.channel,
    )


def headline(answer: Answer, today: date) -> str:
    """Say it in three words.

    >>> headline(Answer("DACH", Verdict.LATER, date(2027, 1, 14), None), date(2026, 11, 22))
    'From 14 Jan 2027'
    >>> headline(Answer("Iberia", Verdict.NOT_HERE, None, None), date(2026, 11, 22))
    'Not in Iberia'
    """
    if answer.verdict is Verdict.LATER:
        return f"From {day(answer.from_on, today)}"
    if answer.verdict is Verdict.NOT_HERE:
        return f"Not in {answer.region}"
    return "Yes, sell it now" if answer.verdict is Verdict.NOW else "Not yet"


def by_channel(cell: Cell) -> str:
    """Return a channel as it stands after “not”: “through a partner”, “through inside sales”."""
    return "through a partner" if cell.is_partner else f"through {_lower(cell.channel)}"


def joined(names: Sequence[str]) -> str:
    """Join names as one says them: “direct”, “direct and inside sales”."""
    lowered = [_lower(name) for name in names]
    return " and ".join((", ".join(lowered[:-1]), lowered[-1])) if len(lowered) > 1 else "".join(lowered)


def _lower(name: str) -> str:
    """Return a name inside a sentence; abbreviations stay as they are."""
    return name if name.isupper() else name[:1].lower() + name[1:]
