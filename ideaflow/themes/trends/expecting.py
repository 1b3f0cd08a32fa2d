"""A theme's last weeks beside what would be usual: the exact test and the negative-binomial one."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ideaflow.themes.trends.instruments import Standard, standard_of
from ideaflow.themes.trends.rates import Rates, compare
from ideaflow.themes.trends.statistics import baseline
from ideaflow.themes.trends.terms import (
    BASE_WEEKS,
    MOST_WEEKS,
    SEASON_WEEKS,
    WINDOW_WEEKS,
    Listening,
    Mention,
)

LOOKS_UNUSUAL = 0.2
"""Where the exact test gives more, no regression is fitted: it would change nothing."""
SAMPLED = 100
"""So many themes of a run are fitted in any case: from them one learns how much themes swing."""
GUARD_WEEKS = 12
"""Weeks right before now that do not teach what is usual, lest a rise of eight weeks hides itself;
Noufaily and others, Statistics in Medicine 32 (2013), leave out 26."""
SEASON_COUNT = 20
"""So many account-weeks before can show a season."""
LEAST_SPREAD = 0.02
"""Themes of a run differ in dispersion by so much (standard deviation) at least."""


@dataclass(frozen=True)
class Usual:
    """What would be usual.

    :ivar expected: account-weeks in the window.
    :ivar unsure: variance of the logarithm of ``expected``: what is not known about it.
    :ivar weekly_dispersion: of one week.
    :ivar level: logarithm of the rate, and the season's sine and cosine where there is one.
    :ivar excess: squared deviations of the four-week sums before, beyond what chance makes of counts.
    :ivar mass: what ``excess`` is weighed by; the dispersion of a window is their quotient.
    :ivar windows: so many windows tell the level; each of them swung too.
    """

    expected: float
    unsure: float
    weekly_dispersion: float
    level: tuple[float, ...]
    excess: float = 0.0
    mass: float = 0.0
    windows: float = math.inf

    @property
    def has_season(self) -> bool:
        return len(self.level) > 1


@dataclass(frozen=True)
class Spread:
    """How much the themes of a run swing from window to window: mean and variance of their dispersions."""

    mean: float = 0.0
    variance: float = LEAST_SPREAD**2

    def of(self, usual: Usual) -> float:
        """Return a theme's dispersion, drawn towards that of the run the more, the less is known of it.

        Never below that of the run: that a theme has been calm for a year is no promise that it is.
        """
        weight = 2 / self.variance
        return max(self.mean, (weight * self.mean + usual.excess) / (weight + usual.mass))


@dataclass(frozen=True, eq=False)
class Weighed:
    """A theme's numbers before it is judged among the others.

    :ivar counts: account-weeks, week 0 first.
    :ivar dispersion: of the count of a window, what is not known about its mean included.
    """

    mentions: Sequence[Mention]
    counts: Sequence[int]
    rates: Rates
    usual: Usual
    standard: Standard | None
    dispersion: float
    p_up: float
    p_down: float
    accounts: frozenset[int]


def weigh_all(
    themes: Sequence[Sequence[Mention]], listening: Listening, spread: Spread | None = None
) -> tuple[list[Weighed], Spread]:
    """Compare each theme's window with the weeks before it, by every test; the largest chance counts.

    :param spread: how much the themes of the run swing; None: found in these themes.
    """
    depth = min(listening.depth, MOST_WEEKS)
    counts = [count_weeks(mentions, depth) for mentions in themes]
    rates = [rates_of(own, listening) for own in counts]
    step = max(1, len(themes) // SAMPLED)
    usuals = [
        usual_of(
            own, listening, rate, fitted=place % step == 0 or min(rate.p_up, rate.p_down) <= LOOKS_UNUSUAL
        )
        for place, (own, rate) in enumerate(zip(counts, rates, strict=True))
    ]
    spread = spread or spread_of(usuals[::step])
    weighed = [
        _weighed(mentions, own, rate, usual, listening, spread)
        for mentions, own, rate, usual in zip(themes, counts, rates, usuals, strict=True)
    ]
    return weighed, spread


def spread_of(usuals: Sequence[Usual]) -> Spread:
    """Return how much themes swing: each one's dispersion is rough, that of all together is not."""
    known = [one for one in usuals if one.mass > 0]
    mass = sum(one.mass for one in known)
    if not mass:
        return Spread()
    mean = max(0.0, sum(one.excess for one in known) / mass)
    squares = sum(one.mass * (one.excess / one.mass - mean) ** 2 for one in known) / mass
    # A quotient from Poisson counts has a variance of 2 / mass of its own.
    variance = max(LEAST_SPREAD**2, squares - 2 * len(known) / mass)
    return Spread(mean, variance)


def _weighed(
    mentions: Sequence[Mention],
    counts: Sequence[int],
    rates: Rates,
    usual: Usual,
    listening: Listening,
    spread: Spread,
) -> Weighed:
    ups, downs = [rates.p_up], [rates.p_down]
    # The window swings, and so did those its level is known from.
    swing = spread.of(usual) * (1 + 1 / usual.windows)
    dispersion = usual.unsure + swing
    expectations = [(rates.count, usual.expected, dispersion)] if rates.base_count and rates.exposure else []
    standard = standard_of(mentions, listening)
    if standard is not None:
        ups.append(standard.rates.p_up)
        downs.append(standard.rates.p_down)
        expectations.append((standard.rates.count, standard.rates.expected, standard.unsure + swing))
    for count, expected, variance in expectations:
        # The dispersion is itself an estimate: so that this does not count as proof, the whole chance of the
        # very count is counted in, not half of it.
        ups.append(baseline.tail(count, expected, variance, of_this=1))
        downs.append(baseline.tail(count, expected, variance, up=False, of_this=1))
    accounts = frozenset(mention.account_id for mention in mentions)
    return Weighed(mentions, counts, rates, usual, standard, dispersion, max(ups), max(downs), accounts)


