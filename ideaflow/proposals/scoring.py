"""Scores of a proposal, computed from evidence and a few estimates: pure rules, no database, no clock."""

from collections.abc import Iterable
from dataclasses import dataclass
from math import isfinite, sqrt

CONFIDENCE_SPREAD = 1 / 3
"""How far an estimate of confidence is trusted: a third of itself, either way."""


@dataclass(frozen=True)
class Score:
    """Reach × impact × confidence / effort (RICE), with the range it may well lie in.

    :param reach: accounts that ask, from evidence.
    :param confidence_low: the lower end confidence was taken to have; ``confidence_high`` the upper.
    """

    value: float
    low: float
    high: float
    reach: int
    impact: float
    confidence: float
    confidence_low: float
    confidence_high: float
    effort_months: float


@dataclass(frozen=True)
class Rival:
    """Another proposal with its score, to be compared with."""

    label: str
    value: float


def rice(
    reach: int | None, impact: float | None, confidence: float | None, effort_months: float | None
) -> Score | None:
    """Return the score, or None while one of its inputs is missing or makes no sense.

    The range joins two doubts that do not hang together, as the root of the sum of their squares:
    the count of accounts, which by chance alone varies by its square root, and the confidence, taken
    as sure to a third of itself and never above 1.

    >>> score = rice(19, 2, 0.79, 20)
    >>> round(score.value, 2), round(score.low, 2), round(score.high, 2)
    (1.5, 0.89, 2.03)
    """
    if reach is None or impact is None or confidence is None or effort_months is None:
        return None
    if effort_months <= 0 or reach < 0 or impact < 0 or not 0 <= confidence <= 1:
        return None
    value = reach * impact * confidence / effort_months
    if not isfinite(value):
        return None
    by_chance = 1 / sqrt(reach) if reach else 0.0
    top = min(1.0, confidence * (1 + CONFIDENCE_SPREAD))
    above = top / confidence - 1 if confidence else 0.0
    low = value * max(0.0, 1 - sqrt(by_chance**2 + CONFIDENCE_SPREAD**2))
    high = value * (1 + sqrt(by_chance**2 + above**2))
    bottom = confidence * (1 - CONFIDENCE_SPREAD)
    return Score(value, low, high, reach, impact, confidence, bottom, top, effort_months)


def missing_inputs(impact: float | None, confidence: float | None, effort_months: float | None) -> list[str]:
    """Return which estimates a score waits for, in words."""
    inputs = (("impact", impact), ("confidence", confidence), ("effort", effort_months))
    return [name for name, value in inputs if value is None]


def rank(value: float, others: Iterable[float]) -> int:
    """Return the place among others, the best first, counted from 1; equals share the better place."""
    return 1 + sum(other > value for other in others)


def effort_limit(score: Score, rival: float) -> float | None:
    """Return the effort above which ``score`` falls behind ``rival``; None when no effort would do it."""
    if rival <= 0 or score.value <= 0:
        return None
    return score.reach * score.impact * score.confidence / rival


def sensitivity(score: Score, others: Iterable[Rival]) -> str:
    """Say what would change the place of a proposal, in one sentence; empty when nothing stands near.

    The next one below counts: by which effort it would be overtaken. If none is below, the next one
    above: how little effort it would take to pass it.
    """
    rivals = sorted(others, key=lambda rival: (-rival.value, rival.label))
    below = [rival for rival in rivals if 0 < rival.value < score.value]
    if below:
        limit = effort_limit(score, below[0].value)
        return f"Falls behind {below[0].label} if effort exceeds {_months(limit)}." if limit else ""
    above = [rival for rival in rivals if rival.value > score.value]
    if above and score.value > 0:
        limit = effort_limit(score, above[-1].value)
        return f"Passes {above[-1].label} if effort stays below {_months(limit)}." if limit else ""
    return ""


def expected_value(
    present_value: float,
    chance_commercial: float,
    launch_cost: float,
    chance_technical: float,
    development_cost: float,
) -> float:
    """Return the expected commercial value: ((PV · Pcs − C) · Pts) − D.

    :param chance_commercial: of selling, 0–1; ``chance_technical``: of building it, 0–1.

    >>> expected_value(100, 0.5, 5, 0.8, 10)
    26.0
    """
    return (present_value * chance_commercial - launch_cost) * chance_technical - development_cost


def productivity(expected: float, remaining_cost: float) -> float | None:
    """Return expected value per unit of the scarce resource still to be spent; None when none is.

    >>> productivity(26, 10)
    2.6
    """
    return expected / remaining_cost if remaining_cost > 0 else None


def shown(value: float) -> str:
    """Write a score in three digits, as they are read: .89, 1.50, 12.3, 120.

    >>> shown(0.891), shown(1.501), shown(12.34), shown(120.4), shown(0)
    ('.89', '1.50', '12.3', '120', '0')
    """
    if not value:
        return "0"
    digits = 2 if value < 9.995 else 1 if value < 99.95 else 0
    return f"{value:,.{digits}f}".removeprefix("0")


def _months(effort: float | None) -> str:
    if effort is None:
        return ""
    return f"{effort:.0f}" if effort >= 10 else f"{effort:.1f}".removesuffix(".0")
