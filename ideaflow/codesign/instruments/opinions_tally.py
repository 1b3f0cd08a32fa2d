"""What groups think, what tells them apart, and what all of them agree on. Pure; loads numpy."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np

from ideaflow.codesign.counting.ballots import Ballot, account_count, own, proxies, too_few
from ideaflow.codesign.counting.figures import Care, Estimate, Figure, NotEnough, Plan, Undefined
from ideaflow.codesign.counting.hiding import hide
from ideaflow.codesign.counting.sampling import Floats, care, estimates, sample
from ideaflow.codesign.instruments.opinion_groups import Labels, groups, plane
from ideaflow.codesign.instruments.opinions import LEAST_VOTES, Stances

TELLING = 1.2816
"""From this p-test on a group leans more than nine of ten groups would by chance."""

ONE_GROUP = "There are no groups to compare: opinions do not fall apart."


@dataclass(frozen=True)
class GroupStance:
    """What one group thinks of one statement, over its accounts.

    :ivar agreement: (A+1)/(S+2), between 0 and 1; ½ where nobody voted.
    :ivar test: 2√(n+1)·((A+1)/(n+1) − ½): how far agreement is from half, in standard errors.
    """

    agreement: float
    test: float


@dataclass(frozen=True)
class StatementTally:
    """One statement.

    :ivar consensus: the product of all groups' agreement: large only where none is against; undefined with
        one group.
    :ivar agreed: share of accounts that voted on it and agree.
    :ivar groups: in the order of the tally's; None where a group is hidden.
    """

    statement: str
    consensus: Figure
    agreed: Estimate
    groups: tuple[GroupStance | None, ...]

    @property
    def is_agreed_by_all(self) -> bool:
        return bool(self.groups) and all(one is not None and one.test >= TELLING for one in self.groups)


@dataclass(frozen=True)
class OpinionsTally:
    """Statements, those all groups agree on most first.

    :ivar sizes: persons of each group, the largest first; None where it is hidden.
    :ivar separation: silhouette of the groups; under .25 they hardly stand apart.
    :ivar explained: share of the spread of opinions on each axis of the picture.
    :ivar ungrouped: persons with fewer than seven votes.
    """

    care: Care
    statements: tuple[StatementTally, ...]
    sizes: tuple[int | None, ...]
    separation: float
    explained: tuple[float, float]
    ungrouped: int
    proxy: "OpinionsTally | NotEnough"


def tally(
    ballots: Sequence[Ballot[Stances]], statements: Sequence[str], plan: Plan
) -> OpinionsTally | NotEnough:
    """Find groups of persons, and what each group's accounts think.

    Groups are drawn once, on all who voted on seven statements or more; intervals say how consensus swings
    with the accounts that answered, groups as they are.
    """
    everybody, beside = own(ballots), proxies(ballots)
    counted = [ballot for ballot in everybody if len(ballot.answers) >= LEAST_VOTES]
    few = too_few(counted)
    if few:
        return few
    votes, found = _votes(counted, statements), sample(counted)
    where = plane(votes, found.weight)
    labels, width = groups(where.places, found.weight)
    count = int(labels.max()) + 1
    rows = _sums(votes, labels, count)
    accounts = found.by_account(rows.reshape(len(rows), -1))
    shape = (count, 2, len(statements))
    shown = _shown(counted, labels, count)
    return OpinionsTally(
        care(counted, len(beside), plan),
        _statements(statements, accounts, rows.reshape(len(rows), -1).sum(axis=0), shape, shown, plan),
        tuple(int((labels == one).sum()) if one in shown else None for one in range(count)),
        width,
        where.explained,
        len(everybody) - len(counted),
        tally(beside, statements, plan),
    )


def agreement(agreed: Floats, voted: Floats) -> Floats:
    """Return (A+1)/(S+2).

    >>> float(agreement(np.array(6.0), np.array(6.0)))
    0.875
    """
    return np.asarray((agreed + 1) / (voted + 2), dtype=np.float64)


def agreement_test(agreed: float, voted: float) -> float:
    """Return 2√(n+1)·((A+1)/(n+1) − ½), as Polis has it.

    >>> round(agreement_test(6, 6), 5)
    2.64575
    """
    return 2 * sqrt(voted + 1) * ((agreed + 1) / (voted + 1) - 0.5)


def consensus(agreed: Floats, voted: Floats) -> Floats:
    """Return the product of agreement over groups, the second axis from the end.

    >>> round(float(consensus(np.zeros((3, 1)), np.array([[5.0], [3], [6]]))[0]), 7)
    0.0035714
    """
    return np.asarray(agreement(agreed, voted).prod(axis=-2), dtype=np.float64)


def _votes(ballots: Sequence[Ballot[Stances]], statements: Sequence[str]) -> Floats:
    """Return votes as numbers, not a number where there is none."""
    return np.array(
        [
            [float(one.answers[name]) if name in one.answers else np.nan for name in statements]
            for one in ballots
        ]
    )


def _sums(votes: Floats, labels: Labels, count: int) -> Floats:
    """Return, of each person, agreeing and voting within their group; shape ``(persons, groups, 2,
    statements)``."""
    rows = np.zeros((len(votes), count, 2, votes.shape[1]))
    person = np.arange(len(votes))
    rows[person, labels, 0] = votes == 1
    rows[person, labels, 1] = ~np.isnan(votes)
    return rows


def _shown(ballots: Sequence[Ballot[Stances]], labels: Labels, count: int) -> frozenset[int]:
    """Return the groups that are large enough to be told of, and do not tell another by what is left."""
    members: list[list[Ballot[Stances]]] = [[] for _ in range(count)]
    for ballot, label in zip(ballots, labels, strict=True):
        members[label].append(ballot)
    return hide({place: account_count(of_it) for place, of_it in enumerate(members)}).shown


def _statements(
    statements: Sequence[str],
    accounts: Floats,
    persons: Floats,
    shape: tuple[int, int, int],
    shown: frozenset[int],
    plan: Plan,
) -> tuple[StatementTally, ...]:
    def figures(sums: Floats) -> Floats:
        """Return consensus of each statement, then the share that agrees."""
        table = sums.reshape(*sums.shape[:-1], *shape)
        agreed, voted = table[..., 0, :], table[..., 1, :]
        all_agreed = agreed.sum(axis=-2) / np.maximum(voted.sum(axis=-2), 1e-12)
        return np.concatenate([consensus(agreed, voted), all_agreed], axis=-1)

    found = estimates(accounts, persons, figures, plan)
    table = accounts.sum(axis=0).reshape(shape)
    told = [
        StatementTally(
            name,
            found[place] if shape[0] > 1 else Undefined(ONE_GROUP),
            found[len(statements) + place],
            tuple(
                _stance(float(table[one, 0, place]), float(table[one, 1, place])) if one in shown else None
                for one in range(shape[0])
            ),
        )
        for place, name in enumerate(statements)
    ]
    order = {name: -found[place].value for place, name in enumerate(statements)}
    return tuple(sorted(told, key=lambda one: (order[one.statement], one.statement)))


def _stance(agreed: float, voted: float) -> GroupStance:
    return GroupStance(float(agreement(np.array(agreed), np.array(voted))), agreement_test(agreed, voted))
