"""The table of questions about themes: what the engine would like to know from a human."""

from enum import StrEnum

from sqlalchemy import ARRAY, BigInteger, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from ideaflow.db import Model, Moment, Name, PrimaryKey


class QuestionKind(StrEnum):
    """What is asked."""

    SAME = "same"  # Is this theme one of its own, or the same as another?
    BELONGS = "belongs"  # Do these statements belong to their theme, or to which?


class Answer(StrEnum):
    """What a human said; empty while the question is open."""

    OPEN = ""
    STAYS = "stays"  # It is as it should be.
    ELSEWHERE = "elsewhere"  # It belongs to another theme.
    OWN = "own"  # These statements are a theme of their own.
    UNSURE = "unsure"


class ThemeQuestion(Model):
    """One question; an answer becomes a correction, or is remembered so that nobody is asked twice."""

    __tablename__ = "theme_questions"
    __table_args__ = (Index("ix_theme_questions_answer_place", "answer", "place"),)

    id: Mapped[PrimaryKey]
    kind: Mapped[str] = mapped_column(String(10))
    theme_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("themes.id"), index=True)
    # The theme it was answered with: where what was asked about belongs instead.
    other_theme_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("themes.id"), index=True)
    # Where it may belong instead, the likeliest first.
    candidate_ids: Mapped[list[int]] = mapped_column(ARRAY(BigInteger), server_default="{}", default=list)
    # What another answer than the engine's would move.
    statement_ids: Mapped[list[int]] = mapped_column(ARRAY(BigInteger), server_default="{}", default=list)
    example_ids: Mapped[list[int]] = mapped_column(ARRAY(BigInteger), server_default="{}", default=list)
    beside_ids: Mapped[list[int]] = mapped_column(ARRAY(BigInteger), server_default="{}", default=list)
    place: Mapped[int]  # Counted from 0: the question that helps most.
    answer: Mapped[str] = mapped_column(String(10), server_default="", default=Answer.OPEN)
    answered_at: Mapped[Moment | None]
    answered_by_name: Mapped[Name] = mapped_column(server_default="", default="")
    correction_id: Mapped[int | None] = mapped_column(
        BigInteger, ForeignKey("theme_corrections.id"), index=True
    )
    made_at: Mapped[Moment]
