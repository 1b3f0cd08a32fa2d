"""What every correction does: take its turn, look whether somebody was faster, keep what was before."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from ideaflow import audit
from ideaflow.audit import Actor
from ideaflow.clock import now
from ideaflow.db import db, transaction
from ideaflow.errors import Conflict, must_exist
from ideaflow.themes.models import CorrectionKind, Theme, ThemeCorrection, ThemeMembership, ThemeState
from ideaflow.themes.turns import take_turn
from ideaflow.themes.typed import words_of


@contextmanager
def changing(theme_id: int, version: int | None) -> Iterator[Theme]:
    """Give the theme to change, in a transaction and in turn, if nobody was faster."""
    with transaction():
        take_turn()
        theme = live(theme_id)
        if version is not None and version != theme.version:
            raise Conflict(
                f"“{theme.title}” was changed by somebody else while you looked at it. "
                "Look at it again, then decide."
            )
        yield theme


def found(theme_id: int) -> Theme:
    """Return the theme as it is now, locked.

    :raises NotFound: there is no such theme.
    """
    return must_exist(
        db.session.get(Theme, theme_id, with_for_update=True, populate_existing=True),
        f"There is no theme {theme_id}.",
    )


def live(theme_id: int) -> Theme:
    """Return a theme that corrections can be made to, locked.

    :raises Conflict: it was merged away or has retired.
    """
    theme = found(theme_id)
    if theme.state == ThemeState.MERGED:
        raise Conflict(f"“{theme.title}” was merged into theme {theme.merged_into_id}. Go on there.")
    if theme.state == ThemeState.RETIRED:
        raise Conflict(f"“{theme.title}” has retired: no statement belongs to it any more.")
    return theme


def set_values(
    kind: CorrectionKind, theme: Theme, by: Actor, reason: str = "", **values: Any
) -> ThemeCorrection:
    """Change columns of a theme, keeping what they were."""
    before = {name: getattr(theme, name) for name in values}
    for name, value in values.items():
        setattr(theme, name, value)
    theme.version += 1
    return note(kind, theme, by, before=before, after=values, reason=reason)


def note(
    kind: CorrectionKind,
    theme: Theme,
    by: Actor,
    *,
    other: Theme | None = None,
    statements: Sequence[ThemeMembership] = (),
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    reason: str = "",
) -> ThemeCorrection:
    """Keep the decision and what was before it, for runs, for history and for undo."""
    kept = {
        str(one.statement_id): [one.theme_id, one.strength, one.placed_by, one.correction_id]
        for one in statements
    }
    made = ThemeCorrection(
        kind=kind,
        theme_id=theme.id,
        other_theme_id=other.id if other else None,
        statement_ids=[one.statement_id for one in statements],
        before={**(before or {}), **({"placed": kept} if kept else {})},
        after=after or {},
        reason=words_of(reason),
        user_id=by.id,
        user_name=by.name,
        made_at=now(),
    )
    db.session.add(made)
    db.session.flush()
    facts = {"other_theme_id": made.other_theme_id, "statement_count": len(made.statement_ids)}
    told = {name: value for name, value in facts.items() if value}
    audit.record(
        by, f"themes.{kind}", theme, before=before, after={**(after or {}), **told}, reason=made.reason
    )
    return made
