"""What changes about feedback: it is added, superseded by a newer wording, or withdrawn. Never edited."""

from collections.abc import Callable

from ideaflow import audit
from ideaflow.audit import Actor
from ideaflow.clock import now
from ideaflow.db import db, transaction
from ideaflow.errors import Conflict, NotFound
from ideaflow.feedback.models import FeedbackItem
from ideaflow.hooks import Hook

Listener = Callable[[int], None]

on_recounted = Hook[Listener]()
"""Call ``listener(item_id)`` when an item counts no more or counts again, inside the same transaction."""


def withdraw_item(item_id: int, reason: str = "", *, by: Actor) -> FeedbackItem:
    """Hide an item from every count from now on; its words stay readable by its address.

    :raises NotFound: there is no such item.
    :raises Conflict: it is already withdrawn.
    """
    with transaction() as session:
        item = session.get(FeedbackItem, item_id, with_for_update=True)
        if item is None:
            raise NotFound()
        if item.withdrawn_at is not None:
            raise Conflict(f"Feedback item {item_id} was already withdrawn.")
        item.withdrawn_at = now()
        _recount(item)
        audit.record(by, "feedback.withdraw", item, after={"withdrawn": True}, reason=reason)
    return item


def restore_item(item_id: int, *, by: Actor) -> FeedbackItem:
    """Let a withdrawn item count again.

    :raises NotFound: there is no such item.
    :raises Conflict: it counts already.
    """
    with transaction() as session:
        item = session.get(FeedbackItem, item_id, with_for_update=True)
        if item is None:
            raise NotFound()
        if item.withdrawn_at is None:
            raise Conflict(f"Feedback item {item_id} is not withdrawn.")
        item.withdrawn_at = None
        _recount(item)
        audit.record(by, "feedback.restore", item, after={"withdrawn": False})
    return item


def _recount(item: FeedbackItem) -> None:
    """Let later slices follow, before the audit: it locks last, so that changes never wait in a ring."""
    db.session.flush()
    for listener in on_recounted:
        listener(item.id)
