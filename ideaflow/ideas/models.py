"""Tables of ideas: what was posted, who stands behind it, what was said about it, what it looks like."""

from typing import Any

from pgvector.sqlalchemy import HALFVEC
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    UniqueConstraint,
    and_,
    text,
)
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ideaflow.accounts.models import Account, Contact
from ideaflow.db import CreatedAt, Model, Moment, Name, Names, PrimaryKey, Vector
from ideaflow.ideas.policy import Audience, Importance, Status


class Category(Model):
    """What an idea is about. With segments it is a private board: nobody else sees what is in it."""

    __tablename__ = "idea_categories"

    id: Mapped[PrimaryKey]
    name: Mapped[Name] = mapped_column(unique=True)
    segments: Mapped[Names] = mapped_column(server_default="{}", default=list)  # None: for everybody.
    closed_at: Mapped[Moment | None]  # Takes no new ideas; what is in it stays.
    version: Mapped[int] = mapped_column(server_default="1", default=1)
    created_at: Mapped[CreatedAt]


class Idea(Model):
    """What a contact would like to have, in their words. Never edited; at most withdrawn, hidden or merged.

    A merged idea keeps its supports: those of ``home_id`` are counted over all ideas that live there, so
    that taking them apart gives each what it had.
    """

    __tablename__ = "ideas"
    __table_args__ = (
        CheckConstraint("title <> ''", name="title_not_empty"),
        CheckConstraint("merged_into_id <> id", name="not_merged_into_itself"),
        Index("ix_ideas_by_accounts", "account_count", "id"),
        Index("ix_ideas_newest", "posted_at", "id"),
    )

    id: Mapped[PrimaryKey]
    title: Mapped[Name]
    text: Mapped[str] = mapped_column(server_default="", default="")
    category_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("idea_categories.id"), index=True)
    contact_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("contacts.id"), index=True)
    account_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("accounts.id"), index=True)
    is_anonymous: Mapped[bool] = mapped_column(server_default="false", default=False)  # To other accounts.
    is_private: Mapped[bool] = mapped_column(
        server_default="false", default=False
    )  # To their account and us.
    segments: Mapped[Names] = mapped_column(server_default="{}", default=list)  # Narrower than the category.
    posted_at: Mapped[Moment]
    item_id: Mapped[int | None] = mapped_column(
        BigInteger, ForeignKey("feedback_items.id"), unique=True
    )  # The same words, on their way to a theme.

    status: Mapped[str] = mapped_column(String(20), server_default=Status.HEARD, default=Status.HEARD)
    status_note: Mapped[Name] = mapped_column(server_default="", default="")  # “planned for spring”
    answer: Mapped[str] = mapped_column(server_default="", default="")  # Ours, pinned above the comments.
    answered_by: Mapped[Name | None]
    answered_at: Mapped[Moment | None]

    merged_into_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("ideas.id"), index=True)
    home_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("ideas.id"), index=True)
    withdrawn_at: Mapped[Moment | None]  # By who posted it.
    hidden_at: Mapped[Moment | None]  # By one of ours.
    hidden_reason: Mapped[str] = mapped_column(server_default="", default="")

    account_count: Mapped[int] = mapped_column(server_default="0", default=0)
    must_count: Mapped[int] = mapped_column(server_default="0", default=0)
    important_count: Mapped[int] = mapped_column(server_default="0", default=0)
    nice_count: Mapped[int] = mapped_column(server_default="0", default=0)
    proxy_count: Mapped[int] = mapped_column(server_default="0", default=0)
    contact_count: Mapped[int] = mapped_column(server_default="0", default=0)
    comment_count: Mapped[int] = mapped_column(server_default="0", default=0)
    version: Mapped[int] = mapped_column(server_default="1", default=1)
    created_at: Mapped[CreatedAt]

    category: Mapped[Category | None] = relationship(lazy="raise")
    contact: Mapped[Contact] = relationship(lazy="raise")
    account: Mapped[Account | None] = relationship(lazy="raise")

    @hybrid_property
    def is_open(self) -> bool:
        """Return whether one can stand behind it and speak about it; in queries too."""
        return self.withdrawn_at is None and self.hidden_at is None and self.merged_into_id is None

    @is_open.inplace.expression
    @classmethod
    def _is_open_in_sql(cls) -> ColumnElement[bool]:
        return and_(cls.withdrawn_at.is_(None), cls.hidden_at.is_(None), cls.merged_into_id.is_(None))

    @property
    def audience(self) -> Audience:
        """Return who may see it; its category must have been loaded."""
        of_category = self.category.segments if self.category else []
        segments = (frozenset(self.segments), frozenset(of_category))
        return Audience(self.account_id if self.is_private else None, segments)


