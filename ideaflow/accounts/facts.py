"""What another system says about accounts, contacts, opportunities and cases: typed, not yet stored."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

Outcome = Literal["open", "won", "lost"]
AccountType = Literal["customer", "prospect"]


@dataclass(frozen=True, slots=True)
class AccountData:
    """An organisation; ``external_id`` is its key in the source, the name ties it where there is none."""

    name: str | None = None
    external_id: str | None = None
    domain: str | None = None
    segment: str | None = None
    region: str | None = None
    annual_revenue: Decimal | None = None
    currency: str | None = None
    owner: str | None = None
    type: AccountType | None = None
    renewal_on: date | None = None


@dataclass(frozen=True, slots=True)
class ContactData:
    """A person at an account."""

    name: str | None = None
    email: str | None = None
    title: str | None = None
    external_id: str | None = None


@dataclass(frozen=True, slots=True)
class OpportunityData:
    """A possible sale."""

    external_id: str
    name: str
    amount: Decimal | None = None
    currency: str | None = None
    stage: str | None = None
    close_on: date | None = None
    outcome: Outcome = "open"
    reason: str | None = None
    owner: str | None = None


@dataclass(frozen=True, slots=True)
class CaseData:
    """A support matter, or the note of a call."""

    external_id: str
    subject: str | None = None
    status: str | None = None
    priority: str | None = None
    opened_at: datetime | None = None
    closed_at: datetime | None = None
    owner: str | None = None
    is_call: bool = False
