"""Rules that open drafts by themselves: the list, one rule, and what it would open now."""

from typing import Any

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from ideaflow import config
from ideaflow.errors import Invalid
from ideaflow.proposals import fields, service, watching
from ideaflow.proposals.forms import read_number, read_rule
from ideaflow.proposals.models import TriggerRule
from ideaflow.proposals.page_parts import bp, link_to, type_choices
from ideaflow.proposals.triggers.terms import MEASURES, TRENDS, Conditions, words_of
from ideaflow.users import queries as users
from ideaflow.users.access import actor, requires
from ideaflow.users.policy import Right
from ideaflow.web import render
from ideaflow.wording import TREND_WORDS


@bp.get("/rules")
@requires(Right.READ)
def rules() -> ResponseReturnValue:
    """Show every rule, what it asks for, what it has opened."""
    found = watching.all_rules()
    return render(
        "proposals/rules.html",
        rules=found,
        openings=watching.openings_of([rule.id for rule in found]),
        owners={user.id: user.name for user in users.everybody()},
        words=_words,
    )


@bp.get("/rules/new")
@requires(Right.PROPOSE)
def new_rule() -> ResponseReturnValue:
    """Ask what a new rule waits for; htmx asks again what it would open while one writes."""
    return _page(None, request.args, status=200)


@bp.post("/rules")
@requires(Right.PROPOSE)
def add_rule() -> ResponseReturnValue:
    """Make a rule; it rests until it is switched on."""
    try:
        rule = service.add_rule(read_rule(request.form), by=actor())
    except Invalid as error:
        return _page(None, request.form, status=422, error=error)
    flash(f"“{rule.name}” is made. It rests until you switch it on.", "go")
    return redirect(url_for(".rules"), 303)


@bp.get("/rules/<int:rule_id>")
@requires(Right.PROPOSE)
def edit_rule(rule_id: int) -> ResponseReturnValue:
    """Show a rule to be edited, and what it would open now."""
    rule = watching.find_rule(rule_id)
    return _page(rule, request.args or _shown(rule))


@bp.post("/rules/<int:rule_id>")
@requires(Right.PROPOSE)
def save_rule(rule_id: int) -> ResponseReturnValue:
    """Save a rule; when somebody saved meanwhile, say so and keep what was written."""
    form = request.form
    version = read_number(form.get("version"), "The version of the page")
    try:
        rule = service.edit_rule(rule_id, read_rule(form), version, by=actor())
    except service.Overtaken as error:
        return _page(watching.find_rule(rule_id), form, status=409, error=error, theirs=error.theirs)
    except Invalid as error:
        return _page(watching.find_rule(rule_id), form, status=422, error=error, version=version)
    flash(f"“{rule.name}” is saved.", "go")
    return redirect(url_for(".rules"), 303)


@bp.post("/rules/<int:rule_id>/switch")
@requires(Right.PROPOSE)
def switch_rule(rule_id: int) -> ResponseReturnValue:
    """Switch a rule on or off."""
    version = read_number(request.form.get("version"), "The version of the page")
    is_on = request.form.get("is_on") == "1"
    rule = service.switch_rule(rule_id, is_on, version, by=actor())
    told = "looks at all themes now and after each run" if is_on else "rests; what it opened stays"
    flash(f"“{rule.name}” {told}.", "go")
    return redirect(url_for(".rules"), 303)


def _page(
    rule: TriggerRule | None,
    values: MultiDict[str, str],
    *,
    status: int = 200,
    error: Any = None,
    theirs: Any = None,
    version: int = 0,
) -> ResponseReturnValue:
    trial, unread = None, ""
    try:
        conditions = Conditions.of(read_rule(values)["conditions"])
        if conditions.plain():
            trial = watching.look(conditions, rule.id if rule else None)
            unread = words_of(conditions, config.read().currency)
    except Invalid as problem:
        error = error or problem
        status = 422 if status == 200 else status
    return render(
        "proposals/rule.html",
        fragment="trial",
        status=status,
        rule=rule,
        values=values,
        version=version or (rule.version if rule else 0),
        error=error,
        theirs={
            name: _words(value) if name == "conditions" else value for name, value in (theirs or {}).items()
        },
        trial=trial,
        reads=unread,
        trends=[(trend, TREND_WORDS[trend].capitalize()) for trend in TRENDS],
        measures=MEASURES,
        places=fields.places(),
        arenas=[
            ("", "None yet"),
            *((name, name) for name in fields.open_arenas(rule.arena if rule else None)),
        ],
        people=[
            ("", "Choose"),
            *((user.id, user.name) for user in users.active() if user.may(Right.PROPOSE)),
        ],
        link=link_to,
        offers=type_choices(),
    )


def _shown(rule: TriggerRule) -> MultiDict[str, str]:
    """Return a rule as its form holds it."""
    conditions = rule.conditions
    plain = {name: value for name, value in conditions.items() if name != "trends"}
    values: MultiDict[str, str] = MultiDict(
        {name: f"{value:g}" if isinstance(value, float) else str(value) for name, value in plain.items()}
    )
    values.setlist("trends", list(conditions.get("trends", [])))
    for name in ("name", "type", "strategy"):
        values[name] = getattr(rule, name)
    values["arena"], values["owner_id"] = rule.arena or "", str(rule.owner_id)
    return values


def _words(plain: Any) -> str:
    return words_of(Conditions.of(plain), config.read().currency)
