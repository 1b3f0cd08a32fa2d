"""What later slices do when something happens in a session; they register, co-design need not know them.

Each listener is called inside the transaction of what happened; what it queues is saved with it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from ideaflow.hooks import Hook


class Happened(StrEnum):
    """What can happen that contacts are told of."""

    INVITED = "invited"
    REMINDED = "reminded"
    PUBLISHED = "published"
    NEARLY_FUNDED = "nearly_funded"  # Of an option that accounts pool for.
    FUNDED = "funded"


@dataclass(frozen=True)
class SessionEvent:
    """Something that happened in a session.

    :param contact_ids: whom it concerns.
    :param option: the key of the option it is about; ``missing``: what it lacks of its price.
    """

    kind: Happened
    session_id: int
    contact_ids: Sequence[int]
    option: str = ""
    missing: int = 0


Listener = Callable[[SessionEvent], None]

on_event = Hook[Listener]()
"""Call ``listener(event)`` when something happens that contacts are told of."""


def tell(event: SessionEvent) -> None:
    """Tell everybody who asked."""
    for listener in on_event if event.contact_ids else ():
        listener(event)
