"""What stands in a tally: an estimate with its interval, or why there is none. Pure."""

from dataclasses import dataclass

LEAST_ACCOUNTS = 5
"""From so many accounts on, a number is shown."""

DRAWS = 2_000


@dataclass(frozen=True)
class Plan:
    """How accounts are drawn. The same seed gives the same interval."""

    seed: int
    draws: int = DRAWS


@dataclass(frozen=True)
class Estimate:
    """A number over accounts, its 95 % interval, and the same number with one weight a person.

    :ivar value: each account weighs 1, shared by its respondents.
    :ivar low: lower end of the interval by cluster bootstrap over accounts; never above ``value``.
    :ivar by_person: each person weighs 1; without interval, shown beside.
    """

    value: float
    low: float
    high: float
    by_person: float


@dataclass(frozen=True)
class Undefined:
    """There are enough accounts, but what was asked for does not exist in their answers.

    :ivar reason: a sentence for the reader.
    """

    reason: str


@dataclass(frozen=True)
class NotEnough:
    """Stands where a tally would: too few accounts answered to show a number."""

    accounts: int
    persons: int
    needed: int = LEAST_ACCOUNTS


@dataclass(frozen=True)
class Hidden:
    """Stands where a group's tally would: so small that it would tell who answered what."""


Figure = Estimate | Undefined


@dataclass(frozen=True)
class Care:
    """What a reader should know of the answers behind a tally.

    :ivar accounts: distinct accounts of the counted ballots.
    :ivar persons: counted ballots, one a person.
    :ivar proxies: ballots that staff cast on behalf of a customer; never counted in.
    :ivar speeding: persons who answered most questions in under two seconds.
    :ivar straight: persons who always chose the same place.
    :ivar seed: of the bootstrap, kept so that the interval can be computed again.
    """

    accounts: int
    persons: int
    proxies: int
    speeding: int
    straight: int
    seed: int
    draws: int
