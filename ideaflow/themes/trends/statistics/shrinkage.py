"""Ratios of small counts, drawn towards what is common: DuMouchel, The American Statistician 53 (1999).

A count is Poisson with mean ``expected × ratio``; ratios come from a mixture of two gammas. EBGM is the
geometric mean of a ratio's posterior, EB05 the value it exceeds with a chance of 95 %: one request where
.01 was expected is not a hundred times the usual.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

LEAST_CELLS = 20
"""Fewer cells than this teach no prior of their own."""


@dataclass(frozen=True)
class Prior:
    """Two gammas, each with shape and rate, and the share of the first."""

    shape1: float
    rate1: float
    shape2: float
    rate2: float
    share: float


DUMOUCHEL = Prior(0.204, 0.058, 1.415, 1.838, 0.097)
"""What DuMouchel found in a large table of adverse events; a start where there is no table of one's own."""


@dataclass(frozen=True)
class Shrunk:
    """A ratio drawn towards what is common: its typical value and its cautious one."""

    ebgm: float
    eb05: float


def shrink(count: int, expected: float, prior: Prior = DUMOUCHEL) -> Shrunk:
    """Return the shrunk ratio of ``count`` to ``expected``.

    >>> one = shrink(1, 0.01)
    >>> round(one.ebgm, 2), round(one.eb05, 2)
    (2.08, 0.33)
    """
    from scipy.optimize import brentq
    from scipy.special import digamma, gammainc

    shapes = (prior.shape1 + count, prior.shape2 + count)
    rates = (prior.rate1 + expected, prior.rate2 + expected)
    weight = _first(count, expected, prior)
    log_mean = weight * (digamma(shapes[0]) - math.log(rates[0]))
    log_mean += (1 - weight) * (digamma(shapes[1]) - math.log(rates[1]))

    def below(ratio: float) -> float:
        first, second = (gammainc(shape, rate * ratio) for shape, rate in zip(shapes, rates, strict=True))
        return float(weight * first + (1 - weight) * second) - 0.05

    top = 10 * max(shape / rate for shape, rate in zip(shapes, rates, strict=True)) + 1
    return Shrunk(math.exp(log_mean), float(brentq(below, 0.0, top)))


def fit_prior(cells: Sequence[tuple[int, float]], start: Prior = DUMOUCHEL) -> Prior:
    """Return the prior under which a table of counts and expectations is likeliest.

    Too small a table gives back ``start``.
    """
    import numpy as np
    from scipy.optimize import minimize
    from scipy.special import gammaln

    cells = [(count, expected) for count, expected in cells if expected > 0]
    if len(cells) < LEAST_CELLS:
        return start

    def prior_of(point: Sequence[float]) -> Prior:
        first = [math.exp(max(-7.0, min(7.0, one))) for one in point[:4]]
        return Prior(
            first[0], first[1], first[2], first[3], 1 / (1 + math.exp(-max(-7.0, min(7.0, point[4]))))
        )

    counts = np.array([count for count, _ in cells], float)
    expectations = np.array([expected for _, expected in cells])

    def cost(point: Sequence[float]) -> float:
        prior = prior_of(point)
        first = log_count(prior.shape1, prior.rate1) + math.log(prior.share)
        second = log_count(prior.shape2, prior.rate2) + math.log(1 - prior.share)
        return -float(np.logaddexp(first, second).sum())

    def log_count(shape: float, rate: float) -> Any:
        ways = gammaln(shape + counts) - gammaln(shape)
        return (
            ways
            + shape * np.log(rate / (rate + expectations))
            + counts * np.log(expectations / (rate + expectations))
        )

    origin = [math.log(one) for one in (start.shape1, start.rate1, start.shape2, start.rate2)]
    origin.append(math.log(start.share / (1 - start.share)))
    found = minimize(
        cost, origin, method="Nelder-Mead", options={"maxiter": 400, "xatol": 0.02, "fatol": 0.01}
    )
    return prior_of(list(found.x))


def _log_negative_binomial(count: int, expected: float, shape: float, rate: float) -> float:
    return (
        math.lgamma(shape + count)
        - math.lgamma(shape)
        + shape * math.log(rate / (rate + expected))
        + (count * math.log(expected / (rate + expected)) if count else 0.0)
    )


def _first(count: int, expected: float, prior: Prior) -> float:
    """Return how likely a ratio comes from the first gamma."""
    first = _log_negative_binomial(count, expected, prior.shape1, prior.rate1) + math.log(prior.share)
    second = _log_negative_binomial(count, expected, prior.shape2, prior.rate2) + math.log(1 - prior.share)
    return 1 / (1 + math.exp(min(second - first, 700.0)))
