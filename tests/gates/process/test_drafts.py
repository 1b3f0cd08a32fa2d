"""Drafts, publishing and routing: what was published never changes; the next version stands beside it."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from ideaflow.audit import AuditEvent
from ideaflow.db import db
from ideaflow.errors import Conflict, IdeaflowError, Invalid
from ideaflow.gates import service
from ideaflow.gates.models import Journey
from ideaflow.gates.process import definition, drafting, editing, exchange, publishing, routes
from ideaflow.gates.process.drafting import DraftMoved
from ideaflow.gates.process.routing import Facts
from ideaflow.gates.process.versions import Process, ProcessDraft, ProcessVersion
from ideaflow.proposals.models import Proposal


@pytest.fixture
def admin(make):
    publishing.ship()
    return make.user(name="Ada Lindqvist", roles=["administrator"]).actor


def version_of(key):
    process = db.session.scalars(select(Process).where(Process.key == key)).one()
    return drafting.newest_of(process.id)


def renamed(name):
    return lambda document: editing.set_stage(document, "discovery", {"name": name})


def test_a_draft_is_published_as_the_next_version_beside_the_one_before(admin):
    first = version_of("full")
    draft = drafting.open_draft("full", by=admin)
    draft = drafting.save(draft.id, draft.version, renamed("Look around"), by=admin)
    second = drafting.publish(draft.id, draft.version, "People say so.", by=admin)
    assert (second.number, second.supersedes_id) == (first.number + 1, first.id)
    assert second.content.stages[0].name == "Look around" and first.content.stages[0].name == "Discovery"
    assert db.session.scalars(select(ProcessDraft)).all() == []
    event = db.session.scalars(select(AuditEvent).order_by(AuditEvent.id.desc())).first()
    assert event.before["content_hash"] == first.content_hash
    assert event.after["content_hash"] == second.content_hash and event.reason == "People say so."


def test_the_database_itself_refuses_to_change_what_was_published(admin):
    version = version_of("full")
    with pytest.raises(DBAPIError, match="never changes"), db.session.begin_nested():
        version.definition = version.definition.replace("Discovery", "Elsewhere")
        db.session.flush()
    db.session.expire_all()


def test_two_who_edit_one_draft_do_not_overwrite_each_other(admin, make):
    draft = drafting.open_draft("full", by=admin)
    seen = draft.version
    drafting.save(draft.id, seen, renamed("Hers"), by=admin)
    with pytest.raises(DraftMoved, match=r"it is at 2, you saw 1"):
        drafting.save(draft.id, seen, renamed("His"), by=make.user(name="Jon", roles=["administrator"]).actor)
    assert "Hers" in draft.definition


def test_a_draft_that_wants_something_is_kept_but_not_published(admin):
    draft = drafting.open_draft("full", by=admin)
    draft = drafting.save(
        draft.id, draft.version, lambda one: editing.add_stage(one, "Security", ()), by=admin
    )
    with pytest.raises(Invalid, match="Security: say what it is for"):
        drafting.publish(draft.id, draft.version, "Safer.", by=admin)
    assert drafting.open_draft("full", by=admin).id == draft.id


def test_nothing_changed_is_nothing_to_publish_and_a_note_is_needed(admin):
    draft = drafting.open_draft("full", by=admin)
    with pytest.raises(Invalid, match="Nothing has changed"):
        drafting.publish(draft.id, draft.version, "Why not.", by=admin)
    draft = drafting.save(draft.id, draft.version, renamed("Look"), by=admin)
    with pytest.raises(Invalid, match="Say in a sentence"):
        drafting.publish(draft.id, draft.version, " ", by=admin)


def test_a_shipped_process_that_people_changed_is_not_taken_back_by_the_next_release(
    admin, tmp_path, monkeypatch
):
    draft = drafting.open_draft("lite", by=admin)
    ours = drafting.save(
        draft.id, draft.version, lambda one: editing.set_process(one, {"purpose": "Ours."}), by=admin
    )
    drafting.publish(ours.id, ours.version, "Ours.", by=admin)
    changed = json.loads((publishing.SHIPPED / "lite.json").read_text()) | {"purpose": "Theirs."}
    (tmp_path / "lite.json").write_text(json.dumps(changed))
    monkeypatch.setattr(publishing, "SHIPPED", tmp_path)
    assert publishing.ship() == [] and version_of("lite").content.purpose == "Ours."


def test_a_version_leaves_as_a_file_and_comes_back_as_the_same_bytes(admin):
    version = version_of("express")
    document = exchange.load(exchange.dump(version.document))
    draft = drafting.put(document, by=admin)
    assert draft.definition == version.definition
    with pytest.raises(DraftMoved):
        drafting.put(document, by=admin)
    assert drafting.put({**document, "purpose": "New."}, seen=draft.version, by=admin).version == 2


def test_a_file_may_bring_a_process_of_its_own_but_not_under_a_taken_name(admin):
    document = version_of("lite").document
    made = drafting.put({**document, "key": "tiny", "name": "Tiny"}, by=admin)
    assert made.process.key == "tiny" and made.base_id is None
    with pytest.raises(Invalid, match="is the name of the process “lite” already"):
        drafting.put({**document, "key": "other"}, by=admin)
    drafting.discard(made.id, made.version, by=admin)
    assert db.session.scalar(select(Process).where(Process.key == "tiny")) is None


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("name"), st.sampled_from(["One", "Two", "Three"])),
        st.tuples(st.just("add"), st.sampled_from(["Alpha", "Beta"])),
        st.tuples(st.sampled_from(["publish", "ship", "discard", "again"]), st.just("")),
    ),
    max_size=10,
)


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(steps=STEPS)
def test_for_any_edits_and_publishes_published_bytes_never_change(admin, steps):
    known = {one.id: one.definition for one in db.session.scalars(select(ProcessVersion))}
    for verb, word in steps:
        draft = drafting.open_draft("lite", by=admin)
        try:
            act(draft, verb, word, admin)
        except IdeaflowError:
            db.session.expire_all()
        for version in db.session.scalars(select(ProcessVersion).execution_options(populate_existing=True)):
            assert known.setdefault(version.id, version.definition) == version.definition
            assert definition.digest(version.definition) == version.content_hash
            assert exchange.load(exchange.dump(version.document)) == version.document


def act(draft, verb, word, by):
    if verb == "name":
        drafting.save(draft.id, draft.version, lambda one: {**one, "purpose": word}, by=by)
    elif verb == "add":
        drafting.save(draft.id, draft.version, lambda one: editing.add_stage(one, word, ()), by=by)
    elif verb == "publish":
        drafting.publish(draft.id, draft.version, "Next.", by=by)
    elif verb == "ship":
        publishing.ship()
    elif verb == "discard":
        drafting.discard(draft.id, draft.version, by=by)
    else:
        newest = exchange.load(exchange.dump(version_of("lite").document))
        drafting.put(newest, seen=draft.version, by=by)


def test_the_first_rule_that_fits_decides_and_the_result_is_kept_with_the_proposal(admin, world):
    routes.use_suggested(by=admin)
    small = world.make._add(Proposal(title="Bigger font", owner_id=world.owner.id, asked_amount=9_000))
    large = world.make._add(
        Proposal(title="Robots", owner_id=world.owner.id, asked_amount=900_000, type="new_offering")
    )
    unsaid = world.make._add(Proposal(title="Who knows", owner_id=world.owner.id))
    found = {
        one.title: service.start(one.id, by=world.owner.actor).process_version.process.key
        for one in (small, large, unsaid)
    }
    assert found == {"Bigger font": "lite", "Robots": "full", "Who knows": "full"}
    kept = db.session.get(Journey, small.id).routed
    assert kept["rule"] == "Small and safe" and kept["facts"]["risk"] == "low"
    assert db.session.get(Journey, world.proposal.id).routed["rule"] == ""
    with pytest.raises(Conflict, match="rules already"):
        routes.use_suggested(by=admin)


def test_segment_and_region_choose_a_process_too_and_a_try_says_why(admin):
    routes.save_rule(None, 0, "Pharma", "express", {"segments": ["Pharma"], "regions": ["EU"]}, by=admin)
    routes.save_rule(None, 0, "Rest", "lite", {}, by=admin)
    assert (
        routes.choose(Facts("improve", segments=("Pharma",), regions=("eu",))).version.process.key
        == "express"
    )
    other = routes.choose(Facts("improve", segments=("Pharma",), regions=("US",)))
    assert other.version.process.key == "lite"
    assert [(step.fits, step.why) for step in other.steps] == [(False, "nobody in EU asks"), (True, "")]
    first = routes.all_rules()[0]
    routes.move_rule(first.id, 1, by=admin)
    assert [rule.name for rule in routes.all_rules()] == ["Rest", "Pharma"]


def test_a_rule_that_makes_no_sense_is_refused_field_by_field(admin):
    with pytest.raises(Invalid) as caught:
        routes.save_rule(None, 0, "", "none", {"spend_from": 9, "spend_below": 3, "types": ["x"]}, by=admin)
    assert {one["field"] for one in caught.value.problems} == {"name", "process", "types", "spend_below"}


def test_a_rule_somebody_changed_meanwhile_is_not_overwritten(admin):
    rule = routes.save_rule(None, 0, "Rest", "lite", {}, by=admin)
    routes.save_rule(rule.id, 1, "The rest", "express", {}, by=admin)
    with pytest.raises(Conflict, match="it is at 2, you saw 1"):
        routes.save_rule(rule.id, 1, "All", "full", {}, by=admin)


def test_no_rule_sends_a_proposal_to_a_process_that_is_not_meant_for_its_type(admin):
    routes.save_rule(None, 0, "All to Lite", "lite", {}, by=admin)
    choice = routes.choose(Facts("new_offering"))
    assert choice.version.process.key == "full" and choice.rule is None
    assert choice.steps[0].why == "its process is not meant for “new offering”"


def test_a_version_may_say_again_what_an_earlier_one_said(admin):
    first = version_of("lite")
    for document in ({**first.document, "purpose": "Other."}, first.document):
        draft = drafting.put(document, by=admin)
        drafting.publish(draft.id, draft.version, "Back and forth.", by=admin)
    assert version_of("lite").number == first.number + 2
    assert version_of("lite").content_hash == first.content_hash and publishing.ship() == []
