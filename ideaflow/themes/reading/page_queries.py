"""Questions only the pages of themes ask: who may own one, where a statement could go, who is silent."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.orm import aliased, joinedload

from ideaflow.accounts.models import Account
from ideaflow.accounts.queries import our_revenue
from ideaflow.db import db
from ideaflow.feedback.models import FeedbackItem, Statement
from ideaflow.themes.asking.accounts import counting
from ideaflow.themes.models import (
    LIVE_STATES,
    OPEN_STATES,
    StatementVector,
    Theme,
    ThemeMembership,
    ThemeState,
)
from ideaflow.users.models import User
from ideaflow.users.policy import Right, Role, may

MONTHS_SHOWN = 18
LEAST_SILENT = 3


@dataclass(frozen=True)
class SilentPart:
    """A segment in a region from which nobody asks."""

    name: str
    account_count: int
    revenue_amount: Decimal


@dataclass(frozen=True)
class MapQuote:
    """A statement read beside the map."""

    text: str
    account_name: str
    strength: float


def title_of(theme_id: int) -> str:
    """Return a theme's title; empty when there is none with this id."""
    return db.session.scalar(select(Theme.title).where(Theme.id == theme_id)) or ""


def titles_of(theme_ids: Collection[int]) -> dict[int, str]:
    """Return the titles of themes by their ids."""
    rows = db.session.execute(select(Theme.id, Theme.title).where(Theme.id.in_(theme_ids)))
    return {row[0]: row[1] for row in rows}


def other_titles(theme_ids: Collection[int]) -> list[tuple[int, str]]:
    """Return open themes other than these, by title, for a choice."""
    query = select(Theme.id, Theme.title).where(Theme.state.in_(OPEN_STATES), Theme.id.not_in(theme_ids))
    return [(row[0], row[1]) for row in db.session.execute(query.order_by(Theme.title, Theme.id))]


def owners() -> Sequence[User]:
    """Return who may look after themes: active users with the right to triage, by name."""
    roles = [role.value for role in Role if may([role], Right.TRIAGE)]
    query = select(User).where(User.left_at.is_(None), User.roles.overlap(roles))
    return db.session.scalars(query.order_by(User.name, User.id)).all()


def triage_count() -> int:
    """Return how many themes wait for triage."""
    return db.session.scalar(select(func.count(Theme.id)).where(Theme.state == ThemeState.NEW)) or 0


def triage_place(theme: Theme) -> tuple[int, int] | None:
    """Return which one this is of those that need triage, in the order of the list; None if it does not."""
    if theme.state != ThemeState.NEW:
        return None
    before = func.count(Theme.id).filter(
        (Theme.signal_rank > theme.signal_rank)
        | ((Theme.signal_rank == theme.signal_rank) & (Theme.revenue_amount > theme.revenue_amount))
        | (
            (Theme.signal_rank == theme.signal_rank)
            & (Theme.revenue_amount == theme.revenue_amount)
            & (Theme.id < theme.id)
        )
    )
    row = db.session.execute(select(before, func.count(Theme.id)).where(Theme.state == ThemeState.NEW)).one()
    return row[0] + 1, row[1]


