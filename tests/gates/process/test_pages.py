"""The pages of processes, without JavaScript: read, written, published, routed, taken along."""

import io
import json
import re

import pytest
from flask import url_for
from sqlalchemy import text

from ideaflow.db import db
from ideaflow.errors import Conflict
from ideaflow.gates import jobs, queries, service
from ideaflow.gates.commands import processes
from ideaflow.gates.migrating import carrying, dry, planning
from ideaflow.gates.process import drafting, exchange, publishing, routes
from ideaflow.gates.process.functions import FUNCTIONS
from ideaflow.gates.process_pages import shared
from ideaflow.proposals import service as proposals
from ideaflow.proposals.models import Proposal
from tests.gates.conftest import fill


@pytest.fixture
def admin(client_of):
    return client_of("administrator")


def form_of(page, action):
    """Return what a browser would send of the form with this action, untouched."""
    html = page.text[page.text.index(f'action="{action}"') :]
    html = html[: html.index("</form>")]
    sent = []
    for tag in re.finditer(r"<(input|textarea|select)\b([^>]*)>", html):
        name = re.search(r'name="([^"]+)"', tag[2])
        value = re.search(r'value="([^"]*)"', tag[2])
        if not name or ('type="checkbox"' in tag[2] and "checked" not in tag[2]):
            continue
        rest = html[tag.end() :]
        if tag[1] == "textarea":
            said = rest[: rest.index("</textarea>")]
        elif tag[1] == "select":
            chosen = re.search(r'value="([^"]*)" selected', rest[: rest.index("</select>")])
            first = re.search(r'value="([^"]*)"', rest)
            said = (chosen or first)[1]
        else:
            said = value[1] if value else "1"
        sent.append((name[1], said.replace("&#39;", "'").replace("&amp;", "&").replace("&#34;", '"')))
    return sent


def data_of(sent):
    data = {}
    for name, value in sent:
        data.setdefault(name, []).append(value)
    return data


def draft():
    return shared.draft_of("full")


def test_every_process_is_listed_with_what_runs_on_it(admin, world):
    page = admin.get("/processes/").text
    assert page.index(">Express<") > 0 and page.index(">Lite<") > 0
    assert re.search(r"Running</dt><dd>1<small>proposal<", page)
    assert "every proposal takes Full" in page


def test_the_list_asks_a_constant_number_of_questions(admin, count_queries):
    with count_queries() as few:
        admin.get("/processes/")
    document = drafting.newest_of(shared.process_with("lite").id).document
    for number in range(10):
        drafting.put({**document, "key": f"p{number}", "name": f"P {number}"}, by=publishing.SYSTEM)
    with count_queries() as many:
        admin.get("/processes/")
    assert len(many) == len(few)


def test_each_form_of_the_editor_sent_untouched_changes_nothing(admin):
    admin.post("/processes/full/draft")
    before = draft().document
    for part, action in (
        ("process", "process"), ("stage:scoping", "stages/scoping"),
        ("stage:development", "stages/development"),
        ("gate:gate_3", "gates/gate_3"), ("gate:launch_gate", "gates/launch_gate"),
    ):  # fmt: skip
        page = admin.get(f"/processes/full/draft?part={part}")
        address = f"/processes/drafts/{draft().id}/{action}"
        answer = admin.post(address, data=data_of(form_of(page, address)))
        assert answer.status_code == 303, part
    assert shared.look_at(draft()).changes == [] and draft().document["stages"] == before["stages"]


