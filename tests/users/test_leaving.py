"""Somebody leaves: everything they hold is in other hands, or nothing has changed."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from ideaflow.accounts.models import Account, OwnerOverride
from ideaflow.accounts.owners import owned_by, owners_of
from ideaflow.audit import AuditEvent
from ideaflow.cli import ideaflow
from ideaflow.clock import now, today
from ideaflow.codesign import service as codesign
from ideaflow.db import db, metadata
from ideaflow.errors import Invalid, NotFound
from ideaflow.gates import service as gates
from ideaflow.gates.meeting import planning
from ideaflow.gates.models import Condition, Notice, Scorecard
from ideaflow.gates.process import publishing
from ideaflow.gates.process.plans import MigrationPlan
from ideaflow.gates.process.versions import Gatekeeper, ProcessVersion
from ideaflow.launch.models import Launch, LaunchCell, Offering, ReadinessCheck, ReadinessTemplate
from ideaflow.loop import announcing
from ideaflow.market.models import Channel, Region
from ideaflow.outbox import OutgoingMail
from ideaflow.proposals.models import Proposal, TriggerRule
from ideaflow.schema import import_all_models
from ideaflow.themes.models import SavedView, Theme
from ideaflow.users import handover, leaving, service, tokens
from ideaflow.users.handover import Choice
from tests.gates.conftest import build_world

ROLES = ["administrator", "gatekeeper", "product_manager", "sales", "service"]
KINDS = {
    "accounts", "opportunities", "themes", "saved_views", "proposals", "trigger_rules", "codesign", "reviews",
    "seats", "deputies", "conditions", "notices", "meetings", "plans", "announcements", "launches", "cells",
    "checks",
}  # fmt: skip
BY_NAME = {"accounts.owner_name", "opportunities.owner_name", "announcements.written_by_name"}


@pytest.fixture
def boss(make):
    return make.user(name="Tom Wrona", roles=["administrator"])


@pytest.fixture
def world(make):
    return build_world(make, keepers=3)


def follow_suggestions(leaver):
    return handover.suggested(handover.holdings(leaver.id), Choice())


def everything(make, world):
    """Put one thing of each kind into somebody's hands; returns them; Lena Prior may take all of it."""
    review = world.to_gate()  # Before they sit anywhere: it is theirs to take over.
    leaver, other = (make.user(name=name, roles=ROLES) for name in ("Yuki Aldana", "Lena Prior"))
    make.account(owner_name=leaver.name)
    make.opportunity(owner_name=leaver.name.upper())
    make._add(Theme(title="Halls stop", owner_id=leaver.id))
    make._add(SavedView(user_id=leaver.id, name="Mine"))
    make._add(SavedView(user_id=other.id, name="mine"))
    own = make._add(Proposal(title="Shelf labels", owner_id=leaver.id))
    make._add(
        TriggerRule(name="Growing", conditions={}, owner_id=leaver.id, type="improve", strategy="satisfy")
    )
    codesign.begin(own.id, "kano", "Which of these?", by=leaver.actor)
    version = publishing.standard()
    gate_key = version.content.gates[0].key
    for user_id, deputy_id in ((leaver.id, other.id), (other.id, leaver.id)):
        make._add(Gatekeeper(process_id=version.process_id, gate_key=gate_key, user_id=user_id,
                             deputy_id=deputy_id))  # fmt: skip
    make._add(Scorecard(review_id=review.id, gatekeeper_id=leaver.id))
    db.session.scalars(select(Scorecard).order_by(Scorecard.id)).first().deputy_id = leaver.id
    due = {"due_on": today() + timedelta(days=9)}
    make._add(Condition(review_id=review.id, proposal_id=world.proposal.id, text="Ask legal",
                        owner_id=leaver.id, consequence="hold", **due))  # fmt: skip
    make._add(Notice(review_id=review.id, proposal_id=world.proposal.id, teller_id=leaver.id, words="No.",
                     contacts=[], **due))  # fmt: skip
    planning.call_meeting(planning.Plan("Gate meeting", now() + timedelta(days=2)), by=leaver.actor)
    ids = list(db.session.scalars(select(ProcessVersion.id).order_by(ProcessVersion.id).limit(2)))
    make._add(MigrationPlan(from_version_id=ids[0], to_version_id=ids[1], author_id=leaver.id))
    announcing.save(None, announcing.Draft("Soon", "Labels."), 0, by=leaver.actor)
    channel, region = make._add(Channel(name="Direct")), make._add(Region(name="Nordics"))
    template = make._add(ReadinessTemplate(name="Of tests", number=1, items=[]))
    launch = make._add(
        Launch(offering_id=make._add(Offering(name="Labels")).id, proposal_id=own.id, name="Labels",
               template_id=template.id, launch_on=due["due_on"], tier=2, owner_id=leaver.id, currency="EUR")
    )  # fmt: skip
    make._add(LaunchCell(launch_id=launch.id, channel_id=channel.id, region_id=region.id, target_amount=1,
                         owner_id=leaver.id, currency="EUR"))  # fmt: skip
    make._add(ReadinessCheck(launch_id=launch.id, key="training", title="Training", function="sales", rule={},
                             weight=1, is_blocking=True, owner_id=leaver.id, **due))  # fmt: skip
    return leaver


