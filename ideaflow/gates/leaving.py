"""What the gates put into a person's hands besides seats: conditions, notices, meetings, drafted plans."""

from sqlalchemy import select

from ideaflow.audit import Actor
from ideaflow.clock import now
from ideaflow.db import db
from ideaflow.gates.meeting.models import GateMeeting
from ideaflow.gates.process.plans import MigrationPlan
from ideaflow.gates.review import leaving as seats
from ideaflow.gates.review.models import UNSETTLED, Condition, Notice
from ideaflow.proposals import hooks
from ideaflow.proposals.models import Proposal
from ideaflow.users import leaving
from ideaflow.users.leaving import Held, Kind, pass_on
from ideaflow.users.models import User
from ideaflow.users.policy import Right

HISTORY = {
    "process_versions.published_by_id": "Who published it.",
    "process_drafts.changed_by_id": "Who wrote last; a draft is everybody's who keeps processes.",
    "migration_plans.approved_by_id": "The second person, whose word is given.",
    "migration_moves.moved_by_id": "Who moved it.",
    "gate_reviews.opened_by_id": "Who opened it; whoever is seated may lead it.",
    "gate_reviews.decided_by_id": "Who decided.",
    "gate_reviews.drafted_by_id": "Who drafted the decision; others sign it or take it back.",
    "scorecards.for_id": "Whose seat it was.",
    "conditions.settled_by_id": "Who settled it.",
    "conditions.claimed_by_id": "Who laid down the proof.",
    "gate_signatures.signer_id": "A signature stays the signer's.",
    "gate_notices.done_by_id": "Who told them.",
    "deliverables.changed_by_id": "Who said it last; a deliverable is the proposal owner's.",
}


def register() -> None:
    """Let them be handed over; called once, when the program starts."""
    for kind in seats.kinds():
        leaving.register(kind)
    leaving.register(
        Kind("conditions", "Conditions of a go", ("conditions.owner_id",), Right.READ, _conditions,
             _take_condition)
    )  # fmt: skip
    leaving.register(
        Kind("notices", "Customers to tell of a stop", ("gate_notices.teller_id",), Right.READ, _notices,
             _take_notice)
    )  # fmt: skip
    leaving.register(
        Kind("meetings", "Gate meetings called", ("gate_meetings.called_by_id",), Right.DECIDE, _meetings,
             _take_meeting)
    )  # fmt: skip
    leaving.register(
        Kind("plans", "Migration plans not yet approved", ("migration_plans.author_id",), Right.ADMINISTER,
             _plans, _take_plan)
    )  # fmt: skip
    leaving.remembers(HISTORY)
    hooks.on_hand_over(seats.step_back)


def _conditions(user: User) -> list[Held]:
    query = (
        select(Condition, Proposal)
        .join(Proposal, Proposal.id == Condition.proposal_id)
        .where(Condition.owner_id == user.id, Condition.state.in_(UNSETTLED))
        .order_by(Condition.due_on, Condition.id)
    )
    return [
        Held(one.id, f"{one.name} ({proposal.label})", f"/proposals/{proposal.id}",
             f"due {one.due_on:%-d %b %Y}", proposal.arena or "")
        for one, proposal in db.session.execute(query)
    ]  # fmt: skip


def _notices(user: User) -> list[Held]:
    query = (
        select(Notice, Proposal)
        .join(Proposal, Proposal.id == Notice.proposal_id)
        .where(Notice.teller_id == user.id, Notice.done_at.is_(None))
        .order_by(Notice.due_on, Notice.id)
    )
    return [
        Held(one.id, f"{one.name}: {proposal.title}", f"/tell/{one.review_id}",
             f"by {one.due_on:%-d %b %Y}", proposal.arena or "")
        for one, proposal in db.session.execute(query)
    ]  # fmt: skip


def _meetings(user: User) -> list[Held]:
    query = select(GateMeeting).where(
        GateMeeting.called_by_id == user.id, GateMeeting.state == "planned", GateMeeting.starts_at > now()
    )
    return [
        Held(one.id, one.title, f"/gates/meetings/{one.id}", f"{one.begins_there:%-d %b %H:%M}")
        for one in db.session.scalars(query.order_by(GateMeeting.starts_at, GateMeeting.id))
    ]


def _plans(user: User) -> list[Held]:
    query = select(MigrationPlan).where(MigrationPlan.author_id == user.id, MigrationPlan.state == "draft")
    return [
        Held(one.id, one.name, f"/processes/migrations/{one.id}", "waits for a second person")
        for one in db.session.scalars(query.order_by(MigrationPlan.id))
    ]


def _take_condition(condition_id: int, leaver: User, to: User, by: Actor) -> str:
    return pass_on(Condition, condition_id, "owner_id", leaver, to, by, "gates.hand_over_condition")


def _take_notice(notice_id: int, leaver: User, to: User, by: Actor) -> str:
    return pass_on(Notice, notice_id, "teller_id", leaver, to, by, "gates.hand_over_notice")


def _take_meeting(meeting_id: int, leaver: User, to: User, by: Actor) -> str:
    return pass_on(GateMeeting, meeting_id, "called_by_id", leaver, to, by, "gates.hand_over_meeting")


def _take_plan(plan_id: int, leaver: User, to: User, by: Actor) -> str:
    pass_on(MigrationPlan, plan_id, "author_id", leaver, to, by, "gates.hand_over_plan")
    return f"{to.name} answers for a migration plan now, so somebody else approves it."
