"""Questions about what is in no theme: the pool of statements, and the groups in it that might be themes."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, select, true
from sqlalchemy.orm import joinedload

from ideaflow.db import among, db
from ideaflow.errors import NotFound
from ideaflow.feedback.models import FeedbackItem, Statement
from ideaflow.feedback.queries import says
from ideaflow.paging import Key, Page, page_of
from ideaflow.themes.asking.accounts import counting
from ideaflow.themes.models import (
    LIVE_STATES,
    CandidateKind,
    CandidateState,
    StatementVector,
    Theme,
    ThemeCandidate,
    ThemeMembership,
)

POOL_PAGE = 30


@dataclass(frozen=True)
class PoolLine:
    """One statement of the pool, and the theme it is nearest to."""

    statement: Statement
    theme_id: int | None
    theme_title: str
    likeness: float


@dataclass(frozen=True)
class Group:
    """A candidate with the statements that speak for it, the most typical first."""

    candidate: ThemeCandidate
    quotes: Sequence[Statement]
    nearest: PoolLine | None
    of_title: str = ""
    other_title: str = ""

    @property
    def statement_count(self) -> int:
        return len(self.candidate.statement_ids)


def in_pool(query: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    """Keep statements that count, that a theme was sought for, and that are in none."""
    return (
        counting(query, StatementVector)
        .outerjoin(ThemeMembership, ThemeMembership.statement_id == Statement.id)
        .where(
            StatementVector.sorted_at.is_not(None),
            ThemeMembership.statement_id.is_(None),
        )
    )


def pool_count() -> int:
    """Return how many statements are in no theme."""
    return db.session.scalar(in_pool(select(func.count()))) or 0


def pool(*, words: str = "", after: str | None = None) -> Page[PoolLine]:
    """Return a page of the pool, what was said last first, each with the theme it is nearest to."""
    query = in_pool(select(Statement)).options(*_sources())
    if words:
        query = query.where(says(words))
    keys = (Key(FeedbackItem.said_at, "said_at"), Key(Statement.id, "id"))
    page = page_of(query, keys, after=after, size=POOL_PAGE)
    near = nearest_themes([one.id for one in page.rows])
    return Page([_line(one, near) for one in page.rows], page.after)


def candidate_count() -> int:
    """Return how many groups and questions wait for somebody."""
    query = select(func.count(ThemeCandidate.id)).where(ThemeCandidate.state == CandidateState.OPEN)
    return db.session.scalar(query) or 0


def groups() -> list[Group]:
    """Return what waits for a decision: first what might be a new theme, those with most accounts first."""
    query = select(ThemeCandidate).where(ThemeCandidate.state == CandidateState.OPEN)
    size = func.cardinality(ThemeCandidate.statement_ids)
    order = (
        ThemeCandidate.kind != CandidateKind.NEW,
        ThemeCandidate.account_count.desc(),
        size.desc(),
        ThemeCandidate.id,
    )
    return _with_quotes(db.session.scalars(query.order_by(*order)).all())


def group(candidate_id: int) -> Group:
    """Return one group, whatever became of it, with all of its statements.

    :raises NotFound: there is none.
    """
    found = db.session.get(ThemeCandidate, candidate_id)
    if found is None:
        raise NotFound(f"There is no group {candidate_id}.")
    return _with_quotes([found], all_of_them=True)[0]


def nearest_themes(statement_ids: Collection[int]) -> dict[int, tuple[int, str, float]]:
    """Return for each statement the live theme whose centre is nearest: its id, title and likeness."""
    away = Theme.centroid.cosine_distance(StatementVector.mean)
    near = (
        select(Theme.id, Theme.title, (1 - away).label("likeness"))
        .where(Theme.state.in_(LIVE_STATES), Theme.centroid.is_not(None))
        .order_by(away)
        .limit(1)
        .lateral()
    )
    rows = db.session.execute(
        select(StatementVector.statement_id, near.c.id, near.c.title, near.c.likeness)
        .join(near, true())
        .where(among(StatementVector.statement_id, statement_ids))
    )
    return {row[0]: (row[1], row[2], max(0.0, float(row[3]))) for row in rows}


def still_in_pool(statement_ids: Collection[int]) -> list[int]:
    """Return those of the statements that are in no theme and were taken out of none."""
    query = in_pool(select(Statement.id)).where(among(Statement.id, statement_ids))
    return list(db.session.scalars(query.order_by(Statement.id)))


def _with_quotes(candidates: Sequence[ThemeCandidate], *, all_of_them: bool = False) -> list[Group]:
    wanted = {one.id: one.statement_ids if all_of_them else one.quote_statement_ids for one in candidates}
    ids = {one for own in wanted.values() for one in own}
    query = select(Statement).where(among(Statement.id, ids)).options(*_sources()).join(FeedbackItem)
    found = {one.id: one for one in db.session.scalars(query)}
    near = nearest_themes({own[0] for own in wanted.values() if own})
    about = {one.of_theme_id or 0 for one in candidates} | {one.other_theme_id or 0 for one in candidates}
    rows = db.session.execute(select(Theme.id, Theme.title).where(among(Theme.id, about)))
    titles: dict[int, str] = {row[0]: row[1] for row in rows}
    lines = []
    for candidate in candidates:
        quotes = [found[one] for one in wanted[candidate.id] if one in found]
        lines.append(
            Group(
                candidate,
                quotes,
                _line(quotes[0], near) if quotes else None,
                titles.get(candidate.of_theme_id or 0, ""),
                titles.get(candidate.other_theme_id or 0, ""),
            )
        )
    return lines


def _line(statement: Statement, near: dict[int, tuple[int, str, float]]) -> PoolLine:
    theme_id, title, likeness = near.get(statement.id, (None, "", 0.0))
    return PoolLine(statement, theme_id, title, likeness)


def _sources() -> tuple[Any, ...]:
    item = joinedload(Statement.item)
    return (
        item.joinedload(FeedbackItem.account),
        item.joinedload(FeedbackItem.contact),
        item.joinedload(FeedbackItem.case),
        item.joinedload(FeedbackItem.opportunity),
    )
