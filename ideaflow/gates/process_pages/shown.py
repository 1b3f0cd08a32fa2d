"""What processes show on pages of others: what outgrew its process, plans that wait for approval."""

from collections.abc import Iterator

from flask import url_for
from sqlalchemy import select

from ideaflow import wording, work
from ideaflow.clock import now
from ideaflow.db import db
from ideaflow.gates.migrating import dry
from ideaflow.gates.migrating.outgrown import outgrown
from ideaflow.gates.models import Journey
from ideaflow.gates.policy import CLOCKS
from ideaflow.gates.process.functions import FUNCTIONS
from ideaflow.gates.process.plans import MigrationMove, MigrationPlan
from ideaflow.proposals import parts
from ideaflow.proposals.models import Proposal
from ideaflow.proposals.parts import PagePart, Place
from ideaflow.users.models import User
from ideaflow.users.policy import Right
from ideaflow.work import Waiting


def register() -> None:
    """Add the parts; called once, when the views are imported."""
    parts.add_part(Place.GATES, _outgrown)
    parts.add_part(Place.GATES, _way)
    work.waits(_waiting)


def _outgrown(proposal: Proposal) -> PagePart | None:
    found = outgrown(proposal.id) if proposal.is_live else []
    return PagePart("processes/_outgrown.html", {"one": found[0]}) if found else None


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
        for plan in db.session.scalars(query.order_by(MigrationPlan.id).limit(5)):
            yield Waiting(
                f"Approve the move from {plan.name}",
                f"{plan.author.name if plan.author else 'Somebody'} wrote it; {dry.dry_run(plan).words}",
                url_for("processes.migration", plan_id=plan.id),
                "Look at it",
                due=f"since {wording.ago(plan.created_at, now())}",
                icon="signature",
                tone="accent",
            )
    if user.may(Right.ADMINISTER):
        for one in outgrown()[:5]:
            if one.plan_id is None:
                yield Waiting(
                    f"{one.journey.proposal.title} outgrew {one.journey.process_version.process.name}",
                    f"{one.words} The rules say {one.choice.version.process.name} now",
                    url_for("processes.migrations"),
                    "Plan its move",
                    icon="arrow-right",
                    tone="watch",
                )
