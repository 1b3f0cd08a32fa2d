"""Begin a session, define it in a guided form beside its preview, open it."""

from typing import Any

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from ideaflow.codesign import forms, queries, service
from ideaflow.codesign.models import CodesignSession
from ideaflow.codesign.pages.parts import back, bp, criterion_choices, instrument_choices, instrument_of
from ideaflow.codesign.policy import Mode
from ideaflow.errors import Invalid, Overtaken
from ideaflow.proposals import queries as proposals
from ideaflow.users.access import actor, requires
from ideaflow.users.policy import Right
from ideaflow.web import render


@bp.get("/new/<int:proposal_id>")
@requires(Right.PROPOSE)
def new(proposal_id: int) -> ResponseReturnValue:
    """Ask what one wants to know."""
    return _new(proposal_id)


@bp.post("/new/<int:proposal_id>")
@requires(Right.PROPOSE)
def begin(proposal_id: int) -> ResponseReturnValue:
    """Begin a session and go on to its editor."""
    form = request.form
    try:
        held = service.begin(
            proposal_id, form.get("instrument", ""), form.get("title", ""),
            criterion=form.get("criterion", "")[:60], by=actor(),
        )  # fmt: skip
    except Invalid as error:
        return _new(proposal_id, status=422, error=error)
    return redirect(url_for(".edit", session_id=held.id), 303)


@bp.get("/<int:session_id>/edit")
@requires(Right.PROPOSE)
def edit(session_id: int) -> ResponseReturnValue:
    """Show the editor with its preview."""
    held = queries.find(session_id)
    if not held.is_draft:
        return back(session_id)
    return _editor(held, _saved(held), held.version)


@bp.post("/<int:session_id>/edit")
@requires(Right.PROPOSE)
def save(session_id: int) -> ResponseReturnValue:
    """Save what was written, and open the session when that was the button; nothing typed is lost."""
    held = queries.find(session_id)
    values = {**forms.read_edit(request.form, instrument_of(held)), "closes_at": None}
    version = forms.read_version(request.form)
    try:
        values["closes_at"] = forms.read_last_day(request.form)
        if request.form.get("then") == "more":  # More lines for options, without script.
            return _editor(held, values, version, lines=8)
        saved = service.edit(session_id, values, version, by=actor())
        if request.form.get("then") == "open":
            service.open_session(session_id, saved.version, by=actor())
            flash("It is open. Whoever was chosen is told now; nothing is shown before the close.", "go")
            return back(session_id)
    except Overtaken as error:
        return _editor(held, values, error.version, status=409, error=error, theirs=error.theirs)
    except Invalid as error:
        return _editor(held, values, queries.find(session_id).version, status=422, error=error)
    flash("Saved.", "go")
    return redirect(url_for(".edit", session_id=session_id), 303)


@bp.get("/<int:session_id>/preview")
@requires(Right.READ)
def preview(session_id: int) -> ResponseReturnValue:
    """Show the questions as a participant sees them; nothing is kept."""
    held = queries.find(session_id)
    instrument = instrument_of(held)
    steps = instrument.steps(held.definition, request.args.get("seed", 1, type=int), {})
    place = min(max(request.args.get("place", 1, type=int), 1), max(len(steps), 1))
    return render(
        "codesign/staff/preview.html", session=held, steps=steps, place=place,
        step=steps[place - 1] if steps else None, fields=instrument.asking, definition=held.definition,
        answer=None, problem="", minutes=instrument.minutes(held.definition) if steps else 0,
    )  # fmt: skip


@bp.post("/<int:session_id>/drop")
@requires(Right.PROPOSE)
def drop(session_id: int) -> ResponseReturnValue:
    """Take a draft away."""
    proposal_id = service.drop(session_id, forms.read_version(request.form), by=actor())
    flash("The draft is gone.")
    return redirect(url_for("proposals.show", proposal_id=proposal_id), 303)


def _new(proposal_id: int, *, status: int = 200, error: Any = None) -> ResponseReturnValue:
    proposal = proposals.find(proposal_id)
    return render(
        "codesign/staff/new.html", status=status, proposal=proposal, error=error, form=request.form,
        instruments=instrument_choices(), criteria=criterion_choices(proposal),
        criterion=request.values.get("criterion", ""),
    )  # fmt: skip


def _saved(held: CodesignSession) -> dict[str, Any]:
    return {name: getattr(held, name) for name in service.EDITED}


def _editor(
    held: CodesignSession,
    values: dict[str, Any],
    version: int,
    *,
    status: int = 200,
    error: Any = None,
    theirs: Any = None,
    lines: int = 3,
) -> ResponseReturnValue:
    instrument = instrument_of(held)
    steps = instrument.steps(values["definition"], 1, {})
    missing = instrument.problems(values["definition"]) if not error else []
    return render(
        "codesign/staff/edit.html", status=status, session=held, values=values, version=version,
        error=error, theirs=theirs or {}, instrument=instrument, definition=values["definition"],
        modes=list(Mode), criteria=criterion_choices(held.proposal), blank_lines=lines, missing=missing,
        step=steps[0] if steps else None, step_count=len(steps), answer=None, problem="",
        minutes=instrument.minutes(values["definition"]) if steps else 0,
        response=queries.responses([held.id]).get(held.id, queries.Response()),
    )  # fmt: skip
