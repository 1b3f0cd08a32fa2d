"""Runs: what is new is read, joined to themes at once, and from time to time everything is looked at anew."""

from collections.abc import Callable

from ideaflow.themes.models import ThemeRun

Told = Callable[[str, int, int], None]


def queue_refresh(seed: int | None = None) -> ThemeRun:
    """Ask for a full run; the one that waits or runs already is returned instead of a second one."""
    raise NotImplementedError


def refresh(*, seed: int | None = None, progress: Told | None = None) -> ThemeRun:
    """Look at all statements anew; readers see the old themes until the new ones are complete.

    :param progress: called as ``progress(step, done, total)``.
    :raises Unavailable: the theme engine cannot be opened.
    """
    raise NotImplementedError


def take_in_new(progress: Told | None = None) -> int:
    """Read new feedback items and let their statements join themes, without a full run.

    Queues a full run when there are no themes yet, or when much has come since the last one.

    :returns: how many statements were new.
    """
    raise NotImplementedError
