"""Corrections taken back: as things were, unless a later decision builds on them."""

from typing import Any

from sqlalchemy import or_, select, update
from sqlalchemy.dialects.postgresql import insert

from ideaflow import audit
from ideaflow.audit import Actor
from ideaflow.clock import now
from ideaflow.db import among, db, transaction
from ideaflow.errors import Conflict, NotFound
from ideaflow.themes.corrections.adoption import undo_adoption
from ideaflow.themes.levels.levels import recount_areas
from ideaflow.themes.models import (
    CorrectionKind,
    PlacedBy,
    Theme,
    ThemeCorrection,
    ThemeMembership,
    ThemeState,
)
from ideaflow.themes.runs.figures import recount
from ideaflow.themes.runs.trending import judge
from ideaflow.themes.statements.snapshot import still_counting, undone_among
from ideaflow.themes.turns import take_turn

WORDS = {
    CorrectionKind.RENAME: "the new name",
    CorrectionKind.MERGE: "the merge",
    CorrectionKind.MOVE: "the move",
    CorrectionKind.EXCLUDE: "taking statements out",
    CorrectionKind.SPLIT: "the split",
    CorrectionKind.DISMISS: "the dismissal",
    CorrectionKind.RESTORE: "the return to triage",
    CorrectionKind.WATCH: "the watch",
    CorrectionKind.OWNER: "the change of owner",
    CorrectionKind.PIN: "the pin",
    CorrectionKind.QUIET: "the dismissal of its alarm",
    CorrectionKind.CREATE: "making it a theme",
    CorrectionKind.ADD: "adding statements",
    CorrectionKind.KEEP: "saying what belongs there",
}
ADOPTED = (CorrectionKind.CREATE, CorrectionKind.ADD)
PLACING = (
    CorrectionKind.MERGE,
    CorrectionKind.MOVE,
    CorrectionKind.EXCLUDE,
    CorrectionKind.SPLIT,
    CorrectionKind.KEEP,
    *ADOPTED,
)
"""Decisions about who belongs where."""


def undo(correction_id: int, *, count_areas: bool = True, by: Actor) -> ThemeCorrection:
    """Take a correction back.

    :param count_areas: whether areas are counted anew; who undoes many counts each area once.
    :raises NotFound: there is no such correction.
    :raises Conflict: it was undone already, or a later correction builds on it: says which.
    """
    with transaction() as session:
        take_turn()
        made = session.get(ThemeCorrection, correction_id, with_for_update=True, populate_existing=True)
        if made is None:
            raise NotFound(f"There is no correction {correction_id}.")
        if made.is_undone:
            raise Conflict(f"{made.undone_by_name} has undone this already.")
        theme = session.get_one(Theme, made.theme_id, populate_existing=True)
        if made.kind == CorrectionKind.MERGE:
            touched = _undo_merge(made, theme)
        elif made.kind in (CorrectionKind.MOVE, CorrectionKind.EXCLUDE, CorrectionKind.KEEP):
            touched = _undo_move(made, theme)
        elif made.kind == CorrectionKind.SPLIT:
            touched = _undo_split(made, theme)
        elif made.kind in ADOPTED:
            touched = undo_adoption(made, theme)
        else:
            touched = _undo_value(made, theme)
        for one in touched:
            one.version += 1
        made.undone_at, made.undone_by_name = now(), by.name
        audit.record(
            by, f"themes.undo_{made.kind}", theme, before=_told(made.after), after=_told(made.before)
        )
        if made.kind in PLACING:
            recount([one.id for one in touched])
            _retire_empty(touched)
        elif made.kind == CorrectionKind.QUIET:
            judge([theme.id])
        if count_areas:
            recount_areas(one.area_id for one in touched)
    return made


def _told(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name != "placed"}


def _undo_value(made: ThemeCorrection, theme: Theme) -> list[Theme]:
    """Give columns their earlier values, if they still are what the correction made them."""
    if not theme.is_live:
        raise Conflict(_gone(theme))
    if any(getattr(theme, name) != value for name, value in made.after.items()):
        later = _later(made, ThemeCorrection.theme_id == theme.id, same=set(made.after))
        raise Conflict(_first(later) if later else f"“{theme.title}” has changed since. Decide anew.")
    for name, value in made.before.items():
        setattr(theme, name, value)
    return [theme]


def _undo_merge(made: ThemeCorrection, theme: Theme) -> list[Theme]:
    """Bring the other theme back with its statements, but for those a user has placed since."""
    other = db.session.get_one(Theme, made.other_theme_id, populate_existing=True)
    if theme.state == ThemeState.MERGED:
        later = _later(made, ThemeCorrection.other_theme_id == theme.id)
        raise Conflict(_first(later) if later else _gone(theme))
    other.state, other.merged_into_id = made.before["state"], None
    if theme.state == ThemeState.RETIRED:
        theme.state = ThemeState.NEW
    placed = _present(made)
    undone = _undone_of(made)
    back = {
        one: was
        for one, was in made.before.get("placed", {}).items()
        if not _was_placed_since(placed.get(int(one)), was, made) and was[3] not in undone
    }
    touched = {row.theme_id for one, row in placed.items() if str(one) in back} - {None}
    _put_back(back)
    rest = db.session.scalars(select(Theme).where(Theme.id.in_(touched - {theme.id, other.id})))
    return [theme, other, *rest]


def _undone_of(made: ThemeCorrection) -> set[int]:
    """Return the corrections that had placed statements before ``made`` and were undone after it."""
    before = {was[3] for was in made.before.get("placed", {}).values()} - {None}
    query = select(ThemeCorrection.id).where(
        ThemeCorrection.id.in_(before), ThemeCorrection.undone_at.is_not(None)
    )
    return set(db.session.scalars(query))


