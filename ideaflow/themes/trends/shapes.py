"""What a rise looks like: how long it lasts, whether it jumped, whether it bursts. No database, no clock."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ideaflow.themes.trends.expecting import Weighed, band, rates_of
from ideaflow.themes.trends.statistics import changes, kleinberg
from ideaflow.themes.trends.terms import ALONE_P, BASE_WEEKS, STEP_WEEKS, WINDOW_WEEKS, Listening

SURE = 0.8
CHANGE_PRIOR = 0.5
OPEN_WEEKS = 2


@dataclass(frozen=True)
class Shape:
    """What a rise looks like; weeks are counted back from the reference day.

    :ivar rose_before: whether the window before was above its own usual already.
    :ivar change_week: the first week at the new rate.
    :ivar change_chance: how likely the rate changed within the last 12 weeks.
    :ivar is_step: whether it jumped, before the window, rather than climbed.
    :ivar burst_level: of the burst that is still open; 0 when there is none.
    :ivar bursts: level, first and last week of each burst.
    """

    rose_before: bool
    before_ratio: float
    before_p: float
    change_week: int
    change_chance: float
    change_low_week: int
    change_high_week: int
    rate_before: float
    rate_after: float
    is_step: bool
    burst_level: int
    bursts: tuple[tuple[int, int, int], ...]
    is_over_bound: bool

    def plain(self) -> dict[str, Any]:
        """Return it as values JSON can hold."""
        return {
            "rose_before": self.rose_before, "before_ratio": self.before_ratio, "before_p": self.before_p,
            "change_week": self.change_week, "change_chance": self.change_chance,
            "change_low_week": self.change_low_week, "change_high_week": self.change_high_week,
            "rate_before": self.rate_before, "rate_after": self.rate_after, "is_step": self.is_step,
            "burst_level": self.burst_level, "bursts": [list(one) for one in self.bursts],
            "is_over_bound": self.is_over_bound,
        }  # fmt: skip


def shape_of(one: Weighed, listening: Listening) -> Shape:
    """Return what a rise looks like."""
    before = rates_of(one.counts, listening, newest=WINDOW_WEEKS)
    depth = min(WINDOW_WEEKS + BASE_WEEKS, len(one.counts))
    counts = list(one.counts[:depth])[::-1]
    # Season and account base are in the exposure, so that neither passes for a change.
    usual = [
        mean for mean, _, _ in band(one.usual.level, one.usual.weekly_dispersion, listening.active[:depth])
    ]
    exposures = usual[::-1]
    spread = 1 + one.usual.weekly_dispersion * sum(usual) / max(1, depth)
    found = changes.posterior(counts, exposures, prior=CHANGE_PRIOR, dispersion=spread)
    at = found.mode
    after = sum(counts[at:]) / max(1e-9, sum(exposures[at:]))
    earlier = sum(counts[:at]) / max(1e-9, sum(exposures[:at]))
    chance = found.since(depth - STEP_WEEKS)
    week = depth - 1 - at
    jumped = chance >= SURE and after > earlier and week >= WINDOW_WEEKS
    bursts = bursts_of(one.counts[:depth], listening.active[:depth])
    still = [level for level, _, last in bursts if last < OPEN_WEEKS]
    return Shape(
        rose_before=before.p_up <= ALONE_P, before_ratio=before.ratio, before_p=before.p_up,
        change_week=week, change_chance=chance,
        change_low_week=depth - 1 - found.quantile(0.975), change_high_week=depth - 1 - found.quantile(0.025),
        rate_before=earlier, rate_after=after,
        is_step=jumped and changes.is_step(counts, exposures, depth - 2 * STEP_WEEKS),
        burst_level=max(still, default=0), bursts=tuple(bursts),
        is_over_bound=one.p_up <= 0.025,
    )  # fmt: skip


def bursts_of(counts: Sequence[int], active: Sequence[int]) -> list[tuple[int, int, int]]:
    """Return level, first and last week of each burst, by weeks before the reference day.

    Kleinberg's stream runs in account-weeks instead of days: a stream that grows with the accounts one
    listens to does not burst. Mentions of one week are spread evenly over it, since no two may coincide.
    """
    offsets: list[float] = []
    weeks: list[int] = []
    passed = 0.0
    for week in range(len(counts) - 1, -1, -1):
        span = max(active[week], 1)
        offsets += [passed + span * (place + 0.5) / counts[week] for place in range(counts[week])]
        weeks += [week] * counts[week]
        passed += span
    if len(offsets) < 3:
        return []
    place = dict(zip(offsets, weeks, strict=True))
    return [(one.level, place[one.begins], place[one.ends]) for one in kleinberg.bursts(offsets)]
