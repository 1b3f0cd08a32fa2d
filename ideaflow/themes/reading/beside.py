"""Themes side by side: what each is, what they share, and what one theme made of them would be."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import Select, bindparam, func, select, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import joinedload
from sqlalchemy.types import BigInteger

from ideaflow.clock import today
from ideaflow.db import db
from ideaflow.errors import Conflict, Invalid, NotFound
from ideaflow.feedback.models import Statement
from ideaflow.themes.asking.accounts import AccountLine, asks, counting
from ideaflow.themes.asking.backing import lines_of
from ideaflow.themes.asking.lens import Lens, lens_of
from ideaflow.themes.models import LIVE_STATES, Theme, ThemeMembership
from ideaflow.themes.reading.pieces import StatementLine, statement_lines

MOST = 8
"""So many themes are merged at once."""
QUOTES, ALIKE_SHOWN, LOOKED_AT = 4, 4, 200

ALIKE = text(
    """
    WITH mine AS (
        SELECT m.theme_id, m.statement_id, v.mean FROM theme_memberships m
        JOIN statement_vectors v ON v.statement_id = m.statement_id
        WHERE m.theme_id = :one ORDER BY m.typicality DESC, m.statement_id LIMIT :most
    ), others AS (
        SELECT m.theme_id, m.statement_id, v.mean FROM theme_memberships m
        JOIN statement_vectors v ON v.statement_id = m.statement_id
        WHERE m.theme_id = ANY(:rest) ORDER BY m.typicality DESC, m.statement_id LIMIT :most
    ), pairs AS (
        SELECT a.statement_id AS mine, b.statement_id AS other, 1 - (a.mean <=> b.mean) AS likeness
        FROM mine a CROSS JOIN others b
    ), best AS (
        SELECT DISTINCT ON (mine) mine, other, likeness FROM pairs ORDER BY mine, likeness DESC, other
    ), once AS (
        SELECT DISTINCT ON (other) mine, other, likeness FROM best ORDER BY other, likeness DESC, mine
    )
    SELECT mine, other, likeness FROM once ORDER BY likeness DESC, mine LIMIT :shown
    """
).bindparams(bindparam("rest", type_=ARRAY(BigInteger)))
"""The statements of one theme and of others that say most nearly the same, each once."""

TOGETHER = text(
    """
    WITH own AS (
        SELECT v.mean FROM theme_memberships m
        JOIN statement_vectors v ON v.statement_id = m.statement_id WHERE m.theme_id = ANY(:ids)
    ), centre AS (SELECT l2_normalize(avg(mean)) AS mean FROM own)
    SELECT avg(1 - (own.mean <=> centre.mean)) FROM own, centre
    """
).bindparams(bindparam("ids", type_=ARRAY(BigInteger)))
"""How like their common centre the statements of some themes are, on the whole."""


@dataclass(frozen=True)
class Column:
    """One theme beside others; ``own_account_count`` accounts ask in it alone."""

    theme: Theme
    quotes: Sequence[StatementLine]
    own_account_count: int


@dataclass(frozen=True)
class Beside:
    """Themes side by side; the first is the one that stays.

    :ivar shared: the accounts that ask in more than one of them, the largest revenue first.
    :ivar shared_item_count: the feedback items that speak of more than one of them.
    :ivar alike: a statement of the first and one of another, and how like they are, 0–1.
    :ivar lens: what one theme made of them stands for, each account once.
    :ivar cohesion: of that theme; None where nothing has a vector.
    """

    columns: Sequence[Column]
    shared: Sequence[AccountLine]
    shared_item_count: int
    alike: Sequence[tuple[StatementLine, StatementLine, float]]
    statement_count: int
    lens: Lens
    cohesion: float | None


def beside(theme_ids: Sequence[int]) -> Beside:
    """Return themes side by side, in the order given.

    :raises Invalid: these are fewer than two, or too many.
    :raises NotFound: there is no such theme.
    :raises Conflict: one was merged away or has retired.
    """
    ids = list(dict.fromkeys(theme_ids))
    if not 2 <= len(ids) <= MOST:
        raise Invalid(f"Choose two to {MOST} themes to merge; these are {len(ids)}.")
    themes, found = _themes(ids), asks(ids)
    lines = lines_of(found)
    alone = Counter(line.theme_ids[0] for line in lines if len(line.theme_ids) == 1)
    quotes = _quotes(ids)
    return Beside(
        columns=[Column(theme, quotes.get(theme.id, []), alone[theme.id]) for theme in themes],
        shared=[line for line in lines if len(line.theme_ids) > 1],
        shared_item_count=_items_in_several(ids),
        alike=_alike(ids),
        statement_count=sum(ask.times for ask in found),
        lens=lens_of(lines, today()),
        cohesion=_cohesion(ids),
    )


def _themes(ids: Sequence[int]) -> list[Theme]:
    query = select(Theme).where(Theme.id.in_(ids)).options(joinedload(Theme.owner), joinedload(Theme.area))
    found = {theme.id: theme for theme in db.session.scalars(query)}
    for one in ids:
        if one not in found:
            raise NotFound(f"There is no theme {one}.")
        if found[one].state not in LIVE_STATES:
            raise Conflict(f"“{found[one].title}” is no theme of its own any more. Look at the list again.")
    return [found[one] for one in ids]


def _quotes(ids: Collection[int]) -> dict[int, list[StatementLine]]:
    place = func.row_number().over(
        partition_by=ThemeMembership.theme_id,
        order_by=(ThemeMembership.typicality.desc(), ThemeMembership.statement_id),
    )
    inner = counting(select(ThemeMembership.statement_id, place.label("place")))
    best = inner.where(ThemeMembership.theme_id.in_(ids)).subquery()
    chosen = db.session.scalars(
        select(best.c.statement_id).where(best.c.place <= QUOTES).order_by(best.c.place)
    ).all()
    found: dict[int, list[StatementLine]] = {}
    for line in statement_lines(chosen):
        found.setdefault(line.theme_id or 0, []).append(line)
    return found


def _items_in_several(ids: Collection[int]) -> int:
    several: Select[int] = (
        counting(select(Statement.item_id))
        .where(ThemeMembership.theme_id.in_(ids))
        .group_by(Statement.item_id)
        .having(func.count(ThemeMembership.theme_id.distinct()) > 1)
    )
    return db.session.scalar(select(func.count()).select_from(several.subquery())) or 0


def _alike(ids: Sequence[int]) -> list[tuple[StatementLine, StatementLine, float]]:
    values = {"one": ids[0], "rest": list(ids[1:]), "most": LOOKED_AT, "shown": ALIKE_SHOWN}
    rows = db.session.execute(ALIKE, values).all()
    lines = {line.id: line for line in statement_lines([one for row in rows for one in row[:2]])}
    return [
        (lines[mine], lines[other], float(near))
        for mine, other, near in rows
        if mine in lines and other in lines
    ]


def _cohesion(ids: Sequence[int]) -> float | None:
    found = db.session.scalar(TOGETHER, {"ids": list(ids)})
    return None if found is None else float(found)
