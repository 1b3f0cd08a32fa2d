"""What is on whose desk: open reviews, proposals ready for one, work and conditions that wait."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import joinedload

from ideaflow.db import db
from ideaflow.gates.models import Condition, GateReview, Journey, Scorecard
from ideaflow.gates.policy import State, may_withdraw
from ideaflow.gates.review import packing, seating
from ideaflow.gates.review.rows import Progress, progress_of
from ideaflow.paging import Key, Page, page_of
from ideaflow.proposals.models import Proposal
from ideaflow.users.models import User


@dataclass(frozen=True)
class OpenReview:
    """A line of the list: an open review, how far it is, and whether it waits for the user who looks."""

    review: GateReview
    progress: Progress
    task: str  # “score”, “decide”, or empty: nothing to do for this user.


@dataclass(frozen=True)
class Desk:
    """Open reviews and proposals that are ready for one, those first that wait for the user."""

    mine: list[OpenReview]
    others: list[OpenReview]
    ready: list[Journey]


def desk_of(user: User) -> Desk:
    """Return the open reviews and the proposals that are ready for one."""
    query = (
        select(GateReview)
        .where(GateReview.state == "open")
        .options(joinedload(GateReview.proposal).joinedload(Proposal.owner))
        .order_by(GateReview.due_on, GateReview.id)
    )
    reviews = db.session.scalars(query).all()
    cards = _cards_of_all(reviews)
    lines = [
        OpenReview(review, progress_of(review, cards[review.id]), _task(review, cards[review.id], user))
        for review in reviews
    ]
    return Desk(
        mine=[line for line in lines if line.task],
        others=[line for line in lines if not line.task],
        ready=_ready(),
    )


def decided(after: str | None = None) -> Page[GateReview]:
    """Return a page of past reviews, the latest first."""
    query = (
        select(GateReview)
        .where(GateReview.state != "open")
        .options(joinedload(GateReview.proposal), joinedload(GateReview.decided_by))
    )
    return page_of(query, [Key(GateReview.id, "id")], after=after)


def override_count() -> int:
    """Return how many goes went against the rule, signed by two."""
    query = select(func.count()).select_from(GateReview).where(GateReview.is_override)
    return int(db.session.scalar(query.where(GateReview.state == "decided")) or 0)


def waiting_count(user: User) -> int:
    """Return how many open reviews wait for this user: to be scored, or to be decided on."""
    query = (
        select(func.count())
        .select_from(Scorecard)
        .join(Scorecard.review)
        .where(GateReview.state == "open", Scorecard.gatekeeper_id == user.id, Scorecard.recused_at.is_(None))
        .where(or_(Scorecard.submitted_at.is_(None), GateReview.revealed_at.is_not(None)))
    )
    return int(db.session.scalar(query) or 0)


def ready_for(user: User) -> list[Journey]:
    """Return proposals of others that wait at a gate this user keeps for their review to open."""
    ready = _ready()
    keepers = seating.keepers_of(ready)
    return [one for one in ready if user.id in {keeper.id for keeper in keepers[one.proposal_id]}]


def withdrawal_refused(proposal_id: int, user_id: int | None) -> str | None:
    """Return why somebody may not withdraw a proposal, empty when they may; None before it was started."""
    journey = db.session.get(Journey, proposal_id)
    if journey is None or user_id is None:
        return None
    number = journey.content.stage_keys.index(journey.stage_key)
    is_owner = user_id == db.session.get_one(Proposal, proposal_id).owner_id
    return may_withdraw(number, is_owner=is_owner, sits=not is_owner and seating.sits(journey, user_id))


def own_in_work(user: User, most: int) -> tuple[list[tuple[Journey, list[str]]], int]:
    """Return what a user owns that is in work, each with its missing deliverables, and how much it is.

    :param most: return so many, those first that stand still longest.
    """
    found, whole = _first(
        select(Journey)
        .join(Journey.proposal)
        .where(Proposal.owner_id == user.id, Proposal.withdrawn_at.is_(None), Journey.state == State.WORKING)
        .options(joinedload(Journey.proposal))
        .order_by(Journey.state_since, Journey.proposal_id), most,
    )  # fmt: skip
    missing = packing.missing_of(found)
    return [(journey, missing[journey.proposal_id]) for journey in found], whole


def drafts_of(user: User, most: int) -> tuple[list[Proposal], int]:
    """Return the oldest a user owns that say what customers gain and are not started, and how many are."""
    return _first(
        select(Proposal)
        .outerjoin(Journey, Journey.proposal_id == Proposal.id)
        .where(Proposal.owner_id == user.id, Proposal.value != "", Journey.proposal_id.is_(None))
        .where(Proposal.withdrawn_at.is_(None), Proposal.closed_at.is_(None))
        .order_by(Proposal.id), most,
    )  # fmt: skip


def to_revisit(day: date, most: int) -> tuple[list[Journey], int]:
    """Return held proposals that woke, their day come or what was to wake them, and how many did."""
    return _first(
        select(Journey)
        .join(Journey.proposal)
        .where(Journey.state == State.ON_HOLD, Proposal.withdrawn_at.is_(None))
        .where(or_(Journey.revisit_on <= day, Journey.woken_at.is_not(None)))
        .options(joinedload(Journey.proposal))
        .order_by(Journey.revisit_on, Journey.proposal_id), most,
    )  # fmt: skip


def _first(query: Select[Any], most: int) -> tuple[list[Any], int]:
    """Return the first rows of a query and how many it has."""
    rows = db.session.execute(query.add_columns(func.count().over()).limit(most)).all()
    return [row[0] for row in rows], rows[0][1] if rows else 0


def conditions_for(user: User) -> list[Condition]:
    """Return the open conditions this user has to meet, the next one due first."""
    query = select(Condition).where(Condition.owner_id == user.id, Condition.state == "open")
    return list(db.session.scalars(query.order_by(Condition.due_on)))


def _ready() -> list[Journey]:
    query = (
        select(Journey)
        .join(Journey.proposal)
        .where(Journey.state == State.GATE_READY, Proposal.withdrawn_at.is_(None))
        .options(joinedload(Journey.proposal).joinedload(Proposal.owner))
        .order_by(Journey.state_since)
    )
    return list(db.session.scalars(query))


def _cards_of_all(reviews: Sequence[GateReview]) -> Mapping[int, list[Scorecard]]:
    found: dict[int, list[Scorecard]] = {review.id: [] for review in reviews}
    for card in db.session.scalars(select(Scorecard).where(Scorecard.review_id.in_(found))):
        found[card.review_id].append(card)
    return found


def _task(review: GateReview, cards: Sequence[Scorecard], user: User) -> str:
    mine = next((card for card in cards if card.gatekeeper_id == user.id), None)
    if mine is None or mine.recused_at is not None or review.proposal.owner_id == user.id:
        return ""
    if review.is_revealed:
        return "decide"
    return "score" if mine.submitted_at is None else ""
