"""What users decide about themes: each one transaction, checked for change, audited, undoable."""

from collections.abc import Sequence

from ideaflow.audit import Actor
from ideaflow.themes.models import ThemeCorrection


def rename(theme_id: int, title: str, *, version: int | None = None, by: Actor) -> ThemeCorrection:
    """Give a theme a name that no run will change.

    :param version: the version the user saw; None skips the check.
    :raises NotFound: there is no such theme.
    :raises Conflict: somebody changed it meanwhile, or it lives on in another theme.
    :raises Invalid: the title is empty or too long.
    """
    raise NotImplementedError


def merge(
    theme_id: int, other_id: int, *, version: int | None = None, reason: str = "", by: Actor
) -> ThemeCorrection:
    """Put two themes together for good. The one named, pinned or proposed, else the larger, survives.

    :returns: the correction; its ``theme_id`` is the survivor, ``other_theme_id`` leads there.
    """
    raise NotImplementedError


def move_statements(
    theme_id: int,
    statement_ids: Sequence[int],
    to_theme_id: int,
    *,
    version: int | None = None,
    reason: str = "",
    by: Actor,
) -> ThemeCorrection:
    """Put statements of one theme into another, where they stay in every later run."""
    raise NotImplementedError


def exclude_statements(
    theme_id: int, statement_ids: Sequence[int], *, version: int | None = None, reason: str = "", by: Actor
) -> ThemeCorrection:
    """Take statements out of a theme: they belong to no theme from now on."""
    raise NotImplementedError


def dismiss(theme_id: int, reason: str, *, version: int | None = None, by: Actor) -> ThemeCorrection:
    """Say that a theme is nothing to act on, and why."""
    raise NotImplementedError


def restore(theme_id: int, *, version: int | None = None, by: Actor) -> ThemeCorrection:
    """Bring a dismissed or watched theme back to those that need triage."""
    raise NotImplementedError


def watch(theme_id: int, *, version: int | None = None, by: Actor) -> ThemeCorrection:
    """Keep a theme in sight without acting on it yet."""
    raise NotImplementedError


def assign_owner(
    theme_id: int, owner_id: int | None, *, version: int | None = None, by: Actor
) -> ThemeCorrection:
    """Say who looks after a theme; None: nobody."""
    raise NotImplementedError


def pin(theme_id: int, is_pinned: bool = True, *, version: int | None = None, by: Actor) -> ThemeCorrection:
    """Hold a theme together: no run merges it with another held theme."""
    raise NotImplementedError


def undo(correction_id: int, *, by: Actor) -> ThemeCorrection:
    """Take a correction back.

    :raises Conflict: it was undone already, or a later correction builds on it: says which.
    """
    raise NotImplementedError


def mark_proposed(theme_ids: Sequence[int], *, by: Actor) -> None:
    """Note that a proposal cites these themes (inside the proposal's transaction)."""
    raise NotImplementedError


def unmark_proposed(theme_ids: Sequence[int], *, by: Actor) -> None:
    """Note that no proposal cites these themes any more: they are watched."""
    raise NotImplementedError
