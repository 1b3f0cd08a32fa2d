"""The account as the unit: weights, sums by account, intervals by drawing accounts anew. Pure; loads numpy.

Every statistic here is a function of sums over ballots. A ballot weighs 1 / respondents of its account, so
the sums of an account are the mean of what its people said; the bootstrap draws whole accounts with
replacement (cluster bootstrap: Efron and Tibshirani, An Introduction to the Bootstrap, 1993; Cameron,
Gelbach and Miller, Rev. Econ. Stat. 90, 2008), which is one product of two matrices, and the statistic is
computed for all draws at once. Intervals are percentiles, widened to hold the estimate where the statistic
is skewed.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from ideaflow.codesign.counting.ballots import Ballot
from ideaflow.codesign.counting.figures import Care, Estimate, Plan

Floats = npt.NDArray[np.float64]
Statistic = Callable[[Floats], Floats]
"""From sums, shape ``(…, sums)``, to what is shown, shape ``(…, shown)``; any leading axes."""


@dataclass(frozen=True)
class Sample:
    """Who answered: the place of each ballot's account, and the weight of each ballot."""

    accounts: tuple[str, ...]
    place: npt.NDArray[np.int64]
    weight: Floats

    def by_account(self, rows: Floats) -> Floats:
        """Add up what ballots say, by account and weighted.

        :param rows: shape ``(ballots, sums)``.
        :returns: shape ``(accounts, sums)``.
        """
        order = np.argsort(self.place, kind="stable")
        starts = np.searchsorted(self.place[order], np.arange(len(self.accounts)))
        weighted = rows[order] * self.weight[order][:, None]
        return np.asarray(np.add.reduceat(weighted, starts, axis=0), dtype=np.float64)


def sample(ballots: Sequence[Ballot[Any]]) -> Sample:
    """Give each ballot its account and its weight; weights add up to the number of accounts."""
    accounts, place, counts = np.unique(
        [ballot.account for ballot in ballots], return_inverse=True, return_counts=True
    )
    return Sample(tuple(str(name) for name in accounts), place.astype(np.int64), 1.0 / counts[place])


def drawn(sums: Floats, plan: Plan) -> Floats:
    """Return the sums of accounts drawn with replacement.

    :param sums: shape ``(accounts, sums)``.
    :returns: shape ``(draws, sums)``.
    """
    count = len(sums)
    chosen = np.random.default_rng(plan.seed).integers(0, count, size=(plan.draws, count))
    chosen += count * np.arange(plan.draws)[:, None]
    times = np.bincount(chosen.ravel(), minlength=plan.draws * count).reshape(plan.draws, count)
    return np.asarray(times.astype(np.float64) @ sums, dtype=np.float64)


def interval(draws: Floats, value: Floats) -> tuple[Floats, Floats]:
    """Return the middle 95 % of draws, widened to hold the value; draws without a number are left out."""
    ends = np.percentile(draws, [2.5, 97.5], axis=0)
    if np.isnan(ends).any():
        ends = np.nanpercentile(np.where(np.isnan(draws).all(axis=0), value, draws), [2.5, 97.5], axis=0)
    return np.fmin(ends[0], value), np.fmax(ends[1], value)


def estimates(by_account: Floats, by_person: Floats, statistic: Statistic, plan: Plan) -> list[Estimate]:
    """Return each number of a statistic with its interval and its person-weighted twin.

    :param by_account: sums of each account, weighted; shape ``(accounts, sums)``.
    :param by_person: sums over all persons, each with weight 1; shape ``(sums,)``.
    """
    value = statistic(by_account.sum(axis=0))
    low, high = interval(statistic(drawn(by_account, plan)), value)
    beside = statistic(by_person)
    return [Estimate(*map(float, four)) for four in zip(value, low, high, beside, strict=True)]


def care(counted: Sequence[Ballot[Any]], proxies: int, plan: Plan) -> Care:
    """Count what a reader should know of the ballots behind a tally."""
    return Care(
        accounts=len({ballot.account for ballot in counted}),
        persons=len(counted),
        proxies=proxies,
        speeding=sum(ballot.is_speeding for ballot in counted),
        straight=sum(ballot.is_straight for ballot in counted),
        seed=plan.seed,
        draws=plan.draws,
    )
