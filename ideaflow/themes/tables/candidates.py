"""The table of what might be new themes."""

from decimal import Decimal
from enum import StrEnum

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from ideaflow.db import CreatedAt, Model, Moment, Money, Name, PrimaryKey


class CandidateState(StrEnum):
    """What became of a group of statements that might be a theme."""

    OPEN = "open"
    ACCEPTED = "accepted"  # It is a theme now, or part of one.
    REJECTED = "rejected"  # By a user: offered again only when it has grown by half.
    GONE = "gone"  # Its statements joined themes, or lie together no more.


class CandidateKind(StrEnum):
    """What is asked."""

    NEW = "new"  # Is this group of the pool a theme?
    SPLIT = "split"  # Should this part of a theme that somebody holds be a theme of its own?
    MERGE = "merge"  # Are these two themes that people hold the same?


class ThemeCandidate(Model):
    """A question about statements that only a human may answer. Keeps its number while it lasts.

    A dense group of the pool is perhaps a new theme; a run perhaps found a held theme in parts,
    or two as one.
    """

    __tablename__ = "theme_candidates"
    __table_args__ = (
        CheckConstraint("title <> ''", name="title_not_empty"),
        Index("ix_theme_candidates_state", "state", "id"),
    )

    id: Mapped[PrimaryKey]
    state: Mapped[str] = mapped_column(String(10), server_default="open", default=CandidateState.OPEN)
    kind: Mapped[str] = mapped_column(String(10), server_default="new", default=CandidateKind.NEW)
    of_theme_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("themes.id"))
    other_theme_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("themes.id"))
    title: Mapped[Name]
    statement_ids: Mapped[list[int]] = mapped_column(ARRAY(BigInteger), server_default="{}", default=list)
    # The most typical of them, most typical first.
    quote_statement_ids: Mapped[list[int]] = mapped_column(
        ARRAY(BigInteger), server_default="{}", default=list
    )
    account_count: Mapped[int] = mapped_column(server_default="0", default=0)
    revenue_amount: Mapped[Money] = mapped_column(server_default="0", default=Decimal(0))
    likeness: Mapped[float] = mapped_column(server_default="0", default=0.0)  # Mean cosine to their centre.
    pool_likeness: Mapped[float] = mapped_column(
        server_default="0", default=0.0
    )  # Of the rest of the pool to it.
    first_said_at: Mapped[Moment]
    last_said_at: Mapped[Moment]
    created_at: Mapped[CreatedAt]
    seen_at: Mapped[Moment] = mapped_column(server_default=text("now()"))  # When it was last found.
    decided_at: Mapped[Moment | None]
    decided_by_name: Mapped[Name | None]
    decided_count: Mapped[int | None]  # How many statements it had when it was rejected.
    reason: Mapped[str] = mapped_column(server_default="", default="")
    theme_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("themes.id"))
    correction_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("theme_corrections.id"))
