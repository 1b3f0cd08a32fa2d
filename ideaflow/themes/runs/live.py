"""What is new joins themes at once: the database finds the nearest statements, and they vote."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, insert, select, text, update

from ideaflow.clock import now
from ideaflow.db import among, db, transaction
from ideaflow.themes import engine
from ideaflow.themes.models import LIVE_STATES, StatementVector, Theme, ThemeMembership
from ideaflow.themes.runs.figures import count_anew
from ideaflow.themes.statements.vectors import dimensions, packed, unpacked
from ideaflow.themes.turns import take_turn

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

CANDIDATES = 64
"""So many of the nearest statements are asked for; those most alike in both views vote."""
ROUNDING = 1e-3
"""Centres are kept in half precision."""
AT_ONCE = 5_000
"""Themes with so many statements together are counted in the same transaction; more, in a job at once."""

NEAREST = """
    SELECT f.statement_id, m.theme_id, near.likeness, n.mean4 <=> f.mean4, near.statement_id
    FROM statement_vectors f
    CROSS JOIN LATERAL (
        SELECT v.statement_id, 1 - (v.mean <=> f.mean) AS likeness
        FROM statement_vectors v WHERE v.sorted_at IS NOT NULL
        ORDER BY v.mean::halfvec({dimensions}) <=> f.mean::halfvec({dimensions}) LIMIT :candidates
    ) near
    JOIN statement_vectors n ON n.statement_id = near.statement_id AND n.model = f.model
    LEFT JOIN theme_memberships m ON m.statement_id = near.statement_id
    WHERE f.statement_id = ANY(:ids) AND near.statement_id <> f.statement_id
    ORDER BY f.statement_id
    """
"""The statements nearest to each new one, those of the pool too. The inner question is one for the index,
whose rows have as many dimensions as the model in use."""

BESIDE = text(
    """
    WITH pairs AS (SELECT * FROM unnest(CAST(:ids AS bigint[]), CAST(:beside AS bigint[])) AS p (id, beside)),
    part AS (
        UPDATE theme_memberships m SET sub_theme_id = n.sub_theme_id
        FROM pairs p JOIN theme_memberships n ON n.statement_id = p.beside
        WHERE m.statement_id = p.id AND n.theme_id = m.theme_id AND n.sub_theme_id IS NOT NULL
    )
    INSERT INTO statement_places (statement_id, x, y)
    SELECT p.id, near.x, near.y FROM pairs p JOIN statement_places near ON near.statement_id = p.beside
    ON CONFLICT DO NOTHING
    """
)
"""What joins lies on the map and in the sub-theme where the one most like it does, until the next run."""


@dataclass(frozen=True, eq=False)
class Pairs:
    """New statements beside those nearest to them; a pair an entry, pairs of one statement together."""

    new: NDArray[np.int64]
    themes: NDArray[np.int64]
    likeness: NDArray[np.float64]
    near: NDArray[np.int64]


def join(waiting: Sequence[int]) -> set[int]:
    """Put statements where their nearest neighbours are, and leave those that fit nowhere in the pool.

    :returns: the themes somebody joined whose figures are still to be counted.
    """
    fresh, vectors = _fresh(waiting)
    pairs = _pairs(fresh)
    with transaction() as session:
        take_turn()
        homes = _vote(fresh, vectors, pairs)
        session.execute(
            update(StatementVector)
            .where(among(StatementVector.statement_id, waiting))
            .values(sorted_at=now())
        )
        if not homes:
            return set()
        session.execute(insert(ThemeMembership), [home.row for home in homes])
        ids, beside = [home.row["statement_id"] for home in homes], [home.beside for home in homes]
        session.execute(BESIDE, {"ids": ids, "beside": beside})
        touched = {home.row["theme_id"] for home in homes}
        counted = select(func.sum(Theme.statement_count)).where(among(Theme.id, touched))
        if (session.scalar(counted) or 0) > AT_ONCE:
            return touched
        count_anew(sorted(touched))
    return set()


@dataclass(frozen=True)
class Home:
    """A membership to be, and the statement of its theme that is most like it."""

    row: dict[str, Any]
    beside: int | None


def _fresh(waiting: Collection[int]) -> tuple[list[int], Any]:
    """Return the statements nobody has placed, with their ``mean`` vectors."""
    rows = db.session.execute(
        select(StatementVector.statement_id, packed(StatementVector.mean))
        .outerjoin(ThemeMembership, ThemeMembership.statement_id == StatementVector.statement_id)
        .where(among(StatementVector.statement_id, waiting), ThemeMembership.statement_id.is_(None))
        .order_by(StatementVector.statement_id)
    ).all()
    return [row[0] for row in rows], unpacked([row[1] for row in rows])


def _pairs(fresh: Sequence[int]) -> Pairs:
    import numpy as np

    nearest = text(NEAREST.format(dimensions=dimensions()))
    with transaction() as session:
        # The index looks at as many as it returns by default; a few more find the same as an exact search.
        session.execute(text(f"SET LOCAL hnsw.ef_search = {2 * CANDIDATES}"))
        session.execute(text("SET LOCAL hnsw.iterative_scan = 'relaxed_order'"))
        found = session.execute(nearest, {"ids": list(fresh), "candidates": CANDIDATES}).all()
    place = {one: at for at, one in enumerate(fresh)}
    return Pairs(
        np.array([place[row[0]] for row in found], np.int64),
        np.array([engine.NOISE if row[1] is None else row[1] for row in found], np.int64),
        np.array([row[2] + 1 - row[3] for row in found], np.float64),
        np.array([row[4] for row in found], np.int64),
    )


def _vote(fresh: Sequence[int], vectors: Any, pairs: Pairs) -> list[Home]:
    """Return the memberships that the votes give, where the theme lives and reaches that far.

    Moves the centres of these themes a little towards those that join.
    """
    import numpy as np

    voted = engine.vote(pairs.new, pairs.themes, pairs.likeness, len(fresh))
    themes = _reaching(set(voted.labels.tolist()) - {engine.NOISE})
    homes = []
    for at, (one, label) in enumerate(zip(fresh, voted.labels.tolist(), strict=True)):
        theme = themes.get(label)
        if theme is None:
            continue
        likeness = float(np.clip(vectors[at] @ theme.centre, 0, 1))
        if likeness < theme.reach:
            continue
        homes.append(
            Home(
                {
                    "statement_id": one,
                    "theme_id": label,
                    "strength": float(voted.strengths[at]),
                    "likeness": likeness,
                },
                _most_alike(pairs, at, label),
            )
        )
        theme.members.append(vectors[at])
    _move_centres(themes)
    return homes


@dataclass(eq=False)
class Reaching:
    """A theme as far as a newcomer sees it."""

    centre: Any
    size: int
    cohesion: float
    reach: float
    members: list[Any]


def _reaching(theme_ids: Collection[int]) -> dict[int, Reaching]:
    rows = db.session.execute(
        select(Theme.id, packed(Theme.centroid), Theme.statement_count, Theme.cohesion, Theme.edge_likeness)
        .where(among(Theme.id, theme_ids), Theme.state.in_(LIVE_STATES), Theme.centroid.is_not(None))
        .order_by(Theme.id)
    ).all()
    centres = unpacked([row[1] for row in rows])
    return {
        row[0]: Reaching(centre, row[2], row[3], -1.0 if row[4] is None else row[4] - ROUNDING, [])
        for row, centre in zip(rows, centres, strict=True)
    }


def _most_alike(pairs: Pairs, at: int, label: int) -> int | None:
    import numpy as np

    own = np.flatnonzero((pairs.new == at) & (pairs.themes == label))
    return int(pairs.near[own[pairs.likeness[own].argmax()]]) if len(own) else None


def _move_centres(themes: dict[int, Reaching]) -> None:
    """Let each centre follow those that joined, without reading the members it has."""
    import numpy as np

    rows = []
    for theme_id, theme in themes.items():
        if theme.members:
            total = theme.centre * (theme.size * theme.cohesion) + np.sum(theme.members, axis=0)
            length = float(np.linalg.norm(total))
            size = theme.size + len(theme.members)
            rows.append(
                {
                    "id": theme_id,
                    "centroid": total / max(length, 1e-12),
                    "cohesion": min(1.0, length / size),
                    "statement_count": size,
                }
            )
    if rows:
        db.session.execute(update(Theme), rows)