def months_of(theme_id: int) -> list[tuple[int, int, int]]:
    """Return (year, month, statements) of a theme, oldest first, without gaps; at most 18 months."""
    month = func.date_trunc("month", func.timezone("UTC", FeedbackItem.said_at))
    query = counting(select(month, func.count())).where(ThemeMembership.theme_id == theme_id).group_by(month)
    counts = {row[0].date(): row[1] for row in db.session.execute(query)}
    if not counts:
        return []
    first, last = min(counts), max(counts)
    start = max(first.year * 12 + first.month - 1, last.year * 12 + last.month - MONTHS_SHOWN)
    return [
        (number // 12, number % 12 + 1, counts.get(date(number // 12, number % 12 + 1, 1), 0))
        for number in range(start, last.year * 12 + last.month)
    ]


def silent_part(account_ids: Collection[int]) -> SilentPart | None:
    """Return the segment and region with the most revenue where none of these accounts is."""
    revenue = func.coalesce(func.sum(our_revenue()), 0)
    row = db.session.execute(
        select(Account.segment, Account.region, func.count(Account.id), revenue)
        .where(Account.segment.is_not(None))
        .group_by(Account.segment, Account.region)
        .having(func.count(Account.id).filter(Account.id.in_(account_ids)) == 0, func.count() >= LEAST_SILENT)
        .order_by(revenue.desc(), Account.segment, Account.region)
        .limit(1)
    ).first()
    if row is None:
        return None
    return SilentPart(", ".join(part for part in row[:2] if part), row[2], row[3] or Decimal(0))


def account_count() -> int:
    """Return how many accounts there are."""
    return db.session.scalar(select(func.count(Account.id))) or 0


def homes_for(statement_id: int, not_in: int, limit: int = 60) -> list[Theme]:
    """Return the themes a statement could go to, the likeliest first."""
    me = aliased(StatementVector)
    distance = Theme.centroid.cosine_distance(me.mean)
    query = (
        select(Theme)
        .outerjoin(me, me.statement_id == statement_id)
        .where(Theme.state.in_(LIVE_STATES), Theme.id != not_in)
        .order_by(distance.asc().nulls_last(), Theme.statement_count.desc(), Theme.id)
        .limit(limit)
    )
    return list(db.session.scalars(query))


def largest_themes(limit: int, first: Collection[int] = ()) -> list[tuple[int, str]]:
    """Return number and title of open themes, those of ``first`` before the others, the largest first."""
    query = select(Theme.id, Theme.title).where(Theme.state.in_(OPEN_STATES))
    order = (Theme.id.in_(first).desc(), Theme.statement_count.desc(), Theme.id)
    return [(row[0], row[1]) for row in db.session.execute(query.order_by(*order).limit(limit))]


def map_quotes(theme_id: int, *, at_edge: bool, limit: int) -> list[MapQuote]:
    """Return a theme's statements read beside the map: the most typical, or the least sure."""
    order = ThemeMembership.strength.asc() if at_edge else ThemeMembership.typicality.desc()
    query = (
        counting(select(Statement.text, func.coalesce(Account.name, ""), ThemeMembership.strength))
        .outerjoin(Account, Account.id == FeedbackItem.account_id)
        .where(ThemeMembership.theme_id == theme_id)
        .order_by(order, ThemeMembership.statement_id)
        .limit(limit)
    )
    return [MapQuote(*row) for row in db.session.execute(query)]


def theme_on_map(theme_id: int | None) -> Theme | None:
    """Return the theme chosen on the map, if it is open; else the first one of the list."""
    query = (
        select(Theme)
        .where(Theme.state.in_(OPEN_STATES), Theme.map_x.is_not(None))
        .options(joinedload(Theme.area))
    )
    chosen = db.session.scalar(query.where(Theme.id == theme_id)) if theme_id else None
    first = query.order_by(Theme.signal_rank.desc(), Theme.revenue_amount.desc(), Theme.id).limit(1)
    return chosen or db.session.scalar(first)


def place_of(statement_id: int) -> tuple[bool, Theme | None, str | None]:
    """Return whether a statement has been read, its theme, and who put it there (``PlacedBy``)."""
    row = db.session.execute(
        select(StatementVector.sorted_at, Theme, ThemeMembership.placed_by)
        .outerjoin(ThemeMembership, ThemeMembership.statement_id == StatementVector.statement_id)
        .outerjoin(Theme, Theme.id == ThemeMembership.theme_id)
        .where(StatementVector.statement_id == statement_id)
    ).first()
    if row is None:
        return False, None, None
    return row[0] is not None or row[1] is not None, row[1], row[2]
