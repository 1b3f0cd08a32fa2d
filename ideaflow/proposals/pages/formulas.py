"""Formulas: ways to score that an administrator writes as data."""

from typing import Any

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from ideaflow.errors import Invalid
from ideaflow.proposals import ranked, service
from ideaflow.proposals.forms import read_formula, read_number
from ideaflow.proposals.models import ScoreFormula
from ideaflow.proposals.page_parts import bp
from ideaflow.proposals.scores.expression import FUNCTIONS
from ideaflow.proposals.scores.methods import FACTS, SHIPPED
from ideaflow.users.access import actor, requires
from ideaflow.users.policy import Right
from ideaflow.web import render

SPARE_ROWS = 4


@bp.get("/formulas")
@requires(Right.READ)
def formulas() -> ResponseReturnValue:
    """Show every way to score with its formula and its inputs."""
    return render("proposals/formulas.html", shipped=SHIPPED, formulas=ranked.formulas(), facts=FACTS)


@bp.get("/formulas/new")
@requires(Right.ADMINISTER)
def new_formula() -> ResponseReturnValue:
    """Ask for a formula and its inputs."""
    return _page(None, {"inputs": []})


@bp.post("/formulas")
@requires(Right.ADMINISTER)
def add_formula() -> ResponseReturnValue:
    """Make a way to score."""
    values = read_formula(request.form)
    try:
        formula = service.add_formula(values, by=actor())
    except Invalid as error:
        return _page(None, values, status=422, error=error)
    flash(f"Proposals can be ranked by {formula.name} now.", "go")
    return redirect(url_for(".formulas"), 303)


@bp.get("/formulas/<int:formula_id>")
@requires(Right.ADMINISTER)
def edit_formula(formula_id: int) -> ResponseReturnValue:
    """Show a formula to be edited."""
    formula = ranked.find_formula(formula_id)
    names = ("name", "purpose", "formula", "inputs", "is_open")
    return _page(formula, {name: getattr(formula, name) for name in names})


@bp.post("/formulas/<int:formula_id>")
@requires(Right.ADMINISTER)
def save_formula(formula_id: int) -> ResponseReturnValue:
    """Save a formula; when somebody saved meanwhile, say what they saved."""
    formula = ranked.find_formula(formula_id)
    values = {**read_formula(request.form), "is_open": "is_open" in request.form}
    version = read_number(request.form.get("version"), "The version of the page")
    try:
        service.edit_formula(formula_id, values, version, by=actor())
    except service.Overtaken as error:
        return _page(formula, values, status=409, error=error, version=error.version, theirs=error.theirs)
    except Invalid as error:
        return _page(formula, values, status=422, error=error, version=version)
    flash(f"{formula.name} is saved.", "go")
    return redirect(url_for(".formulas"), 303)


def _page(
    formula: ScoreFormula | None,
    values: Any,
    *,
    status: int = 200,
    error: Any = None,
    version: int = 0,
    theirs: Any = None,
) -> ResponseReturnValue:
    empty = {"key": "", "label": "", "least": None, "most": None}
    return render(
        "proposals/formula.html",
        status=status,
        formula=formula,
        values=values,
        rows=[*values["inputs"], *([empty] * SPARE_ROWS)],
        version=version or (formula.version if formula else 0),
        error=error,
        theirs=theirs or {},
        facts=FACTS,
        functions=list(FUNCTIONS),
    )
