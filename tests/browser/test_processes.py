"""The pages of processes as people and assistive programs meet them, and the editor by keyboard alone."""

import pytest
from playwright.sync_api import Page, expect

from ideaflow.db import db
from ideaflow.gates import service
from ideaflow.gates.migrating import planning
from ideaflow.gates.process import drafting, publishing, routes
from ideaflow.gates.process_pages import shared
from ideaflow.users.models import User
from tests.browser.looking import LOOKS, Site, assert_sound, assert_sound_in_all_looks
from tests.factories import Factory
from tests.gates.conftest import build_world, fill

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def administrator(site: Site) -> User:
    with site.app.app_context():
        make = Factory(db.session)
        user = make.user(roles=["administrator"])
        service.ship()
        routes.use_suggested(by=user.actor)
        build_world(make)
        drafting.open_draft("full", by=user.actor)
        planning.begin(publishing.standard().id, shared.lines()[0].newest.id, by=user.actor)
        db.session.commit()
        db.session.refresh(user)
        db.session.expunge(user)
    return user


@pytest.mark.parametrize(
    "path",
    [
        "/processes/", "/processes/full/draft?part=stage:scoping", "/processes/full/draft?part=gate:gate_3",
        "/processes/full/draft/review", "/processes/routing?try=1", "/processes/migrations/1",
    ],
)  # fmt: skip
def test_a_page_of_processes_is_sound(site, administrator, path):
    page, errors = site.open(path, as_user=administrator)
    assert_sound_in_all_looks(page, errors, path.replace("/", "-").replace("?", "-"), LOOKS)


def test_a_stage_is_added_and_named_by_keyboard_alone(site, administrator):
    page, _ = site.open("/processes/full/draft", as_user=administrator)
    page.get_by_label("Add a stage").focus()
    page.keyboard.type("Security review")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Stage", exact=True)).to_have_value("Security review")
    page.get_by_label("What it is for").focus()
    page.keyboard.type("Find what an attacker would find.")
    page.get_by_role("button", name="Save Security review").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("The draft is saved.")).to_be_visible()
    expect(page.get_by_text("Security review: say what it is for.")).to_have_count(0)


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def write_stage(page: Page, name: str) -> None:
    """Say what a stage is and does, and go on to its gate."""
    page.get_by_label("Stage", exact=True).fill(name)
    page.get_by_label("Who works in it").fill("Research")
    page.get_by_label("What it is for").fill("Three customers try it.")
    page.get_by_label("What is there when it is over").fill("What they did, in their words.")
    if name == "Frame":
        page.locator("#step-name-1").fill("Ask them")
        page.locator("#step-role-1").fill("Research")
        page.locator("#deliverable-name-1").fill("Report")
    page.get_by_role("button", name="Save and go on to Gate").click()
    expect(page.get_by_label("Gate", exact=True)).to_be_visible()


def write_gate(page: Page, goes_on_to: str) -> None:
    """Say what a gate asks and how it decides, and go on along the line."""
    page.get_by_label("Who decides").fill("Head of product")
    page.get_by_label("What it asks").fill("Shall {title} go on?")
    page.get_by_label("What it is for").fill("Stop early what nobody wants.")
    page.get_by_label("What it gives").fill("A go, or a reason.")
    page.locator("#must-name-1").fill("Asked")
    page.locator("#must-question-1").fill("Have three customers agreed?")
    for number, (name, weight) in enumerate([("Pull", "60"), ("Effort", "40")], 1):
        page.locator(f"#should-name-{number}").fill(name)
        page.locator(f"#should-question-{number}").fill("Is it worth it?")
        page.locator(f"#should-weight-{number}").fill(weight)
        for points in ("0", "5", "10"):
            page.locator(f"#should-anchor{points}-{number}").fill(f"worth {points}")
    page.get_by_label("Who must be for it").select_option(index=1)
    press(page, f"Save and go on to {goes_on_to}")


