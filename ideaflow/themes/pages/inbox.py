"""The list of themes, what is done to many of them at once, and the runs that find them."""

from collections.abc import Mapping
from typing import Any

from flask import flash, get_flashed_messages, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from ideaflow import navigation
from ideaflow.accounts import queries as accounts
from ideaflow.db import transaction
from ideaflow.errors import Invalid
from ideaflow.paging import Page
from ideaflow.themes import forms, queries, service
from ideaflow.themes.forms import Level
from ideaflow.themes.levels import areas
from ideaflow.themes.levels.areas import LevelCounts
from ideaflow.themes.models import Theme, ThemeCorrection
from ideaflow.themes.pages import level_parts
from ideaflow.themes.pages.parts import back_url, bp, may_triage, promote_url, tell
from ideaflow.themes.queries import InboxFilters, View
from ideaflow.themes.reading import page_queries, pool
from ideaflow.themes.telling import sentences
from ideaflow.users.access import actor, requires
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
        reasons=[(key, word) for key, word in forms.REASONS.items() if key != "other"],
        nothing=sentences.nothing(filters.view, forms.is_narrowed(filters)),
        run=sentences.run_words(covered.current, covered.failed),
        flashed=get_flashed_messages(with_categories=True) if wants_fragment() else [],
    )


@bp.get("/next")
@requires(Right.READ)
def next_theme() -> ResponseReturnValue:
    """Open the first theme that needs triage, the strongest signal first."""
    page = queries.inbox(InboxFilters(view=View.TRIAGE, user_id=current_user.id), size=1)
    if page.rows:
        return redirect(url_for(".show", theme_id=page.rows[0].id), 303)
    flash("Every theme is triaged.")
    return redirect(url_for(".index"), 303)


@bp.post("/selected")
@requires(Right.TRIAGE)
def change_selected() -> ResponseReturnValue:
    """Merge, watch or dismiss the themes that are ticked: all of them, or none."""
    form = request.form
    ids = forms.ids_of(form.getlist("theme_ids"), "No theme is selected. Tick at least one.")
    verb = form.get("verb", "")
    with transaction():
        if verb == "merge":
            words, made = _merge_all(ids)
        elif verb == "watch":
            made = [service.watch(theme_id, by=actor()) for theme_id in ids]
            words = f"You watch {sentences.number_of(len(ids), 'theme')} now."
        elif verb == "dismiss":
            reason = forms.reason_of(form)
            made = [service.dismiss(theme_id, reason, by=actor()) for theme_id in ids]
            words = f"Dismissed {sentences.number_of(len(ids), 'theme')}: {reason.lower()}."
        else:
            raise Invalid("Choose what to do with the selected themes: merge, watch or dismiss.")
    tell(words, made, back_url())
    return redirect(back_url(), 303)


@bp.post("/undo")
@requires(Right.TRIAGE)
def undo() -> ResponseReturnValue:
    """Take corrections back, the last one first: all of them, or none."""
    ids = forms.ids_of(request.form.get("correction_ids", "").split(","), "Nothing was chosen to undo.")
    with transaction():
        for correction_id in sorted(ids, reverse=True):
            service.undo(correction_id, by=actor())
    flash("Undone." if len(ids) == 1 else f"Undone, {len(ids)} changes.")
    return redirect(back_url(), 303)


@bp.post("/refresh")
@requires(Right.TRIAGE)
def refresh() -> ResponseReturnValue:
    """Ask for a full run; its progress shows above the list."""
    run = service.queue_refresh()
    if wants_fragment():
        return render("themes/_run.html", run=sentences.run_words(run, None), may_triage=may_triage())
    return redirect(back_url(), 303)


def _merge_all(ids: list[int]) -> tuple[str, list[ThemeCorrection]]:
    if len(ids) < 2:
        raise Invalid("Tick at least two themes to merge them.")
    survivor, made = ids[0], []
    for other in ids[1:]:
        correction = service.merge(survivor, other, by=actor())
        made.append(correction)
        survivor = correction.theme_id
    title = page_queries.title_of(survivor)
    return f"Merged {sentences.number_of(len(ids), 'theme')} into “{title}”.", made


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
