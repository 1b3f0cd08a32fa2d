"""The map of themes: its page, what it draws (regions, tiles of statements), and what one points at."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Sequence
from math import pi, sqrt
from typing import Any

from flask import Response, current_app, jsonify, make_response, request, url_for
from flask.typing import ResponseReturnValue

from ideaflow.clock import today
from ideaflow.errors import NotFound
from ideaflow.themes import forms
from ideaflow.themes.levels import areas, spots
from ideaflow.themes.models import Area, Theme
from ideaflow.themes.pages.parts import bp, known, may_triage, url_of
from ideaflow.themes.reading import page_queries
from ideaflow.themes.telling import sentences
from ideaflow.users.access import requires
from ideaflow.users.policy import Right
from ideaflow.web import render, wants_fragment
from ideaflow.wording import count, day, decimal, money

FILLED, LARGEST = 0.25, 0.12
"""As the layout draws circles: their share of the map, and the largest one's radius."""
LISTED = 100
"""So many themes stand in the list under the map; the others in the inbox."""
KEPT_DEPTH, KEPT_TILES = 2, 64
"""Tiles as coarse as this are kept by the process: each one costs a look at much of the map."""


@bp.get("/map")
@requires(Right.READ)
def map_page() -> ResponseReturnValue:
    """Show the map; htmx asks for the chosen theme or statement alone."""
    said = forms.chosen_id(request.args, "statement")
    if said is not None:
        return render("themes/_spot.html", spot=_spot(said)) if wants_fragment() else _page(_spot(said))
    chosen = page_queries.theme_on_map(request.args.get("theme", type=int))
    if wants_fragment() and chosen:
        return render("themes/map.html", fragment="selected", selected=_selected(chosen))
    return _page(None)


@bp.get("/map/regions")
@requires(Right.READ)
def map_regions() -> ResponseReturnValue:
    """Return themes, areas and the accounts heard most, as the map draws them."""
    themes, fields = spots.themes_on_map(), spots.areas_on_map()
    hue = {area.id: place for place, area in enumerate(fields)}
    size = _scale([theme.statement_count for theme in themes])
    shown = {
        "version": spots.version(),
        "themes": [_region(theme, hue, size) for theme in themes],
        "areas": _middles(fields, themes),
        "accounts": [{"id": one, "name": name, "n": said} for one, name, said in spots.top_accounts()],
    }
    return _kept(json.dumps(shown, separators=(",", ":")).encode(), "application/json")


@bp.get("/map/parts")
@requires(Right.READ)
def map_parts() -> ResponseReturnValue:
    """Return the names of sub-themes and where they lie."""
    parts = [
        {"name": title, "theme": theme, "n": said, "x": round(x, 4), "y": round(y, 4)}
        for title, theme, said, x, y in spots.parts_on_map()
    ]
    return _kept(json.dumps(parts, separators=(",", ":")).encode(), "application/json")


@bp.get("/map/tiles/<int:depth>/<int:column>/<int:row>")
@requires(Right.READ)
def map_tile(depth: int, column: int, row: int) -> ResponseReturnValue:
    """Return what lies in one tile of the map, in columns of little-endian numbers."""
    if depth > spots.DEEPEST:
        raise NotFound("There is no such tile.")
    top = [int(one) for one in request.args.getlist("top") if forms.is_id(one)][: spots.TOP_ACCOUNTS]
    state = spots.version()
    key = (state, depth, column, row, *top)
    etag = hashlib.sha256(repr(key).encode()).hexdigest()[:20]
    if etag in request.if_none_match:
        return _marked(make_response("", 304), etag)
    kept: dict[Any, bytes] = current_app.extensions.setdefault("map_tiles", {})
    body = kept.get(key) or spots.tile(depth, column, row, top)
    if depth <= KEPT_DEPTH:
        while len(kept) >= KEPT_TILES:
            kept.pop(next(iter(kept)), None)
        kept[key] = body
    return _marked(Response(body, mimetype="application/octet-stream"), etag)


