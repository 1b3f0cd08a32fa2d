"""What is unusual about the last weeks of a theme: exact tests on account-weeks. No database, no clock.

The unit is the account-week with at least one mention; weeks are counted back from a reference day,
week 0 being the one that ends on it. The exposure of a span is active accounts × weeks, an account
being active from the week in which it was first heard of anything.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from ideaflow.themes.rates import Rates, compare, exposure_of, false_discovery_rates, usual_range

WINDOW_WEEKS = 4
BASE_WEEKS = 52
WEEKS_SHOWN = 26
WINDOWS_SHOWN = 14
NEW_WEEKS = 8
NEW_ACCOUNTS = 3
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
    FADING = "fading"
    AS_USUAL = "as_usual"
    ONE_CUSTOMER = "one_customer"
    TOO_FEW = "too_few"


SIGNAL_RANKS = {Trend.GROWING: 3, Trend.NEW: 2, Trend.FADING: 1}
"""What deserves a look first; everything else is 0."""


@dataclass(frozen=True)
class Mention:
    """One account that spoke of a theme in one week, how often."""

    account_id: int
    week: int
    times: int = 1


@dataclass(frozen=True)
class Finding:
    """What the weeks say about one theme.

    :ivar detail: the pieces of the sentence that explains it, as values JSON can hold.
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


@dataclass(frozen=True)
class Window:
    """Four weeks of a theme: account-weeks with a mention, and how many would be usual.

    :ivar expected: from up to 52 weeks before; None where too little came before to say.
    :ivar low: so few would still be usual (95 %).
    :ivar high: so many would still be usual.
    """

    begins_on: date
    ends_on: date
    count: int
    expected: float | None
    low: int | None
    high: int | None

    @property
    def is_unusual(self) -> bool:
        return self.high is not None and self.low is not None and not self.low <= self.count <= self.high


def weekly(mentions: Iterable[Mention]) -> list[int]:
    """Return the account-weeks of the last 26 weeks, oldest first."""
    counts = Counter(mention.week for mention in mentions)
    return [counts[week] for week in range(WEEKS_SHOWN - 1, -1, -1)]


def find(
    themes: Mapping[int, Sequence[Mention]],
    first_weeks: Sequence[int],
    names: Mapping[int, str] | None = None,
    others: Sequence[tuple[float, float]] = (),
) -> dict[int, Finding]:
    """Judge all themes of a run together: only together can one say how many flags are chance.

    :param themes: each theme's mentions, one an account and week.
    :param first_weeks: for each account ever heard, how many weeks ago it first spoke.
    :param names: of accounts, for the sentence about the largest one.
    :param others: the chances (up, down) of the themes that are not judged anew.
    """
    rates = {key: _rates(mentions, first_weeks) for key, mentions in themes.items()}
    keys = list(themes)
    up = false_discovery_rates([*(rates[key].p_up for key in keys), *(up for up, _ in others)])
    down = false_discovery_rates([*(rates[key].p_down for key in keys), *(down for _, down in others)])
    tested = len(keys) + len(others)
    return {
        key: _judge(themes[key], first_weeks, rates[key], up[at], down[at], tested, names or {})
        for at, key in enumerate(keys)
    }


def windows(weeks: Sequence[int], first_weeks: Sequence[int], reference: date) -> list[Window]:
    """Return the last 14 windows of 4 weeks, oldest first.

    :param weeks: the week of each account-week with a mention.
    """
    counts = Counter(weeks)
    oldest = max(first_weeks, default=0)
    found = []
    for number in range(WINDOWS_SHOWN - 1, -1, -1):
        newest, last = number * WINDOW_WEEKS, number * WINDOW_WEEKS + WINDOW_WEEKS - 1
        end = min(last + BASE_WEEKS, oldest)
        exposure, base = (
            exposure_of(first_weeks, newest, last),
            exposure_of(first_weeks, last + 1, end),
        )
        before = sum(counts[week] for week in range(last + 1, end + 1))
        expected: float | None = None
        low: int | None = None
        high: int | None = None
        if exposure and base and end - last >= WINDOW_WEEKS:
            expected, low, high = usual_range(before, base, exposure)
        found.append(
            Window(
                begins_on=reference - timedelta(days=7 * (last + 1) - 1),
                ends_on=reference - timedelta(days=7 * newest),
                count=sum(counts[week] for week in range(newest, last + 1)),
                expected=expected,
                low=low,
                high=high,
            )
        )
    return found


