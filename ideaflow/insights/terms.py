"""What the portfolio is counted from, and what a number of it is. Pure: no database, no clock."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cached_property
from typing import Any

from ideaflow.insights.survival import wilson

LEAST = 5
"""So many cases a number needs; of fewer it says “too few to say”."""

TOO_FEW = "too few to say"
NOT_SEEN = "not seen yet"
DAY = 86_400.0
PERIODS = {"": "All time", "90": "Last 90 days", "180": "Last half year", "365": "Last year"}
LAUNCHED = frozenset({"launched", "post_launch", "closed"})


class Unit(StrEnum):
    """What a number counts in."""

    SHARE = "share"
    DAYS = "days"
    COUNT = "count"
    RATIO = "ratio"
    CHANGE = "change"


@dataclass(frozen=True)
class Scope:
    """Which proposals are looked at, and since when things happened. Empty means all."""

    arena: str = ""
    type: str = ""
    process: str = ""
    period: str = ""

    def since(self, at: datetime) -> datetime | None:
        """Return the first moment that counts."""
        return at - timedelta(days=int(self.period)) if self.period else None

    def plain(self) -> dict[str, str]:
        """Return what is chosen, as an address holds it."""
        return {one.name: value for one in fields(self) if (value := getattr(self, one.name))}


@dataclass(frozen=True)
class StageWord:
    """A stage by its key: its name, how long it is meant to take, who works there.

    :param elsewhere: what other processes call it: “Look and size in Lite”.
    """

    key: str
    name: str
    days_p50: int
    days_p85: int
    roles: tuple[str, ...] = ()
    elsewhere: tuple[str, ...] = ()


@dataclass(frozen=True)
class GateWord:
    """A gate by its key; late is one at or after the end of development.

    :param asks: what it decides, as the process says it.
    :param elsewhere: what other processes call it: “Commitment gate in Express and Lite”.
    """

    key: str
    name: str
    is_late: bool
    asks: str = ""
    elsewhere: tuple[str, ...] = ()


@dataclass(frozen=True)
class Step:
    """One thing to do in a stage: what, by which role, and how it is done here, in words."""

    name: str
    role: str
    how: str


@dataclass(frozen=True)
class Frame:
    """Stages and gates of the processes looked at, in their order; places and steps by (process, stage)."""

    stages: tuple[StageWord, ...]
    gates: tuple[GateWord, ...]
    places: dict[tuple[str, str], int] = field(default_factory=dict)
    steps: dict[tuple[str, str], tuple[Step, ...]] = field(default_factory=dict)

    def index(self, stage_key: str) -> int:
        """Return the place of a stage in the order; −1 when no process has it any more."""
        return self._places.get(stage_key, -1)

    @cached_property
    def _places(self) -> dict[str, int]:
        return {stage.key: place for place, stage in enumerate(self.stages)}


@dataclass(frozen=True)
class Stay:
    """One stay in a stage; seconds worked on, waited and on hold, with those of a running clock."""

    proposal_id: int
    stage_key: str
    entered_at: datetime
    exited_at: datetime | None
    active: float
    wait: float
    hold: float
    exit_reason: str

    @property
    def whole(self) -> float:
        return self.active + self.wait + self.hold


@dataclass(frozen=True)
class Way:
    """One proposal with where it stands; ``state`` is empty before its start."""

    id: int
    title: str
    owner_id: int
    owner: str
    arena: str
    type: str
    strategy: str
    process: str
    state: str
    stage_key: str
    started_at: datetime | None
    is_live: bool
    asked_amount: float | None
    asked_people: int | None
    effort_months: float | None
    stays: tuple[Stay, ...] = ()

    @property
    def has_launched(self) -> bool:
        return self.state in LAUNCHED


@dataclass(frozen=True)
class Review:
    """One gate review; ``decision`` is empty while it is open."""

    proposal_id: int
    gate_key: str
    opened_at: datetime
    due_on: Any
    decision: str
    decided_at: datetime | None
    is_override: bool = False
    granted_amount: float = 0.0


@dataclass(frozen=True)
class Case:
    """One proposal behind a number, and what it has to do with it."""

    proposal_id: int
    detail: str = ""


@dataclass(frozen=True)
class Figure:
    """One number of the portfolio with the proposals behind it.

    :param value: None when there is none to tell; ``note`` says why.
    :param low: the 95 % interval, ``high`` its other end; None: not reached, or not a sample.
    :param counted: those the number counts; ``rest``: those it counts them of.
    """

    key: str
    label: str
    unit: Unit
    value: float | None
    counted: tuple[Case, ...] = ()
    rest: tuple[Case, ...] = ()
    low: float | None = None
    high: float | None = None
    note: str = ""

    @property
    def count(self) -> int:
        return len(self.counted)

    @property
    def of(self) -> int:
        return len(self.counted) + len(self.rest)


def share(
    key: str, label: str, counted: Iterable[Case], rest: Iterable[Case], *, is_sample: bool = True
) -> Figure:
    """Return a share with its interval; of fewer than ``LEAST`` cases it is not told.

    :param is_sample: whether it says something about cases to come; what is counted now has no doubt.
    """
    yes, no = tuple(counted), tuple(rest)
    of = len(yes) + len(no)
    if of < (LEAST if is_sample else 1):
        return Figure(key, label, Unit.SHARE, None, yes, no, note=TOO_FEW)
    low, high = wilson(len(yes), of) if is_sample else (None, None)
    return Figure(key, label, Unit.SHARE, len(yes) / of, yes, no, low, high)


def number(key: str, label: str, cases: Iterable[Case]) -> Figure:
    """Return how many there are."""
    counted = tuple(cases)
    return Figure(key, label, Unit.COUNT, float(len(counted)), counted)


def figures_in(found: object) -> Iterator[Figure]:
    """Yield every number that stands anywhere in a sheet, in its order."""
    if isinstance(found, Figure):
        yield found
    elif is_dataclass(found) and not isinstance(found, type):
        for one in fields(found):
            yield from figures_in(getattr(found, one.name))
    elif isinstance(found, (list, tuple)):
        for part in found:
            yield from figures_in(part)


def in_days(seconds: float) -> float:
    """Return seconds as days."""
    return seconds / DAY


def median(values: Sequence[float]) -> float:
    """Return the middle value, of an even number the mean of the middle two."""
    ordered = sorted(values)
    half = len(ordered) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2


def change(then: float | None, now: float | None) -> float | None:
    """Return the change as a share of what it was; None where there was nothing to compare with.

    >>> change(200, 250), change(0, 5), change(None, 5)
    (0.25, None, None)
    """
    return (now - then) / abs(then) if then and now is not None else None