@bp.get("/map/statements/<int:statement_id>")
@requires(Right.READ)
def map_statement(statement_id: int) -> ResponseReturnValue:
    """Return the words under the pointer, who said them, when, and in which theme they are."""
    spot = _spot(known(statement_id))["spot"]
    return jsonify(
        words=spot.text,
        account=spot.account_name,
        said=day(spot.said_at.date(), today()),
        theme=spot.theme_title,
    )


def _page(spot: dict[str, Any] | None) -> ResponseReturnValue:
    themes = spots.themes_on_map()
    chosen = page_queries.theme_on_map(request.args.get("theme", type=int))
    total, homeless = spots.counts_on_map()
    return render(
        "themes/map.html",
        selected=_selected(chosen) if chosen else None,
        spot=spot,
        total=total,
        homeless=homeless,
        theme_count=len(themes),
        counts=areas.level_counts(),
        listed=_by_area(themes[:LISTED]),
        rest_count=max(0, len(themes) - LISTED),
        level=forms.level_of(request.args),
        area_id=forms.chosen_id(request.args, "area"),
        may_triage=may_triage(),
    )


def _spot(statement_id: int) -> dict[str, Any]:
    found = spots.spots([known(statement_id)])
    if not found:
        raise NotFound("This statement counts no more.")
    spot = found[0]
    return {
        "spot": spot,
        "account_url": url_of("accounts.show", account_id=spot.account_id) if spot.account_id else "",
        "source_url": url_of("feedback.show", item_id=spot.item_id),
        "theme_url": url_for(".show", theme_id=spot.theme_id) if spot.theme_id else "",
    }


def _scale(sizes: Sequence[int]) -> float:
    """Return the radius of a theme of one statement; areas of circles are as the sizes."""
    if not sizes:
        return 0.0
    return min(sqrt(FILLED / (pi * sum(sizes))), LARGEST / sqrt(max(sizes)))


def _region(theme: Theme, hue: dict[int, int], size: float) -> dict[str, Any]:
    return {
        "id": theme.id,
        "name": theme.title,
        "x": round(theme.map_x or 0, 4),
        "y": round(theme.map_y or 0, 4),
        "r": round(size * sqrt(theme.statement_count), 4),
        "n": theme.statement_count,
        "on": sentences.mark_of(theme).is_signal,
        "area": hue.get(theme.area_id or 0, -1),
    }


def _middles(fields: Sequence[Area], themes: Sequence[Theme]) -> list[dict[str, Any]]:
    """Return where the name of each area stands: in the middle of what is said in it."""
    own: dict[int, list[Theme]] = defaultdict(list)
    for theme in themes:
        own[theme.area_id or 0].append(theme)
    found = []
    for area in fields:
        weight = sum(theme.statement_count for theme in own[area.id]) or 1
        x, y = (
            sum(theme.statement_count * (getattr(theme, axis) or 0) for theme in own[area.id]) / weight
            for axis in ("map_x", "map_y")
        )
        found.append({"id": area.id, "name": area.title, "x": round(x, 4), "y": round(y, 4), "n": weight})
    return found


def _by_area(themes: Sequence[Theme]) -> list[tuple[Area | None, list[sentences.InboxRow]]]:
    """Return the themes of the list under the map, region by region, the largest first."""
    fields = {area.id: area for area in spots.areas_on_map()}
    groups: dict[int, list[sentences.InboxRow]] = defaultdict(list)
    for theme in themes:
        groups[theme.area_id if theme.area_id in fields else 0].append(sentences.inbox_row(theme))
    ordered = sorted(
        groups, key=lambda one: (one == 0, -sum(row.theme.statement_count for row in groups[one]))
    )
    return [(fields.get(one), groups[one]) for one in ordered]


def _kept(body: bytes, mimetype: str) -> Response:
    etag = hashlib.sha256(body).hexdigest()[:20]
    if etag in request.if_none_match:
        return _marked(make_response("", 304), etag)
    return _marked(Response(body, mimetype=mimetype), etag)


def _marked(response: Response, etag: str) -> Response:
    """Let the browser keep an answer, yet ask each time: who may see it, and whether it is still so."""
    response.set_etag(etag)
    response.headers["Cache-Control"] = "private, no-cache"
    return response


def _selected(theme: Theme) -> dict[str, Any]:
    return {
        "id": theme.id,
        "title": theme.title,
        "area": theme.area,
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