def test_every_foreign_key_to_users_is_history_or_handed_over(app):
    import_all_models()
    keys = {
        f"{table.name}.{column.name}"
        for table in metadata.sorted_tables
        for column in table.columns
        if any(key.target_fullname == "users.id" for key in column.foreign_keys)
    }
    handed = {column for kind in leaving.kinds() for column in kind.columns}
    stays = set(leaving.history())
    assert keys - handed - stays == set(), (
        "Register them in their slice's leaving, or say that history stays."
    )
    assert (handed | stays) - keys == BY_NAME, "These are named, and no such foreign key exists."
    assert handed & stays == set()
    assert all(reason for reason in leaving.history().values())


def test_a_leaver_leaves_no_orphan(session, make, world, boss):
    leaver = everything(make, world)
    held = handover.holdings(leaver.id)
    assert {group.kind.key for group in held.groups} >= KINDS
    handover.leave(leaver.id, follow_suggestions(leaver), held.mark, by=boss.actor)
    session.expire_all()
    assert not leaver.is_active
    for column in {column for kind in leaving.kinds() for column in kind.columns} - BY_NAME:
        table, name = column.split(".")
        table = metadata.tables[table]
        left = session.scalar(select(func.count()).select_from(table).where(table.c[name] == leaver.id))
        assert left == 0, column
    assert (
        session.scalar(select(AuditEvent.actor_name).where(AuditEvent.action == "users.leave")) == boss.name
    )
    mails = session.scalars(
        select(OutgoingMail).where(OutgoingMail.key.like(f"leave:{leaver.id} to %"))
    ).all()
    assert mails and all("Yuki Aldana has left" in mail.text for mail in mails)


def test_trying_it_out_changes_nothing(session, make, world, boss):
    leaver = everything(make, world)
    before = handover.holdings(leaver.id).mark, session.scalar(select(func.count(AuditEvent.id)))
    outcome = handover.try_out(leaver.id, follow_suggestions(leaver), by=boss.actor)
    assert outcome.count == handover.holdings(leaver.id).count
    assert (handover.holdings(leaver.id).mark, session.scalar(select(func.count(AuditEvent.id)))) == before
    assert leaver.is_active


