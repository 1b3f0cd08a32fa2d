"""Accounts and contacts as another system tells of them: found again, filled in, or added.

All functions work on a batch inside the caller's transaction and ask the database a fixed number of times.
What a file leaves empty stays as it was; what it says replaces what we knew.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, TypeVar

from sqlalchemy import func, or_, select, tuple_
from sqlalchemy.orm import Session

from ideaflow.accounts.facts import AccountData, ContactData
from ideaflow.accounts.models import Account, AccountKind, Contact, SourceKey
from ideaflow.accounts.naming import name_key

Record = TypeVar("Record")


def fill(record: Any, values: dict[str, Any], *, only_gaps: bool = False) -> None:
    """Set the values that are given and differ; with ``only_gaps`` only where nothing stands yet."""
    for name, value in values.items():
        known = getattr(record, name)
        if value is not None and known != value and not (only_gaps and known is not None):
            setattr(record, name, value)


def known_by(
    session: Session, table: type[Record], source: str, source_ids: Iterable[str], *, lock: bool = False
) -> dict[str, Record]:
    """Return the records of a table that keeps what the source calls them, by that.

    :param lock: until the transaction ends nobody else changes them.
    """
    columns: Any = table
    query = select(table).where(columns.source == source, columns.source_id.in_(set(source_ids)))
    rows: Iterable[Any] = session.scalars(query.with_for_update() if lock else query)
    return {row.source_id: row for row in rows}


class KnownKeys:
    """What a source calls our records of one table; new names are saved by :meth:`save`."""

    def __init__(self, session: Session, table_name: str, source: str, wanted: Iterable[str | None]) -> None:
        self.session, self.table_name, self.source = session, table_name, source
        asked = {key for key in wanted if key}
        rows = session.execute(
            select(SourceKey.source_id, SourceKey.record_id).where(
                SourceKey.table_name == table_name,
                SourceKey.source == source,
                SourceKey.source_id.in_(asked),
            )
        )
        self.ids: dict[str, int] = {row[0]: row[1] for row in rows}
        self.new: dict[str, Any] = {}

    def save(self) -> None:
        """Remember the new names; the records they belong to have been flushed."""
        for source_id, record in self.new.items():
            if source_id not in self.ids:
                self.session.add(
                    SourceKey(
                        table_name=self.table_name,
                        source=self.source,
                        source_id=source_id,
                        record_id=record.id,
                    )
                )


class _AccountBook:
    """The accounts a batch may speak of, and how to find them."""

    def __init__(self, session: Session, source: str, facts: Sequence[AccountData], leads: bool) -> None:
        self.session = session
        self.keys = KnownKeys(session, Account.__tablename__, source, (fact.external_id for fact in facts))
        self.by_id: dict[int, Account] = {}
        self.by_name: dict[str, Account] = {}
        self.by_domain: dict[str, Account] = {}
        names = {name_key(fact.name) for fact in facts if fact.name}
        domains = {fact.domain for fact in facts if fact.domain}
        known = select(Account).where(
            or_(
                Account.id.in_(self.keys.ids.values()),
                Account.name_key.in_(names),
                Account.domain.in_(domains),
            )
        )
        for account in session.scalars(known.order_by(Account.id)):
            self.by_id[account.id] = account
            self.note(account)
        self.led_elsewhere = set() if leads else self._with_other_keys(source)

    def _with_other_keys(self, source: str) -> set[int]:
        """Return the accounts that another source has a key for; that source knows them better."""
        others = select(SourceKey.record_id).where(
            SourceKey.table_name == Account.__tablename__,
            SourceKey.source != source,
            SourceKey.record_id.in_(self.by_id),
        )
        return set(self.session.scalars(others))

    def note(self, account: Account) -> None:
        self.by_name[account.name_key] = account
        if account.domain:
            self.by_domain.setdefault(account.domain, account)

    def find(self, fact: AccountData) -> Account | None:
        """Return the account with the source's id, else with the name, else with the domain alone."""
        if fact.external_id and fact.external_id in self.keys.ids:
            return self.by_id.get(self.keys.ids[fact.external_id])
        if fact.external_id and fact.external_id in self.keys.new:
            known: Account = self.keys.new[fact.external_id]
            return known
        if fact.name:
            return self.by_name.get(name_key(fact.name))
        return self.by_domain.get(fact.domain) if fact.domain else None

    def found_or_added(self, fact: AccountData) -> Account | None:
        """Return the account, updated; a new one if it has a name nobody knows."""
        account = self.find(fact)
        if account is None and fact.name:
            account = Account(name=fact.name, name_key=name_key(fact.name), kind=AccountKind.CUSTOMER)
            self.session.add(account)
        if account is None:
            return None
        self._update(account, fact)
        self.note(account)
        if fact.external_id:
            self.keys.new.setdefault(fact.external_id, account)
        return account

    def _update(self, account: Account, fact: AccountData) -> None:
        is_led = account.id in self.led_elsewhere
        fill(
            account,
            {
                "kind": fact.type,
                "domain": fact.domain,
                "segment": fact.segment,
                "region": fact.region,
                "revenue_amount": fact.annual_revenue,
                "currency": fact.currency,
                "renews_on": fact.renewal_on,
                "owner_name": fact.owner,
            },
            only_gaps=is_led,
        )
        if fact.name and fact.name != account.name and not is_led:
            key = name_key(fact.name)
            # A name spelled otherwise changes nothing; a new name is taken unless another account has it.
            if key != account.name_key and key not in self.by_name:
                account.name, account.name_key = fact.name, key


