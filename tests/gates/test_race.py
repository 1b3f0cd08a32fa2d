"""Contrary decisions at the same moment, on real connections: exactly one is taken."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from sqlalchemy import func, select

from ideaflow.app import create_app
from ideaflow.audit import AuditEvent, first_broken
from ideaflow.clock import now, today
from ideaflow.config import Settings
from ideaflow.db import db
from ideaflow.errors import Conflict
from ideaflow.gates import queries, service
from ideaflow.gates.models import GateReview, Signature
from ideaflow.gates.review import freezing
from tests.factories import Factory
from tests.gates.conftest import another_world, build_world, decide

THREADS = 8
ROUNDS = 50


@pytest.fixture
def application(fresh_database, tmp_path, monkeypatch):
    # Printing is half of what an opening costs, and has tests of its own.
    monkeypatch.setattr(freezing.pdf, "pdf_of", lambda _paper, pack_hash: pack_hash.encode())
    application = create_app(
        Settings(home=tmp_path, database_url=fresh_database, secret_key="x"), {"TESTING": True}
    )
    yield application
    with application.app_context():
        db.engine.dispose()


def at_once(application, calls):
    """Run each of ``calls`` in its own thread, with its own connection, as close together as possible."""
    barrier = Barrier(len(calls))

    def run(call):
        with application.app_context():
            db.session.connection()
            barrier.wait()
            try:
                call()
            except Conflict as error:
                return str(error)
            finally:
                db.session.remove()
        return ""

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def test_of_eight_contrary_decisions_exactly_one_is_taken(application):
    with application.app_context():
        world = build_world(Factory(db.session), keepers=THREADS)
        review = world.to_gate()
        world.score(review)
        review_id, proposal_id = review.id, world.proposal.id
        people = [keeper.actor for keeper in world.keepers]
        db.session.remove()
    verdicts = [
        service.Verdict("go", "Yes."),
        service.Verdict("hold", "Later.", revisit_on=today() + timedelta(days=9)),
        service.Verdict("recycle", "Again.", target_stage="discovery", changes=["Think"]),
        service.Verdict("conditional_go", "If.", conditions=[
            service.Wanted("Proof", people[0].id, today() + timedelta(days=9))
        ]),
    ]  # fmt: skip
    calls = [
        lambda by=by, verdict=verdicts[number % 4]: decide(review_id, verdict, by=by)
        for number, by in enumerate(people)
    ]
    answers = at_once(application, calls)
    assert sorted(bool(answer) for answer in answers) == [False] + [True] * (THREADS - 1)
    assert all("already" in answer for answer in answers if answer)
    with application.app_context():
        decided = db.session.scalars(select(GateReview)).one()
        winner = people[answers.index("")]
        assert decided.decided_by_id == winner.id
        expected = verdicts[answers.index("") % 4].decision
        assert decided.decision == expected
        journey = queries.journey_of(proposal_id)
        assert journey.state == ("on_hold" if expected == "hold" else "working")
        count = select(func.count()).select_from(AuditEvent).where(AuditEvent.action == "gates.decide")
        assert db.session.scalar(count) == 1
        db.session.remove()


def test_fifty_times_eight_contrary_decisions_over_the_web_one_is_taken_and_seven_are_refused(application):
    """Each round: eight browsers with eight keepers press at once; 303 for one, 409 for the others."""
    application.config["WTF_CSRF_ENABLED"] = False
    with application.app_context():
        world = build_world(Factory(db.session), keepers=THREADS)
        rounds = []
        for number in range(ROUNDS):
            one = world if number == 0 else another_world(world)
            review = one.to_gate()
            one.score(review)
            rounds.append((review.id, one.proposal.id))
        keepers = [(keeper.id, keeper.get_id()) for keeper in world.keepers]
        db.session.remove()
    day = (today() + timedelta(days=9)).isoformat()
    forms = [
        {"decision": "go", "reason": "Yes."},
        {"decision": "hold", "reason": "Later.", "revisit_on": day},
        {"decision": "recycle", "reason": "Again.", "target_stage": "discovery", "changes": "Think"},
        {"decision": "kill", "reason": "No.", "reason_code_kill": "no_demand", "salvage": "Nothing.",
         "notice_words": "We do not.", "notice_due": day, "notice_teller": str(keepers[0][0])},
    ]  # fmt: skip

    def press(review_id, keeper, form, barrier):
        browser = application.test_client()
        with browser.session_transaction() as cookie:
            cookie["_user_id"], cookie["_fresh"] = keeper[1], True
            cookie["signed_in_again"] = {"id": keeper[0], "method": "link", "at": now().isoformat()}
        barrier.wait()
        return browser.post(f"/gates/reviews/{review_id}/decide", data=form).status_code

    with ThreadPoolExecutor(THREADS) as pool:
        for number, (review_id, _) in enumerate(rounds):
            barrier = Barrier(THREADS)
            pressed = [
                pool.submit(press, review_id, keeper, forms[(number + place) % 4], barrier)
                for place, keeper in enumerate(keepers)
            ]
            assert sorted(one.result() for one in pressed) == [303] + [409] * (THREADS - 1)
    with application.app_context():
        ids = [proposal_id for _, proposal_id in rounds]
        assert db.session.scalar(select(func.count()).select_from(Signature)) == ROUNDS
        for proposal_id in ids:
            journey = queries.journey_of(proposal_id)
            assert journey.state in ("working", "on_hold", "killed")
        assert first_broken() is None
        db.session.remove()


def test_of_eight_openings_exactly_one_opens(application):
    with application.app_context():
        world = build_world(Factory(db.session), keepers=THREADS)
        world.finish_stage()
        service.declare_ready(world.proposal.id, by=world.owner.actor)
        proposal_id, people = world.proposal.id, [keeper.actor for keeper in world.keepers]
        db.session.remove()
    answers = at_once(application, [lambda by=by: service.open_review(proposal_id, by=by) for by in people])
    assert answers.count("") == 1
    with application.app_context():
        assert db.session.scalar(select(func.count()).select_from(GateReview)) == 1
        db.session.remove()


def test_programs_that_start_together_publish_the_process_once(application):
    answers = at_once(application, [service.ship for _ in range(4)])
    assert answers == [""] * 4
    with application.app_context():
        assert service.ship() == []
        db.session.remove()