def test_a_seat_at_an_open_review_goes_on_and_the_review_says_so(client_of, make, world, boss):
    review, leaver = world.to_gate(), world.keepers[2]
    heir = make.user(name="Ruth Stein", roles=["gatekeeper"])
    outcome = handover.leave(leaver.id, Choice(heir.id), by=boss.actor)
    card = db.session.scalar(select(Scorecard).where(Scorecard.gatekeeper_id == heir.id))
    assert (card.for_id, card.for_reason) == (leaver.id, "has left")
    assert any("Ruth Stein scores" in said and "needed" in said for said in outcome.consequences)
    world.score(review, keepers=[*world.keepers[:2], heir])
    page = client_of("gatekeeper").get(f"/gates/reviews/{review.id}").text
    assert f"for {leaver.name}" in page


def test_the_quorum_of_an_open_review_is_counted_anew_before_it_happens(make, world, boss):
    review = world.to_gate()
    gates.recuse(review.id, "My sister works there.", by=world.keepers[2].actor)
    outcome = handover.try_out(world.keepers[1].id, Choice(world.keepers[0].id), by=boss.actor)
    (said,) = outcome.consequences
    assert "goes on without this seat" in said and "0 of 1 scorecard in, 1 needed" in said


def test_who_takes_over_a_proposal_under_review_decides_no_more_about_it(make, world, boss):
    review = world.to_gate()
    both = world.keepers[0]
    both.roles = ["gatekeeper", "product_manager"]
    handover.leave(world.owner.id, Choice(both.id), by=boss.actor)
    assert db.session.get(Proposal, world.proposal.id).owner_id == both.id
    card = db.session.scalar(
        select(Scorecard).where(Scorecard.review_id == review.id, Scorecard.gatekeeper_id == both.id)
    )
    assert card.recused_reason == "owns the proposal now"


def test_who_has_left_is_not_asked_to_score_again(make, world, boss):
    review = world.to_gate()
    leaver = world.keepers[2]
    world.score(review)
    handover.leave(leaver.id, follow_suggestions(leaver), by=boss.actor)
    gates.score_again(review.id, by=world.keepers[0].actor)
    card = db.session.scalar(select(Scorecard).where(Scorecard.gatekeeper_id == leaver.id))
    assert card.recused_reason == "has left" and card.submitted_at is None


def test_what_came_meanwhile_is_not_handed_over_unseen(client_of, make):
    browser, leaver = client_of("administrator"), make.user()
    make.user()
    mark = handover.holdings(leaver.id).mark
    make._add(Proposal(title="Shelf labels", owner_id=leaver.id))
    answer = browser.post(f"/users/{leaver.id}/leave", data={"do": "leave", "mark": mark})
    assert answer.status_code == 409
    assert mark in answer.text and handover.holdings(leaver.id).mark in answer.text
    assert leaver.is_active


def test_nobody_takes_over_what_they_may_not_do(make, boss):
    leaver, seller = make.user(), make.user(roles=["sales"])
    make._add(Proposal(title="Shelf labels", owner_id=leaver.id))
    with pytest.raises(Invalid, match="Proposals owned"):
        handover.leave(leaver.id, Choice(seller.id), by=boss.actor)
    with pytest.raises(Invalid, match="your own door"):
        handover.leave(boss.id, Choice(), by=boss.actor)
    with pytest.raises(NotFound):
        handover.holdings(987_654_321)


def test_who_works_in_the_same_arena_is_suggested_before_the_same_role(make):
    leaver, alike, near = (make.user(name=name) for name in ("Maren Holt", "Ada Alike", "Nora Near"))
    near.roles = ["product_manager", "sales"]
    near_by = {"Inventory": {near.id: 2, alike.id: 0}}
    assert handover.suggest("Inventory", leaver, [alike, near], near_by).user is near
    assert handover.suggest("", leaver, [alike, near], near_by).user is alike
    assert handover.suggest("", leaver, [], {}) is None


