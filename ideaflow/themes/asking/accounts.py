"""Who asks: the accounts behind statements, each once, and the money they stand for."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Select, and_, case, func, select
from sqlalchemy.orm import aliased

from ideaflow import config
from ideaflow.accounts.models import Account, Opportunity, OpportunityState
from ideaflow.clock import today
from ideaflow.db import among, db
from ideaflow.feedback.models import FeedbackItem, Statement
from ideaflow.themes.models import StatementVector, ThemeMembership

ZERO = Decimal(0)


@dataclass(frozen=True)
class Ask:
    """One account (None: unknown) in one theme."""

    theme_id: int
    account_id: int | None
    times: int
    first_at: datetime
    last_at: datetime


@dataclass(frozen=True)
class AccountLine:
    """One account that asks, with what it stands for, in the configured currency.

    :ivar other_currency_count: its amounts in another currency, which are in no sum.
    """

    account_id: int
    name: str
    segment: str
    region: str
    kind: str
    revenue_amount: Decimal
    open_amount: Decimal
    open_count: int
    lost_amount: Decimal
    lost_count: int
    renews_on: date | None
    other_currency_count: int = 0
    times: int = 0
    last_said_at: datetime | None = None
    theme_ids: tuple[int, ...] = field(default=())


def counting(query: Select[*tuple[Any, ...]], of: Any = ThemeMembership) -> Select[*tuple[Any, ...]]:
    """Join memberships to their statements and items, and keep those that still count.

    :param of: another table with ``statement_id`` in their place: vectors, places.
    """
    return (
        query.select_from(of)
        .join(Statement, Statement.id == of.statement_id)
        .join(FeedbackItem, FeedbackItem.id == Statement.item_id)
        .where(FeedbackItem.counts)
    )


def asks(theme_ids: Collection[int]) -> list[Ask]:
    """Return which account asks in which theme, how often, from when to when."""
    said = FeedbackItem.said_at
    query = counting(
        select(
            ThemeMembership.theme_id, FeedbackItem.account_id, func.count(), func.min(said), func.max(said)
        )
    ).where(among(ThemeMembership.theme_id, theme_ids))
    return [
        Ask(*row)
        for row in db.session.execute(query.group_by(ThemeMembership.theme_id, FeedbackItem.account_id))
    ]


def account_lines(account_ids: Collection[int]) -> dict[int, AccountLine]:
    """Return the accounts with their money: revenue, open and lost opportunities, each once."""
    currency = config.read().currency
    ours = func.coalesce(Opportunity.currency, currency) == currency
    is_open, is_lost = (
        Opportunity.state == OpportunityState.OPEN,
        Opportunity.state == OpportunityState.LOST,
    )

    def total(state: Any) -> Any:
        return func.coalesce(func.sum(case((and_(state, ours), Opportunity.amount), else_=ZERO)), ZERO)

    def number(state: Any) -> Any:
        return func.count(case((state, 1)))

    foreign = and_(Opportunity.state != OpportunityState.WON, ~ours)
    query = (
        select(
            Account,
            total(is_open),
            number(is_open),
            total(is_lost),
            number(is_lost),
            number(foreign),
        )
        .outerjoin(Opportunity, Opportunity.account_id == Account.id)
        .where(among(Account.id, account_ids))
        .group_by(Account.id)
    )
    return {
        row[0].id: _line(row[0], currency, row[1], row[2], row[3], row[4], row[5])
        for row in db.session.execute(query)
    }


def _line(
    account: Account, currency: str, open_: Decimal, opens: int, lost: Decimal, losts: int, foreign: int
) -> AccountLine:
    is_ours = (account.currency or currency) == currency
    has_foreign_revenue = bool(account.revenue_amount) and not is_ours
    return AccountLine(
        account_id=account.id,
        name=account.name,
        segment=account.segment or "",
        region=account.region or "",
        kind=account.kind,
        revenue_amount=(account.revenue_amount or ZERO) if is_ours else ZERO,
        open_amount=open_,
        open_count=opens,
        lost_amount=lost,
        lost_count=losts,
        renews_on=account.renews_on,
        other_currency_count=foreign + has_foreign_revenue,
    )


def reference_day() -> date:
    """Return the last day anybody said something: from here the weeks are counted back.

    An export of last year shows the trends of last year. A day in the future counts as today.
    """
    last = db.session.scalar(
        select(func.max(FeedbackItem.said_at)).where(
            FeedbackItem.counts,
            FeedbackItem.said_at < func.now(),
        )
    )
    return min(last.date(), today()) if last else today()


def week_of(reference: date) -> Any:
    """Return the SQL for “weeks before ``reference``”: 0 is the week that ends on it."""
    said_on = func.date(func.timezone("UTC", FeedbackItem.said_at))
    return func.greatest((reference - said_on) / 7, 0)


def mentions(theme_ids: Collection[int], reference: date) -> Sequence[tuple[int, int, int, int]]:
    """Return (theme, account, weeks before ``reference``, statements), each account-week once."""
    found: Counter[tuple[int, int, int]] = Counter()
    for theme_id, account_id, week, _, _, times in mentions_by_way(theme_ids, reference):
        found[theme_id, account_id, week] += times
    return [(*key, times) for key, times in found.items()]


def mentions_by_way(
    theme_ids: Collection[int], reference: date
) -> Sequence[tuple[int, int, int, str, str, int]]:
    """Return (theme, account, weeks before ``reference``, source, part, statements).

    A statement that repeats what the account said before, in the same theme, is not a new mention.
    """
    original = aliased(ThemeMembership)
    week = week_of(reference)
    columns = (
        ThemeMembership.theme_id,
        FeedbackItem.account_id,
        week,
        FeedbackItem.source,
        FeedbackItem.part,
    )
    query = (
        counting(select(*columns, func.count()))
        .outerjoin(StatementVector, StatementVector.statement_id == Statement.id)
        .outerjoin(
            original,
            and_(
                original.statement_id == StatementVector.echo_of_id,
                original.theme_id == ThemeMembership.theme_id,
            ),
        )
        .where(
            among(ThemeMembership.theme_id, theme_ids),
            FeedbackItem.account_id.is_not(None),
            original.statement_id.is_(None),
        )
        .group_by(*columns)
    )
    return [(row[0], row[1], int(row[2]), row[3], row[4], row[5]) for row in db.session.execute(query)]
