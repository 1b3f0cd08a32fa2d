"""Pages of themes: the list, one theme, the map, runs, the pool. Importing this registers their routes."""

from ideaflow.themes import (
    correction_pages,
    elsewhere,
    following_pages,
    inbox_pages,
    lasso_pages,
    level_pages,
    map_pages,
    pool_pages,
    question_pages,
    run_pages,
    suggestion_pages,
    theme_pages,
    trend_pages,
)
from ideaflow.themes.page_parts import bp

__all__ = [
    "bp",
    "correction_pages",
    "elsewhere",
    "following_pages",
    "inbox_pages",
    "lasso_pages",
    "level_pages",
    "map_pages",
    "pool_pages",
    "question_pages",
    "run_pages",
    "suggestion_pages",
    "theme_pages",
    "trend_pages",
]
