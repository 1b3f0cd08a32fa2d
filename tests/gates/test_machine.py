"""Whatever people do in whatever order, the rules of the gates hold."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import func, select

from ideaflow.clock import stopped, today
from ideaflow.db import db
from ideaflow.errors import IdeaflowError
from ideaflow.gates import queries, service
from ideaflow.gates.models import GateReview, ProcessVersion, StageRun
from ideaflow.gates.policy import CLOCKS
from ideaflow.gates.process.definition import digest
from ideaflow.gates.review.weighing import tally_of
from tests.factories import Factory
from tests.gates.conftest import build_world, decide

START = datetime(2026, 11, 2, 9, tzinfo=UTC)
PEOPLE = st.integers(0, 3)  # The owner, and three keepers.


def machine_of(application, connection_of):
    """Return the state machine class over an application; each example runs in its own transaction."""

    class Gates(RuleBasedStateMachine):
        def __init__(self):
            super().__init__()
            self.moment = START
            self.close = connection_of()
            with stopped(self.moment):
                self.world = build_world(Factory(db.session), keepers=3)
                self.proposal_id = self.world.proposal.id
            self.stage = "discovery"
            self.bytes = {
                version.id: version.definition for version in db.session.scalars(select(ProcessVersion))
            }

        def teardown(self):
            self.close()

        def person(self, number):
            return [self.world.owner, *self.world.keepers][number].actor

        def review(self):
            query = select(GateReview).where(GateReview.proposal_id == self.proposal_id)
            return db.session.scalars(query.order_by(GateReview.id.desc()).limit(1)).first()

        def try_to(self, act):
            """Let time pass, act, and learn whether the domain allowed it."""
            self.moment += timedelta(minutes=7)
            try:
                with stopped(self.moment):
                    act()
            except IdeaflowError:
                db.session.expire_all()
                return False
            return True

        def go_on(self):
            """Do what comes next, so that random steps start from everywhere, not from the first stage."""
            state = queries.journey_of(self.proposal_id).state
            if state == "working":
                self.try_to(self.world.finish_stage)
                self.try_to(lambda: service.declare_ready(self.proposal_id, by=self.person(0)))
            elif state == "gate_ready":
                self.try_to(lambda: service.open_review(self.proposal_id, by=self.person(1)))
            elif state == "in_review":
                self.try_to(lambda: self.world.score(self.review(), 9))
            elif state == "tallied":
                self.decide(2, "go")
            elif state == "on_hold":
                self.try_to(lambda: service.resume(self.proposal_id, by=self.person(1)))

        @rule(steps=st.integers(1, 4))
        def go_on_a_little(self, steps):
            for _ in range(steps):
                self.go_on()

        @rule(steps=st.integers(3, 12))
        def go_on_for_long(self, steps):
            for _ in range(steps):
                self.go_on()

        @rule()
        def finish_the_stage(self):
            self.try_to(self.world.finish_stage)

        @rule(by=PEOPLE)
        def declare_ready(self, by):
            self.try_to(lambda: service.declare_ready(self.proposal_id, by=self.person(by)))

        @rule()
        def recall(self):
            self.try_to(lambda: service.recall(self.proposal_id, "Wait.", by=self.person(0)))

        @rule(by=PEOPLE)
        def open_the_review(self, by):
            if self.try_to(lambda: service.open_review(self.proposal_id, by=self.person(by))):
                assert by != 0

        @precondition(lambda self: self.review() is not None)
        @rule(by=PEOPLE, points=st.integers(0, 10), is_met=st.booleans())
        def score(self, by, points, is_met):
            review = self.review()
            card = self.world.card(review, points, is_met)
            if self.try_to(lambda: service.submit(review.id, *card, by=self.person(by))):
                assert by != 0

        @precondition(lambda self: self.review() is not None)
        @rule(by=PEOPLE)
        def recuse(self, by):
            review = self.review()
            self.try_to(lambda: service.recuse(review.id, "Mine.", by=self.person(by)))

        @precondition(lambda self: self.review() is not None)
        @rule(by=PEOPLE, verb=st.sampled_from([service.reveal, service.score_again]))
        def lead(self, by, verb):
            review = self.review()
            if self.try_to(lambda: verb(review.id, by=self.person(by))):
                assert by != 0

        @precondition(lambda self: self.review() is not None)
        @rule(by=PEOPLE)
        def cancel(self, by):
            review = self.review()
            self.try_to(lambda: service.cancel(review.id, "No.", by=self.person(by)))

        @precondition(lambda self: self.review() is not None)
        @rule(
            by=PEOPLE,
            decision=st.sampled_from(["go", "conditional_go", "hold", "recycle", "kill"]),
        )
        def decide(self, by, decision):
            review = self.review()
            if not review.is_revealed:
                self.try_to(lambda: self.world.score(review, 9))
            result = tally_of(review)
            wanted = service.Wanted("Proof", self.person(1).id, (self.moment + timedelta(days=9)).date())

            def act():
                verdict = service.Verdict(
                    decision, "So be it.", today() + timedelta(days=9), self.stage, ["Change"], [wanted]
                )
                decide(review.id, verdict, by=self.person(by))

            if self.try_to(act):
                assert by != 0
                self.stage = queries.journey_of(self.proposal_id).stage_key
                if decision == "go":
                    assert result.has_quorum and all(must.is_met for must in result.musts)

        @rule(by=PEOPLE)
        def resume(self, by):
            self.try_to(lambda: service.resume(self.proposal_id, by=self.person(by)))

        @invariant()
        def at_most_one_review_is_open(self):
            query = select(func.count()).select_from(GateReview).where(GateReview.state == "open")
            assert db.session.scalar(query.where(GateReview.proposal_id == self.proposal_id)) <= 1

        @invariant()
        def only_decisions_move_the_stage(self):
            assert queries.journey_of(self.proposal_id).stage_key == self.stage

        @invariant()
        def published_bytes_never_change(self):
            for version in db.session.scalars(select(ProcessVersion)):
                assert version.definition == self.bytes[version.id]
                assert digest(version.definition) == version.content_hash

        @invariant()
        def the_clocks_are_the_calendar(self):
            journey = queries.journey_of(self.proposal_id)
            runs = db.session.scalars(select(StageRun).where(StageRun.proposal_id == self.proposal_id)).all()
            counted = sum(run.active_seconds + run.wait_seconds + run.hold_seconds for run in runs)
            assert abs(counted - (journey.state_since - journey.started_at).total_seconds()) < 1e-6
            assert len([run for run in runs if run.exited_at is None]) == (journey.where in CLOCKS)

        @invariant()
        def the_proposal_is_locked_exactly_under_review(self):
            db.session.refresh(self.world.proposal)
            assert self.world.proposal.is_locked == queries.journey_of(self.proposal_id).is_locked

    return Gates


@pytest.fixture
def gates(app, monkeypatch):
    def begin():
        connection = db.engine.connect()
        outer = connection.begin()
        undo = pytest.MonkeyPatch()
        undo.setitem(db.engines, None, connection)

        def end():
            db.session.remove()
            outer.rollback()
            connection.close()
            undo.undo()

        return end

    with app.app_context():
        yield machine_of(app, begin)


def _run(machine, examples, steps):
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples, stateful_step_count=steps, deadline=None, database=None,
            derandomize=True, suppress_health_check=list(HealthCheck),
        ),
    )  # fmt: skip


def test_the_rules_hold_for_a_few_ways(gates):
    _run(gates, 5, 12)


@pytest.mark.slow
def test_the_rules_hold_for_many_ways(gates):
    _run(gates, 30, 30)
