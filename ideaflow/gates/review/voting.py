"""The vote after scores were revealed and talked about, and the deputy who takes a seat for another."""

from ideaflow import audit
from ideaflow.audit import Actor
from ideaflow.db import transaction
from ideaflow.errors import Conflict, Forbidden, Invalid
from ideaflow.gates.moving import review_for_change
from ideaflow.gates.review.models import Scorecard
from ideaflow.gates.review.weighing import cards_of, seat_of
from ideaflow.gates.working import needed
from ideaflow.proposals.models import Proposal
from ideaflow.users.models import User


def vote(review_id: int, choice: str | None, *, by: Actor) -> Scorecard:
    """Say what one would decide, after the scores were revealed; it may be changed until one decides.

    :param choice: a decision of the gate; None abstains.
    :raises Invalid: the gate knows no such decision.
    :raises Forbidden: one has no seat, owns the proposal, or handed in no scorecard.
    :raises Conflict: scores are blind still, or a decision gathers its signatures.
    """
    with transaction() as session:
        review, _journey = review_for_change(session, review_id)
        card = seat_of(session, review, by)
        if not review.is_revealed:
            raise Conflict("Scores are blind still. Say what you would decide on your scorecard.")
        if card.submitted_at is None:
            raise Forbidden("You handed in no scorecard, so your vote does not count here.")
        if review.verdict_draft is not None:
            raise Conflict("A decision waits for its signatures. Take it back before you vote again.")
        if choice and choice not in {decision.value for decision in review.gate.decisions}:
            reason = f"{review.gate.name} knows no decision “{choice}”."
            raise Invalid(f"Your vote was not counted. {reason}", [{"field": "vote", "reason": reason}])
        before = {"vote": card.vote}
        card.vote = choice or None
        review.version += 1
        audit.record(by, "gates.vote", review, before=before, after={"vote": card.vote or "abstains"})
    return card


def step_in(review_id: int, for_id: int, reason: str = "", *, by: Actor) -> Scorecard:
    """Take the seat of somebody one is deputy for: who is away, or recused themselves.

    :param for_id: whose seat.
    :raises Invalid: they have not recused themselves and no reason is given.
    :raises Forbidden: one is not their deputy, owns the proposal, or has a seat already.
    :raises Conflict: they have scored, or scores are revealed.
    """
    with transaction() as session:
        review, _journey = review_for_change(session, review_id)
        cards = {card.gatekeeper_id: card for card in cards_of(review)}
        card = cards.get(for_id)
        if card is None or by.id is None or card.deputy_id != by.id:
            raise Forbidden(
                "You are not the deputy for this seat. An administrator names deputies on the page Seats."
            )
        if by.id == session.get_one(Proposal, review.proposal_id).owner_id:
            raise Forbidden("You own this proposal; others decide about it.")
        if by.id in cards:
            raise Forbidden("You have a seat of your own at this review.")
        if review.is_revealed:
            raise Conflict("Scores are revealed; nobody new sits down now. Ask the chair to score again.")
        if card.submitted_at is not None:
            raise Conflict(f"{card.gatekeeper.name} has handed in a scorecard; it counts.")
        holder = session.get_one(User, for_id)
        reason = card.recused_reason or needed(reason, "The seat stays theirs.")
        word = f"recused: {reason}" if card.recused_at else reason
        card.gatekeeper_id, card.for_id, card.for_reason = by.id, for_id, word
        card.recused_at, card.recused_reason, card.deputy_id = None, "", None
        card.points, card.answers, card.notes, card.vote = {}, {}, {}, None
        review.version += 1
        after = {"seat": by.name, "on_behalf_of": holder.name}
        audit.record(by, "gates.step_in", review, before={"seat": holder.name}, after=after, reason=word)
    return card
