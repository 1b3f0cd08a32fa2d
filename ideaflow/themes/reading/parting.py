"""A theme and what somebody would take out of it: what each half would stand for, before anything is done."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, func, select, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import BigInteger

from ideaflow.clock import today
from ideaflow.db import among, db
from ideaflow.feedback.models import FeedbackItem
from ideaflow.themes import engine
from ideaflow.themes.asking.accounts import account_lines, counting
from ideaflow.themes.asking.lens import Lens, lens_of
from ideaflow.themes.models import StatementVector, ThemeMembership
from ideaflow.themes.reading.pieces import StatementLine, statement_lines

QUOTES, MOST_CUT, LEAST_CUT = 2, 4_000, 6
"""Quotes of each half; a larger theme is cut by a part of its words; a smaller one is not cut."""

FIRM = text(
    """
    WITH own AS (
        SELECT m.statement_id = ANY(:ids) AS goes, v.mean FROM theme_memberships m
        JOIN statement_vectors v ON v.statement_id = m.statement_id WHERE m.theme_id = :theme_id
    ), centre AS (SELECT goes, l2_normalize(avg(mean)) AS mean FROM own GROUP BY goes)
    SELECT goes, avg(1 - (own.mean <=> centre.mean)) FROM own JOIN centre USING (goes) GROUP BY goes
    """
).bindparams(bindparam("ids", type_=ARRAY(BigInteger)))
"""How like their centre the statements of both halves are."""


@dataclass(frozen=True)
class Half:
    """What stays, or what goes.

    :ivar cohesion: mean likeness to its centre; None where nothing of it has a vector.
    """

    statement_count: int
    lens: Lens
    cohesion: float | None
    quotes: Sequence[StatementLine]


@dataclass(frozen=True)
class Parting:
    """Both halves, and how many accounts ask in both."""

    stays: Half
    goes: Half
    shared_account_count: int


def parting(theme_id: int, statement_ids: Collection[int]) -> Parting:
    """Return what a theme would be without some statements, and what these would be."""
    goes = among(ThemeMembership.statement_id, statement_ids)
    rows = db.session.execute(
        counting(select(goes, FeedbackItem.account_id, func.count()))
        .where(ThemeMembership.theme_id == theme_id)
        .group_by(goes, FeedbackItem.account_id)
    ).all()
    counts: dict[bool, int] = defaultdict(int)
    accounts: dict[bool, set[int]] = {False: set(), True: set()}
    for is_going, account_id, number in rows:
        counts[is_going] += number
        if account_id is not None:
            accounts[is_going].add(account_id)
    lines = account_lines(accounts[True] | accounts[False])
    values = {"ids": sorted(statement_ids), "theme_id": theme_id}
    firm = {row[0]: float(row[1]) for row in db.session.execute(FIRM, values) if row[1] is not None}
    quotes = _quotes(theme_id, goes)
    stays, leaves = (
        Half(
            counts[one], lens_of((lines[each] for each in accounts[one]), today()), firm.get(one),
            quotes.get(one, []),
        )
        for one in (False, True)
    )  # fmt: skip
    return Parting(stays, leaves, len(accounts[True] & accounts[False]))


def other_half(theme_id: int) -> list[int]:
    """Return the smaller half of a theme, cut where its words lie furthest apart; none of a small theme.

    Of a very large theme the most typical words make the cut, and only they go.
    """
    rows = db.session.execute(
        counting(select(ThemeMembership.statement_id, StatementVector.mean))
        .join(StatementVector, StatementVector.statement_id == ThemeMembership.statement_id)
        .where(ThemeMembership.theme_id == theme_id)
        .order_by(ThemeMembership.typicality.desc(), ThemeMembership.statement_id)
        .limit(MOST_CUT)
    ).all()
    if len(rows) < LEAST_CUT:
        return []
    halves = engine.halves([row[1] for row in rows])
    return [row[0] for row, half in zip(rows, halves, strict=True) if half == 1]


def still_in(theme_id: int, statement_ids: Collection[int]) -> list[int]:
    """Return which of these statements are in the theme."""
    query = select(ThemeMembership.statement_id).where(
        ThemeMembership.theme_id == theme_id, among(ThemeMembership.statement_id, statement_ids)
    )
    return list(db.session.scalars(query.order_by(ThemeMembership.statement_id)))


def _quotes(theme_id: int, goes: Any) -> dict[bool, list[StatementLine]]:
    place = func.row_number().over(
        partition_by=goes, order_by=(ThemeMembership.typicality.desc(), ThemeMembership.statement_id)
    )
    best = (
        counting(select(ThemeMembership.statement_id, goes.label("goes"), place.label("place")))
        .where(ThemeMembership.theme_id == theme_id)
        .subquery()
    )
    rows = db.session.execute(
        select(best.c.statement_id, best.c.goes).where(best.c.place <= QUOTES).order_by(best.c.place)
    ).all()
    is_going = {row[0]: row[1] for row in rows}
    found: dict[bool, list[StatementLine]] = {}
    for line in statement_lines(list(is_going)):
        found.setdefault(is_going[line.id], []).append(line)
    return found
