"""How far somebody's words have come, and the way they go. Pure rules."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum, StrEnum

LEAST_ACCOUNTS = 3
"""From so many accounts up a contact may learn how many say the same: below, the number names somebody."""

LAUNCHED_STATES = frozenset({"launched", "post_launch", "closed"})
GOES = frozenset({"go", "conditional_go"})


class Reach(IntEnum):
    """How far words have come; of several ways the furthest counts."""

    HEARD = 0
    GROUPED = 1  # Beside what others say.
    NOT_NOW = 2  # Decided against, and told.
    LATER = 3  # Put off, and told until when.
    WEIGHED = 4  # In a proposal.
    DECIDED = 5  # It is done, and told.
    DESIGNING = 6  # Customers design it with us.
    DESIGNED = 7
    BUILT = 8
    SOLVED = 9  # They said what it did for them.


class Step(StrEnum):
    """A step of the way that a customer sees."""

    HEARD = "heard"
    GROUPED = "grouped"
    DECIDED = "decided"
    DESIGNED = "designed"
    BUILT = "built"
    SOLVED = "solved"
    NOT_NOW = "not_now"
    LATER = "later"


class Place(StrEnum):
    """Where a step lies, seen from where the words are."""

    DONE = "done"
    NOW = "now"
    AHEAD = ""


@dataclass(frozen=True)
class Facts:
    """What is known of one way that words went: into one theme, into one proposal.

    :param told: the last decision that customers were given words for: go, conditional_go, hold, kill.
    :param told_words: those words.
    :param is_built: it is there: its launch is on sale, or it passed its last gate and has none;
        ``launch_words``: what customers were told of that.
    :param is_designing: customers can design it now; ``is_designed``: they have.
    :param idea_status: how far the idea with these words has come, as staff answered it.
    :param has_voted: it is a ballot of theirs on the proposal.
    :param answer: what the contact said to “did it solve it?”.
    """

    said_at: datetime | None = None
    theme_id: int | None = None
    proposal_id: int | None = None
    is_built: bool = False
    launch_words: str = ""
    told: str = ""
    told_words: str = ""
    told_at: datetime | None = None
    launched_at: datetime | None = None
    idea_status: str = ""
    is_in_review: bool = False
    has_voted: bool = False
    is_designing: bool = False
    is_designed: bool = False
    answer: str = ""


def reach_of(facts: Facts) -> Reach:
    """Return how far words have come this way.

    A decision counts once customers were given words for it: until then it reads as being weighed. What
    staff answered to an idea itself counts where it says more, and always where it says no.

    >>> reach_of(Facts(theme_id=1)).name, reach_of(Facts(theme_id=1, proposal_id=2, told="kill")).name
    ('GROUPED', 'NOT_NOW')
    """
    of_idea = _IDEAS.get(facts.idea_status, Reach.HEARD)
    return of_idea if of_idea is Reach.NOT_NOW else max(of_idea, _reach_of_proposal(facts))


def _reach_of_proposal(facts: Facts) -> Reach:
    if facts.proposal_id is None:
        return Reach.HEARD if facts.theme_id is None else Reach.GROUPED
    if facts.is_built:
        if facts.said_at and facts.launched_at and facts.said_at > facts.launched_at:
            return Reach.GROUPED  # Said of what was there already: it does not answer them.
        return Reach.SOLVED if facts.answer else Reach.BUILT
    if facts.told == "kill":
        return Reach.NOT_NOW
    if facts.told == "hold":
        return Reach.LATER
    if facts.told in GOES:
        if facts.is_designed:
            return Reach.DESIGNED
        return Reach.DESIGNING if facts.is_designing else Reach.DECIDED
    return Reach.WEIGHED


def furthest(ways: Iterable[Facts]) -> Facts:
    """Return the way that went furthest; of equal ones the first."""
    return max(ways, key=reach_of, default=Facts())


def path_of(reach: Reach, *, has_design: bool = False) -> Sequence[tuple[Step, Place]]:
    """Return the steps a customer sees, and where each lies.

    >>> [f"{step}:{place}" for step, place in path_of(Reach.NOT_NOW)]
    ['heard:done', 'grouped:done', 'not_now:now']
    """
    if reach in (Reach.NOT_NOW, Reach.LATER):
        end = Step.NOT_NOW if reach is Reach.NOT_NOW else Step.LATER
        return [(Step.HEARD, Place.DONE), (Step.GROUPED, Place.DONE), (end, Place.NOW)]
    steps = [Step.HEARD, Step.GROUPED, Step.DECIDED, Step.DESIGNED, Step.BUILT, Step.SOLVED]
    if not has_design and reach not in (Reach.DESIGNING, Reach.DESIGNED):
        steps.remove(Step.DESIGNED)
    now = steps.index(_NOW.get(reach, Step.BUILT)) if reach is not Reach.SOLVED else len(steps)
    return [
        (step, Place.DONE if at < now else Place.NOW if at == now else Place.AHEAD)
        for at, step in enumerate(steps)
    ]


_IDEAS = {
    "weighed": Reach.WEIGHED, "designed": Reach.DESIGNING, "planned": Reach.DECIDED, "built": Reach.BUILT,
    "not_now": Reach.NOT_NOW,
}  # fmt: skip
# At which step somebody looks who asks “how far is it?”: the one that is being done, or was done last.
_NOW = {
    Reach.HEARD: Step.HEARD, Reach.GROUPED: Step.GROUPED, Reach.WEIGHED: Step.DECIDED,
    Reach.DECIDED: Step.BUILT, Reach.DESIGNING: Step.DESIGNED, Reach.DESIGNED: Step.BUILT,
    Reach.BUILT: Step.SOLVED,
}  # fmt: skip


def others(account_count: int) -> int:
    """Return how many other companies say the same, or 0 where the number would name somebody.

    :param account_count: accounts in the theme, the reader's own among them.

    >>> others(2), others(3), others(17)
    (0, 2, 16)
    """
    return account_count - 1 if account_count >= LEAST_ACCOUNTS else 0
