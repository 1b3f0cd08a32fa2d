"""Tables of the business we do with customers, as their own systems record it."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ideaflow.db import CreatedAt, Currency, Day, Model, Moment, Money, Name, PrimaryKey


class AccountKind(StrEnum):
    """Whether an account buys already."""

    CUSTOMER = "customer"
    PROSPECT = "prospect"


class OpportunityState(StrEnum):
    """What has become of a possible sale."""

    OPEN = "open"
    WON = "won"
    LOST = "lost"


class CaseKind(StrEnum):
    """A support matter, or a note of a talk with the customer."""

    CASE = "case"
    CALL = "call"


class Account(Model):
    """An organisation we do business with, or hope to."""

    __tablename__ = "accounts"

    id: Mapped[PrimaryKey]
    name: Mapped[Name]
    # The name without case, accents, punctuation and legal form: exports link records by name only.
    name_key: Mapped[Name] = mapped_column(unique=True)
    kind: Mapped[str] = mapped_column(String(20), default=AccountKind.CUSTOMER)
    domain: Mapped[Name | None]
    segment: Mapped[Name | None] = mapped_column(index=True)
    region: Mapped[Name | None] = mapped_column(index=True)
    revenue_amount: Mapped[Money | None]  # A year, what they pay us.
    currency: Mapped[Currency | None]
    renews_on: Mapped[Day | None]
    owner_name: Mapped[Name | None]  # As the CRM spells it.
    created_at: Mapped[CreatedAt]

    contacts: Mapped[list["Contact"]] = relationship(back_populates="account", lazy="raise")

    @property
    def revenue_or_zero(self) -> str:
        """Return the yearly revenue as the list's sort key."""
        return str(self.revenue_amount or 0)


class Contact(Model):
    """A person at an account."""

    __tablename__ = "contacts"

    id: Mapped[PrimaryKey]
    account_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("accounts.id"), index=True)
    name: Mapped[Name]
    email: Mapped[Name | None] = mapped_column(unique=True)  # In lower case.
    title: Mapped[Name | None]
    created_at: Mapped[CreatedAt]

    account: Mapped[Account | None] = relationship(back_populates="contacts", lazy="raise")


class SourceKey(Model):
    """What another system calls one of our accounts or contacts, so that its next file finds them."""

    __tablename__ = "source_keys"
    __table_args__ = (
        UniqueConstraint("table_name", "source", "source_id"),
        Index("ix_source_keys_table_name_record_id", "table_name", "record_id"),
    )

    id: Mapped[PrimaryKey]
    table_name: Mapped[str] = mapped_column(String(40))
    source: Mapped[Name]
    source_id: Mapped[Name]
    record_id: Mapped[int] = mapped_column(BigInteger)


class Opportunity(Model):
    """A possible sale to an account."""

    __tablename__ = "opportunities"
    __table_args__ = (UniqueConstraint("source", "source_id"),)

    id: Mapped[PrimaryKey]
    account_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("accounts.id"), index=True)
    name: Mapped[Name]
    amount: Mapped[Money | None]
    currency: Mapped[Currency | None]
    stage: Mapped[Name | None]
    state: Mapped[str] = mapped_column(String(10), default=OpportunityState.OPEN)
    closes_on: Mapped[Day | None]
    reason: Mapped[str | None]  # Why it was won or lost.
    owner_name: Mapped[Name | None]
    source: Mapped[Name]
    source_id: Mapped[Name]
    created_at: Mapped[CreatedAt]

    account: Mapped[Account | None] = relationship(lazy="raise")


class OpportunityStage(Model):
    """An opportunity was seen at a stage: written by each import, so that stages have a history."""

    __tablename__ = "opportunity_stages"
    __table_args__ = (UniqueConstraint("opportunity_id", "stage"),)

    id: Mapped[PrimaryKey]
    opportunity_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("opportunities.id"))
    stage: Mapped[Name] = mapped_column(index=True)
    seen_at: Mapped[CreatedAt]


class Case(Model):
    """A support matter or a call note, as the service desk recorded it."""

    __tablename__ = "cases"
    __table_args__ = (UniqueConstraint("source", "source_id"),)

    id: Mapped[PrimaryKey]
    kind: Mapped[str] = mapped_column(String(10), default=CaseKind.CASE)
    account_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("accounts.id"), index=True)
    contact_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("contacts.id"), index=True)
    subject: Mapped[str]
    status: Mapped[Name | None]
    priority: Mapped[Name | None]
    opened_at: Mapped[Moment | None]
    closed_at: Mapped[Moment | None]
    owner_name: Mapped[Name | None]
    source: Mapped[Name]
    source_id: Mapped[Name]
    created_at: Mapped[CreatedAt]

    account: Mapped[Account | None] = relationship(lazy="raise")
    contact: Mapped[Contact | None] = relationship(lazy="raise")

    @property
    def opened_or_added_at(self) -> datetime:
        """Return when it was opened, or else when we heard of it: the sort key of lists."""
        return self.opened_at or self.created_at

    @property
    def label(self) -> str:
        """Return what people call it: “case 48213”, “call note 2291”."""
        return f"{'call note' if self.kind == CaseKind.CALL else 'case'} {self.source_id}"


class OwnerOverride(Model):
    """Who of ours owns an account or opportunity while the CRM still names somebody who has left."""

    __tablename__ = "owner_overrides"
    __table_args__ = (CheckConstraint("num_nonnulls(account_id, opportunity_id) = 1", name="of_one_thing"),)

    id: Mapped[PrimaryKey]
    account_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("accounts.id"), unique=True)
    opportunity_id: Mapped[int | None] = mapped_column(
        BigInteger, ForeignKey("opportunities.id"), unique=True
    )
    named: Mapped[Name]  # Whom the CRM names, in lower case; when it names another, this row counts no more.
    user_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("users.id"), index=True)
    created_at: Mapped[CreatedAt]