class Support(Model):
    """One contact stands behind one idea, and how much."""

    __tablename__ = "supports"
    __table_args__ = (
        UniqueConstraint("contact_id", "idea_id"),  # However often one presses.
        CheckConstraint("importance IN ('nice', 'important', 'must')", name="importance_known"),
        Index("ix_supports_idea_id_account_id", "idea_id", "account_id"),
    )

    id: Mapped[PrimaryKey]
    idea_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("ideas.id"))
    contact_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("contacts.id"))
    account_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("accounts.id"), index=True)
    importance: Mapped[str] = mapped_column(String(10), default=Importance.IMPORTANT)
    captured_by_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("users.id"))  # One of ours.
    captured_by: Mapped[Name | None]
    note: Mapped[str] = mapped_column(server_default="", default="")  # Where one of ours heard it.
    given_at: Mapped[Moment]

    contact: Mapped[Contact] = relationship(lazy="raise")
    account: Mapped[Account | None] = relationship(lazy="raise")
    idea: Mapped[Idea] = relationship(lazy="raise")


class Comment(Model):
    """What a contact, or one of ours, says about an idea."""

    __tablename__ = "idea_comments"
    __table_args__ = (
        CheckConstraint("text <> ''", name="text_not_empty"),
        CheckConstraint("(contact_id IS NULL) <> (user_id IS NULL)", name="one_speaker"),
        Index("ix_idea_comments_idea_id_said_at", "idea_id", "said_at"),
    )

    id: Mapped[PrimaryKey]
    idea_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("ideas.id"))
    contact_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("contacts.id"), index=True)
    account_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("accounts.id"))
    user_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("users.id"))
    user_name: Mapped[Name | None]
    text: Mapped[str]
    is_anonymous: Mapped[bool] = mapped_column(server_default="false", default=False)
    said_at: Mapped[Moment]
    withdrawn_at: Mapped[Moment | None]
    hidden_at: Mapped[Moment | None]
    hidden_reason: Mapped[str] = mapped_column(server_default="", default="")
    version: Mapped[int] = mapped_column(server_default="1", default=1)

    contact: Mapped[Contact | None] = relationship(lazy="raise")
    account: Mapped[Account | None] = relationship(lazy="raise")
    idea: Mapped[Idea] = relationship(lazy="raise")


class Report(Model):
    """A contact finds that one of ours should look at an idea or a comment."""

    __tablename__ = "idea_reports"
    __table_args__ = (
        # Once each; a report of the idea itself has no comment.
        Index("uq_idea_reports_once", "contact_id", "idea_id", text("coalesce(comment_id, 0)"), unique=True),
        Index("ix_idea_reports_open", "idea_id", postgresql_where=text("settled_at IS NULL")),
    )

    id: Mapped[PrimaryKey]
    idea_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("ideas.id"))
    comment_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("idea_comments.id"), index=True)
    contact_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("contacts.id"))
    reason: Mapped[str] = mapped_column(server_default="", default="")
    reported_at: Mapped[Moment]
    settled_at: Mapped[Moment | None]

    contact: Mapped[Contact] = relationship(lazy="raise")
    comment: Mapped[Comment | None] = relationship(lazy="raise")
    idea: Mapped[Idea] = relationship(lazy="raise")


class Picture(Model):
    """An image posted with an idea, drawn anew by us: nothing of the file that came is kept."""

    __tablename__ = "idea_pictures"

    id: Mapped[PrimaryKey]
    idea_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("ideas.id"), index=True)
    width: Mapped[int]
    height: Mapped[int]
    content_type: Mapped[str] = mapped_column(String(20))
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)  # Only read when it is served.


class IdeaVector(Model):
    """What an idea means, by the model the themes are made of."""

    __tablename__ = "idea_vectors"

    idea_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("ideas.id", ondelete="CASCADE"), primary_key=True
    )
    mean: Mapped[Vector]
    model: Mapped[Name]


class Look(Model):
    """Words a contact is typing, for as long as ideas like them are sought: minutes."""

    __tablename__ = "idea_looks"

    id: Mapped[PrimaryKey]
    contact_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("contacts.id"), index=True)
    text: Mapped[str]
    mean: Mapped[Any] = mapped_column(HALFVEC(), nullable=True)  # None: no worker has read it yet.
    model: Mapped[Name | None]
    asked_at: Mapped[Moment]
