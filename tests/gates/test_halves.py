"""A gate asks for the half that is missing: customers for strategy's ideas, an arena for customers' ones."""

import pytest
from sqlalchemy import update

from ideaflow.clock import today
from ideaflow.errors import Conflict
from ideaflow.gates import queries, service
from ideaflow.proposals import service as proposals
from ideaflow.proposals.models import Evidence
from tests.gates.test_service import decide

STUDY = {
    "title": "Concept test", "method": "concept_test", "outcome": "for", "finding": "They want it",
    "participant_count": 9, "account_count": 6, "url": "",
}  # fmt: skip


def _reviewed(world):
    """Bring the proposal to the gate of its business case, all scores in."""
    world.go()
    review = world.to_gate()
    world.score(review)
    return review


def _remove_evidence(session):
    session.execute(update(Evidence).values(removed_at=Evidence.added_at))
    session.commit()


def _study(world):
    study = proposals.keep_study({**STUDY, "held_on": today()}, by=world.owner.actor)
    proposals.add_study(world.proposal.id, study.id, by=world.owner.actor)


@pytest.mark.parametrize("origin", ["theme", "trigger"])
def test_what_customers_began_does_not_pass_the_business_case_gate_without_an_arena(session, world, origin):
    world.proposal.origin, world.proposal.arena = origin, None
    session.commit()
    review = _reviewed(world)
    for decision in ("go", "conditional_go"):
        with pytest.raises(Conflict, match="closed"):
            decide(world, review, decision)
    with pytest.raises(Conflict, match="Go is closed"):
        world.decide(review, service.Verdict("go", "The chairman asked.", is_override=True))
    service.cancel(review.id, "The arena comes first.", by=world.keepers[0].actor)
    proposals.edit(
        world.proposal.id, {"arena": "Inventory truth"}, world.proposal.version, by=world.owner.actor
    )
    review = world.to_gate()
    world.score(review)
    decide(world, review)
    assert queries.journey_of(world.proposal.id).stage_key == "business_case"


def test_what_strategy_began_does_not_pass_it_without_customers(session, world):
    world.proposal.origin, world.proposal.strategy = "strategy", "redefine"
    session.commit()
    world.go()
    _remove_evidence(session)
    review = world.to_gate()
    world.score(review)
    with pytest.raises(Conflict, match="closed"):
        decide(world, review)
    service.cancel(review.id, "Hear customers first.", by=world.keepers[0].actor)
    _study(world)
    review = world.to_gate()
    world.score(review)
    decide(world, review)
    assert queries.journey_of(world.proposal.id).stage_key == "business_case"


def test_a_passed_test_stands_for_many_who_ask_only_where_it_redefines(session, world):
    world.go()
    _remove_evidence(session)
    _study(world)
    review = world.to_gate()
    world.score(review)
    with pytest.raises(Conflict, match="closed"):
        decide(world, review)
    facts = review.pack["facts"]
    assert (facts["both_halves"], facts["strategy_proven"]) == (True, False)


def test_a_criterion_of_the_next_gate_is_asked_before_its_review(session, world):
    asked = queries.criteria_of(world.proposal)
    first = [one.key for one in asked if one.is_next]
    assert {"worth_a_look", "evidence"} <= set(first)
    assert all(one.fills_itself for one in asked if one.key == "worth_a_look")
    assert {one.gate for one in asked if not one.is_next} >= {"Gate 2", "Gate 3"}
