"""What processes show on pages of others: what outgrew its process, plans that wait for approval."""

from collections.abc import Iterator

from flask import url_for
from sqlalchemy import select

from ideaflow import wording, work
from ideaflow.clock import now
from ideaflow.db import db
from ideaflow.gates import queries
from ideaflow.gates.migrating import outgrown
from ideaflow.gates.models import Journey
from ideaflow.gates.policy import CLOCKS
from ideaflow.gates.process.functions import FUNCTIONS
from ideaflow.gates.process.plans import MigrationMove, MigrationPlan
from ideaflow.proposals import parts
from ideaflow.proposals import service as proposals
from ideaflow.proposals.models import Proposal
from ideaflow.proposals.parts import PagePart, Place
from ideaflow.users.models import User
from ideaflow.users.policy import Right
from ideaflow.wording import plural
from ideaflow.work import Waiting

MOST = 5


def register() -> None:
    """Add the parts; called once, when the views are imported."""
    parts.add_part(Place.GATES, _outgrown)
    parts.add_part(Place.GATES, _way)
    work.waits(_waiting)
    proposals.on_change(outgrown.follow_change)


def _outgrown(proposal: Proposal) -> PagePart | None:
    found = outgrown.outgrown_one(proposal.id) if proposal.is_live else None
    return PagePart("processes/_outgrown.html", {"one": found}) if found else None


def _way(proposal: Proposal) -> PagePart | None:
    journey = db.session.get(Journey, proposal.id)
    if journey is None or not proposal.is_live or journey.where not in CLOCKS:
        return None
    query = select(MigrationMove).where(MigrationMove.proposal_id == proposal.id)
    move = db.session.scalars(query.order_by(MigrationMove.id.desc()).limit(1)).first()
    return PagePart("processes/_way.html", {"journey": journey, "functions": FUNCTIONS, "move": move})


def _waiting(user: User) -> Iterator[Waiting]:
    if user.may(Right.DECIDE):
        query = select(MigrationPlan).where(
            MigrationPlan.state == "draft", MigrationPlan.author_id != user.id
        )
        plans = db.session.scalars(query.order_by(MigrationPlan.id).limit(MOST)).all()
        running = queries.running_on([plan.from_version_id for plan in plans])
        for plan in plans:
            who = plan.author.name if plan.author else "Somebody"
            count = len(plan.proposal_ids) or running.get(plan.from_version_id, 0)
            yield Waiting(
                f"Approve the move from {plan.name}",
                f"{who} wrote it, for {plural(count, 'proposal')}",
                url_for("processes.migration", plan_id=plan.id),
                "Look at it",
                due=f"since {wording.ago(plan.created_at, now())}",
                icon="signature",
                tone="accent",
            )
    if user.may(Right.ADMINISTER):
        yield from _outgrown_waiting()


def _outgrown_waiting() -> Iterator[Waiting]:
    count = outgrown.count(unplanned=True)
    if count > MOST:
        yield Waiting(
            f"{count:,} proposals outgrew their process",
            "The rules would send them a longer way now",
            url_for("processes.migrations"),
            "Plan their move",
            icon="arrow-right",
            tone="watch",
            count=count,
        )
        return
    for one in outgrown.outgrown(MOST, unplanned=True) if count else ():
        yield Waiting(
            f"{one.journey.proposal.title} outgrew {one.journey.process_version.process.name}",
            f"{one.words} The rules say {one.choice.version.process.name} now",
            url_for("processes.migrations"),
            "Plan its move",
            icon="arrow-right",
            tone="watch",
        )
