"""What one row of an export says, typed: an account, a contact, an opportunity, a case, and words."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

Kind = Literal["account", "contact", "opportunity", "case", "note"]
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
    lost_reason: str | None = None
    next_step: str | None = None


@dataclass(frozen=True, slots=True)
class CaseData:
    """A support matter."""

    external_id: str
    number: str
    subject: str | None = None
    status: str | None = None
    priority: str | None = None
    opened_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Words:
    """One thing a customer said, verbatim.

    :param part: what of the record it is: ``description``, ``comment 991``, ``lost reason``, ``note``.
    """

    part: str
    text: str
    said_at: datetime | None = None
    speaker: ContactData | None = None


@dataclass(frozen=True, slots=True)
class Record:
    """One row as linked pieces. ``(source, kind, source_id)`` says which record of the source it is."""

    row: int
    kind: Kind
    source: str
    source_id: str
    account: AccountData | None = None
    contact: ContactData | None = None
    opportunity: OpportunityData | None = None
    case: CaseData | None = None
    words: tuple[Words, ...] = ()

    @property
    def key(self) -> str:
        """Return what tells this record from all others of its source."""
        return f"{self.kind} {self.source_id}"

    def fingerprint(self) -> str:
        """Return a digest of all that the row says, whatever row it stands in.

        Equal digests mean that nothing changed since the record was last imported.
        """
        content = asdict(self)
        del content["row"]
        plain = json.dumps(content, sort_keys=True, default=str, ensure_ascii=True)
        return hashlib.sha256(plain.encode()).hexdigest()
