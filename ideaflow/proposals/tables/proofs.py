"""What is known from outside themes and the CRM: studies with customers, and moves of competitors."""

from datetime import date

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from ideaflow.db import CreatedAt, Day, Model, Name, PrimaryKey
from ideaflow.proposals.proofs.terms import MoveKind, Outcome, StudyMethod


class Study(Model):
    """What was tried or asked with customers, how many took part, and what came out."""

    __tablename__ = "studies"
    __table_args__ = (
        CheckConstraint("title <> '' AND finding <> ''", name="says_what_came_out"),
        CheckConstraint("participant_count >= account_count AND account_count >= 0", name="counts_fit"),
    )

    id: Mapped[PrimaryKey]
    title: Mapped[Name]
    method: Mapped[str] = mapped_column(String(20))
    outcome: Mapped[str] = mapped_column(String(20))
    finding: Mapped[Name]
    participant_count: Mapped[int]
    account_count: Mapped[int]
    held_on: Mapped[Day]
    url: Mapped[str] = mapped_column(String(2000), server_default="", default="")
    version: Mapped[int] = mapped_column(server_default="1", default=1)
    created_at: Mapped[CreatedAt]

    @property
    def words(self) -> str:
        """Return method and outcome as one reads them: “concept test, speaks for it”."""
        return f"{StudyMethod(self.method).words}, {Outcome(self.outcome).words}"


class CompetitorMove(Model):
    """What a competitor did, or is said to do, on a day or within a span of days, and how sure we are."""

    __tablename__ = "competitor_moves"
    __table_args__ = (
        CheckConstraint("competitor <> '' AND title <> ''", name="says_who_and_what"),
        CheckConstraint("sureness BETWEEN 0 AND 1", name="sureness_is_share"),
        CheckConstraint("until_on IS NULL OR until_on >= begins_on", name="days_in_order"),
    )

    id: Mapped[PrimaryKey]
    competitor: Mapped[Name]
    title: Mapped[Name]
    kind: Mapped[str] = mapped_column(String(20))
    begins_on: Mapped[Day]
    until_on: Mapped[date | None]
    sureness: Mapped[float]
    source: Mapped[Name] = mapped_column(server_default="", default="")  # “talk at a trade fair, 4 November”.
    url: Mapped[str] = mapped_column(String(2000), server_default="", default="")
    theme_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("themes.id"), index=True)
    version: Mapped[int] = mapped_column(server_default="1", default=1)
    created_at: Mapped[CreatedAt]

    @property
    def name(self) -> str:
        return f"{self.competitor}: {self.title}"[:300]

    @property
    def words(self) -> str:
        return MoveKind(self.kind).words