def test_a_stage_is_written_in_words_first_and_published_when_nothing_is_missing(admin):
    admin.post("/processes/full/draft")
    at = f"/processes/drafts/{draft().id}"
    answer = admin.post(f"{at}/stages", data={"seen": 1, "name": "Security review", "after": "development"})
    assert answer.location.endswith("part=stage:security_review")
    page = admin.get(answer.location)
    assert "Security review: say what it is for." in page.text and "missing" in page.text
    sent = data_of(form_of(page, f"{at}/stages/security_review"))
    sent |= {
        "purpose": ["Find what an attacker would."], "outcome": ["A report."],
        "roles": ["Security, Engineering"],
        "step-name": ["Attack it"], "step-role": ["Security"], "step-function": [""],
        "deliverable-name": ["Report of the attack"], "deliverable-hint": ["What was found."],
    }  # fmt: skip
    admin.post(f"{at}/stages/security_review", data=sent)
    assert "no function is bound to “Attack it”" in admin.get("/processes/full/draft/review").text
    page = admin.get("/processes/full/draft?part=stage:security_review")
    sent = data_of(form_of(page, f"{at}/stages/security_review"))
    sent["step-function"] = ["outside", ""]
    admin.post(f"{at}/stages/security_review", data=sent)
    page = admin.get("/processes/full/draft?part=gate:gate_security_review")
    sent = data_of(form_of(page, f"{at}/gates/gate_security_review"))
    sent |= {
        "purpose": ["Is it safe?"], "question": ["Is {title} safe?"], "outcome": ["It goes on."],
        "must-name": ["No hole is open"], "must-question": ["Is no hole open?"],
        "should-name": ["Strength"], "should-weight": ["100"],
        "should-anchor0": ["Open"], "should-anchor10": ["Shut"],
    }  # fmt: skip
    admin.post(f"{at}/gates/gate_security_review", data=sent)
    page = admin.get("/processes/full/draft/review").text
    assert "Publish for good" in page and "“Security review”" in page
    answer = admin.post(f"{at}/publish", data={"seen": draft().version, "note": "Safer."})
    page = admin.get(answer.location).text
    assert "Full, version 2" in page and "Attack it" in page and "Safer." in page
    assert "“Security review”" in admin.get("/processes/full/compare").text


def test_publishing_shows_whom_it_concerns(admin, world):
    admin.post("/processes/full/draft")
    page = admin.get("/processes/full/draft/review").text
    assert "1 proposal of 1 person stays on the version they have" in page
    assert "Live cycle count" in page and "Maren Holt" in page


def test_a_weight_that_is_no_number_is_refused_beside_its_field(admin):
    admin.post("/processes/full/draft")
    address = f"/processes/drafts/{draft().id}/gates/gate_3"
    sent = data_of(form_of(admin.get("/processes/full/draft?part=gate:gate_3"), address))
    sent["should-weight"][0] = "much"
    answer = admin.post(address, data=sent)
    assert answer.status_code == 422 and "“much” is not a whole number" in answer.text
    assert draft().version == 1


def test_two_editors_see_both_versions_and_one_may_put_theirs_on_top(admin, client_of):
    admin.post("/processes/full/draft")
    at = f"/processes/drafts/{draft().id}/process"
    first = {"seen": 1, "name": "Full", "purpose": "Hers."}
    assert admin.post(at, data=first).status_code == 303
    other = client_of("administrator")
    answer = other.post(at, data={"seen": 1, "name": "Full", "purpose": "His."})
    assert answer.status_code == 409 and "Hers." in answer.text and "His." in answer.text
    assert draft().document["purpose"] == "Hers."
    again = other.post(at, data=data_of(form_of(answer, at)))
    assert again.status_code == 303 and draft().document["purpose"] == "His."


def test_a_process_leaves_as_a_file_and_a_wrong_file_is_told_where(admin):
    file = admin.get("/processes/express.json?version=1")
    assert file.headers["Content-Disposition"] == "attachment; filename=express-v1.json"
    document = exchange.load(file.data)

    def send(content, **more):
        data = {"file": (io.BytesIO(json.dumps(content).encode()), "p.json"), **more}
        return admin.post("/processes/import", data=data, content_type="multipart/form-data")

    wrong = json.loads(file.data)
    wrong["gates"][0]["quorum"]["min_count"] = "two"
    answer = send(wrong)
    assert answer.status_code == 422
    assert "<code>gates[0].quorum.min_count</code>: expected a whole number from 0 to 100" in answer.text
    assert send(document).status_code == 303
    again = send(document)
    assert again.status_code == 409 and "has a draft already" in again.text
    assert send(document, replace=1).status_code == 303


def test_rules_are_written_ordered_and_tried_on_their_page(admin):
    assert "every proposal takes Full" in admin.get("/processes/routing").text
    admin.post("/processes/routing/suggested")
    page = admin.get("/processes/routing?try=1&type=improve&spend=20k").text
    assert "Lite, version 1" in page and "Risk low" in page
    first = routes.all_rules()[0]
    admin.post(f"/processes/routing/{first.id}/move", data={"to": "later"})
    page = admin.get("/processes/routing?try=1&type=improve&spend=20k").text
    assert "Express, version 1" in page
    answer = admin.post("/processes/routing", data={"name": "Odd", "process": "lite", "spend_below": "much"})
    assert answer.status_code == 422 and "“much” is no sum" in answer.text


