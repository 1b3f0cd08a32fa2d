"""Verbs on themes: the one address for doors and other slices."""

from ideaflow.themes.corrections import (
    assign_owner,
    dismiss,
    exclude_statements,
    mark_proposed,
    merge,
    move_statements,
    pin,
    rename,
    restore,
    undo,
    unmark_proposed,
    watch,
)
from ideaflow.themes.runs import queue_refresh, refresh, take_in_new

__all__ = [
    "assign_owner",
    "dismiss",
    "exclude_statements",
    "mark_proposed",
    "merge",
    "move_statements",
    "pin",
    "queue_refresh",
    "refresh",
    "rename",
    "restore",
    "take_in_new",
    "undo",
    "unmark_proposed",
    "watch",
]
