"""The map: where themes and their statements lie; what was there stays where it was."""

from typing import Any

from sqlalchemy import select, text, update

from ideaflow.db import db
from ideaflow.themes import engine
from ideaflow.themes.models import (
    LIVE_STATES,
    StatementPlace,
    StatementVector,
    Theme,
    ThemeMembership,
)
from ideaflow.themes.statements.vectors import packed, unpacked

KEEP = text(
    """
    INSERT INTO statement_places (statement_id, x, y)
    SELECT * FROM unnest(CAST(:ids AS bigint[]), CAST(:xs AS float4[]), CAST(:ys AS float4[]))
    ON CONFLICT (statement_id) DO UPDATE SET x = excluded.x, y = excluded.y
    WHERE (statement_places.x, statement_places.y) IS DISTINCT FROM (excluded.x, excluded.y)
    """
)


def place_on_map() -> None:
    """Give every live theme and all statements a place; what has one keeps it, as far as the map holds."""
    rows = db.session.execute(
        select(
            Theme.id, packed(Theme.centroid), Theme.statement_count, Theme.map_x, Theme.map_y, Theme.area_id
        )
        .where(Theme.state.in_(LIVE_STATES), Theme.centroid.is_not(None), Theme.statement_count > 0)
        .order_by(Theme.id)
    ).all()
    if not rows:
        return
    sizes = [row[2] for row in rows]
    previous = {at: (row[3], row[4]) for at, row in enumerate(rows) if row[3] is not None}
    centres = engine.places(
        unpacked([row[1] for row in rows]), sizes, previous or None, [row[5] for row in rows]
    )
    db.session.execute(
        update(Theme),
        [
            {"id": row[0], "map_x": float(place[0]), "map_y": float(place[1])}
            for row, place in zip(rows, centres, strict=True)
        ],
    )
    _scatter({row[0]: at for at, row in enumerate(rows)}, centres, sizes)


def _scatter(row_of: dict[int, int], centres: Any, sizes: list[int]) -> None:
    import numpy as np

    rows = db.session.execute(
        select(
            StatementVector.statement_id,
            ThemeMembership.theme_id,
            packed(StatementVector.mean),
            StatementPlace.x,
            StatementPlace.y,
        )
        .outerjoin(ThemeMembership, ThemeMembership.statement_id == StatementVector.statement_id)
        .outerjoin(StatementPlace, StatementPlace.statement_id == StatementVector.statement_id)
        .order_by(StatementVector.statement_id)
    ).all()
    labels = np.array([row_of.get(row[1] or 0, engine.NOISE) for row in rows], np.int64)
    was = np.array([(np.nan, np.nan) if row[3] is None else (row[3], row[4]) for row in rows], np.float32)
    points = engine.places_inside(unpacked([row[2] for row in rows]), labels, centres, sizes, was)
    db.session.execute(
        KEEP,
        {
            "ids": [row[0] for row in rows],
            "xs": points[:, 0].astype(float).tolist(),
            "ys": points[:, 1].astype(float).tolist(),
        },
    )
