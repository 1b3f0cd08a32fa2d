"""From start to decision: who may do what, when, and what follows."""

from datetime import timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from ideaflow.audit import AuditEvent
from ideaflow.clock import now, stopped, today
from ideaflow.errors import Conflict, Forbidden, Invalid, NotFound
from ideaflow.gates import queries, service
from ideaflow.gates.models import Condition, GateReview, ProcessVersion, Scorecard
from ideaflow.gates.process import publishing
from ideaflow.gates.review import packing
from ideaflow.proposals import service as proposals
from ideaflow.proposals.models import EvidenceSnapshot
from ideaflow.themes.models import Theme
from tests.gates.conftest import add_evidence, build_world
from tests.gates.conftest import decide as sign_decision


def decide(world, review, decision="go", reason="Clear demand.", keeper=0, **more):
    return world.decide(review, service.Verdict(decision, reason, **more), world.keepers[keeper])


def actions(session):
    return list(session.scalars(select(AuditEvent.action).order_by(AuditEvent.id)))


# The process


def test_the_shipped_processes_are_published_once(session):
    names = ["Express, version 1", "Full, version 1", "Lite, version 1"]
    assert [version.name for version in service.ship()] in ([], names)
    assert service.ship() == []
    assert len(session.scalars(select(ProcessVersion)).all()) == 3


def test_a_changed_definition_becomes_a_new_version(session, monkeypatch, tmp_path):
    service.ship()
    changed = (
        (publishing.SHIPPED / "full.json").read_text().replace("Is it worth a first look?", "Worth a look?")
    )
    (tmp_path / "full.json").write_text(changed)
    monkeypatch.setattr(publishing, "SHIPPED", tmp_path)
    assert [version.name for version in service.ship()] == ["Full, version 2"]
    assert publishing.standard().number == 2


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE process_versions SET definition = definition || ' ', content_hash ="
        " encode(sha256(convert_to(definition || ' ', 'UTF8')), 'hex')",
        "UPDATE process_versions SET number = 7",
        "UPDATE process_versions SET status = 'draft'",
        "DELETE FROM process_versions",
    ],
)
def test_the_database_refuses_to_change_a_published_version(session, change):
    publishing.standard()
    with pytest.raises(DBAPIError, match="never changes"):
        session.execute(text(change))


def test_a_published_version_can_be_retired(session):
    publishing.standard()
    session.execute(text("UPDATE process_versions SET status = 'retired'"))


# Work between gates


def test_a_started_proposal_keeps_its_process_version(session, world):
    journey = queries.journey_of(world.proposal.id)
    assert (journey.state, journey.stage_key, journey.iteration) == ("working", "discovery", 1)
    assert service.start(world.proposal.id, by=world.colleague.actor) is journey
    assert journey.process_version.content_hash == publishing.standard().content_hash


def test_a_gate_asks_for_its_deliverables(session, world):
    with pytest.raises(Invalid, match="Problem in one page"):
        service.declare_ready(world.proposal.id, by=world.owner.actor)
    with pytest.raises(Invalid, match="Say why"):
        service.set_deliverable(world.proposal.id, "problem_brief", "waived", by=world.owner.actor)
    service.set_deliverable(
        world.proposal.id, "problem_brief", "waived", reason="It is in the theme.", by=world.owner.actor
    )
    assert service.declare_ready(world.proposal.id, by=world.owner.actor).state == "gate_ready"
    assert service.declare_ready(world.proposal.id, by=world.owner.actor).state == "gate_ready"


def test_taking_a_deliverable_back_takes_the_proposal_back(session, world):
    world.finish_stage()
    service.declare_ready(world.proposal.id, by=world.owner.actor)
    service.set_deliverable(world.proposal.id, "problem_brief", "open", by=world.owner.actor)
    assert queries.journey_of(world.proposal.id).state == "working"


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"status": "nearly"}, "Choose one of"),
        ({"status": "done", "link": "javascript:alert(1)"}, "A link begins with"),
        ({"status": "na", "reason": "no"}, "is required"),
        ({"status": "done", "note": "x" * 2001}, "At most 2,000"),
    ],
)
def test_a_deliverable_refuses_what_makes_no_sense(session, world, values, message):
    with pytest.raises(Invalid, match=message):
        service.set_deliverable(world.proposal.id, "problem_brief", by=world.owner.actor, **values)


