"""What duels add up to: scores with intervals, connectivity, bias of the left side. Pure; loads numpy."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from ideaflow.codesign.counting.ballots import Ballot, own, proxies, too_few
from ideaflow.codesign.counting.figures import Care, Estimate, NotEnough, Plan
from ideaflow.codesign.counting.sampling import Floats, care, estimates, sample
from ideaflow.codesign.instruments.bradley_terry import (
    covariance,
    display_scores,
    is_connected,
    strengths,
)
from ideaflow.codesign.instruments.pairwise import Duels, Standing

BIAS_FROM = 0.05


@dataclass(frozen=True)
class DuelTally:
    """One option.

    :ivar score: chance in percent to beat another option drawn at random, over accounts.
    :ivar wins: over all persons; so ``losses`` and ``undecided``.
    """

    option: str
    rank: int
    score: Estimate
    wins: int
    losses: int
    undecided: int


@dataclass(frozen=True)
class Side:
    """Whether the left side was chosen more often than chance has it.

    :ivar p: two-sided chance of so uneven a split, were sides alike.
    """

    left: int
    decided: int
    p: float

    @property
    def is_biased(self) -> bool:
        return self.p < BIAS_FROM


@dataclass(frozen=True)
class PairwiseTally:
    """Options, strongest first.

    :ivar is_connected: all were compared with all, if by way of others; else scores of two groups do not
        compare.
    :ivar undecided_share: of all pairs shown, those nobody could decide.
    """

    care: Care
    options: tuple[DuelTally, ...]
    is_connected: bool
    side: Side
    undecided_share: float
    proxy: "PairwiseTally | NotEnough"


def tally(ballots: Sequence[Ballot[Duels]], options: Sequence[str], plan: Plan) -> PairwiseTally | NotEnough:
    """Add up duels; accounts weigh alike.

    A participant answers as many pairs as they like. So that one account does not decide by patience, each
    counts for as many pairs as the account in the middle answered, at most (its respondents share that).
    """
    counted, beside = own(ballots), proxies(ballots)
    few = too_few(counted)
    if few:
        return few
    rows = np.array([_wins(one.answers, options).ravel() for one in counted])
    accounts, persons = capped(sample(counted).by_account(rows)), rows.sum(axis=0)
    count = len(options)

    def score(sums: Floats) -> Floats:
        return display_scores(strengths(sums.reshape(*sums.shape[:-1], count, count)))

    scores = estimates(accounts, persons, score, plan)
    duels = [duel for ballot in counted for duel in ballot.answers]
    return PairwiseTally(
        care(counted, len(beside), plan),
        _ranked(options, scores, persons.reshape(count, count), duels),
        is_connected(accounts.sum(axis=0).reshape(count, count)),
        side_of(
            sum(duel.winner == duel.left for duel in duels), sum(duel.winner is not None for duel in duels)
        ),
        sum(duel.winner is None for duel in duels) / len(duels) if duels else 0.0,
        tally(beside, options, plan),
    )


def capped(accounts: Floats) -> Floats:
    """Weigh down accounts that answered more pairs than the one in the middle, to as many as that."""
    answered = accounts.sum(axis=1)
    some = answered[answered > 0]
    most = float(np.median(some)) if len(some) else 1.0
    return np.asarray(accounts * np.minimum(1, most / np.maximum(answered, 1e-12))[:, None], dtype=np.float64)


def standing(ballots: Sequence[Ballot[Duels]], options: Sequence[str]) -> Standing:
    """Return what is known while a session runs, to choose pairs by; never shown."""
    wins = sum((_wins(one.answers, options) for one in ballots), np.zeros((len(options), len(options))))
    shown = [side for ballot in ballots for duel in ballot.answers for side in (duel.left, duel.right)]
    strength = strengths(wins)
    cov = covariance(wins, strength)
    return Standing(
        tuple(options),
        tuple(shown.count(option) for option in options),
        tuple(map(float, strength)),
        tuple(tuple(map(float, row)) for row in cov),
    )


def side_of(left: int, decided: int) -> Side:
    """Test whether the left side won more or less than half, by the binomial distribution.

    >>> side_of(60, 100).p.__round__(4)
    0.0569
    """
    from scipy.special import bdtr

    fewer = min(left, decided - left)
    return Side(left, decided, min(1.0, 2 * float(bdtr(fewer, decided, 0.5))) if decided else 1.0)


def ties(scores: Sequence[DuelTally]) -> list[tuple[str, str]]:
    """Return neighbours in rank whose intervals overlap: their order is not sure."""
    return [(a.option, b.option) for a, b in pairwise(scores) if b.score.high >= a.score.low]


def _wins(duels: Duels, options: Sequence[str]) -> Floats:
    place = {option: number for number, option in enumerate(options)}
    wins = np.zeros((len(options), len(options)))
    for duel in duels:
        if duel.winner is not None:
            loser = duel.right if duel.winner == duel.left else duel.left
            wins[place[duel.winner], place[loser]] += 1
    return wins


def _ranked(
    options: Sequence[str], scores: Sequence[Estimate], wins: Floats, duels: Sequence[Any]
) -> tuple[DuelTally, ...]:
    undecided = [side for duel in duels if duel.winner is None for side in (duel.left, duel.right)]
    order = sorted(range(len(options)), key=lambda place: (-round(scores[place].value, 8), place))
    return tuple(
        DuelTally(
            options[place],
            rank,
            scores[place],
            int(wins[place].sum()),
            int(wins[:, place].sum()),
            undecided.count(options[place]),
        )
        for rank, place in enumerate(order, 1)
    )
