"""How a theme came to be what it is: what users decided, what runs did, newest first."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select

from ideaflow.db import db
from ideaflow.themes.models import Theme, ThemeCorrection, ThemeEvent


@dataclass(frozen=True)
class Past:
    """One line of a theme's history: a correction by a user, or what a run did.

    :ivar correction_id: to undo it by; None for what a run did.
    :ivar can_undo: whether it still holds; ``service.undo`` refuses when later ones build on it.
    :ivar is_other_side: this theme is the one merged away, or the one statements were moved out of.
    """

    at: datetime
    kind: str
    by_name: str
    correction_id: int | None
    can_undo: bool
    is_undone: bool
    undone_by_name: str
    is_other_side: bool
    other_theme_id: int | None
    other_title: str
    statement_count: int
    before: dict[str, Any]
    after: dict[str, Any]
    reason: str
    run_id: int | None
    kept_count: int
    added_count: int
    lost_count: int


def history(theme_id: int) -> list[Past]:
    """Return what users and runs did to a theme, newest first."""
    made = db.session.scalars(
        select(ThemeCorrection).where(
            or_(ThemeCorrection.theme_id == theme_id, ThemeCorrection.other_theme_id == theme_id)
        )
    ).all()
    events = db.session.scalars(select(ThemeEvent).where(ThemeEvent.theme_id == theme_id)).all()
    others = {one.theme_id for one in made} | {one.other_theme_id for one in made}
    others |= {one.other_theme_id for one in events}
    rows = db.session.execute(select(Theme.id, Theme.title).where(Theme.id.in_(others - {None})))
    titles: dict[int, str] = {row[0]: row[1] for row in rows}
    past = [_corrected(one, theme_id, titles) for one in made]
    past += [_happened(one, titles) for one in events]
    return sorted(past, key=lambda line: (line.at, line.correction_id or 0), reverse=True)


def _corrected(made: ThemeCorrection, theme_id: int, titles: dict[int, str]) -> Past:
    other = made.theme_id if made.theme_id != theme_id else made.other_theme_id
    return Past(
        at=made.made_at,
        kind=made.kind,
        by_name=made.user_name,
        correction_id=made.id,
        can_undo=not made.is_undone,
        is_undone=made.is_undone,
        undone_by_name=made.undone_by_name or "",
        is_other_side=made.theme_id != theme_id,
        other_theme_id=other,
        other_title=titles.get(other or 0, ""),
        statement_count=len(made.statement_ids),
        before=made.before,
        after=made.after,
        reason=made.reason,
        run_id=None,
        kept_count=0,
        added_count=0,
        lost_count=0,
    )


def _happened(event: ThemeEvent, titles: dict[int, str]) -> Past:
    return Past(
        at=event.happened_at,
        kind=event.kind,
        by_name="",
        correction_id=None,
        can_undo=False,
        is_undone=False,
        undone_by_name="",
        is_other_side=False,
        other_theme_id=event.other_theme_id,
        other_title=titles.get(event.other_theme_id or 0, ""),
        statement_count=event.kept_count + event.added_count,
        before={},
        after={},
        reason="",
        run_id=event.run_id,
        kept_count=event.kept_count,
        added_count=event.added_count,
        lost_count=event.lost_count,
    )
