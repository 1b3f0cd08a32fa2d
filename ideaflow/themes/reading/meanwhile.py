"""A theme as somebody saw it, beside what it is now: what others decided about it in between."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select

from ideaflow.db import db
from ideaflow.themes.models import Theme, ThemeCorrection
from ideaflow.themes.reading.past import history
from ideaflow.themes.reading.story import Line, lines_of
from ideaflow.users.models import User

VALUES = ("title", "state", "owner_id", "is_pinned")


@dataclass(frozen=True)
class Version:
    """What a theme was at a moment; ``statement_count`` is None where nobody kept it."""

    title: str
    state: str
    owner_name: str
    statement_count: int | None


@dataclass(frozen=True)
class Meanwhile:
    """Both versions of a theme, and what was decided between them, newest first.

    :ivar seen: None where it is not known when the page was loaded.
    """

    seen: Version | None
    now: Version
    changes: Sequence[Line]


def meanwhile(theme: Theme, moment: datetime | None) -> Meanwhile:
    """Return what became of a theme since a moment."""
    lines = [line for line in lines_of(history(theme.id)) if line.correction_id]
    values: dict[str, Any] = {name: getattr(theme, name) for name in VALUES}
    present = _version(values, theme.statement_count)
    if moment is None:
        return Meanwhile(None, present, lines[:1])
    made = db.session.scalars(
        select(ThemeCorrection)
        .where(or_(ThemeCorrection.theme_id == theme.id, ThemeCorrection.other_theme_id == theme.id))
        .where(or_(ThemeCorrection.made_at > moment, ThemeCorrection.undone_at > moment))
    ).all()
    moved = 0
    steps = [(one.made_at, one, False) for one in made if one.made_at > moment]
    steps += [(one.undone_at, one, True) for one in made if one.undone_at and one.undone_at > moment]
    for _, one, is_undo in sorted(steps, key=lambda step: step[0], reverse=True):
        before = one.after if is_undo else one.before
        if one.theme_id == theme.id:
            values |= {name: before[name] for name in VALUES if name in before and name in one.after}
        moved += len(one.statement_ids)
    seen = _version(values, None if moved else theme.statement_count)
    ids = {one.id for one in made}
    return Meanwhile(seen, present, [line for line in lines if line.correction_id in ids])


def _version(values: dict[str, Any], statement_count: int | None) -> Version:
    owner = db.session.get(User, values["owner_id"]) if values["owner_id"] else None
    return Version(values["title"], values["state"], owner.name if owner else "", statement_count)
