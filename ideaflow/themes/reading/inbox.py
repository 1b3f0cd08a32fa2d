"""The list of themes: orders, pages, counts, and coverage."""

from dataclasses import dataclass

from sqlalchemy import exists, func, select
from sqlalchemy.orm import joinedload

from ideaflow.accounts.models import Account
from ideaflow.accounts.queries import our_revenue
from ideaflow.db import db
from ideaflow.errors import Invalid
from ideaflow.feedback.models import FeedbackItem
from ideaflow.feedback.queries import statements_counting
from ideaflow.paging import PAGE_SIZE, Key, Page, key_of, page_of
from ideaflow.themes.models import LIVE_STATES, RunState, Theme, ThemeRun
from ideaflow.themes.reading.filters import InboxFilters, View, filtered, in_view

ORDERS: dict[str, tuple[tuple[str, bool], ...]] = {
    "signal": (("signal_rank", True), ("revenue_amount", True)),
    "revenue": (("revenue_amount", True),),
    "accounts": (("account_count", True), ("revenue_amount", True)),
    "pipeline": (("open_amount", True), ("lost_amount", True)),
    "lost": (("lost_amount", True),),
    "customers": (("customer_count", True), ("revenue_amount", True)),
    "prospects": (("prospect_count", True), ("open_amount", True)),
    "renewals": (("renewal_amount", True), ("renewal_count", True)),
    "size": (("statement_count", True),),
    "trend": (("trend_ratio", True),),
    "newest": (("last_said_at", True),),
    "born": (("first_said_at", True),),
    "title": (("title", False),),
}
"""What a list can be ordered by: columns, and whether the largest comes first."""


@dataclass(frozen=True)
class Coverage:
    """How much of what was said the themes hold, and who was heard.

    :ivar statement_share: of all statements, those in a theme, 0–1.
    :ivar silent_revenue_share: of all revenue, that of accounts never heard, 0–1.
    :ivar kept_share: of the statements in themes before the last run, those it left there, 0–1.
    :ivar unread_count: feedback items that no statements were drawn from yet.
    :ivar run: the last run that ended well.
    :ivar current: the run that waits or runs now.
    :ivar failed: the last run, when it failed.
    """

    statement_count: int
    in_theme_count: int
    statement_share: float
    account_count: int
    heard_count: int
    silent_revenue_share: float
    kept_share: float | None
    unread_count: int
    run: ThemeRun | None
    current: ThemeRun | None
    failed: ThemeRun | None
    stopped: ThemeRun | None = None


def inbox(filters: InboxFilters, after: str | None = None, *, size: int = PAGE_SIZE) -> Page[Theme]:
    """Return a page of themes with their owners.

    :raises Invalid: there is no such view, order or next page.
    """
    keys = _keys(filters)
    query = filtered(select(Theme), filters).options(joinedload(Theme.owner), joinedload(Theme.area))
    return page_of(query, keys, after=after, size=size)


def key_after(filters: InboxFilters, theme_id: int) -> str | None:
    """Return where the page begins that follows this theme, whether it is still in the list or not."""
    theme = db.session.get(Theme, theme_id)
    return key_of(theme, _keys(filters)) if theme else None


def _keys(filters: InboxFilters) -> list[Key]:
    if filters.sort not in ORDERS:
        raise Invalid(f"Themes cannot be sorted by “{filters.sort}”. Use one of: {', '.join(ORDERS)}.")
    keys = [Key(getattr(Theme, name), name, first) for name, first in ORDERS[filters.sort]]
    return [*keys, Key(Theme.__table__.c.id, "id", descending=False)]


def inbox_count(filters: InboxFilters) -> int:
    """Return how many themes the filters leave."""
    return db.session.scalar(filtered(select(func.count(Theme.id)), filters)) or 0


def views_counts(user_id: int | None = None) -> dict[str, int]:
    """Return how many themes each view holds, by the name of the view."""
    counts = [func.count().filter(in_view(view, user_id)).label(view.value) for view in View]
    row = db.session.execute(select(*counts).select_from(Theme)).one()
    return {view.value: getattr(row, view.value) for view in View}


def coverage() -> Coverage:
    """Return what the themes cover, and the runs behind them."""
    placed = (
        select(func.coalesce(func.sum(Theme.statement_count), 0))
        .where(Theme.state.in_(LIVE_STATES))
        .scalar_subquery()
    )
    unread = select(func.count()).where(FeedbackItem.read_at.is_(None), FeedbackItem.counts)
    heard = exists().where(FeedbackItem.account_id == Account.id, FeedbackItem.counts)
    revenue = func.coalesce(func.sum(our_revenue()), 0)
    silent = func.coalesce(func.sum(our_revenue()).filter(~heard), 0)
    total, inside, waiting, accounts, heard_accounts, all_revenue, silent_revenue = db.session.execute(
        select(
            statements_counting(), placed, unread.scalar_subquery(), func.count(Account.id),
            func.count(Account.id).filter(heard), revenue, silent,
        )
    ).one()  # fmt: skip
    done, current, failed, stopped = _runs()
    return Coverage(
        statement_count=total,
        in_theme_count=inside,
        statement_share=inside / total if total else 0.0,
        account_count=accounts,
        heard_count=heard_accounts,
        silent_revenue_share=float(silent_revenue / all_revenue) if all_revenue else 0.0,
        kept_share=done.kept_share if done else None,
        unread_count=waiting,
        run=done,
        current=current,
        failed=failed,
        stopped=stopped,
    )


def current_run() -> ThemeRun | None:
    """Return the run that waits or runs now."""
    return _runs()[1]


def _runs() -> tuple[ThemeRun | None, ThemeRun | None, ThemeRun | None, ThemeRun | None]:
    """Return the last run that ended well, the one going on, and the last one if it failed or was stopped."""
    newest = db.session.scalars(select(ThemeRun).order_by(ThemeRun.id.desc()).limit(20)).all()
    done = next((run for run in newest if run.state == RunState.DONE), None)
    current = next((run for run in newest if not run.is_over), None)
    failed, stopped = (
        newest[0] if newest and newest[0].state == end else None
        for end in (RunState.FAILED, RunState.STOPPED)
    )
    return done, current, failed, stopped
