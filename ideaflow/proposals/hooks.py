"""What later slices do when a proposal ends or divides: they register, so that proposals need not know them.

Each listener is called inside the same transaction; raising Conflict keeps everything as it was.
"""

from collections.abc import Callable

from ideaflow.audit import Actor
from ideaflow.hooks import Hook
from ideaflow.proposals.policy import OWNER_ALONE
from ideaflow.users.models import User

Ended = Callable[[int, Actor], None]
Guard = Callable[[int, int | None], str | None]
Merged = Callable[[int, int, Actor], None]
HandedOver = Callable[[int, User, Actor], str]

on_withdraw = Hook[Ended]()
"""Call ``listener(proposal_id, by)`` when a proposal is withdrawn; it ends there what it has begun."""

guards_withdrawal = Hook[Guard]()
"""Ask ``guard(proposal_id, user_id)`` who may withdraw what is under way.

:returns: of the guard: why not, empty when they may, None when it says nothing about this proposal.
"""

on_merge = Hook[Merged]()
"""Call ``listener(source_id, target_id, by)`` when a proposal is merged into another."""

on_split = Hook[Ended]()
"""Call ``listener(proposal_id, by)`` before a proposal is split into children."""


def withdrawal_refused(proposal_id: int, owner_id: int, user_id: int | None) -> str:
    """Return why somebody may not withdraw a proposal, empty when they may; before it began its owner may."""
    for guard in guards_withdrawal:
        said = guard(proposal_id, user_id)
        if said is not None:
            return said
    return "" if user_id == owner_id else OWNER_ALONE


on_change = Hook[Ended]()
"""Call ``listener(proposal_id, by)`` when fields of a proposal changed."""

on_hand_over = Hook[HandedOver]()
"""Call ``listener(proposal_id, owner, by)`` when a proposal got another owner, also under review.

:returns: of the listener: what follows, in a sentence; empty when nothing does.
"""


def tell_handed_over(proposal_id: int, owner: User, by: Actor) -> list[str]:
    """Tell everybody who asked of a new owner; return what follows."""
    return [said for listener in on_hand_over if (said := listener(proposal_id, owner, by))]


def tell_changed(proposal_id: int, by: Actor) -> None:
    """Tell everybody who asked that fields of a proposal changed."""
    for listener in on_change:
        listener(proposal_id, by)


def tell_withdrawn(proposal_id: int, by: Actor) -> None:
    """Tell everybody who asked that a proposal is withdrawn."""
    for listener in on_withdraw:
        listener(proposal_id, by)


def tell_merged(source_id: int, target_id: int, by: Actor) -> None:
    """Tell everybody who asked that a proposal lives on in another."""
    for listener in on_merge:
        listener(source_id, target_id, by)


def tell_split(proposal_id: int, by: Actor) -> None:
    """Tell everybody who asked that a proposal is about to be split."""
    for listener in on_split:
        listener(proposal_id, by)
