"""What another machine proposed a theme be called, and what became of it."""

from enum import StrEnum

from sqlalchemy import BigInteger, ForeignKey, String
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from ideaflow.db import CreatedAt, Model, Moment, Name, PrimaryKey


class SuggestionState(StrEnum):
    """What became of a proposed name."""

    PROPOSED = "proposed"  # Grounded in quotes; waits for a person.
    ACCEPTED = "accepted"
    REJECTED = "rejected"  # By a person.
    UNGROUNDED = "ungrounded"  # Never shown: says what the quotes do not.
    FAILED = "failed"  # No answer came.


class ThemeSuggestion(Model):
    """One answer of a model about one theme.

    :ivar shown_ids: the statements it was shown, in this order.
    :ivar cited_ids: those it cites.
    :ivar reason: why it is not shown, for those that are not.
    """

    __tablename__ = "theme_suggestions"

    id: Mapped[PrimaryKey]
    theme_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("themes.id"), index=True)
    state: Mapped[str] = mapped_column(String(12))
    model: Mapped[Name]
    title: Mapped[Name] = mapped_column(server_default="", default="")
    summary: Mapped[str] = mapped_column(server_default="", default="")
    shown_ids: Mapped[list[int]] = mapped_column(ARRAY(BigInteger), server_default="{}", default=list)
    cited_ids: Mapped[list[int]] = mapped_column(ARRAY(BigInteger), server_default="{}", default=list)
    reason: Mapped[str] = mapped_column(server_default="", default="")
    created_at: Mapped[CreatedAt]
    decided_at: Mapped[Moment | None]
