"""The board: what is in which stage, and what keeps it there."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import Integer, cast, func, or_, select
from sqlalchemy.orm import contains_eager

from ideaflow import wording
from ideaflow.clock import now, today
from ideaflow.db import db
from ideaflow.gates.models import Condition, Deliverable, GateReview, Journey, Scorecard, StageRun
from ideaflow.gates.policy import CLOCKS, DeliverableStatus, State
from ideaflow.gates.process import publishing
from ideaflow.gates.process.definition import Gate, Stage
from ideaflow.gates.process.versions import ProcessVersion
from ideaflow.gates.queries import days_between
from ideaflow.proposals.models import Proposal
from ideaflow.proposals.numbers import totals
from ideaflow.wording import plural

SHOWN_AFTER_LAUNCH_DAYS = 90


@dataclass(frozen=True)
class Note:
    """What there is to say about a proposal on the board, with its icon and tone."""

    words: str
    icon: str = ""
    tone: str = ""


@dataclass(frozen=True)
class Tile:
    """One proposal on the board; ``review_id`` leads to its open review."""

    proposal: Proposal
    account_count: int
    days: int | None
    is_late: bool
    note: Note | None
    is_held: bool = False
    review_id: int | None = None


@dataclass
class Lane:
    """One stage with what is worked on, and what stands at its gate."""

    stage: Stage
    gate: Gate
    working: list[Tile] = field(default_factory=list)
    waiting: list[Tile] = field(default_factory=list)

    @property
    def count(self) -> int:
        """Return how many count against the limit: all that are neither held nor launched."""
        return sum(not tile.is_held for tile in self.working + self.waiting)

    @property
    def is_over(self) -> bool:
        return self.count > self.stage.wip_limit


@dataclass(frozen=True)
class Board:
    """The lanes of the standard process, and how many proposals they hold."""

    lanes: list[Lane]
    version: ProcessVersion
    count: int
    held_count: int


@dataclass
class _Facts:
    """What was asked of the database for all proposals at once."""

    entered: dict[int, StageRun]
    done: dict[int, set[str]]
    reviews: dict[int, GateReview]
    cards: dict[int, tuple[int, int]]
    overdue: dict[int, Condition]
    reasons: dict[int, str]


def board(owner_id: int | None = None) -> Board:
    """Return the board, in a constant number of statements.

    :param owner_id: only what this user owns.
    """
    version = publishing.standard()
    rows = _rows(owner_id)
    facts = _facts_of([journey.proposal_id for _, journey, _ in rows if journey is not None])
    lanes = {
        stage.key: Lane(stage, version.content.gate_after(stage.key)) for stage in version.content.stages
    }
    first = next(iter(lanes.values()))
    for proposal, journey, accounts in rows:
        if journey is None:
            days = days_between(proposal.created_at)
            first.working.append(
                Tile(proposal, accounts, days, False, Note("draft, not started", "circle-dashed"))
            )
            continue
        lane = _lane_of(journey, lanes, first)
        tile = _tile(proposal, journey, accounts, facts)
        (lane.working if journey.where is State.WORKING else lane.waiting).append(tile)
    held = sum(tile.is_held for lane in lanes.values() for tile in lane.waiting)
    return Board(list(lanes.values()), version, len(rows), held)


def _lane_of(journey: Journey, lanes: Mapping[str, Lane], first: Lane) -> Lane:
    """Return where a proposal is shown; one in a stage the board lacks, at the last it shares before that."""
    keys = journey.content.stage_keys
    come_so_far = keys[: keys.index(journey.stage_key) + 1]
    return next((lanes[key] for key in reversed(come_so_far) if key in lanes), first)


def _rows(owner_id: int | None) -> list[tuple[Proposal, Journey | None, int]]:
    numbers = totals()
    accounts = cast(func.coalesce(numbers.c.account_count, 0), Integer)
    query = (
        select(Proposal, Journey, accounts)
        .join(Proposal.owner)
        .outerjoin(Journey, Journey.proposal_id == Proposal.id)
        .outerjoin(numbers, numbers.c.proposal_id == Proposal.id)
        .options(contains_eager(Proposal.owner))
        .where(Proposal.withdrawn_at.is_(None))
        .where(or_(Proposal.closed_at.is_(None), Journey.state == State.LAUNCHED))
        .order_by(Proposal.id)
    )
    if owner_id is not None:
        query = query.where(Proposal.owner_id == owner_id)
    found = [(row[0], row[1], row[2]) for row in db.session.execute(query)]
    return [row for row in found if row[1] is None or _is_shown(row[1])]


def _is_shown(journey: Journey) -> bool:
    return journey.where in CLOCKS or days_between(journey.state_since) <= SHOWN_AFTER_LAUNCH_DAYS


def _facts_of(ids: Sequence[int]) -> _Facts:
    session = db.session
    entered = session.scalars(
        select(StageRun).where(StageRun.proposal_id.in_(ids), StageRun.exited_at.is_(None))
    )
    done: dict[int, set[str]] = defaultdict(set)
    for row in session.scalars(select(Deliverable).where(Deliverable.proposal_id.in_(ids))):
        if DeliverableStatus(row.status).lets_pass:
            done[row.proposal_id].add(row.key)
    reviews = session.scalars(
        select(GateReview).where(GateReview.proposal_id.in_(ids), GateReview.state == "open")
    ).all()
    cards = session.execute(
        select(Scorecard.review_id, func.count(Scorecard.submitted_at), func.count())
        .where(Scorecard.review_id.in_([review.id for review in reviews]), Scorecard.recused_at.is_(None))
        .group_by(Scorecard.review_id)
    )
    overdue = session.scalars(
        select(Condition)
        .where(Condition.proposal_id.in_(ids), Condition.state == "open", Condition.due_on < today())
        .order_by(Condition.due_on.desc())
    )
    decided = session.execute(
        select(GateReview.proposal_id, GateReview.reason)
        .where(GateReview.proposal_id.in_(ids), GateReview.state == "decided")
        .order_by(GateReview.id)
    )
    return _Facts(
        entered={run.proposal_id: run for run in entered},
        done=done,
        reviews={review.proposal_id: review for review in reviews},
        cards={row[0]: (row[1], row[2]) for row in cards},
        overdue={one.proposal_id: one for one in overdue},
        reasons={row[0]: row[1] for row in decided},
    )


def _tile(proposal: Proposal, journey: Journey, accounts: int, facts: _Facts) -> Tile:
    run = facts.entered.get(proposal.id)
    days = days_between(run.entered_at) if run else None
    review = facts.reviews.get(proposal.id)
    return Tile(
        proposal, accounts, days,
        is_late=days is not None and days > journey.stage.days_p85,
        note=_note(journey, facts, today()),
        is_held=journey.where not in CLOCKS or journey.where is State.ON_HOLD,
        review_id=review.id if review else None,
    )  # fmt: skip


def _note(journey: Journey, facts: _Facts, day: date) -> Note | None:
    key, state = journey.proposal_id, journey.where
    if state is State.IN_REVIEW or state is State.TALLIED:
        in_hand, seats = facts.cards.get(facts.reviews[key].id, (0, 0))
        words = f"in review, {in_hand} of {plural(seats, 'scorecard')}"
        return Note("scores revealed, decision due" if state is State.TALLIED else words, "gavel", "accent")
    if state is State.ON_HOLD:
        until = f"held until {wording.day(journey.revisit_on, day)}"
        is_due = journey.revisit_on is not None and journey.revisit_on <= day
        reason = wording.shorten(facts.reasons.get(key, ""), 40)
        return Note(f"{until}: {reason}", "player-pause", "watch" if is_due else "")
    if state not in CLOCKS:
        return Note(f"launched {wording.ago(journey.state_since, now())}", "circle-check", "go")
    if key in facts.overdue:
        condition = facts.overdue[key]
        late = (day - condition.due_on).days
        return Note(f"condition overdue {late} d: {wording.shorten(condition.text, 40)}", "ban", "stop")
    if state is State.GATE_READY:
        return Note(f"ready for {journey.gate.name}", "gavel", "accent")
    return _work_note(journey, facts.done.get(key, set()))


def _work_note(journey: Journey, done: set[str]) -> Note:
    rules = [rule for rule in journey.stage.deliverables if rule.is_required]
    missing = [rule.name for rule in rules if rule.key not in done]
    if journey.changes:
        return Note(f"sent back: {wording.shorten(journey.changes[0], 40)}", "arrow-back-up", "watch")
    if not missing:
        return Note(f"all there for {journey.gate.name}", "circle-check", "go")
    if len(missing) == 1 and len(rules) > 1:
        return Note(f"{missing[0].lower()} missing", "alert-triangle", "watch")
    if len(missing) == 1:
        return Note(f"{missing[0].lower()} to come")
    return Note(f"{len(missing)} of {plural(len(rules), 'deliverable')} open")