def _rates(mentions: Sequence[Mention], first_weeks: Sequence[int], without: int | None = None) -> Rates:
    """Compare the window with the weeks before it, perhaps without one account."""
    kept = [mention for mention in mentions if mention.account_id != without]
    oldest = min(max(first_weeks, default=0), WINDOW_WEEKS + BASE_WEEKS - 1)
    inside = sum(1 for mention in kept if mention.week < WINDOW_WEEKS)
    before = sum(1 for mention in kept if WINDOW_WEEKS <= mention.week <= oldest)
    exposure = exposure_of(first_weeks, 0, WINDOW_WEEKS - 1)
    base = exposure_of(first_weeks, WINDOW_WEEKS, oldest)
    if without is not None and first_weeks:  # The account leaves the exposure too: an average one.
        others = (len(first_weeks) - 1) / len(first_weeks)
        exposure, base = round(exposure * others), round(base * others)
    return compare(inside, exposure, before, base)


def _judge(
    mentions: Sequence[Mention],
    first_weeks: Sequence[int],
    rates: Rates,
    rising: float,
    falling: float,
    tested: int,
    names: Mapping[int, str],
) -> Finding:
    accounts = {mention.account_id for mention in mentions}
    born = max((mention.week for mention in mentions), default=0)
    loudest, share, voices = _voices(mentions)
    window = Counter(mention.account_id for mention in mentions if mention.week < WINDOW_WEEKS)
    top = min(window, key=lambda one: (-window[one], one)) if window else loudest
    without = _rates(mentions, first_weeks, without=top)
    if _is_loud(sum(mention.times for mention in mentions), share, voices):
        trend, top, without = Trend.ONE_CUSTOMER, loudest, _rates(mentions, first_weeks, without=loudest)
    elif _is_new(born, len(accounts), first_weeks):
        trend = Trend.NEW
    else:
        trend = _verdict(len(accounts), rates, rising, falling, without)
    q = falling if rates.p_down < rates.p_up else rising
    detail = {
        "window_weeks": WINDOW_WEEKS, "count": rates.count, "account_count": len(window),
        "statement_count": sum(m.times for m in mentions if m.week < WINDOW_WEEKS),
        "expected": rates.expected, "base_count": rates.base_count, "exposure": rates.exposure,
        "base_exposure": rates.base_exposure, "p_up": rates.p_up, "p_down": rates.p_down,
        "tested_count": tested, "born_weeks_ago": born, "all_account_count": len(accounts),
        "effective_accounts": voices, "top_account_id": top, "top_account_name": names.get(top or 0, ""),
        "top_share": share, "without_count": without.count, "without_ratio": without.ratio,
        "without_low": without.low, "without_high": without.high, "without_p": without.p_up,
    }  # fmt: skip
    return Finding(trend, rates.ratio, rates.low, rates.high, q, detail)


def _is_new(born: int, account_count: int, first_weeks: Sequence[int]) -> bool:
    """Return whether a theme came up lately; a first export of a few weeks is not all news."""
    heard_long_enough = max(first_weeks, default=0) >= 2 * NEW_WEEKS
    return born < NEW_WEEKS and account_count >= NEW_ACCOUNTS and heard_long_enough


def _verdict(account_count: int, rates: Rates, rising: float, falling: float, without: Rates) -> Trend:
    """Return what the rates say, given the false shares and the rates without the loudest account."""
    # One mention where none is expected proves nothing; five accounts' worth can be tested exactly.
    too_rare = rates.expected < LEAST_EXPECTED and rates.count < LEAST_ACCOUNTS
    if account_count < LEAST_ACCOUNTS or too_rare:
        return Trend.TOO_FEW
    if rates.low > 1 and rising <= FALSE_SHARE:
        stands = without.p_up <= ALONE_P and without.low > 0
        return Trend.GROWING if stands else Trend.ONE_CUSTOMER
    if rates.high is not None and rates.high < 1 and falling <= FALSE_SHARE:
        return Trend.FADING
    return Trend.AS_USUAL


def _is_loud(total: int, share: float, voices: float) -> bool:
    """Return whether one account says most of it altogether."""
    return share > LOUD_SHARE and any(total >= least and voices < most for least, most in LOUD_VOICES)


def _voices(mentions: Sequence[Mention]) -> tuple[int | None, float, float]:
    """Return the loudest account, its share of all statements, and how many equal voices there are."""
    times: Counter[int] = Counter()
    for mention in mentions:
        times[mention.account_id] += mention.times
    total = sum(times.values())
    if not total:
        return None, 0.0, 0.0
    loudest = min(times, key=lambda one: (-times[one], one))
    return loudest, times[loudest] / total, 1 / sum((n / total) ** 2 for n in times.values())
