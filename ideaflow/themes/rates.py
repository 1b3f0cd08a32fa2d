"""Exact comparison of two rates, and what is usual: the statistics behind trends. No database, no clock."""

from collections.abc import Sequence
from dataclasses import dataclass


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
    exposure: int
    base_count: int
    base_exposure: int
    expected: float
    ratio: float
    low: float
    high: float | None
    p_up: float
    p_down: float


def compare(count: int, exposure: int, base_count: int, base_exposure: int) -> Rates:
    """Compare two rates exactly, given their sum.

    The interval is Clopper and Pearson's, the chances are mid-p.

    >>> rates = compare(9, 480, 24, 5200)
    >>> [round(value, 2) for value in (rates.ratio, rates.low, rates.high)], round(rates.p_up, 5)
    ([4.06, 1.66, 9.05], 0.00079)
    """
    from scipy.stats import beta, binom

    total = count + base_count
    if not total or not exposure or not base_exposure:
        return Rates(count, exposure, base_count, base_exposure, 0.0, 0.0, 0.0, None, 1.0, 1.0)
    odds = base_exposure / exposure
    share = exposure / (exposure + base_exposure)
    half = 0.5 * float(binom.pmf(count, total, share))
    low = float(beta.ppf(0.025, count, base_count + 1)) if count else 0.0
    high = float(beta.ppf(0.975, count + 1, base_count)) if base_count else None
    return Rates(
        count=count,
        exposure=exposure,
        base_count=base_count,
        base_exposure=base_exposure,
        expected=base_count / odds,
        ratio=count / base_count * odds if base_count else 0.0,
        low=low / (1 - low) * odds,
        high=None if high is None else high / (1 - high) * odds,
        p_up=float(binom.sf(count, total, share)) + half,
        p_down=float(binom.cdf(count, total, share)) - half,
    )


def false_discovery_rates(chances: Sequence[float]) -> list[float]:
    """Return Benjamini and Hochberg's q for each p: the false share among all at least as strong.

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


def usual_range(base_count: int, base_exposure: int, exposure: int) -> tuple[float, int, int]:
    """Return what to expect in ``exposure``, and from where to where it would still be usual (95 %).

    The count to come, given the count before: a negative binomial (gamma–Poisson, Jeffreys).
    """
    from scipy.stats import nbinom

    size, share = base_count + 0.5, base_exposure / (base_exposure + exposure)
    low, high = nbinom.ppf([0.025, 0.975], size, share)
    return base_count / base_exposure * exposure, int(low), int(high)


def exposure_of(first_weeks: Sequence[int], newest: int, oldest: int) -> int:
    """Return active accounts × weeks from week ``newest`` to ``oldest``, both included."""
    return sum(max(0, min(first, oldest) - newest + 1) for first in first_weeks)
