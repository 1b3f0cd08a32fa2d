"""The page of a launch, of one of its cells, its launch-day room and its history."""

from collections.abc import Callable
from datetime import date
from typing import Any

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from ideaflow.clock import now, today
from ideaflow.errors import NotFound
from ideaflow.launch import moves, nudging, releasing
from ideaflow.launch.doors import bp as bp
from ideaflow.launch.matrix import past, racing, reading, telling
from ideaflow.launch.matrix.sheet import Blocker, Sheet, order, sheet_of
from ideaflow.launch.models import LIVE, Launch
from ideaflow.launch.nudging import Nudge
from ideaflow.launch.readiness import LEAST, CellCheck, CellState
from ideaflow.launch.unblocking.pipeline import pipeline_of
from ideaflow.market.converting import rates_on
from ideaflow.proposals.forms import read_number
from ideaflow.proposals.page_parts import link_to
from ideaflow.users.access import actor, requires
from ideaflow.users.policy import Right
from ideaflow.web import render, tell_of_change
from ideaflow.wording import decimal, plural


@bp.get("/<int:launch_id>")
@requires(Right.READ)
def show(launch_id: int) -> ResponseReturnValue:
    """Show who can sell where, what blocks, and whether we are first."""
    launch = reading.find(launch_id)
    rates = rates_on(today())
    sheet = sheet_of(reading.facts(launch), rates, today())
    by = request.args.get("by", "revenue")
    by = by if by in telling.STEPS else "revenue"
    known = moves.moves_of(launch)
    rivals = moves.rivals(known)
    named = moves.exposed([one.move.competitor for one in rivals])
    race = racing.race_of(sheet, rivals, named, rates)
    pipeline = pipeline_of([launch.proposal_id], launch.currency)
    return render(
        "launch/board.html",
        fragment="blockers",
        **_shell(launch, sheet),
        points=reading.points_of(launch.id),
        race=race,
        pipeline=pipeline,
        worth=pipeline.worth([launch.proposal_id]),
        moves=known,
        picture=telling.race_picture(race, sheet, launch.currency) if race else {},
        picture_label=telling.race_label(race, today()) if race else "",
        burn=telling.burn_picture(sheet),
        burn_told=telling.burn_words(sheet),
        blockers=[(one, telling.blocker_words(one, sheet, now())) for one in order(sheet.blockers, by)],
        by=by,
        steps=telling.STEPS,
        span_words=telling.span_words,
        lead_words=telling.lead_words,
        help_url=_help_url(launch),
    )


@bp.get("/<int:launch_id>/cells/<int:cell_id>")
@requires(Right.READ)
def cell(launch_id: int, cell_id: int) -> ResponseReturnValue:
    """Show one cell: its checks, what holds it, its history and who drives it."""
    launch = reading.find(launch_id)
    sheet = sheet_of(reading.facts(launch), rates_on(today()), today())
    view = next((one for one in sheet.views if one.id == cell_id), None)
    if view is None:
        raise NotFound("There is no such cell in this launch.")
    needed = set(view.needed_ids)
    return render(
        "launch/cell.html",
        **_shell(launch, sheet),
        view=view,
        said=telling.cell_words(view, now()),
        checks=sorted(view.checks, key=_longest_held(needed)),
        needed=needed,
        check_words=lambda one: telling.check_words(one, now()),
        days={
            one.check_id: sheet.simulation.forecast([one.check_id])
            for one in view.checks
            if not one.is_passed
        },
        turns=reading.turns(launch.id, cell_id=cell_id),
        check_url=lambda check_id: link_to("launches.check", launch_id=launch.id, check_id=check_id),
    )


@bp.get("/<int:launch_id>/room")
@requires(Right.READ)
def room(launch_id: int) -> ResponseReturnValue:
    """Show the one screen for launch day: what turned today, what is on sale, what can be released."""
    launch = reading.find(launch_id)
    sheet = sheet_of(reading.facts(launch), rates_on(today()), today())
    views = sheet.views
    return render(
        "launch/room.html",
        **_shell(launch, sheet),
        on_sale=[one for one in views if one.is_released],
        waiting=[one for one in views if not one.is_released and one.state is CellState.CAN_SELL],
        blocked=[one for one in views if not one.is_released and one.state is not CellState.CAN_SELL],
        turns=reading.turns(launch.id, since=reading.this_morning()),
        is_day=launch.launch_on <= today(),
        stamp=reading.stamp_of(launch.id),
    )


