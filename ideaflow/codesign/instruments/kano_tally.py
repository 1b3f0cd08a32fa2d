"""What Kano answers add up to: categories, better and worse, strengths. Pure; loads numpy.

Better and worse: C. Berger and others, Center for Quality of Management Journal 2 (1993) 3–36. Difference of
the two most frequent categories: D. Fong, ibid. 5 (1996) 21–23. Strengths: M. Lee and J. Newcomb, Quality
Management Journal 4 (1997) 95–106.
Continuous: W. DuMouchel, in Berger and others.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np

from ideaflow.codesign.counting.ballots import Ballot, own, proxies, too_few
from ideaflow.codesign.counting.figures import Care, Estimate, NotEnough, Plan
from ideaflow.codesign.counting.sampling import Floats, care, estimates, sample
from ideaflow.codesign.instruments.kano import (
    CATEGORIES,
    DYSFUNCTIONAL_POINTS,
    FUNCTIONAL_POINTS,
    Category,
    KanoAnswer,
    KanoAnswers,
)

FONG_Z = 1.65
CLEAR_CATEGORY_SHARE = 0.06
STRONG_TOTAL_SHARE = 0.60


@dataclass(frozen=True)
class Mean:
    """A mean over accounts with its standard error."""

    value: float
    error: float


@dataclass(frozen=True)
class FeatureTally:
    """What one feature is to customers.

    :ivar counts: persons by category, for the table beside the picture.
    :ivar shares: accounts by category, 0 to 1.
    :ivar category: the most frequent one; ties go M, O, A, I.
    :ivar second: the next most frequent.
    :ivar is_clear: the two differ by more than chance (Fong).
    :ivar better: how much satisfaction the feature would bring, 0 to 1.
    :ivar worse: how much its lack would cost, −1 to 0.
    :ivar category_strength: share of the first less that of the second; clear from .06 on.
    :ivar total_strength: share of attractive, must-be and one-dimensional; strong from .60 on.
    :ivar importance: mean of 1 to 9; None when nobody was asked.
    """

    option: str
    counts: Mapping[Category, int]
    shares: Mapping[Category, float]
    category: Category
    second: Category
    is_clear: bool
    better: Estimate
    worse: Estimate
    category_strength: float
    total_strength: float
    functional: Mean
    dysfunctional: Mean
    importance: Mean | None

    @property
    def label(self) -> str:
        """Name the category, or both when they differ by chance only: A/O."""
        return str(self.category) if self.is_clear else f"{self.category}/{self.second}"

    @property
    def is_strong(self) -> bool:
        """Whether it matters to most, and one category stands out (Lee and Newcomb)."""
        return self.total_strength >= STRONG_TOTAL_SHARE and self.category_strength >= CLEAR_CATEGORY_SHARE

    @property
    def harms(self) -> bool:
        return self.category is Category.REVERSE


@dataclass(frozen=True)
class KanoTally:
    """Features, the ones missed most first.

    :ivar too_few: features that fewer than five accounts answered.
    :ivar proxy: the same of ballots cast by staff.
    """

    care: Care
    features: tuple[FeatureTally, ...]
    too_few: tuple[str, ...]
    proxy: "KanoTally | NotEnough"


def tally(
    ballots: Sequence[Ballot[KanoAnswers]], options: Sequence[str], plan: Plan
) -> KanoTally | NotEnough:
    """Add up Kano ballots; accounts weigh 1. An account that left a feature out is not counted for it."""
    counted, beside = own(ballots), proxies(ballots)
    few = too_few(counted)
    if few:
        return few
    found = {option: _feature(option, counted, plan) for option in options}
    return KanoTally(
        care(counted, len(beside), plan),
        tuple(sorted(filter(None, found.values()), key=lambda one: (one.worse.value, one.option))),
        tuple(option for option, one in found.items() if one is None),
        tally(beside, options, plan),
    )


def better_worse(sums: Floats) -> Floats:
    """Return better and worse of category sums in the order of ``CATEGORIES``; 0 when nobody is asked.

    >>> np.round(better_worse(np.array([3.0, 9, 12, 5, 1, 0])), 4)
    array([ 0.7241, -0.4138])
    """
    must, one, attractive, indifferent = np.moveaxis(sums[..., :4], -1, 0)
    asked = np.maximum(must + one + attractive + indifferent, 1e-12)
    return np.stack([(attractive + one) / asked, -(one + must) / asked], axis=-1)


def fong_limit(first: float, second: float, count: float) -> float:
    """Return from which difference on two frequencies of ``count`` answers differ by more than chance.

    >>> round(fong_limit(12, 9, 30), 3)
    6.096
    """
    both = first + second
    return FONG_Z * sqrt(both * (2 * count - both) / (2 * count))


def ranked(shares: Mapping[Category, float]) -> list[Category]:
    """Order categories by frequency, ties by M, O, A, I."""
    return sorted(CATEGORIES, key=lambda one: (-round(shares[one], 9), CATEGORIES.index(one)))


def _feature(option: str, ballots: Sequence[Ballot[KanoAnswers]], plan: Plan) -> FeatureTally | None:
    answered = [ballot for ballot in ballots if option in ballot.answers]
    if too_few(answered):
        return None
    rows = np.array([_row(ballot.answers[option]) for ballot in answered])
    accounts = sample(answered).by_account(rows)
    better, worse = estimates(accounts[:, :6], rows[:, :6].sum(axis=0), better_worse, plan)
    weights = dict(zip(CATEGORIES, (float(one) for one in accounts[:, :6].sum(axis=0)), strict=True))
    first, second = ranked(weights)[:2]
    number = len(accounts)
    asked = accounts[accounts[:, 9] > 0]
    return FeatureTally(
        option=option,
        counts=dict(zip(CATEGORIES, (int(one) for one in rows[:, :6].sum(axis=0)), strict=True)),
        shares={one: weight / number for one, weight in weights.items()},
        category=first,
        second=second,
        is_clear=weights[first] - weights[second] >= fong_limit(weights[first], weights[second], number),
        better=better,
        worse=worse,
        category_strength=(weights[first] - weights[second]) / number,
        total_strength=sum(weights[one] for one in CATEGORIES[:3]) / number,
        functional=_mean(accounts[:, 6]),
        dysfunctional=_mean(accounts[:, 7]),
        importance=_mean(asked[:, 8] / asked[:, 9]) if len(asked) else None,
    )


def _row(answer: KanoAnswer) -> list[float]:
    row = [float(answer.category is one) for one in CATEGORIES]
    row += [float(FUNCTIONAL_POINTS[answer.functional]), float(DYSFUNCTIONAL_POINTS[answer.dysfunctional])]
    return [*row, float(answer.importance or 0), float(answer.importance is not None)]


def _mean(values: Floats) -> Mean:
    """Return the mean over accounts; its error is that of the spread between accounts."""
    error = float(np.std(values, ddof=1)) / sqrt(len(values)) if len(values) > 1 else float("nan")
    return Mean(float(np.mean(values)), error)
