"""What follows from a correction: like statements are offered at once, and those a run moved can go back."""

from collections.abc import Sequence

from sqlalchemy import select

from ideaflow.audit import Actor
from ideaflow.db import among, db, transaction
from ideaflow.errors import Conflict, Invalid, must_exist
from ideaflow.themes import engine
from ideaflow.themes.asking.accounts import counting
from ideaflow.themes.corrections.belonging import exclude_statements, move_statements
from ideaflow.themes.models import CorrectionKind, PlacedBy, Theme, ThemeCorrection, ThemeMembership
from ideaflow.themes.statements.snapshot import mean_vectors

LESSONS = (CorrectionKind.MOVE, CorrectionKind.EXCLUDE, CorrectionKind.SPLIT)
OFFERED = 50
"""So many like statements are offered at most; the likest."""
COMPARED = 5000
"""Statements of a theme that are compared on a page; of a larger one the most typical."""


def like_statements(correction_id: int) -> list[int]:
    """Return statements so like those of a correction that they should go the same way, the likest first.

    :raises NotFound: there is no such correction.
    """
    made = correction(correction_id)
    if made.is_undone or made.kind not in LESSONS:
        return []
    query = (
        counting(select(ThemeMembership.statement_id))
        .where(ThemeMembership.theme_id == _source(made), ThemeMembership.placed_by != PlacedBy.USER)
        .order_by(ThemeMembership.likeness.desc(), ThemeMembership.statement_id)
        .limit(COMPARED)
    )
    rest, vectors = mean_vectors(list(db.session.scalars(query)))
    _, examples = mean_vectors(made.statement_ids)
    if len(rest) < 2 or not len(examples):
        return []
    return [rest[row] for row in engine.follow(vectors, examples)][:OFFERED]


def follow(correction_id: int, statement_ids: Sequence[int], *, by: Actor) -> ThemeCorrection:
    """Let like statements go the way of a correction; that is a correction of its own.

    :raises NotFound: there is no such correction.
    :raises Conflict: it was undone, or a statement is elsewhere by now.
    """
    made = correction(correction_id)
    if made.is_undone:
        raise Conflict(f"{made.undone_by_name} has undone what these statements would follow.")
    if made.kind not in LESSONS:
        raise Invalid("Only what was moved, split off or taken out can be followed.")
    reason = "like those before"
    if made.kind == CorrectionKind.EXCLUDE:
        return exclude_statements(_source(made), statement_ids, reason=reason, by=by)
    return move_statements(_source(made), statement_ids, made.theme_id, reason=reason, by=by)


def take_back(correction_id: int, statement_ids: Sequence[int] = (), *, by: Actor) -> ThemeCorrection:
    """Put back what a run let follow a correction: from now on a user's own placing, which no run changes.

    :param statement_ids: only these; none: all that followed.
    :raises Conflict: nothing followed it, or it went elsewhere since.
    """
    with transaction():
        made = correction(correction_id)
        query = select(ThemeMembership).where(
            ThemeMembership.correction_id == made.id, ThemeMembership.placed_by == PlacedBy.LEARNED
        )
        if statement_ids:
            query = query.where(among(ThemeMembership.statement_id, statement_ids))
        rows = list(db.session.scalars(query))
        homes = {row.theme_id for row in rows}
        if not rows or len(homes) > 1 or len(rows) < len(set(statement_ids)):
            raise Conflict("These statements do not follow that decision any more. Look at the theme again.")
        ids = [row.statement_id for row in rows]
        return move_statements(homes.pop() or 0, ids, _source(made), reason="taken back", by=by)


def correction(correction_id: int) -> ThemeCorrection:
    """Return a correction.

    :raises NotFound: there is none of this number.
    """
    return must_exist(
        db.session.get(ThemeCorrection, correction_id), f"There is no correction {correction_id}."
    )


def _source(made: ThemeCorrection) -> int:
    """Return the theme that statements were taken out of, under the number it lives on with."""
    theme = db.session.get(Theme, made.other_theme_id or made.theme_id)
    while theme is not None and theme.merged_into_id is not None:
        theme = db.session.get(Theme, theme.merged_into_id)
    return theme.id if theme is not None else made.theme_id
