"""The page of routing rules: which proposals take which process, in an order; and a place to try it."""

from collections.abc import Mapping
from typing import Any

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from ideaflow import typed
from ideaflow.accounts.models import Account
from ideaflow.db import db
from ideaflow.errors import Conflict, IdeaflowError, Invalid
from ideaflow.gates.process import publishing, routes
from ideaflow.gates.process import routing as rules
from ideaflow.gates.process.routing import Facts
from ideaflow.gates.process_pages import shared
from ideaflow.gates.process_pages.shared import bp
from ideaflow.users.access import actor, requires
from ideaflow.users.policy import Right
from ideaflow.web import mark_current, render


@bp.get("/routing")
@requires(Right.READ)
def routing() -> ResponseReturnValue:
    """Show the rules in their order, and what they would say of a proposal."""
    return _page()


@bp.post("/routing")
@requires(Right.ADMINISTER)
def save_rule() -> ResponseReturnValue:
    """Add a rule, or change one."""
    rule_id = request.form.get("rule_id", type=int)
    try:
        _check_sums()
        rule = routes.save_rule(
            rule_id, _seen(), request.form.get("name", ""), request.form.get("process", ""), _conditions(),
            by=actor(),
        )  # fmt: skip
    except (Invalid, Conflict) as error:
        return _page(error.status, error, rule_id or 0)
    flash(f"The rule “{rule.name}” is saved. It holds for proposals that start from now on.", "go")
    return redirect(url_for(".routing"), 303)


@bp.post("/routing/suggested")
@requires(Right.ADMINISTER)
def use_suggested() -> ResponseReturnValue:
    """Write the three rules that fit Lite, Express and Full."""
    routes.use_suggested(by=actor())
    flash("Three rules are written. They hold for proposals that start from now on.", "go")
    return redirect(url_for(".routing"), 303)


@bp.post("/routing/<int:rule_id>/move")
@requires(Right.ADMINISTER)
def move_rule(rule_id: int) -> ResponseReturnValue:
    """Ask a rule earlier or later."""
    steps = -1 if request.form.get("to") == "earlier" else 1
    try:
        routes.move_rule(rule_id, steps, seen=request.form.get("seen", type=int), by=actor())
    except Conflict as error:
        return _page(409, error)
    return redirect(url_for(".routing", _anchor=f"rule-{rule_id}"), 303)


@bp.post("/routing/<int:rule_id>/remove")
@requires(Right.ADMINISTER)
def remove_rule(rule_id: int) -> ResponseReturnValue:
    """Remove a rule."""
    try:
        routes.remove_rule(rule_id, _seen(), by=actor())
    except Conflict as error:
        return _page(409, error)
    flash("The rule is gone; what it decided before stands.")
    return redirect(url_for(".routing"), 303)


def _page(status: int = 200, error: IdeaflowError | None = None, edited: int = -1) -> ResponseReturnValue:
    mark_current("processes.index")
    tried, everything = _tried(), routes.all_rules()
    lines = [line for line in shared.lines() if line.newest is not None and line.process.is_active]
    open_to_all = {line.process.id for line in lines if line.newest and not line.newest.content.object_types}
    ends = (one.place for one in everything if not one.conditions and one.process_id in open_to_all)
    return render(
        "processes/routing.html",
        status=status,
        rules=everything,
        end=next(ends, None),
        lines=lines,
        standard=publishing.standard(),
        words_of=rules.words_of,
        segments=_known(Account.segment),
        regions=_known(Account.region),
        types=list(rules.TYPES.items()),
        strategies=list(rules.STRATEGIES.items()),
        levels=rules.LEVELS,
        error=error,
        edited=edited,
        sent=_conditions() if error else {},
        form=request.form,
        tried=tried,
        asked=request.args,
        risk=rules.risk_of(tried.facts) if tried else None,
    )


def _tried() -> routes.Choice | None:
    """Return what the rules say of the proposal asked about: one that is there, or a made-up one."""
    args = request.args
    if args.get("try") is None:
        return None
    number = typed.number(args.get("proposal", "").strip().upper().removeprefix("P-"))
    if number is not None:
        return routes.choose_for(number)
    kind = args.get("type", "improve")
    return routes.choose(
        Facts(
            kind if kind in rules.TYPES else "improve",
            "redefine" if args.get("strategy") == "redefine" else "satisfy",
            tuple(_listed(args.get("segments", ""))),
            tuple(_listed(args.get("regions", ""))),
            _number(args.get("spend", "")),
            _number(args.get("effort", "")),
        )
    )


def _conditions() -> Mapping[str, Any]:
    form = request.form
    return {
        "types": form.getlist("types"),
        "strategies": form.getlist("strategies"),
        "segments": _listed(form.get("segments", "")),
        "regions": _listed(form.get("regions", "")),
        "risk_at_least": form.get("risk_at_least", ""),
        "risk_at_most": form.get("risk_at_most", ""),
        "spend_from": _number(form.get("spend_from", "")),
        "spend_below": _number(form.get("spend_below", "")),
    }


def _check_sums() -> None:
    """Refuse a sum that cannot be read: a rule without its limit would take more than was meant.

    :raises Invalid: names the field.
    """
    for field in ("spend_from", "spend_below"):
        text = request.form.get(field, "").strip()
        if text and _number(text) is None:
            reason = f"“{text[:20]}” is no sum; write it as 50,000 or 50k."
            raise Invalid(f"The rule was not saved. {reason}", [{"field": field, "reason": reason}])


def _seen() -> int:
    return request.form.get("seen", 0, type=int)


def _listed(text: str) -> list[str]:
    return list(dict.fromkeys(one.strip() for one in text.replace("\n", ",").split(",") if one.strip()))


def _number(text: str) -> float | None:
    """Return a sum such as 50,000 or 50k; None when nothing, or no number, is written."""
    plain = text.strip().lower().replace(",", "").replace(" ", "").replace("€", "")
    factor = {"k": 1_000, "m": 1_000_000}.get(plain[-1:], 1)
    try:
        value = float(plain.rstrip("km")) * factor
    except ValueError:
        return None
    return value if value == value and abs(value) < 1e15 else None


def _known(column: Any) -> list[str]:
    return list(
        db.session.scalars(select(column).where(column.is_not(None)).distinct().order_by(column).limit(200))
    )
