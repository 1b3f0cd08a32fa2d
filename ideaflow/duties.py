"""What waits for each role, beyond what the slices say themselves: themes to triage, customers to call."""

from collections.abc import Iterator
from datetime import datetime
from typing import SupportsFloat

from flask import current_app, url_for
from sqlalchemy import func, select

from ideaflow.accounts.models import Account
from ideaflow.accounts.owners import owned_by
from ideaflow.clock import now, today
from ideaflow.db import db
from ideaflow.feedback.models import FeedbackItem
from ideaflow.themes import queries as themes
from ideaflow.themes.models import Theme
from ideaflow.users.models import User
from ideaflow.users.policy import Right, Role
from ideaflow.wording import day, money, plural, times
from ideaflow.work import Waiting, waits

MOST_SIGNALS = 3
RECENT_DAYS = 14


def register() -> None:
    """Let these be asked for each start page."""
    for asker in (triage, customers_heard, records_to_bring):
        waits(asker)


def triage(user: User) -> Iterator[Waiting]:
    """Themes that changed, then the rest of what has not been looked at; for who triages."""
    if not user.may(Right.TRIAGE) or Role.PRODUCT_MANAGER not in user.roles:
        return
    page = themes.inbox(themes.InboxFilters(view=themes.View.SIGNALS), size=MOST_SIGNALS)
    for theme in page.rows:
        yield Waiting(
            what=f"{theme.title} {'is new' if theme.trend == 'new' else 'is growing'}",
            why=_worth(theme),
            url=url_for("themes.show", theme_id=theme.id),
            verb="Triage",
            due=f"last heard {day(theme.last_said_at.date(), today())}",
            icon="stack-2",
            tone="signal",
            is_today=True,
        )
    count = themes.views_counts().get(themes.View.TRIAGE, 0)
    if count:
        yield Waiting(
            what=f"{plural(count, 'theme')} {'needs' if count == 1 else 'need'} triage",
            why="Open one, read its words, then promote, watch, merge or dismiss it",
            url=url_for("themes.index", view=themes.View.TRIAGE),
            verb="Start triage",
            icon="stack-2",
        )


def customers_heard(user: User) -> Iterator[Waiting]:
    """A seller's own accounts that spoke lately."""
    if Role.SALES not in user.roles:
        return
    newest = _last_said_at()
    if newest is None:
        return
    said = func.count(FeedbackItem.id).label("said")
    rows = db.session.execute(
        select(Account.id, Account.name, Account.revenue_amount, Account.currency, said)
        .join(FeedbackItem, FeedbackItem.account_id == Account.id)
        .where(owned_by(Account, user))
        .where(FeedbackItem.said_at > newest - func.make_interval(0, 0, 0, RECENT_DAYS))
        .group_by(Account.id)
        .order_by(said.desc(), Account.id)
        .limit(8)
    )
    for account_id, name, revenue, currency, count in rows:
        yield Waiting(
            what=f"{name} was heard {plural(count, 'time')}",
            why=f"in the last {RECENT_DAYS} days; {_money(revenue, currency)} a year",
            url=url_for("accounts.show", account_id=account_id),
            verb="Read",
            icon="message-2",
        )


def records_to_bring(user: User) -> Iterator[Waiting]:
    """For a service agent: how old the newest word is, and the way to bring newer ones."""
    if Role.SERVICE not in user.roles:
        return
    newest = _last_said_at()
    if newest is None:
        return
    said = day(newest.date(), today())
    yield Waiting(
        what="Bring the newest cases",
        why=f"The last thing heard was said on {said}; the same file twice adds nothing",
        url=url_for("intake.index"),
        verb="Import an export",
        icon="upload",
    )


def _worth(theme: Theme) -> str:
    rate = f"{times(theme.trend_ratio)} usual, " if theme.trend_ratio else ""
    return f"{rate}{plural(theme.account_count, 'account')}, {_money(theme.revenue_amount)} a year" + (
        f"; {plural(theme.renewal_count, 'renews', 'renew')} within 180 days" if theme.renewal_count else ""
    )


def _money(amount: SupportsFloat | None, currency: str | None = None) -> str:
    return money(amount, currency or current_app.extensions["settings"].currency)


def _last_said_at() -> datetime | None:
    return db.session.scalar(select(func.max(FeedbackItem.said_at)).where(FeedbackItem.said_at <= now()))
