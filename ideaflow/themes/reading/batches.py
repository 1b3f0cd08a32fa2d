"""Decisions about many themes, and what somebody decided last."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from ideaflow.db import among, db
from ideaflow.errors import must_exist
from ideaflow.themes.models import LIVE_STATES, Theme, ThemeBatch, ThemeCorrection
from ideaflow.themes.reading.filters import InboxFilters, filtered
from ideaflow.themes.tables.batches import BatchState


@dataclass(frozen=True)
class Last:
    """What somebody decided last and has not undone.

    :ivar batch_id: the decision about many themes it is a part of.
    """

    correction_id: int
    batch_id: int | None
    kind: str
    title: str
    batch_words: str


def last_of(user_id: int) -> Last | None:
    """Return what a user decided last and nobody has undone."""
    row = db.session.execute(
        select(
            ThemeCorrection.id, ThemeCorrection.batch_id, ThemeCorrection.kind, Theme.title, ThemeBatch.words
        )
        .join(Theme, Theme.id == ThemeCorrection.theme_id)
        .outerjoin(ThemeBatch, ThemeBatch.id == ThemeCorrection.batch_id)
        .where(ThemeCorrection.user_id == user_id, ThemeCorrection.undone_at.is_(None))
        .order_by(ThemeCorrection.id.desc())
        .limit(1)
    ).first()
    return Last(row[0], row[1], row[2], row[3], row[4] or "") if row else None


def batch(batch_id: int) -> ThemeBatch:
    """Return a decision about many themes.

    :raises NotFound: there is none with this number.
    """
    return must_exist(
        db.session.get(ThemeBatch, batch_id), f"There is no decision {batch_id} about many themes."
    )


def under_way() -> Sequence[ThemeBatch]:
    """Return the decisions that are being carried out."""
    going = ThemeBatch.state.in_((BatchState.GOING, BatchState.UNDOING))
    return db.session.scalars(select(ThemeBatch).where(going).order_by(ThemeBatch.id)).all()


def matching(filters: InboxFilters) -> list[tuple[int, int | None]]:
    """Return number and version of every theme that the filters leave."""
    rows = db.session.execute(filtered(select(Theme.id, Theme.version), filters).order_by(Theme.id))
    return [(row[0], row[1]) for row in rows]


def live_among(theme_ids: Sequence[int]) -> list[int]:
    """Return those of these themes that can be decided about, in the order given."""
    query = select(Theme.id).where(among(Theme.id, theme_ids), Theme.state.in_(LIVE_STATES))
    live = set(db.session.scalars(query))
    return [one for one in theme_ids if one in live]
