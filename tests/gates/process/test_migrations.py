"""Running proposals stay on their version until an approved plan moves them, each at most once."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from ideaflow import audit
from ideaflow.clock import stopped
from ideaflow.db import db
from ideaflow.errors import Conflict, Forbidden, Invalid
from ideaflow.gates import queries, service
from ideaflow.gates.migrating import carrying, dry, mapping, outgrown, planning, unseated
from ideaflow.gates.migrating.mapping import Maps
from ideaflow.gates.models import Deliverable, Journey, MigrationMove, StageRun
from ideaflow.gates.process import drafting, editing, routes
from ideaflow.gates.process.versions import Process
from ideaflow.gates.review import packing
from ideaflow.proposals import service as proposals
from ideaflow.proposals.models import Proposal
from tests.gates.conftest import BENEFIT, add_evidence, fill

NO_MAPS = Maps({}, {}, {}, {})
MAPPED = Maps({"scoping": "business_case"}, {"gate_2": "gate_3"}, {}, {"rough_effort": "effort_range"})


@pytest.fixture
def people(make):
    return [make.user(name=name, roles=["administrator"]).actor for name in ("Ada", "Ben")]


def newest(key):
    return drafting.newest_of(db.session.scalars(select(Process.id).where(Process.key == key)).one())


def publish(key, edit, by):
    draft = drafting.open_draft(key, by=by)
    draft = drafting.save(draft.id, draft.version, edit, by=by)
    return drafting.publish(draft.id, draft.version, "Shorter.", by=by)


def shorter(document):
    """Take scoping away; its effort is estimated in the business case, under another key."""
    document = editing.remove_stage(document, "scoping")
    effort = {
        "key": "effort_range",
        "name": "Effort as a range",
        "hint": "",
        "required": True,
        "waivable": True,
    }
    deliverables = [*document["stages"][1]["deliverables"], effort]
    return editing.set_stage(document, "business_case", {"deliverables": deliverables})


@pytest.fixture
def flight(world, people):
    """Three proposals on one version: in discovery, in scoping with a deliverable done, in review."""
    starts = [world.proposal]
    for title in ("Voice picking", "Dock booking"):
        one = world.make._add(
            Proposal(
                title=title, owner_id=world.owner.id, problem="Stops.", value="Runs.", asked_amount=480_000,
                asked_people=2, **BENEFIT,
            )
        )  # fmt: skip
        add_evidence(world.make, one)
        service.start(one.id, by=world.owner.actor)
        starts.append(one)
    world.proposal = starts[1]
    world.go()
    service.set_deliverable(starts[1].id, "rough_effort", "done", by=world.owner.actor)
    world.proposal = starts[2]
    world.to_gate()
    before = newest("full")
    after = publish("full", shorter, people[0])
    return [one.id for one in starts], before, after


def plan_of(flight, people, maps=None):
    _, before, after = flight
    plan = planning.begin(before.id, after.id, by=people[0])
    if maps is not None:
        plan = planning.set_maps(plan.id, plan.version, maps, "Scoping is part of the case.", by=people[0])
    return plan


def approved(flight, people, maps=MAPPED):
    plan = plan_of(flight, people, maps)
    return planning.approve(plan.id, plan.version, by=people[1])


def verdicts(plan):
    return {line.proposal.id: line.verdict.value for line in dry.dry_run(plan).lines}


def test_publishing_moves_nobody(flight):
    ids, before, _ = flight
    assert {queries.journey_of(one).process_version_id for one in ids} == {before.id}


def test_the_dry_run_says_who_can_move_who_needs_a_map_and_who_is_in_review(flight, people):
    ids, _, _ = flight
    plan = plan_of(flight, people)
    assert verdicts(plan) == dict(zip(ids, ("can_move", "needs_map", "in_review"), strict=True))
    assert dry.dry_run(plan).words == "1 can move, 1 needs a map, 1 is in review"
    blocks = dry.dry_run(plan).with_verdict("needs_map")[0].outcome.blocks
    assert blocks == (
        "It stands in Scoping, which the new version does not have.",
        "“Rough effort” is done and has no place in the new version.",
    )
    plan = plan_of(flight, people, MAPPED)
    assert dry.dry_run(plan).words == "2 can move, 1 is in review"
    assert "goes on in Business case" in dry.dry_run(plan).with_verdict("can_move")[1].outcome.notes
    assert planning.begin(plan.from_version_id, plan.to_version_id, by=people[1]).id == plan.id


def test_the_dry_run_asks_a_constant_number_of_questions(flight, people, count_queries, world):
    plan = plan_of(flight, people)
    with count_queries() as few:
        dry.dry_run(planning.plan_with(plan.id))
    for number in range(10):
        one = world.make._add(Proposal(title=f"More {number}", owner_id=world.owner.id))
        service.start(one.id, by=world.owner.actor)
        db.session.get(Journey, one.id).process_version_id = plan.from_version_id
    db.session.flush()
    with count_queries() as many:
        run = dry.dry_run(planning.plan_with(plan.id), 2)
    assert len(many) == len(few)
    assert run.words == "11 can move, 1 needs a map, 1 is in review" and run.uses["stage", "discovery"] == 12
    assert [line.proposal.id for line in run.with_verdict("can_move")] == [flight[0][0], flight[0][2] + 1]
    assert run.more_than("can_move") == 9
    last = run.lines[-1].proposal.id
    following = dry.dry_run(planning.plan_with(plan.id), 2, only="can_move", after=last)
    assert [line.proposal.id for line in following.lines] == [last + 1, last + 2]


def test_nobody_approves_what_they_wrote_and_a_change_asks_for_approval_again(flight, people):
    plan = plan_of(flight, people, MAPPED)
    with pytest.raises(Forbidden, match="somebody else approves"):
        planning.approve(plan.id, plan.version, by=people[0])
    with pytest.raises(Conflict, match="Nobody has approved"):
        carrying.carry_out(plan.id, by=people[0])
    plan = planning.approve(plan.id, plan.version, by=people[1])
    assert len(plan.approved_hash) == 64
    with pytest.raises(Conflict, match="you saw"):
        planning.set_maps(plan.id, plan.version - 1, MAPPED, "", by=people[0])
    plan = planning.set_maps(plan.id, plan.version, MAPPED, "", by=people[1])
    with pytest.raises(Conflict, match="Nobody has approved"):
        carrying.carry_out(plan.id, by=people[0])
    with pytest.raises(Forbidden):
        planning.approve(plan.id, plan.version, by=people[1])


def test_carried_out_each_proposal_moves_once_with_its_work_and_both_hashes_in_the_audit(flight, people):
    (first, second, third), before, after = flight
    plan = approved(flight, people)
    done = carrying.carry_out(plan.id, by=people[0])
    assert done.moved == [first, second] and "Gate 1 decides on it" in done.stayed[third]
    journey = queries.journey_of(second)
    assert (journey.process_version_id, journey.stage_key, journey.state) == (
        after.id,
        "business_case",
        "working",
    )
    held = db.session.scalars(select(Deliverable.key).where(Deliverable.proposal_id == second)).all()
    assert sorted(held) == ["effort_range", "problem_brief"]
    move = db.session.scalars(select(MigrationMove).where(MigrationMove.proposal_id == second)).one()
    assert (
        planning.hash_of(move.before) == move.before_hash != move.after_hash == planning.hash_of(move.after)
    )
    event = db.session.scalars(
        select(audit.AuditEvent).where(
            audit.AuditEvent.action == "gates.migrate", audit.AuditEvent.subject_id == second
        )
    ).one()
    assert event.before["sha256"] == move.before_hash and event.after["sha256"] == move.after_hash
    assert event.after["plan_sha256"] == plan.approved_hash and audit.first_broken() is None
    assert queries.journey_of(third).process_version_id == before.id
    again = carrying.carry_out(plan.id, by=people[1])
    assert again.moved == [] and planning.plan_with(plan.id).state == "approved"


def test_what_was_in_review_moves_when_the_plan_is_run_again_and_the_plan_ends(flight, people, world):
    (_, _, third), _, after = flight
    plan = approved(flight, people)
    carrying.carry_out(plan.id, by=people[0], most=1)
    review = queries.open_review_of(third)
    service.cancel(review.id, "Later.", by=world.keepers[0].actor)
    assert carrying.carry_out(plan.id, by=people[0]).stayed == {}
    assert queries.journey_of(third).process_version_id == after.id
    assert planning.plan_with(plan.id).state == "done"
    with pytest.raises(Conflict, match="carried out already"):
        carrying.carry_out(plan.id, by=people[0])


def test_the_clocks_stay_the_calendar_across_a_move(flight, people):
    (_, second, _), _, _ = flight
    plan = approved(flight, people)
    with stopped(datetime.now(UTC) + timedelta(days=3)):
        carrying.carry_out(plan.id, by=people[0])
    journey = queries.journey_of(second)
    runs = db.session.scalars(select(StageRun).where(StageRun.proposal_id == second)).all()
    counted = sum(run.active_seconds + run.wait_seconds + run.hold_seconds for run in runs)
    assert abs(counted - (journey.state_since - journey.started_at).total_seconds()) < 1e-6
    assert [run.stage_key for run in runs if run.exited_at is None] == ["business_case"]
    assert "migrate" in [run.exit_reason for run in runs]


def test_a_proposal_at_its_gate_is_not_moved_into_missing_work(flight, people, world):
    (first, _, _), _, _ = flight
    world.proposal = db.session.get_one(Proposal, first)
    world.finish_stage()
    service.declare_ready(first, by=world.owner.actor)

    def more(document):
        stage = {"deliverables": [
            *document["stages"][0]["deliverables"],
            {"key": "threats", "name": "Threats", "hint": "", "required": True, "waivable": True},
        ]}  # fmt: skip
        return editing.set_stage(document, "discovery", stage)

    third = publish("full", more, people[0])
    plan = planning.begin(flight[1].id, third.id, [first], by=people[0])
    line = dry.dry_run(plan).lines[0]
    assert line.verdict == "at_gate" and "asks for Threats" in line.outcome.blocks[0]
    service.recall(first, "For threats.", by=world.owner.actor)
    assert dry.dry_run(plan).lines[0].outcome.notes == ("owes Threats as well",)


def test_a_map_to_nowhere_or_of_two_into_one_is_refused(flight, people):
    plan = plan_of(flight, people)
    for maps, told in (
        (Maps({"scoping": "moon"}, {}, {}, {}), "has no stage “moon”"),
        (Maps({"scoping": ""}, {}, {}, {}), "must stand in some stage"),
        (Maps({}, {}, {}, {"rough_effort": "support_model"}), "cannot both become Support model"),
    ):
        with pytest.raises(Invalid, match=told):
            planning.set_maps(plan.id, plan.version, maps, "", by=people[0])


def test_a_proposal_that_outgrows_lite_is_offered_the_full_process(world, people):
    routes.use_suggested(by=people[0])
    small = world.make._add(Proposal(title="Bigger font", owner_id=world.owner.id, asked_amount=9_000))
    service.start(small.id, by=world.owner.actor)
    assert outgrown.recount() == 0 and outgrown.outgrown() == []
    proposals.edit(small.id, {"asked_amount": 900_000}, small.version, by=world.owner.actor)
    found = outgrown.outgrown()
    assert [(one.journey.proposal_id, one.choice.version.process.key) for one in found] == [
        (small.id, "full")
    ]
    journey = queries.journey_of(small.id)
    plan = planning.begin(journey.process_version_id, found[0].choice.version.id, [small.id], by=people[0])
    assert outgrown.outgrown()[0].plan_id == plan.id
    assert (outgrown.count(), outgrown.count(unplanned=True)) == (1, 0)
    assert "does not go through Discovery and Scoping" in dry.dry_run(plan).lines[0].outcome.notes
    planning.approve(plan.id, plan.version, by=people[1])
    assert carrying.carry_out(plan.id, by=people[0]).moved == [small.id]
    assert queries.journey_of(small.id).stage.name == "Business case" and outgrown.outgrown() == []


def test_two_deliverables_may_swap_their_keys(flight):
    _, before, after = flight
    maps = Maps({}, {}, {}, {"concept_test": "technical_spike", "technical_spike": "concept_test"})
    assert mapping.problems_of(before.content, after.content, maps) == []
    held = {"concept_test": "done", "technical_spike": "done"}
    assert dict(mapping.moved_deliverables(after.content, maps, held)) == maps.deliverable


def test_a_gate_that_sent_it_back_counts_on_under_its_new_key(flight, people, world):
    (_, second, _), _, _ = flight
    world.proposal = db.session.get_one(Proposal, second)
    review = world.to_gate()
    world.score(review, 5, vote="recycle")
    world.decide(
        review, service.Verdict("recycle", "Again.", target_stage="scoping", changes=["Ask three more."])
    )
    # What was done for the stage it passed, discovery, needs no map.
    left = dict.fromkeys(("customer_calls", "solution_sketch", "competitors"), "") | MAPPED.deliverable
    plan = plan_of(flight, people, Maps(MAPPED.stage, {}, {}, left))
    assert dry.dry_run(plan).with_verdict("needs_map")[0].outcome.blocks == (
        "Gate 2 sent it back once; the new version has no such gate to count on.",
    )
    carrying.carry_out(approved(flight, people, Maps(MAPPED.stage, MAPPED.gate, {}, left)).id, by=people[0])
    assert packing.recycles_of(second, "gate_3") == 1 and packing.recycles_of(second, "gate_1") == 0


def test_the_dry_run_tells_which_gates_could_not_decide_after_the_move(flight, people, world):
    """Everybody who is gatekeeper sits where no seat is given; one seat, for small sums alone, is too few."""
    ids, before, _ = flight
    document = {**before.document, "key": "hall", "name": "Hall"}
    draft = drafting.put(document, by=people[0])
    goal = drafting.publish(draft.id, draft.version, "For halls.", by=people[0])
    plan = planning.begin(before.id, goal.id, by=people[0])
    run = dry.dry_run(plan)
    assert unseated.unseated(plan, run.stages) == []
    keeper = world.keepers[0]
    service.add_seat(goal, "gate_2", service.SeatWish(keeper.id, up_to_amount=100_000), by=people[0])
    (short,) = unseated.unseated(plan, run.stages)
    assert short.why.startswith("Gate 2 needs 1 scorecard, and only 0 can come from people who sit there")
    assert sorted(short.scopes) == sorted(ids)
    assert short.for_words == "arena Inventory truth, asking for 480,000"
    # Who stands in the business case has the second gate behind them.
    assert unseated.unseated(plan, dict.fromkeys(ids, "business_case")) == []
    service.add_seat(goal, "gate_2", service.SeatWish(world.keepers[1].id), by=people[0])
    assert unseated.unseated(plan, run.stages) == []


def test_what_seats_lack_is_asked_in_a_constant_number_of_statements(flight, people, world, count_queries):
    _, before, _ = flight
    express = newest("express")
    service.add_seat(express, "gate_3", service.SeatWish(world.keepers[0].id, region="EMEA"), by=people[0])
    plan = planning.begin(before.id, express.id, by=people[0])

    def asked():
        with count_queries() as statements:
            unseated.unseated(planning.plan_with(plan.id), dry.dry_run(plan).stages)
        return len(statements)

    few = asked()
    fill(before.id, world.owner.id, 60)
    assert asked() == few