@bp.get("/<int:launch_id>/room/events")
@requires(Right.READ)
def room_events(launch_id: int) -> ResponseReturnValue:
    """Tell the screen of launch day that something is new; it ends at once and is asked again."""
    return tell_of_change(reading.stamp_of(launch_id))


@bp.post("/<int:launch_id>/release")
@requires(Right.LAUNCH)
def release(launch_id: int) -> ResponseReturnValue:
    """Release every cell that can sell."""
    cells = releasing.release_ready(launch_id, by=actor())
    flash(f"{plural(len(cells), 'cell is', 'cells are')} on sale.", "go")
    return redirect(url_for(".room", launch_id=launch_id), 303)


@bp.post("/<int:launch_id>/cells/<int:cell_id>/roll-back")
@requires(Right.LAUNCH)
def roll_back(launch_id: int, cell_id: int) -> ResponseReturnValue:
    """Take the release of a cell back."""
    version = read_number(request.form.get("version"), "The version of the page")
    done = releasing.roll_back(cell_id, version, request.form.get("reason", ""), of=launch_id, by=actor())
    flash(f"{done.channel.name}, {done.region.name} is on sale no more.")
    return redirect(url_for(".room", launch_id=launch_id), 303)


@bp.post("/<int:launch_id>/checks/<int:check_id>/nudge")
@requires(Right.PREPARE)
def nudge(launch_id: int, check_id: int) -> ResponseReturnValue:
    """Write to who carries a check: ask for a day, or remind."""
    what = Nudge.ASK if request.form.get("what") == Nudge.ASK else Nudge.REMIND
    owner = nudging.nudge(check_id, what, of=launch_id, by=actor())
    flash(f"{owner.name} {'is asked for a day' if what is Nudge.ASK else 'is reminded'} by mail.", "go")
    return redirect(url_for(".show", launch_id=launch_id, _anchor="blockers"), 303)


@bp.get("/<int:launch_id>/past", endpoint="past")
@requires(Right.READ)
def past_of(launch_id: int) -> ResponseReturnValue:
    """Show what happened to a launch, the newest first."""
    launch = reading.find(launch_id)
    page = past.page_of(launch.id, after=request.args.get("after"))
    return render(
        "launch/past.html", fragment="lines", launch=launch, page=page, index_url=link_to("launches.index")
    )


def _shell(launch: Launch, sheet: Sheet) -> dict[str, Any]:
    """Return what every page about the matrix shows."""
    moment = now()
    return {
        "launch": launch,
        "sheet": sheet,
        "words": {one.id: telling.cell_words(one, moment) for one in sheet.views},
        "least": LEAST[launch.tier],
        "lesson": _lesson(sheet),
        "ground": telling.ground_words(sheet) if sheet.held else "",
        "days_left": _days_left(launch, moment.date()),
        "may_drive": current_user.may(Right.LAUNCH) and launch.state in LIVE,
        "index_url": link_to("launches.index"),
        "plan_url": link_to("launches.plan", launch_id=launch.id) if current_user.may(Right.LAUNCH) else "",
        "card_url": link_to("launches.card_of_launch", launch_id=launch.id),
    }


def _longest_held(needed: set[int]) -> Callable[[CellCheck], tuple[bool, bool, bool, str]]:
    """Order checks of a cell: those it needs first, then other open ones, then those that pass."""
    return lambda one: (one.is_passed, one.check_id not in needed, not one.is_blocking, one.title)


def _days_left(launch: Launch, day: date) -> str:
    left = (launch.launch_on - day).days
    if left > 0:
        return f"{plural(left, 'day')} left"
    return "launch day" if left == 0 else f"{plural(-left, 'day')} after launch day"


def _lesson(sheet: Sheet) -> str:
    """Name the largest cell that shows that one blocker is enough, however high R is."""
    high = [
        one
        for one in sheet.held
        if one.readiness.blockers and (one.readiness.share or 0) >= one.readiness.least
    ]
    best = max(high, key=lambda one: one.amount or 0, default=None)
    if best is None:
        return ""
    place = f"{best.cell.channel.name} in {best.cell.region.name}"
    return f"{place} has R {decimal(best.readiness.share)} and still cannot sell: one blocker is enough."


def _help_url(launch: Launch) -> Callable[[Blocker], str]:
    """Return where a blocked check is assigned and its evidence looked at."""

    def address(one: Blocker) -> str:
        cell = url_for(".cell", launch_id=launch.id, cell_id=one.cells[0].id)
        return link_to("launches.check", launch_id=launch.id, check_id=one.check.id) or cell

    return address
