"""The pieces of one theme's page: its words, who asks, what is near, and how it came to be."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, select
from sqlalchemy.orm import aliased, joinedload

from ideaflow.db import db
from ideaflow.errors import NotFound, must_exist
from ideaflow.feedback.models import FeedbackItem, Statement
from ideaflow.paging import PAGE_SIZE, Key, Page, page_of
from ideaflow.themes.asking.accounts import AccountLine, asks, counting
from ideaflow.themes.asking.backing import lines_of
from ideaflow.themes.models import (
    LIVE_STATES,
    StatementVector,
    Theme,
    ThemeMembership,
)

STATEMENT_ORDERS = {
    "typical": Key(ThemeMembership.__table__.c.typicality, "typicality"),
    "newest": Key(FeedbackItem.__table__.c.said_at, "said_at"),
    "least_sure": Key(ThemeMembership.__table__.c.strength, "strength", descending=False),
}


@dataclass(frozen=True)
class StatementLine:
    """One statement with where it comes from.

    ``item_text[begins_at:ends_at]`` is the statement within all that was said.

    :ivar source_label: what people call the record: “case 48213”, “opportunity O-771, lost reason”.
    :ivar echo_count: how many more statements of the account repeat this one in the same theme.
    :ivar placed_by_name: the user who put it here, or whose decision about others it follows.
    :ivar correction_id: that decision, made at ``decided_at``.
    """

    id: int
    theme_id: int | None
    text: str
    item_id: int
    item_text: str
    begins_at: int
    ends_at: int
    account_id: int | None
    account_name: str
    speaker_name: str
    speaker_title: str
    is_proxy: bool
    source: str
    source_label: str
    case_id: int | None
    opportunity_id: int | None
    said_at: datetime
    strength: float
    placed_by: str
    placed_by_name: str
    echo_count: int
    correction_id: int | None = None
    decided_at: datetime | None = None
    placed_at: datetime | None = None


@dataclass(frozen=True)
class Neighbour:
    """A theme like another one, and the accounts they share."""

    theme: Theme
    likeness: float
    common_account_count: int


@dataclass(frozen=True)
class WhyHere:
    """Why a statement is where it is: those most like it, 0–1, and the theme it would go to if not here."""

    line: StatementLine
    theme: Theme | None
    nearest: list[tuple[StatementLine, float]]
    next_theme: Theme | None
    next_likeness: float


def theme(theme_id: int) -> Theme:
    """Return a theme with its owner; one that was merged away too, with the way to where it lives on.

    :raises NotFound: there is no such theme.
    """
    return must_exist(
        db.session.scalar(
            select(Theme).where(Theme.id == theme_id).options(joinedload(Theme.owner), joinedload(Theme.area))
        ),
        f"There is no theme {theme_id}.",
    )


def living_id(theme_id: int) -> int:
    """Return the number under which a theme lives on: its own, or that of what it was merged into."""
    seen = set()
    while theme_id not in seen:
        seen.add(theme_id)
        into = db.session.scalar(select(Theme.merged_into_id).where(Theme.id == theme_id))
        if into is None:
            return theme_id
        theme_id = into
    return theme_id


def statements(
    theme_id: int,
    order: str = "typical",
    after: str | None = None,
    *,
    size: int = PAGE_SIZE,
    part_id: int | None = None,
    language: str = "",
) -> Page[StatementLine]:
    """Return a page of a theme's statements: most typical, newest or least sure first.

    What an account says again in the theme is folded into what it said first: see ``echoes``.

    :param part_id: only those of this sub-theme.
    :param language: only those in this one.
    """
    query = _lines().where(ThemeMembership.theme_id == theme_id, ~_repeats())
    if part_id is not None:
        query = query.where(ThemeMembership.sub_theme_id == part_id)
    if language:
        query = query.where(Statement.language == language)
    last = Key(ThemeMembership.__table__.c.statement_id, "statement_id", descending=False)
    keys = [STATEMENT_ORDERS.get(order, STATEMENT_ORDERS["typical"]), last]
    page = page_of(query, keys, after=after, size=size)
    return Page(_as_lines(page.rows), page.after)


def echoes(theme_id: int, statement_id: int, limit: int = 50) -> list[StatementLine]:
    """Return how an account said the same again in a theme, the newest first."""
    query = (
        _lines()
        .join(StatementVector, StatementVector.statement_id == ThemeMembership.statement_id)
        .where(ThemeMembership.theme_id == theme_id, StatementVector.echo_of_id == statement_id)
        .order_by(FeedbackItem.said_at.desc(), ThemeMembership.statement_id)
        .limit(limit)
    )
    return [_as_line(row, 0) for row in db.session.scalars(query)]


def statement_lines(statement_ids: Sequence[int]) -> list[StatementLine]:
    """Return statements that are in a theme, in the order of their numbers given."""
    rows = db.session.scalars(_lines().where(ThemeMembership.statement_id.in_(statement_ids))).all()
    lines = {line.id: line for line in _as_lines(rows)}
    return [lines[one] for one in statement_ids if one in lines]


def accounts_of(theme_id: int) -> list[AccountLine]:
    """Return who asks, each account once, the largest revenue first."""
    return lines_of(asks([theme_id]))


def similar(theme_id: int, limit: int = 3) -> list[Neighbour]:
    """Return the live themes most like this one, with how many accounts ask for both."""
    me = aliased(Theme)
    distance = Theme.centroid.cosine_distance(me.centroid)
    rows = db.session.execute(
        select(Theme, 1 - distance)
        .join(me, and_(me.id == theme_id, me.id != Theme.id))
        .where(Theme.state.in_(LIVE_STATES), Theme.centroid.is_not(None), me.centroid.is_not(None))
        .order_by(distance)
        .limit(limit)
    ).all()
    found = asks([theme_id, *(row[0].id for row in rows)])
    accounts: dict[int, set[int | None]] = {}
    for ask in found:
        accounts.setdefault(ask.theme_id, set()).add(ask.account_id)
    mine = accounts.get(theme_id, set()) - {None}
    return [Neighbour(row[0], float(row[1]), len(mine & accounts.get(row[0].id, set()))) for row in rows]


def why_here(statement_id: int, limit: int = 4) -> WhyHere:
    """Return why a statement is in its theme: what is most like it, and where it would go otherwise.

    :raises NotFound: it is in no theme and nobody took it out of one.
    """
    lines = statement_lines([statement_id])
    if not lines:
        raise NotFound(f"Statement {statement_id} is in no theme.")
    line = lines[0]
    me = aliased(StatementVector)
    distance = StatementVector.mean.cosine_distance(me.mean)
    near = db.session.execute(
        counting(select(ThemeMembership.statement_id, 1 - distance))
        .join(StatementVector, StatementVector.statement_id == ThemeMembership.statement_id)
        .join(me, me.statement_id == statement_id)
        .where(ThemeMembership.statement_id != statement_id, ThemeMembership.theme_id.is_not(None))
        .order_by(distance, ThemeMembership.statement_id)
        .limit(limit)
    ).all()
    likeness = {row[0]: float(row[1]) for row in near}
    nearest = [(one, likeness[one.id]) for one in statement_lines(list(likeness))]
    away = Theme.centroid.cosine_distance(me.mean)
    homes = db.session.execute(
        select(Theme, 1 - away)
        .join(me, me.statement_id == statement_id)
        .where(Theme.state.in_(LIVE_STATES), Theme.centroid.is_not(None))
        .where(Theme.id != (line.theme_id or 0))
        .order_by(away)
        .limit(1)
    ).first()
    here = None if line.theme_id is None else db.session.get(Theme, line.theme_id)
    return WhyHere(line, here, nearest, homes[0] if homes else None, float(homes[1]) if homes else 0.0)


def _lines() -> Select[*tuple[Any, ...]]:
    item = joinedload(ThemeMembership.statement).joinedload(Statement.item)
    return counting(select(ThemeMembership)).options(
        item.joinedload(FeedbackItem.account),
        item.joinedload(FeedbackItem.contact),
        item.joinedload(FeedbackItem.case),
        item.joinedload(FeedbackItem.opportunity),
        joinedload(ThemeMembership.correction),
    )


def _repeats() -> ColumnElement[bool]:
    """Return “the account said this before, in the same theme and sub-theme”."""
    original, own = aliased(ThemeMembership), aliased(StatementVector)
    return (
        select(original.statement_id)
        .join(own, own.echo_of_id == original.statement_id)
        .where(
            own.statement_id == ThemeMembership.statement_id,
            original.theme_id == ThemeMembership.theme_id,
            original.sub_theme_id.is_not_distinct_from(ThemeMembership.sub_theme_id),
        )
        .correlate(ThemeMembership)
        .exists()
    )


def _as_lines(rows: Sequence[ThemeMembership]) -> list[StatementLine]:
    original = aliased(ThemeMembership)
    query = (
        counting(select(original.statement_id, func.count()))
        .join(StatementVector, StatementVector.statement_id == ThemeMembership.statement_id)
        .join(original, original.statement_id == StatementVector.echo_of_id)
        .where(
            original.statement_id.in_([row.statement_id for row in rows]),
            original.theme_id == ThemeMembership.theme_id,
        )
        .group_by(original.statement_id)
    )
    again = {row[0]: row[1] for row in db.session.execute(query)}
    return [_as_line(row, again.get(row.statement_id, 0)) for row in rows]


def _as_line(row: ThemeMembership, echo_count: int) -> StatementLine:
    said, item = row.statement, row.statement.item
    return StatementLine(
        id=said.id,
        theme_id=row.theme_id,
        text=said.text,
        item_id=item.id,
        item_text=item.text,
        begins_at=said.begins_at,
        ends_at=said.ends_at,
        account_id=item.account_id,
        account_name=item.account.name if item.account else "",
        speaker_name=item.speaker_name or (item.contact.name if item.contact else ""),
        speaker_title=(item.contact.title or "") if item.contact else "",
        is_proxy=item.is_proxy,
        source=item.source,
        source_label=source_label(item),
        case_id=item.case_id,
        opportunity_id=item.opportunity_id,
        said_at=item.said_at,
        strength=row.strength,
        placed_by=row.placed_by,
        placed_by_name=row.correction.user_name if row.correction else "",
        echo_count=echo_count,
        correction_id=row.correction_id,
        decided_at=row.correction.made_at if row.correction else None,
        placed_at=row.placed_at,
    )


def source_label(item: FeedbackItem) -> str:
    """Return what people call the record an item was said in."""
    if item.case is not None:
        return item.case.label
    reasons = {"lost_reason": ", lost reason", "won_reason": ", won reason"}
    if item.opportunity is not None:
        return f"opportunity {item.opportunity.source_id}{reasons.get(item.part, '')}"
    return f"{item.source} {item.source_id}"
