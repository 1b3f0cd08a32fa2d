"""What one row of an export says, typed: an account, a contact, an opportunity, a case, and words."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from ideaflow.accounts.facts import AccountData, CaseData, ContactData, OpportunityData
from ideaflow.market.facts import MarketData

Kind = Literal[
    "account", "contact", "opportunity", "case", "note",
    "price_book", "price", "training", "partner", "certificate", "seller", "rate",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Words:
    """One thing a customer said, verbatim.

    :param part: what of the record it is: description, comment, lost_reason, won_reason, call_note, text.
    :param place: which one of several, for instance a comment's id.
    :param is_proxy: whether one of ours wrote it down for the customer.
    """

    part: str
    text: str
    said_at: datetime | None = None
    speaker: ContactData | None = None
    place: str = ""
    is_proxy: bool = False


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
    subject: str | None = None
    market: MarketData | None = None

    @property
    def key(self) -> str:
        """Return what tells this record from all others of its source."""
        return f"{self.kind} {self.source_id}"

    def id_of(self, words: Words) -> str:
        """Return what tells one piece of words from all others of the source: ``48213#comment-2``."""
        record = self.source_id if self.kind == "case" else self.key
        part = words.part.replace("_", "-")
        return f"{record}#{part}-{words.place}" if words.place else f"{record}#{part}"

    def fingerprint(self) -> str:
        """Return a digest of all that the row says, whatever row it stands in.

        Equal digests mean that nothing changed since the record was last imported.
        """
        if self.market is not None:
            content: tuple[object, ...] = (self.market,)
        else:
            content = (self.account, self.contact, self.opportunity, self.case, self.words, self.subject)
        return hashlib.sha256(repr((self.source, self.key, *content)).encode("utf-8", "replace")).hexdigest()
