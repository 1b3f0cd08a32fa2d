"""Accounts and contacts as another system tells of them: found again, filled in, or added.

All functions work on a batch inside the caller's transaction and ask the database a fixed number of times.
What a file leaves empty stays as it was; what it says replaces what we knew.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import func, or_, select, tuple_
from sqlalchemy.orm import Session

from ideaflow.accounts.facts import AccountData, ContactData
from ideaflow.accounts.models import Account, AccountKind, Contact, SourceKey
from ideaflow.accounts.naming import name_key


def fill(record: Any, values: dict[str, Any]) -> bool:
    """Set the values that are given and differ; tell whether anything changed."""
    changed = False
    for name, value in values.items():
        if value is not None and getattr(record, name) != value:
            setattr(record, name, value)
            changed = True
    return changed


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


def import_accounts(
    session: Session, source: str, facts: Sequence[AccountData | None]
) -> list[Account | None]:
    """Return the account each entry tells of, found by the source's id, by name, or by web domain.

    An entry with nothing but an id or a domain nobody knows gives None.
    """
    given = [fact for fact in facts if fact is not None]
    keys = KnownKeys(session, Account.__tablename__, source, (fact.external_id for fact in given))
    names = {name_key(fact.name) for fact in given if fact.name}
    domains = {fact.domain for fact in given if fact.domain}
    by_id: dict[int, Account] = {}
    by_name: dict[str, Account] = {}
    by_domain: dict[str, Account] = {}
    known = session.scalars(
        select(Account).where(
            or_(Account.id.in_(keys.ids.values()), Account.name_key.in_(names), Account.domain.in_(domains))
        )
    )
    for account in known:
        by_id[account.id], by_name[account.name_key] = account, account
        if account.domain:
            by_domain.setdefault(account.domain, account)
    found: list[Account | None] = []
    for fact in facts:
        if fact is None:
            found.append(None)
            continue
        account = _find(fact, keys, by_id, by_name, by_domain)
        if account is None and fact.name:
            account = Account(name=fact.name, name_key=name_key(fact.name), kind=AccountKind.CUSTOMER)
            session.add(account)
        if account is not None:
            _update(account, fact, by_name)
            by_name[account.name_key] = account
            if account.domain:
                by_domain.setdefault(account.domain, account)
            if fact.external_id:
                keys.new.setdefault(fact.external_id, account)
        found.append(account)
    session.flush()
    keys.save()
    return found


def _find(
    fact: AccountData,
    keys: KnownKeys,
    by_id: dict[int, Account],
    by_name: dict[str, Account],
    by_domain: dict[str, Account],
) -> Account | None:
    if fact.external_id:
        if fact.external_id in keys.ids:
            return by_id.get(keys.ids[fact.external_id])
        if fact.external_id in keys.new:
            known: Account = keys.new[fact.external_id]
            return known
    if fact.name:
        return by_name.get(name_key(fact.name))
    return by_domain.get(fact.domain) if fact.domain else None


def _update(account: Account, fact: AccountData, by_name: dict[str, Account]) -> None:
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
    )
    if fact.name and fact.name != account.name:
        key = name_key(fact.name)
        # The same organisation under a new name; never two accounts of one name.
        if key == account.name_key or key not in by_name:
            account.name, account.name_key = fact.name, key


def import_contacts(
    session: Session, source: str, facts: Sequence[tuple[ContactData | None, Account | None]]
) -> list[Contact | None]:
    """Return the contact each entry tells of, found by the source's id, by e-mail, or by name at the account.

    An entry with nothing but an id nobody knows gives None.
    """
    given = [(fact, account) for fact, account in facts if fact is not None]
    keys = KnownKeys(session, Contact.__tablename__, source, (fact.external_id for fact, _ in given))
    emails = {fact.email for fact, _ in given if fact.email}
    at = {(a.id, f.name.casefold()) for f, a in given if f.name and a is not None and not f.email}
    by_id: dict[int, Contact] = {}
    by_email: dict[str, Contact] = {}
    by_place: dict[tuple[int | None, str], Contact] = {}
    known = session.scalars(
        select(Contact).where(
            or_(
                Contact.id.in_(keys.ids.values()),
                Contact.email.in_(emails),
                tuple_(Contact.account_id, func.lower(Contact.name)).in_(at),
            )
        )
    )
    for contact in known:
        by_id[contact.id] = contact
        by_place[contact.account_id, contact.name.casefold()] = contact
        if contact.email:
            by_email[contact.email] = contact
    found: list[Contact | None] = []
    for fact, account in facts:
        contact = _contact_of(fact, account, keys, by_id, by_email, by_place) if fact else None
        if fact and contact is None and (fact.name or fact.email):
            name = fact.name or str(fact.email).split("@")[0]
            contact = Contact(name=name, email=None, account_id=account.id if account else None)
            session.add(contact)
        if fact and contact is not None:
            _update_contact(contact, fact, account, by_email)
            by_place[contact.account_id, contact.name.casefold()] = contact
            if fact.external_id:
                keys.new.setdefault(fact.external_id, contact)
        found.append(contact)
    session.flush()
    keys.save()
    return found


def _contact_of(
    fact: ContactData,
    account: Account | None,
    keys: KnownKeys,
    by_id: dict[int, Contact],
    by_email: dict[str, Contact],
    by_place: dict[tuple[int | None, str], Contact],
) -> Contact | None:
    if fact.external_id in keys.ids:
        return by_id.get(keys.ids[fact.external_id])
    if fact.external_id in keys.new:
        known: Contact = keys.new[fact.external_id]
        return known
    if fact.email:
        return by_email.get(fact.email)
    if fact.name and account is not None:
        return by_place.get((account.id, fact.name.casefold()))
    return None


def _update_contact(
    contact: Contact, fact: ContactData, account: Account | None, by_email: dict[str, Contact]
) -> None:
    fill(contact, {"name": fact.name, "title": fact.title, "account_id": account.id if account else None})
    if fact.email and by_email.get(fact.email, contact) is contact:
        contact.email = fact.email
        by_email[fact.email] = contact
