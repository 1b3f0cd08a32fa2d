"""What customers are told of: a decision at a gate, or a launch that is on sale; and what they read of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Subquery, exists, func, or_, select, union_all
from sqlalchemy.orm import contains_eager, joinedload

from ideaflow.db import db
from ideaflow.gates.models import GateReview, Notice
from ideaflow.launch.models import Launch, OfferingProposal
from ideaflow.loop.models import ContactNotice, DecisionWords
from ideaflow.proposals.models import Proposal

LAUNCHED = "launched"
"""What a launch is among the decisions that customers are told of."""


class Kind(StrEnum):
    """What an outcome is of."""

    REVIEW = "review"
    LAUNCH = "launch"


@dataclass(frozen=True)
class Of:
    """Which outcome is meant."""

    kind: Kind
    id: int

    @property
    def about(self) -> str:
        """Return what notices of it are about."""
        return f"{self.kind}:{self.id}"

    @property
    def review_id(self) -> int | None:
        return self.id if self.kind is Kind.REVIEW else None

    @property
    def launch_id(self) -> int | None:
        return self.id if self.kind is Kind.LAUNCH else None


def of_review(review_id: int) -> Of:
    """Return the outcome of a gate review."""
    return Of(Kind.REVIEW, review_id)


def of_launch(launch_id: int) -> Of:
    """Return the outcome that a launch is."""
    return Of(Kind.LAUNCH, launch_id)


@dataclass(frozen=True)
class Outcome:
    """What came of a proposal, and what customers read of it.

    :param version: of the words; 0 while they are those agreed at the gate, or none.
    """

    of: Of
    proposal: Proposal
    decision: str
    at: datetime | None
    words: str
    version: int
    review: GateReview | None = None
    notice: Notice | None = None
    launch: Launch | None = None

    @property
    def title(self) -> str:
        """Return what customers know it by; a proposal's name is our own."""
        return self.launch.name if self.launch else ""

    @property
    def record(self) -> GateReview | Launch | Proposal:
        """Return the record that the audit names."""
        return self.review or self.launch or self.proposal


def outcome(of: Of) -> Outcome | None:
    """Return an outcome with its proposal and words; None where nothing is decided, or nothing is on sale."""
    return _reviewed(of) if of.kind is Kind.REVIEW else _launched(of)


def _reviewed(of: Of) -> Outcome | None:
    query = (
        select(GateReview, Proposal, DecisionWords, Notice)
        .join(Proposal, Proposal.id == GateReview.proposal_id)
        .outerjoin(DecisionWords, DecisionWords.review_id == GateReview.id)
        .outerjoin(Notice, Notice.review_id == GateReview.id)
        .where(GateReview.id == of.id, GateReview.decision.is_not(None))
        .options(joinedload(GateReview.decided_by), joinedload(Notice.teller))
    )
    found = db.session.execute(query).one_or_none()
    if found is None:
        return None
    review, proposal, kept, notice = found
    words = kept.words if kept else notice.words if notice else ""
    version = kept.version if kept else 0
    return Outcome(of, proposal, review.decision or "", review.decided_at, words, version, review, notice)


def _launched(of: Of) -> Outcome | None:
    query = (
        select(Launch, Proposal, DecisionWords)
        .join(Proposal, Proposal.id == Launch.proposal_id)
        .outerjoin(DecisionWords, DecisionWords.launch_id == Launch.id)
        .where(Launch.id == of.id, Launch.launched_at.is_not(None))
        .options(joinedload(Launch.offering), joinedload(Launch.owner))
    )
    found = db.session.execute(query).one_or_none()
    if found is None:
        return None
    launch, proposal, kept = found
    words, version = (kept.words, kept.version) if kept else ("", 0)
    return Outcome(of, proposal, LAUNCHED, launch.launched_at, words, version, launch=launch)


def abouts() -> Subquery:
    """Select what notices may be about (``about``) with each proposal it is an outcome of (``proposal_id``).

    A launch is one of every proposal that feeds its offering.
    """
    of_reviews = select(_about(Kind.REVIEW, GateReview.id).label("about"), GateReview.proposal_id)
    of_launches = select(_about(Kind.LAUNCH, Launch.id), OfferingProposal.proposal_id).join(
        OfferingProposal, OfferingProposal.offering_id == Launch.offering_id
    )
    return union_all(of_reviews, of_launches).subquery("abouts")


def _about(kind: Kind, number: Any) -> ColumnElement[str]:
    """Return :attr:`Of.about` for queries."""
    return func.concat(f"{kind}:", number)


def untold(user_id: int, since: datetime, most: int) -> Sequence[GateReview]:
    """Return the newest decisions that a user is to tell and that no contributor has heard of.

    Its owner tells them, or who was named at the gate.
    """
    heard = exists().where(ContactNotice.about == _about(Kind.REVIEW, GateReview.id))
    query = (
        select(GateReview)
        .join(Proposal, Proposal.id == GateReview.proposal_id)
        .outerjoin(Notice, Notice.review_id == GateReview.id)
        .where(func.coalesce(Notice.teller_id, Proposal.owner_id) == user_id, ~heard)
        .where(
            GateReview.decision.in_(("go", "conditional_go", "hold", "kill")), GateReview.decided_at > since
        )
        .where(Notice.done_at.is_(None))
        .options(contains_eager(GateReview.proposal))
        .order_by(GateReview.decided_at.desc())
        .limit(most)
    )
    return db.session.scalars(query).all()


def untold_launches(user_id: int, since: datetime, most: int) -> Sequence[Launch]:
    """Return the newest launches on sale that a user is to tell of and that no contributor has heard of."""
    heard = exists().where(ContactNotice.about == _about(Kind.LAUNCH, Launch.id))
    query = (
        select(Launch)
        .join(Proposal, Proposal.id == Launch.proposal_id)
        .where(or_(Launch.owner_id == user_id, Proposal.owner_id == user_id), ~heard)
        .where(Launch.launched_at > since)
        .order_by(Launch.launched_at.desc())
        .limit(most)
    )
    return db.session.scalars(query).all()
