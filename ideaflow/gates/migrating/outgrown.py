"""Proposals that outgrew their process: the rules that sent them a short way now send them a longer one."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import contains_eager

from ideaflow.db import db
from ideaflow.gates.models import Journey
from ideaflow.gates.policy import CLOCKS
from ideaflow.gates.process import publishing, routes, routing
from ideaflow.gates.process.plans import MigrationPlan
from ideaflow.gates.process.routes import Choice
from ideaflow.gates.process.versions import ProcessVersion
from ideaflow.proposals.models import Proposal


@dataclass(frozen=True)
class Outgrown:
    """A running proposal, the process the rules choose for it now, and the open plan to move it."""

    journey: Journey
    choice: Choice
    plan_id: int | None

    @property
    def words(self) -> str:
        """Say why: “Its risk is high: it asks for 620,000”."""
        risk = routing.risk_of(self.choice.facts)
        because = f": {', '.join(risk.reasons)}" if risk.reasons else ""
        return f"Its risk is {risk.level}{because}."


def outgrown(proposal_id: int | None = None) -> list[Outgrown]:
    """Return what a rule sent a short way and would now be sent a longer one; in a few statements.

    :param proposal_id: look at this proposal only.
    """
    standard = publishing.published()
    if standard is None:
        return []
    query = (
        select(Journey)
        .join(Journey.proposal)
        .join(Journey.process_version)
        .join(Proposal.owner)
        .options(contains_eager(Journey.proposal).contains_eager(Proposal.owner))
        .where(Journey.state.in_(CLOCKS), Journey.routed["rule"].astext != "")
        # Who goes the standard way already is sent no longer one.
        .where(ProcessVersion.process_id != standard.process_id)
        .order_by(Journey.proposal_id)
    )
    if proposal_id is not None:
        query = query.where(Journey.proposal_id == proposal_id)
    journeys = db.session.scalars(query).all()
    if not journeys:
        return []
    facts = routes.facts_of([journey.proposal_id for journey in journeys])
    choose = routes.chooser()
    found = []
    for journey in journeys:
        choice = choose(facts[journey.proposal_id])
        is_longer = len(choice.version.content.gates) > len(journey.content.gates)
        if choice.version.process_id != journey.process_version.process_id and is_longer:
            found.append(Outgrown(journey, choice, None))
    plans = _plans([one.journey.proposal_id for one in found])
    return [Outgrown(one.journey, one.choice, plans.get(one.journey.proposal_id)) for one in found]


def _plans(proposal_ids: list[int]) -> dict[int, int]:
    if not proposal_ids:
        return {}
    query = select(MigrationPlan.id, MigrationPlan.proposal_ids).where(
        MigrationPlan.state.in_(("draft", "approved"))
    )
    return {
        one: plan_id
        for plan_id, covered in db.session.execute(query)
        for one in covered
        if one in proposal_ids
    }
