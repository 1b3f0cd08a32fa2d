"""Studies and competitors' moves: their forms, and who cites them."""

from collections.abc import Callable, Mapping
from typing import Any

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from ideaflow.errors import Invalid
from ideaflow.proposals import fields, service
from ideaflow.proposals.forms import read_move, read_number, read_study
from ideaflow.proposals.page_parts import bp, record_choices
from ideaflow.proposals.proofs.terms import MOVE_FIELDS, STUDY_FIELDS
from ideaflow.users.access import actor, requires
from ideaflow.users.policy import Right
from ideaflow.web import render


@bp.get("/studies/<int:record_id>")
@requires(Right.READ)
def study(record_id: int) -> ResponseReturnValue:
    """Show a study, who cites it, and its fields to be edited."""
    return _page("study", record_id, None)


@bp.post("/studies/<int:record_id>")
@requires(Right.PROPOSE)
def save_study(record_id: int) -> ResponseReturnValue:
    """Save a study; when somebody saved meanwhile, show both versions."""
    return _save("study", record_id, service.edit_study, read_study)


@bp.get("/moves/<int:record_id>")
@requires(Right.READ)
def move(record_id: int) -> ResponseReturnValue:
    """Show a competitor's move, who cites it, and its fields to be edited."""
    return _page("move", record_id, None)


@bp.post("/moves/<int:record_id>")
@requires(Right.PROPOSE)
def save_move(record_id: int) -> ResponseReturnValue:
    """Save a competitor's move; when somebody saved meanwhile, show both versions."""
    return _save("move", record_id, service.edit_move, read_move)


def _save(
    what: str, record_id: int, edit: Callable[..., Any], read: Callable[[Mapping[str, str]], dict[str, Any]]
) -> ResponseReturnValue:
    form = request.form
    version = read_number(form.get("version"), "The version of the page")
    try:
        edit(record_id, read(form), version, by=actor())
    except service.Overtaken as error:
        return _page(what, record_id, form, error.version, status=409, error=error, theirs=error.theirs)
    except Invalid as error:
        return _page(what, record_id, form, version, status=422, error=error)
    flash("It is saved. Proposals that cite it show what it was when they did.", "go")
    return redirect(url_for(f".{what}", record_id=record_id), 303)


def _page(
    what: str,
    record_id: int,
    values: Any,
    version: int = 0,
    *,
    status: int = 200,
    error: Any = None,
    theirs: Any = None,
) -> ResponseReturnValue:
    is_study = what == "study"
    record: Any = fields.find_study(record_id) if is_study else fields.find_move(record_id)
    names = STUDY_FIELDS if is_study else MOVE_FIELDS
    cited = fields.cited_in(study_id=record_id) if is_study else fields.cited_in(move_id=record_id)
    return render(
        "proposals/record.html",
        status=status,
        what=what,
        record=record,
        values=values or {name: getattr(record, name) for name in names},
        version=version or record.version,
        cited=cited,
        beliefs=[] if is_study else fields.beliefs_of(record),
        error=error,
        theirs=theirs or {},
        choices=record_choices(),
    )
