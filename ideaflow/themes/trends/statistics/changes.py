"""When a rate changed: Poisson counts with a change point, its best place and its posterior.

The cost of a segment is minus twice its greatest Poisson log-likelihood without constants (Chen and Gupta,
Parametric Statistical Change Point Analysis, 2012, chapter 4); the least squares of packages such as
ruptures put the change of the coal-mine data into 1886 instead of 1891. The posterior of the place of one
change, with conjugate gamma rates, is that of Raftery and Akman, Biometrika 73 (1986).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

RATE_SHAPE = 0.5
"""Jeffreys' prior of a Poisson rate is a gamma of this shape."""


@dataclass(frozen=True)
class Change:
    """Where the rate changed: the first place after the change, and the rates before and after it."""

    at: int
    before: float
    after: float


@dataclass(frozen=True)
class Posterior:
    """How likely each place is the first after a change; ``places[at]``, the first place is never one.

    :ivar none: how likely there was no change at all.
    """

    places: tuple[float, ...]
    none: float

    @property
    def mode(self) -> int:
        """The likeliest place."""
        return max(range(len(self.places)), key=lambda at: self.places[at])

    def quantile(self, share: float) -> int:
        """Return the place up to which lies this share of what speaks for a change."""
        total, goal = 0.0, share * sum(self.places)
        for at, mass in enumerate(self.places):
            total += mass
            if total >= goal:
                return at
        return len(self.places) - 1

    def since(self, at: int) -> float:
        """Return how likely the rate changed at this place or later."""
        return sum(self.places[at:])


def poisson_cost(count: float, exposure: float) -> float:
    """Return minus twice the greatest log-likelihood of ``count`` in ``exposure``, without constants."""
    return 2 * (count - count * math.log(count / exposure)) if count else 0.0


def best_change(counts: Sequence[int], exposures: Sequence[float]) -> Change | None:
    """Return the one change that fits the counts best (dynamic programming with one break is a scan).

    >>> best_change([3, 4, 3, 3, 0, 1, 1, 0], [1] * 8)
    Change(at=4, before=3.25, after=0.5)
    """
    total, whole = sum(counts), sum(exposures)
    seen, spent, best, found = 0, 0.0, math.inf, None
    for at in range(1, len(counts)):
        seen, spent = seen + counts[at - 1], spent + exposures[at - 1]
        if spent <= 0 or whole - spent <= 0:
            continue
        cost = poisson_cost(seen, spent) + poisson_cost(total - seen, whole - spent)
        if cost < best:
            best = cost
            found = Change(at, seen / spent, (total - seen) / (whole - spent))
    return found


def posterior(
    counts: Sequence[int], exposures: Sequence[float], *, prior: float = 1.0, dispersion: float = 1.0
) -> Posterior:
    """Return how likely the rate changed, and where, given one change at most.

    The rates' priors are gammas of shape ½ that weigh as much as half an event at the mean rate, so that
    “no change” is an honest rival.

    :param prior: how likely a change is before one looks; 1 leaves only the question where.
    :param dispersion: variance by mean of the counts; more than 1 weakens what each count says.
    """
    total, whole = sum(counts), float(sum(exposures))
    number = len(counts)
    if number < 2 or whole <= 0 or not total:
        return Posterior((0.0,) * number, 1.0)
    weight = RATE_SHAPE * whole / total

    def evidence(count: float, exposure: float) -> float:
        count, exposure = count / dispersion, exposure / dispersion
        shape = RATE_SHAPE + count
        prior_part = RATE_SHAPE * math.log(weight) - math.lgamma(RATE_SHAPE)
        return prior_part + math.lgamma(shape) - shape * math.log(weight + exposure)

    seen, spent = 0, 0.0
    logs = [-math.inf]
    for at in range(1, number):
        seen, spent = seen + counts[at - 1], spent + exposures[at - 1]
        logs.append(evidence(seen, spent) + evidence(total - seen, whole - spent))
    calm = evidence(total, whole) + (math.log(1 - prior) if prior < 1 else -math.inf)
    moved = math.log(prior / (number - 1))
    highest = max(calm, moved + max(logs))
    places = [math.exp(moved + one - highest) for one in logs]
    none = math.exp(calm - highest)
    mass = sum(places) + none
    return Posterior(tuple(one / mass for one in places), none / mass)


def is_step(counts: Sequence[int], exposures: Sequence[float], earliest: int) -> bool:
    """Return whether one jump fits better than a steady climb, both from the place that suits them best.

    :param earliest: neither began before this place.
    """
    import numpy as np

    count, exposure = np.asarray(counts, float), np.asarray(exposures, float)
    places = np.arange(len(count))[None, :]
    starts = np.arange(max(1, earliest), len(count))[:, None]
    if not len(starts) or not count.sum():
        return False
    jump = (places >= starts).astype(float)
    climb = np.clip(places - starts + 1, 0, None) / (len(count) - starts)
    return _fit(count, exposure, jump) > _fit(count, exposure, climb)


def _fit(count: Any, exposure: Any, forms: Any) -> float:
    """Return the greatest log-likelihood of a base rate times 1 + size × form, over forms and sizes."""
    import numpy as np
    from scipy.special import xlogy

    sizes = 2.0 ** np.arange(-3, 7, 0.5)
    weights = exposure * (1 + sizes[:, None, None] * forms)
    base = count.sum() / weights.sum(axis=-1, keepdims=True)
    return float(xlogy(count, base * weights).sum(axis=-1).max())
