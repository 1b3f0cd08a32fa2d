"""The table of decisions about many themes at once."""

from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, Integer, String
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from ideaflow.db import Json, Model, Moment, Name, PrimaryKey


class BatchVerb(StrEnum):
    """What is decided about each of many themes."""

    WATCH = "watch"
    DISMISS = "dismiss"
    OWNER = "owner"
    RESTORE = "restore"


class BatchState(StrEnum):
    """How far a batch has come."""

    GOING = "going"
    DONE = "done"
    UNDOING = "undoing"
    UNDONE = "undone"


class ThemeBatch(Model):
    """One decision about many themes: each of them a correction, all of them undone by one undo.

    :ivar theme_ids: the themes it is about, with the ``versions`` that were seen, in the same order.
    :ivar words: what was decided, as history tells it: “dismissed 84 themes: Too vague to act on”.
    :ivar asked: reason or owner of the decision.
    :ivar done_count: how many of them were looked at so far, in the state it is in.
    :ivar skipped: ``[theme, why]`` for each that stayed as it was.
    """

    __tablename__ = "theme_batches"
    __table_args__ = (
        CheckConstraint("cardinality(theme_ids) = cardinality(versions)", name="a_version_each"),
        Index("ix_theme_batches_user_id", "user_id", "id"),
    )

    id: Mapped[PrimaryKey]
    verb: Mapped[str] = mapped_column(String(10))
    state: Mapped[str] = mapped_column(String(10), default=BatchState.GOING)
    words: Mapped[Name]
    asked: Mapped[Json] = mapped_column(JSONB, server_default="{}", default=dict)
    theme_ids: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))
    versions: Mapped[list[int]] = mapped_column(ARRAY(Integer))
    done_count: Mapped[int] = mapped_column(server_default="0", default=0)
    skipped: Mapped[list[Any]] = mapped_column(JSONB, server_default="[]", default=list)
    user_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("users.id"))
    user_name: Mapped[Name]
    made_at: Mapped[Moment]
    undone_at: Mapped[Moment | None]
    undone_by_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("users.id"))
    undone_by_name: Mapped[Name] = mapped_column(server_default="", default="")

    @property
    def title(self) -> str:
        return self.words

    @property
    def is_under_way(self) -> bool:
        return self.state in (BatchState.GOING, BatchState.UNDOING)
