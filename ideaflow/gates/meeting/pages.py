"""Pages of gate meetings: the calendar, an agenda, and the one screen gatekeepers sit before."""

from typing import Any

from flask import Response, current_app, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from ideaflow import config, typed
from ideaflow.errors import Invalid
from ideaflow.gates.doors import bp
from ideaflow.gates.meeting import agenda, hours, ics, planning
from ideaflow.gates.meeting.planning import Plan
from ideaflow.gates.review.pages import review_values
from ideaflow.users.access import actor, requires
from ideaflow.users.policy import Right
from ideaflow.web import mark_current, render, tell_of_change


@bp.get("/gates/calendar")
@requires(Right.READ)
def calendar() -> ResponseReturnValue:
    """Show the gate meetings of a month, and what else falls due in it."""
    return _calendar_page()


@bp.post("/gates/meetings")
@requires(Right.DECIDE)
def call_meeting() -> ResponseReturnValue:
    """Call a meeting over the proposals chosen."""
    chosen = typed.numbers(request.form.getlist("proposals"))
    try:
        meeting = planning.call_meeting(_plan(), chosen, by=actor())
    except Invalid as error:
        return _calendar_page(status=422, error=error)
    flash(f"{meeting.title} is on the calendar.", "go")
    return _to(meeting.id)


@bp.get("/gates/meetings/<int:meeting_id>")
@requires(Right.READ)
def meeting(meeting_id: int) -> ResponseReturnValue:
    """Show the agenda of a meeting."""
    return _meeting_page(meeting_id)


@bp.post("/gates/meetings/<int:meeting_id>")
@requires(Right.DECIDE)
def change_meeting(meeting_id: int) -> ResponseReturnValue:
    """Move a meeting."""
    try:
        planning.change_meeting(meeting_id, _plan(), _seen(), by=actor())
    except Invalid as error:
        return _meeting_page(meeting_id, status=422, error=error)
    flash("The meeting is changed. Send the calendar file again to whoever has it.", "go")
    return _to(meeting_id)


@bp.post("/gates/meetings/<int:meeting_id>/cancel")
@requires(Right.DECIDE)
def cancel_meeting(meeting_id: int) -> ResponseReturnValue:
    """Call a meeting off."""
    done = planning.cancel_meeting(meeting_id, _seen(), by=actor())
    flash(f"{done.title} is called off.")
    return redirect(url_for("gates.calendar"), 303)


@bp.post("/gates/meetings/<int:meeting_id>/items")
@requires(Right.DECIDE)
def add_item(meeting_id: int) -> ResponseReturnValue:
    """Put a proposal on an agenda."""
    planning.add_item(meeting_id, request.form.get("proposal", 0, type=int), _seen(), by=actor())
    return _to(meeting_id)


@bp.post("/gates/meetings/items/<int:item_id>")
@requires(Right.DECIDE)
def change_item(item_id: int) -> ResponseReturnValue:
    """Move a proposal on an agenda, or take it off."""
    item = planning.change_item(item_id, request.form.get("step", 0, type=int), _seen(), by=actor())
    return _to(item.meeting_id)


@bp.get("/gates/meetings/<int:meeting_id>/calendar.ics")
@requires(Right.READ)
def meeting_file(meeting_id: int) -> ResponseReturnValue:
    """Give a meeting as a file for one's calendar."""
    sheet = agenda.meeting_sheet(meeting_id)
    found = sheet.meeting
    address = current_app.extensions["settings"].address + url_for("gates.meeting", meeting_id=meeting_id)
    lines = [
        f"{number}. {line.proposal.title} ({line.proposal.label})"
        for number, line in enumerate(sheet.lines, 1)
    ]
    event = ics.Event(
        f"gate-meeting-{found.id}@ideaflow", found.title, found.starts_at, found.minutes, found.place,
        "\n".join([*lines, "", address]), address, found.version, found.changed_at,
        [(user.name, user.email) for user in sheet.guests], not found.is_planned,
    )  # fmt: skip
    answer = Response(ics.file_of(event), mimetype="text/calendar")
    answer.headers["Content-Disposition"] = f'attachment; filename="gate-meeting-{found.id}.ics"'
    return answer


@bp.get("/gates/meetings/<int:meeting_id>/screen")
@requires(Right.READ)
def meeting_mode(meeting_id: int) -> ResponseReturnValue:
    """Show one proposal of the agenda as those in the room work on it."""
    mark_current("gates.calendar")
    sheet = agenda.meeting_sheet(meeting_id)
    line = sheet.line_of(request.args.get("item", type=int))
    values: dict[str, Any] = {
        "meeting": sheet.meeting,
        "lines": sheet.lines,
        "line": line,
        "stamp": agenda.stamp_of(meeting_id),
    }
    review = (line.review or line.decided) if line is not None else None
    if line is None or review is None:
        return render("meetings/screen.html", sheet=None, **values)
    stay = {"meeting": meeting_id, "item": line.item.id}
    return render("meetings/screen.html", **{**review_values(review.id), **values, "stay": stay})


@bp.get("/gates/meetings/<int:meeting_id>/events")
@requires(Right.READ)
def meeting_events(meeting_id: int) -> ResponseReturnValue:
    """Tell a screen whether something is new."""
    return tell_of_change(agenda.stamp_of(meeting_id))


def _calendar_page(status: int = 200, error: Invalid | None = None) -> ResponseReturnValue:
    return render(
        "meetings/calendar.html",
        status=status,
        month=agenda.month_of(request.args.get("month")),
        coming=agenda.coming(60),
        candidates=agenda.candidates() if current_user.may(Right.DECIDE) else [],
        zones=hours.zones(),
        zone=config.read().time_zone,
        error=error,
        form=request.form,
    )


def _meeting_page(meeting_id: int, status: int = 200, error: Invalid | None = None) -> ResponseReturnValue:
    mark_current("gates.calendar")
    sheet = agenda.meeting_sheet(meeting_id)
    known = {line.proposal.id for line in sheet.lines}
    return render(
        "meetings/meeting.html",
        status=status,
        sheet=sheet,
        meeting=sheet.meeting,
        candidates=[one for one in agenda.candidates() if one.id not in known],
        may_change=current_user.may(Right.DECIDE) and sheet.meeting.is_planned,
        zones=hours.zones(),
        error=error,
        form=request.form,
    )


def _plan() -> Plan:
    form = request.form
    zone = form.get("zone", "").strip() or config.read().time_zone
    starts_at = hours.moment_of(form.get("day", "").strip(), form.get("hour", "").strip(), zone)
    minutes = form.get("minutes", 0, type=int)
    return Plan(form.get("title", ""), starts_at, minutes, form.get("place", ""), zone)


def _seen() -> int:
    return request.form.get("seen", 0, type=int)


def _to(meeting_id: int) -> ResponseReturnValue:
    return redirect(url_for("gates.meeting", meeting_id=meeting_id), 303)
