"""Whatever people do while the process changes under way, a proposal stands where its version has a stage."""

from datetime import UTC, datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from ideaflow import audit
from ideaflow.clock import stopped
from ideaflow.db import db
from ideaflow.errors import IdeaflowError
from ideaflow.gates import queries, service
from ideaflow.gates.migrating import carrying, mapping, planning
from ideaflow.gates.migrating.mapping import LEFT, Maps
from ideaflow.gates.models import MigrationMove, ProcessVersion, StageRun
from ideaflow.gates.policy import CLOCKS
from ideaflow.gates.process import drafting, editing
from ideaflow.gates.review import freezing
from ideaflow.proposals.models import Proposal
from tests.gates.conftest import BENEFIT, add_evidence

WAYS = (
    ("deliver", "ready"), ("go",), ("open",), ("cancel",), ("recall",), ("add", "move"), ("remove", "move"),
    ("order", "move"), ("deliver", "ready", "add", "move"), ("open", "remove", "move"),
)  # fmt: skip
ACTS = st.lists(st.tuples(st.sampled_from(WAYS), st.integers(0, 5)), min_size=4, max_size=8)


class Flight:
    """A proposal on its way, and the people who change what it flies on."""

    def __init__(self, world, people):
        self.world, self.people = world, people
        one = Proposal(
            title="Flight", owner_id=world.owner.id, problem="Stops.", value="Runs.", asked_amount=480_000,
            asked_people=2, arena="Inventory truth", **BENEFIT,
        )  # fmt: skip
        world.proposal = world.make._add(one)
        add_evidence(world.make, one)
        service.start(one.id, by=world.owner.actor)
        self.id = one.id

    @property
    def journey(self):
        return queries.journey_of(self.id)

    def do(self, act, number):
        by, keeper = self.world.owner.actor, self.world.keepers[0].actor
        if act == "deliver":
            self.world.finish_stage()
        elif act == "ready":
            service.declare_ready(self.id, by=by)
        elif act == "recall":
            service.recall(self.id, "Wait.", by=by)
        elif act == "open":
            service.open_review(self.id, by=keeper)
        elif act == "cancel":
            service.cancel(queries.open_review_of(self.id).id, "No.", by=keeper)
        elif act == "go":
            self.world.go()
        elif act == "move":
            self.move(number)
        else:
            self.publish(act, number)

    def publish(self, act, number):
        draft = drafting.open_draft("full", by=self.people[0])
        drafting.discard(draft.id, draft.version, by=self.people[0])  # What an earlier try left.
        draft = drafting.open_draft("full", by=self.people[0])
        stages = [stage["key"] for stage in draft.document["stages"]]
        key = stages[number % len(stages)]
        edits = {
            "add": lambda one: _whole(editing.add_stage(one, f"Extra {number}", (), after=key), one),
            "remove": lambda one: editing.remove_stage(one, key) if len(stages) > 2 else one,
            "order": lambda one: editing.set_process(
                editing.move_stage(one, key, 1), {"purpose": f"{number}."}
            ),
        }
        draft = drafting.save(draft.id, draft.version, edits[act], by=self.people[0])
        drafting.publish(draft.id, draft.version, "Next.", by=self.people[0])

    def move(self, number):
        newest = drafting.newest_of(self.journey.process_version.process_id)
        plan = planning.begin(self.journey.process_version_id, newest.id, [self.id], by=self.people[0])
        before, after = plan.from_version.content, newest.content
        stages = dict.fromkeys(
            mapping.homeless(before, after, "stage"), after.stage_keys[number % len(after.stages)]
        )
        left = [dict.fromkeys(mapping.homeless(before, after, kind), LEFT) for kind in mapping.KINDS[1:]]
        plan = planning.set_maps(plan.id, plan.version, Maps(stages, *left), "Go on.", by=self.people[0])
        planning.approve(plan.id, plan.version, by=self.people[1])
        carrying.carry_out(plan.id, by=self.people[0])


def _whole(document, before):
    """Give a new stage and its gate the words that publishing wants."""
    known = {stage["key"] for stage in before["stages"]}
    for stage, gate in zip(document["stages"], document["gates"], strict=True):
        if stage["key"] not in known:
            stage |= {"purpose": "It.", "outcome": "It.", "roles": ["All"]}
            gate |= {"purpose": "It?", "question": "It?", "outcome": "It."}
            gate["should"] = [{"criterion": "reward_risk", "weight": 100}]
    return document


@settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(acts=ACTS)
def test_a_proposal_changes_its_version_by_moves_alone_and_its_clocks_stay_the_calendar(
    world, monkeypatch, acts
):
    # Printing is half of what an opening costs, and has tests of its own.
    monkeypatch.setattr(freezing.pdf, "pdf_of", lambda _paper, pack_hash: pack_hash.encode())
    people = [world.make.user(name=name, roles=["administrator"]).actor for name in ("Ada", "Ben")]
    flight, moment = Flight(world, people), datetime.now(UTC)
    known = {one.id: one.definition for one in db.session.scalars(select(ProcessVersion))}
    for act, number in [(act, number) for way, number in acts for act in way]:
        moment += timedelta(minutes=7)
        before = (flight.journey.process_version_id, flight.journey.stage_key, flight.journey.state)
        try:
            with stopped(moment):
                flight.do(act, number)
        except (IdeaflowError, AttributeError):
            db.session.expire_all()
        journey = flight.journey
        moves = select(func.count()).select_from(MigrationMove).where(MigrationMove.proposal_id == flight.id)
        assert journey.stage_key in journey.content.stage_keys
        if journey.process_version_id != before[0]:
            assert act == "move" and before[2] in CLOCKS and before[2] not in ("in_review", "tallied")
            assert journey.state == before[2] and db.session.scalar(moves) >= 1
        elif journey.stage_key != before[1]:
            assert act == "go"
        runs = db.session.scalars(select(StageRun).where(StageRun.proposal_id == flight.id)).all()
        counted = sum(run.active_seconds + run.wait_seconds + run.hold_seconds for run in runs)
        assert abs(counted - (journey.state_since - journey.started_at).total_seconds()) < 1e-6
        assert len([run for run in runs if run.exited_at is None]) == (journey.where in CLOCKS)
        for version in db.session.scalars(select(ProcessVersion)):
            assert known.setdefault(version.id, version.definition) == version.definition
    assert audit.first_broken() is None