def test_a_deliverable_of_another_stage_is_not_found(session, world):
    with pytest.raises(NotFound):
        service.set_deliverable(world.proposal.id, "field_test", "done", by=world.owner.actor)


def test_recalling_needs_a_reason_and_a_waiting_proposal(session, world):
    with pytest.raises(Conflict):
        service.recall(world.proposal.id, "Too early.", by=world.owner.actor)
    world.finish_stage()
    service.declare_ready(world.proposal.id, by=world.owner.actor)
    with pytest.raises(Invalid):
        service.recall(world.proposal.id, " ", by=world.owner.actor)
    assert service.recall(world.proposal.id, "Too early.", by=world.owner.actor).state == "working"


# The review


def test_opening_freezes_the_evidence_and_locks_the_proposal(session, world):
    review = world.to_gate()
    assert review.pack["facts"]["accounts"] == 7
    assert review.pack["facts"]["segments"] == 3
    assert len(review.pack["quotes"]) == 3
    assert review.pack_hash == packing.seal(review.pack)
    assert world.proposal.is_locked
    assert session.scalars(select(EvidenceSnapshot.reason)).all() == ["for gate 1"]
    add_evidence(world.make, world.proposal, accounts=2)
    assert packing.live_pack(queries.journey_of(world.proposal.id))["facts"]["accounts"] == 9
    session.refresh(review)
    assert review.pack["facts"]["accounts"] == 7
    with pytest.raises(Conflict):
        service.set_deliverable(world.proposal.id, "problem_brief", "open", by=world.owner.actor)


def test_the_owner_opens_scores_and_decides_nothing(session, world):
    world.owner.roles = ["product_manager", "gatekeeper"]
    session.commit()
    world.finish_stage()
    service.declare_ready(world.proposal.id, by=world.owner.actor)
    with pytest.raises(Forbidden, match="own this proposal"):
        service.open_review(world.proposal.id, by=world.owner.actor)
    review = service.open_review(world.proposal.id, by=world.keepers[0].actor)
    assert world.owner.id not in set(session.scalars(select(Scorecard.gatekeeper_id)))
    with pytest.raises(Forbidden, match="own this proposal"):
        service.submit(review.id, *world.card(review), by=world.owner.actor)
    world.score(review)
    with pytest.raises(Forbidden, match="own this proposal"):
        sign_decision(review.id, service.Verdict("go", "Mine."), by=world.owner.actor)


def test_who_has_no_seat_may_not_score(session, world):
    review = world.to_gate()
    late = world.make.user(roles=["gatekeeper"])
    with pytest.raises(Forbidden, match="no seat"):
        service.submit(review.id, *world.card(review), by=late.actor)


def test_there_is_one_open_review_a_proposal(session, world):
    review = world.to_gate()
    with pytest.raises(Conflict):
        service.open_review(world.proposal.id, by=world.keepers[1].actor)
    with pytest.raises(DBAPIError, match="uq_gate_reviews_proposal_id"), session.begin_nested():
        session.execute(
            text(
                "INSERT INTO gate_reviews (proposal_id, process_version_id, gate_key, sequence, state, pack,"
                " pack_hash, opened_at, due_on) SELECT proposal_id, process_version_id, gate_key, 9, state,"
                " pack, pack_hash, opened_at, due_on FROM gate_reviews WHERE id = :id"
            ),
            {"id": review.id},
        )


def test_the_database_keeps_the_pack_and_the_decision(session, world):
    review = world.to_gate()
    with pytest.raises(DBAPIError, match="keeps its pack"), session.begin_nested():
        session.execute(text("UPDATE gate_reviews SET pack = '{}'::jsonb"))
    world.score(review)
    decide(world, review)
    with pytest.raises(DBAPIError, match="a decision stands"), session.begin_nested():
        session.execute(text("UPDATE gate_reviews SET decision = 'kill'"))