def _was_placed_since(row: ThemeMembership | None, was: list[Any], made: ThemeCorrection) -> bool:
    """Return whether a user put the statement elsewhere after the merge."""
    if row is None or row.placed_by != PlacedBy.USER:
        return False
    return row.correction_id != was[3] and (row.correction_id or 0) > made.id


def _undo_move(made: ThemeCorrection, theme: Theme) -> list[Theme]:
    """Put statements back where they were taken from."""
    source = theme
    if made.other_theme_id is not None:
        source = db.session.get_one(Theme, made.other_theme_id, populate_existing=True)
    if source.state == ThemeState.MERGED:
        later = _later(made, ThemeCorrection.other_theme_id == source.id, kind=CorrectionKind.MERGE)
        raise Conflict(_first(later) if later else _gone(source))
    placed = _present(made)
    moved_on = [row for row in placed.values() if row.correction_id != made.id]
    if moved_on:
        ids = [row.statement_id for row in moved_on]
        later = _later(made, ThemeCorrection.statement_ids.overlap(ids))
        raise Conflict(
            _first(later) if later else "These statements were placed anew since. Move them by hand."
        )
    touched = {row.theme_id for row in placed.values()} | {source.id}
    # What the engine put there may since have gone elsewhere by the merge of its theme.
    if source.state == ThemeState.RETIRED:
        source.state = made.before["state"]
    _put_back({one: was for one, was in made.before["placed"].items() if int(one) in placed})
    touched |= _take_back_what_followed(made, source)
    return list(db.session.scalars(select(Theme).where(Theme.id.in_(touched - {None}))))


def _take_back_what_followed(made: ThemeCorrection, source: Theme) -> set[int]:
    """Return like statements that a run let follow the decision to where it took the first ones from."""
    followed = (ThemeMembership.correction_id == made.id, ThemeMembership.placed_by == PlacedBy.LEARNED)
    themes = set(db.session.scalars(select(ThemeMembership.theme_id).where(*followed)))
    db.session.execute(
        update(ThemeMembership)
        .where(*followed)
        .values(theme_id=source.id, placed_by=PlacedBy.ENGINE, correction_id=None)
    )
    return {one for one in themes if one is not None}


def _undo_split(made: ThemeCorrection, theme: Theme) -> list[Theme]:
    """Put the statements back; whatever joined the new theme since goes with them, and its number too."""
    if theme.state == ThemeState.PROPOSED:
        raise Conflict(f"A proposal cites “{theme.title}”. Take it out of the proposal first.")
    either = or_(ThemeCorrection.theme_id == theme.id, ThemeCorrection.other_theme_id == theme.id)
    later = _later(made, either, ThemeCorrection.kind.in_(PLACING))
    if later is not None:
        raise Conflict(_first(later))
    touched = _undo_move(made, theme)
    source = db.session.get_one(Theme, made.other_theme_id, populate_existing=True)
    db.session.execute(
        update(ThemeMembership).where(ThemeMembership.theme_id == theme.id).values(theme_id=source.id)
    )
    theme.state, theme.merged_into_id = ThemeState.MERGED, source.id
    return list({one.id: one for one in (*touched, theme, source)}.values())


def _present(made: ThemeCorrection) -> dict[int, ThemeMembership]:
    query = select(ThemeMembership).where(among(ThemeMembership.statement_id, made.statement_ids))
    rows = db.session.scalars(query.execution_options(populate_existing=True))
    return {row.statement_id: row for row in rows}


def _put_back(placed: dict[str, list[Any]]) -> None:
    """Write memberships as they were, for statements that still count."""
    gone = undone_among({was[3] for was in placed.values()} - {None})
    still = still_counting([int(one) for one in placed])
    rows = [
        {
            "statement_id": int(one),
            "theme_id": was[0],
            "strength": was[1],
            "likeness": 0.0,
            # What followed a decision that was undone meanwhile is the engine's again.
            "placed_by": PlacedBy.ENGINE if was[3] in gone else was[2],
            "correction_id": None if was[3] in gone else was[3],
        }
        for one, was in placed.items()
        if int(one) in still
    ]
    if rows:
        add = insert(ThemeMembership)
        names = ("theme_id", "strength", "likeness", "placed_by", "correction_id")
        db.session.execute(
            add.on_conflict_do_update(
                index_elements=[ThemeMembership.statement_id],
                set_={name: add.excluded[name] for name in names},
            ),
            rows,
        )
        db.session.expire_all()


def _retire_empty(themes: list[Theme]) -> None:
    for theme in themes:
        if theme.is_live and theme.statement_count == 0 and theme.state != ThemeState.PROPOSED:
            theme.state = ThemeState.RETIRED


def _later(
    made: ThemeCorrection, *conditions: Any, kind: str = "", same: set[str] | None = None
) -> ThemeCorrection | None:
    """Return the last correction after this one that still holds and builds on it."""
    query = select(ThemeCorrection).where(
        ThemeCorrection.id > made.id, ThemeCorrection.undone_at.is_(None), *conditions
    )
    if kind:
        query = query.where(ThemeCorrection.kind == kind)
    found = db.session.scalars(query.order_by(ThemeCorrection.id.desc())).all()
    return next((one for one in found if same is None or same & set(one.after)), None)


def _first(later: ThemeCorrection) -> str:
    return (
        f"A later decision builds on this one: {WORDS[CorrectionKind(later.kind)]} by {later.user_name}. "
        "Undo that first."
    )


def _gone(theme: Theme) -> str:
    if theme.state == ThemeState.MERGED:
        return f"“{theme.title}” lives on in theme {theme.merged_into_id}. Undo that merge first."
    return f"“{theme.title}” has retired: no statement belongs to it any more."
