"""Carrying a plan out: each proposal in a transaction of its own, so that it can stop and go on anywhere."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from ideaflow import audit, queue
from ideaflow.audit import Actor
from ideaflow.clock import now
from ideaflow.db import db, transaction
from ideaflow.errors import Conflict, NotFound
from ideaflow.gates.migrating import dry, mapping, planning
from ideaflow.gates.migrating.mapping import Outcome, Verdict
from ideaflow.gates.models import Deliverable, Journey, StageRun
from ideaflow.gates.moving import journey_for_change, transfer
from ideaflow.gates.policy import CLOCKS
from ideaflow.gates.process.plans import MigrationMove, MigrationPlan
from ideaflow.proposals.models import Evidence

JOB = "gates.carry_out"
AT_ONCE = 50  # So many move while somebody waits; a worker moves the rest.


@dataclass(frozen=True)
class Carried:
    """What a run of a plan did: proposals moved, and those that stayed with the reason."""

    moved: list[int]
    stayed: dict[int, str]


def carry_out(plan_id: int, *, by: Actor, seen: int | None = None, most: int | None = None) -> Carried:
    """Move every proposal that can move now. Run again, it goes on with the rest; nobody moves twice.

    :param seen: the state of the plan on the page.
    :param most: stop after so many.
    :raises Conflict: nobody approved the plan, not what it says now, or not what one saw.
    """
    plan = _approved(db.session(), plan_id)
    if seen is not None and plan.version != seen:
        raise Conflict(
            f"The plan was changed meanwhile (it is at {plan.version}, you saw {seen}). Look again."
        )
    moved: list[int] = []
    stayed: dict[int, str] = {}
    # Their numbers only: a session that holds all the rest would look through it at each step.
    for proposal_id in db.session.scalars(dry.waiting(plan).order_by(Journey.proposal_id)).all():
        if most is not None and len(moved) >= most:
            break
        why = move_one(plan_id, proposal_id, by=by)
        if why:
            stayed[proposal_id] = why
        else:
            moved.append(proposal_id)
    _close(plan_id, by)
    return Carried(moved, stayed)


def carry_on(plan_id: int, *, by: Actor) -> None:
    """Let a worker move the rest of a plan; a second wish for the same plan changes nothing."""
    with transaction():
        queue.defer(JOB, alone=f"{JOB} {plan_id}", plan_id=plan_id, actor_id=by.id)


def move_one(plan_id: int, proposal_id: int, *, by: Actor) -> str:
    """Move one proposal, whole or not at all; return why it stayed, or nothing.

    The proposal is locked as for every other move, so a review that opens at the same moment either comes
    first and keeps it here, or finds it moved.

    :raises Conflict: nobody approved the plan, or not what it says now.
    """
    with transaction() as session:
        plan = _approved(session, plan_id, locked=True)
        try:
            journey = journey_for_change(session, proposal_id)
        except NotFound as error:
            return error.detail
        if journey.process_version_id != plan.from_version_id:
            return f"It is on {journey.process_version.name} now."
        if journey.where not in CLOCKS:
            return f"It is {journey.where.words.lower()}."
        outcome = mapping.outcome_of(
            plan.from_version.content, plan.to_version.content, dry.maps_of(plan),
            dry.stand_of(journey),
        )  # fmt: skip
        if outcome.verdict is not Verdict.CAN_MOVE:
            return " ".join(outcome.blocks)
        _move(session, plan, journey, outcome, by)
    return ""


def standing_of(session: Session, journey: Journey) -> dict[str, Any]:
    """Return where a proposal stands, as values JSON can hold: what is hashed before and after a move."""
    held = session.scalars(
        select(Deliverable).where(Deliverable.proposal_id == journey.proposal_id).order_by(Deliverable.key)
    )
    runs = session.scalars(
        select(StageRun).where(StageRun.proposal_id == journey.proposal_id).order_by(StageRun.id)
    )
    evidence = session.execute(
        select(Evidence.id, Evidence.criterion_key)
        .where(Evidence.serves_id == journey.proposal_id, Evidence.criterion_key.is_not(None))
        .order_by(Evidence.id)
    )
    return {
        "proposal": journey.proposal_id,
        "process": journey.process_version.name,
        "content_hash": journey.process_version.content_hash,
        "state": journey.state,
        "stage": journey.stage_key,
        "iteration": journey.iteration,
        "version": journey.version,
        "deliverables": {one.key: one.status for one in held},
        "stays": [[run.stage_key, run.iteration, run.exited_at is None] for run in runs],
        "evidence": [[row[0], row[1]] for row in evidence],
    }


def _move(
    session: Session, plan: MigrationPlan, journey: Journey, outcome: Outcome, by: Actor
) -> MigrationMove:
    before = standing_of(session, journey)
    _rename(session, plan, journey)
    transfer(session, journey, plan.to_version, outcome.stage)
    session.flush()
    after = standing_of(session, journey)
    move = MigrationMove(
        plan_id=plan.id, proposal_id=journey.proposal_id, before=before, before_hash=planning.hash_of(before),
        after=after, after_hash=planning.hash_of(after), findings=list(outcome.notes), moved_by_id=by.id,
        moved_at=now(),
    )  # fmt: skip
    session.add(move)
    audit.record(
        by,
        "gates.migrate",
        journey,
        before={"process": before["process"], "stage": before["stage"], "sha256": move.before_hash},
        after={
            "process": after["process"], "stage": after["stage"], "sha256": move.after_hash,
            "plan": plan.id, "plan_sha256": plan.approved_hash, "approved_by_id": plan.approved_by_id,
        },
        reason=plan.note,
    )  # fmt: skip
    return move


def _rename(session: Session, plan: MigrationPlan, journey: Journey) -> None:
    """Give deliverables and evidence the keys of the new version."""
    maps, after = dry.maps_of(plan), plan.to_version.content
    rows = {
        row.key: row
        for row in session.scalars(select(Deliverable).where(Deliverable.proposal_id == journey.proposal_id))
    }
    renamed = dict(mapping.moved_deliverables(after, maps, rows))
    # In two steps, so that two that swap their keys never meet.
    for key in renamed:
        rows[key].key = f"~{key}"[:60]
    session.flush()
    for key, goal in renamed.items():
        rows[key].key = goal
    known = mapping.names_of(after, "criterion")
    for key in mapping.names_of(plan.from_version.content, "criterion"):
        new = mapping.goal_of(key, known, maps.criterion)
        if new and new != key:
            session.execute(
                update(Evidence)
                .where(Evidence.serves_id == journey.proposal_id, Evidence.criterion_key == key)
                .values(criterion_key=new)
            )


def _approved(session: Session, plan_id: int, *, locked: bool = False) -> MigrationPlan:
    plan = planning.for_change(session, plan_id) if locked else planning.plan_with(plan_id)
    if plan.state == "done":
        raise Conflict("The plan is carried out already.")
    if plan.state != "approved":
        raise Conflict("Nobody has approved this plan yet. Somebody other than its author does.")
    if planning.hash_of(planning.content_of(plan)) != plan.approved_hash:
        raise Conflict(
            "The plan does not say any more what was approved. Save it and have it approved again."
        )
    return plan


def _close(plan_id: int, by: Actor) -> None:
    """End a plan when nothing is left to move."""
    with transaction() as session:
        plan = planning.for_change(session, plan_id)
        if plan.state == "approved" and session.scalars(dry.waiting(plan).limit(1)).first() is None:
            plan.state = "done"
            plan.version += 1
            audit.record(
                by, "gates.finish_migration", plan, before={"state": "approved"}, after={"state": "done"}
            )
