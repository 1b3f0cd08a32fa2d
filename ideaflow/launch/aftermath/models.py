"""Tables of what a launch became: its look back, and the stories of customers who agreed to be named."""

from enum import StrEnum

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ideaflow.accounts.models import Account, Opportunity
from ideaflow.db import Day, Model, Moment, Name, PrimaryKey


class Verdict(StrEnum):
    """How the benefit came out against what was hoped for."""

    REACHED = "reached"
    PARTLY = "partly"
    MISSED = "missed"

    @property
    def words(self) -> str:
        return {"reached": "reached", "partly": "partly reached", "missed": "missed"}[self.value]


class LookBack(Model):
    """What became of one launch. It is closed once its benefit has been measured."""

    __tablename__ = "look_backs"
    __table_args__ = (
        CheckConstraint("verdict IN ('', 'reached', 'partly', 'missed')", name="verdict_is_known"),
        CheckConstraint(
            "closed_at IS NULL OR (verdict <> '' AND realised <> '')", name="closed_when_measured"
        ),
    )

    launch_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("launches.id"), primary_key=True, autoincrement=False
    )
    first_sale_on: Mapped[Day | None]
    first_sale_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("opportunities.id"))
    realised: Mapped[Name] = mapped_column(server_default="", default="")  # In the metric that was hoped for.
    measured_on: Mapped[Day | None]
    source_url: Mapped[str] = mapped_column(String(2000), server_default="", default="")
    verdict: Mapped[str] = mapped_column(String(10), server_default="", default="")
    learned: Mapped[str] = mapped_column(server_default="", default="")
    closed_at: Mapped[Moment | None] = mapped_column(default=None)
    closed_by_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("users.id"))
    version: Mapped[int] = mapped_column(server_default="1", default=1)

    first_sale: Mapped[Opportunity | None] = relationship(lazy="raise")

    name = "What became of it"  # As notices call it.


class SuccessStory(Model):
    """What it did for one customer, who agreed to be named; who agreed, and when, stands beside it."""

    __tablename__ = "success_stories"
    __table_args__ = (
        CheckConstraint("words <> ''", name="words_not_empty"),
        CheckConstraint("agreed_by <> ''", name="somebody_agreed"),
    )

    id: Mapped[PrimaryKey]
    launch_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("launches.id"), index=True)
    account_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("accounts.id"))
    words: Mapped[str]
    agreed_by: Mapped[Name]
    agreed_on: Mapped[Day]
    source_url: Mapped[str] = mapped_column(String(2000), server_default="", default="")
    added_by_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("users.id"))
    added_at: Mapped[Moment]
    withdrawn_at: Mapped[Moment | None] = mapped_column(default=None)  # They agree no more.

    account: Mapped[Account] = relationship(lazy="raise")
