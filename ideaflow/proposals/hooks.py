"""What later slices do when a proposal ends or divides: they register, so that proposals need not know them.

Each listener is called inside the same transaction; raising Conflict keeps everything as it was.
"""

from collections.abc import Callable

from ideaflow.audit import Actor

Ended = Callable[[int, Actor], None]
Merged = Callable[[int, int, Actor], None]
_withdrawn: list[Ended] = []
_merged: list[Merged] = []
_split: list[Ended] = []


def on_withdraw(listener: Ended) -> Ended:
    """Call ``listener(proposal_id, by)`` when a proposal is withdrawn; it ends there what it has begun."""
    if listener not in _withdrawn:
        _withdrawn.append(listener)
    return listener


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