def test_the_crm_has_the_last_word_on_whose_account_it_is(client_of, session, make, boss):
    leaver, heir = make.user(name="Yuki Aldana", roles=["sales"]), make.user(name="Ada Sale", roles=["sales"])
    new = make.user(name="Nia New", roles=["sales"])
    account = make.account(owner_name="yuki aldana")
    handover.leave(leaver.id, Choice(heir.id), by=boss.actor)
    assert owners_of([account.id])[account.id] is heir
    page = client_of("sales").get(f"/accounts/{account.id}").text
    assert "Ada Sale" in page and "stands in" in page
    account.owner_name = "Nia New"
    session.flush()
    assert owners_of([account.id])[account.id] is new
    assert session.scalar(select(OwnerOverride.user_id)) == heir.id
    theirs = select(Account.id).where(owned_by(Account, heir))
    assert not session.scalars(theirs).all()


def test_an_administrator_looks_first_and_then_closes_the_door(client_of, make):
    browser, leaver, heir = (
        client_of("administrator"),
        client_of("product_manager"),
        make.user(name="Ada Heir"),
    )
    person = leaver.user
    proposals = [make._add(Proposal(title=f"Shelf labels {n}", owner_id=person.id)) for n in range(2)]
    third = make.user(name="Cy Third")
    address = f"/users/{person.id}/leave"
    page = browser.get(address).text
    assert "holds 2 things" in page and "Shelf labels 1" in page
    chosen = {"kind-proposals": heir.id, f"thing-proposals-{proposals[1].id}": third.id}
    summary = browser.post(address, data={**chosen, "do": "look"}).text
    assert "What will happen" in summary and "Ada Heir" in summary and "Cy Third" in summary
    assert leaver.get("/").status_code == 200
    mark = handover.holdings(person.id).mark
    assert browser.post(address, data={**chosen, "do": "leave", "mark": mark}).status_code == 303
    assert [db.session.get(Proposal, one.id).owner_id for one in proposals] == [heir.id, third.id]
    assert leaver.get("/").location.startswith("/sign-in")
    assert "holds nothing that would wait" in browser.get(address).text


def test_tokens_die_with_the_door(make, boss):
    leaver = make.user()
    _, text = tokens.add(leaver.id, "Dashboard", ["read"], 90, by=leaver.actor)
    assert tokens.find(text) is not None
    handover.leave(leaver.id, Choice(), by=boss.actor)
    assert tokens.find(text) is None and all(one.revoked_at for one in tokens.of_user(leaver.id))


def test_the_last_administrator_stays(make):
    only, keeper = make.user(roles=["administrator"]), make.user()
    with pytest.raises(Invalid, match="last administrator"):
        handover.leave(only.id, Choice(), by=keeper.actor)
    assert only.is_active


def test_the_command_tells_first_and_does_it_then(app, session, make):
    leaver, heir = make.user(name="Maren Holt"), make.user(name="Ada Heir")
    make._add(Proposal(title="Shelf labels", owner_id=leaver.id))
    runner = app.test_cli_runner()
    asked = ["users", "leave", leaver.email, "--to", heir.email]
    tried = runner.invoke(ideaflow.commands["users"], [*asked[1:], "--dry-run"])
    assert "Nothing was changed: Maren Holt hands over 1 thing" in tried.output, tried.output
    assert leaver.is_active
    done = runner.invoke(ideaflow.commands["users"], asked[1:])
    assert "Shelf labels" in done.output and "cannot sign in any more" in done.output
    assert not db.session.get(type(leaver), leaver.id).is_active


def test_what_somebody_left_behind_before_is_handed_over_afterwards(make, boss):
    leaver, heir = make.user(), make.user()
    service.let_go(leaver.id, by=boss.actor)
    left_at = leaver.left_at
    proposal = make._add(Proposal(title="Shelf labels", owner_id=leaver.id))
    handover.leave(leaver.id, Choice(heir.id), by=boss.actor)
    assert proposal.owner_id == heir.id and leaver.left_at == left_at
    with pytest.raises(NotFound):
        handover.leave(leaver.id, Choice(), by=boss.actor)
