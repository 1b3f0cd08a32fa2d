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
from ideaflow.themes.following import follow, take_back
from ideaflow.themes.levels import rename_area
from ideaflow.themes.questioning import answer as answer_question
from ideaflow.themes.questioning import prepare as prepare_questions
from ideaflow.themes.questioning import reopen as reopen_question
from ideaflow.themes.quieting import dismiss_alarm
from ideaflow.themes.runs import queue_refresh, refresh, take_in_new, use_model
from ideaflow.themes.suggesting import accept as accept_suggestion
from ideaflow.themes.suggesting import queue_suggestions, suggest
from ideaflow.themes.suggesting import reject as reject_suggestion
from ideaflow.themes.undoing import undo

__all__ = [
    "accept_suggestion",
    "answer_question",
    "assign_owner",
    "dismiss",
    "dismiss_alarm",
    "exclude_statements",
    "follow",
    "mark_proposed",
    "merge",
    "move_statements",
    "pin",
    "prepare_questions",
    "queue_refresh",
    "queue_suggestions",
    "recount_item",
    "refresh",
    "reject_suggestion",
    "rename",
    "rename_area",
    "reopen_question",
    "restore",
    "split",
    "suggest",
    "take_back",
    "take_in_new",
    "undo",
    "unmark_proposed",
    "use_model",
    "watch",
]
