"""What an idea may be: importance, status, who it is for, how it is counted. No database, no clock."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

TITLE_LENGTH, TEXT_LENGTH, COMMENT_LENGTH = 160, 5_000, 3_000
MOST_PICTURES = 4
IDEAS_A_DAY, COMMENTS_A_DAY, REPORTS_A_DAY = 20, 100, 50
LEAST_ACCOUNTS = 3
"""From so many accounts on a word that describes them tells nobody apart."""


class Importance(StrEnum):
    """What an idea is to one who stands behind it."""

    NICE = "nice"
    IMPORTANT = "important"
    MUST = "must"

    @property
    def weight(self) -> int:
        return list(Importance).index(self)


class Status(StrEnum):
    """How far an idea has come, in the order of the way; the words customers read are said at the doors."""

    HEARD = "heard"
    WEIGHED = "weighed"
    DESIGNED = "designed"
    PLANNED = "planned"
    BUILT = "built"
    NOT_NOW = "not_now"


WAY = (Status.HEARD, Status.WEIGHED, Status.DESIGNED, Status.PLANNED, Status.BUILT)


@dataclass(frozen=True)
class Step:
    """One step of the way: done, now, still to come, or where it stopped."""

    status: Status
    state: str


def way(status: Status) -> list[Step]:
    """Return the steps of the way with where an idea stands; one we decided against ends there."""
    if status is Status.NOT_NOW:
        return [Step(Status.HEARD, "done"), Step(Status.WEIGHED, "done"), Step(Status.NOT_NOW, "now stop")]
    at = WAY.index(status)
    return [
        Step(one, "done" if place < at or status is Status.BUILT else "now" if place == at else "")
        for place, one in enumerate(WAY)
    ]


@dataclass(frozen=True)
class Audience:
    """Who may see an idea.

    :param account_id: only this account, when the idea is private to it.
    :param segments: one set for the idea and one for its category; a contact's segment must be in each that
        is not empty.
    """

    account_id: int | None
    segments: tuple[frozenset[str], ...]

    def includes(self, other: "Audience") -> bool:
        """Return whether everybody of ``other`` is in here too.

        >>> everybody, pharma = Audience(None, ()), Audience(None, (frozenset({"Pharma"}),))
        >>> everybody.includes(pharma), pharma.includes(everybody)
        (True, False)
        """
        if self.account_id is not None:
            return other.account_id == self.account_id
        theirs = other.narrowed
        return all(theirs is not None and theirs <= mine for mine in self.segments if mine)

    @property
    def narrowed(self) -> frozenset[str] | None:
        """Return the segments that may see it; None: all."""
        limits = [one for one in self.segments if one]
        return frozenset.intersection(*limits) if limits else None


def masked(segment: str, region: str, accounts: Mapping[tuple[str, str], int]) -> tuple[str, str]:
    """Return the segment and the region that may stand in place of a name: each only where it hides one.

    :param accounts: how many accounts there are, by segment and region.

    >>> masked("3PL", "DACH", {("3PL", "DACH"): 2, ("3PL", "Nordics"): 4})
    ('3PL', '')
    """

    def count(pairs: Iterable[tuple[str, str]]) -> int:
        return sum(accounts[pair] for pair in pairs)

    both = [pair for pair in accounts if pair == (segment, region)]
    if segment and region and count(both) >= LEAST_ACCOUNTS:
        return segment, region
    if segment and count(pair for pair in accounts if pair[0] == segment) >= LEAST_ACCOUNTS:
        return segment, ""
    if region and count(pair for pair in accounts if pair[1] == region) >= LEAST_ACCOUNTS:
        return "", region
    return "", ""


@dataclass(frozen=True)
class Voice:
    """One support as it is counted.

    :param is_proxy: one of ours said it for the contact.
    """

    contact_id: int
    account_id: int | None
    importance: Importance
    is_proxy: bool


@dataclass(frozen=True)
class Tally:
    """How many accounts stand behind an idea, by what it is to them; those spoken for stand apart."""

    must: int = 0
    important: int = 0
    nice: int = 0
    proxies: int = 0
    contacts: int = 0

    @property
    def accounts(self) -> int:
        return self.must + self.important + self.nice


def tally(voices: Collection[Voice]) -> Tally:
    """Count each account once, by the most it is to one of its contacts; each contact once, however often.

    An account that only one of ours speaks for is among the proxies. A contact of no account counts as a
    person, not as an account.
    """
    direct: dict[int, Importance] = {}
    spoken_for: set[int] = set()
    for voice in voices:
        if voice.account_id is None:
            continue
        if voice.is_proxy:
            spoken_for.add(voice.account_id)
            continue
        before = direct.get(voice.account_id)
        if before is None or voice.importance.weight > before.weight:
            direct[voice.account_id] = voice.importance
    counts = {one: sum(1 for value in direct.values() if value is one) for one in Importance}
    return Tally(
        counts[Importance.MUST], counts[Importance.IMPORTANT], counts[Importance.NICE],
        len(spoken_for - set(direct)), len({voice.contact_id for voice in voices}),
    )  # fmt: skip
