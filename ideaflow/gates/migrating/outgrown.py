"""Proposals that outgrew their process: the rules that sent them a short way now send them a longer one."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select, true, update
from sqlalchemy.orm import joinedload

from ideaflow.audit import Actor
from ideaflow.db import db, transaction
from ideaflow.gates.models import Journey
from ideaflow.gates.policy import CLOCKS
from ideaflow.gates.process import publishing, routes, routing
from ideaflow.gates.process.plans import MigrationPlan
from ideaflow.gates.process.routes import Choice
from ideaflow.gates.process.versions import ProcessVersion
from ideaflow.proposals.models import Proposal

AT_ONCE = 500


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


def outgrown(most: int = 50, *, unplanned: bool = False) -> list[Outgrown]:
    """Return the first of what a rule sent a short way and would now be sent a longer one.

    Who to look at is noted with each proposal (see ``recount``); what is shown is looked up anew.

    :param unplanned: only those no open plan moves.
    """
    query = _noted(unplanned=unplanned).options(joinedload(Journey.proposal).joinedload(Proposal.owner))
    found = _looked_at(db.session.scalars(query.limit(most)).all())
    plans = _plans([one.journey.proposal_id for one in found])
    return [Outgrown(one.journey, one.choice, plans.get(one.journey.proposal_id)) for one in found]


def outgrown_one(proposal_id: int) -> Outgrown | None:
    """Return whether one proposal outgrew its process, as it stands now."""
    query = _routed().where(Journey.proposal_id == proposal_id)
    found = _looked_at(db.session.scalars(query).all())
    return (
        Outgrown(found[0].journey, found[0].choice, _plans([proposal_id]).get(proposal_id)) if found else None
    )


def count(*, unplanned: bool = False) -> int:
    """Return how many proposals are noted as outgrown."""
    noted = _noted(unplanned=unplanned).with_only_columns(func.count()).order_by(None)
    return db.session.scalar(noted) or 0


def recount(proposal_id: int | None = None) -> int:
    """Note with each proposal, or with one, whether it outgrew its process; return how many did.

    Rules, estimates and those who ask change all day; pages read the note. It is written when a rule or a
    proposal changes, and each hour.
    """
    chosen = Journey.proposal_id == proposal_id if proposal_id is not None else true()
    with transaction() as session:
        ids = session.scalars(_routed().where(chosen).with_only_columns(Journey.proposal_id)).all()
        over = {
            one.journey.proposal_id
            for begin in range(0, len(ids), AT_ONCE)
            for one in _looked_at(
                session.scalars(_routed().where(Journey.proposal_id.in_(ids[begin : begin + AT_ONCE]))).all()
            )
        }
        is_over = Journey.proposal_id.in_(over)
        session.execute(
            update(Journey).where(chosen, Journey.is_outgrown != is_over).values(is_outgrown=is_over)
        )
    return len(over)


def follow_change(proposal_id: int, _by: Actor) -> None:
    """Note anew whether a proposal that was just changed outgrew its process."""
    recount(proposal_id)


def _routed() -> Select[Journey]:
    """Select running proposals that a rule sent another way than the standard one."""
    standard = publishing.published()
    return (
        select(Journey)
        .join(Journey.process_version)
        .where(Journey.state.in_(CLOCKS), Journey.routed["rule"].astext != "")
        # Who goes the standard way already is sent no longer one.
        .where(ProcessVersion.process_id != (standard.process_id if standard else None))
        .order_by(Journey.proposal_id)
    )


def _noted(*, unplanned: bool) -> Select[Journey]:
    query = _routed().where(Journey.is_outgrown)
    return query.where(~exists().where(_plan_moves())) if unplanned else query


def _plan_moves() -> ColumnElement[bool]:
    """Return whether an open plan moves a proposal: it names it, or all that run on its version."""
    return and_(
        MigrationPlan.state.in_(("draft", "approved")),
        MigrationPlan.from_version_id == Journey.process_version_id,
        or_(
            MigrationPlan.proposal_ids == [],
            MigrationPlan.proposal_ids.contains(func.to_jsonb(Journey.proposal_id)),
        ),
    )


def _looked_at(journeys: Sequence[Journey]) -> list[Outgrown]:
    """Return those of some proposals that the rules send a longer way now; in a few statements."""
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
    return found


def _plans(proposal_ids: Collection[int]) -> dict[int, int]:
    query = select(Journey.proposal_id, func.max(MigrationPlan.id)).join(MigrationPlan, _plan_moves())
    query = query.where(Journey.proposal_id.in_(proposal_ids)).group_by(Journey.proposal_id)
    return {row[0]: row[1] for row in db.session.execute(query)}
