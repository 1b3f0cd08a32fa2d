"""What users decide about a theme itself: its name, its state, its owner. Each one transaction."""

from collections.abc import Sequence

from ideaflow import audit
from ideaflow.audit import Actor
from ideaflow.db import db, transaction
from ideaflow.errors import Conflict, NotFound
from ideaflow.themes.corrections.change import changing, found, set_values
from ideaflow.themes.levels.levels import recount_areas
from ideaflow.themes.models import CorrectionKind, Theme, ThemeCorrection, ThemeState
from ideaflow.themes.turns import take_turn
from ideaflow.themes.typed import reason_of, title_of
from ideaflow.users.models import User


def rename(theme_id: int, title: str, *, version: int | None = None, by: Actor) -> ThemeCorrection:
    """Give a theme a name that no run will change.

    :param version: the version the user saw; None skips the check.
    :raises NotFound: there is no such theme.
    :raises Conflict: somebody changed it meanwhile, or it lives on in another theme.
    :raises Invalid: the title is empty or too long.
    """
    title = title_of(title, needed="A theme needs a name.")
    with changing(theme_id, version) as theme:
        return set_values(CorrectionKind.RENAME, theme, by, title=title, is_named=True)


def dismiss(
    theme_id: int, reason: str, *, version: int | None = None, count_area: bool = True, by: Actor
) -> ThemeCorrection:
    """Say that a theme is nothing to act on, and why.

    :param count_area: whether its area is counted anew; who decides about many counts each area once.
    :raises Invalid: no reason is given.
    :raises Conflict: it is dismissed already, or a proposal cites it.
    """
    reason = reason_of(reason)
    with changing(theme_id, version) as theme:
        return _to_state(theme, CorrectionKind.DISMISS, ThemeState.DISMISSED, by, reason, count_area)


def restore(
    theme_id: int, *, version: int | None = None, count_area: bool = True, by: Actor
) -> ThemeCorrection:
    """Bring a dismissed or watched theme back to those that need triage."""
    with changing(theme_id, version) as theme:
        return _to_state(theme, CorrectionKind.RESTORE, ThemeState.NEW, by, "", count_area)


def watch(
    theme_id: int, *, version: int | None = None, count_area: bool = True, by: Actor
) -> ThemeCorrection:
    """Keep a theme in sight without acting on it yet."""
    with changing(theme_id, version) as theme:
        return _to_state(theme, CorrectionKind.WATCH, ThemeState.WATCHING, by, "", count_area)


def assign_owner(
    theme_id: int, owner_id: int | None, *, version: int | None = None, by: Actor
) -> ThemeCorrection:
    """Say who looks after a theme; None: nobody.

    :raises NotFound: there is no such user, or they have left.
    """
    with changing(theme_id, version) as theme:
        if owner_id is not None:
            owner = db.session.get(User, owner_id)
            if owner is None or not owner.is_active:
                raise NotFound(f"There is no user {owner_id} who could own a theme.")
        return set_values(CorrectionKind.OWNER, theme, by, owner_id=owner_id)


def pin(theme_id: int, is_pinned: bool = True, *, version: int | None = None, by: Actor) -> ThemeCorrection:
    """Hold a theme: no run merges it into another or takes its number away."""
    with changing(theme_id, version) as theme:
        return set_values(CorrectionKind.PIN, theme, by, is_pinned=is_pinned)


def mark_proposed(theme_ids: Sequence[int], *, by: Actor) -> None:
    """Note that a proposal cites these themes (inside the proposal's transaction)."""
    _mark(theme_ids, ThemeState.PROPOSED, by)


def unmark_proposed(theme_ids: Sequence[int], *, by: Actor) -> None:
    """Note that no proposal cites these themes any more: they are watched."""
    _mark(theme_ids, ThemeState.WATCHING, by)


def _mark(theme_ids: Sequence[int], state: ThemeState, by: Actor) -> None:
    with transaction():
        take_turn()
        for theme_id in dict.fromkeys(theme_ids):
            theme = found(theme_id)
            if theme.is_live and theme.state != state:
                before, theme.state = theme.state, state
                theme.version += 1
                audit.record(
                    by, f"themes.mark_{state}", theme, before={"state": before}, after={"state": state}
                )


def _to_state(
    theme: Theme, kind: CorrectionKind, state: ThemeState, by: Actor, reason: str, count_area: bool
) -> ThemeCorrection:
    if theme.state == state:
        raise Conflict(f"“{theme.title}” is {_words(state)} already.")
    if theme.state == ThemeState.PROPOSED:
        raise Conflict(f"A proposal cites “{theme.title}”. Take it out of the proposal first.")
    counted = ThemeState.DISMISSED in (theme.state, state)  # What is dismissed counts in no area.
    made = set_values(kind, theme, by, reason, state=str(state))
    if counted and count_area:
        recount_areas([theme.area_id])
    return made


def _words(state: ThemeState) -> str:
    return "waiting for triage" if state == ThemeState.NEW else {"watching": "watched"}.get(state, str(state))
