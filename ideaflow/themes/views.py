"""Pages of themes: the list, one theme, the map. Importing this registers their routes."""

from ideaflow.themes import inbox_pages, map_pages, theme_pages
from ideaflow.themes.page_parts import bp

__all__ = ["bp", "inbox_pages", "map_pages", "theme_pages"]
