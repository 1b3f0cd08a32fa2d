"""Conditions of a go: proof by whoever owns them, verified by somebody else, or released."""

from sqlalchemy.orm import Session

from ideaflow import audit
from ideaflow.audit import Actor
from ideaflow.clock import now
from ideaflow.db import transaction
from ideaflow.errors import Conflict, Forbidden, NotFound
from ideaflow.gates.review.models import Condition
from ideaflow.gates.working import needed
from ideaflow.proposals.change import get_for_change
from ideaflow.proposals.models import Proposal


def claim_condition(condition_id: int, proof: str, *, by: Actor) -> Condition:
    """Lay down the proof that a condition is met; somebody else verifies it.

    :raises Invalid: there is no proof.
    :raises Forbidden: one neither owns the condition nor the proposal.
    :raises Conflict: it is met or released already.
    """
    proof = needed(proof, "The condition stays open.", "proof")
    with transaction() as session:
        condition, proposal = _for_change(session, condition_id)
        if by.id not in (condition.owner_id, proposal.owner_id):
            raise Forbidden("Whoever owns this condition, or its proposal, lays down the proof.")
        _check_unsettled(condition)
        before = {"state": condition.state, "proof": condition.proof}
        condition.state, condition.proof = "claimed", proof
        condition.claimed_by_id, condition.claimed_at = by.id, now()
        audit.record(
            by, "gates.claim_condition", condition, before=before, after={"state": "claimed"}, reason=proof
        )
    return condition


def verify_condition(condition_id: int, is_met: bool, note: str, *, by: Actor) -> Condition:
    """Say whether the proof of a condition holds; one that does not is open again.

    :raises Invalid: it does not hold and no reason is given.
    :raises Forbidden: one owns the proposal, or laid down the proof oneself.
    :raises Conflict: there is no proof to look at.
    """
    note = note.strip() if is_met else needed(note, "The proof stands as it is.", "note")
    with transaction() as session:
        condition, proposal = _for_change(session, condition_id)
        _check_other(condition, proposal, by)
        if condition.state != "claimed":
            words = (
                "Its owner lays down the proof first." if condition.is_unsettled else "Nothing is left to do."
            )
            raise Conflict(f"This condition is {condition.state_words}. {words}")
        if is_met:
            condition.state, condition.settled_by_id, condition.settled_at = "met", by.id, now()
        else:
            condition.state = "lapsed" if condition.lapsed_at else "open"
        condition.verified_note = note
        audit.record(
            by, "gates.verify_condition", condition, before={"state": "claimed"},
            after={"state": condition.state}, reason=note,
        )  # fmt: skip
    return condition


def release_condition(condition_id: int, reason: str, *, by: Actor) -> Condition:
    """Let a condition go unmet, for a reason everybody reads.

    :raises Invalid: no reason is given.
    :raises Forbidden: one owns the proposal or the condition.
    :raises Conflict: it is met or released already.
    """
    reason = needed(reason, "The condition still binds.", "proof")
    with transaction() as session:
        condition, proposal = _for_change(session, condition_id)
        _check_other(condition, proposal, by)
        _check_unsettled(condition)
        before = {"state": condition.state}
        condition.state, condition.settled_by_id, condition.settled_at = "released", by.id, now()
        condition.verified_note = reason
        audit.record(
            by,
            "gates.release_condition",
            condition,
            before=before,
            after={"state": "released"},
            reason=reason,
        )
    return condition


def _for_change(session: Session, condition_id: int) -> tuple[Condition, Proposal]:
    """Return a condition and its proposal, locked in the order everything here locks."""
    found = session.get(Condition, condition_id)
    if found is None:
        raise NotFound(f"There is no condition {condition_id}.")
    proposal = get_for_change(session, found.proposal_id)
    condition = session.get_one(Condition, condition_id, with_for_update=True, populate_existing=True)
    return condition, proposal


def _check_other(condition: Condition, proposal: Proposal, by: Actor) -> None:
    if by.id == proposal.owner_id:
        raise Forbidden("You own this proposal; a gatekeeper settles its conditions.")
    if by.id in (condition.owner_id, condition.claimed_by_id):
        raise Forbidden("You own this condition or laid down its proof; somebody else settles it.")


def _check_unsettled(condition: Condition) -> None:
    if not condition.is_unsettled:
        raise Conflict(f"This condition is {condition.state} already.")
