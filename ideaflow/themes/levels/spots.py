"""Questions of the map: what lies in a tile, in a drawn shape, and at one spot. Places are 0–1, y upwards."""

from array import array
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, not_, select, text
from sqlalchemy.orm import defer

from ideaflow.accounts.models import Account
from ideaflow.db import db
from ideaflow.errors import NotFound
from ideaflow.feedback.models import FeedbackItem, Statement
from ideaflow.themes.asking.accounts import counting
from ideaflow.themes.models import (
    OPEN_STATES,
    Area,
    RunState,
    StatementPlace,
    SubTheme,
    Theme,
    ThemeCorrection,
    ThemeMembership,
    ThemeRun,
)

FINE, CELLS = 3000, 112
"""A tile of more statements than this is told in so many cells a side, each with how many lie there."""
DEEPEST = 9
TOP_ACCOUNTS = 6
OPEN = tuple(str(state) for state in OPEN_STATES)

LYING = """
    FROM statement_places p
    JOIN statements s ON s.id = p.statement_id
    JOIN feedback_items i ON i.id = s.item_id
    LEFT JOIN theme_memberships m ON m.statement_id = p.statement_id
    LEFT JOIN themes t ON t.id = m.theme_id AND t.state = ANY(:open)
    WHERE p.x >= :left AND p.x < :right AND p.y >= :low AND p.y < :high
        AND i.withdrawn_at IS NULL AND i.superseded_by_id IS NULL AND (m.theme_id IS NULL OR t.id IS NOT NULL)
"""
"""Statements of open themes and of none; those of dismissed themes are not on the map."""
SINGLE = text(
    f"""
    SELECT p.statement_id, coalesce(t.id, 0), p.x, p.y, coalesce(array_position(:top, i.account_id), 0)
    {LYING} ORDER BY p.statement_id
    """
)
BINNED = text(
    f"""
    SELECT count(*), coalesce(mode() WITHIN GROUP (ORDER BY t.id), 0), avg(p.x), avg(p.y),
        mode() WITHIN GROUP (ORDER BY coalesce(array_position(:top, i.account_id), 0))
    {LYING}
    GROUP BY floor((p.x - :left) * :cells / (:right - :left)),
        floor((p.y - :low) * :cells / (:high - :low)), t.id IS NULL
    """
)
CAUGHT = f"""
    {LYING} AND point(p.x, p.y) <@ CAST(:shape AS polygon)
"""


@dataclass(frozen=True)
class Spot:
    """One statement on the map."""

    id: int
    text: str
    account_name: str
    account_id: int | None
    item_id: int
    said_at: datetime
    theme_id: int | None
    theme_title: str


@dataclass(frozen=True)
class Catch:
    """What a drawn shape holds: how many of each theme, the largest share first; theme 0 is none."""

    counts: list[tuple[int, str, int]]

    @property
    def total(self) -> int:
        return sum(count for _, _, count in self.counts)


def version() -> str:
    """Return what changes whenever anything on the map does: runs, corrections, new and withdrawn words."""
    gone = not_(FeedbackItem.counts)
    row = db.session.execute(
        select(
            select(func.max(ThemeRun.id)).where(ThemeRun.state == RunState.DONE).scalar_subquery(),
            select(func.max(ThemeCorrection.id)).scalar_subquery(),
            select(func.extract("epoch", func.max(ThemeCorrection.undone_at))).scalar_subquery(),
            select(func.max(StatementPlace.statement_id)).scalar_subquery(),
            select(func.count(FeedbackItem.id)).where(gone).scalar_subquery(),
        )
    ).one()
    return "-".join(f"{float(part or 0):.0f}" for part in row)


def tile(depth: int, column: int, row: int, top: Sequence[int]) -> bytes:
    """Return what lies in one tile; there are 2^depth tiles a side, counted from the left and from below.

    Little-endian: how many (uint32), 1 for cells or 0 for single statements (uint32), then columns:
    statement id, or how many a cell holds (uint32 each); theme id, 0 for none (uint32); x and y within the
    tile, 0–65535 (uint16); which of ``top`` said it, counted from 1, 0 for others (uint8).

    :raises NotFound: there is no such tile.
    """
    side = 2**depth if 0 <= depth <= DEEPEST else 0
    if not (0 <= column < side and 0 <= row < side):
        raise NotFound("There is no such tile.")
    part = 1 / side
    values: dict[str, Any] = {"left": column * part, "right": (column + 1) * part, "open": list(OPEN)}
    values |= {"low": row * part, "high": (row + 1) * part, "top": list(top)}
    if column == side - 1:
        values["right"] = 1.000001  # The rim of the map belongs to its last tiles.
    if row == side - 1:
        values["high"] = 1.000001
    inside = select(func.count()).select_from(StatementPlace)
    inside = inside.where(StatementPlace.x >= values["left"], StatementPlace.x < values["right"])
    inside = inside.where(StatementPlace.y >= values["low"], StatementPlace.y < values["high"])
    is_coarse = depth < DEEPEST and (db.session.scalar(inside) or 0) > FINE
    rows = (
        db.session.execute(BINNED, {**values, "cells": CELLS})
        if is_coarse
        else db.session.execute(SINGLE, values)
    )
    return _packed(rows.all(), column * part, row * part, part, is_coarse)