def test_a_gate_that_cannot_reach_its_quorum_does_not_open(session, make):
    world = build_world(make, keepers=1)
    world.go()
    world.go()
    world.finish_stage()
    service.declare_ready(world.proposal.id, by=world.owner.actor)
    with pytest.raises(Conflict, match=r"needs 2 scorecards, and only 1"):
        service.open_review(world.proposal.id, by=world.keepers[0].actor)
    assert queries.journey_of(world.proposal.id).state == "gate_ready"
    assert not world.proposal.is_locked


def test_scores_are_blind_until_all_are_in(session, world):
    review = world.to_gate()
    service.submit(review.id, *world.card(review), by=world.keepers[0].actor)
    assert not review.is_revealed
    assert "points" not in str(session.scalars(select(AuditEvent).order_by(AuditEvent.id)).all()[-1].after)
    with pytest.raises(Conflict, match="not revealed"):
        decide(world, review)
    service.submit(review.id, *world.card(review, 5), by=world.keepers[0].actor)
    service.submit(review.id, *world.card(review), by=world.keepers[1].actor)
    assert review.is_revealed
    assert queries.journey_of(world.proposal.id).state == "tallied"
    with pytest.raises(Conflict, match="revealed"):
        service.submit(review.id, *world.card(review, 10), by=world.keepers[0].actor)


def test_a_scorecard_must_be_whole(session, world):
    review = world.to_gate()
    points, answers = world.card(review)
    for bad_points in ({**points, "evidence": 11}, {**points, "evidence": True}, {"evidence": 5}):
        with pytest.raises(Invalid, match="0 to 10"):
            service.submit(review.id, bad_points, answers, by=world.keepers[0].actor)
    with pytest.raises(Invalid, match="say yes or no"):
        service.submit(review.id, points, {}, by=world.keepers[0].actor)
    with pytest.raises(Invalid, match="no criterion"):
        service.submit(review.id, {**points, "luck": 3}, answers, by=world.keepers[0].actor)
    with pytest.raises(Invalid, match="no decision"):
        service.submit(review.id, points, answers, vote="maybe", by=world.keepers[0].actor)
    assert session.scalars(select(Scorecard.submitted_at)).all() == [None, None]


def test_who_recuses_does_not_decide_and_needs_a_reason(session, world):
    review = world.to_gate()
    with pytest.raises(Invalid):
        service.recuse(review.id, "", by=world.keepers[0].actor)
    service.recuse(review.id, "I own a deliverable.", by=world.keepers[0].actor)
    world.score(review, keepers=[world.keepers[1]])
    assert review.is_revealed
    with pytest.raises(Forbidden, match="recused yourself"):
        decide(world, review)
    assert decide(world, review, keeper=1).decision == "go"


def test_nothing_is_revealed_without_a_quorum(session, make):
    world = build_world(make, keepers=3)
    world.go()
    review = world.to_gate()
    with pytest.raises(Conflict, match="0 of the 2"):
        service.reveal(review.id, by=world.keepers[0].actor)
    service.submit(review.id, *world.card(review), by=world.keepers[0].actor)
    service.recuse(review.id, "Conflict of interest.", by=world.keepers[1].actor)
    service.recuse(review.id, "Conflict of interest.", by=world.keepers[2].actor)
    assert not review.is_revealed
    with pytest.raises(Forbidden, match="recused yourself"):
        service.submit(review.id, *world.card(review), by=world.keepers[1].actor)


def test_the_chair_reveals_with_a_quorum_and_asks_to_score_again(session, make):
    world = build_world(make, keepers=3)
    review = world.to_gate()
    service.submit(review.id, *world.card(review), by=world.keepers[0].actor)
    with pytest.raises(Forbidden):
        service.reveal(review.id, by=world.colleague.actor)
    service.reveal(review.id, by=world.keepers[1].actor)
    assert review.is_revealed
    service.score_again(review.id, by=world.keepers[0].actor)
    assert not review.is_revealed
    assert queries.journey_of(world.proposal.id).state == "in_review"
    world.score(review, 9)
    assert decide(world, review).score == 90


