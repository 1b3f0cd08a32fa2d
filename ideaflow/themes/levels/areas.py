"""Questions about the levels: areas with their largest themes, sub-themes, how many there are of each."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, func, select

from ideaflow.db import db
from ideaflow.errors import Invalid, NotFound
from ideaflow.themes.asking.accounts import counting
from ideaflow.themes.models import OPEN_STATES, Area, SubTheme, Theme, ThemeMembership

ORDERS: dict[str, ColumnElement[Any]] = {
    "revenue": Area.revenue_amount.desc(),
    "accounts": Area.account_count.desc(),
    "size": Area.statement_count.desc(),
    "title": Area.title.asc(),
}
"""What a list of areas can be ordered by."""
NAMED = 3


@dataclass(frozen=True)
class AreaRow:
    """An area, and the titles of its largest themes."""

    area: Area
    titles: tuple[str, ...]


@dataclass(frozen=True)
class LevelCounts:
    """How many there are of each level: open areas, open themes, sub-themes of open themes."""

    areas: int
    themes: int
    sub_themes: int


def areas(sort: str = "revenue") -> list[AreaRow]:
    """Return all areas that hold open themes. There are few: no pages.

    :raises Invalid: there is no such order.
    """
    if sort not in ORDERS:
        raise Invalid(f"Areas cannot be sorted by “{sort}”. Use one of: {', '.join(ORDERS)}.")
    found = db.session.scalars(
        select(Area).where(Area.retired_at.is_(None), Area.theme_count > 0).order_by(ORDERS[sort], Area.id)
    ).all()
    place = func.row_number().over(
        partition_by=Theme.area_id, order_by=(Theme.statement_count.desc(), Theme.id)
    )
    inner = (
        select(Theme.area_id, Theme.title, place.label("place"))
        .where(Theme.state.in_(OPEN_STATES), Theme.area_id.is_not(None))
        .subquery()
    )
    titles: dict[int, list[str]] = defaultdict(list)
    for area_id, title in db.session.execute(
        select(inner.c.area_id, inner.c.title).where(inner.c.place <= NAMED).order_by(inner.c.place)
    ):
        titles[area_id].append(title)
    return [AreaRow(one, tuple(titles[one.id])) for one in found]


def known_area(area_id: int) -> Area | None:
    """Return an area; None when no run finds it any more."""
    return db.session.scalar(select(Area).where(Area.id == area_id, Area.retired_at.is_(None)))


def area_titles() -> list[tuple[int, str]]:
    """Return the areas that hold open themes, by name."""
    query = select(Area.id, Area.title).where(Area.retired_at.is_(None), Area.theme_count > 0)
    return [(row[0], row[1]) for row in db.session.execute(query.order_by(Area.title, Area.id))]


def level_counts() -> LevelCounts:
    """Return how many areas, themes and sub-themes there are to look at."""
    is_open = Theme.state.in_(OPEN_STATES)
    parts = select(func.count()).select_from(SubTheme).join(Theme, Theme.id == SubTheme.theme_id)
    row = db.session.execute(
        select(
            select(func.count(func.distinct(Theme.area_id))).where(is_open).scalar_subquery(),
            select(func.count(Theme.id)).where(is_open).scalar_subquery(),
            parts.where(is_open, SubTheme.statement_count > 0).scalar_subquery(),
        )
    ).one()
    return LevelCounts(*row)


def sub_themes(theme_ids: Collection[int]) -> dict[int, list[SubTheme]]:
    """Return the sub-themes of each theme, the largest first; those that nothing is left of are gone."""
    rows = db.session.scalars(
        select(SubTheme)
        .where(SubTheme.theme_id.in_(theme_ids), SubTheme.statement_count > 0)
        .order_by(SubTheme.statement_count.desc(), SubTheme.id)
    )
    found: dict[int, list[SubTheme]] = defaultdict(list)
    for one in rows:
        found[one.theme_id].append(one)
    return dict(found)


def themes_in() -> dict[int, list[tuple[int, str]]]:
    """Return number and title of the open themes of each area, the largest first."""
    query = select(Area.id, Theme.id, Theme.title).join(Area, Area.id == Theme.area_id)
    found: dict[int, list[tuple[int, str]]] = defaultdict(list)
    for area_id, theme_id, title in db.session.execute(
        query.where(Theme.state.in_(OPEN_STATES)).order_by(Theme.statement_count.desc(), Theme.id)
    ):
        found[area_id].append((theme_id, title))
    return dict(found)


def all_sub_themes() -> list[tuple[SubTheme, str]]:
    """Return the sub-themes of all open themes with the titles of these, the largest theme first."""
    query = select(SubTheme, Theme.title).join(Theme, Theme.id == SubTheme.theme_id)
    rows = db.session.execute(
        query.where(Theme.state.in_(OPEN_STATES), SubTheme.statement_count > 0).order_by(
            Theme.statement_count.desc(), Theme.id, SubTheme.statement_count.desc(), SubTheme.id
        )
    )
    return [(row[0], row[1]) for row in rows]


def sub_theme(theme_id: int, sub_theme_id: int) -> SubTheme:
    """Return one sub-theme of a theme.

    :raises NotFound: the theme has no such part any more.
    """
    found = db.session.get(SubTheme, sub_theme_id)
    if found is None or found.theme_id != theme_id:
        raise NotFound("This theme has no such part any more: a later run has found other ones.")
    return found


def statements_of_part(part: SubTheme) -> Sequence[int]:
    """Return the statements that are in a sub-theme and still in its theme."""
    query = counting(select(ThemeMembership.statement_id)).where(
        ThemeMembership.sub_theme_id == part.id, ThemeMembership.theme_id == part.theme_id
    )
    return db.session.scalars(query.order_by(ThemeMembership.statement_id)).all()