@pytest.mark.parametrize("role", ["product_manager", "gatekeeper", "sales"])
def test_others_read_processes_but_do_not_write_them(client_of, role):
    browser = client_of(role)
    assert browser.get("/processes/").status_code == 200
    assert "Write the next version" not in browser.get("/processes/").text
    assert browser.post("/processes/full/draft").status_code == 403


@pytest.fixture
def outgrown(admin, world):
    """A proposal that started on Lite and now asks for much more."""
    routes.use_suggested(by=publishing.SYSTEM)
    one = world.make._add(Proposal(title="Bigger font", owner_id=world.owner.id, asked_amount=9_000))
    service.start(one.id, by=world.owner.actor)
    return proposals.edit(one.id, {"asked_amount": 900_000}, one.version, by=world.owner.actor)


def test_what_outgrew_its_process_is_told_planned_approved_and_moved(admin, client_of, outgrown):
    assert "Bigger font outgrew Lite" in admin.get("/").text
    assert "The rules send it through Full now" in admin.get(f"/proposals/{outgrown.id}").text
    page = admin.get("/processes/migrations")
    assert "Plan its move" in page.text and "it asks for 900,000" in page.text
    answer = admin.post("/processes/migrations", data=data_of(form_of(page, "/processes/migrations")))
    plan = answer.location
    page = admin.get(plan).text
    assert "1 can move." in page and "does not go through Discovery and Scoping" in page
    assert admin.post(f"{plan}/approve", data={"seen": 1}).status_code == 403
    keeper = client_of("gatekeeper")
    assert "Approve the move from Lite, version 1 to Full, version 1" in keeper.get("/").text
    assert keeper.post(f"{plan}/carry-out").status_code == 403
    assert admin.post(f"{plan}/carry-out").status_code == 409
    assert keeper.post(f"{plan}/approve", data={"seen": 1}).status_code == 303
    assert admin.post(f"{plan}/carry-out", data={"seen": 1}).status_code == 409
    admin.post(f"{plan}/carry-out", data={"seen": 2})
    page = admin.get(plan).text
    assert "1 has moved" in page and "Nobody is left on Lite, version 1" in page
    assert "Business case" in admin.get(f"/proposals/{outgrown.id}").text


def test_a_plan_changed_meanwhile_is_not_overwritten(admin, outgrown):
    page = admin.get("/processes/migrations")
    plan = admin.post("/processes/migrations", data=data_of(form_of(page, "/processes/migrations"))).location
    sent = data_of(form_of(admin.get(plan), plan))
    assert admin.post(plan, data={**sent, "stage-business_case": ["scoping"]}).status_code == 303
    assert ">Scoping<" in admin.get(plan).text
    answer = admin.post(plan, data={**sent, "stage-business_case": ["discovery"]})
    assert answer.status_code == 409 and "it is at 2, you saw 1" in answer.text
    assert "Look and size: theirs Scoping, yours Discovery" in answer.text
    assert admin.post(plan, data={**sent, "seen": ["2"], "stage-business_case": ["-"]}).status_code == 422


def test_the_terminal_lists_takes_along_and_brings_in(app, admin, tmp_path):
    runner = app.test_cli_runner()
    assert [one["key"] for one in json.loads(runner.invoke(processes, ["list", "--json"]).output)] == [
        "express", "full", "lite"
    ]  # fmt: skip
    file = tmp_path / "lite.json"
    runner.invoke(processes, ["export", "lite", "--output", str(file)])
    assert exchange.load(file.read_bytes()) == drafting.newest_of(shared.process_with("lite").id).document
    answer = runner.invoke(processes, ["import", str(file)])
    assert "The file is the draft of Lite." in answer.output
    assert isinstance(runner.invoke(processes, ["import", str(file)]).exception, Conflict)
    assert runner.invoke(processes, ["import", str(file), "--replace"]).exit_code == 0


def test_a_stage_says_what_to_do_and_leads_to_where_it_is_done(admin, world):
    page = admin.get(f"/proposals/{world.proposal.id}").text
    assert "What to do in Discovery" in page
    assert f'href="/proposals/{world.proposal.id}/edit" title="Say what it is' in page
    with admin.application.test_request_context():
        for one in FUNCTIONS.values():
            assert not one.endpoint or url_for(
                one.endpoint, **({"proposal_id": 1} if one.of_proposal else {})
            )