def test_a_cancelled_review_lets_work_go_on_and_keeps_its_pack(session, world):
    review = world.to_gate()
    service.cancel(review.id, "The wrong gatekeepers.", by=world.keepers[0].actor)
    assert not world.proposal.is_locked
    assert queries.journey_of(world.proposal.id).state == "working"
    with pytest.raises(Conflict, match="cancelled already"):
        service.submit(review.id, *world.card(review), by=world.keepers[0].actor)
    service.declare_ready(world.proposal.id, by=world.owner.actor)
    assert service.open_review(world.proposal.id, by=world.keepers[0].actor).sequence == 2


# Decisions


def test_go_leads_to_the_next_stage(session, world):
    world.go()
    journey = queries.journey_of(world.proposal.id)
    assert (journey.state, journey.stage_key, journey.iteration) == ("working", "scoping", 1)
    assert not world.proposal.is_locked
    assert [(run.stage_key, run.exit_reason) for run in queries.runs_of(world.proposal.id)] == [
        ("discovery", "go"), ("scoping", ""),
    ]  # fmt: skip
    assert "gates.decide" in actions(session)


def test_six_gates_lead_to_the_market(session, world):
    for _ in range(6):
        review = world.go()
    journey = queries.journey_of(world.proposal.id)
    assert review.gate.is_final
    assert journey.state == "launched"
    assert world.proposal.closed_at is not None
    assert all(run.exited_at for run in queries.runs_of(world.proposal.id))


def test_a_decision_needs_a_reason_and_stands(session, world):
    review = world.to_gate()
    world.score(review)
    with pytest.raises(Invalid):
        decide(world, review, reason="  ")
    with pytest.raises(Invalid, match="Choose a decision"):
        decide(world, review, "maybe")
    decide(world, review)
    with pytest.raises(Conflict, match="decided: go already"):
        decide(world, review, "kill", keeper=1)


def test_a_failed_must_and_a_low_score_close_go(session, world):
    review = world.to_gate()
    world.score(review, points=4, is_met=False)
    with pytest.raises(Conflict, match="Go is closed: 1 must-meet is not met"):
        decide(world, review)
    with pytest.raises(Conflict, match="cannot be a condition"):
        decide(world, review, "conditional_go")
    assert queries.journey_of(world.proposal.id).state == "tallied"


def test_evidence_fills_the_musts(session, make):
    world = build_world(make, accounts=2)
    review = world.to_gate()
    world.score(review)
    with pytest.raises(Conflict, match="Go is closed: 2 must-meets are not met"):
        decide(world, review)


def test_hold_asks_for_a_day_and_can_be_resumed(session, world):
    review = world.to_gate()
    world.score(review)
    for day in (None, today()):
        with pytest.raises(Invalid, match="looked at again"):
            decide(world, review, "hold", revisit_on=day)
    decide(world, review, "hold", "No people before spring.", revisit_on=today() + timedelta(days=60))
    journey = queries.journey_of(world.proposal.id)
    assert (journey.state, journey.stage_key) == ("on_hold", "discovery")
    with pytest.raises(Forbidden):
        service.resume(world.proposal.id, by=world.owner.actor)
    assert service.resume(world.proposal.id, by=world.keepers[0].actor).state == "working"
    with pytest.raises(Conflict):
        service.resume(world.proposal.id, by=world.keepers[0].actor)


def test_recycle_sends_back_with_a_list_and_not_for_ever(session, world):
    world.go()
    for turn in (1, 2):
        review = world.to_gate()
        world.score(review)
        with pytest.raises(Invalid, match="List what has to change"):
            decide(world, review, "recycle", target_stage="scoping")
        with pytest.raises(Invalid, match="Choose a stage to go back to"):
            decide(world, review, "recycle", target_stage="launch", changes=["more"])
        decide(world, review, "recycle", "No arena.", target_stage="scoping", changes=["Name an arena", " "])
        journey = queries.journey_of(world.proposal.id)
        assert (journey.stage_key, journey.iteration, journey.changes) == (
            "scoping",
            turn + 1,
            ["Name an arena"],
        )
    review = world.to_gate()
    world.score(review)
    with pytest.raises(Conflict, match="sent back 2 times"):
        decide(world, review, "recycle", target_stage="scoping", changes=["again"])


