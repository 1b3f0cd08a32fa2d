"""The decision of a gate and what follows from it; conditions and held proposals afterwards."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from ideaflow import audit
from ideaflow.audit import Actor
from ideaflow.clock import now, today
from ideaflow.db import transaction
from ideaflow.errors import Conflict, Forbidden, Invalid, NotFound
from ideaflow.gates.models import Condition, GateReview, Journey
from ideaflow.gates.moving import journey_for_change, move, review_for_change
from ideaflow.gates.policy import Consequence, Decision, Event, State, may_decide
from ideaflow.gates.process.definition import Gate
from ideaflow.gates.review import packing, tally
from ideaflow.gates.review.weighing import cards_of, options_of, tally_of
from ideaflow.gates.working import needed
from ideaflow.proposals import service as proposals
from ideaflow.proposals.change import editable
from ideaflow.proposals.models import Proposal
from ideaflow.proposals.numbers import theme_ids_of
from ideaflow.themes.models import Theme
from ideaflow.users.models import User


@dataclass(frozen=True)
class Wanted:
    """What a conditional go asks for: who does what by when, and what follows if not."""

    text: str
    owner_id: int
    due_on: date
    consequence: str = Consequence.HOLD


@dataclass(frozen=True)
class Verdict:
    """A decision with all that belongs to it.

    :param revisit_on: for hold, the day it is looked at again; ``target_stage`` and ``changes``: for recycle,
        where back to and what for; ``conditions``: for a conditional go.
    """

    decision: str
    reason: str
    revisit_on: date | None = None
    target_stage: str | None = None
    changes: Sequence[str] = ()
    conditions: Sequence[Wanted] = field(default=())


def decide(review_id: int, verdict: Verdict, *, by: Actor) -> GateReview:
    """Decide on a proposal at its gate, once and for good; the proposal moves at once.

    Of several decisions at the same moment exactly one is taken; the others get a Conflict.

    :raises Invalid: reason, day, stage or conditions are missing or make no sense.
    :raises Forbidden: one owns the proposal, has no seat, or recused oneself.
    :raises Conflict: decided already, scores not revealed, or this decision is closed.
    """
    reason = needed(verdict.reason, "Nothing was decided.")
    with transaction() as session:
        review, journey = review_for_change(session, review_id)
        proposal = session.get_one(Proposal, review.proposal_id)
        seats = {card.gatekeeper_id for card in cards_of(review) if card.recused_at is None}
        refused = may_decide(by.id, proposal.owner_id, seats)
        if refused:
            raise Forbidden(refused)
        if journey.where is not State.TALLIED:
            raise Conflict("Scores are not revealed yet; the decision follows them.")
        if packing.seal(review.pack) != review.pack_hash:
            raise Conflict("The pack is not what was frozen. Cancel this review and open a new one.")
        result = tally_of(review)
        decision = _check_open(review, result, verdict)
        _check_verdict(session, journey, decision, verdict)
        if decision is Decision.KILL or journey.gate.is_final:
            _lock_themes(session, proposal)
        _write(session, review, decision, verdict, reason, result.score, by)
        _move_on(session, review, journey, decision, verdict, by)
    return review


def resume(proposal_id: int, reason: str = "", *, by: Actor) -> Journey:
    """Take a held proposal up again, in the stage it was held in.

    :raises Forbidden: the owner does not release their own proposal.
    :raises Conflict: it is not on hold.
    """
    with transaction() as session:
        journey = journey_for_change(session, proposal_id)
        if by.id == session.get_one(Proposal, proposal_id).owner_id:
            raise Forbidden("You own this proposal; a gatekeeper takes it off hold.")
        editable(session, proposal_id)
        before = {"revisit_on": journey.revisit_on}
        move(session, journey, Event.RESUME)
        journey.revisit_on = None
        audit.record(
            by, "gates.resume", journey, before=before, after={"state": journey.state}, reason=reason.strip()
        )
    return journey


def settle_condition(condition_id: int, is_met: bool, proof: str, *, by: Actor) -> Condition:
    """Say that a condition is met, with the proof, or released, with the reason.

    :raises Invalid: there is no proof.
    :raises Forbidden: one owns the proposal.
    :raises Conflict: it is settled already.
    """
    proof = needed(proof, "The condition stays open.", "proof")
    with transaction() as session:
        condition = session.get(Condition, condition_id, with_for_update=True, populate_existing=True)
        if condition is None:
            raise NotFound(f"There is no condition {condition_id}.")
        if by.id == session.get_one(Proposal, condition.proposal_id).owner_id:
            raise Forbidden("You own this proposal; a gatekeeper settles its conditions.")
        if condition.state != "open":
            raise Conflict(f"This condition is {condition.state} already.")
        condition.state = "met" if is_met else "released"
        condition.proof, condition.settled_by_id, condition.settled_at = proof, by.id, now()
        after = {"state": condition.state}
        audit.record(
            by, "gates.settle_condition", condition, before={"state": "open"}, after=after, reason=proof
        )
    return condition


def _check_open(review: GateReview, result: tally.Tally, verdict: Verdict) -> Decision:
    options = {option.decision.value: option for option in options_of(review, result)}
    option = options.get(verdict.decision)
    if option is None:
        choices = ", ".join(one.decision.words.lower() for one in options.values())
        reason = f"Choose a decision: {choices}."
        raise Invalid(f"Nothing was decided. {reason}", [{"field": "decision", "reason": reason}])
    if not option.is_open:
        raise Conflict(f"{option.decision.words} is closed: {option.closed}. Nothing was decided.")
    return option.decision


def _check_verdict(session: Session, journey: Journey, decision: Decision, verdict: Verdict) -> None:
    problems: list[dict[str, object]] = []
    if decision is Decision.HOLD and (verdict.revisit_on is None or verdict.revisit_on <= today()):
        problems.append(
            {"field": "revisit_on", "reason": "Name a day after today when it is looked at again."}
        )
    if decision is Decision.RECYCLE:
        stages = {stage.key: stage.name for stage in journey.content.stages_up_to(journey.stage_key)}
        if verdict.target_stage not in stages:
            problems.append(
                {
                    "field": "target_stage",
                    "reason": f"Choose a stage to go back to: {', '.join(stages.values())}.",
                }
            )
        if not [change for change in verdict.changes if change.strip()]:
            problems.append({"field": "changes", "reason": "List what has to change, one on each line."})
    if decision is Decision.CONDITIONAL_GO:
        problems += _condition_problems(session, journey.gate, verdict.conditions)
    if problems:
        raise Invalid("Nothing was decided. " + " ".join(str(one["reason"]) for one in problems), problems)


def _condition_problems(
    session: Session, gate: Gate, conditions: Sequence[Wanted]
) -> list[dict[str, object]]:
    if not conditions:
        return [{"field": "conditions", "reason": "Name at least one condition: what, who, by when."}]
    if len(conditions) > gate.max_conditions:
        return [
            {"field": "conditions", "reason": f"At most {gate.max_conditions} conditions; hold it instead."}
        ]
    last = today() + timedelta(days=gate.max_condition_days)
    problems: list[dict[str, object]] = []
    for one in conditions:
        owner = session.get(User, one.owner_id)
        if not one.text.strip() or len(one.text) > 600:
            problems.append({"field": "conditions", "reason": "A condition says what has to be true."})
        if owner is None or not owner.is_active:
            problems.append({"field": "conditions", "reason": f"“{one.text}” needs somebody who does it."})
        if not today() < one.due_on <= last:
            reason = f"“{one.text}” is due after today, at most {gate.max_condition_days} days from now."
            problems.append({"field": "conditions", "reason": reason})
        if one.consequence not in set(Consequence):
            problems.append(
                {"field": "conditions", "reason": f"“{one.text}”: else hold, recycle or kill review."}
            )
    return problems


def _lock_themes(session: Session, proposal: Proposal) -> None:
    """Lock the themes that will be freed before anything is audited, so that nobody waits crosswise."""
    ids = theme_ids_of(proposal.id)
    session.execute(select(Theme.id).where(Theme.id.in_(ids)).order_by(Theme.id).with_for_update())


def _write(
    session: Session,
    review: GateReview,
    decision: Decision,
    verdict: Verdict,
    reason: str,
    score: float | None,
    by: Actor,
) -> None:
    # The rows are locked already; the condition on the state makes sure of it, whatever else writes here.
    taken = session.scalar(
        update(GateReview)
        .where(GateReview.id == review.id, GateReview.state == "open")
        .values(
            state="decided",
            decision=decision.value,
            reason=reason,
            score=score,
            revisit_on=verdict.revisit_on if decision is Decision.HOLD else None,
            target_stage=verdict.target_stage if decision is Decision.RECYCLE else None,
            changes=_lines(verdict.changes) if decision is Decision.RECYCLE else [],
            decided_by_id=by.id,
            decided_at=now(),
        )
        .returning(GateReview.id)
        .execution_options(synchronize_session=False)
    )
    if taken is None:
        raise Conflict(f"{review.name} was decided a moment ago. Reload the page to see what was decided.")
    session.refresh(review)
    if decision is Decision.CONDITIONAL_GO:
        for one in verdict.conditions:
            session.add(
                Condition(
                    review_id=review.id, proposal_id=review.proposal_id, text=one.text.strip(),
                    owner_id=one.owner_id, due_on=one.due_on, consequence=one.consequence, state="open",
                )
            )  # fmt: skip
    session.flush()


def _move_on(
    session: Session, review: GateReview, journey: Journey, decision: Decision, verdict: Verdict, by: Actor
) -> None:
    gate = review.gate
    before = {"state": journey.state, "stage": journey.stage_key}
    goes_to = (
        gate.before if decision.is_go else verdict.target_stage if decision is Decision.RECYCLE else None
    )
    goal = move(session, journey, Event(decision.value), stage_key=goes_to)
    journey.revisit_on = review.revisit_on
    journey.changes = list(review.changes)
    after = {
        "state": journey.state, "stage": journey.stage_key, "decision": decision.value, "score": review.score,
        "pack": review.pack_hash,
    }  # fmt: skip
    audit.record(by, "gates.decide", review, before=before, after=after, reason=review.reason)
    told = f"{gate.name}: {decision.words.lower()}"
    if goal in (State.KILLED, State.LAUNCHED):
        proposals.close(review.proposal_id, told, by=by)
    else:
        proposals.unlock(review.proposal_id, told, by=by)


def _lines(changes: Sequence[str]) -> list[str]:
    return [change.strip() for change in changes if change.strip()]
