"""Where the time goes: how long stages take, what is work and what is waiting, how fast gates decide.

Pure. Times of stays that are not over yet count as long as they were seen.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from ideaflow.insights.survival import kaplan_meier
from ideaflow.insights.terms import (
    LEAST,
    NOT_SEEN,
    TOO_FEW,
    Case,
    Figure,
    Frame,
    Review,
    StageWord,
    Stay,
    Unit,
    Way,
    in_days,
    share,
)

OVER = frozenset({"go", "conditional_go", "kill", "recycle"})
"""What ends a stay by a decision at its gate; who left otherwise was seen until then."""

MIDDLE, MOST = 0.5, 0.85


@dataclass(frozen=True)
class Pledge:
    """A condition of a conditional go."""

    proposal_id: int
    text: str
    due_on: date
    settled_on: date | None


@dataclass(frozen=True)
class Pace:
    """One stage: how long its work takes, how long all of it, and how an average stay divides."""

    stage: StageWord
    stays: int
    work: Figure
    work_most: Figure
    whole: Figure
    active_days: float
    wait_days: float
    hold_days: float
    efficiency: Figure


@dataclass(frozen=True)
class PaceSheet:
    """All numbers of the second page."""

    stages: list[Pace]
    efficiency: Figure
    active_share: float
    wait_share: float
    hold_share: float
    latency: Figure
    latency_most: Figure
    in_time: Figure
    overdue: Figure


@dataclass(frozen=True)
class _Seen:
    proposal_id: int
    days: float
    is_over: bool

    @property
    def case(self) -> Case:
        return Case(self.proposal_id, f"{self.days:.1f} d" + ("" if self.is_over else ", not over"))


def pace_sheet(
    frame: Frame, ways: Sequence[Way], reviews: Sequence[Review], pledges: Sequence[Pledge],
    since: datetime | None, at: datetime,
) -> PaceSheet:  # fmt: skip
    """Return where the time goes.

    :param since: stays begun, reviews opened and conditions due before it do not count.
    """
    stays = [stay for way in ways for stay in way.stays if since is None or stay.entered_at >= since]
    asked = [one for one in reviews if since is None or one.opened_at >= since]
    clocks = [sum(clock(stay) for stay in stays) for clock in _CLOCKS]
    whole = sum(clocks) or 1.0
    waits = [_latency(one, at) for one in asked]
    return PaceSheet(
        stages=[_pace(stage, found) for stage in frame.stages if (found := _of(stays, stage.key))],
        efficiency=_efficiency("flow.all", "Share of time that is work", stays),
        active_share=clocks[0] / whole,
        wait_share=clocks[1] / whole,
        hold_share=clocks[2] / whole,
        latency=quantile("latency.middle", "From pack to decision, the middle", waits, MIDDLE),
        latency_most=quantile("latency.most", "From pack to decision, 85 of 100", waits, MOST),
        in_time=_in_time(asked, at.date()),
        overdue=_overdue(pledges, since.date() if since else None, at.date()),
    )


def quantile(key: str, label: str, seen: Sequence[_Seen], part: float) -> Figure:
    """Return after how many days ``part`` of all cases are over, with its interval (Kaplan–Meier)."""
    over = tuple(one.case for one in seen if one.is_over)
    rest = tuple(one.case for one in seen if not one.is_over)
    if len(over) < LEAST:
        return Figure(key, label, Unit.DAYS, None, over, rest, note=TOO_FEW)
    found = kaplan_meier([one.days for one in seen], [one.is_over for one in seen])
    value = found.quantile(part)
    low, high = found.quantile_interval(part)
    return Figure(key, label, Unit.DAYS, value, over, rest, low, high, "" if value is not None else NOT_SEEN)


_CLOCKS: tuple[Callable[[Stay], float], ...] = (
    lambda stay: stay.active,
    lambda stay: stay.wait,
    lambda stay: stay.hold,
)


def _of(stays: Iterable[Stay], stage_key: str) -> list[Stay]:
    return [stay for stay in stays if stay.stage_key == stage_key]


def _pace(stage: StageWord, stays: Sequence[Stay]) -> Pace:
    work = [_Seen(one.proposal_id, in_days(one.active), one.exit_reason in OVER) for one in stays]
    whole = [_Seen(one.proposal_id, in_days(one.whole), one.exit_reason in OVER) for one in stays]
    means = [in_days(sum(clock(stay) for stay in stays)) / len(stays) for clock in _CLOCKS]
    return Pace(
        stage, len(stays),
        quantile(f"stage.{stage.key}.work", f"Work in {stage.name}, the middle", work, MIDDLE),
        quantile(f"stage.{stage.key}.work_most", f"Work in {stage.name}, 85 of 100", work, MOST),
        quantile(f"stage.{stage.key}.whole", f"All days in {stage.name}, the middle", whole, MIDDLE),
        means[0], means[1], means[2],
        _efficiency(f"stage.{stage.key}.efficiency", f"Share of work in {stage.name}", stays),
    )  # fmt: skip


def _efficiency(key: str, label: str, stays: Sequence[Stay]) -> Figure:
    """Return work by work, waiting and hold together."""
    whole = sum(stay.whole for stay in stays)
    enough = len(stays) >= LEAST and whole > 0
    value = sum(stay.active for stay in stays) / whole if enough else None
    cases = tuple(
        Case(stay.proposal_id, f"{in_days(stay.active):.1f} of {in_days(stay.whole):.1f} d worked on")
        for stay in stays
    )
    return Figure(key, label, Unit.SHARE, value, cases, note="" if enough else TOO_FEW)


def _latency(review: Review, at: datetime) -> _Seen:
    end = review.decided_at or at
    days = in_days((end - review.opened_at).total_seconds())
    return _Seen(review.proposal_id, days, review.decided_at is not None)


def _in_time(reviews: Sequence[Review], today: date) -> Figure:
    """Return which share of decisions that were due came by their day."""
    due = [one for one in reviews if one.decided_at is not None or one.due_on < today]
    kept = [one.decided_at is not None and one.decided_at.date() <= one.due_on for one in due]
    cases = [Case(one.proposal_id, f"due {one.due_on:%-d %b %Y}") for one in due]
    return share(
        "decisions.in_time", "Decided by the day it was due",
        [case for case, is_kept in zip(cases, kept, strict=True) if is_kept],
        [case for case, is_kept in zip(cases, kept, strict=True) if not is_kept],
    )  # fmt: skip


def _overdue(pledges: Sequence[Pledge], since: date | None, today: date) -> Figure:
    """Return which share of conditions, settled or past their day, were not settled in time."""
    ripe = [one for one in pledges if one.settled_on is not None or one.due_on < today]
    ripe = [one for one in ripe if since is None or one.due_on >= since]
    late = [one.settled_on is None or one.settled_on > one.due_on for one in ripe]
    cases = [Case(one.proposal_id, f"{one.text}, due {one.due_on:%-d %b %Y}") for one in ripe]
    return share(
        "conditions.overdue", "Conditions not settled in time",
        [case for case, is_late in zip(cases, late, strict=True) if is_late],
        [case for case, is_late in zip(cases, late, strict=True) if not is_late],
    )  # fmt: skip