def test_kill_ends_it_and_frees_its_themes(session, world):
    world.theme.state = "proposed"
    session.commit()
    review = world.to_gate()
    world.score(review, points=2)
    decide(world, review, "kill", "One customer's wish.")
    assert queries.journey_of(world.proposal.id).state == "killed"
    assert world.proposal.closed_at is not None
    assert session.get(Theme, world.theme.id).state != "proposed"
    with pytest.raises(Conflict):
        service.declare_ready(world.proposal.id, by=world.owner.actor)


def test_a_conditional_go_names_who_does_what_by_when(session, world):
    world.proposal.arena = ""
    session.commit()
    world.go()
    review = world.to_gate()
    world.score(review)
    due = today() + timedelta(days=20)
    with pytest.raises(Conflict, match="Go is closed"):
        decide(world, review)
    for conditions, message in (
        ((), "at least one condition"),
        ((service.Wanted(" ", world.owner.id, due),), "says what has to be true"),
        ((service.Wanted("Arena", 0, due),), "needs somebody"),
        ((service.Wanted("Arena", world.owner.id, today()),), "is due after today"),
        ((service.Wanted("Arena", world.owner.id, due, "shrug"),), "else hold"),
        ((service.Wanted("Arena", world.owner.id, due),) * 4, "At most 3"),
    ):
        with pytest.raises(Invalid, match=message):
            decide(world, review, "conditional_go", conditions=conditions)
    decide(world, review, "conditional_go", conditions=[service.Wanted("Arena named", world.owner.id, due)])
    assert queries.journey_of(world.proposal.id).stage_key == "business_case"
    condition = session.scalars(select(Condition)).one()
    assert (condition.text, condition.owner_id, condition.consequence) == (
        "Arena named",
        world.owner.id,
        "hold",
    )


def test_an_open_condition_keeps_the_next_gate_closed(session, world):
    world.proposal.arena = ""
    session.commit()
    world.go()
    review = world.to_gate()
    world.score(review)
    due = today() + timedelta(days=20)
    decide(world, review, "conditional_go", conditions=[service.Wanted("Arena named", world.owner.id, due)])
    world.finish_stage()
    with stopped(now() + timedelta(days=30)), pytest.raises(Conflict, match="overdue"):
        service.declare_ready(world.proposal.id, by=world.owner.actor)
    service.declare_ready(world.proposal.id, by=world.owner.actor)
    with pytest.raises(Conflict, match="still open"):
        service.open_review(world.proposal.id, by=world.keepers[0].actor)
    condition = session.scalars(select(Condition)).one()
    keeper = world.keepers[0].actor
    with pytest.raises(Conflict, match="lays down the proof first"):
        service.verify_condition(condition.id, True, "", by=keeper)
    with pytest.raises(Forbidden):
        service.claim_condition(condition.id, "Done.", by=keeper)
    with pytest.raises(Invalid):
        service.claim_condition(condition.id, " ", by=world.owner.actor)
    service.claim_condition(condition.id, "It is Inventory truth.", by=world.owner.actor)
    with pytest.raises(Conflict, match="still open"):
        service.open_review(world.proposal.id, by=keeper)
    with pytest.raises(Forbidden):
        service.verify_condition(condition.id, True, "", by=world.owner.actor)
    service.verify_condition(condition.id, False, "Which arena?", by=keeper)
    assert condition.state == "open"
    service.claim_condition(condition.id, "Inventory truth, on the page.", by=world.owner.actor)
    service.verify_condition(condition.id, True, "Seen.", by=keeper)
    with pytest.raises(Conflict, match="met already"):
        service.release_condition(condition.id, "Again.", by=keeper)
    assert service.open_review(world.proposal.id, by=world.keepers[0].actor).is_open


