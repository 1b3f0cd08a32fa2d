"""The pack of a review: what gatekeepers see, frozen and hashed when it opens; the same, live, before."""

from collections.abc import Sequence
from typing import Any, NoReturn

from sqlalchemy import select

from ideaflow.clock import now
from ideaflow.codesign import musts
from ideaflow.db import db
from ideaflow.errors import Conflict
from ideaflow.gates.models import Condition, Deliverable, GateReview, Journey
from ideaflow.gates.policy import DeliverableStatus
from ideaflow.gates.process import definition
from ideaflow.gates.process.plans import former_gates
from ideaflow.gates.review import case
from ideaflow.gates.review.models import UNSETTLED
from ideaflow.proposals.models import Proposal
from ideaflow.proposals.numbers import numbers_of
from ideaflow.users.models import User

WORDS = (
    "title", "problem", "value", "type", "strategy", "arena", "origin", "owner_id", "benefit_who",
    "benefit_metric",
    "benefit_baseline", "benefit_target", "benefit_by", "impact", "confidence", "effort_months",
    "asked_people",
)  # fmt: skip


def live_pack(journey: Journey, numbers: dict[str, Any] | None = None) -> dict[str, Any]:
    """Return what gatekeepers would see now: words, numbers, facts, quotes, deliverables.

    :param numbers: those just frozen; asked anew when left out.
    """
    proposal = db.session.get_one(Proposal, journey.proposal_id)
    words = words_of(proposal)
    if numbers is None:
        numbers = numbers_of(journey.proposal_id).snapshot()
    return {
        "proposal": words,
        "numbers": numbers,
        "facts": case.facts_of(numbers, words),
        "quotes": case.quotes_of(numbers),
        "deliverables": [_plain(line) for line in deliverables_of(journey)],
        "conditions": [_condition(one) for one in conditions_of(journey.proposal_id)],
        "last_review": _last_review(journey),
        "stage": {"key": journey.stage_key, "iteration": journey.iteration},
        "gate": {"key": journey.gate.key, "name": journey.gate.name},
        "process": {
            "name": journey.process_version.name,
            "content_hash": journey.process_version.content_hash,
        },
        "at": now().isoformat(),
    }


def seal(pack: dict[str, Any]) -> str:
    """Return the hash of a pack, over its canonical JSON."""
    return definition.digest(definition.canonical(pack))


def check_seal(review: GateReview) -> None:
    """Refuse a pack that is not what was frozen.

    :raises Conflict: its hash no longer fits.
    """
    if not is_whole(review):
        refuse_pack()


def is_whole(review: GateReview) -> bool:
    """Return whether a pack is what was frozen."""
    return seal(review.pack) == review.pack_hash


def refuse_pack() -> NoReturn:
    """Say that a pack is not what was frozen.

    :raises Conflict: always.
    """
    raise Conflict(
        "The pack is not what was frozen: its hash no longer fits. Cancel this review and open a new one."
    )


def words_of(proposal: Proposal) -> dict[str, Any]:
    """Return what a proposal says, as values JSON can hold."""
    words = {name: getattr(proposal, name) for name in WORDS}
    words["asked_amount"] = None if proposal.asked_amount is None else str(proposal.asked_amount)
    words["owner"] = db.session.get_one(User, proposal.owner_id).name
    return words


def deliverables_of(journey: Journey) -> list[dict[str, Any]]:
    """Return the deliverables of the present stage, each with its rule and how far it is."""
    query = select(Deliverable).where(Deliverable.proposal_id == journey.proposal_id)
    rows = {row.key: row for row in db.session.scalars(query)}
    lines = []
    for rule in journey.stage.deliverables:
        row = rows.get(rule.key)
        status = DeliverableStatus(row.status) if row else DeliverableStatus.OPEN
        lines.append({"rule": rule, "row": row, "status": status})
    return lines


def missing_deliverables(journey: Journey) -> list[str]:
    """Return the names of required deliverables still open, and of what must be there and has no plan."""
    return missing_of([journey])[journey.proposal_id]


def missing_of(journeys: Sequence[Journey]) -> dict[int, list[str]]:
    """Return what a proposal still lacks for its gate, by proposal; asked the same number of times for any.

    Required deliverables that are open, and features that must be there (Kano) without a plan.
    """
    query = select(Deliverable).where(Deliverable.proposal_id.in_([one.proposal_id for one in journeys]))
    there = {
        (row.proposal_id, row.key)
        for row in db.session.scalars(query)
        if DeliverableStatus(row.status).lets_pass
    }
    must_be = musts.of_proposals([one.proposal_id for one in journeys])
    return {
        one.proposal_id: [
            *(
                rule.name
                for rule in one.stage.deliverables
                if rule.is_required and (one.proposal_id, rule.key) not in there
            ),
            *(must.lacks for must in must_be.get(one.proposal_id, []) if not must.is_met),
        ]
        for one in journeys
    }


def conditions_of(proposal_id: int, *, only_open: bool = False) -> list[Condition]:
    """Return the conditions put on a proposal, the next one due first."""
    query = select(Condition).where(Condition.proposal_id == proposal_id)
    if only_open:
        query = query.where(Condition.state.in_(UNSETTLED))
    return list(db.session.scalars(query.order_by(Condition.due_on, Condition.id)))


def check_conditions(journey: Journey) -> None:
    """Refuse a review while a condition binds; one about ending it may open when they lapsed.

    :raises Conflict: names the condition.
    """
    binding = conditions_of(journey.proposal_id, only_open=True)
    if journey.kill_review:
        binding = [one for one in binding if one.state != "lapsed"]
    if binding:
        raise Conflict(f"The condition “{binding[0].text}” is still open. Settle it first.")


def recycles_of(proposal_id: int, gate_key: str) -> int:
    """Return how often a gate sent a proposal back, also before a migration gave it another key."""
    query = select(GateReview.id).where(
        GateReview.proposal_id == proposal_id,
        GateReview.gate_key.in_(former_gates(proposal_id, gate_key)),
        GateReview.decision == "recycle",
    )
    return len(db.session.scalars(query).all())


def _plain(line: dict[str, Any]) -> dict[str, Any]:
    row: Deliverable | None = line["row"]
    return {
        "key": line["rule"].key,
        "name": line["rule"].name,
        "status": line["status"].value,
        "note": row.note if row else "",
        "link": row.link if row else "",
        "waived_reason": row.waived_reason if row else "",
    }


def _condition(condition: Condition) -> dict[str, Any]:
    return {"text": condition.text, "due_on": condition.due_on.isoformat(), "state": condition.state}


def _last_review(journey: Journey) -> dict[str, Any] | None:
    query = (
        select(GateReview)
        .where(GateReview.proposal_id == journey.proposal_id, GateReview.state == "decided")
        .order_by(GateReview.id.desc())
        .limit(1)
    )
    last = db.session.scalar(query)
    if last is None:
        return None
    return {"gate": last.gate.name, "decision": last.decision, "score": last.score, "reason": last.reason}
