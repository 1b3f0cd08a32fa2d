"""What one owner asked another: that two proposals become one."""

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from ideaflow.db import Model, Moment, PrimaryKey


class MergeRequest(Model):
    """A proposal is to live on in another, once the other owner agrees. At most one waits for each."""

    __tablename__ = "merge_requests"
    __table_args__ = (
        CheckConstraint("source_id <> target_id", name="two_proposals"),
        CheckConstraint("reason <> ''", name="for_a_reason"),
        Index(
            "uq_merge_requests_source_id", "source_id", unique=True,
            postgresql_where=text("answered_at IS NULL"),
        ),
    )  # fmt: skip

    id: Mapped[PrimaryKey]
    source_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("proposals.id"))
    target_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("proposals.id"), index=True)
    reason: Mapped[str]
    asked_by_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("users.id"))
    asked_at: Mapped[Moment]
    answered_at: Mapped[Moment | None] = mapped_column(default=None)
    is_accepted: Mapped[bool | None] = mapped_column(default=None)
