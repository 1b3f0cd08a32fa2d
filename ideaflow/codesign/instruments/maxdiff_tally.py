"""What MaxDiff ballots add up to: counts, utilities, shares with intervals, ranks. Pure; loads numpy."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ideaflow.codesign.counting.ballots import Ballot, careful, own, proxies, too_few
from ideaflow.codesign.counting.figures import Care, Estimate, NotEnough, Plan
from ideaflow.codesign.counting.flags import HURRIED_SECONDS
from ideaflow.codesign.counting.sampling import Floats, care, drawn, estimates, interval, sample
from ideaflow.codesign.instruments.maxdiff import MaxDiffAnswers
from ideaflow.codesign.instruments.maxdiff_logit import (
    conditional_logit,
    holdout_hits,
    individual,
    shares,
    standard_error,
    utility,
)


@dataclass(frozen=True)
class ItemTally:
    """One option.

    :ivar shown: in how many sets, over all persons; so ``best`` and ``worst``.
    :ivar score: (B − W) / N over accounts, −1 to 1.
    :ivar utility: b in closed form over persons; ``error`` takes sets for independent and is no interval.
    :ivar share: of choices among all options, over accounts; all add up to 1.
    :ivar rank: by share, 1 the most important; ``best_rank`` to ``worst_rank`` hold 95 % of the draws.
    :ivar logit_share: the same share by conditional logit on the sets as they were shown.
    :ivar careful_share: without speeders and straight-liners; None when there are none, or too few others.
    """

    option: str
    shown: int
    best: int
    worst: int
    score: Estimate
    utility: float
    error: float
    share: Estimate
    rank: int
    best_rank: int
    worst_rank: int
    logit_share: float
    careful_share: float | None


@dataclass(frozen=True)
class MaxDiffTally:
    """Options, the most important first.

    :ivar hurried_share: of all sets, those answered in under two seconds; None when no time was measured.
    :ivar hits: in how many sets held back (``held``, each person's last) the others foretell the best; by
        chance one of four.
    """

    care: Care
    items: tuple[ItemTally, ...]
    hurried_share: float | None
    hits: int
    held: int
    proxy: "MaxDiffTally | NotEnough"


def tally(
    ballots: Sequence[Ballot[MaxDiffAnswers]], options: Sequence[str], plan: Plan
) -> MaxDiffTally | NotEnough:
    """Add up MaxDiff ballots; accounts weigh 1, shared by their respondents."""
    counted, beside = own(ballots), proxies(ballots)
    few = too_few(counted)
    if few:
        return few
    rows = counts(counted, options)
    accounts, persons = sample(counted).by_account(rows), rows.sum(axis=0)
    times = [one.seconds for ballot in counted for one in ballot.answers if one.seconds is not None]
    items = _items(options, accounts, persons, plan, _logit(counted, options), _careful(counted, options))
    return MaxDiffTally(
        care(counted, len(beside), plan),
        tuple(sorted(items, key=lambda item: item.rank)),
        float(np.mean(np.array(times) < HURRIED_SECONDS)) if times else None,
        *holdout_hits([one.answers for one in counted], list(sample(counted).weight), options),
        tally(beside, options, plan),
    )


def counts(ballots: Sequence[Ballot[MaxDiffAnswers]], options: Sequence[str]) -> Floats:
    """Return how often each option was shown, best and worst: one row a ballot, three columns an option."""
    column = {option: place for place, option in enumerate(options)}
    rows = np.zeros((len(ballots), 3, len(options)))
    for row, ballot in zip(rows, ballots, strict=True):
        for answer in ballot.answers:
            row[0, [column[option] for option in answer.shown]] += 1
            row[1, column[answer.best]] += 1
            row[2, column[answer.worst]] += 1
    return rows.reshape(len(ballots), -1)


def utilities_of_each(
    ballots: Sequence[Ballot[MaxDiffAnswers]], options: Sequence[str]
) -> list[Mapping[str, float]]:
    """Return the utilities of each ballot by empirical Bayes, for a participant's own result."""
    table = individual(*_thirds(counts(ballots, options)))
    return [dict(zip(options, map(float, row), strict=True)) for row in table]


def share_of(sums: Floats) -> Floats:
    """Return shares from counts; the statistic that is drawn anew."""
    return shares(utility(*_thirds(sums)))


def _score(sums: Floats) -> Floats:
    shown, best, worst = _thirds(sums)
    return (best - worst) / np.maximum(shown, 1e-12)


def _thirds(sums: Floats) -> tuple[Floats, Floats, Floats]:
    shown, best, worst = np.split(sums, 3, axis=-1)
    return shown, best, worst


def _items(
    options: Sequence[str],
    accounts: Floats,
    persons: Floats,
    plan: Plan,
    logit: Floats,
    careful_shares: Floats | None,
) -> list[ItemTally]:
    table = np.stack(_thirds(persons)).astype(int)
    score = estimates(accounts, persons, _score, plan)
    share = estimates(accounts, persons, share_of, plan)
    b, error = utility(*_thirds(persons)), standard_error(*_thirds(persons))
    rank = _ranks(share_of(accounts.sum(axis=0)))
    low, high = interval(_ranks(share_of(drawn(accounts, plan))), rank)
    return [
        ItemTally(
            option=option,
            shown=int(table[0, i]),
            best=int(table[1, i]),
            worst=int(table[2, i]),
            score=score[i],
            utility=float(b[i]),
            error=float(error[i]),
            share=share[i],
            rank=int(rank[i]),
            best_rank=int(np.floor(low[i])),
            worst_rank=int(np.ceil(high[i])),
            logit_share=float(logit[i]),
            careful_share=None if careful_shares is None else float(careful_shares[i]),
        )
        for i, option in enumerate(options)
    ]


def _ranks(values: Floats) -> Floats:
    """Return 1 for the largest of each row; ties in the order of options."""
    order = np.argsort(-np.round(values, 10), axis=-1, kind="stable")
    return np.asarray(np.argsort(order, axis=-1) + 1, dtype=np.float64)


def _logit(ballots: Sequence[Ballot[MaxDiffAnswers]], options: Sequence[str]) -> Floats:
    weights = sample(ballots).weight
    answers = [
        (answer, float(weight))
        for ballot, weight in zip(ballots, weights, strict=True)
        for answer in ballot.answers
    ]
    return shares(conditional_logit(answers, options))


def _careful(ballots: Sequence[Ballot[MaxDiffAnswers]], options: Sequence[str]) -> Floats | None:
    kept = careful(ballots)
    if len(kept) == len(ballots) or too_few(kept):
        return None
    return share_of(sample(kept).by_account(counts(kept, options)).sum(axis=0))
