"""The figures kept beside each theme: counted anew whenever who belongs to it changes."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import select, text, update

from ideaflow.accounts.models import AccountKind
from ideaflow.clock import today
from ideaflow.db import db, transaction
from ideaflow.feedback.models import Statement
from ideaflow.themes.asking.accounts import (
    AccountLine,
    Ask,
    account_lines,
    asks,
)
from ideaflow.themes.asking.lens import worth_of
from ideaflow.themes.levels.levels import COUNT_PARTS, recount_areas, recount_levels
from ideaflow.themes.models import LIVE_STATES, Area, Theme, ThemeMembership
from ideaflow.themes.runs.trending import judge, lately
from ideaflow.themes.turns import take_turn

LOOSEST = 0.02
"""Share of a theme's statements beyond its edge, as in ``embeddings.assign``."""
A_TURN, A_TURN_STATEMENTS = 40, 5_000
"""So many themes, and so many statements but for the last theme, are counted before others get their turn."""

RECENTER = text(
    """
    WITH centre AS (
        SELECT m.theme_id, l2_normalize(avg(v.mean)) AS mean
        FROM theme_memberships m
        JOIN statement_vectors v ON v.statement_id = m.statement_id
        JOIN statements s ON s.id = m.statement_id
        JOIN feedback_items i ON i.id = s.item_id
        WHERE m.theme_id = ANY(:ids) AND i.withdrawn_at IS NULL AND i.superseded_by_id IS NULL
        GROUP BY m.theme_id
    ), likeness AS (
        UPDATE theme_memberships m SET likeness = greatest(0, least(1, 1 - (v.mean <=> c.mean)))
        FROM centre c, statement_vectors v
        WHERE m.theme_id = c.theme_id AND v.statement_id = m.statement_id
        RETURNING m.theme_id, m.likeness
    )
    UPDATE themes t SET centroid = c.mean, cohesion = l.cohesion, edge_likeness = l.edge
    FROM centre c JOIN (
        SELECT theme_id, cohesion, CASE WHEN weight > cohesion THEN (weight * loose - 1)
            / sqrt(greatest(weight * weight - 2 * weight * loose + 1, 1e-12)) ELSE -1 END AS edge
        FROM (
            SELECT theme_id, avg(likeness) AS cohesion, sum(likeness) AS weight,
                percentile_cont(:loosest) WITHIN GROUP (ORDER BY likeness) AS loose
            FROM likeness GROUP BY 1
        ) measured
    ) l ON l.theme_id = c.theme_id
    WHERE t.id = c.theme_id
    """
)
"""Every theme's centre, how like it each member is, how like on the whole and how like at its edge.

The edge is that of ``embeddings.assign``: a member's likeness to the centre of the others.
"""

REQUOTE = text(
    """
    UPDATE themes t SET quote = best.text, quote_statement_id = best.id FROM (
        SELECT DISTINCT ON (m.theme_id) m.theme_id, s.id, s.text
        FROM theme_memberships m
        JOIN statements s ON s.id = m.statement_id
        JOIN feedback_items i ON i.id = s.item_id
        WHERE m.theme_id = ANY(:ids) AND i.withdrawn_at IS NULL AND i.superseded_by_id IS NULL
        ORDER BY m.theme_id, length(s.text) > 120, m.likeness DESC, s.id
    ) best
    WHERE t.id = best.theme_id AND NOT EXISTS (
        SELECT 1 FROM theme_memberships k
        WHERE k.statement_id = t.quote_statement_id AND k.theme_id = t.id)
    """
)
"""A quote for each theme whose own has gone: the most typical short statement."""


def recount(theme_ids: Collection[int], *, all_trends: bool = False) -> None:
    """Bring centre, quote, figures and trend of these themes up to date, inside a transaction.

    :param all_trends: judge every live theme anew, not only these (after a run or new items).
    """
    session = db.session()
    session.flush()
    ids = sorted(set(theme_ids))
    session.execute(RECENTER, {"ids": ids, "loosest": LOOSEST})
    session.execute(REQUOTE, {"ids": ids})
    _count(ids)
    judge(None if all_trends else ids)
    recount_levels(ids)
    session.expire_all()


def recount_item(item_id: int) -> None:
    """Bring the themes that hold words of this item up to date, when it counts no more or again."""
    with transaction() as session:
        take_turn()
        found = session.scalars(
            select(ThemeMembership.theme_id)
            .join(Statement, Statement.id == ThemeMembership.statement_id)
            .where(Statement.item_id == item_id)
        )
        recount({theme_id for theme_id in found if theme_id is not None})


def count_anew(theme_ids: Collection[int]) -> None:
    """Bring the counts and sums of these themes up to date; centre, quote and trend stay as they are."""
    db.session.flush()
    _count(sorted(set(theme_ids)))
    db.session.expire_all()


def recount_all() -> None:
    """Bring counts, sums and trends of all live themes up to date, where hardly anybody came or went.

    A few themes at a time: in between, others get their turn.
    """
    live = select(Theme.id, Theme.statement_count).where(Theme.state.in_(LIVE_STATES)).order_by(Theme.id)
    sizes = {row[0]: row[1] for row in db.session.execute(live)}
    beside = lately() if sizes else None
    for some in _turns(sizes):
        with transaction():
            take_turn()
            count_anew(some)
            db.session.execute(COUNT_PARTS, {"ids": some})
        with transaction():
            judge(some, beside, before_saving=take_turn)
    for area_id in db.session.scalars(select(Area.id).where(Area.retired_at.is_(None))).all():
        with transaction():
            take_turn()
            recount_areas([area_id])


def _turns(sizes: Mapping[int, int]) -> Iterator[list[int]]:
    """Yield themes in lots that are counted at a time, by their statements."""
    some: list[int] = []
    held = 0
    for theme_id, size in sizes.items():
        if some and (len(some) == A_TURN or held + size > A_TURN_STATEMENTS):
            yield some
            some, held = [], 0
        some.append(theme_id)
        held += size
    if some:
        yield some


def _count(theme_ids: Sequence[int]) -> None:
    found: dict[int, list[Ask]] = defaultdict(list)
    for ask in asks(theme_ids):
        found[ask.theme_id].append(ask)
    accounts = account_lines(
        {ask.account_id for own in found.values() for ask in own if ask.account_id is not None}
    )
    rows = [{"id": one, **_figures(found[one], accounts)} for one in theme_ids]
    if rows:
        db.session.execute(update(Theme), rows)


def _figures(own: Sequence[Ask], accounts: dict[int, AccountLine]) -> dict[str, Any]:
    lines = [accounts[ask.account_id] for ask in own if ask.account_id is not None]
    worth = worth_of(lines, today())
    values: dict[str, Any] = {
        "statement_count": sum(ask.times for ask in own),
        "account_count": len(lines),
        "customer_count": sum(line.kind == AccountKind.CUSTOMER for line in lines),
        "prospect_count": sum(line.kind == AccountKind.PROSPECT for line in lines),
        **{name: value for name, value in asdict(worth).items() if name != "account_count"},
    }
    if own:
        values |= {
            "first_said_at": min(ask.first_at for ask in own),
            "last_said_at": max(ask.last_at for ask in own),
        }
    return values
