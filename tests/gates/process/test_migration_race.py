"""A plan carried out by several at once, while reviews open: on real connections, nobody moves twice."""

import pytest
from sqlalchemy import select

from ideaflow.db import db
from ideaflow.gates import queries, service
from ideaflow.gates.migrating import carrying, planning
from ideaflow.gates.models import MigrationMove
from ideaflow.gates.process import drafting, editing
from ideaflow.proposals.models import Proposal
from tests.factories import Factory
from tests.gates.conftest import add_evidence, build_world
from tests.gates.test_race import application, at_once

__all__ = ["application"]


@pytest.mark.parametrize("count", [4])
def test_a_review_that_opens_while_a_plan_runs_keeps_its_proposal_or_finds_it_moved(application, count):
    with application.app_context():
        make = Factory(db.session)
        world = build_world(make, keepers=2)
        ada, ben = (make.user(name=name, roles=["administrator"]).actor for name in ("Ada", "Ben"))
        ids = []
        for number in range(count):
            one = make._add(Proposal(title=f"P {number}", owner_id=world.owner.id, problem="Stops."))
            add_evidence(make, one)
            service.start(one.id, by=world.owner.actor)
            world.proposal = one
            world.finish_stage()
            service.declare_ready(one.id, by=world.owner.actor)
            ids.append(one.id)
        before = queries.journey_of(ids[0]).process_version
        draft = drafting.open_draft("full", by=ada)
        edit = lambda document: editing.set_process(document, {"purpose": "Next."})  # noqa: E731
        after = drafting.publish(draft.id, drafting.save(draft.id, 1, edit, by=ada).version, "Next.", by=ada)
        plan = planning.begin(before.id, after.id, ids, by=ada)
        plan_id = planning.approve(plan.id, plan.version, by=ben).id
        after_id, keeper = after.id, world.keepers[0].actor
        db.session.remove()
    calls = [lambda by=by: carrying.carry_out(plan_id, by=by) for by in (ada, ben, ada, ben)]
    calls += [lambda one=one: service.open_review(one, by=keeper) for one in ids]
    at_once(application, calls)
    with application.app_context():
        moved = db.session.scalars(select(MigrationMove.proposal_id)).all()
        assert len(moved) == len(set(moved))
        for one in ids:
            review, journey = queries.open_review_of(one), queries.journey_of(one)
            assert review is not None and review.process_version_id == journey.process_version_id
            assert (journey.process_version_id == after_id) == (one in moved)
        db.session.remove()
