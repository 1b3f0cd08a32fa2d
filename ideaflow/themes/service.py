"""Verbs on themes: the one address for doors and other slices."""

from ideaflow.themes.belonging import exclude_statements, merge, move_statements, split
from ideaflow.themes.corrections import (
    assign_owner,
    dismiss,
    mark_proposed,
    pin,
    rename,
    restore,
    unmark_proposed,
    watch,
)
from ideaflow.themes.figures import recount_item
from ideaflow.themes.levels import rename_area
from ideaflow.themes.quieting import dismiss_alarm
from ideaflow.themes.runs import queue_refresh, refresh, take_in_new
from ideaflow.themes.suggesting import accept as accept_suggestion
from ideaflow.themes.suggesting import queue_suggestions, suggest
from ideaflow.themes.suggesting import reject as reject_suggestion
from ideaflow.themes.undoing import undo

__all__ = [
    "accept_suggestion",
    "assign_owner",
    "dismiss",
    "dismiss_alarm",
    "exclude_statements",
    "mark_proposed",
    "merge",
    "move_statements",
    "pin",
    "queue_refresh",
    "queue_suggestions",
    "recount_item",
    "refresh",
    "reject_suggestion",
    "rename",
    "rename_area",
    "restore",
    "split",
    "suggest",
    "take_in_new",
    "undo",
    "unmark_proposed",
    "watch",
]
