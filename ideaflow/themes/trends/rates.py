"""Comparison of two rates, exact and by score, and what is false among many: no database, no clock.

The exact test is the conditional one: given their sum, one of two Poisson counts is binomial (Przyborowski
and Wilenski, Biometrika 31, 1940), judged by mid-p; its interval is Clopper and Pearson's. The score test and
its interval are those of Gu and others, Biometrical Journal 50 (2008), and Miettinen and Nurminen (1985).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

Z = 1.959963984540054
"""A standard normal lies within ± so much with a chance of 95 %."""


@dataclass(frozen=True)
class Rates:
    """Two rates compared: ``count`` in ``exposure`` now, ``base_count`` in ``base_exposure`` before.

    :ivar ratio: now by before; 0 when nothing was said before.
    :ivar low: lower end of the exact 95 % interval of the ratio.
    :ivar high: its upper end; None when there is none because nothing was said before.
    :ivar p_up: chance of so many or more if nothing had changed (one side, mid-p).
    :ivar p_down: chance of so few or fewer.
    """

    count: int
    exposure: float
    base_count: int
    base_exposure: float
    expected: float
    ratio: float
    low: float
    high: float | None
    p_up: float
    p_down: float


@dataclass(frozen=True)
class Score:
    """The score test of two equal rates: z, its two-sided chance, and the interval of the ratio."""

    z: float
    p: float
    low: float
    high: float


def compare(count: int, exposure: float, base_count: int, base_exposure: float) -> Rates:
    """Compare two rates exactly, given their sum.

    >>> rates = compare(9, 480, 24, 5200)
    >>> [round(value, 2) for value in (rates.ratio, rates.low, rates.high)], round(rates.p_up, 5)
    ([4.06, 1.66, 9.05], 0.00079)
    """
    from scipy.special import bdtr, bdtrc, betaincinv

    total = count + base_count
    if not total or exposure <= 0 or base_exposure <= 0:
        return Rates(count, exposure, base_count, base_exposure, 0.0, 0.0, 0.0, None, 1.0, 1.0)
    odds = base_exposure / exposure
    share = exposure / (exposure + base_exposure)
    at_most, more = float(bdtr(count, total, share)), float(bdtrc(count, total, share))
    fewer, at_least = (
        (float(bdtr(count - 1, total, share)), float(bdtrc(count - 1, total, share))) if count else (0.0, 1.0)
    )
    low = float(betaincinv(count, base_count + 1, 0.025)) if count else 0.0
    high = float(betaincinv(count + 1, base_count, 0.975)) if base_count else None
    return Rates(
        count=count,
        exposure=exposure,
        base_count=base_count,
        base_exposure=base_exposure,
        expected=base_count / odds,
        ratio=count / base_count * odds if base_count else 0.0,
        low=low / (1 - low) * odds,
        high=None if high is None else high / (1 - high) * odds,
        p_up=(more + at_least) / 2,
        p_down=(at_most + fewer) / 2,
    )


def score(count: int, exposure: float, base_count: int, base_exposure: float) -> Score:
    """Compare two rates by the score test, the second opinion where counts are large.

    >>> found = score(60, 51477.5, 30, 54308.7)
    >>> round(found.z, 3), round(found.p, 5), round(found.low, 3), round(found.high, 3)
    (3.417, 0.00063, 1.366, 3.259)
    """
    total = count + base_count
    if not total or exposure <= 0 or base_exposure <= 0:
        return Score(0.0, 1.0, 0.0, math.inf)
    share = exposure / (exposure + base_exposure)
    z = (count - total * share) / math.sqrt(total * share * (1 - share))
    # Wilson's interval of the share that is now, turned into a ratio.
    centre = (count + Z * Z / 2) / (total + Z * Z)
    half = Z / (total + Z * Z) * math.sqrt(count * base_count / total + Z * Z / 4)
    low, high = max(0.0, centre - half), min(1.0, centre + half)
    odds = base_exposure / exposure
    return Score(
        z=z,
        p=math.erfc(abs(z) / math.sqrt(2)),
        low=low / (1 - low) * odds,
        high=high / (1 - high) * odds if high < 1 else math.inf,
    )


def false_discovery_rates(chances: Sequence[float]) -> list[float]:
    """Return Benjamini and Hochberg's q for each p: the false share among all at least as strong.

    JRSS B 57 (1995).

    >>> false_discovery_rates([0.01, 0.04, 0.5])
    [0.03, 0.06, 0.5]
    """
    count = len(chances)
    order = sorted(range(count), key=lambda one: chances[one], reverse=True)
    rates, least = [1.0] * count, 1.0
    for place, one in enumerate(order):
        least = min(least, chances[one] * count / (count - place))
        rates[one] = least
    return rates


def quiet_share(chances: Sequence[float]) -> float:
    """Return how many of these would be as usual, by those that look so: chances above a half (Storey's π₀).

    Storey, Taylor and Siegmund, JRSS B 66 (2004): Benjamini and Hochberg's q times this is still an upper
    bound of the false share, and less wasteful where much is going on at once.

    >>> quiet_share([0.001, 0.003, 0.6, 0.9]), quiet_share([0.7, 0.8, 0.9])
    (1.0, 1.0)
    >>> quiet_share([0.001] * 6 + [0.7, 0.3] * 6)
    0.7777777777777778
    """
    if not chances:
        return 1.0
    return min(1.0, (1 + sum(chance > 0.5 for chance in chances)) / (0.5 * len(chances)))
