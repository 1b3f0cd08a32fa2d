"""Feedback items as another system tells of them: added once; new words supersede old ones."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from ideaflow.feedback.models import FeedbackItem
from ideaflow.hooks import Hook


@dataclass(frozen=True, slots=True)
class ItemData:
    """One thing somebody said, and what it belongs to.

    :param source_id: the record's id in the source and the part of it: ``48213#comment-2``.
    """

    source_id: str
    part: str
    text: str
    said_at: datetime
    subject: str = ""
    speaker_name: str | None = None
    is_proxy: bool = False
    account_id: int | None = None
    contact_id: int | None = None
    case_id: int | None = None
    opportunity_id: int | None = None


Listener = Callable[[], None]

on_new_items = Hook[Listener]()
"""Call ``listener`` when an import ends, inside the transaction that ends it.

A later slice queues its work there, so that the end and the work that follows are saved together.
"""


def tell_new_items() -> None:
    """Say that items have come; the caller's transaction saves what the listeners queue."""
    for listener in on_new_items:
        listener()


_LINKS = ("account_id", "contact_id", "case_id", "opportunity_id", "speaker_name")


def import_items(session: Session, source: str, facts: Sequence[ItemData]) -> int:
    """Add what is new, link anew what is known, let changed words supersede the old; return how many are new.

    Works on a batch inside the caller's transaction. The words of an item are never edited, and words
    that were withdrawn are not brought back by another import.
    """
    newest: dict[str, FeedbackItem] = {}
    known = session.scalars(
        select(FeedbackItem)
        .where(FeedbackItem.source == source, FeedbackItem.source_id.in_([fact.source_id for fact in facts]))
        .order_by(FeedbackItem.revision)
    )
    for item in known:
        newest[item.source_id] = item
    superseded: list[tuple[FeedbackItem, FeedbackItem]] = []
    count = 0
    for fact in facts:
        before = newest.get(fact.source_id)
        if before is not None and (before.text == fact.text or before.withdrawn_at is not None):
            for name in _LINKS:
                value = getattr(fact, name)
                if value is not None and getattr(before, name) != value:
                    setattr(before, name, value)
            continue
        item = _item(source, fact, revision=before.revision + 1 if before else 1)
        session.add(item)
        count += 1
        newest[fact.source_id] = item
        if before is not None:
            superseded.append((before, item))
    session.flush()
    for before, item in superseded:
        before.superseded_by_id = item.id
    return count


def _item(source: str, fact: ItemData, *, revision: int) -> FeedbackItem:
    return FeedbackItem(
        text=fact.text,
        subject=fact.subject,
        part=fact.part,
        source=source,
        source_id=fact.source_id,
        revision=revision,
        said_at=fact.said_at,
        speaker_name=fact.speaker_name,
        is_proxy=fact.is_proxy,
        account_id=fact.account_id,
        contact_id=fact.contact_id,
        case_id=fact.case_id,
        opportunity_id=fact.opportunity_id,
    )
