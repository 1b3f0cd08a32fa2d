"""Pages of themes: the list, one theme, the map, runs, the pool. Importing this registers their routes."""

from ideaflow.themes import elsewhere
from ideaflow.themes.pages import (
    captured,
    corrections,
    following,
    inbox,
    lasso,
    levels,
    map,
    merging,
    pool,
    presence,
    questions,
    runs,
    saved_views,
    selection,
    splitting,
    suggestions,
    theme,
    trend,
)
from ideaflow.themes.pages.parts import bp

__all__ = [
    "bp",
    "captured",
    "corrections",
    "elsewhere",
    "following",
    "inbox",
    "lasso",
    "levels",
    "map",
    "merging",
    "pool",
    "presence",
    "questions",
    "runs",
    "saved_views",
    "selection",
    "splitting",
    "suggestions",
    "theme",
    "trend",
]
