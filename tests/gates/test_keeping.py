"""What the clock does: remind, carry out what conditions threatened, wake what was held."""

from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import select

from ideaflow.clock import now, stopped, today
from ideaflow.errors import Conflict
from ideaflow.gates import queries, service
from ideaflow.gates.models import Condition, Journey
from ideaflow.gates.review.keeping import keep_time
from ideaflow.outbox import OutgoingMail
from tests.gates.conftest import add_evidence


@contextmanager
def in_days(days):
    with stopped(now() + timedelta(days=days)):
        yield


def with_condition(session, world, consequence):
    review = world.to_gate()
    world.score(review)
    due = today() + timedelta(days=10)
    wanted = service.Wanted("Costed twice", world.colleague.id, due, consequence)
    world.decide(review, service.Verdict("conditional_go", "First tranche.", conditions=[wanted]))
    return session.scalars(select(Condition)).one()


def mails(session):
    return list(session.scalars(select(OutgoingMail.subject).order_by(OutgoingMail.id)))


def journey(world):
    return queries.journey_of(world.proposal.id)


@pytest.mark.parametrize(
    ("consequence", "state"), [("hold", "on_hold"), ("recycle", "working"), ("kill_review", "gate_ready")]
)
def test_a_condition_that_runs_over_is_told_and_then_carried_out(session, world, consequence, state):
    condition = with_condition(session, world, consequence)
    assert keep_time() == 0
    with in_days(8):
        assert keep_time() == 1 and keep_time() == 0
    assert mails(session)[-1].startswith("A condition of P-") and condition.state == "open"
    with in_days(11):
        assert keep_time() == 1 and keep_time() == 0
        assert journey(world).state == "working" and condition.told_at is not None
    with in_days(14):
        assert keep_time() == 1 and keep_time() == 0
    assert condition.state == "lapsed" and journey(world).state == state
    assert journey(world).stage_key == "scoping"
    if consequence == "recycle":
        assert (journey(world).iteration, journey(world).changes) == (2, ["Costed twice"])


def test_a_proof_in_time_stops_the_clock(session, world):
    condition = with_condition(session, world, "hold")
    service.claim_condition(condition.id, "Two offers.", by=world.colleague.actor)
    with in_days(40):
        assert keep_time() == 0 and journey(world).state == "working"
    service.verify_condition(condition.id, True, "", by=world.keepers[0].actor)
    assert condition.state == "met"


def test_a_kill_review_is_not_taken_back_and_never_goes(session, world):
    with_condition(session, world, "kill_review")
    for days in (11, 14):
        with in_days(days):
            keep_time()
    with in_days(15):
        with pytest.raises(Conflict, match="whether P-"):
            service.recall(world.proposal.id, "No.", by=world.owner.actor)
        review = service.open_review(world.proposal.id, by=world.keepers[0].actor)
        world.score(review, points=10)
        with pytest.raises(Conflict, match="condition of the last gate not met"):
            world.decide(review, service.Verdict("go", "Anyway."))
        world.decide(review, service.Verdict("kill", "Nobody costed it."))
    assert journey(world).state == "killed"


def hold(world, days=30, **rule):
    review = world.to_gate()
    world.score(review)
    world.decide(
        review, service.Verdict("hold", "Later.", revisit_on=today() + timedelta(days=days), wake_rule=rule)
    )


def test_a_held_proposal_wakes_on_its_day_and_somebody_takes_it_up(session, world):
    hold(world)
    assert keep_time() == 0
    with in_days(30):
        assert keep_time() == 1 and keep_time() == 0
    assert journey(world).woken_by == "its day has come"
    assert f"P-{world.proposal.id} wakes: its day has come" in mails(session)
    service.resume(world.proposal.id, by=world.keepers[0].actor)
    assert journey(world).state == "working" and journey(world).woken_at is None


def test_a_rule_wakes_it_before_its_day(session, world, make):
    hold(world, accounts=9)
    assert keep_time() == 0
    add_evidence(make, world.proposal, accounts=2)
    assert keep_time() == 1 and journey(world).woken_by == "9 accounts ask for it by now"


def test_a_growing_theme_wakes_it(session, world):
    hold(world, trend="growing")
    world.theme.trend = "growing"
    session.commit()
    assert keep_time() == 1 and "growing" in journey(world).woken_by


def test_what_nobody_takes_up_twice_goes_before_its_gate_and_is_never_killed_by_the_clock(session, world):
    hold(world)
    done = []
    for days in (30, 44, 58, 72, 90):
        with in_days(days):
            keep_time()
            done.append(journey(world).state)
    assert done == ["on_hold", "on_hold", "on_hold", "gate_ready", "gate_ready"]
    assert "nobody took it up" in journey(world).kill_review


def test_it_may_rest_longer_once(session, world):
    hold(world)
    keeper = world.keepers[0].actor
    service.hold_on(world.proposal.id, today() + timedelta(days=60), "The interface is late.", by=keeper)
    with in_days(40):
        assert keep_time() == 0
    with pytest.raises(Conflict, match="put off before"):
        service.hold_on(world.proposal.id, today() + timedelta(days=90), "Again.", by=keeper)


def test_the_clock_leaves_what_has_ended_alone(session, world):
    with_condition(session, world, "hold")
    session.scalars(select(Journey)).one().state = "killed"
    session.commit()
    with in_days(40):
        assert keep_time() == 0
