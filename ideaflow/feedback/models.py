"""Tables of what customers said, in their words."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    String,
    UniqueConstraint,
    and_,
    text,
)
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ideaflow.accounts.models import Account, Case, Contact, Opportunity
from ideaflow.db import CreatedAt, Model, Moment, Name, PrimaryKey
from ideaflow.users.models import User

COUNTS = "withdrawn_at IS NULL AND superseded_by_id IS NULL"
"""``FeedbackItem.counts`` as the indexes have it."""


class FeedbackItem(Model):
    """One thing one customer said, in their words. Never edited; at most withdrawn or superseded.

    When a source changes the text of a record, a new item with the next ``revision`` takes its place
    and the old one points to it, so that every word once quoted can still be read.
    """

    __tablename__ = "feedback_items"
    __table_args__ = (
        UniqueConstraint("source", "source_id", "revision"),  # The same ticket imported twice is one item.
        CheckConstraint("text <> ''", name="text_not_empty"),
        # The list, newest first, and its count; most items count, those that do not are few.
        Index("ix_feedback_items_counting", "said_at", "id", postgresql_where=text(COUNTS)),
        Index("ix_feedback_items_not_counting", "id", postgresql_where=text(f"NOT ({COUNTS})")),
        # The queue of what has not been read for statements yet.
        Index("ix_feedback_items_unread", "id", postgresql_where=text("read_at IS NULL")),
    )

    id: Mapped[PrimaryKey]
    text: Mapped[str]
    subject: Mapped[str] = mapped_column(server_default="")  # What the record was called where it was said.
    part: Mapped[str] = mapped_column(
        String(20)
    )  # description, comment, lost_reason, won_reason, call_note, text
    source: Mapped[Name]  # zendesk, hubspot, salesforce, or what the importer was told.
    source_id: Mapped[Name]  # The record's id there, and the part: “48213#comment-2”.
    revision: Mapped[int] = mapped_column(default=1, server_default="1")
    said_at: Mapped[Moment]
    speaker_name: Mapped[Name | None]
    is_proxy: Mapped[bool] = mapped_column(default=False, server_default="false")  # Told by one of ours.
    account_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("accounts.id"), index=True)
    contact_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("contacts.id"), index=True)
    case_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("cases.id"), index=True)
    opportunity_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("opportunities.id"), index=True)
    created_at: Mapped[CreatedAt]
    read_at: Mapped[Moment | None] = mapped_column(default=None)  # When statements were drawn from it.
    withdrawn_at: Mapped[Moment | None] = mapped_column(default=None)
    superseded_by_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("feedback_items.id"))

    account: Mapped[Account | None] = relationship(lazy="raise")
    contact: Mapped[Contact | None] = relationship(lazy="raise")
    case: Mapped[Case | None] = relationship(lazy="raise")
    opportunity: Mapped[Opportunity | None] = relationship(lazy="raise")

    @hybrid_property
    def counts(self) -> bool:
        """Return whether this item still counts: neither withdrawn nor superseded; in queries too."""
        return self.withdrawn_at is None and self.superseded_by_id is None

    @counts.inplace.expression
    @classmethod
    def _counts_in_sql(cls) -> ColumnElement[bool]:
        return and_(cls.withdrawn_at.is_(None), cls.superseded_by_id.is_(None))


class ThoughtState(StrEnum):
    """What has become of a thought."""

    WAITING = "waiting"
    TAKEN = "taken"
    REFUSED = "refused"


class Thought(Model):
    """What somebody wrote into the widget on a web site; it counts once one of ours takes it."""

    __tablename__ = "thoughts"
    __table_args__ = (
        CheckConstraint("text <> ''", name="text_not_empty"),
        Index("ix_thoughts_waiting", "id", postgresql_where=text("state = 'waiting'")),
    )

    id: Mapped[PrimaryKey]
    text: Mapped[str]
    email: Mapped[Name] = mapped_column(server_default="")  # As they say; nobody has checked it.
    page: Mapped[str] = mapped_column(String(500), server_default="")  # Where the widget stood.
    language: Mapped[str] = mapped_column(String(10), server_default="")
    said_at: Mapped[Moment]
    state: Mapped[str] = mapped_column(String(10), default=ThoughtState.WAITING)
    item_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("feedback_items.id"), unique=True)


class Statement(Model):
    """One passage of a feedback item that makes one point: what is embedded and clustered."""

    __tablename__ = "statements"
    __table_args__ = (
        UniqueConstraint("item_id", "position"),
        CheckConstraint("begins_at >= 0 AND ends_at > begins_at", name="span_in_order"),
        Index("ix_statements_no_language", "id", postgresql_where=text("language IS NULL")),
        Index("ix_statements_text_md5", text("md5(text)")),
        Index("ix_statements_words", text("to_tsvector('simple'::regconfig, text)"), postgresql_using="gin"),
    )

    id: Mapped[PrimaryKey]
    item_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("feedback_items.id"))
    position: Mapped[int]
    text: Mapped[str]
    begins_at: Mapped[int]  # Characters from the start of the item's text.
    ends_at: Mapped[int]
    # Two letters; empty: too short to say, or none of those known; none: not looked at yet.
    language: Mapped[str | None] = mapped_column(String(3))

    item: Mapped[FeedbackItem] = relationship(lazy="raise")

    @property
    def said_at(self) -> datetime:
        return self.item.said_at


class Capture(Model):
    """A passage that one of ours marked as what the customer wishes; the words stay the item's."""

    __tablename__ = "captures"

    id: Mapped[PrimaryKey]
    item_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("feedback_items.id"), index=True)
    statement_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("statements.id"), unique=True)
    is_drawn: Mapped[bool]  # The statement was drawn for it; else the passage was one already.
    page_url: Mapped[str] = mapped_column(String(2000), server_default="", default="")  # Where it was read.
    captured_by_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("users.id"), index=True)
    captured_at: Mapped[Moment]

    item: Mapped[FeedbackItem] = relationship(lazy="raise")
    statement: Mapped[Statement] = relationship(lazy="raise")
    captured_by: Mapped[User] = relationship(lazy="raise")
