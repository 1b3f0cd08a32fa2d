"""The renewals at risk, the most urgent first: one question a page, however many accounts there are."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, Select, cast, func, select, tuple_

from ideaflow.accounts.models import Account
from ideaflow.accounts.owners import names_of, owned_by
from ideaflow.accounts.renewal import OVERDUE_DAYS, PRESSING_WEIGHT, WINDOW_DAYS, Open, level_of
from ideaflow.clock import today
from ideaflow.db import db
from ideaflow.loop import raised
from ideaflow.paging import PAGE_SIZE, Page, key_of_values, read_key
from ideaflow.users.models import User


@dataclass(frozen=True)
class Renewal:
    """One account whose renewal is at risk; ``owner``: by name."""

    account: Account
    owner: str
    themes: Open
    risk: int

    @property
    def days(self) -> int:
        """Return in how many days it renews; below 0: so long overdue."""
        return (self.account.renews_on - today()).days if self.account.renews_on else 0

    @property
    def level(self) -> tuple[str, str]:
        return level_of(self.days, self.themes)


def at_risk(*, owner: User | None = None, after: str | None = None, size: int = PAGE_SIZE) -> Page[Renewal]:
    """Return a page of renewals at risk: the greatest risk first, of equal ones the largest revenue.

    :param owner: only accounts that this user looks after.
    :raises Invalid: ``after`` was not made here.
    """
    found = _ranked(owner).subquery()
    keys = (found.c.risk, found.c.revenue, found.c.id)
    query = select(Account, found.c.open_themes, found.c.pressing, found.c.risk, found.c.revenue)
    query = query.join(found, found.c.id == Account.id)
    if after:
        query = query.where(tuple_(*keys) < tuple_(*read_key(after, Decimal, Decimal, Decimal)))
    rows = db.session.execute(query.order_by(*(key.desc() for key in keys)).limit(size + 1)).all()
    names = names_of([row[0].id for row in rows[:size]])
    page = [Renewal(row[0], names[row[0].id], Open(row[1], row[2]), row[3]) for row in rows[:size]]
    last = rows[size - 1] if len(rows) > size else None
    return Page(page, key_of_values([last[3], str(last[4]), last[0].id]) if last else None)


def counts_at_risk(owner: User) -> tuple[int, int]:
    """Return how many renewals are at risk, and how many of them ``owner`` looks after."""
    found = _ranked(None).subquery()
    mine = func.count().filter(owned_by(Account, owner))
    row = db.session.execute(select(func.count(), mine).join(found, found.c.id == Account.id)).one()
    return row[0], row[1]


def _ranked(owner: User | None) -> Select[Any]:
    """Select id, risk, revenue and open themes of accounts whose risk, as the rule counts it, is above 0."""
    now = today()
    first, last = now - timedelta(days=OVERDUE_DAYS), now + timedelta(days=WINDOW_DAYS)
    soon = select(Account.id).where(Account.renews_on.between(first, last))
    if owner:
        soon = soon.where(owned_by(Account, owner))
    pairs = raised.unsolved(soon)
    themes = cast(func.count(), BigInteger)
    days = func.greatest(Account.renews_on - now, 0)
    pressing = func.count().filter(pairs.c.presses)
    risk = ((WINDOW_DAYS - days) * (themes + (PRESSING_WEIGHT - 1) * pressing)).label("risk")
    return (
        select(
            Account.id, risk, func.coalesce(Account.revenue_amount, 0).label("revenue"),
            themes.label("open_themes"), pressing.label("pressing"),
        )
        .join(pairs, pairs.c.account_id == Account.id)
        .group_by(Account.id)
        .having(risk > 0)
    )  # fmt: skip