def test_a_newer_shipped_process_is_offered_where_people_changed_theirs(admin, tmp_path, monkeypatch):
    draft = drafting.open_draft("lite", by=admin.user.actor)
    draft = drafting.save(draft.id, 1, lambda one: {**one, "purpose": "Ours."}, by=admin.user.actor)
    drafting.publish(draft.id, draft.version, "Ours.", by=admin.user.actor)
    assert "comes with a newer" not in admin.get("/processes/").text
    newer = json.loads((publishing.SHIPPED / "lite.json").read_text()) | {"purpose": "Theirs."}
    (tmp_path / "lite.json").write_text(json.dumps(newer))
    monkeypatch.setattr(publishing, "SHIPPED", tmp_path)
    assert "comes with a newer Lite" in admin.get("/processes/").text
    answer = admin.post("/processes/lite/shipped")
    page = admin.get(answer.location).text
    assert "<del>Ours.</del>" in page and "<ins>Theirs.</ins>" in page
    assert admin.post("/processes/lite/shipped").status_code == 409


def test_what_is_too_much_for_one_request_a_worker_moves(admin, client_of, outgrown, world, monkeypatch):
    more = world.make._add(Proposal(title="Bigger lines", owner_id=world.owner.id, asked_amount=9_000))
    service.start(more.id, by=world.owner.actor)
    lite, full = (shared.versions_of(shared.process_with(key))[0] for key in ("lite", "full"))
    plan = planning.begin(lite.id, full.id, by=admin.user.actor)
    planning.approve(plan.id, 1, by=client_of("gatekeeper").user.actor)
    monkeypatch.setattr(carrying, "AT_ONCE", 1)
    admin.post(f"/processes/migrations/{plan.id}/carry-out", data={"seen": 2})
    assert dry.dry_run(planning.plan_with(plan.id)).words == "1 can move, 1 has moved"
    arguments = db.session.execute(
        text("SELECT args FROM procrastinate_jobs WHERE task_name = :name"), {"name": carrying.JOB}
    ).scalar_one()
    assert arguments == {"plan_id": plan.id, "actor_id": admin.user.id}
    jobs.carry_out(**arguments)
    assert planning.plan_with(plan.id).state == "done"


def test_the_start_page_asks_no_more_of_many_proposals_than_of_few(admin, client_of, world, count_queries):
    """Plans to approve, what outgrew its process, own work: the first of each, and how many more."""
    routes.use_suggested(by=publishing.SYSTEM)
    lite, express = (queries.versions(shared.process_with(key).id)[0].id for key in ("lite", "express"))
    browser = client_of("gatekeeper", "administrator", "product_manager")
    # A plan for one of them leaves the others to be planned.
    fill(lite, browser.user.id, 10, routed='{"rule": "Small"}', is_outgrown=True)
    last = db.session.scalar(text("SELECT max(id) FROM proposals"))
    planning.begin(lite, express, [last], by=admin.user.actor)

    def asked():
        with count_queries() as statements:
            assert browser.get("/").status_code == 200
        return len(statements)

    few = asked()
    fill(lite, browser.user.id, 300, routed='{"rule": "Small"}', is_outgrown=True)
    assert asked() == few
    page = browser.get("/").text
    assert "for 1 proposal" in page and "309 proposals outgrew their process" in page
    assert "302 more of yours in work" in page


def test_the_first_stage_of_a_new_process_takes_the_key_of_its_name(admin):
    """Two processes would else call two different things “first_stage”; once published a key stays."""
    page = admin.post("/processes/", data={"name": "Hardware"}, follow_redirects=True)
    assert "Hardware, the first version" in page.text
    draft = shared.draft_of("hardware")
    stage = {
        "seen": draft.version,
        "name": "Breadboard",
        "p50": 14,
        "p85": 30,
        "wip_limit": 5,
        "loops_min": 0,
    }
    answer = admin.post(f"/processes/drafts/{draft.id}/stages/first_stage", data=stage)
    assert answer.headers["Location"].endswith("part=stage:breadboard")
    document = shared.draft_of("hardware").document
    assert [(gate["key"], gate["after"]) for gate in document["gates"]] == [("gate_breadboard", "breadboard")]
