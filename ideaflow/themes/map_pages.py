"""The map of themes: all statements as dots, and beside it the theme one has chosen."""

from collections import defaultdict
from collections.abc import Sequence
from math import hypot
from typing import Any

from flask import request
from flask.typing import ResponseReturnValue

from ideaflow.themes import page_queries, queries, sentences
from ideaflow.themes.models import Theme
from ideaflow.themes.page_parts import bp
from ideaflow.themes.queries import MapDot, ThemeMap
from ideaflow.users.access import requires
from ideaflow.users.policy import Right
from ideaflow.web import render, wants_fragment
from ideaflow.wording import count, decimal, money

LARGEST_RADIUS, SMALLEST_RADIUS = 12.0, 1.5


@bp.get("/map")
@requires(Right.READ)
def map_page() -> ResponseReturnValue:
    """Show the map; htmx asks for the chosen theme alone."""
    selected = page_queries.theme_on_map(request.args.get("theme", type=int))
    beside = _selected(selected) if selected else None
    if wants_fragment() and beside:
        return render("themes/map.html", fragment="selected", selected=beside)
    found = queries.map_points()
    return render("themes/map.html", selected=beside, map=_map(found, selected))


def _map(found: ThemeMap, selected: Theme | None) -> dict[str, Any]:
    themes, near = found.themes, page_queries.nearest_on_map(found.themes)
    place = {theme.id: number for number, theme in enumerate(themes)}
    total, dots = found.statement_count, defaultdict(list)
    for dot in found.dots:
        dots[dot.theme_id].append(dot)
    per_dot = max(1, round(total / len(found.dots))) if found.dots else 1
    return {
        "statement_count": total,
        "per_dot": per_dot,
        "themes": [sentences.map_row(theme, near.get(theme.id, "")) for theme in themes],
        "data": {
            "themes": [_circle(theme, dots[theme.id]) for theme in themes],
            "points": [[_percent(dot.x), _percent(1 - dot.y), place[dot.theme_id]] for dot in found.dots],
            "sel": place.get(selected.id, 0) if selected else 0,
        },
    }


def _circle(theme: Theme, dots: Sequence[MapDot]) -> dict[str, Any]:
    x, y = theme.map_x or 0.0, theme.map_y or 0.0
    return {
        "id": theme.id,
        "name": theme.title,
        "x": _percent(x),
        "y": _percent(1 - y),
        "r": _radius(x, y, dots),
        "on": sentences.mark_of(theme).is_signal,
        # The map has no named areas: a ninth of the plane shares a hue, so that neighbours read as such.
        "area": min(2, int(3 * x)) + 3 * min(2, int(3 * y)),
    }


def _radius(x: float, y: float, dots: Sequence[MapDot]) -> float:
    """Return the radius of a theme in percent of the map; the ring is drawn 1.4 times as wide."""
    away = sorted(hypot(dot.x - x, dot.y - y) for dot in dots)
    reach = 100 * away[int(0.9 * (len(away) - 1))] if away else 0.0
    return round(min(LARGEST_RADIUS, max(SMALLEST_RADIUS, 0.8 * reach)), 2)


def _selected(theme: Theme) -> dict[str, Any]:
    return {
        "id": theme.id,
        "title": theme.title,
        "mark": sentences.mark_of(theme),
        "figures": [
            ("Statements", count(theme.statement_count)),
            ("Accounts", count(theme.account_count)),
            ("Revenue a year", money(float(theme.revenue_amount))),
            ("Cohesion", decimal(theme.cohesion)),
        ],
        "centre": page_queries.map_quotes(theme.id, at_edge=False, limit=2),
        "edge": page_queries.map_quotes(theme.id, at_edge=True, limit=1),
    }


def _percent(part: float) -> float:
    return round(100 * min(max(part, 0.0), 1.0), 1)
