"""The pages of processes as people and assistive programs meet them, and the editor by keyboard alone."""

import pytest
from playwright.sync_api import expect

from ideaflow.db import db
from ideaflow.gates import service
from ideaflow.gates.migrating import planning
from ideaflow.gates.process import drafting, publishing, routes
from ideaflow.gates.process_pages import shared
from ideaflow.users.models import User
from tests.browser.looking import LOOKS, Site, assert_sound
from tests.factories import Factory
from tests.gates.conftest import build_world

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


@pytest.mark.parametrize(("width", "theme"), LOOKS)
@pytest.mark.parametrize(
    "path",
    [
        "/processes/", "/processes/full/draft?part=stage:scoping", "/processes/full/draft?part=gate:gate_3",
        "/processes/full/draft/review", "/processes/routing?try=1", "/processes/migrations/1",
    ],
)  # fmt: skip
def test_a_page_of_processes_is_sound(site, administrator, path, width, theme):
    page, errors = site.open(path, as_user=administrator, width=width, theme=theme)
    assert_sound(page, errors, f"{path.replace('/', '-').replace('?', '-')}-{width}-{theme}")


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
