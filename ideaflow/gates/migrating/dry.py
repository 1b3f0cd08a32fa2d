"""The dry run of a plan: who can move, who needs a map, who is in review. Reads only, in a few statements."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import contains_eager

from ideaflow.db import db
from ideaflow.gates.migrating import mapping
from ideaflow.gates.migrating.mapping import Maps, Outcome, Stand, Verdict
from ideaflow.gates.models import Deliverable, GateReview, Journey
from ideaflow.gates.policy import CLOCKS
from ideaflow.gates.process.definition import Definition
from ideaflow.gates.process.plans import MigrationMove, MigrationPlan
from ideaflow.proposals.models import Evidence, Proposal


@dataclass(frozen=True)
class Line:
    """One proposal in a dry run; ``move`` when it has moved already."""

    proposal: Proposal
    journey: Journey
    outcome: Outcome
    move: MigrationMove | None = None

    @property
    def verdict(self) -> Verdict:
        return self.outcome.verdict


@dataclass(frozen=True)
class DryRun:
    """All proposals a plan is for, and to how many of them a key still matters."""

    lines: list[Line]
    uses: Counter[tuple[str, str]] = field(default_factory=Counter)

    def with_verdict(self, verdict: Verdict | str) -> list[Line]:
        """Return the proposals of one verdict."""
        return [line for line in self.lines if line.verdict == verdict]

    @property
    def counts(self) -> dict[str, int]:
        """Return how many there are of each verdict, by its name."""
        return {verdict.value: len(self.with_verdict(verdict)) for verdict in Verdict}

    @property
    def rests(self) -> list[Line]:
        """Return what has not moved yet."""
        return [line for line in self.lines if line.verdict is not Verdict.MOVED]

    @property
    def words(self) -> str:
        """Say it in a sentence: “6 can move, 2 need a map, 1 is in review”."""
        parts = [
            (Verdict.CAN_MOVE, "can move", "can move"), (Verdict.NEEDS_MAP, "needs a map", "need a map"),
            (Verdict.IN_REVIEW, "is in review", "are in review"),
            (Verdict.AT_GATE, "waits at its gate", "wait at their gates"),
            (Verdict.MOVED, "has moved", "have moved"),
        ]  # fmt: skip
        said = [
            f"{count} {one if count == 1 else many}"
            for verdict, one, many in parts
            if (count := self.counts[verdict.value])
        ]
        return ", ".join(said) or "no proposal runs on it"


def maps_of(plan: MigrationPlan) -> Maps:
    """Return the maps of a plan."""
    return Maps(plan.stage_map, plan.gate_map, plan.criterion_map, plan.deliverable_map)


def dry_run(plan: MigrationPlan) -> DryRun:
    """Say what a plan would do now to each proposal it is for, and what it has done."""
    moves = {
        move.proposal_id: move
        for move in db.session.scalars(select(MigrationMove).where(MigrationMove.plan_id == plan.id))
    }
    query = (
        select(Journey)
        .join(Journey.proposal)
        .join(Proposal.owner)
        .options(contains_eager(Journey.proposal).contains_eager(Proposal.owner))
        .where(
            (Journey.proposal_id.in_(moves))
            | ((Journey.process_version_id == plan.from_version_id) & Journey.state.in_(CLOCKS))
        )
        .order_by(Journey.proposal_id)
    )
    if plan.proposal_ids:
        query = query.where(Journey.proposal_id.in_(plan.proposal_ids))
    journeys = db.session.scalars(query).all()
    stands = stands_of([one for one in journeys if one.proposal_id not in moves])
    lines = [_line(plan, one, stands, moves.get(one.proposal_id)) for one in journeys]
    return DryRun(lines, _uses(plan.from_version.content, stands.values()))


def stands_of(journeys: Sequence[Journey]) -> dict[int, Stand]:
    """Return where proposals stand and what they have, in three statements."""
    ids = [journey.proposal_id for journey in journeys]
    held: dict[int, dict[str, str]] = defaultdict(dict)
    for row in db.session.scalars(select(Deliverable).where(Deliverable.proposal_id.in_(ids))):
        held[row.proposal_id][row.key] = row.status
    criteria: dict[int, set[str]] = defaultdict(set)
    for proposal_id, key in db.session.execute(
        select(Evidence.serves_id, Evidence.criterion_key).where(
            Evidence.serves_id.in_(ids), Evidence.removed_at.is_(None), Evidence.criterion_key.is_not(None)
        )
    ):
        criteria[proposal_id].add(str(key))
    recycled: dict[int, set[str]] = defaultdict(set)
    for proposal_id, key in db.session.execute(
        select(GateReview.proposal_id, GateReview.gate_key).where(
            GateReview.proposal_id.in_(ids), GateReview.decision == "recycle"
        )
    ):
        recycled[proposal_id].add(key)
    return {
        one.proposal_id: Stand(
            one.where, one.stage_key, held[one.proposal_id], frozenset(criteria[one.proposal_id]),
            frozenset(recycled[one.proposal_id]),
        )
        for one in journeys
    }  # fmt: skip


def _uses(before: Definition, stands: Iterable[Stand]) -> Counter[tuple[str, str]]:
    found: Counter[tuple[str, str]] = Counter()
    for stand in stands:
        ahead = mapping.still_ahead(before, stand.stage)
        done = {key for key, status in stand.deliverables.items() if status != "open"}
        found["stage", stand.stage] += 1
        found.update(("deliverable", key) for key in done & ahead["deliverable"])
        found.update(("criterion", key) for key in stand.criteria & ahead["criterion"])
        found.update(("gate", key) for key in stand.recycled & ahead["gate"])
    return found


def _line(
    plan: MigrationPlan, journey: Journey, stands: dict[int, Stand], move: MigrationMove | None
) -> Line:
    if move is not None:
        outcome = Outcome(Verdict.MOVED, move.after["stage"], (), tuple(move.findings))
    else:
        outcome = mapping.outcome_of(
            plan.from_version.content, plan.to_version.content, maps_of(plan), stands[journey.proposal_id]
        )
    return Line(journey.proposal, journey, outcome, move)
