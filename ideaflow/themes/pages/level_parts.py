"""What pages show of the levels: the control that switches them, areas as rows, sub-themes under themes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for

from ideaflow.themes import forms
from ideaflow.themes.forms import Level
from ideaflow.themes.levels import areas
from ideaflow.themes.levels.areas import AreaRow, LevelCounts
from ideaflow.themes.models import Theme
from ideaflow.themes.reading.filters import InboxFilters
from ideaflow.themes.reading.inbox import inbox
from ideaflow.themes.telling import sentences

THEMES_SHOWN = 20
"""So many themes open under an area; the rest stand in the list."""


@dataclass(frozen=True)
class OpenArea:
    """An area as a row of the list, and the themes under it while it is open."""

    row: AreaRow
    list_url: str
    toggle_url: str
    is_open: bool
    themes: Sequence[sentences.InboxRow] = ()
    rest_count: int = 0


def control(counts: LevelCounts, level: Level, address: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the links of the level control; none where no run has found a structure."""
    if not counts.areas and not counts.sub_themes:
        return []
    levels = [
        (Level.AREAS, "Areas", counts.areas),
        (Level.THEMES, "Themes", counts.themes),
        (Level.SUB_THEMES, "Sub-themes", counts.sub_themes),
    ]
    kept = {name: value for name, value in address.items() if name not in ("level", "area")}
    return [
        {
            "word": word,
            "count": number,
            "is_current": one == level,
            "url": url_for(
                ".index",
                **(kept if one != Level.AREAS else {}),
                level=None if one == Level.THEMES else one.value,
            ),
        }
        for one, word, number in levels
        if number
    ]


def area_rows(sort: str, open_id: int | None, user_id: int) -> list[OpenArea]:
    """Return all areas, one of them with its themes."""
    found = []
    for row in areas.areas(sort):
        is_open = row.area.id == open_id
        themes = _themes_of(row.area.id, user_id) if is_open else []
        found.append(
            OpenArea(
                row=row,
                list_url=url_for(".index", area=row.area.id),
                toggle_url=url_for(
                    ".index",
                    level=Level.AREAS.value,
                    sort=None if sort == forms.AREA_SORT else sort,
                    open=None if is_open else row.area.id,
                    _anchor=f"area-{row.area.id}",
                ),
                is_open=is_open,
                themes=[sentences.inbox_row(theme) for theme in themes],
                rest_count=max(0, row.area.theme_count - len(themes)) if is_open else 0,
            )
        )
    return found


def area_shown(area_id: int | None) -> dict[str, Any] | None:
    """Return the area the list is narrowed to, with its figures; None when it is not, or it is no more."""
    if area_id is None:
        return None
    found = areas.known_area(area_id)
    return {"area": found, "figures": sentences.area_figures(found)} if found else None


def parts_of(level: Level, themes: Sequence[Theme]) -> dict[int, Any]:
    """Return the sub-themes of the themes shown, where the level asks for them."""
    return dict(areas.sub_themes([theme.id for theme in themes])) if level == Level.SUB_THEMES else {}


def made_of(theme: Theme, part_id: int | None, kept: Mapping[str, Any]) -> dict[str, Any]:
    """Return the sub-themes of a theme for its page, one of them chosen, and what they hold together.

    :param kept: what else the address says.
    """
    parts = areas.sub_themes([theme.id]).get(theme.id, [])
    return {
        "made_of": [
            {
                "part": part,
                "is_current": part.id == part_id,
                "url": url_for(
                    ".show",
                    theme_id=theme.id,
                    part=None if part.id == part_id else part.id,
                    _anchor="words",
                    **kept,
                ),
            }
            for part in parts
        ],
        "part": next((part for part in parts if part.id == part_id), None),
        "whole_count": theme.statement_count,
        "parts_count": sum(part.statement_count for part in parts),
    }


def _themes_of(area_id: int, user_id: int) -> list[Theme]:
    return inbox(InboxFilters(area_id=area_id, user_id=user_id), size=THEMES_SHOWN).rows
