"""What people estimate for scores, and the formulas an administrator writes."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from ideaflow import audit
from ideaflow.audit import Actor
from ideaflow.clock import now
from ideaflow.db import transaction
from ideaflow.errors import Overtaken
from ideaflow.proposals import ranked
from ideaflow.proposals.change import editable
from ideaflow.proposals.models import Estimate, Proposal, ScoreFormula
from ideaflow.proposals.scores.methods import Input, formula_problems
from ideaflow.proposals.scores.ranges import Span
from ideaflow.saving import locked, refuse, save


def set_estimates(
    proposal_id: int, wanted: Mapping[str, Span | None], version: int, *, by: Actor
) -> Proposal:
    """Set what inputs of scores are taken to be; None takes an estimate away, left-out ones stay.

    :raises Invalid: an input is unknown, out of its bounds, or its range is out of order.
    :raises Overtaken: the proposal was saved by somebody else since.
    :raises Conflict: it is under review, withdrawn or closed.
    """
    known = {one.key: one for method in ranked.methods() for one in method.own}
    refuse(_problems(wanted, known), "The estimates were not saved.")
    with transaction() as session:
        proposal = editable(session, proposal_id)
        there = ranked.estimates_of(proposal_id)
        after = {key: span for key, span in wanted.items() if there.get(key) != span}
        if not after:
            return proposal
        before = {key: there.get(key) for key in after}
        if proposal.version != version:
            raise Overtaken(proposal.label, proposal.version, _plain(before), _plain(after))
        session.execute(
            delete(Estimate).where(Estimate.proposal_id == proposal_id, Estimate.key.in_(list(after)))
        )
        for key, span in after.items():
            if span is not None:
                numbers = {"low": span.low, "likely": span.likely, "high": span.high}
                session.add(Estimate(proposal_id=proposal_id, key=key, **numbers))
        proposal.version += 1
        told = (_plain(before), _plain(after))
        audit.record(by, "proposals.set_estimates", proposal, before=told[0], after=told[1])
    return proposal


def add_formula(values: Mapping[str, Any], *, by: Actor) -> ScoreFormula:
    """Make a way to score.

    :param values: ``name``, ``purpose``, ``formula``, ``inputs`` (key, label, least, most each).
    :raises Invalid: the formula cannot be read, or names what is not there.
    """
    with transaction() as session:
        kept = _checked(session, values, None, "The formula was not added.")
        formula = ScoreFormula(**kept)
        session.add(formula)
        audit.record(by, "proposals.add_formula", formula, after=kept)
    return formula


def edit_formula(formula_id: int, values: Mapping[str, Any], version: int, *, by: Actor) -> ScoreFormula:
    """Change a way to score, close it or open it again; estimates of its inputs stay.

    :raises Invalid: the formula cannot be read, or names what is not there.
    :raises Overtaken: it was saved by somebody else since.
    """
    with transaction() as session:
        formula: ScoreFormula = locked(session, ScoreFormula, formula_id, "formula")
        kept = _checked(session, values, formula_id, "The formula was not saved.")
        if "is_open" in values and values["is_open"] != formula.is_open:
            kept["closed_at"] = None if values["is_open"] else now()
        save(formula, kept, version, "proposals.edit_formula", by=by)
    return formula


def _checked(
    session: Session, values: Mapping[str, Any], formula_id: int | None, what: str
) -> dict[str, Any]:
    kept: dict[str, Any] = {
        "name": " ".join(str(values.get("name") or "").split()),
        "purpose": str(values.get("purpose") or "").strip(),
        "formula": " ".join(str(values.get("formula") or "").lower().split()),
        "inputs": [dict(one) for one in values.get("inputs") or ()],
    }
    problems = formula_problems(kept)
    same = select(ScoreFormula.id).where(func.lower(ScoreFormula.name) == kept["name"].lower())
    if session.scalar(same.where(ScoreFormula.id != (formula_id or 0))) is not None:
        problems.append({"field": "name", "reason": f"There is a formula “{kept['name']}” already."})
    refuse(problems, what)
    return kept


def _problems(wanted: Mapping[str, Span | None], known: Mapping[str, Input]) -> list[dict[str, object]]:
    problems: list[dict[str, object]] = []
    for key, span in wanted.items():
        one = known.get(key)
        reason = ""
        if one is None:
            reason = f"No score asks for “{key}”."
        elif span is not None and not span.low <= span.likely <= span.high:
            reason = f"{one.label}: low, likely and high must rise in this order."
        elif span is not None and one.least is not None and span.low < one.least:
            reason = (
                f"{one.label} lies above 0." if one.least > 0 else f"{one.label} is at least {one.least:g}."
            )
        elif span is not None and one.most is not None and span.high > one.most:
            reason = f"{one.label} is at most {one.most:g}."
        elif span is not None and not max(abs(span.low), abs(span.high)) < 1e15:
            reason = f"{one.label} is too large to be meant."
        if reason:
            problems.append({"field": key, "reason": reason})
    return problems


def _plain(spans: Mapping[str, Span | None]) -> dict[str, Any]:
    return {key: [span.low, span.likely, span.high] if span else None for key, span in spans.items()}
