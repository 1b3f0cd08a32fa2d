"""Thoughts from the widget: left by anybody, taken or refused by one of ours."""

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from ideaflow import audit
from ideaflow.accounts.models import Contact
from ideaflow.audit import Actor
from ideaflow.clock import now
from ideaflow.db import db, transaction
from ideaflow.errors import Conflict, Invalid, NotFound
from ideaflow.feedback.imports import ItemData, import_items, tell_new_items
from ideaflow.feedback.models import FeedbackItem, Thought, ThoughtState
from ideaflow.paging import Key, Page, page_of

SOURCE = "widget"
LONGEST = 4_000


def leave(words: str, email: str, page: str, language: str) -> Thought:
    """Keep what somebody wrote; the same words from the same page are kept once while they wait.

    :raises Invalid: there are no words, or too many.
    """
    words = words.strip()
    if not words or len(words) > LONGEST:
        raise Invalid("words", [{"field": "words", "reason": "none" if not words else "long"}])
    with transaction() as session:
        same = select(Thought).where(
            Thought.text == words, Thought.page == page[:500], Thought.state == ThoughtState.WAITING
        )
        known = session.scalar(same.limit(1))
        if known is not None:
            return known
        thought = Thought(
            text=words, email=email.strip().lower()[:300], page=page[:500], language=language, said_at=now()
        )
        session.add(thought)
    return thought


def waiting(*, after: str | None = None) -> Page[Thought]:
    """Return a page of the thoughts that wait, oldest first."""
    query = select(Thought).where(Thought.state == ThoughtState.WAITING)
    return page_of(query, [Key(Thought.id, "id", descending=False)], after=after)


def waiting_count() -> int:
    """Return how many thoughts wait."""
    query = select(func.count()).select_from(Thought).where(Thought.state == ThoughtState.WAITING)
    return db.session.scalar(query) or 0


def claimed(thoughts: Sequence[Thought]) -> dict[str, Contact]:
    """Return the contacts whose addresses stand in these thoughts, by address: who they say they are."""
    addresses = {thought.email for thought in thoughts if thought.email}
    query = select(Contact).where(Contact.email.in_(addresses)).options(joinedload(Contact.account))
    return {str(contact.email): contact for contact in db.session.scalars(query)}


def take(thought_id: int, *, as_contact: bool, by: Actor) -> FeedbackItem:
    """Make a feedback item of a thought.

    :param as_contact: believe that the contact with its address wrote it; else it is nobody's.
    :raises NotFound: there is no such thought.
    :raises Conflict: somebody has decided on it already.
    """
    with transaction() as session:
        thought = _waiting(thought_id)
        contact = claimed([thought]).get(thought.email) if as_contact else None
        facts = ItemData(
            source_id=f"thought-{thought.id}", part="text", text=thought.text, said_at=thought.said_at,
            speaker_name=contact.name if contact else (thought.email or None),
            contact_id=contact.id if contact else None, account_id=contact.account_id if contact else None,
        )  # fmt: skip
        import_items(session, SOURCE, [facts])
        session.flush()
        item = session.scalars(
            select(FeedbackItem).where(
                FeedbackItem.source == SOURCE, FeedbackItem.source_id == facts.source_id
            )
        ).one()
        thought.state, thought.item_id = ThoughtState.TAKEN, item.id
        tell_new_items()
        audit.record(by, "feedback.take_thought", item, after={"contact": contact.name if contact else ""})
    return item


def refuse(thought_id: int, *, by: Actor) -> Thought:
    """Let a thought count for nothing; its words are kept.

    :raises NotFound: there is no such thought.
    :raises Conflict: somebody has decided on it already.
    """
    with transaction():
        thought = _waiting(thought_id)
        thought.state = ThoughtState.REFUSED
        audit.record(by, "feedback.refuse_thought", thought)
    return thought


def _waiting(thought_id: int) -> Thought:
    thought = db.session.get(Thought, thought_id, with_for_update=True)
    if thought is None:
        raise NotFound()
    if thought.state != ThoughtState.WAITING:
        raise Conflict("Somebody decided on this thought meanwhile. Nothing was changed.")
    return thought
