"""What the scorecards of a review add up to, read from the database."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from ideaflow.audit import Actor
from ideaflow.clock import now
from ideaflow.db import db
from ideaflow.errors import Forbidden
from ideaflow.gates.models import GateReview, Scorecard
from ideaflow.gates.policy import Decision, may_decide
from ideaflow.gates.review import packing, tally
from ideaflow.proposals.models import Proposal


def cards_of(review: GateReview) -> list[Scorecard]:
    """Return all seats of a review with what is on their scorecards, in the order they were seated."""
    query = select(Scorecard).where(Scorecard.review_id == review.id).order_by(Scorecard.id)
    query = query.options(joinedload(Scorecard.gatekeeper), joinedload(Scorecard.stands_for))
    return list(db.session.scalars(query.options(joinedload(Scorecard.deputy))))


def ask_again(review: GateReview) -> None:
    """Let everybody score once more, their points kept as a start; who has left is asked no more."""
    for card in cards_of(review):
        if card.submitted_at is not None and not card.gatekeeper.is_active:
            card.recused_at, card.recused_reason, card.vote = now(), "has left", None
        card.submitted_at = None


def seat_of(session: Session, review: GateReview, by: Actor) -> Scorecard:
    """Return the seat of who acts.

    :raises Forbidden: they own the proposal, have no seat, or recused themselves.
    """
    owner_id, cards = session.get_one(Proposal, review.proposal_id).owner_id, cards_of(review)
    refused = refusal(cards, by.id, owner_id)
    if refused:
        raise Forbidden(refused)
    return next(card for card in cards if card.gatekeeper_id == by.id)


def refusal(cards: Sequence[Scorecard], user_id: int | None, owner_id: int) -> str:
    """Return why somebody may neither score nor decide at a review, empty when they may."""
    own = next((card for card in cards if card.gatekeeper_id == user_id), None)
    if own is not None and own.recused_at is not None:
        return "You recused yourself, so others score and decide."
    return may_decide(user_id, owner_id, {card.gatekeeper_id for card in cards})


def tally_of(review: GateReview) -> tally.Tally:
    """Return what the scorecards handed in add up to, with the facts of the frozen evidence."""
    cards = cards_of(review)
    given = [
        tally.Card(
            card.gatekeeper_id,
            card.points,
            card.answers,
            Decision(card.vote) if card.vote else None,
            card.weight,
            card.is_chair,
            card.role,
        )
        for card in cards
        if card.submitted_at is not None
    ]
    return tally.tally(review.gate, given, eligible=len(cards), facts=review.pack["facts"])


def options_of(review: GateReview, result: tally.Tally) -> list[tally.Option]:
    """Return every decision of the gate, with the reason why it is closed."""
    return tally.advise(
        review.gate,
        result,
        recycles=packing.recycles_of(review.proposal_id, review.gate_key),
        open_conditions=len(packing.conditions_of(review.proposal_id, only_open=True)),
    )
