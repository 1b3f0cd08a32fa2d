"""What happens in a gate review before its decision: open, score, recuse, reveal, score again, cancel."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ideaflow import audit
from ideaflow.audit import Actor
from ideaflow.clock import now, today
from ideaflow.db import transaction
from ideaflow.errors import Conflict, Forbidden, Invalid
from ideaflow.gates.models import GateReview, Journey, Scorecard
from ideaflow.gates.moving import journey_for_change, move, review_for_change
from ideaflow.gates.policy import Event, may_decide
from ideaflow.gates.process.definition import Gate
from ideaflow.gates.review import freezing, packing, seating
from ideaflow.gates.review.rows import progress_of
from ideaflow.gates.review.weighing import ask_again, cards_of, seat_of
from ideaflow.gates.working import needed
from ideaflow.proposals import service as proposals
from ideaflow.proposals.models import Proposal

LONGEST_REMARK = 600


def open_review(proposal_id: int, *, by: Actor) -> GateReview:
    """Open the review of a proposal at its gate: freeze its evidence, lock it, seat gatekeepers.

    :raises Forbidden: the owner opens no review of their own proposal.
    :raises Conflict: it is not ready, a condition is open, or too few gatekeepers may score.
    """
    with transaction() as session:
        journey = journey_for_change(session, proposal_id)
        proposal = session.get_one(Proposal, proposal_id)
        if by.id == proposal.owner_id:
            raise Forbidden("You own this proposal; a gatekeeper opens its review.")
        gate = journey.gate
        move(session, journey, Event.OPEN_REVIEW)
        packing.check_conditions(journey)
        snapshot = proposals.freeze(proposal_id, f"for {gate.name.lower()}", by=by)
        places = seating.places_at(journey)
        proposals.lock(proposal_id, f"{gate.name} is under review", by=by)
        pack = freezing.whole_pack(journey, snapshot.numbers)
        review = GateReview(
            proposal_id=proposal_id, process_version_id=journey.process_version_id, gate_key=gate.key,
            sequence=_next(session, proposal_id, gate.key), state="open", pack=pack,
            pack_hash=packing.seal(pack), opened_by_id=by.id, opened_at=now(),
            due_on=today() + timedelta(days=gate.deadline_days),
        )  # fmt: skip
        session.add(review)
        session.flush()
        file = freezing.keep_file(session, review)
        session.add_all(_card(review, place) for place in places)
        after = {
            "pack": review.pack_hash,
            "file": file.pdf_hash,
            "gatekeepers": [place.user.name for place in places],
        }
        audit.record(by, "gates.open_review", review, after=after)
    return review


def submit(
    review_id: int,
    points: Mapping[str, int],
    answers: Mapping[str, bool],
    notes: Mapping[str, str] | None = None,
    vote: str | None = None,
    *,
    by: Actor,
) -> Scorecard:
    """Hand in one's own scorecard; until scores are revealed it may be handed in again.

    Scores are revealed when everybody has scored or recused themselves and there is a quorum.

    :param points: 0–10 for each scored criterion; ``answers``: yes or not for each must that people answer.
    :param vote: what one would decide; None abstains.
    :raises Invalid: points or answers are missing or out of range.
    :raises Forbidden: one has no seat, or owns the proposal.
    :raises Conflict: scores are revealed, the pack is not what was frozen, or the review is over.
    """
    notes = {key: text.strip() for key, text in (notes or {}).items() if text.strip()}
    with transaction() as session:
        review, journey = review_for_change(session, review_id)
        card = _blind_card(session, review, by)
        packing.check_seal(review)
        _check_card(review.gate, points, answers, notes, vote)
        card.points, card.answers, card.notes = dict(points), dict(answers), notes
        card.vote, card.submitted_at, card.recused_at, card.recused_reason = vote or None, now(), None, ""
        review.version += 1
        # The points stay out of the audit until scores are revealed: they are blind.
        audit.record(by, "gates.submit_scorecard", review, after={"submitted": True})
        reveal_when_complete(session, review, journey, by)
    return card


def recuse(review_id: int, reason: str, *, by: Actor) -> Scorecard:
    """Step back from scoring and deciding, for a reason everybody reads.

    :raises Invalid: no reason is given.
    :raises Conflict: scores are revealed, or the review is over.
    """
    reason = needed(reason, "You still have your seat.")
    with transaction() as session:
        review, journey = review_for_change(session, review_id)
        card = _blind_card(session, review, by)
        card.points, card.answers, card.notes, card.vote = {}, {}, {}, None
        card.submitted_at, card.recused_at, card.recused_reason = None, now(), reason
        review.version += 1
        audit.record(by, "gates.recuse", review, after={"recused": by.name}, reason=reason)
        reveal_when_complete(session, review, journey, by)
    return card


def reveal(review_id: int, *, by: Actor) -> GateReview:
    """Show all scorecards before the last one is in, if there is a quorum.

    :raises Conflict: too few scorecards are in, or scores are revealed already.
    """
    with transaction() as session:
        review, journey = review_for_change(session, review_id)
        _check_chair(session, review, by)
        at = progress_of(review, cards_of(review))
        if at.in_hand < at.needed:
            raise Conflict(
                f"{at.in_hand} of the {at.needed} scorecards {review.gate.name} needs are in. "
                "Wait for the others."
            )
        if at.missing:
            raise Conflict(
                f"{review.gate.name} decides nothing without {' and '.join(at.missing)}. Wait for that "
                "scorecard, or let a deputy take the seat."
            )
        _reveal(session, review, journey, by)
    return review


def score_again(review_id: int, *, by: Actor) -> GateReview:
    """Ask everybody to score once more, after talking; their points are kept as a start.

    :raises Conflict: scores are not revealed.
    """
    with transaction() as session:
        review, journey = review_for_change(session, review_id)
        _check_chair(session, review, by)
        if review.verdict_draft is not None:
            raise Conflict("A decision waits for its signatures. Take it back before you score again.")
        move(session, journey, Event.SCORE_AGAIN)
        review.revealed_at = None
        review.version += 1
        ask_again(review)
        audit.record(by, "gates.score_again", review, after={"revealed": False})
    return review


def cancel(review_id: int, reason: str, *, by: Actor) -> GateReview:
    """End a review without a decision; the proposal is worked on again, the pack is kept.

    :raises Invalid: no reason is given.
    """
    reason = needed(reason, "The review goes on.")
    with transaction() as session:
        review, journey = review_for_change(session, review_id)
        _check_chair(session, review, by)
        move(session, journey, Event.CANCEL)
        review.state, review.reason = "cancelled", reason
        audit.record(by, "gates.cancel", review, after={"state": "cancelled"}, reason=reason)
        proposals.unlock(review.proposal_id, "The review was cancelled", by=by)
    return review


def _next(session: Session, proposal_id: int, gate_key: str) -> int:
    query = select(func.max(GateReview.sequence)).where(
        GateReview.proposal_id == proposal_id, GateReview.gate_key == gate_key
    )
    return (session.scalar(query) or 0) + 1


def _card(review: GateReview, place: seating.Place) -> Scorecard:
    deputy, holder = place.deputy, place.stands_for
    return Scorecard(
        review_id=review.id, gatekeeper_id=place.user.id, is_chair=place.is_chair, weight=place.weight,
        role=place.role, deputy_id=deputy.id if deputy else None, for_id=holder.id if holder else None,
        for_reason="owns the proposal" if holder else "",
    )  # fmt: skip


def _blind_card(session: Session, review: GateReview, by: Actor) -> Scorecard:
    card = seat_of(session, review, by)
    if review.is_revealed:
        raise Conflict("Scores are revealed. Ask the chair for new scores if yours has changed.")
    return card


def _check_chair(session: Session, review: GateReview, by: Actor) -> None:
    """Let the one who opened the review, or anybody seated at it, lead it; never the owner."""
    owner_id = session.get_one(Proposal, review.proposal_id).owner_id
    seats = {card.gatekeeper_id for card in cards_of(review) if card.recused_at is None}
    if review.opened_by_id is not None:
        seats.add(review.opened_by_id)
    refused = may_decide(by.id, owner_id, seats)
    if refused:
        raise Forbidden(refused)


def _check_card(
    gate: Gate,
    points: Mapping[str, Any],
    answers: Mapping[str, Any],
    notes: Mapping[str, str],
    vote: str | None,
) -> None:
    problems: list[dict[str, object]] = []
    for criterion in gate.should:
        given = points.get(criterion.key)
        if not isinstance(given, int) or isinstance(given, bool) or not 0 <= given <= 10:
            problems.append({"field": criterion.key, "reason": f"{criterion.name}: give 0 to 10 points."})
    for criterion in gate.manual_must:
        if not isinstance(answers.get(criterion.key), bool):
            problems.append({"field": criterion.key, "reason": f"{criterion.name}: say yes or no."})
    known = {criterion.key for criterion in (*gate.should, *gate.must)}
    unknown = sorted((set(points) | set(answers) | set(notes)) - known)
    if unknown:
        problems.append({"field": "points", "reason": f"{gate.name} has no criterion “{unknown[0]}”."})
    if any(len(text) > LONGEST_REMARK for text in notes.values()):
        problems.append({"field": "notes", "reason": f"A remark has at most {LONGEST_REMARK} characters."})
    if vote and vote not in {decision.value for decision in gate.decisions}:
        problems.append({"field": "vote", "reason": f"{gate.name} knows no decision “{vote}”."})
    if problems:
        raise Invalid(
            "The scorecard was not handed in. " + " ".join(str(one["reason"]) for one in problems), problems
        )


def reveal_when_complete(session: Session, review: GateReview, journey: Journey, by: Actor) -> None:
    """Show the scores when nobody is waited for any more and there is a quorum."""
    cards = cards_of(review)
    if progress_of(review, cards).is_quorum and not any(card.waits for card in cards):
        _reveal(session, review, journey, by)


def _reveal(session: Session, review: GateReview, journey: Journey, by: Actor) -> None:
    move(session, journey, Event.REVEAL)
    packing.check_seal(review)
    review.revealed_at = now()
    review.version += 1
    cards = {
        str(card.gatekeeper_id): {"points": card.points, "answers": card.answers, "vote": card.vote}
        for card in cards_of(review)
        if card.submitted_at is not None
    }
    audit.record(by, "gates.reveal", review, after={"scorecards": cards})
