"""One gate review in full, as the user who looks may see it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from ideaflow import config
from ideaflow.clock import today
from ideaflow.db import db
from ideaflow.errors import must_exist
from ideaflow.gates.models import Condition, GateReview, Journey, Notice, Scorecard, Signature
from ideaflow.gates.policy import Decision
from ideaflow.gates.process.definition import Gate, Stage
from ideaflow.gates.review import case, packing, tally
from ideaflow.gates.review.aftermath import contacts_of
from ideaflow.gates.review.deciding import meanings_of, record_hash
from ideaflow.gates.review.holds import rule_words
from ideaflow.gates.review.rows import MustRow, Progress, ScoreRow, must_rows, progress_of, score_rows
from ideaflow.gates.review.verdicts import HOLD_REASONS, KILL_REASONS, Verdict, read
from ideaflow.gates.review.votes import RULE_WORDS
from ideaflow.gates.review.weighing import cards_of, options_of, refusal, tally_of
from ideaflow.proposals.models import Proposal
from ideaflow.proposals.numbers import numbers_of
from ideaflow.users import queries as users
from ideaflow.users.models import User

NOTICE_DAYS = 14


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
    user_id: int
    question: str
    stages: Sequence[Stage]
    recycle_count: int
    conditions: list[Condition]
    signatures: list[Signature]
    meanings: list[str]  # What each signature means that this decision takes or took.
    draft: Verdict | None
    notice: Notice | None
    record_is_whole: bool
    pack_is_whole: bool
    contact_count: int
    people: list[tuple[int, str]] = field(default_factory=list)

    @property
    def evidence(self) -> dict[str, list[dict[str, Any]]] | None:
        """Return what was frozen by the criterion it speaks to; None in a pack of before that was kept."""
        groups = self.review.pack.get("evidence")
        return None if groups is None else {one["key"]: one["lines"] for one in groups}

    @property
    def has_signed(self) -> bool:
        """Return whether this user has signed the decision that waits."""
        return self.mine is not None and self.mine.gatekeeper_id in {one.signer_id for one in self.signatures}

    @property
    def seat_open_to_me(self) -> Scorecard | None:
        """Return the seat this user may take as a deputy."""
        waiting = self.review.is_open and not self.review.is_revealed and self.mine is None
        seats = [one for one in self.cards if one.deputy_id == self.user_id and one.submitted_at is None]
        return seats[0] if waiting and seats else None

    @property
    def rule_words(self) -> str:
        """Return by which rule the votes of this gate let it go."""
        return RULE_WORDS[self.gate.vote_rule]

    @property
    def draft_words(self) -> str:
        """Return the decision that waits for its signatures."""
        return Decision(self.draft.decision).words if self.draft else ""

    @property
    def reason_words(self) -> str:
        """Return why it was killed or held, in the words of the list one chose from."""
        return (KILL_REASONS | HOLD_REASONS).get(self.review.reason_code, "")

    @property
    def wake_words(self) -> str:
        return rule_words(self.review.wake_rule)

    @property
    def lapses_on(self) -> date | None:
        """Return the day by which a decision that waits has all its signatures."""
        drafted = self.review.drafted_at
        return drafted.date() + timedelta(days=self.gate.signature_days) if drafted else None

    @property
    def notice_due(self) -> date:
        """Return the day proposed for telling customers."""
        return today() + timedelta(days=NOTICE_DAYS)

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
    currency = config.read().currency
    refused = refusal(cards, user.id, review.proposal.owner_id) if review.is_open else "It is decided."
    is_leader = review.opened_by_id == user.id and user.id != review.proposal.owner_id
    draft = read(review.verdict_draft) if review.verdict_draft else None
    return ReviewSheet(
        user_id=user.id,
        signatures=_signatures(review),
        meanings=meanings_of(review.gate, is_override=bool(draft and draft.is_override)),
        draft=draft if review.is_open else None,
        notice=_notice(review),
        record_is_whole=draft is None or record_hash(review) == review.record_hash,
        contact_count=len(contacts_of(review.proposal_id)) if result and review.is_open else 0,
        pack_is_whole=packing.is_whole(review),
        review=review,
        proposal=review.proposal,
        gate=review.gate,
        cards=cards,
        mine=next((card for card in cards if card.gatekeeper_id == user.id), None),
        progress=progress_of(review, cards),
        lines=case.case_lines(review.pack["numbers"], currency),
        changes=_changes(review, currency) if review.is_open else "",
        musts=must_rows(review, result, cards, currency),
        rows=score_rows(review, result, cards),
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
    return must_exist(db.session.scalar(query))


def _changes(review: GateReview, currency: str) -> str:
    live = numbers_of(review.proposal_id).snapshot()
    return case.changes_since(review.pack["numbers"], live, currency)


def _signatures(review: GateReview) -> list[Signature]:
    """Return the signatures under the decision that waits or was taken, in their order."""
    query = select(Signature).where(
        Signature.review_id == review.id, Signature.record_hash == review.record_hash
    )
    return list(db.session.scalars(query.order_by(Signature.id)))


def _notice(review: GateReview) -> Notice | None:
    query = select(Notice).where(Notice.review_id == review.id).options(joinedload(Notice.teller))
    return db.session.scalar(query)


def _conditions(review: GateReview) -> list[Condition]:
    query = select(Condition).where(Condition.review_id == review.id).options(joinedload(Condition.owner))
    return list(db.session.scalars(query.order_by(Condition.due_on, Condition.id)))