def import_accounts(
    session: Session, source: str, facts: Sequence[AccountData | None], *, leads: bool = True
) -> list[Account | None]:
    """Return the account each entry tells of, found by the source's id, by name, or by web domain.

    :param leads: whether the source keeps the accounts, as a CRM does. A service desk does not: of an
        account that another source has a key for it only fills the gaps.

    An entry with nothing but an id or a domain nobody knows gives None.
    """
    book = _AccountBook(session, source, [fact for fact in facts if fact is not None], leads)
    found = [book.found_or_added(fact) if fact is not None else None for fact in facts]
    session.flush()
    book.keys.save()
    return found


class _ContactBook:
    """The contacts a batch may speak of, and how to find them."""

    def __init__(
        self, session: Session, source: str, facts: Sequence[tuple[ContactData, Account | None]]
    ) -> None:
        self.session = session
        self.keys = KnownKeys(session, Contact.__tablename__, source, (fact.external_id for fact, _ in facts))
        self.by_id: dict[int, Contact] = {}
        self.by_email: dict[str, Contact] = {}
        self.by_place: dict[tuple[int | None, str], Contact] = {}
        places = {(at.id, fact.name.lower()) for fact, at in facts if fact.name and at is not None}
        known = select(Contact).where(
            or_(
                Contact.id.in_(self.keys.ids.values()),
                Contact.email.in_({fact.email for fact, _ in facts if fact.email}),
                tuple_(Contact.account_id, func.lower(Contact.name)).in_(places),
            )
        )
        for contact in session.scalars(known.order_by(Contact.id)):
            self.by_id[contact.id] = contact
            self.note(contact)

    def note(self, contact: Contact) -> None:
        self.by_place[contact.account_id, contact.name.lower()] = contact
        if contact.email:
            self.by_email[contact.email] = contact

    def find(self, fact: ContactData, account: Account | None) -> Contact | None:
        """Return the contact with the source's id, else the e-mail, else the name at the account."""
        if fact.external_id and fact.external_id in self.keys.ids:
            return self.by_id.get(self.keys.ids[fact.external_id])
        if fact.external_id and fact.external_id in self.keys.new:
            known: Contact = self.keys.new[fact.external_id]
            return known
        if fact.email and fact.email in self.by_email:
            return self.by_email[fact.email]
        if fact.name and account is not None:
            namesake = self.by_place.get((account.id, fact.name.lower()))
            # Two addresses are two people, though they share a name.
            if namesake is not None and not (fact.email and namesake.email):
                return namesake
        return None

    def found_or_added(self, fact: ContactData, account: Account | None) -> Contact | None:
        """Return the contact, updated; a new one if it has a name or an address."""
        contact = self.find(fact, account)
        if contact is None and (fact.name or fact.email):
            contact = Contact(name=fact.name or str(fact.email).split("@")[0], email=None)
            self.session.add(contact)
        if contact is None:
            return None
        fill(contact, {"name": fact.name, "title": fact.title, "account_id": account.id if account else None})
        if fact.email and self.by_email.get(fact.email, contact) is contact:
            contact.email = fact.email
        self.note(contact)
        if fact.external_id:
            self.keys.new.setdefault(fact.external_id, contact)
        return contact


def import_contacts(
    session: Session, source: str, facts: Sequence[tuple[ContactData | None, Account | None]]
) -> list[Contact | None]:
    """Return the contact each entry tells of, found by the source's id, by e-mail, or by name at the account.

    An entry with nothing but an id nobody knows gives None.
    """
    book = _ContactBook(session, source, [(fact, at) for fact, at in facts if fact is not None])
    found = [book.found_or_added(fact, at) if fact is not None else None for fact, at in facts]
    session.flush()
    book.keys.save()
    return found
