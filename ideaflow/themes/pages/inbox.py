"""The list of themes, and the runs that find them."""

from collections.abc import Mapping
from typing import Any

from flask import flash, get_flashed_messages, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from ideaflow import navigation
from ideaflow.accounts import queries as accounts
from ideaflow.paging import Page
from ideaflow.themes import forms, queries, service
from ideaflow.themes.forms import Level
from ideaflow.themes.levels import areas
from ideaflow.themes.levels.areas import LevelCounts
from ideaflow.themes.models import Theme
from ideaflow.themes.pages import level_parts
from ideaflow.themes.pages.parts import back_url, bp, last_deed, may_triage, promote_url
from ideaflow.themes.queries import InboxFilters, View
from ideaflow.themes.reading import batches, page_queries, pool
from ideaflow.themes.telling import deeds, sentences
from ideaflow.users.access import requires
from ideaflow.users.policy import Right
from ideaflow.web import render, wants_fragment


@bp.get("/")
@requires(Right.READ)
def index() -> ResponseReturnValue:
    """Show the themes of a view, filtered and ordered; htmx asks again for the list or its next rows."""
    level = forms.level_of(request.args)
    if level == Level.AREAS and (levels := areas.level_counts()).areas:
        return _areas(levels)
    filters = forms.filters_of(request.args, current_user.id)
    after = request.args.get("after")
    page = queries.inbox(filters, after)
    shared = _shared(filters, page, level)
    if after and wants_fragment():
        return render("themes/_rows.html", **shared)
    covered = queries.coverage()
    counts = queries.views_counts(current_user.id)
    return render(
        "themes/index.html",
        fragment="list",
        **shared,
        coverage=covered,
        is_empty=not sum(counts[view] for view in (View.OPEN, View.DISMISSED)),
        counts=counts,
        tabs=_tabs(filters, counts),
        heads=_heads(filters),
        pickers=_pickers(filters),
        sorts=sentences.SORTS,
        levels=level_parts.control(areas.level_counts(), level, forms.address_of(filters)),
        area_shown=level_parts.area_shown(filters.area_id),
        **_deeds(filters, counts),
        nothing=sentences.nothing(filters.view, forms.is_narrowed(filters)),
        run=sentences.run_words(covered.current, covered.failed),
        flashed=get_flashed_messages(with_categories=True) if wants_fragment() else [],
    )


@bp.get("/next")
@requires(Right.READ)
def next_theme() -> ResponseReturnValue:
    """Open the first theme that needs triage, the strongest signal first; ``after`` one, the next."""
    left = forms.chosen_id(request.args, "after")
    filters = InboxFilters(view=View.TRIAGE, user_id=current_user.id)
    key = queries.key_after(filters, left) if left else None
    page = queries.inbox(filters, key, size=1)
    if key and not page.rows:
        page = queries.inbox(filters, size=1)
    if page.rows and page.rows[0].id != left:
        return redirect(url_for(".show", theme_id=page.rows[0].id), 303)
    flash("Every other theme is triaged." if page.rows else "Every theme is triaged.")
    return redirect(url_for(".index"), 303)


@bp.post("/refresh")
@requires(Right.TRIAGE)
def refresh() -> ResponseReturnValue:
    """Ask for a full run; its progress shows above the list."""
    run = service.queue_refresh()
    if wants_fragment():
        return render("themes/_run.html", run=sentences.run_words(run, None), may_triage=may_triage())
    return redirect(back_url(), 303)


def _deeds(filters: InboxFilters, counts: Mapping[str, int]) -> dict[str, Any]:
    """Return what the list offers to do with many themes, and the way back from what was done last."""
    if not may_triage():
        return {}
    owners = [(user.id, user.name) for user in page_queries.owners() if user.id != current_user.id]
    return {
        "reasons": [(key, word) for key, word in forms.REASONS.items() if key != "other"],
        "possible_owners": [(current_user.id, "Me"), *owners],
        "match_count": queries.inbox_count(filters) if forms.is_narrowed(filters) else counts[filters.view],
        **last_deed(),
        "under_way": [(one, deeds.progress(one)) for one in batches.under_way()],
    }