def count_weeks(mentions: Sequence[Mention], weeks: int) -> list[int]:
    """Return account-weeks by week, week 0 first."""
    counts = [0] * weeks
    for mention in mentions:
        if mention.week < weeks:
            counts[mention.week] += 1
    return counts


def rates_of(
    counts: Sequence[int],
    listening: Listening,
    *,
    newest: int = 0,
    window: int = WINDOW_WEEKS,
    share: float = 1.0,
) -> Rates:
    """Compare the window that ends ``newest`` weeks ago with up to 52 weeks before it.

    :param share: of the exposure, where not all accounts are looked at.
    """
    edge = newest + window
    last = min(edge + BASE_WEEKS, listening.depth) - 1
    return compare(
        sum(counts[newest:edge]),
        listening.exposure(newest, edge - 1) * share,
        sum(counts[edge : last + 1]),
        listening.exposure(edge, last) * share if last >= edge else 0,
    )


def usual_of(counts: Sequence[int], listening: Listening, rates: Rates, *, fitted: bool) -> Usual:
    """Return what would be usual in the window.

    Without a season this is the gamma–Poisson prediction (Jeffreys): 24 in 5,200 let 2.26 be expected in 480.
    """
    if not rates.base_exposure:
        return Usual(0.0, 1.0, 0.0, (0.0,))
    if fitted and listening.depth >= SEASON_WEEKS and sum(counts[GUARD_WEEKS:]) >= SEASON_COUNT:
        return _with_season(counts, listening, rates)
    base = rates.base_count + 0.5
    rate = base / rates.base_exposure
    weeks = _teaching(listening)
    taught = sum(listening.active[week] for week in weeks)
    own = sum(counts[week] for week in weeks) / taught if taught else rate
    means = [own * listening.active[week] for week in weeks]
    told = [counts[week] for week in weeks]
    excess, mass = _blocks(told, means)
    return Usual(
        expected=rate * rates.exposure,
        unsure=1 / base,
        weekly_dispersion=baseline.moments(told, means),
        level=(math.log(rate),),
        excess=excess,
        mass=mass,
        windows=_windows(listening),
    )


def _with_season(counts: Sequence[int], listening: Listening, rates: Rates) -> Usual:
    """Fit level and season to all weeks before; the level is that of the last 52 of them."""
    weeks = list(range(GUARD_WEEKS, len(counts)))
    told = [counts[week] for week in weeks]
    found = baseline.fit(told, [listening.active[week] for week in weeks], weeks, season=True)
    every = found.means(range(len(counts)), listening.active[: len(counts)])
    means = every[GUARD_WEEKS:]
    base = rates.base_count + 0.5
    lift = base / max(1e-9, sum(every[WINDOW_WEEKS : WINDOW_WEEKS + BASE_WEEKS]))
    level, *turn = (float(one) for one in found.coefficients)
    excess, mass = _blocks(told, means, len(found.coefficients))
    return Usual(
        expected=lift * sum(every[:WINDOW_WEEKS]),
        # The level's uncertainty, and that of the season at this time of the year (its cosine).
        unsure=1 / base + float(found.covariance[2][2]),
        weekly_dispersion=found.dispersion,
        level=(level + math.log(lift), *turn),
        excess=excess,
        mass=mass,
        windows=_windows(listening),
    )


def _windows(listening: Listening) -> float:
    """Return how many windows the year before holds: the level is their mean."""
    return max(1.0, min(BASE_WEEKS, listening.depth - WINDOW_WEEKS) / WINDOW_WEEKS)


def _teaching(listening: Listening) -> range:
    """Return the weeks that teach what is usual: a year, but not the last weeks, where there is enough."""
    end = min(GUARD_WEEKS + BASE_WEEKS, listening.depth)
    return range(GUARD_WEEKS if end - GUARD_WEEKS >= GUARD_WEEKS else WINDOW_WEEKS, end)


def _blocks(counts: Sequence[int], means: Sequence[float], fitted: int = 1) -> tuple[float, float]:
    """Return the excess of squared deviations of sums over a window's weeks, and its weight.

    :param fitted: numbers the means were fitted by, to these very counts: so many degrees of freedom are
        gone.
    """
    excess = mass = 0.0
    blocks = len(counts) // WINDOW_WEEKS
    freedom = blocks / max(1, blocks - fitted)
    for block in range(blocks):
        span = slice(block * WINDOW_WEEKS, (block + 1) * WINDOW_WEEKS)
        count, mean = sum(counts[span]), sum(means[span])
        excess += (count - mean) ** 2 * freedom - mean
        mass += mean * mean
    return excess, mass


def band(level: Sequence[float], dispersion: float, active: Sequence[int]) -> list[tuple[float, int, int]]:
    """Return for each week, week 0 first: what to expect, and from where to where would be usual (95 %)."""
    found = []
    for week, accounts in enumerate(active):
        turn = 2 * math.pi * week / baseline.YEAR_WEEKS
        logarithm = level[0]
        if len(level) > 1:
            logarithm += level[1] * math.sin(turn) + level[2] * math.cos(turn)
        mean = accounts * math.exp(logarithm)
        found.append((mean, *baseline.usual(mean, dispersion)))
    return found


def plain(one: Weighed) -> dict[str, Any]:
    """Return what would be usual as values JSON can hold."""
    return {
        "nb_expected": one.usual.expected, "nb_dispersion": one.dispersion,
        "weekly_dispersion": one.usual.weekly_dispersion, "level": list(one.usual.level),
        "has_season": one.usual.has_season,
    }  # fmt: skip
