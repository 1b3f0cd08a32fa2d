"""What trends are spoken of in: labels, mentions, and what was listened to. No database, no clock.

The unit is the account-week with at least one mention; weeks are counted back from a reference day, week 0
being the one that ends on it. The exposure of a span is active accounts × weeks. ``judging.find`` judges.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

WINDOW_WEEKS = 4
BASE_WEEKS = 52
WEEKS_SHOWN = 26
WEEKS_CHARTED = 52
SEASON_WEEKS = 104
MOST_WEEKS = 264
"""Five years and a window: what came before says nothing about now."""
NEW_WEEKS = 8
NEW_ACCOUNTS = 3
NEW_LIKENESS = 0.75
STEP_WEEKS = 12
LEAST_ACCOUNTS = 5
LEAST_EXPECTED = 1.0
FALSE_SHARE = 0.10
ALONE_P = 0.05
LOUD_SHARE = 0.5
LOUD_VOICES = ((5, 2.0), (20, 3.0))
"""From so many statements on, fewer equal voices than this are one customer's: a few stray voices among
many statements do not make a matter of all."""


class Trend(StrEnum):
    """What the last four weeks say beside the weeks before."""

    NEW = "new"
    GROWING = "growing"
    BURSTING = "bursting"
    STEP_CHANGE = "step_change"
    FADING = "fading"
    SEASONAL = "seasonal"
    AS_USUAL = "as_usual"
    ONE_CUSTOMER = "one_customer"
    ARTEFACT = "artefact"
    TOO_FEW = "too_few"


RISES = (Trend.BURSTING, Trend.STEP_CHANGE, Trend.GROWING)
SIGNALS = (*RISES, Trend.NEW)
SIGNAL_RANKS = {Trend.BURSTING: 3, Trend.STEP_CHANGE: 3, Trend.GROWING: 3, Trend.NEW: 2, Trend.FADING: 1}
"""What deserves a look first; everything else is 0."""


@dataclass(frozen=True, slots=True)
class Mention:
    """One account that spoke of a theme in one week, how often.

    :ivar way: the number of the way in by which it came, in ``Listening.ways``.
    """

    account_id: int
    week: int
    times: int = 1
    way: int = 0


@dataclass(frozen=True)
class Way:
    """A way in by which words come: one part of the records of one source.

    :ivar heard: account-weeks with anything said this way, by week, week 0 first.
    :ivar arrivals: of what was said in the window: the day it arrived, how much, how much of it late.
    """

    source: str
    part: str
    heard: Sequence[int]
    arrivals: Sequence[tuple[str, int, int]] = ()


@dataclass(frozen=True)
class Listening:
    """To whom one listened, and how.

    :ivar active: accounts active in each week, week 0 first; as many weeks as one has listened.
    :ivar account_count: accounts active in the window or the year before it.
    """

    active: Sequence[int]
    ways: Sequence[Way] = ()

    @property
    def depth(self) -> int:
        """Weeks listened to."""
        return len(self.active)

    @property
    def account_count(self) -> int:
        """The most accounts that were active at a time."""
        return max(self.active, default=0)

    def exposure(self, newest: int, oldest: int) -> int:
        """Return active accounts × weeks from week ``newest`` to ``oldest``, both included."""
        return sum(self.active[newest : oldest + 1])


@dataclass(frozen=True)
class Finding:
    """What the weeks say about one theme.

    :ivar detail: the numbers behind the label, as values JSON can hold.
    """

    trend: Trend
    ratio: float = 0.0
    low: float | None = None
    high: float | None = None
    q: float | None = None
    detail: dict[str, Any] = field(default_factory=dict)

    @property
    def signal_rank(self) -> int:
        return SIGNAL_RANKS.get(self.trend, 0)


def active_weeks(spans: Iterable[tuple[int, int]]) -> list[int]:
    """Return how many accounts were active in each week, week 0 first.

    :param spans: for each account the weeks (before the reference day) in which it was first and last active.

    >>> active_weeks([(3, 0), (2, 1)])
    [1, 2, 2, 1]
    """
    firsts: Counter[int] = Counter()
    lasts: Counter[int] = Counter()
    for first, last in spans:
        first = min(first, MOST_WEEKS - 1)
        if last <= first:
            firsts[first] += 1
            lasts[last] += 1
    active, running = [], 0
    for week in range(max(firsts, default=-1) + 1):
        running += lasts[week]
        active.append(running)
        running -= firsts[week]
    return active


def weekly(mentions: Iterable[Mention], weeks: int = WEEKS_SHOWN) -> list[int]:
    """Return the account-weeks of the last weeks, oldest first."""
    counts = Counter(mention.week for mention in mentions)
    return [counts[week] for week in range(weeks - 1, -1, -1)]
