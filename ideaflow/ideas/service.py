"""Verbs on ideas: the one address for doors and other slices."""

from ideaflow.ideas.boards import add_category, change_category
from ideaflow.ideas.hooks import Happened, IdeaEvent, on_event
from ideaflow.ideas.likeness import ask, read
from ideaflow.ideas.merging import merge, unmerge
from ideaflow.ideas.moderating import (
    Overtaken,
    answer,
    hide,
    hide_comment,
    set_audience,
    settle,
    show,
    show_comment,
)
from ideaflow.ideas.posting import Draft, post, withdraw
from ideaflow.ideas.speaking import comment, comment_as_us, report, withdraw_comment
from ideaflow.ideas.standing import support, support_for, withdraw_for, withdraw_support

__all__ = [
    "Draft",
    "Happened",
    "IdeaEvent",
    "Overtaken",
    "add_category",
    "answer",
    "ask",
    "change_category",
    "comment",
    "comment_as_us",
    "hide",
    "hide_comment",
    "merge",
    "on_event",
    "post",
    "read",
    "report",
    "set_audience",
    "settle",
    "show",
    "show_comment",
    "support",
    "support_for",
    "unmerge",
    "withdraw",
    "withdraw_comment",
    "withdraw_for",
    "withdraw_support",
]
