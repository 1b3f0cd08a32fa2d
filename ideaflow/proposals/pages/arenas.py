"""The arenas of our strategy: what works for each beside what was meant."""

from typing import Any

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from ideaflow.errors import Invalid
from ideaflow.proposals import fields, service
from ideaflow.proposals.forms import read_arena, read_number
from ideaflow.proposals.page_parts import bp
from ideaflow.users.access import actor, requires
from ideaflow.users.policy import Right
from ideaflow.web import render


@bp.get("/arenas")
@requires(Right.READ)
def arenas() -> ResponseReturnValue:
    """Show each arena with its target and its share of what live proposals ask for."""
    return _page()


@bp.post("/arenas")
@requires(Right.ADMINISTER)
def add_arena() -> ResponseReturnValue:
    """Name a field of our strategy."""
    try:
        values = read_arena(request.form)
        arena = service.add_arena(values["name"], values["purpose"], values["target_share"], by=actor())
    except Invalid as error:
        return _page(status=422, error=error, values=request.form)
    flash(f"Proposals can choose {arena.name} now.", "go")
    return redirect(url_for(".arenas"), 303)


@bp.get("/arenas/<int:arena_id>")
@requires(Right.ADMINISTER)
def edit_arena(arena_id: int) -> ResponseReturnValue:
    """Show the fields of an arena to be edited."""
    arena = fields.find_arena(arena_id)
    share = "" if arena.target_share is None else f"{100 * arena.target_share:g} %"
    values = {"name": arena.name, "purpose": arena.purpose, "target_share": share, "is_open": arena.is_open}
    return _form(arena_id, values, arena.version)


@bp.post("/arenas/<int:arena_id>")
@requires(Right.ADMINISTER)
def save_arena(arena_id: int) -> ResponseReturnValue:
    """Save an arena; when somebody saved meanwhile, show both versions."""
    form = request.form
    version = read_number(form.get("version"), "The version of the page")
    try:
        values = {**read_arena(form), "is_open": "is_open" in form}
        arena = service.edit_arena(arena_id, values, version, by=actor())
    except service.Overtaken as error:
        return _form(arena_id, form, error.version, status=409, error=error, theirs=error.theirs)
    except Invalid as error:
        return _form(arena_id, form, version, status=422, error=error)
    flash(f"{arena.name} is saved.", "go")
    return redirect(url_for(".arenas"), 303)


def _page(*, status: int = 200, error: Any = None, values: Any = None) -> ResponseReturnValue:
    sheet = fields.arena_sheet()
    return render("proposals/arenas.html", status=status, sheet=sheet, error=error, values=values or {})


def _form(
    arena_id: int, values: Any, version: int, *, status: int = 200, error: Any = None, theirs: Any = None
) -> ResponseReturnValue:
    return render(
        "proposals/arena.html", status=status, arena=fields.find_arena(arena_id), values=values,
        version=version, error=error, theirs=theirs or {},
    )  # fmt: skip
