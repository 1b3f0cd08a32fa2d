"""A theme as somebody saw it, beside what it is now: what others decided about it in between."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select

from ideaflow.db import among, db
from ideaflow.themes.models import CorrectionKind, Theme, ThemeBatch, ThemeCorrection
from ideaflow.themes.reading.past import history
from ideaflow.themes.reading.story import Line, lines_of
from ideaflow.users.models import User

SHOWN, AT_MOST = 8, 400
"""So many decisions are told of what happened in a list; so many are looked through for them."""
VALUES = ("title", "state", "owner_id", "is_pinned")


@dataclass(frozen=True)
class Version:
    """What a theme was at a moment; ``statement_count`` is None where nobody kept it."""

    title: str
    state: str
    owner_name: str
    is_pinned: bool
    statement_count: int | None


@dataclass(frozen=True)
class Meanwhile:
    """Both versions of a theme, and what was decided between them, newest first.

    :ivar seen: None where it is not known when the page was loaded.
    """

    seen: Version | None
    now: Version
    changes: Sequence[Line]


@dataclass(frozen=True)
class Decided:
    """What somebody decided or undid: about the theme of this title, or ``batch_words`` about many."""

    by_name: str
    at: datetime
    kind: str
    title: str
    batch_words: str
    is_undo: bool


def meanwhile(theme: Theme, moment: datetime | None) -> Meanwhile:
    """Return what became of a theme since a moment."""
    past = lines_of(history(theme.id))
    lines = [line for line in past if line.correction_id]
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
        if one.kind == CorrectionKind.MERGE:  # What it changed is the theme that went.
            values |= {"state": before["state"]} if one.other_theme_id == theme.id else {}
        elif one.theme_id == theme.id:
            values |= {name: before[name] for name in VALUES if name in before and name in one.after}
        moved += len(one.statement_ids)
    seen = _version(values, None if moved else theme.statement_count)
    ids = {one.id for one in made}
    since = [
        line for line in past if line.correction_id in ids or (not line.correction_id and line.at > moment)
    ]
    return Meanwhile(seen, present, since)


def decided_since(moment: datetime) -> list[Decided]:
    """Return what was decided about themes since a moment, newest first; one about many themes once."""
    rows = db.session.execute(
        select(ThemeCorrection, Theme.title, ThemeBatch.words)
        .join(Theme, Theme.id == ThemeCorrection.theme_id)
        .outerjoin(ThemeBatch, ThemeBatch.id == ThemeCorrection.batch_id)
        .where(or_(ThemeCorrection.made_at > moment, ThemeCorrection.undone_at > moment))
        .order_by(ThemeCorrection.id.desc())
        .limit(AT_MOST)
    )
    found: dict[object, Decided] = {}
    for made, title, words in rows:
        if made.undone_at is not None and made.undone_at > moment:
            one = Decided(made.undone_by_name or "", made.undone_at, made.kind, title, words or "", True)
        else:
            one = Decided(made.user_name, made.made_at, made.kind, title, words or "", False)
        found.setdefault((made.batch_id or -made.id, one.is_undo), one)
    return list(found.values())[:SHOWN]


def versions(theme_ids: Collection[int]) -> dict[int, int]:
    """Return the version that each of these themes has now."""
    rows = db.session.execute(select(Theme.id, Theme.version).where(among(Theme.id, theme_ids)))
    return dict(rows.tuples().all())


def _version(values: dict[str, Any], statement_count: int | None) -> Version:
    owner = db.session.get(User, values["owner_id"]) if values["owner_id"] else None
    name = owner.name if owner else ""
    return Version(values["title"], values["state"], name, values["is_pinned"], statement_count)
