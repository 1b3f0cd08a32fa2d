"""Several themes made one, with the name somebody chose for it: one decision, one undo."""

from collections.abc import Sequence

from ideaflow.audit import Actor
from ideaflow.db import db, transaction
from ideaflow.errors import Invalid
from ideaflow.themes.corrections.belonging import merge
from ideaflow.themes.corrections.standing import rename
from ideaflow.themes.models import Theme, ThemeCorrection
from ideaflow.themes.typed import title_of


def merge_all(
    theme_id: int,
    others: Sequence[tuple[int, int | None]],
    *,
    title: str = "",
    version: int | None = None,
    by: Actor,
) -> list[ThemeCorrection]:
    """Put themes into one, which keeps its number: all of them, or none.

    :param others: what goes into it, each with the version that was seen.
    :param title: what it is called from now on; empty, or as it is, leaves its name.
    :returns: the corrections in their order; undoing them from the last to the first gives all back.
    :raises Conflict: somebody changed one of them meanwhile, or a proposal cites one that would go.
    """
    name = title_of(title)
    if not others:
        raise Invalid("Choose at least two themes to merge.")
    made: list[ThemeCorrection] = []
    with transaction() as session:
        for place, (other_id, seen) in enumerate(others):
            first = version if place == 0 else None
            made.append(merge(theme_id, other_id, stays=True, version=first, other_version=seen, by=by))
        if name and name != session.get_one(Theme, theme_id).title:
            made.append(rename(theme_id, name, by=by))
        db.session.flush()
    return made
