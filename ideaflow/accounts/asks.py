"""How far what a customer asked has come, for us who serve them; one order, one wording. Pure.

What contacts themselves read in the portal is told more carefully (``loop.steps``): a decision counts
there once they were given words for it. Here stands what is.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Status(StrEnum):
    """How far an ask has come, in the order of the way; then where it ends without being built."""

    HEARD = "heard"
    GROUPED = "grouped"
    IN_PROPOSAL = "in_proposal"
    DECIDED = "decided"
    DESIGNED = "designed"
    LAUNCHED = "launched"
    TOLD = "told"
    LATER = "later"
    NOT_NOW = "not_now"

    @property
    def words(self) -> str:
        """Return what people read."""
        return _WORDS[self]

    @property
    def tone(self) -> str:
        """Return how it is drawn."""
        return _TONES.get(self, "")

    @property
    def is_solved(self) -> bool:
        """Return whether the customer has what they asked for."""
        return self in (Status.LAUNCHED, Status.TOLD)


WAY = tuple(Status)[:7]
_WORDS = {
    Status.HEARD: "heard", Status.GROUPED: "grouped with others", Status.IN_PROPOSAL: "in a proposal",
    Status.DECIDED: "decided", Status.DESIGNED: "designed with customers", Status.LAUNCHED: "launched",
    Status.TOLD: "launched and told", Status.LATER: "put off", Status.NOT_NOW: "decided against",
}  # fmt: skip
_SHORT = {
    Status.GROUPED: "Grouped", Status.IN_PROPOSAL: "Proposal", Status.DESIGNED: "Designed",
    Status.TOLD: "Told",
}  # fmt: skip
_TONES = {
    Status.HEARD: "hollow", Status.IN_PROPOSAL: "accent", Status.DECIDED: "accent", Status.DESIGNED: "accent",
    Status.LAUNCHED: "go", Status.TOLD: "go", Status.LATER: "watch", Status.NOT_NOW: "stop",
}  # fmt: skip


@dataclass(frozen=True)
class Facts:
    """What is known of one theme an account speaks of, in one proposal or none.

    :param decision: the last decision on the proposal: go, conditional_go, hold, recycle, kill.
    :param has_design: customers design it with us, or have.
    :param told_at: when somebody of theirs was told last.
    """

    last_said_at: datetime
    proposal_id: int | None = None
    decision: str = ""
    has_design: bool = False
    launched_at: datetime | None = None
    told_at: datetime | None = None

    @property
    def is_said_again(self) -> bool:
        """Return whether they said it once more after it was launched: it did not solve it."""
        return self.launched_at is not None and self.last_said_at > self.launched_at


def status_of(facts: Facts) -> Status:
    """Return how far a theme has come for an account that speaks of it.

    >>> from datetime import UTC
    >>> said = datetime(2026, 3, 1, tzinfo=UTC)
    >>> status_of(Facts(said)).value, status_of(Facts(said, 4, "go", has_design=True)).value
    ('grouped', 'designed')
    """
    if facts.proposal_id is None:
        return Status.GROUPED
    if facts.launched_at is not None:
        if facts.is_said_again:
            return Status.GROUPED
        is_told = facts.told_at is not None and facts.told_at >= facts.launched_at
        return Status.TOLD if is_told else Status.LAUNCHED
    ends = {"kill": Status.NOT_NOW, "hold": Status.LATER}
    if facts.decision in ends:
        return ends[facts.decision]
    if facts.decision in ("go", "conditional_go"):
        return Status.DESIGNED if facts.has_design else Status.DECIDED
    return Status.IN_PROPOSAL


def place_of(status: Status) -> int:
    """Return how far that is: what is being done is further than what was decided against."""
    return (Status.HEARD, Status.GROUPED, Status.NOT_NOW, Status.LATER, *WAY[2:]).index(status)


def furthest(ways: list[Facts]) -> Facts:
    """Return the way that went furthest."""
    return max(ways, key=lambda facts: place_of(status_of(facts)))


def path_of(status: str) -> list[tuple[str, str]]:
    """Return the steps of the way as words, each with its place: done, now, stop or nothing (ahead).

    >>> [word for word, place in path_of("decided") if place], path_of("not_now")[-1]
    (['Heard', 'Grouped', 'Proposal', 'Decided'], ('Decided against', 'stop'))
    """
    if status not in set(Status):
        return []
    if Status(status) not in WAY:
        ended = [(_short(one), "done") for one in WAY[:3]]
        return [*ended, (Status(status).words.capitalize(), "stop")]
    at = WAY.index(Status(status))
    return [
        (_short(one), "done" if place < at else "now" if place == at else "") for place, one in enumerate(WAY)
    ]


def _short(status: Status) -> str:
    return _SHORT.get(status, status.value.capitalize())
