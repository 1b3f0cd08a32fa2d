"""What later slices do when a proposal ends or divides: they register, so that proposals need not know them.

Each listener is called inside the same transaction; raising Conflict keeps everything as it was.
"""

from collections.abc import Callable

from ideaflow.audit import Actor
from ideaflow.proposals.policy import OWNER_ALONE
from ideaflow.users.models import User

Ended = Callable[[int, Actor], None]
Guard = Callable[[int, int | None], str | None]
Merged = Callable[[int, int, Actor], None]
HandedOver = Callable[[int, User, Actor], str]
_guards: list[Guard] = []
_withdrawn: list[Ended] = []
_merged: list[Merged] = []
_split: list[Ended] = []
_changed: list[Ended] = []
_handed_over: list[HandedOver] = []


def on_withdraw(listener: Ended) -> Ended:
    """Call ``listener(proposal_id, by)`` when a proposal is withdrawn; it ends there what it has begun."""
    if listener not in _withdrawn:
        _withdrawn.append(listener)
    return listener


def guards_withdrawal(guard: Guard) -> Guard:
    """Ask ``guard(proposal_id, user_id)`` who may withdraw what is under way.

    :returns: of the guard: why not, empty when they may, None when it says nothing about this proposal.
    """
    if guard not in _guards:
        _guards.append(guard)
    return guard


def on_merge(listener: Merged) -> Merged:
    """Call ``listener(source_id, target_id, by)`` when a proposal is merged into another."""
    if listener not in _merged:
        _merged.append(listener)
    return listener


def on_split(listener: Ended) -> Ended:
    """Call ``listener(proposal_id, by)`` before a proposal is split into children."""
    if listener not in _split:
        _split.append(listener)
    return listener


def withdrawal_refused(proposal_id: int, owner_id: int, user_id: int | None) -> str:
    """Return why somebody may not withdraw a proposal, empty when they may; before it began its owner may."""
    for guard in _guards:
        said = guard(proposal_id, user_id)
        if said is not None:
            return said
    return "" if user_id == owner_id else OWNER_ALONE


def on_change(listener: Ended) -> Ended:
    """Call ``listener(proposal_id, by)`` when fields of a proposal changed."""
    if listener not in _changed:
        _changed.append(listener)
    return listener


def on_hand_over(listener: HandedOver) -> HandedOver:
    """Call ``listener(proposal_id, owner, by)`` when a proposal got another owner, also under review.

    :returns: of the listener: what follows, in a sentence; empty when nothing does.
    """
    if listener not in _handed_over:
        _handed_over.append(listener)
    return listener


def tell_handed_over(proposal_id: int, owner: User, by: Actor) -> list[str]:
    """Tell everybody who asked of a new owner; return what follows."""
    return [said for listener in _handed_over if (said := listener(proposal_id, owner, by))]


def tell_changed(proposal_id: int, by: Actor) -> None:
    """Tell everybody who asked that fields of a proposal changed."""
    for listener in _changed:
        listener(proposal_id, by)


def tell_withdrawn(proposal_id: int, by: Actor) -> None:
    """Tell everybody who asked that a proposal is withdrawn."""
    for listener in _withdrawn:
        listener(proposal_id, by)


def tell_merged(source_id: int, target_id: int, by: Actor) -> None:
    """Tell everybody who asked that a proposal lives on in another."""
    for listener in _merged:
        listener(source_id, target_id, by)


def tell_split(proposal_id: int, by: Actor) -> None:
    """Tell everybody who asked that a proposal is about to be split."""
    for listener in _split:
        listener(proposal_id, by)
