"""What later slices do when something happens to an idea: they register, so that ideas need not know them.

Each listener is called inside the transaction of what happened; what it queues is saved with it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from ideaflow.audit import Actor
from ideaflow.hooks import Hook


class Happened(StrEnum):
    """What can happen to an idea that somebody may want to hear of."""

    POSTED = "posted"
    SUPPORTED = "supported"
    COMMENTED = "commented"
    ANSWERED = "answered"  # The official answer, new or changed.
    STATUS = "status"
    MERGED = "merged"  # ``idea_id`` is the one that moved; it now lives in ``home_id``.
    UNMERGED = "unmerged"
    WITHDRAWN = "withdrawn"
    HIDDEN = "hidden"
    SHOWN = "shown"


@dataclass(frozen=True)
class IdeaEvent:
    """Something that happened to an idea.

    :param contact_id: the contact whose doing it was, who need not be told.
    :param comment_id: the comment, where there is one.
    :param home_id: where the idea lives after it; the idea itself, if it was not merged.
    """

    kind: Happened
    idea_id: int
    home_id: int
    by: Actor
    contact_id: int | None = None
    comment_id: int | None = None


Listener = Callable[[IdeaEvent], None]

on_event = Hook[Listener]()
"""Call ``listener(event)`` when something happens to an idea."""


def tell(event: IdeaEvent) -> None:
    """Tell everybody who asked."""
    for listener in on_event:
        listener(event)
