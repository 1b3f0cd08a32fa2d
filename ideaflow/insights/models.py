"""The table of what work is meant to divide over, beside arenas, which hold their own targets."""

from sqlalchemy import CheckConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from ideaflow.db import Json, Model, Moment, PrimaryKey
from ideaflow.insights.mix import DIMENSION_WORDS, PARTS, Dimension


class BalanceTarget(Model):
    """Which share each part of one dimension is meant to get; a part that is not named has no target.

    ``version`` is counted up by each change, so that two who edit at once do not overwrite each other.
    """

    __tablename__ = "balance_targets"
    __table_args__ = (
        CheckConstraint(
            f"dimension IN ({', '.join(repr(one.value) for one in PARTS)})", name="dimension_is_known"
        ),
    )

    id: Mapped[PrimaryKey]
    dimension: Mapped[str] = mapped_column(String(20), unique=True)
    shares: Mapped[Json]
    version: Mapped[int] = mapped_column(server_default="0", default=0)
    changed_at: Mapped[Moment]

    @property
    def name(self) -> str:
        return f"Targets by {DIMENSION_WORDS[Dimension(self.dimension)].lower()}"
