"""Verbs on themes: the one address for doors and other slices."""

from ideaflow.themes.corrections.adoption import add_group, add_statements, make_theme
from ideaflow.themes.corrections.adoption import reject as reject_group
from ideaflow.themes.corrections.adoption import reopen as reopen_group
from ideaflow.themes.corrections.belonging import exclude_statements, merge, move_statements, split
from ideaflow.themes.corrections.bulk import decide_many, undo_many
from ideaflow.themes.corrections.bulk import go_on as go_on_with_batch
from ideaflow.themes.corrections.deciding import merge_both, split_off
from ideaflow.themes.corrections.merging import merge_all
from ideaflow.themes.corrections.placing import place_capture
from ideaflow.themes.corrections.quieting import dismiss_alarm
from ideaflow.themes.corrections.standing import (
    assign_owner,
    dismiss,
    mark_proposed,
    pin,
    rename,
    restore,
    unmark_proposed,
    watch,
)
from ideaflow.themes.corrections.undoing import undo
from ideaflow.themes.desk.looking import look
from ideaflow.themes.desk.saving import change_view, remove_view, save_view
from ideaflow.themes.levels.levels import rename_area
from ideaflow.themes.offers.following import follow, take_back
from ideaflow.themes.offers.open_questions import look as look_for_questions
from ideaflow.themes.offers.open_questions import prepare as prepare_questions
from ideaflow.themes.offers.questioning import answer as answer_question
from ideaflow.themes.offers.questioning import reopen as reopen_question
from ideaflow.themes.offers.suggesting import accept as accept_suggestion
from ideaflow.themes.offers.suggesting import queue_suggestions, suggest
from ideaflow.themes.offers.suggesting import reject as reject_suggestion
from ideaflow.themes.runs.counted import on_counted
from ideaflow.themes.runs.figures import recount_item
from ideaflow.themes.runs.nights import look_at_night
from ideaflow.themes.runs.pockets import look_for_new
from ideaflow.themes.runs.refreshing import (
    follow_up,
    queue_follow_up,
    queue_refresh,
    refresh,
    take_in_new,
    use_model,
    warm_up,
)
from ideaflow.themes.runs.stopping import stop_run

__all__ = [
    "accept_suggestion",
    "add_group",
    "add_statements",
    "answer_question",
    "assign_owner",
    "change_view",
    "decide_many",
    "dismiss",
    "dismiss_alarm",
    "exclude_statements",
    "follow",
    "follow_up",
    "go_on_with_batch",
    "look",
    "look_at_night",
    "look_for_new",
    "look_for_questions",
    "make_theme",
    "mark_proposed",
    "merge",
    "merge_all",
    "merge_both",
    "move_statements",
    "on_counted",
    "pin",
    "place_capture",
    "prepare_questions",
    "queue_follow_up",
    "queue_refresh",
    "queue_suggestions",
    "recount_item",
    "refresh",
    "reject_group",
    "reject_suggestion",
    "remove_view",
    "rename",
    "rename_area",
    "reopen_group",
    "reopen_question",
    "restore",
    "save_view",
    "split",
    "split_off",
    "stop_run",
    "suggest",
    "take_back",
    "take_in_new",
    "undo",
    "undo_many",
    "unmark_proposed",
    "use_model",
    "warm_up",
    "watch",
]
