"""The list of themes, and the runs that find them."""

from flask import flash, get_flashed_messages, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from ideaflow import navigation
from ideaflow.themes import addresses, forms, queries, service
from ideaflow.themes.forms import Level
from ideaflow.themes.levels import areas
from ideaflow.themes.levels.areas import LevelCounts
from ideaflow.themes.pages import inbox_parts, level_parts
from ideaflow.themes.pages.parts import back_url, bp, may_triage
from ideaflow.themes.queries import InboxFilters, View
from ideaflow.themes.reading import page_queries, worth
from ideaflow.themes.reading.filters import MONEY
from ideaflow.themes.telling import sentences
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
    filters = addresses.filters_of(request.args, current_user.id)
    after = request.args.get("after")
    page = queries.inbox(filters, after)
    shared = inbox_parts.shared(filters, page, level)
    if after and wants_fragment():
        return render("themes/_rows.html", **shared)
    covered = queries.coverage()
    counts, people = queries.views_counts(current_user.id), inbox_parts.people_of()
    return render(
        "themes/index.html",
        fragment="list",
        **shared,
        coverage=covered,
        is_empty=not sum(counts[view] for view in (View.OPEN, View.DISMISSED)),
        counts=counts,
        **inbox_parts.saved(filters, counts),
        heads=inbox_parts.heads(filters),
        **inbox_parts.filters_shown(filters, people),
        lenses=inbox_parts.lenses(filters),
        lens=worth.worth_of_list(filters) if filters.lens == MONEY else None,
        sorts=sentences.SORTS,
        levels=level_parts.control(areas.level_counts(), level, addresses.address_of(filters)),
        area_shown=level_parts.area_shown(filters.area_id),
        **inbox_parts.deeds_offered(filters, counts, people),
        nothing=sentences.nothing(filters.view, addresses.is_narrowed(filters)),
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
        tabs=inbox_parts.tabs(filters, views),
        run=sentences.run_words(covered.current, covered.failed),
        may_triage=may_triage(),
        is_part=wants_fragment(),
        flashed=get_flashed_messages(with_categories=True) if wants_fragment() else [],
    )


def _waiting() -> tuple[int, bool]:
    return page_queries.triage_count(), False


navigation.counts("themes.index", _waiting)