def test_the_clocks_add_up_to_the_time_that_passed(session, world):
    begin = queries.journey_of(world.proposal.id).started_at
    with stopped(begin + timedelta(hours=10)):
        world.finish_stage()
        service.declare_ready(world.proposal.id, by=world.owner.actor)
    with stopped(begin + timedelta(hours=16)):
        review = service.open_review(world.proposal.id, by=world.keepers[0].actor)
        world.score(review)
        decide(world, review, "hold", "Later.", revisit_on=today() + timedelta(days=30))
    with stopped(begin + timedelta(hours=40)):
        service.resume(world.proposal.id, by=world.keepers[0].actor)
    with stopped(begin + timedelta(hours=41)):
        world.go()
    run = queries.runs_of(world.proposal.id)[0]
    assert (run.active_seconds, run.wait_seconds, run.hold_seconds) == (11 * 3600, 6 * 3600, 24 * 3600)
    assert (run.exited_at - run.entered_at).total_seconds() == pytest.approx(41 * 3600, abs=1)


def test_a_withdrawn_proposal_is_not_taken_up_again(session, world):
    review = world.to_gate()
    world.score(review)
    decide(world, review, "hold", "Later.", revisit_on=today() + timedelta(days=60))
    proposals.withdraw(world.proposal.id, "Nobody needs it.", by=world.owner.actor)
    with pytest.raises(Conflict, match="withdrawn"):
        service.resume(world.proposal.id, by=world.keepers[0].actor)


def test_the_audit_names_the_proposal(session, world):
    event = session.scalars(select(AuditEvent).where(AuditEvent.action == "gates.start")).one()
    assert (event.subject_type, event.subject_id, event.subject_name) == (
        "journeys", world.proposal.id, world.proposal.label,
    )  # fmt: skip


def test_every_change_is_audited_and_the_chain_holds(session, world):
    from ideaflow import audit

    world.go()
    told = actions(session)
    for action in ("gates.start", "gates.set_deliverable", "gates.declare_ready", "gates.open_review",
                   "gates.submit_scorecard", "gates.reveal", "gates.decide"):  # fmt: skip
        assert action in told
    assert audit.first_broken() is None


def test_a_failed_decision_leaves_nothing_behind(session, world, monkeypatch):
    review = world.to_gate()
    world.score(review)
    before = len(actions(session))
    monkeypatch.setattr("ideaflow.gates.review.aftermath.proposals.close", lambda *_a, **_k: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        decide(world, review, "kill", "No.")
    session.expire_all()
    assert session.get(GateReview, review.id).state == "open"
    assert queries.journey_of(world.proposal.id).state == "tallied"
    assert len(actions(session)) == before


# Withdrawn


@pytest.mark.parametrize("is_at_gate", [False, True])
def test_a_withdrawn_proposal_ends_its_way_too(app, session, world, is_at_gate):
    if is_at_gate:
        world.finish_stage()
        service.declare_ready(world.proposal.id, by=world.owner.actor)
    proposals.withdraw(world.proposal.id, "The customer solved it.", by=world.owner.actor)
    assert queries.journey_of(world.proposal.id).state == "withdrawn"
    assert all(run.exited_at for run in queries.runs_of(world.proposal.id))
    assert "gates.end" in actions(session)


def test_a_proposal_under_review_is_not_withdrawn(app, session, world):
    world.to_gate()
    with pytest.raises(Conflict):
        proposals.withdraw(world.proposal.id, "Too late.", by=world.owner.actor)
    assert queries.journey_of(world.proposal.id).state == "in_review"


def test_early_the_owner_withdraws_later_who_sits_at_the_next_gate(session, world):
    number, keeper = world.proposal.id, world.keepers[0].actor
    with pytest.raises(Forbidden, match="owner withdraws it while it is young"):
        proposals.withdraw(number, "No.", by=keeper)
    with pytest.raises(Forbidden, match="owner withdraws it while it is young"):
        proposals.withdraw(number, "No.", by=world.colleague.actor)
    for _ in range(2):
        world.go()
    assert queries.journey_of(number).stage_key == "business_case"
    with pytest.raises(Forbidden, match="no longer its owner who withdraws it"):
        proposals.withdraw(number, "No.", by=world.owner.actor)
    assert queries.journey_of(number).state == "working"
    proposals.withdraw(number, "The market is gone.", by=keeper)
    assert queries.journey_of(number).state == "withdrawn"
