"""Tables of the way back: what customers read of decisions, and whether what was built helped them."""

from enum import StrEnum

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ideaflow.db import Model, Moment, PrimaryKey
from ideaflow.gates.models import GateReview
from ideaflow.users.models import User


class Answer(StrEnum):
    """What a contact says to “did it solve it?”."""

    YES = "yes"
    PARTLY = "partly"
    NO = "no"


class DecisionWords(Model):
    """What customers read of a decision. Until there is a row, they read the words of its notice, if any."""

    __tablename__ = "decision_words"
    __table_args__ = (CheckConstraint("words <> ''", name="words_not_empty"),)

    id: Mapped[PrimaryKey]
    review_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("gate_reviews.id"), unique=True)
    words: Mapped[str]
    version: Mapped[int] = mapped_column(server_default="1", default=1)
    written_by_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("users.id"))
    written_at: Mapped[Moment]

    review: Mapped[GateReview] = relationship(lazy="raise")
    written_by: Mapped[User | None] = relationship(lazy="raise")


class Confirmation(Model):
    """Whether what was built solved it, as one contact says; said again, the last word counts."""

    __tablename__ = "confirmations"
    __table_args__ = (
        UniqueConstraint("contact_id", "proposal_id"),
        CheckConstraint("answer IN ('yes', 'partly', 'no')", name="answer_is_known"),
    )

    id: Mapped[PrimaryKey]
    contact_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("contacts.id"))
    proposal_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("proposals.id"), index=True)
    item_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("feedback_items.id"))
    answer: Mapped[str] = mapped_column(String(10))
    words: Mapped[str] = mapped_column(server_default="", default="")
    version: Mapped[int] = mapped_column(server_default="1", default=1)
    answered_at: Mapped[Moment]
