"""The map: where themes and their statements lie; a theme stays where it was."""

from sqlalchemy import select, text, update

from ideaflow.db import db
from ideaflow.themes import engine
from ideaflow.themes.models import LIVE_STATES, StatementVector, Theme, ThemeMembership
from ideaflow.themes.vectors import packed, unpacked

SCATTER = text(
    """
    INSERT INTO statement_places (statement_id, x, y)
    SELECT * FROM unnest(CAST(:ids AS bigint[]), CAST(:xs AS float4[]), CAST(:ys AS float4[]))
    ON CONFLICT (statement_id) DO UPDATE SET x = excluded.x, y = excluded.y
    WHERE (statement_places.x, statement_places.y) IS DISTINCT FROM (excluded.x, excluded.y)
    """
)


def place_on_map() -> None:
    """Give every live theme and its statements a place; themes that have one keep it."""
    rows = db.session.execute(
        select(Theme.id, packed(Theme.centroid), Theme.statement_count, Theme.map_x, Theme.map_y)
        .where(Theme.state.in_(LIVE_STATES), Theme.centroid.is_not(None), Theme.statement_count > 0)
        .order_by(Theme.id)
    ).all()
    if not rows:
        return
    sizes = [row[2] for row in rows]
    previous = {at: (row[3], row[4]) for at, row in enumerate(rows) if row[3] is not None}
    centres = engine.places(unpacked([row[1] for row in rows]), sizes, previous or None)
    db.session.execute(
        update(Theme),
        [
            {"id": row[0], "map_x": float(place[0]), "map_y": float(place[1])}
            for row, place in zip(rows, centres, strict=True)
        ],
    )
    _scatter({row[0]: at for at, row in enumerate(rows)}, centres, sizes)


def _scatter(row_of: dict[int, int], centres: object, sizes: list[int]) -> None:
    import numpy as np

    members = db.session.execute(
        select(ThemeMembership.statement_id, ThemeMembership.theme_id, packed(StatementVector.mean))
        .join(StatementVector, StatementVector.statement_id == ThemeMembership.statement_id)
        .where(ThemeMembership.theme_id.in_(row_of))
        .order_by(ThemeMembership.statement_id)
    ).all()
    labels = np.array([row_of[row[1]] for row in members], np.int64)
    points = engine.places_inside(unpacked([row[2] for row in members]), labels, centres, sizes)
    db.session.execute(
        SCATTER,
        {
            "ids": [row[0] for row in members],
            "xs": points[:, 0].astype(float).tolist(),
            "ys": points[:, 1].astype(float).tolist(),
        },
    )