def _areas(levels: LevelCounts) -> ResponseReturnValue:
    """Show the areas, one of them open."""
    sort, opened = forms.area_sort_of(request.args), forms.chosen_id(request.args, "open")
    filters, views = InboxFilters(user_id=current_user.id), queries.views_counts(current_user.id)
    covered = queries.coverage()
    return render(
        "themes/index.html",
        fragment="list",
        level=Level.AREAS,
        levels=level_parts.control(levels, Level.AREAS, {}),
        open_areas=level_parts.area_rows(sort, opened, current_user.id),
        area_sort=sort,
        sorts=sentences.AREA_SORTS,
        filters=filters,
        coverage=covered,
        counts=views,
        is_empty=False,
        tabs=_tabs(filters, views),
        run=sentences.run_words(covered.current, covered.failed),
        may_triage=may_triage(),
        is_part=wants_fragment(),
        flashed=get_flashed_messages(with_categories=True) if wants_fragment() else [],
    )


def _shared(filters: InboxFilters, page: Page[Theme], level: Level) -> dict[str, Any]:
    address: dict[str, Any] = dict(forms.address_of(filters))
    if level != Level.THEMES:
        address["level"] = level.value
    return {
        "page": page,
        "rows": [sentences.inbox_row(theme) for theme in page.rows],
        "next_url": url_for(".index", **address, after=page.after) if page.after else "",
        "here": url_for(".index", **address),
        "clear_url": url_for(".index", view=address.get("view")),
        "level": level,
        "parts": level_parts.parts_of(level, page.rows),
        "filters": filters,
        "is_narrowed": forms.is_narrowed(filters),
        "is_part": wants_fragment(),
        "may_triage": may_triage(),
        "promote_url": promote_url(),
    }


def _tabs(filters: InboxFilters, counts: Mapping[str, int]) -> list[dict[str, Any]]:
    address: dict[str, Any] = {
        name: value for name, value in forms.address_of(filters).items() if name != "view"
    }
    return [
        {
            "label": label,
            "url": url_for(".index", **address, view=None if view == View.OPEN else view),
            "count": counts[view],
            "is_current": view == filters.view,
            "is_signal": view == View.SIGNALS,
        }
        for view, label in sentences.VIEWS.items()
    ] + [{"label": "New theme?", "url": url_for(".new_themes"), "count": pool.candidate_count()}]


def _heads(filters: InboxFilters) -> list[dict[str, Any]]:
    address: dict[str, Any] = {
        name: value for name, value in forms.address_of(filters).items() if name != "sort"
    }
    return [
        {
            "word": word,
            "url": url_for(".index", **address, sort=None if sort == "signal" else sort),
            "direction": "descending" if filters.sort == sort else "",
            "class": "" if sort == "signal" else "end",
            "colspan": 2 if sort == "signal" else 1,
        }
        for sort, word in sentences.HEADS
    ]


def _pickers(filters: InboxFilters) -> list[dict[str, Any]]:
    owners = [(user.id, user.name) for user in page_queries.owners()]
    choices: list[tuple[str, str, Any, list[tuple[Any, str]]]] = [
        ("segment", "Segment", filters.segment, [(one, one) for one in accounts.segments()]),
        ("region", "Region", filters.region, [(one, one) for one in accounts.regions()]),
        ("area", "Area", filters.area_id or "", areas.area_titles()),
        ("trend", "Trend", filters.trend, list(sentences.TRENDS.items())),
        ("owner", "Owner", filters.owner_id or "", owners),
    ]
    return [
        {"name": name, "label": label, "value": value, "options": options}
        for name, label, value, options in choices
        if options
    ]


def _waiting() -> tuple[int, bool]:
    return page_queries.triage_count(), False


navigation.counts("themes.index", _waiting)
