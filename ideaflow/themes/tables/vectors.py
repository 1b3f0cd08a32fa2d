"""Tables of vectors: those of the model in use, and those of the model that comes."""

from sqlalchemy import BigInteger, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from ideaflow.db import Model, Moment, Name, Vector


class StatementVector(Model):
    """Two views of a statement's meaning; kept, so that no text is encoded twice."""

    __tablename__ = "statement_vectors"
    __table_args__ = (
        Index("ix_statement_vectors_unsorted", "statement_id", postgresql_where=text("sorted_at IS NULL")),
    )

    statement_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("statements.id", ondelete="CASCADE"), primary_key=True
    )
    mean: Mapped[Vector]
    mean4: Mapped[Vector]
    model: Mapped[Name]
    # The earlier statement of the same account that says nearly the same words: counts once.
    echo_of_id: Mapped[int | None] = mapped_column(
        BigInteger, ForeignKey("statements.id", ondelete="SET NULL"), index=True
    )
    sorted_at: Mapped[Moment | None]  # When a theme was last sought for it.


class ComingVector(Model):
    """A vector of the model that a run changes to; waits here until all are there."""

    __tablename__ = "coming_vectors"

    statement_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("statements.id", ondelete="CASCADE"), primary_key=True
    )
    mean: Mapped[Vector]
    mean4: Mapped[Vector]
    model: Mapped[Name]
