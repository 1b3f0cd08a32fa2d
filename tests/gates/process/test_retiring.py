"""A process takes nothing new once it is retired; what runs on it stays, and nothing leads into the void."""

import pytest
from sqlalchemy import select

from ideaflow import audit
from ideaflow.db import db
from ideaflow.errors import Conflict, Invalid
from ideaflow.gates import queries, service
from ideaflow.gates.migrating import planning
from ideaflow.gates.process import drafting, publishing, retiring, routes
from ideaflow.gates.process.routing import Facts
from ideaflow.gates.process.versions import Process
from ideaflow.proposals.models import Proposal
from tests.gates.process.test_migrations import newest, publish, shorter

SMALL = Facts("improve", spend=9_000)


@pytest.fixture
def admin(make):
    return make.user(name="Ada", roles=["administrator"]).actor


def lite_rule(admin):
    return routes.save_rule(None, 0, "Small", "lite", {"spend_below": 50_000}, by=admin)


def test_a_process_that_a_rule_leads_to_is_not_retired_before_the_rule_leads_elsewhere(world, admin):
    rule = lite_rule(admin)
    small = world.make._add(Proposal(title="Bigger font", owner_id=world.owner.id, asked_amount=9_000))
    service.start(small.id, by=world.owner.actor)
    with pytest.raises(Conflict, match="rule “Small” leads to it"):
        retiring.retire("lite", None, "Nobody likes it.", by=admin)
    routes.save_rule(rule.id, rule.version, "Small", "express", {"spend_below": 50_000}, by=admin)
    retiring.retire("lite", None, "Nobody likes it.", by=admin)
    assert queries.journey_of(small.id).process_version.process.key == "lite"
    world.proposal = small
    world.finish_stage()  # It goes on as before.
    with pytest.raises(Conflict, match="is retired already"):
        retiring.retire("lite", None, "Again.", by=admin)
    retired = db.session.scalars(
        select(audit.AuditEvent).where(audit.AuditEvent.action == "gates.retire")
    ).one()
    assert retired.reason == "Nobody likes it."


def test_nothing_leads_to_a_retired_process_until_it_is_brought_back(world, admin):
    retiring.retire("lite", None, "Express is short enough.", by=admin)
    lite = newest("lite")
    with pytest.raises(Invalid, match="not retired"):
        lite_rule(admin)
    with pytest.raises(Invalid, match="Lite, version 1 is retired"):
        planning.begin(publishing.standard().id, lite.id, by=admin)
    with pytest.raises(Conflict, match="Bring it back first"):
        drafting.open_draft("lite", by=admin)
    with pytest.raises(Invalid, match="Say why"):
        retiring.bring_back("lite", None, " ", by=admin)
    retiring.bring_back("lite", None, "Still wanted.", by=admin)
    lite_rule(admin)
    assert routes.choose(SMALL).version.id == lite.id
    with pytest.raises(Conflict, match="not retired"):
        retiring.bring_back("lite", None, "Twice.", by=admin)


def test_what_proposals_take_without_a_rule_is_never_retired(world, admin):
    with pytest.raises(Conflict, match="one process has to be there"):
        retiring.retire("full", None, "All of it.", by=admin)
    with pytest.raises(Conflict, match="New proposals take it"):
        retiring.retire("full", 1, "All of it.", by=admin)
    publish("full", shorter, admin)
    retiring.retire("full", 1, "Version 2 is shorter.", by=admin)
    assert publishing.standard().number == 2
    assert queries.journey_of(world.proposal.id).process_version.number == 1
    # What runs on a retired version may be moved away, not onto it.
    planning.begin(queries.journey_of(world.proposal.id).process_version_id, newest("full").id, by=admin)
    with pytest.raises(Invalid, match="nothing moves onto it"):
        planning.begin(newest("full").id, queries.journey_of(world.proposal.id).process_version_id, by=admin)
    retiring.bring_back("full", 1, "Two is a mistake.", by=admin)


def test_an_open_plan_keeps_its_goal_in_use(world, admin):
    planning.begin(publishing.standard().id, newest("lite").id, by=admin)
    with pytest.raises(Conflict, match="1 open plan moves proposals onto it"):
        retiring.retire("lite", None, "Short.", by=admin)
    leads = retiring.leads_to(db.session.scalars(select(Process).where(Process.key == "lite")).one())
    assert [plan.to_version.process.key for plan in leads.plans] == ["lite"]


def test_the_page_says_what_leads_there_and_asks_for_a_reason(client_of, world):
    browser = client_of("administrator")
    rule = lite_rule(browser.user.actor)
    page = browser.get("/processes/lite/retire").text
    assert f"/processes/routing#rule-{rule.id}" in page and "Retire Lite</button>" not in page
    assert browser.post("/processes/lite/retire", data={"reason": "Old."}).status_code == 409
    routes.remove_rule(rule.id, rule.version, by=browser.user.actor)
    assert "Say why" in browser.post("/processes/lite/retire", data={"reason": ""}).text
    answer = browser.post("/processes/lite/retire", data={"reason": "Too short."}, follow_redirects=True)
    assert "takes nothing new since" in answer.text and "Too short." in answer.text
    assert browser.post("/processes/lite/retire", data={"reason": "Old."}).status_code == 409
    assert "Too short." in browser.get("/processes/").text
    assert 'value="lite"' not in browser.get("/processes/routing").text
    browser.post("/processes/lite/bring-back", data={"reason": "Wanted."})
    assert "Too short." not in browser.get("/processes/").text
    assert client_of("gatekeeper").post("/processes/lite/retire", data={"reason": "x"}).status_code == 403
    assert browser.get("/processes/lite/retire?version=9").status_code == 404
