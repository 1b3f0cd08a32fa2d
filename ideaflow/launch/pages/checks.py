"""One readiness check: where it stands, what shows it, who looked at that, how it turned."""

from typing import Any

from flask import Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from ideaflow import typed
from ideaflow.clock import now, today
from ideaflow.errors import Invalid, NotFound
from ideaflow.launch import queries, service
from ideaflow.launch.doors import bp
from ideaflow.launch.forms import read_proof, read_version
from ideaflow.launch.items import EVIDENCE, rule_words
from ideaflow.launch.pages.listing import people
from ideaflow.launch.preparing import LARGEST_FILE
from ideaflow.launch.standings import told
from ideaflow.proposals.page_parts import link_to
from ideaflow.users.access import actor, requires
from ideaflow.users.policy import Right
from ideaflow.web import mark_current, render

PATH = "/<int:launch_id>/checks/<int:check_id>"


@bp.get(PATH)
@requires(Right.READ)
def check(launch_id: int, check_id: int) -> ResponseReturnValue:
    """Show a check with its evidence and its history."""
    return _check(launch_id, check_id)


@bp.post(f"{PATH}/owner")
@requires(Right.LAUNCH)
def assign(launch_id: int, check_id: int) -> ResponseReturnValue:
    """Say who carries a check."""
    found = queries.check_of(launch_id, check_id)
    form = request.form
    try:
        service.assign(found.id, typed.number(form.get("owner_id")), read_version(form), by=actor())
    except Invalid as error:
        return _check(launch_id, check_id, error=error, status=422)
    flash("Saved. It is on their start page now." if form.get("owner_id") else "Nobody carries it now.")
    return _to_check(launch_id, check_id)


@bp.post(f"{PATH}/forecast")
@requires(Right.PREPARE)
def forecast(launch_id: int, check_id: int) -> ResponseReturnValue:
    """Say when a check is expected to pass."""
    found = queries.check_of(launch_id, check_id)
    form = request.form
    try:
        day = typed.day(form.get("forecast_on", ""), "forecast_on", "The day was not saved.")
        service.forecast(found.id, day, form.get("forecast_note", ""), read_version(form), by=actor())
    except Invalid as error:
        return _check(launch_id, check_id, error=error, status=422)
    flash("The day is saved; the launch’s forecast counts with it.", "go")
    return _to_check(launch_id, check_id)


@bp.post(f"{PATH}/evidence")
@requires(Right.PREPARE)
def add_evidence(launch_id: int, check_id: int) -> ResponseReturnValue:
    """Add a file or a link."""
    found = queries.check_of(launch_id, check_id)
    try:
        service.add_evidence(found.id, read_proof(request.form, request.files.get("file")), by=actor())
    except Invalid as error:
        return _check(launch_id, check_id, error=error, status=422)
    flash("Added. It counts as soon as somebody else has looked at it.", "go")
    return _to_check(launch_id, check_id)


@bp.post(f"{PATH}/waiver")
@requires(Right.PREPARE)
def ask_waiver(launch_id: int, check_id: int) -> ResponseReturnValue:
    """Ask that a check is left out."""
    found = queries.check_of(launch_id, check_id)
    form = request.form
    try:
        until = typed.day(form.get("until", ""), "until", "The waiver was not asked for.")
        service.ask_waiver(
            found.id, typed.number(form.get("cell_id")), form.get("reason", ""), until, by=actor()
        )
    except Invalid as error:
        return _check(launch_id, check_id, error=error, status=422)
    flash("Asked. It counts once somebody else who plans launches agrees.")
    return _to_check(launch_id, check_id)


@bp.post(f"{PATH}/evidence/<int:evidence_id>/confirm")
@requires(Right.PREPARE)
def confirm(launch_id: int, check_id: int, evidence_id: int) -> ResponseReturnValue:
    """Say as a second person that it shows what the rule asks."""
    _of_check(launch_id, check_id, evidence_id)
    service.confirm(evidence_id, by=actor())
    flash("You looked at it; it counts now.", "go")
    return _to_check(launch_id, check_id)


@bp.post(f"{PATH}/evidence/<int:evidence_id>/withdraw")
@requires(Right.PREPARE)
def withdraw(launch_id: int, check_id: int, evidence_id: int) -> ResponseReturnValue:
    """Take evidence back, or say that it does not show it."""
    _of_check(launch_id, check_id, evidence_id)
    try:
        service.withdraw(evidence_id, request.form.get("withdrawn_reason", ""), by=actor())
    except Invalid as error:
        return _check(launch_id, check_id, error=error, status=422)
    flash("Withdrawn; it stays in the history.")
    return _to_check(launch_id, check_id)


@bp.get(f"{PATH}/evidence/<int:evidence_id>/file")
@requires(Right.READ)
def evidence_file(launch_id: int, check_id: int, evidence_id: int) -> ResponseReturnValue:
    """Give a file of evidence; never to be shown inside the browser, whatever it says it is."""
    found = _of_check(launch_id, check_id, evidence_id)
    if found.file_bytes is None:
        raise NotFound("This evidence is a link, not a file.")
    answer = Response(found.file_bytes, mimetype="application/octet-stream")
    answer.headers.set("Content-Disposition", "attachment", filename=found.file_name)
    answer.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return answer


def _of_check(launch_id: int, check_id: int, evidence_id: int) -> Any:
    return queries.evidence_with(evidence_id, queries.check_of(launch_id, check_id).id)


def _check(
    launch_id: int, check_id: int, *, error: Invalid | None = None, status: int = 200
) -> ResponseReturnValue:
    mark_current("launches.index")
    found = queries.check_of(launch_id, check_id)
    standings = queries.standings_of(check_id)
    moment = now()
    return render(
        "launch/check.html", status=status, check=found, launch=found.launch, standings=standings,
        error=error, values=request.form, evidence=queries.evidence_of(check_id),
        turns=queries.turns_of(check_id), told=lambda one: told(one, moment),
        rule=rule_words(found.rule), is_by_evidence=found.rule.get("kind") == EVIDENCE,
        names={one.cell_id: f"{one.cell.channel.name}, {one.cell.region.name}" for one in standings},
        people=people(), day=today(), megabytes=LARGEST_FILE // 1024**2, record_url=_record_url,
        may_carry=current_user.may(Right.LAUNCH) or found.owner_id == current_user.id,
        open_ones=[one for one in standings if not one.holds_on(today())],
    )  # fmt: skip


def _record_url(facts: dict[str, Any]) -> str:
    """Return where the records behind a measure are shown."""
    page = str(facts.get("page") or "")
    return link_to(page, **facts.get("query", {})) if page else ""


def _to_check(launch_id: int, check_id: int) -> ResponseReturnValue:
    return redirect(url_for(".check", launch_id=launch_id, check_id=check_id), 303)
