"""The plan of one launch: day, tier, cells, checks, template; what follows is said before it is done."""

from typing import Any

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from ideaflow import typed
from ideaflow.clock import today
from ideaflow.db import db
from ideaflow.errors import Invalid, NotFound
from ideaflow.launch import newer, plans, queries, replanning, service, templates, tiers
from ideaflow.launch.doors import bp
from ideaflow.launch.forms import (
    read_cell,
    read_cells,
    read_item,
    read_points,
    read_version,
    read_words,
)
from ideaflow.launch.items import CHANNELS, EVIDENCE, FUNCTIONS, MEASURES, rule_words
from ideaflow.launch.matrix import reading
from ideaflow.launch.models import ReadinessTemplate
from ideaflow.launch.pages.listing import cell_names, currencies, people
from ideaflow.market.converting import Converted, rates_on
from ideaflow.users.access import actor, requires
from ideaflow.users.policy import Right
from ideaflow.web import mark_current, render
from ideaflow.wording import plural


@bp.get("/<int:launch_id>/plan")
@requires(Right.LAUNCH)
def plan(launch_id: int) -> ResponseReturnValue:
    """Show what can be changed about a launch."""
    return _plan(launch_id)


@bp.get("/<int:launch_id>/day")
@requires(Right.LAUNCH)
def day(launch_id: int) -> ResponseReturnValue:
    """Say which due days would move, and where to."""
    return _day(launch_id)


@bp.post("/<int:launch_id>/day")
@requires(Right.LAUNCH)
def move_day(launch_id: int) -> ResponseReturnValue:
    """Move the day of the launch."""
    form = request.form
    try:
        launch_on = typed.day(form.get("launch_on", ""), "launch_on", "The day was not moved.")
        launch = service.move_day(
            launch_id, launch_on, form.get("reason", ""), read_version(form), by=actor()
        )
    except Invalid as error:
        return _day(launch_id, error=error, status=422)
    flash(f"Launch day is {launch.launch_on:%-d %B %Y}; every due day moved with it.", "go")
    return _to_plan(launch_id)


@bp.get("/<int:launch_id>/tier")
@requires(Right.LAUNCH)
def rate(launch_id: int) -> ResponseReturnValue:
    """Ask for the points of each driver anew, and say what another tier would add."""
    return _rate(launch_id)


@bp.post("/<int:launch_id>/tier")
@requires(Right.LAUNCH)
def retier(launch_id: int) -> ResponseReturnValue:
    """Rate the launch anew."""
    form = request.form
    try:
        launch = service.retier(
            launch_id, read_points(form), form.get("reason", ""), read_version(form), by=actor()
        )
    except Invalid as error:
        return _rate(launch_id, error=error, status=422)
    flash(f"{launch.name} is of tier {launch.tier} now.", "go")
    return _to_plan(launch_id)


@bp.post("/<int:launch_id>/cells")
@requires(Right.LAUNCH)
def add_cells(launch_id: int) -> ResponseReturnValue:
    """Sell in more cells."""
    wishes = read_cells(request.form, cell_names())
    try:
        if not wishes:
            say = "Give at least one cell a target; 0 is one."
            raise Invalid(say, [{"field": "cells", "reason": say}])
        added = service.add_cells(launch_id, wishes, read_version(request.form), by=actor())
    except Invalid as error:
        return _plan(launch_id, values=request.form, error=error, status=422)
    flash(f"{plural(len(added), 'cell')} added, with every check that applies there.", "go")
    return _to_plan(launch_id, "cells")


@bp.post("/<int:launch_id>/cells/<int:cell_id>")
@requires(Right.LAUNCH)
def change_cell(launch_id: int, cell_id: int) -> ResponseReturnValue:
    """Say who drives a cell and what it is to bring in; or take it out."""
    cell = next((one for one in queries.cells_of(launch_id) if one.id == cell_id), None)
    if cell is None:
        raise NotFound("There is no such cell in this launch.")
    place, name = (cell.channel_id, cell.region_id), f"{cell.channel.name}, {cell.region.name}"
    version = read_version(request.form)
    try:
        if request.form.get("do") == "drop":
            service.drop_cell(cell_id, request.form.get("reason", ""), version, by=actor())
        else:
            service.change_cell(cell_id, read_cell(request.form, place, name), version, by=actor())
    except Invalid as error:
        return _plan(launch_id, values=request.form, error=error, status=422)
    flash(f"{name} is {'not sold in any more' if request.form.get('do') == 'drop' else 'saved'}.")
    return _to_plan(launch_id, "cells")


@bp.post("/<int:launch_id>/checks")
@requires(Right.LAUNCH)
def add_check(launch_id: int) -> ResponseReturnValue:
    """Ask one thing more than the template does."""
    form = request.form
    try:
        check = service.add_check(
            launch_id,
            read_item(form),
            typed.number(form.get("owner_id")),
            typed.numbers(form.getlist("cells")),
            by=actor(),
        )
    except Invalid as error:
        return _plan(launch_id, values=form, error=error, status=422)
    flash(f"“{check.title}” is asked from now on.", "go")
    return redirect(url_for(".check", launch_id=launch_id, check_id=check.id), 303)


