"""Questions about accounts and the business with them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Select, and_, case, func, not_, or_, select
from sqlalchemy.orm import joinedload

from ideaflow import config
from ideaflow.accounts.models import Account, Case, CaseKind, Contact, Opportunity, OpportunityState
from ideaflow.db import among, db
from ideaflow.errors import NotFound
from ideaflow.paging import Key, Page, page_of

Record = TypeVar("Record", Case, Opportunity)
OPEN_FIRST = (Opportunity.state != OpportunityState.OPEN, Opportunity.closes_on.desc(), Opportunity.id)
ENDED = ("closed", "solved", "resolved", "done", "completed", "deleted", "cancelled", "canceled")
"""What service desks call a case that is over."""


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
    return contacts_of_each([account_id], limit)


def some(account_ids: Collection[int]) -> Sequence[Account]:
    """Return these accounts, those that are there."""
    return db.session.scalars(select(Account).where(among(Account.id, account_ids))).all()


def contacts_of_each(account_ids: Collection[int], most: int) -> Sequence[Contact]:
    """Return the contacts of each account by name, account by account."""
    return _of_each(Contact, account_ids, (func.lower(Contact.name), Contact.id), most)


def opportunities_of_each(account_ids: Collection[int], most: int) -> Sequence[Opportunity]:
    """Return the opportunities of each account, the open ones first, then by closing day."""
    return _of_each(Opportunity, account_ids, OPEN_FIRST, most)


def open_sales(account_id: int, most: int) -> Sequence[Opportunity]:
    """Return the open opportunities of an account, those that close last first."""
    is_theirs = and_(Opportunity.account_id == account_id, Opportunity.state == OpportunityState.OPEN)
    return db.session.scalars(select(Opportunity).where(is_theirs).order_by(*OPEN_FIRST).limit(most)).all()


def won_of_each(account_ids: Collection[int], most: int) -> Sequence[Opportunity]:
    """Return what each account bought, the newest first."""
    is_won = Opportunity.state == OpportunityState.WON
    return _of_each(Opportunity, account_ids, OPEN_FIRST, most, is_won)


def open_cases_of_each(account_ids: Collection[int], most: int) -> Sequence[Case]:
    """Return the open cases of each account with their contacts, the newest first."""
    order = (Case.opened_at.desc().nulls_last(), Case.id.desc())
    return _of_each(Case, account_ids, order, most, is_open_case(), joinedload(Case.contact))


def first_cases_of_each(account_ids: Collection[int]) -> Sequence[Case]:
    """Return the first case or call note of each account."""
    return _of_each(Case, account_ids, (Case.opened_at, Case.id), 1, Case.opened_at.is_not(None))


def is_open_case() -> ColumnElement[bool]:
    """Return, for queries, whether a case is open: no call note, and neither day nor status ends it."""
    status = func.lower(func.coalesce(Case.status, ""))
    return and_(Case.kind == CaseKind.CASE, Case.closed_at.is_(None), status.not_in(ENDED))


def is_open(case: Case) -> bool:
    """Return the same of a case at hand."""
    has_ended = case.closed_at is not None or (case.status or "").lower() in ENDED
    return case.kind == CaseKind.CASE and not has_ended


def cases_of(account_id: int, *, after: str | None = None) -> Page[Case]:
    """Return a page of an account's cases and call notes with their contacts, the newest first."""
    query = select(Case).where(Case.account_id == account_id).options(joinedload(Case.contact))
    opened = func.coalesce(Case.opened_at, Case.created_at)
    return page_of(query, [Key(opened, "opened_or_added_at"), Key(Case.id, "id")], after=after)


def opportunities_of(account_id: int, *, after: str | None = None) -> Page[Opportunity]:
    """Return a page of an account's opportunities, the newest first."""
    query = select(Opportunity).where(Opportunity.account_id == account_id)
    return page_of(query, [Key(Opportunity.id, "id")], after=after)


def record(model: type[Record], record_id: int) -> Record:
    """Return a case or an opportunity with its account, a case with its contact too.

    :raises NotFound: there is none with this id.
    """
    options = [joinedload(model.account)] + ([joinedload(Case.contact)] if model is Case else [])
    found = db.session.scalar(select(model).where(model.id == record_id).options(*options))
    if found is None:
        raise NotFound()
    return found


@dataclass(frozen=True)
class CaseCount:
    """How many cases of an account are open and closed, and how many call notes there are."""

    open: int
    closed: int
    calls: int


def case_counts(account_ids: Collection[int]) -> dict[int, CaseCount]:
    """Return the cases of each account that has any, in numbers."""
    is_case, is_open = Case.kind == CaseKind.CASE, is_open_case()
    rows = db.session.execute(
        select(
            Case.account_id,
            func.count().filter(is_open),
            func.count().filter(is_case, not_(is_open)),
            func.count().filter(not_(is_case)),
        )
        .where(among(Case.account_id, account_ids))
        .group_by(Case.account_id)
    )
    return {row[0] or 0: CaseCount(*row[1:]) for row in rows}


def counts_of_each(model: type[Contact | Opportunity], account_ids: Collection[int]) -> dict[int, int]:
    """Return how many contacts or opportunities each account has; without any it is left out."""
    query = select(model.account_id, func.count()).where(among(model.account_id, account_ids))
    rows = db.session.execute(query.group_by(model.account_id))
    return {row[0] or 0: row[1] for row in rows}


def _of_each(
    model: type[Any],
    account_ids: Collection[int],
    order: Sequence[Any],
    most: int,
    condition: ColumnElement[bool] | None = None,
    *options: Any,
) -> Sequence[Any]:
    """Return the first ``most`` records of each account, account by account, in one question."""
    place = func.row_number().over(partition_by=model.account_id, order_by=order).label("place")
    ranked = select(model.id, place).where(among(model.account_id, account_ids))
    if condition is not None:
        ranked = ranked.where(condition)
    first = ranked.subquery()
    query = select(model).join(first, first.c.id == model.id).where(first.c.place <= most)
    query = query.options(*options).order_by(model.account_id, first.c.place)
    return db.session.scalars(query).all()


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
