"""One gate review in full, as the user who looks may see it."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from ideaflow import config
from ideaflow.db import db
from ideaflow.errors import NotFound
from ideaflow.gates.models import Condition, GateReview, Journey, Scorecard
from ideaflow.gates.policy import may_decide
from ideaflow.gates.process.definition import Criterion, Gate, Stage
from ideaflow.gates.review import case, packing, tally
from ideaflow.gates.review.weighing import cards_of, options_of, tally_of
from ideaflow.proposals.models import Proposal
from ideaflow.proposals.numbers import numbers_of
from ideaflow.users import queries as users
from ideaflow.users.models import User
from ideaflow.wording import plural


@dataclass(frozen=True)
class ScoreRow:
    """One scored criterion with everybody's points, in the order of the seats."""

    criterion: Criterion
    weight: int
    points: list[int]
    result: tally.CriterionTally
    remarks: list[tuple[str, int, str]]  # Who, how many points, what they say to it.


@dataclass(frozen=True)
class MustRow:
    """One must-meet criterion: met, failed or open, with the word and what it rests on."""

    text: str
    is_met: bool | None
    word: str
    why: str


@dataclass(frozen=True)
class Progress:
    """How many scorecards are in, of how many that may come, and how many are needed."""

    in_hand: int
    expected: int
    needed: int

    @property
    def is_quorum(self) -> bool:
        return self.in_hand >= self.needed


@dataclass(frozen=True)
class ReviewSheet:
    """Everything the page of a review shows to one user."""

    review: GateReview
    proposal: Proposal
    gate: Gate
    cards: list[Scorecard]
    mine: Scorecard | None
    progress: Progress
    lines: list[case.Line]
    changes: str
    musts: list[MustRow]
    rows: list[ScoreRow]
    result: tally.Tally | None
    options: list[tally.Option]
    refused: str  # Why this user may not score or decide; empty when they may.
    can_lead: bool
    question: str
    stages: Sequence[Stage]
    recycle_count: int
    conditions: list[Condition]
    people: list[tuple[int, str]] = field(default_factory=list)

    @property
    def scored(self) -> list[Scorecard]:
        return [card for card in self.cards if card.submitted_at is not None]

    @property
    def met_count(self) -> int:
        return sum(must.is_met is True for must in self.musts)

    @property
    def totals(self) -> list[float]:
        """Return the score each scorecard gives by itself, in the order of the seats."""
        return [self.result.by_keeper[card.gatekeeper_id] for card in self.scored] if self.result else []


def review_sheet(review_id: int, user: User) -> ReviewSheet:
    """Return a review as ``user`` may see it: the scorecards of others only when they are revealed.

    :raises NotFound: there is no such review.
    """
    review = _review(review_id)
    cards = cards_of(review)
    is_shown = review.is_revealed
    result = tally_of(review) if is_shown else None
    seats = {card.gatekeeper_id for card in cards if card.recused_at is None}
    currency = config.read().currency
    refused = may_decide(user.id, review.proposal.owner_id, seats) if review.is_open else "It is decided."
    is_leader = review.opened_by_id == user.id and user.id != review.proposal.owner_id
    return ReviewSheet(
        review=review,
        proposal=review.proposal,
        gate=review.gate,
        cards=cards,
        mine=next((card for card in cards if card.gatekeeper_id == user.id), None),
        progress=progress_of(review, cards),
        lines=case.case_lines(review.pack["numbers"], currency),
        changes=_changes(review, currency) if review.is_open else "",
        musts=_must_rows(review, result, cards, currency),
        rows=_score_rows(review, result, cards),
        result=result,
        options=options_of(review, result) if result and review.is_open else [],
        refused=refused,
        can_lead=review.is_open and (not refused or is_leader),
        question=case.question_of(review.gate, review.pack["proposal"], currency),
        stages=review.process_version.content.stages_up_to(review.gate.after),
        recycle_count=packing.recycles_of(review.proposal_id, review.gate_key),
        conditions=_conditions(review),
        people=[(one.id, one.name) for one in users.active()] if not refused else [],
    )


def live_musts(journey: Journey) -> list[MustRow]:
    """Return the must-meets of the next gate that fill themselves, with the numbers of now."""
    pack, currency = packing.live_pack(journey), config.read().currency
    rows = []
    for criterion in journey.gate.must:
        if criterion.auto:
            met = tally.check_auto(criterion, pack["facts"])
            word = "yes" if met else "not yet"
            rows.append(MustRow(criterion.name, met, word, case.proof_of(criterion, pack, currency)))
    return rows


def progress_of(review: GateReview, cards: Sequence[Scorecard]) -> Progress:
    """Return how far a review is."""
    return Progress(
        in_hand=sum(card.submitted_at is not None for card in cards),
        expected=sum(card.recused_at is None for card in cards),
        needed=tally.quorum_needed(review.gate.quorum, len(cards)),
    )


def _review(review_id: int) -> GateReview:
    query = (
        select(GateReview)
        .where(GateReview.id == review_id)
        .options(
            joinedload(GateReview.proposal).joinedload(Proposal.owner),
            joinedload(GateReview.decided_by),
            joinedload(GateReview.opened_by),
        )
    )
    review = db.session.scalar(query)
    if review is None:
        raise NotFound()
    return review


def _changes(review: GateReview, currency: str) -> str:
    live = numbers_of(review.proposal_id).snapshot()
    return case.changes_since(review.pack["numbers"], live, currency)


def _conditions(review: GateReview) -> list[Condition]:
    query = select(Condition).where(Condition.review_id == review.id).options(joinedload(Condition.owner))
    return list(db.session.scalars(query.order_by(Condition.due_on, Condition.id)))


def _must_rows(
    review: GateReview, result: tally.Tally | None, cards: Sequence[Scorecard], currency: str
) -> list[MustRow]:
    musts = (
        result.musts if result else tally.tally(review.gate, [], eligible=0, facts=review.pack["facts"]).musts
    )
    rows = []
    for must in musts:
        why = case.proof_of(must.criterion, review.pack, currency) or _said(must.criterion, cards, result)
        if must.is_met is not True and must.can_be_condition:
            why = f"{why}; may be a condition" if why else "may be a condition"
        word = must.words if result or must.criterion.auto else "to be answered"
        rows.append(MustRow(must.criterion.name, must.is_met, word, why))
    return rows


def _said(criterion: Criterion, cards: Sequence[Scorecard], result: tally.Tally | None) -> str:
    """Return what keepers remarked on a must-meet, once scores are revealed; its question before."""
    if result is None:
        return criterion.question
    said = [
        f"{card.gatekeeper.first_name}: {card.notes[criterion.key]}"
        for card in cards
        if card.notes.get(criterion.key)
    ]
    return "; ".join(said) or f"answered by {plural(len(result.by_keeper), 'gatekeeper')}"


def _score_rows(review: GateReview, result: tally.Tally | None, cards: Sequence[Scorecard]) -> list[ScoreRow]:
    if result is None:
        return []
    scored = [card for card in cards if card.submitted_at is not None]
    by_key = {one.key: one for one in result.criteria}
    return [
        ScoreRow(
            criterion,
            review.gate.weights[criterion.key],
            [card.points[criterion.key] for card in scored],
            by_key[criterion.key],
            [
                (card.gatekeeper.first_name, card.points[criterion.key], card.notes[criterion.key])
                for card in scored
                if card.notes.get(criterion.key)
            ],
        )
        for criterion in review.gate.should
    ]
