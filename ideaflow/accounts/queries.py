"""Questions about accounts and the business with them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from sqlalchemy import ColumnElement, Select, case, func, or_, select

from ideaflow import config
from ideaflow.accounts.models import Account, Case, Contact, Opportunity, OpportunityState
from ideaflow.db import db
from ideaflow.errors import NotFound
from ideaflow.paging import Key, Page, page_of


@dataclass(frozen=True)
class Filters:
    """What the list of accounts shows. Empty means all."""

    words: str = ""
    segment: str = ""
    region: str = ""
    kind: str = ""
    sort: str = "revenue"


Sums = dict[str, Decimal]
"""An amount for each currency: sums of different currencies are never added up."""


@dataclass(frozen=True)
class Pipeline:
    """Sums over an account's opportunities, each currency apart."""

    open_sums: Sums = field(default_factory=dict)
    open_count: int = 0
    lost_sums: Sums = field(default_factory=dict)
    lost_count: int = 0


NO_PIPELINE = Pipeline()


def our_revenue() -> ColumnElement[Decimal]:
    """Return, for queries, an account's revenue in our currency; in another one it is in no sum."""
    ours = or_(Account.currency.is_(None), Account.currency == config.read().currency)
    return case((ours, func.coalesce(Account.revenue_amount, 0)), else_=0)


def all_accounts(filters: Filters, *, after: str | None = None) -> Page[Account]:
    """Return a page of accounts."""
    query = select(Account)
    if filters.words:
        query = query.where(Account.name.icontains(filters.words, autoescape=True))
    for column, value in (
        (Account.segment, filters.segment),
        (Account.region, filters.region),
        (Account.kind, filters.kind),
    ):
        if value:
            query = query.where(column == value)
    if filters.sort == "name":
        return page_of(query, [Key(Account.name, "name", False), Key(Account.id, "id", False)], after=after)
    # The key must never be null: rows without revenue come last, as zero.
    revenue = func.coalesce(Account.revenue_amount, 0)
    return page_of(query, [Key(revenue, "revenue_or_zero"), Key(Account.id, "id")], after=after)


def pipelines(account_ids: Sequence[int]) -> dict[int, Pipeline]:
    """Return the pipeline of each of these accounts that has one."""
    rows = db.session.execute(
        select(
            Opportunity.account_id,
            Opportunity.state,
            Opportunity.currency,
            func.coalesce(func.sum(Opportunity.amount), 0),
            func.count(),
        )
        .where(Opportunity.account_id.in_(account_ids))
        .where(Opportunity.state.in_((OpportunityState.OPEN, OpportunityState.LOST)))
        .group_by(Opportunity.account_id, Opportunity.state, Opportunity.currency)
    )
    found: dict[int, dict[str, tuple[Sums, int]]] = {}
    for account_id, state, currency, amount, count in rows:
        sums, before = found.setdefault(account_id or 0, {}).get(state, ({}, 0))
        found[account_id or 0][state] = ({**sums, currency or "": amount or Decimal(0)}, before + count)
    nothing: tuple[Sums, int] = ({}, 0)
    return {
        account_id: Pipeline(
            *by_state.get(OpportunityState.OPEN, nothing), *by_state.get(OpportunityState.LOST, nothing)
        )
        for account_id, by_state in found.items()
    }


def get(account_id: int) -> Account:
    """Return one account.

    :raises NotFound: there is none with this id.
    """
    account = db.session.get(Account, account_id)
    if account is None:
        raise NotFound()
    return account


def contacts_of(account_id: int, limit: int = 50) -> Sequence[Contact]:
    """Return the account's contacts by name."""
    return db.session.scalars(
        select(Contact)
        .where(Contact.account_id == account_id)
        .order_by(Contact.name, Contact.id)
        .limit(limit)
    ).all()


def opportunities_of(account_id: int, limit: int = 50) -> Sequence[Opportunity]:
    """Return the account's opportunities, the open ones first, then by closing day."""
    return db.session.scalars(
        select(Opportunity)
        .where(Opportunity.account_id == account_id)
        .order_by(Opportunity.state != OpportunityState.OPEN, Opportunity.closes_on.desc(), Opportunity.id)
        .limit(limit)
    ).all()


def case_count_of(account_id: int) -> int:
    """Return how many cases and call notes the account has."""
    return int(db.session.scalar(select(func.count()).where(Case.account_id == account_id)) or 0)


def segments() -> list[str]:
    """Return the segments in use, by name."""
    return _values(select(Account.segment))


def regions() -> list[str]:
    """Return the regions in use, by name."""
    return _values(select(Account.region))


def totals() -> tuple[int, int, Sums]:
    """Return how many customers and prospects there are, and the revenue a year of all."""
    rows = db.session.execute(
        select(
            Account.currency,
            func.count(case((Account.kind == "customer", 1))),
            func.count(case((Account.kind != "customer", 1))),
            func.coalesce(func.sum(Account.revenue_amount), 0),
        ).group_by(Account.currency)
    ).all()
    revenue = {row[0] or "": row[3] or Decimal(0) for row in rows}
    return sum(row[1] for row in rows), sum(row[2] for row in rows), revenue


def _values(query: Select[str | None]) -> list[str]:
    column = query.selected_columns[0]
    found = db.session.scalars(query.where(column.is_not(None)).distinct().order_by(column).limit(200))
    return [value for value in found if value]