@bp.post("/<int:launch_id>/words")
@requires(Right.LAUNCH)
def write_words(launch_id: int) -> ResponseReturnValue:
    """Say what sellers say, and what they never promise."""
    form = request.form
    try:
        service.write_words(launch_id, read_words(form), read_version(form), by=actor())
    except Invalid as error:
        return _plan(launch_id, values=form, error=error, status=422)
    flash("The seller’s card says it from now on.", "go")
    return _to_plan(launch_id, "words")


@bp.get("/<int:launch_id>/template")
@requires(Right.LAUNCH)
def newer_template(launch_id: int) -> ResponseReturnValue:
    """Show what the newer version of the readiness template would change in a launch."""
    mark_current("launches.index")
    launch = reading.find(launch_id)
    mine = db.session.get_one(ReadinessTemplate, launch.template_id)
    return render("launch/newer.html", launch=launch, mine=mine, found=newer.preview(launch))


@bp.post("/<int:launch_id>/template")
@requires(Right.LAUNCH)
def take_newer(launch_id: int) -> ResponseReturnValue:
    """Take the newer version of the readiness template."""
    number = typed.number(request.form.get("number")) or 0
    service.take_newer(launch_id, number, read_version(request.form), by=actor())
    flash(f"The launch asks what version {number} of the template asks.", "go")
    return _to_plan(launch_id, "checks")


@bp.post("/<int:launch_id>/cancel")
@requires(Right.LAUNCH)
def cancel(launch_id: int) -> ResponseReturnValue:
    """Give a launch up."""
    try:
        launch = service.cancel(
            launch_id, request.form.get("reason", ""), read_version(request.form), by=actor()
        )
    except Invalid as error:
        return _plan(launch_id, values=request.form, error=error, status=422)
    flash(f"{launch.name} is cancelled. Its history stays.")
    return redirect(url_for(".index"), 303)


def _plan(
    launch_id: int, *, values: Any = None, error: Invalid | None = None, status: int = 200
) -> ResponseReturnValue:
    mark_current("launches.index")
    launch, rates = reading.find(launch_id), rates_on(today())
    cells = queries.cells_of(launch_id)
    taken = {(one.channel_id, one.region_id) for one in cells}
    told = {one.id: rates.convert(one.target_amount, one.currency, launch.currency) for one in cells}
    return render(
        "launch/plan.html", status=status, launch=launch, values=values or {}, error=error, cells=cells,
        converted=told, is_converted=lambda one: isinstance(one, Converted),
        tiers=queries.tiers_of(launch_id),
        checks=replanning.checks_of(db.session(), launch_id), greens=queries.greens_of(launch_id, today()),
        rule_words=rule_words, mine=db.session.get_one(ReadinessTemplate, launch.template_id),
        newest=templates.newest(), feeding=queries.feeding(launch.offering_id), people=people(),
        currencies=currencies(), free={key: name for key, name in cell_names().items() if key not in taken},
        **item_choices(),
    )  # fmt: skip


def item_choices() -> dict[str, Any]:
    """Return what the form of an item offers to choose."""
    return {
        "functions": [(one, one) for one in FUNCTIONS],
        "where": list(CHANNELS.items()),
        "kinds": [(EVIDENCE, "a file or a link, checked by a second person"),
                  *((key, f"measured: {one.name}") for key, one in MEASURES.items())],
    }  # fmt: skip


def _day(launch_id: int, *, error: Invalid | None = None, status: int = 200) -> ResponseReturnValue:
    mark_current("launches.index")
    launch = reading.find(launch_id)
    given = request.values.get("launch_on", "")
    try:
        wanted = typed.day(given, "launch_on")
        why = plans.day_problem(wanted, today()) if given else ""
    except Invalid as problem:
        wanted, why = None, problem.of("launch_on")
    shifts = replanning.shifts(launch, wanted) if wanted not in (None, launch.launch_on) and not why else []
    return render(
        "launch/day.html", status=status, launch=launch, values=request.values, error=error, wanted=wanted,
        shifts=shifts, late=sum(one.is_past for one in shifts),
        why=why,
    )  # fmt: skip


def _rate(launch_id: int, *, error: Invalid | None = None, status: int = 200) -> ResponseReturnValue:
    mark_current("launches.index")
    launch = reading.find(launch_id)
    history = queries.tiers_of(launch_id)
    points = read_points(request.values) or dict(history[0][0].points if history else {})
    found = tiers.tier_of(points)
    return render(
        "launch/tier.html", status=status, launch=launch, values=request.values, error=error, points=points,
        total=sum(points.values()), tier=found, tier_words=tiers.TIER_WORDS, history=history,
        added=replanning.added_by_tier(launch, found), all_drivers=tiers.DRIVERS,
    )  # fmt: skip


def _to_plan(launch_id: int, anchor: str | None = None) -> ResponseReturnValue:
    return redirect(url_for(".plan", launch_id=launch_id, _anchor=anchor), 303)