def publish(page: Page, note: str) -> None:
    page.get_by_label("What changes, and why").fill(note)
    press(page, "Publish for good")
    expect(page.get_by_text("What comes next", exact=True)).to_be_visible()


def begin_pilot(page: Page) -> None:
    """Begin an empty process of three stages: words first, functions afterwards."""
    page.get_by_label("What it is called").fill("Pilot")
    press(page, "Begin it")
    for name in ("Try", "Roll out"):
        page.get_by_label("Add a stage").fill(name)
        press(page, "Add it with a gate")
        expect(page.get_by_label("Stage", exact=True)).to_have_value(name)
        page.get_by_role("link", name="The whole").click()
    page.get_by_label("What it is for").fill("Try it with three before we build it for all.")
    press(page, "Save and go on to First stage")
    for name, goes_on_to in (("Frame", "Try"), ("Try", "Roll out"), ("Roll out", "the review")):
        write_stage(page, name)
        write_gate(page, goes_on_to)
    page.get_by_role("link", name="Frame: no function is bound").click()
    page.locator("#step-function-1").select_option(label="Link evidence")
    press(page, "Save Frame")
    expect(page.get_by_text("Frame: no function is bound")).to_have_count(0)
    page.get_by_role("link", name="Review and publish").click()
    publish(page, "For what is tried first.")


def test_an_administrator_makes_a_process_and_moves_nine_running_proposals(site, administrator):
    with site.app.app_context():
        make = Factory(db.session)
        keeper, owner = make.user(roles=["gatekeeper"]), make.user(roles=["product_manager"])
        owner_id = owner.id
        db.session.commit()
        db.session.refresh(keeper)
        db.session.expunge(keeper)
    page, errors = site.open("/processes/", as_user=administrator)
    begin_pilot(page)
    page.get_by_role("link", name="Say which proposals take it").click()
    page.get_by_text("Add a rule").click()
    page.locator("#new-name").fill("Processes are tried first")
    page.locator("#new-process").first.check()
    page.locator("details[open] select[name=process]").select_option("pilot")
    press(page, "Add the rule")
    # Before the one that takes everything, so that it is asked at all.
    expect(page.locator(".if-rules > li").nth(2)).to_contain_text("Processes are tried first")
    with site.app.app_context():
        line = next(one for one in shared.lines() if one.process.key == "pilot")
        fill(line.newest.id, owner_id, 8, stage_key="frame")
        fill(line.newest.id, owner_id, 1, stage_key="try")

    page.goto(site.url + "/processes/")
    press(page, "Write the next version of Pilot")
    page.locator("summary", has_text="Remove Try").click()
    press(page, "Remove Try")
    page.get_by_role("link", name="Review and publish").click()
    expect(page.get_by_text("9 proposals of 1 person stay on the version they have")).to_be_visible()
    expect(page.locator("body")).to_contain_text("Stage “Try”")
    publish(page, "Trying is part of rolling out.")
    page.get_by_role("link", name="Move them here").click()
    press(page, "Try it dry")
    expect(page.get_by_text("8 can move, 1 needs a map.")).to_be_visible()
    page.get_by_label("Try becomes").first.select_option(label="Roll out")
    press(page, "Save the plan")
    expect(page.get_by_text("9 can move.")).to_be_visible()
    plan = page.url.removeprefix(site.url)

    other, _ = site.open(plan, as_user=keeper, width=390, theme="dark")
    press(other, "Approve the plan")
    expect(other.get_by_text("The plan is approved")).to_be_visible()
    assert_sound(other, [], "plan-390-dark")
    page.reload()
    press(page, "Move 9 proposals")
    expect(page.get_by_text("9 proposals moved.")).to_be_visible()
    page.get_by_role("link", name="In the audit").first.click()
    row = page.locator("tr", has_text="gates.migrate").first
    expect(row.get_by_text("sha256", exact=False)).to_have_count(3)
    assert errors == []
