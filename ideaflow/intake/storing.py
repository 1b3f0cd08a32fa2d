"""One batch of records into the database: linked accounts, contacts, opportunities, cases, feedback items."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from ideaflow.accounts.business import import_cases, import_opportunities
from ideaflow.accounts.facts import ContactData
from ideaflow.accounts.imports import import_accounts, import_contacts
from ideaflow.accounts.models import Account, Case, Contact, Opportunity, SourceKey
from ideaflow.audit import Actor
from ideaflow.db import Model
from ideaflow.feedback.imports import ItemData, import_items
from ideaflow.feedback.models import FeedbackItem
from ideaflow.intake.cells import Recipe
from ideaflow.intake.models import Import, ImportedRecord
from ideaflow.intake.records import Kind, Record
from ideaflow.intake.rows import Rejected
from ideaflow.market import imports as market
from ideaflow.market.hooks import Said
from ideaflow.market.models import (
    ExchangeRate,
    Partner,
    PartnerCell,
    PartnerCertificate,
    PriceBook,
    PriceBookCell,
    PriceEntry,
    PriceTurn,
    Seller,
    TrainingRecord,
)

SERVICE_DESKS = frozenset({"zendesk"})


@dataclass(frozen=True, slots=True)
class Stored:
    """What became of a batch: records that were new or changed, records that were not, new feedback items."""

    accepted: int
    unchanged: int
    items: int


_TABLES: dict[Kind, tuple[type[Model], ...]] = {
    "price_book": (PriceBook, PriceBookCell), "price": (PriceBook, PriceBookCell, PriceEntry, PriceTurn),
    "training": (TrainingRecord,), "certificate": (Partner, PartnerCertificate),
    "partner": (Partner, PartnerCell), "seller": (Seller,), "rate": (ExchangeRate,),
}  # fmt: skip
_RECORDS: tuple[type[Model], ...] = (Account, SourceKey, Contact, Opportunity, Case, FeedbackItem)


def tables_of(kind: Kind) -> list[str]:
    """Return the names of the tables that records of a kind fill.

    After many rows the database counts them by itself within a minute; until then it takes the tables for
    empty and lists are slow, so whoever brings many counts at once.
    """
    filled: list[type[Model]] = [*_TABLES.get(kind, _RECORDS), ImportedRecord]
    return [table.__tablename__ for table in filled]


def judged(records: Sequence[Record], recipe: Recipe) -> list[Record | Rejected]:
    """Reject the records that name a channel or region we do not have; asks only where records name some."""
    refusals = market.refusals([record.market for record in records])
    return [
        record if refusal is None else Rejected(record.row, recipe.mapping.get(refusal[0], ""), refusal[1])
        for record, refusal in zip(records, refusals, strict=True)
    ]


def fingerprints(session: Session, records: Sequence[Record]) -> dict[str, str]:
    """Return what is known already of these records: key to fingerprint."""
    if not records:
        return {}
    rows = session.execute(
        select(ImportedRecord.record_key, ImportedRecord.fingerprint).where(
            ImportedRecord.source == records[0].source,
            ImportedRecord.record_key.in_([record.key for record in records]),
        )
    )
    return {row[0]: row[1] for row in rows}


def store(session: Session, import_id: int, records: Sequence[Record], now: datetime) -> Stored:
    """Store the records of one source that are new or changed, inside the caller's transaction.

    :param now: when words were said whose record does not tell.
    """
    known = fingerprints(session, records)
    digests = {record.key: record.fingerprint() for record in records}
    fresh = [record for record in records if known.get(record.key) != digests[record.key]]
    if not fresh:
        return Stored(0, len(records), 0)
    if any(record.market is not None for record in fresh):
        items = _write_market(session, import_id, fresh, now)
    else:
        items = _write(session, fresh[0].source, fresh, now)
    session.flush()
    values = [
        {
            "source": record.source,
            "record_key": record.key,
            "fingerprint": digests[record.key],
            "import_id": import_id,
        }
        for record in fresh
    ]
    statement = insert(ImportedRecord)
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["source", "record_key"],
            set_={"fingerprint": statement.excluded.fingerprint, "import_id": statement.excluded.import_id},
        ),
        values,
    )
    return Stored(len(fresh), len(records) - len(fresh), items)


def _write_market(session: Session, import_id: int, records: list[Record], now: datetime) -> int:
    """Keep what a list of the market says; none of it is anybody's words."""
    row = session.get_one(Import, import_id)
    said = Said(Actor(None, row.imported_by), f"import of {row.file_name}", now)
    facts = [record.market for record in records if record.market is not None]
    market.take(session, records[0].source, facts, said)
    return 0


def _write(session: Session, source: str, records: list[Record], now: datetime) -> int:
    leads = source not in SERVICE_DESKS
    accounts = import_accounts(session, source, [record.account for record in records], leads=leads)
    contacts = _contacts(session, source, records, accounts)
    sales = [(r.opportunity, a) for r, a in zip(records, accounts, strict=True) if r.opportunity is not None]
    opportunities = {o.source_id: o for o in import_opportunities(session, source, sales)}
    matters = [
        (r.case, a, contacts.get((r.contact, a)))
        for r, a in zip(records, accounts, strict=True)
        if r.case is not None
    ]
    cases = {c.source_id: c for c in import_cases(session, source, matters)}
    items = []
    for record, account in zip(records, accounts, strict=True):
        case = cases.get(record.case.external_id) if record.case else None
        opportunity = opportunities.get(record.opportunity.external_id) if record.opportunity else None
        items += _items(record, account, contacts, case, opportunity, now)
    return import_items(session, source, items)


_Contacts = dict[tuple[ContactData | None, Account | None], Contact | None]


def _contacts(
    session: Session, source: str, records: list[Record], accounts: list[Account | None]
) -> _Contacts:
    """Return the contact behind each description of a person, once for equal descriptions."""
    wanted: dict[tuple[ContactData | None, Account | None], None] = {}
    for record, account in zip(records, accounts, strict=True):
        for person in (record.contact, *(words.speaker for words in record.words)):
            if person is not None:
                wanted[person, account] = None
    pairs = list(wanted)
    return dict(zip(pairs, import_contacts(session, source, pairs), strict=True))


def _items(
    record: Record,
    account: Account | None,
    contacts: _Contacts,
    case: Case | None,
    opportunity: Opportunity | None,
    now: datetime,
) -> list[ItemData]:
    owner = case.owner_name if case else opportunity.owner_name if opportunity else None
    common = ItemData(
        source_id="",
        part="",
        text="",
        said_at=now,
        subject=(case.subject if case else opportunity.name if opportunity else record.subject) or "",
        account_id=account.id if account else None,
        case_id=case.id if case else None,
        opportunity_id=opportunity.id if opportunity else None,
    )
    items = []
    for words in record.words:
        contact = contacts.get((words.speaker, account))
        named = words.speaker.name or words.speaker.email if words.speaker else None
        account_id = common.account_id or (contact.account_id if contact else None)
        items.append(
            replace(
                common,
                source_id=record.id_of(words)[:300],
                part=words.part,
                text=words.text,
                said_at=words.said_at or (case.opened_at if case else None) or now,
                speaker_name=contact.name if contact else named or (owner if words.is_proxy else None),
                is_proxy=words.is_proxy,
                account_id=account_id,
                contact_id=contact.id if contact else None,
            )
        )
    return items
