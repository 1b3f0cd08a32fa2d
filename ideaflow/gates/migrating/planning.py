"""Plans to move running proposals: written by one person, approved by another; or given up."""

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ideaflow import audit
from ideaflow.audit import Actor
from ideaflow.clock import now
from ideaflow.db import db, transaction
from ideaflow.errors import Conflict, Forbidden, Invalid, NotFound, must_exist
from ideaflow.gates.migrating import mapping
from ideaflow.gates.migrating.dry import maps_of
from ideaflow.gates.migrating.mapping import Maps
from ideaflow.gates.process import definition
from ideaflow.gates.process.plans import MigrationMove, MigrationPlan
from ideaflow.gates.process.versions import ProcessVersion

LONGEST_NOTE = 2000
OPEN = ("draft", "approved")


def plan_with(plan_id: int) -> MigrationPlan:
    """Return a plan.

    :raises NotFound: there is none.
    """
    return must_exist(db.session.get(MigrationPlan, plan_id), "There is no such plan.")


def begin(
    from_id: int, to_id: int, proposal_ids: Collection[int] = (), note: str = "", *, by: Actor
) -> MigrationPlan:
    """Begin a plan from one published version to another; an open one for the same is gone on with.

    :param proposal_ids: the proposals it is for; none: all that run on the version.
    :raises Invalid: both are the same version, or the second is retired.
    :raises NotFound: a version is not there, or not published.
    """
    with transaction() as session:
        # Locked against being retired meanwhile.
        lock = {"read": True, "of": ProcessVersion}
        versions = [session.get(ProcessVersion, one, with_for_update=lock) for one in (from_id, to_id)]
        if any(version is None or version.status == "draft" for version in versions):
            raise NotFound("There is no such published version.")
        goal = versions[1]
        if goal is not None and (goal.retired_at is not None or goal.process.retired_at is not None):
            raise Invalid(
                f"No plan was made. {goal.name} is retired; nothing moves onto it.",
                [{"field": "to", "reason": "Choose a version that is in use."}],
            )
        if from_id == to_id:
            raise Invalid(
                "No plan was made. Choose two different versions.",
                [{"field": "to", "reason": "Choose another version than the one they are on."}],
            )
        wanted = sorted(set(proposal_ids))
        for plan in session.scalars(
            select(MigrationPlan).where(
                MigrationPlan.from_version_id == from_id,
                MigrationPlan.to_version_id == to_id,
                MigrationPlan.state.in_(OPEN),
            )
        ):
            if plan.proposal_ids == wanted:
                return plan
        plan = MigrationPlan(
            from_version_id=from_id, to_version_id=to_id, proposal_ids=wanted, note=note.strip(),
            author_id=by.id, state="draft", version=1,
        )  # fmt: skip
        session.add(plan)
        session.flush()
        session.refresh(plan)
        audit.record(by, "gates.plan_migration", plan, after=content_of(plan))
    return plan


def set_maps(plan_id: int, seen: int, maps: Maps, note: str, *, by: Actor) -> MigrationPlan:
    """Say where things go. What was approved before must be approved again.

    :raises Conflict: the plan was changed, carried out or withdrawn meanwhile.
    :raises Invalid: a key does not exist, or two would become one.
    """
    with transaction() as session:
        plan = for_change(session, plan_id, seen)
        if len(note) > LONGEST_NOTE:
            raise Invalid(
                "The plan was not saved. The note is too long.", [{"field": "note", "reason": "Shorten it."}]
            )
        problems = mapping.problems_of(plan.from_version.content, plan.to_version.content, maps)
        if problems:
            words = " ".join(str(one["reason"]) for one in problems)
            raise Invalid(f"The plan was not saved. {words}", problems)
        before = content_of(plan)
        plan.stage_map, plan.gate_map = dict(maps.stage), dict(maps.gate)
        plan.criterion_map, plan.deliverable_map = dict(maps.criterion), dict(maps.deliverable)
        plan.note = note.strip()
        # Who writes last is the author: nobody approves words of their own.
        plan.state, plan.author_id, plan.approved_by_id, plan.approved_at = "draft", by.id, None, None
        plan.approved_hash = ""
        plan.version += 1
        audit.record(by, "gates.edit_migration", plan, before=before, after=content_of(plan))
        session.flush()
        session.refresh(plan)
    return plan


def approve(plan_id: int, seen: int, *, by: Actor) -> MigrationPlan:
    """Approve a plan somebody else wrote; its hash stands in the audit.

    :raises Forbidden: it is one's own.
    :raises Conflict: the plan was changed, approved or withdrawn meanwhile.
    """
    with transaction() as session:
        plan = for_change(session, plan_id, seen)
        if plan.state == "approved":
            raise Conflict(f"The plan is approved already, by {_name(plan)}.")
        if plan.author_id is None or plan.author_id == by.id:
            raise Forbidden("You wrote this plan, so somebody else approves it: a second person looks.")
        content = content_of(plan)
        plan.state, plan.approved_by_id, plan.approved_at = "approved", by.id, now()
        plan.approved_hash = hash_of(content)
        plan.version += 1
        audit.record(
            by, "gates.approve_migration", plan, before={"state": "draft"},
            after={"state": "approved", "sha256": plan.approved_hash, "author_id": plan.author_id},
        )  # fmt: skip
        session.flush()
        session.refresh(plan)
    return plan


def withdraw(plan_id: int, seen: int, *, by: Actor) -> MigrationPlan:
    """Give a plan up. Proposals it moved stay where they are.

    :raises Conflict: the plan was changed, carried out or withdrawn meanwhile.
    """
    with transaction() as session:
        plan = for_change(session, plan_id, seen)
        before = {"state": plan.state}
        moved = session.scalars(select(MigrationMove.id).where(MigrationMove.plan_id == plan.id)).all()
        plan.state = "withdrawn"
        plan.version += 1
        audit.record(
            by, "gates.withdraw_migration", plan, before=before,
            after={"state": plan.state, "moved": len(moved)},
        )  # fmt: skip
    return plan


def content_of(plan: MigrationPlan) -> dict[str, Any]:
    """Return what is approved: both versions by hash, the maps, the proposals."""
    return {
        "from": plan.from_version.content_hash,
        "to": plan.to_version.content_hash,
        "maps": maps_of(plan).plain(),
        "proposals": plan.proposal_ids,
    }


def hash_of(content: Mapping[str, Any]) -> str:
    """Return the hash of what is approved, or of where a proposal stands."""
    return definition.digest(definition.canonical(content))


def for_change(session: Session, plan_id: int, seen: int | None = None) -> MigrationPlan:
    """Return an open plan, locked until the transaction ends.

    :raises NotFound: there is none.
    :raises Conflict: it was changed meanwhile, or is over.
    """
    query = select(MigrationPlan).where(MigrationPlan.id == plan_id)
    plan = session.scalar(query.with_for_update(of=MigrationPlan).execution_options(populate_existing=True))
    if plan is None:
        raise NotFound("There is no such plan.")
    if plan.state not in OPEN:
        raise Conflict(f"The plan is {'carried out' if plan.state == 'done' else plan.state} already.")
    if seen is not None and plan.version != seen:
        raise Conflict(
            f"The plan was changed meanwhile (it is at {plan.version}, you saw {seen}). Nothing of yours was"
            " saved; reload the page to see what it says now."
        )
    return plan


def _name(plan: MigrationPlan) -> str:
    return plan.approved_by.name if plan.approved_by else "somebody"
