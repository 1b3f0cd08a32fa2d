"""The dry run of a plan: who can move, who needs a map, who is in review. Reads only, in a few statements.

Proposals that stand alike fare alike: the database gathers them by where they stand and what they have.
A plan for three thousand costs about what one for three does.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, distinct, func, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import contains_eager

from ideaflow.db import db
from ideaflow.gates.migrating import mapping
from ideaflow.gates.migrating.mapping import Maps, Outcome, Stand, Verdict
from ideaflow.gates.models import Deliverable, GateReview, Journey
from ideaflow.gates.policy import CLOCKS, State
from ideaflow.gates.process.definition import Definition
from ideaflow.gates.process.plans import MigrationMove, MigrationPlan
from ideaflow.proposals.models import Evidence, Proposal

ALL = 10**9


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
    """How many proposals of each verdict, the first of each, and to how many a key still matters.

    :param stages: the stage each that has not moved would go on in; empty when nobody said.
    """

    counts: dict[str, int]
    lines: list[Line]
    uses: Counter[tuple[str, str]]
    stages: dict[int, str]

    def with_verdict(self, verdict: Verdict | str) -> list[Line]:
        """Return the proposals of one verdict that are named."""
        return [line for line in self.lines if line.verdict == verdict]

    def more_than(self, verdict: Verdict | str) -> int:
        """Return how many of one verdict are not named."""
        return self.counts[verdict] - len(self.with_verdict(verdict))

    @property
    def words(self) -> str:
        """Say it in a sentence: “6 can move, 2 need a map, 1 is in review”."""
        said = [
            f"{count:,} {verdict.words if count == 1 else verdict.plural}"
            for verdict in Verdict
            if (count := self.counts[verdict])
        ]
        return ", ".join(said) or "no proposal runs on it"


@dataclass(frozen=True)
class _Group:
    """Proposals that stand alike, by their numbers."""

    stand: Stand
    ids: Sequence[int]


def maps_of(plan: MigrationPlan) -> Maps:
    """Return the maps of a plan."""
    return Maps(plan.stage_map, plan.gate_map, plan.criterion_map, plan.deliverable_map)


def dry_run(plan: MigrationPlan, most: int = ALL, *, only: str = "", after: int = 0) -> DryRun:
    """Say what a plan would do now to the proposals it is for, and what it has done.

    :param most: name so many of each verdict, in the order of their numbers; all are counted.
    :param only: name those of this verdict only.
    :param after: name those with a higher number.
    """
    before, maps = plan.from_version.content, maps_of(plan)
    counts, uses = Counter[str](), Counter[tuple[str, str]]()
    named: dict[Verdict, list[tuple[int, Outcome]]] = {verdict: [] for verdict in Verdict}
    stages: dict[int, str] = {}
    for group in _groups(waiting(plan)):
        outcome = mapping.outcome_of(before, plan.to_version.content, maps, group.stand)
        counts[outcome.verdict] += len(group.ids)
        named[outcome.verdict] += [(number, outcome) for number in group.ids if number > after]
        stages |= dict.fromkeys(group.ids, outcome.stage)
        for use in _uses(before, group.stand):
            uses[use] += len(group.ids)
    moved = select(MigrationMove).where(MigrationMove.plan_id == plan.id)
    counts[Verdict.MOVED] = db.session.scalar(select(func.count()).select_from(moved.subquery())) or 0
    moves = db.session.scalars(
        moved.where(MigrationMove.proposal_id > after).order_by(MigrationMove.proposal_id).limit(most)
    ).all()
    named[Verdict.MOVED] = [(move.proposal_id, _outcome(move)) for move in moves]
    chosen = {
        key: outcome
        for verdict, found in named.items()
        if only in ("", verdict)
        for key, outcome in sorted(found, key=lambda one: one[0])[:most]
    }
    return DryRun(
        {verdict.value: counts[verdict] for verdict in Verdict},
        _lines(chosen, {move.proposal_id: move for move in moves}), uses, stages,
    )  # fmt: skip


def waiting(plan: MigrationPlan) -> Select[Any]:
    """Select the numbers of the proposals a plan has still to move."""
    query = select(Journey.proposal_id).where(
        Journey.process_version_id == plan.from_version_id, Journey.state.in_(CLOCKS)
    )
    return query.where(Journey.proposal_id.in_(plan.proposal_ids)) if plan.proposal_ids else query


def stand_of(journey: Journey) -> Stand:
    """Return where one proposal stands and what it has."""
    query = select(Journey.proposal_id).where(Journey.proposal_id == journey.proposal_id)
    return _groups(query)[0].stand


def _groups(chosen: Select[Any]) -> list[_Group]:
    """Gather proposals by where they stand and what they have, in one statement."""
    ids = chosen.subquery()
    one = ids.c.proposal_id
    held = _gathered(
        func.jsonb_object_agg(Deliverable.key, Deliverable.status), Deliverable.proposal_id == one
    )
    criteria = _gathered(
        _keys(Evidence.criterion_key), Evidence.serves_id == one, Evidence.removed_at.is_(None),
        Evidence.criterion_key.is_not(None),
    )  # fmt: skip
    recycled = _gathered(
        _keys(GateReview.gate_key), GateReview.proposal_id == one, GateReview.decision == "recycle"
    )
    each = (
        select(
            one, Journey.state, Journey.stage_key,
            held.label("held"), criteria.label("criteria"), recycled.label("recycled"),
        )
        .join(Journey, Journey.proposal_id == one)
        .subquery()
    )  # fmt: skip
    parts = (each.c.state, each.c.stage_key, each.c.held, each.c.criteria, each.c.recycled)
    numbers = func.array_agg(aggregate_order_by(each.c.proposal_id, each.c.proposal_id))
    rows = db.session.execute(select(*parts, numbers).group_by(*parts))
    return [
        _Group(
            Stand(State(row[0]), row[1], row[2] or {}, frozenset(row[3] or ()), frozenset(row[4] or ())),
            row[5],
        )
        for row in rows
    ]


def _gathered(what: Any, *where: ColumnElement[bool]) -> Any:
    return select(what).where(*where).scalar_subquery()


def _keys(column: Any) -> Any:
    """Collect keys, each once, in an order of their own, so that equal ones are equal."""
    return func.array_agg(aggregate_order_by(distinct(column), column))


def _uses(before: Definition, stand: Stand) -> Iterable[tuple[str, str]]:
    """Return kind and key of what still matters to proposals that stand so."""
    ahead = mapping.still_ahead(before, stand.stage)
    done = {key for key, status in stand.deliverables.items() if status != "open"}
    yield "stage", stand.stage
    yield from (("deliverable", key) for key in done & ahead["deliverable"])
    yield from (("criterion", key) for key in stand.criteria & ahead["criterion"])
    yield from (("gate", key) for key in stand.recycled & ahead["gate"])


def _outcome(move: MigrationMove) -> Outcome:
    return Outcome(Verdict.MOVED, move.after["stage"], (), tuple(move.findings))


def _lines(chosen: Mapping[int, Outcome], moves: Mapping[int, MigrationMove]) -> list[Line]:
    query = (
        select(Journey)
        .join(Journey.proposal)
        .join(Proposal.owner)
        .options(contains_eager(Journey.proposal).contains_eager(Proposal.owner))
        .where(Journey.proposal_id.in_(chosen))
        .order_by(Journey.proposal_id)
    )
    return [
        Line(one.proposal, one, chosen[one.proposal_id], moves.get(one.proposal_id))
        for one in db.session.scalars(query)
    ]
