"""Which moves of competitors a launch races."""

from sqlalchemy import BigInteger, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ideaflow.db import Model, Moment, PrimaryKey
from ideaflow.proposals.models import CompetitorMove


class LaunchMove(Model):
    """A competitor's move that somebody tied to a launch; those its proposal cites need no row."""

    __tablename__ = "launch_moves"
    __table_args__ = (UniqueConstraint("launch_id", "move_id"),)

    id: Mapped[PrimaryKey]
    launch_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("launches.id"))
    move_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("competitor_moves.id"), index=True)
    tied_by_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("users.id"))
    tied_at: Mapped[Moment]

    move: Mapped[CompetitorMove] = relationship(lazy="raise")
