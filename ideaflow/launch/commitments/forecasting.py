"""When something will be delivered, by how long stages took before: resampled, with its seed kept. Pure.

Each stage ahead takes as long as one of the finished stays in it did. Where fewer than ``LEAST`` are known,
it takes its planned days times a slip, actual by planned, of any finished stay; where those are too few as
well, the process's own planned days stand, and the forecast says so. The present stage draws from stays that
were longer than it has lasted already.
"""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from math import ceil

from ideaflow.wording import plural

DRAWS = 2_000
LEAST = 5
MIDDLE, LATE = 0.50, 0.85


class Ground(StrEnum):
    """What a forecast rests on."""

    STAYS = "stays"  # Finished stays in the same stages.
    SLIPS = "slips"  # Planned days times slips of finished stays.
    PLAN = "plan"  # Planned days: too little history.
    DONE = "done"  # It is delivered.
    NONE = "none"  # No day can be said.


@dataclass(frozen=True)
class Ahead:
    """A stage still to come or under way, with its planned days."""

    key: str
    name: str
    days_p50: float
    days_p85: float


@dataclass(frozen=True)
class Past:
    """Finished stays: their days by stage, and how long each took by its plan (1: as planned)."""

    stays: Mapping[str, Sequence[float]] = field(default_factory=dict)
    slips: Sequence[float] = ()


@dataclass(frozen=True)
class Delivery:
    """The day by which half, and 85 %, of all draws are delivered; None: no day can be said.

    :param words: what it rests on, for people.
    :param count: how many finished stays it was drawn from.
    """

    p50_on: date | None
    p85_on: date | None
    ground: Ground
    words: str
    count: int = 0
    seed: int = 0

    def is_later_than(self, day: date) -> bool:
        """Return whether it is likely to come too late: no day at all is too late."""
        return self.p85_on is None or self.p85_on > day


def forecast(ahead: Sequence[Ahead], lasted_days: float, past: Past, begins_on: date, seed: int) -> Delivery:
    """Return when the last of these stages is over.

    :param lasted_days: how long the first of them has lasted already.
    :param begins_on: from when on work goes on: today, or the day a hold ends.
    """
    if not ahead:
        return Delivery(begins_on, begins_on, Ground.DONE, "It is delivered.")
    grounds = [_ground(stage, past) for stage in ahead]
    ground = max(grounds, key=list(Ground).index)
    used = sum(len(past.stays[stage.key]) for stage in ahead if _ground(stage, past) is Ground.STAYS)
    count = used or (len(past.slips) if ground is Ground.SLIPS else 0)
    if ground is Ground.PLAN:
        first, rest = ahead[0], ahead[1:]
        days = [
            max(getattr(first, name) - lasted_days, 0.0) + sum(getattr(stage, name) for stage in rest)
            for name in ("days_p50", "days_p85")
        ]
        known = (
            f"Only {plural(len(past.slips), 'stage')} ever finished"
            if past.slips
            else "No stage finished yet"
        )
        words = f"{known}, too few to resample: the planned days of {plural(len(ahead), 'stage')}."
        return Delivery(_day(begins_on, days[0]), _day(begins_on, days[1]), ground, words, 0, seed)
    draws = [0.0] * DRAWS
    for place, stage in enumerate(ahead):
        found = _days(stage, past, lasted_days if place == 0 else 0.0)
        if not found:
            words = f"{stage.name} lasts {lasted_days:.0f} days, longer than ever before: no day can be said."
            return Delivery(None, None, Ground.NONE, words, count, seed)
        chance = random.Random(f"{seed}:{stage.key}")  # noqa: S311 - a forecast, not a secret
        draws = [sofar + chance.choice(found) for sofar in draws]
    ordered = sorted(draws)
    guessed = sum(_ground(stage, past) is Ground.SLIPS for stage in ahead)
    told = [f"{len(ahead) - guessed} drawn from {plural(used, 'finished stay')}"] if used else []
    if guessed:
        told.append(
            f"{guessed} by plan and by how late {plural(len(past.slips), 'other was', 'others were')}"
        )
    words = f"{plural(len(ahead), 'stage')} ahead: {', '.join(told)}."
    return Delivery(
        _day(begins_on, quantile(ordered, MIDDLE)), _day(begins_on, quantile(ordered, LATE)), ground, words,
        count, seed,
    )  # fmt: skip


def quantile(ordered: Sequence[float], part: float) -> float:
    """Return the smallest value that ``part`` of all do not exceed.

    >>> quantile([1, 2, 3, 4], 0.5), quantile([1, 2, 3, 4], 0.85)
    (2, 4)
    """
    return ordered[max(ceil(part * len(ordered)) - 1, 0)]


def _ground(stage: Ahead, past: Past) -> Ground:
    if len(past.stays.get(stage.key, ())) >= LEAST:
        return Ground.STAYS
    return Ground.SLIPS if len(past.slips) >= LEAST else Ground.PLAN


def _days(stage: Ahead, past: Past, lasted: float) -> list[float]:
    """Return the days a stage may still take; of the present one, only what goes beyond its present age."""
    if _ground(stage, past) is Ground.STAYS:
        whole = list(past.stays[stage.key])
    else:
        whole = [stage.days_p50 * slip for slip in past.slips]
    left = [days - lasted for days in whole if days > lasted]
    if not left and stage.days_p85 > lasted:
        left = [stage.days_p85 - lasted]
    return sorted(left)


def _day(first: date, days: float) -> date:
    return first + timedelta(days=ceil(round(days, 6)))
