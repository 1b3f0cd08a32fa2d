"""Ballots and who cast them. Pure, generic over what an instrument asks."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from ideaflow.codesign.counting.figures import LEAST_ACCOUNTS, Hidden, NotEnough
from ideaflow.codesign.counting.hiding import hide

Answers = TypeVar("Answers")
Result = TypeVar("Result")


@dataclass(frozen=True)
class Ballot(Generic[Answers]):
    """One participant's whole answer.

    :ivar account: any name of the account that is the same for its participants; in anonymous sessions a
        random one, drawn for the session.
    :ivar is_proxy: cast by staff on behalf of a customer.
    :ivar is_speeding: most questions were answered in under two seconds.
    :ivar is_straight: the same place was chosen throughout.
    """

    account: str
    answers: Answers
    segment: str = ""
    is_proxy: bool = False
    is_speeding: bool = False
    is_straight: bool = False


def own(ballots: Sequence[Ballot[Answers]]) -> list[Ballot[Answers]]:
    """Return what customers cast themselves: all that is ever counted in an interval."""
    return [ballot for ballot in ballots if not ballot.is_proxy]


def proxies(ballots: Sequence[Ballot[Answers]]) -> list[Ballot[Answers]]:
    """Return what staff cast on behalf of customers, as a series of its own, no proxy any more."""
    return [
        Ballot(one.account, one.answers, one.segment, False, one.is_speeding, one.is_straight)
        for one in ballots
        if one.is_proxy
    ]


def recast(ballot: Ballot[Any], answers: Answers) -> Ballot[Answers]:
    """Return a ballot with its answers read anew, everything beside them kept."""
    return Ballot(
        ballot.account, answers, ballot.segment, ballot.is_proxy, ballot.is_speeding, ballot.is_straight
    )


def careful(ballots: Sequence[Ballot[Answers]]) -> list[Ballot[Answers]]:
    """Return the ballots without a flag, to show whether the result holds without the others."""
    return [ballot for ballot in ballots if not (ballot.is_speeding or ballot.is_straight)]


def account_count(ballots: Sequence[Ballot[Answers]]) -> int:
    """Count distinct accounts."""
    return len({ballot.account for ballot in ballots})


def too_few(ballots: Sequence[Ballot[Answers]]) -> NotEnough | None:
    """Say that too few accounts answered; None when there are enough."""
    accounts = account_count(ballots)
    return NotEnough(accounts, len(ballots)) if accounts < LEAST_ACCOUNTS else None


def by_segment(
    ballots: Sequence[Ballot[Answers]], tally: Callable[[Sequence[Ballot[Answers]]], Result]
) -> dict[str, Result | Hidden]:
    """Tally each segment that is large enough, and whose numbers do not tell those of one that is not.

    The whole is shown beside, so a single hidden segment could be had by subtraction: then the next smallest
    is hidden too. A segment is as large as it has accounts; its persons are never fewer.
    """
    members: dict[str, list[Ballot[Answers]]] = {}
    for ballot in own(ballots):
        members.setdefault(ballot.segment, []).append(ballot)
    cells = hide({segment: account_count(of_it) for segment, of_it in members.items()})
    return {
        segment: tally(of_it) if segment in cells.shown else Hidden()
        for segment, of_it in sorted(members.items())
    }
