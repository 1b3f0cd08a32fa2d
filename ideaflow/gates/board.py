"""The board: what is in which stage, and what keeps it there."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from sqlalchemy import Integer, Subquery, case, cast, func, or_, select
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
MOST_TILES = 60
"""Of one kind in a lane; the rest is counted and found in the list of proposals."""
KINDS = ("working", "waiting", "held")


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
    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(KINDS, 0))

    @property
    def count(self) -> int:
        """Return how many count against the limit: all that are neither held nor launched."""
        return self.counts["working"] + self.counts["waiting"]

    @property
    def more_working(self) -> int:
        """Return how many in work there is no tile for."""
        return self.counts["working"] - len(self.working)

    @property
    def more_waiting(self) -> int:
        """Return how many at the gate, held or launched there is no tile for."""
        return self.counts["waiting"] + self.counts["held"] - len(self.waiting)

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


@dataclass(frozen=True)
class _Row:
    """A proposal to show; ``place`` among its kind in its stage, ``whole``: how many there are of it."""

    proposal: Proposal
    journey: Journey | None
    accounts: int
    kind: str
    place: int
    whole: int


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
    facts = _facts_of([row.journey.proposal_id for row in rows if row.journey is not None])
    lanes = {
        stage.key: Lane(stage, version.content.gate_after(stage.key)) for stage in version.content.stages
    }
    first = next(iter(lanes.values()))
    for row in rows:
        lane = first if row.journey is None else _lane_of(row.journey, lanes, first)
        if row.place == 1:
            lane.counts[row.kind] += row.whole
        (lane.working if row.kind == "working" else lane.waiting).append(_tile_of(row, facts))
    held = sum(lane.counts["held"] for lane in lanes.values())
    count = sum(sum(lane.counts.values()) for lane in lanes.values())
    return Board(list(lanes.values()), version, count, held)


def _tile_of(row: _Row, facts: _Facts) -> Tile:
    if row.journey is not None:
        return _tile(row.proposal, row.journey, row.accounts, facts)
    days = days_between(row.proposal.created_at)
    return Tile(row.proposal, row.accounts, days, False, Note("draft, not started", "circle-dashed"))


def _lane_of(journey: Journey, lanes: Mapping[str, Lane], first: Lane) -> Lane:
    """Return where a proposal is shown; one in a stage the board lacks, at the last it shares before that."""
    keys = journey.content.stage_keys
    come_so_far = keys[: keys.index(journey.stage_key) + 1]
    return next((lanes[key] for key in reversed(come_so_far) if key in lanes), first)


def _rows(owner_id: int | None) -> list[_Row]:
    """Return the first of each kind in each stage, each with how many there are of its kind."""
    numbers, ranked = totals(), _ranked(owner_id)
    accounts = cast(func.coalesce(numbers.c.account_count, 0), Integer)
    query = (
        select(Proposal, Journey, accounts, ranked.c.kind, ranked.c.place, ranked.c.whole)
        .join(ranked, ranked.c.id == Proposal.id)
        .join(Proposal.owner)
        .outerjoin(Journey, Journey.proposal_id == Proposal.id)
        .outerjoin(numbers, numbers.c.proposal_id == Proposal.id)
        .options(contains_eager(Proposal.owner))
        .where(ranked.c.place <= MOST_TILES)
        .order_by(Proposal.id)
    )
    return [_Row(*row) for row in db.session.execute(query)]


def _ranked(owner_id: int | None) -> Subquery:
    held = or_(Journey.state == State.ON_HOLD, Journey.state.not_in(CLOCKS))
    is_working = or_(Journey.proposal_id.is_(None), Journey.state == State.WORKING)
    kind = case((is_working, "working"), (held, "held"), else_="waiting").label("kind")
    parts = (Journey.process_version_id, Journey.stage_key, kind)
    recent = now() - timedelta(days=SHOWN_AFTER_LAUNCH_DAYS)
    shown = or_(Journey.proposal_id.is_(None), Journey.state.in_(CLOCKS), Journey.state_since >= recent)
    query = (
        select(
            Proposal.id,
            kind,
            func.row_number().over(partition_by=parts, order_by=Proposal.id).label("place"),
            func.count().over(partition_by=parts).label("whole"),
        )
        .outerjoin(Journey, Journey.proposal_id == Proposal.id)
        .where(Proposal.withdrawn_at.is_(None), shown)
        .where(or_(Proposal.closed_at.is_(None), Journey.state == State.LAUNCHED))
    )
    return (query if owner_id is None else query.where(Proposal.owner_id == owner_id)).subquery()


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
