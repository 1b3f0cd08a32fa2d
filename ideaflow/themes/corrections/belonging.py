"""What users decide about who belongs where: themes merged and split, statements moved and taken out."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select, update

from ideaflow.audit import Actor
from ideaflow.db import among, db
from ideaflow.errors import Conflict, Invalid
from ideaflow.feedback.models import Statement
from ideaflow.themes.corrections.change import changing, live, note
from ideaflow.themes.models import (
    CorrectionKind,
    PlacedBy,
    Theme,
    ThemeCorrection,
    ThemeMembership,
    ThemeState,
)
from ideaflow.themes.runs.figures import recount
from ideaflow.themes.typed import title_of
from ideaflow.wording import shorten

TITLE_SHOWN = 60
"""A theme without a name is called by the beginning of its most typical statement until the next run."""


def merge(
    theme_id: int,
    other_id: int,
    *,
    stays: bool = False,
    version: int | None = None,
    other_version: int | None = None,
    reason: str = "",
    by: Actor,
) -> ThemeCorrection:
    """Put two themes together for good. The one proposed, named or pinned, else the larger, survives.

    :param stays: the first one survives, whatever it is like.
    :raises Conflict: somebody changed one of them meanwhile, or a proposal cites the one that would go.
    :returns: the correction; its ``theme_id`` is the survivor, ``other_theme_id`` leads there.
    :raises Invalid: both are the same theme.
    """
    if theme_id == other_id:
        raise Invalid("A theme cannot be merged with itself. Choose another one.")
    with changing(theme_id, version) as theme:
        other = live(other_id)
        if other_version is not None and other_version != other.version:
            raise Conflict(f"“{other.title}” was changed by somebody else while you looked at it.")
        survivor, gone = (theme, other) if stays else sorted((theme, other), key=_weight)
        if gone.state == ThemeState.PROPOSED and survivor.state != ThemeState.PROPOSED:
            raise Conflict(f"A proposal cites “{gone.title}”, so that one stays. Swap the two.")
        members = _memberships(ThemeMembership.theme_id == gone.id)
        made = note(
            CorrectionKind.MERGE, survivor, by, other=gone, statements=members, reason=reason,
            before={"state": gone.state, "title": gone.title},
            after={"state": str(ThemeState.MERGED), "title": survivor.title},
        )  # fmt: skip
        _put(members, {"theme_id": survivor.id})
        gone.state, gone.merged_into_id = ThemeState.MERGED, survivor.id
        gone.version += 1
        survivor.version += 1
        recount([survivor.id, gone.id])
        return made


def _weight(theme: Theme) -> tuple[bool | int, ...]:
    """Return what orders themes that are merged: the one that lives on comes first."""
    return (
        theme.state != ThemeState.PROPOSED,
        theme.state == ThemeState.DISMISSED,
        not theme.is_named,
        not theme.is_pinned,
        theme.owner_id is None,
        -theme.statement_count,
        theme.id,
    )


def move_statements(
    theme_id: int,
    statement_ids: Sequence[int],
    to_theme_id: int,
    *,
    version: int | None = None,
    reason: str = "",
    by: Actor,
) -> ThemeCorrection:
    """Put statements of one theme into another, where they stay in every later run.

    :returns: the correction; its ``theme_id`` is the theme they went to.
    :raises Conflict: a statement is not in the theme any more.
    """
    if theme_id == to_theme_id:
        raise Invalid("They are in this theme already. Choose another one.")
    with changing(theme_id, version) as theme:
        target = live(to_theme_id)
        members = _members_of(theme, statement_ids)
        made = note(
            CorrectionKind.MOVE, target, by, other=theme, statements=members, reason=reason,
            before={"state": theme.state}, after={"title": target.title},
        )  # fmt: skip
        _put(members, _by_user(made, target.id))
        return _after_leaving(made, theme, target)


def exclude_statements(
    theme_id: int, statement_ids: Sequence[int], *, version: int | None = None, reason: str = "", by: Actor
) -> ThemeCorrection:
    """Take statements out of a theme: they belong to no theme from now on.

    :raises Conflict: a statement is not in the theme any more.
    """
    return _placed(CorrectionKind.EXCLUDE, theme_id, statement_ids, version, reason, by)


def keep(
    theme_id: int, statement_ids: Sequence[int], *, version: int | None = None, reason: str = "", by: Actor
) -> ThemeCorrection:
    """Say that statements belong where they are: there they stay in every later run.

    :raises Conflict: a statement is not in the theme any more.
    """
    return _placed(CorrectionKind.KEEP, theme_id, statement_ids, version, reason, by)


def split(
    theme_id: int, statement_ids: Sequence[int], *, title: str = "", version: int | None = None, by: Actor
) -> ThemeCorrection:
    """Make a theme of its own from some statements of a theme; both halves hold in every later run.

    A proposal that cites the theme goes on citing what is left of it.

    :param title: its name; without one the next run gives it a name.
    :returns: the correction; its ``theme_id`` is the new theme, ``other_theme_id`` the one split.
    :raises Invalid: these are none, or all of its statements, or the name is too long.
    :raises Conflict: a statement is not in the theme any more.
    """
    name = title_of(title)
    with changing(theme_id, version) as theme:
        members = _members_of(theme, statement_ids)
        if len(members) == len(_memberships(ThemeMembership.theme_id == theme.id)):
            raise Invalid("These are all its statements. Leave at least one, or rename the theme.")
        said = _most_typical(members)
        called = name or shorten(" ".join(said.text.split()), TITLE_SHOWN) or "Theme"
        fresh = Theme(title=called, is_named=bool(name), quote=said.text, quote_statement_id=said.id)
        fresh.area_id = theme.area_id
        db.session.add(fresh)
        db.session.flush()
        made = note(
            CorrectionKind.SPLIT, fresh, by, other=theme, statements=members,
            before={"state": theme.state}, after={"title": fresh.title},
        )  # fmt: skip
        _put(members, _by_user(made, fresh.id))
        return _after_leaving(made, theme, fresh)


def _most_typical(members: Sequence[ThemeMembership]) -> Statement:
    query = (
        select(Statement)
        .join(ThemeMembership, ThemeMembership.statement_id == Statement.id)
        .where(among(Statement.id, [one.statement_id for one in members]))
        .order_by(func.length(Statement.text) > TITLE_SHOWN, ThemeMembership.likeness.desc(), Statement.id)
    )
    return db.session.scalars(query.limit(1)).one()


def _memberships(*conditions: Any) -> list[ThemeMembership]:
    query = select(ThemeMembership).where(*conditions).order_by(ThemeMembership.statement_id)
    return list(db.session.scalars(query.execution_options(populate_existing=True)))


def _members_of(theme: Theme, statement_ids: Sequence[int]) -> list[ThemeMembership]:
    wanted = sorted(set(statement_ids))
    if not wanted:
        raise Invalid("Choose at least one statement.")
    members = _memberships(ThemeMembership.theme_id == theme.id, among(ThemeMembership.statement_id, wanted))
    if len(members) < len(wanted):
        raise Conflict(
            f"{len(wanted) - len(members)} of these statements are not in “{theme.title}” any more. "
            "Look at it again, then decide."
        )
    return members


def _placed(
    kind: CorrectionKind,
    theme_id: int,
    statement_ids: Sequence[int],
    version: int | None,
    reason: str,
    by: Actor,
) -> ThemeCorrection:
    """Put statements of a theme for good where they are, or in none."""
    with changing(theme_id, version) as theme:
        members = _members_of(theme, statement_ids)
        made = note(kind, theme, by, statements=members, reason=reason, before={"state": theme.state})
        if kind != CorrectionKind.KEEP:
            _put(members, _by_user(made, None))
            return _after_leaving(made, theme)
        _put(members, _by_user(made, theme.id))
        theme.version += 1  # Who belongs to it stays the same, and with that every figure.
        db.session.flush()
        db.session.expire_all()
        return made


def _by_user(made: ThemeCorrection, theme_id: int | None) -> dict[str, Any]:
    return {
        "theme_id": theme_id,
        "placed_by": PlacedBy.USER,
        "strength": 1.0 if theme_id else 0.0,
        "correction_id": made.id,
    }


def _put(members: Sequence[ThemeMembership], values: dict[str, Any]) -> None:
    ids = [one.statement_id for one in members]
    db.session.execute(
        update(ThemeMembership).where(among(ThemeMembership.statement_id, ids)).values(**values)
    )


def _after_leaving(made: ThemeCorrection, theme: Theme, *others: Theme) -> ThemeCorrection:
    """Count anew; a theme that nothing is left of retires, unless a proposal cites it."""
    for one in (theme, *others):
        one.version += 1
    recount([theme.id, *(one.id for one in others)])
    if theme.statement_count == 0 and theme.state != ThemeState.PROPOSED:
        theme.state = ThemeState.RETIRED
    return made
