"""Capture a wish: mark the passage of an item that is one, or write down what was said elsewhere."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from ideaflow import audit
from ideaflow.audit import Actor
from ideaflow.clock import now
from ideaflow.db import db, transaction
from ideaflow.errors import Conflict, Forbidden, Invalid, NotFound
from ideaflow.feedback.imports import ItemData, import_items, tell_new_items
from ideaflow.feedback.models import Capture, FeedbackItem, Statement
from ideaflow.feedback.sentences import Span, is_same, joined, trimmed

SOURCE = "captured"
LONGEST, LONGEST_KEY = 2_000, 100


@dataclass(frozen=True)
class Heard:
    """What was heard outside of our records, and from whom.

    :param key: what its form was given; the same form sent twice is one wish. Empty: it was given nothing.
    :param is_verbatim: these are the customer's own words; else one of ours wrote down what was meant.
    """

    key: str
    words: str
    is_verbatim: bool
    page_url: str = ""
    page_title: str = ""
    speaker_name: str | None = None
    account_id: int | None = None
    contact_id: int | None = None
    case_id: int | None = None
    opportunity_id: int | None = None


def capture(item_id: int, spans: Sequence[Span], *, page_url: str = "", by: Actor) -> list[Capture]:
    """Mark passages of an item as wishes; passages side by side are one. What is marked already stays so.

    :raises NotFound: there is no such item.
    :raises Conflict: the item counts no more.
    :raises Invalid: nothing was marked, or too much at once.
    """
    with transaction() as session:
        item = session.get(FeedbackItem, item_id, with_for_update=True)
        if item is None:
            raise NotFound()
        if not item.counts:
            raise Conflict("These words count no more: they were withdrawn, or the source changed them.")
        inside = [span for one in spans if (span := trimmed(item.text, one)) is not None]
        wanted = joined(item.text, inside)
        if not wanted:
            raise Invalid("Mark the sentence that is the wish, then capture it.")
        if any(span.ends_at - span.begins_at > LONGEST for span in wanted):
            raise Invalid(f"One wish may have {LONGEST:,} characters. Mark the sentence that says it.")
        made = [_mark(session, item, span, page_url, by) for span in wanted]
        tell_new_items()
    return made


def write_down(heard: Heard, *, by: Actor) -> Capture:
    """Keep what was heard as a feedback item that is a wish as a whole.

    :raises Invalid: there are no words, or too many.
    """
    words = heard.words.strip()
    if not words or len(words) > LONGEST:
        reason = f"One wish may have {LONGEST:,} characters." if words else "Write what they said."
        raise Invalid(reason, [{"field": "words", "reason": reason}])
    # Each user's keys are their own: nobody writes over what another captured.
    key = f"{by.id}-{heard.key or secrets.token_urlsafe(12)}"[:LONGEST_KEY]
    with transaction() as session:
        facts = ItemData(
            source_id=key, part="text", text=words, said_at=now(), subject=heard.page_title[:300],
            speaker_name=heard.speaker_name, is_proxy=not heard.is_verbatim, account_id=heard.account_id,
            contact_id=heard.contact_id, case_id=heard.case_id, opportunity_id=heard.opportunity_id,
        )  # fmt: skip
        import_items(session, SOURCE, [facts])
        item = session.scalars(
            select(FeedbackItem)
            .where(FeedbackItem.source == SOURCE, FeedbackItem.source_id == key)
            .order_by(FeedbackItem.revision.desc())
            .limit(1)
            .with_for_update()
        ).one()
        item.read_at = item.read_at or now()  # A person said what its statement is.
        made = _mark(session, item, Span(0, len(words)), heard.page_url, by)
        tell_new_items()
    return made


def release(capture_id: int, *, may_others: bool, by: Actor) -> FeedbackItem:
    """Take back that a passage is a wish; whoever captured it may, and who triages.

    :returns: the item, whose words stay.
    :raises NotFound: there is no such capture.
    :raises Forbidden: somebody else captured it.
    """
    with transaction() as session:
        made = session.get(Capture, capture_id, with_for_update=True)
        if made is None:
            raise NotFound()
        if made.captured_by_id != by.id and not may_others:
            raise Forbidden("Somebody else captured this. They can take it back, or who triages can.")
        item = session.get_one(FeedbackItem, made.item_id)
        statement = session.get_one(Statement, made.statement_id)
        audit.record(by, "feedback.release_wish", item, before={"words": statement.text})
        session.delete(made)
        session.flush()
        if made.is_drawn and item.source != SOURCE:
            _undraw(session, statement)
    return item


def _mark(session: Session, item: FeedbackItem, span: Span, page_url: str, by: Actor) -> Capture:
    """Return the capture of a passage: the one there is, of a statement there is, or of a new one."""
    statements = session.scalars(select(Statement).where(Statement.item_id == item.id)).all()
    same = next((one for one in statements if is_same(span, Span(one.begins_at, one.ends_at))), None)
    if same is not None:
        known = session.scalar(select(Capture).where(Capture.statement_id == same.id))
        if known is not None:
            return known
    statement = same or _draw(session, item, span)
    made = Capture(
        item_id=item.id, statement_id=statement.id, is_drawn=same is None, page_url=page_url[:2000],
        captured_by_id=by.id, captured_at=now(),
    )  # fmt: skip
    session.add(made)
    session.flush()
    audit.record(by, "feedback.capture_wish", item, after={"words": statement.text})
    return made


def _draw(session: Session, item: FeedbackItem, span: Span) -> Statement:
    last = session.scalar(select(func.max(Statement.position)).where(Statement.item_id == item.id))
    statement = Statement(
        item_id=item.id, position=MARKED if last is None or last < MARKED else last + 1,
        text=span.of(item.text), begins_at=span.begins_at, ends_at=span.ends_at,
    )  # fmt: skip
    session.add(statement)
    session.flush()
    return statement


MARKED = 100_000
"""Positions of passages that people marked: behind any that are drawn later from an item not read yet."""


def _undraw(session: Session, statement: Statement) -> None:
    """Take away a statement that was drawn for a capture, unless something else speaks of it by now."""
    try:
        with session.begin_nested():
            session.delete(statement)
            session.flush()
    except IntegrityError:
        db.session.expire(statement)
