"""Ballots for tests of instruments."""

from collections.abc import Iterable
from typing import TypeVar

from ideaflow.codesign.counting.ballots import Ballot

Answers = TypeVar("Answers")


def one_each(answers: Iterable[Answers]) -> list[Ballot[Answers]]:
    """Let each answer come from an account of its own."""
    return [Ballot(f"account {place}", answer) for place, answer in enumerate(answers)]


def with_aliases(ballots: list[Ballot[Answers]], account: str, count: int) -> list[Ballot[Answers]]:
    """Let ``count`` people of one account send the same answer as its first person."""
    first = next(ballot for ballot in ballots if ballot.account == account)
    return ballots + [first] * (count - 1)
