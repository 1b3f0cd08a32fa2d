"""Arenas: the fields our strategy names, each with the share of spending it is meant to get."""

from sqlalchemy import CheckConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from ideaflow.db import CreatedAt, Model, Moment, PrimaryKey

LONGEST_NAME = 120


class Arena(Model):
    """One field of our strategy. Proposals hold its name, which follows when it is renamed."""

    __tablename__ = "arenas"
    __table_args__ = (
        CheckConstraint("name <> ''", name="name_not_empty"),
        CheckConstraint("target_share BETWEEN 0 AND 1", name="target_is_share"),
    )

    id: Mapped[PrimaryKey]
    name: Mapped[str] = mapped_column(String(LONGEST_NAME), unique=True)
    purpose: Mapped[str] = mapped_column(server_default="", default="")
    target_share: Mapped[float | None]  # Of what is asked for by live proposals; None: not said.
    closed_at: Mapped[Moment | None] = mapped_column(default=None)  # No proposal can choose it any more.
    version: Mapped[int] = mapped_column(server_default="1", default=1)
    created_at: Mapped[CreatedAt]

    @property
    def is_open(self) -> bool:
        return self.closed_at is None
