"""Which of our records a page of another system shows, told by its address and by what stands on it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import unquote

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload

from ideaflow.accounts.models import Account, Case, Contact, Opportunity, SourceKey
from ideaflow.db import db
from ideaflow.feedback.models import FeedbackItem
from ideaflow.feedback.sentences import Span, find

Record = TypeVar("Record", Case, Opportunity)
_TOKEN = re.compile(r"[A-Za-z0-9_-]{4,64}")
_ADDRESS = re.compile(r"[\w.+-]+@([\w-]+\.[\w.-]+\w)")
MOST_TOKENS, MOST_ITEMS = 40, 200
SALESFORCE = 18
"""Salesforce writes one id with 18 signs in addresses and often with its first 15 in exports."""


@dataclass(frozen=True)
class Found:
    """What was recognised. ``item`` and ``span``: the words are in an item of ours already, there."""

    account: Account | None = None
    contact: Contact | None = None
    case: Case | None = None
    opportunity: Opportunity | None = None
    item: FeedbackItem | None = None
    span: Span | None = None

    @property
    def name(self) -> str:
        """Return what the record is called, empty when none was recognised."""
        if self.case is not None:
            return self.case.label
        return self.opportunity.name if self.opportunity is not None else ""


def on_page(url: str, title: str, words: str) -> Found:
    """Return what we know of a page: its case or opportunity, else whom its text or address names."""
    tokens = tokens_of(url)
    cases = select(Case).where(Case.source_id.in_(tokens))
    case = _meant(cases.options(joinedload(Case.account), joinedload(Case.contact)), url)
    if case is not None:
        return _with_item(Found(case.account, case.contact, case), words)
    sales = select(Opportunity).where(Opportunity.source_id.in_(tokens))
    opportunity = _meant(sales.options(joinedload(Opportunity.account)), url)
    if opportunity is not None:
        return _with_item(Found(opportunity.account, opportunity=opportunity), words)
    return _named(tokens, f"{title}\n{words}")


def _meant(query: Select[Record], url: str) -> Record | None:
    """Return the one record with an id of the address: that of the system named in it, else the only one.

    Two systems may number their cases alike; rather none than another customer's.
    """
    host = url.partition("://")[2].partition("/")[0].lower()
    found: Sequence[Any] = db.session.scalars(query.limit(MOST_TOKENS)).all()
    named = [one for one in found if one.source.lower() in host] or found
    return named[0] if len(named) == 1 else None


def of_records(
    *, case_id: int | None = None, opportunity_id: int | None = None,
    contact_id: int | None = None, account_id: int | None = None,
) -> Found:  # fmt: skip
    """Return the records with these ids, and the account they belong to."""
    case = db.session.get(Case, case_id) if case_id else None
    opportunity = db.session.get(Opportunity, opportunity_id) if opportunity_id else None
    contact_id = contact_id or (case.contact_id if case else None)
    contact = db.session.get(Contact, contact_id) if contact_id else None
    for record in (case, opportunity, contact):
        account_id = account_id or (record.account_id if record else None)
    account = db.session.get(Account, account_id) if account_id else None
    return Found(account, contact, case, opportunity)


def tokens_of(url: str) -> list[str]:
    """Return what in an address may be the id of a record: it holds a digit.

    >>> tokens_of("https://acme.zendesk.com/agent/tickets/48213?brand=x")
    ['48213']
    """
    found = [one for one in _TOKEN.findall(unquote(url.partition("://")[2])) if any(map(str.isdigit, one))]
    found = found[:MOST_TOKENS]
    return [*found, *(one[:15] for one in found if len(one) == SALESFORCE)]


def _named(tokens: list[str], text: str) -> Found:
    """Return whom a page names: a contact or account by its id there, a mail address, a domain."""
    keys = db.session.execute(
        select(SourceKey.table_name, SourceKey.record_id).where(SourceKey.source_id.in_(tokens))
    ).all()
    known = {row[0]: row[1] for row in keys}
    if known:
        return of_records(contact_id=known.get("contacts"), account_id=known.get("accounts"))
    mails = {hit.group().lower(): hit.group(1).lower() for hit in _ADDRESS.finditer(text)}
    query = select(Contact).where(Contact.email.in_(mails)).options(joinedload(Contact.account))
    contacts = db.session.scalars(query.limit(MOST_TOKENS)).all()
    if contacts:
        of_one = len({one.account_id for one in contacts}) == 1
        return Found(contacts[0].account if of_one else None, contacts[0] if len(contacts) == 1 else None)
    accounts = db.session.scalars(
        select(Account).where(Account.domain.in_(set(mails.values()))).limit(2)
    ).all()
    return Found(accounts[0] if len(accounts) == 1 else None)


def _with_item(found: Found, words: str) -> Found:
    """Look for the words in what we have of the record: then they are marked there, not kept twice."""
    of = (
        FeedbackItem.case_id == found.case.id
        if found.case is not None
        else FeedbackItem.opportunity_id == (found.opportunity.id if found.opportunity else 0)
    )
    query = select(FeedbackItem).where(of, FeedbackItem.counts).order_by(FeedbackItem.id).limit(MOST_ITEMS)
    for item in db.session.scalars(query) if words.strip() else ():
        if (span := find(words, item.text)) is not None:
            return Found(found.account, found.contact, found.case, found.opportunity, item, span)
    return found