def _packed(rows: Sequence[Any], left: float, low: float, part: float, is_coarse: bool) -> bytes:
    def within(value: float, begin: float) -> int:
        return min(65535, max(0, int(65536 * (value - begin) / part)))

    columns = (
        array("I", [len(rows), int(is_coarse)]),
        array("I", [row[0] for row in rows]),
        array("I", [row[1] for row in rows]),
        array("H", [within(row[2], left) for row in rows]),
        array("H", [within(row[3], low) for row in rows]),
        array("B", [row[4] for row in rows]),
    )
    return b"".join(column.tobytes() for column in columns)


def themes_on_map() -> list[Theme]:
    """Return the open themes that have a place, the largest first."""
    query = select(Theme).where(
        Theme.state.in_(OPEN_STATES), Theme.map_x.is_not(None), Theme.statement_count > 0
    )
    query = query.options(defer(Theme.centroid)).order_by(Theme.statement_count.desc(), Theme.id)
    return list(db.session.scalars(query))


def areas_on_map() -> list[Area]:
    """Return the areas that hold open themes, by number: their colours stay."""
    query = select(Area).where(Area.retired_at.is_(None), Area.theme_count > 0)
    return list(db.session.scalars(query.order_by(Area.id)))


def parts_on_map() -> list[tuple[str, int, int, float, float]]:
    """Return title, theme, size and middle of each sub-theme, the largest first."""
    query = (
        select(
            SubTheme.title, SubTheme.theme_id, SubTheme.statement_count,
            func.avg(StatementPlace.x), func.avg(StatementPlace.y),
        )
        .join(
            ThemeMembership,
            (ThemeMembership.sub_theme_id == SubTheme.id) & (ThemeMembership.theme_id == SubTheme.theme_id),
        )
        .join(StatementPlace, StatementPlace.statement_id == ThemeMembership.statement_id)
        .where(SubTheme.statement_count > 0)
        .group_by(SubTheme.id)
        .order_by(SubTheme.statement_count.desc(), SubTheme.id)
    )  # fmt: skip
    return [(row[0], row[1], row[2], row[3], row[4]) for row in db.session.execute(query)]


def counts_on_map() -> tuple[int, int]:
    """Return how many statements have a place, and how many of them are in no theme."""
    placed = select(func.count()).select_from(StatementPlace).scalar_subquery()
    homeless = (
        select(func.count())
        .select_from(StatementPlace)
        .outerjoin(ThemeMembership, ThemeMembership.statement_id == StatementPlace.statement_id)
        .where(ThemeMembership.theme_id.is_(None))
        .scalar_subquery()
    )
    row = db.session.execute(select(placed, homeless)).one()
    return row[0], row[1]


def top_accounts() -> list[tuple[int, str, int]]:
    """Return the accounts that said most of what is on the map: number, name, statements."""
    said = func.count()
    query = (
        counting(select(Account.id, Account.name, said), StatementPlace)
        .join(Account, Account.id == FeedbackItem.account_id)
        .group_by(Account.id)
        .order_by(said.desc(), Account.id)
        .limit(TOP_ACCOUNTS)
    )
    return [(row[0], row[1], row[2]) for row in db.session.execute(query)]


def spots(statement_ids: Collection[int]) -> list[Spot]:
    """Return statements with who said them and where they belong, in the order of their numbers."""
    query = (
        select(
            Statement.id, Statement.text, func.coalesce(Account.name, ""), FeedbackItem.account_id,
            FeedbackItem.id, FeedbackItem.said_at, Theme.id, func.coalesce(Theme.title, ""),
        )
        .join(FeedbackItem, FeedbackItem.id == Statement.item_id)
        .outerjoin(Account, Account.id == FeedbackItem.account_id)
        .outerjoin(ThemeMembership, ThemeMembership.statement_id == Statement.id)
        .outerjoin(Theme, Theme.id == ThemeMembership.theme_id)
        .where(Statement.id.in_(statement_ids))
        .where(FeedbackItem.counts)
        .order_by(Statement.id)
    )  # fmt: skip
    return [Spot(*row) for row in db.session.execute(query)]


def caught(shape: Sequence[tuple[float, float]]) -> Catch:
    """Return how many statements of which themes lie in a drawn shape."""
    query = text(
        f"SELECT coalesce(t.id, 0), coalesce(t.title, ''), count(*) {CAUGHT} GROUP BY 1, 2 ORDER BY 3 DESC, 1"
    )
    return Catch([(row[0], row[1], row[2]) for row in db.session.execute(query, _around(shape))])


def caught_ids(
    shape: Sequence[tuple[float, float]],
    theme_id: int | None = None,
    after: int = 0,
    limit: int | None = None,
) -> list[tuple[int, int]]:
    """Return (statement, theme or 0) in a drawn shape, by number; ``theme_id`` 0 asks for those in none."""
    query = text(
        f"SELECT p.statement_id, coalesce(t.id, 0) {CAUGHT}"
        " AND p.statement_id > :after AND (CAST(:theme AS bigint) IS NULL OR coalesce(t.id, 0) = :theme)"
        " ORDER BY 1 LIMIT :limit"
    )
    values = {**_around(shape), "after": after, "theme": theme_id, "limit": limit}
    return [(row[0], row[1]) for row in db.session.execute(query, values)]


def _around(shape: Sequence[tuple[float, float]]) -> dict[str, Any]:
    across, up = [x for x, _ in shape], [y for _, y in shape]
    drawn = "(" + ",".join(f"({x},{y})" for x, y in shape) + ")"
    frame = {"left": min(across), "right": max(across) + 1e-6, "low": min(up), "high": max(up) + 1e-6}
    return {**frame, "shape": drawn, "open": list(OPEN)}
