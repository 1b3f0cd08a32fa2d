"""How far a score may lie from its value, when its inputs do: drawn many times, the same for whoever looks.

Each input is drawn from a distribution of its own: an estimate with a range from a triangle over low,
likely and high; confidence from one over a third of itself either way, never above 1; a count of
accounts from a bell curve as wide as its square root, never below 0. Everything else is taken as sure.
The draws are spread evenly over each distribution (a Latin hypercube), in an order fixed by names, so
that 600 of them say what tens of thousands of free draws would. A range is their 10th to 90th percentile.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from statistics import NormalDist
from typing import Any
from zlib import crc32

from ideaflow.proposals.scores import expression
from ideaflow.proposals.scores.methods import Method
from ideaflow.proposals.scoring import CONFIDENCE_SPREAD

DRAWS = 600
LOW, HIGH = 10, 90
Draws = Any
"""An array of ``DRAWS`` numbers."""


@dataclass(frozen=True)
class Span:
    """Where an input may lie: low, likely, high."""

    low: float
    likely: float
    high: float


def draws(method: Method, values: Mapping[str, float], spans: Mapping[str, Span], whose: int) -> Draws:
    """Return the score as it comes out ``DRAWS`` times.

    :param spans: of estimated inputs that have a range, by key.
    :param whose: the number of the proposal: different proposals are drawn independently.
    """
    import numpy as np

    drawn = {one.key: _draw(one.key, values[one.key], spans.get(one.key), whose) for one in method.inputs}
    result = np.asarray(expression.work_out(method.node, drawn), dtype=float)
    return np.broadcast_to(result, (DRAWS,))


def span_of(scores: Draws) -> tuple[float, float] | None:
    """Return the 10th and the 90th percentile of draws, or None when they have no value."""
    import numpy as np

    finite = scores[np.isfinite(scores)]
    if len(finite) < DRAWS / 2:
        return None
    low, high = np.percentile(finite, (LOW, HIGH))
    return float(low), float(high)


def chance_above(scores: Draws, others: Draws) -> float:
    """Return how often the first comes out above the second, ties shared, 0–1."""
    import numpy as np

    return float(np.mean(scores > others) + np.mean(scores == others) / 2)


def _draw(key: str, value: float, span: Span | None, whose: int) -> Draws:
    import numpy as np

    even = _evenly(crc32(f"{whose} {key}".encode()))
    if span is not None and span.high > span.low:
        return _triangle(even, span)
    if key == "accounts" and value > 0:
        return np.maximum(0.0, value + np.sqrt(value) * _bell()[(even * DRAWS).astype(int)])
    if key == "confidence" and value > 0:
        high = min(1.0, value * (1 + CONFIDENCE_SPREAD))
        return _triangle(even, Span(value * (1 - CONFIDENCE_SPREAD), value, high))
    return np.full(DRAWS, value)


@lru_cache(maxsize=1)
def _bell() -> Draws:
    """Return the standard normal distribution at evenly spread shares, rising."""
    import numpy as np

    bell = NormalDist()
    return np.array([bell.inv_cdf((place + 0.5) / DRAWS) for place in range(DRAWS)])


@lru_cache(maxsize=4096)
def _evenly(seed: int) -> Draws:
    """Return numbers spread evenly over 0–1 in a shuffled order."""
    import numpy as np

    order = np.random.default_rng(seed).permutation(DRAWS)
    even = (order + 0.5) / DRAWS
    even.flags.writeable = False
    return even


def _triangle(even: Draws, span: Span) -> Draws:
    import numpy as np

    width = span.high - span.low
    if width <= 0:
        return np.full(DRAWS, span.likely)
    turn = (span.likely - span.low) / width
    rising = span.low + np.sqrt(even * width * (span.likely - span.low))
    falling = span.high - np.sqrt((1 - even) * width * (span.high - span.likely))
    return np.where(even < turn, rising, falling)
