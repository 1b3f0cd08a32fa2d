"""The portfolio as people and assistive programs meet it: sound pages, pictures beside their tables."""

import pytest
from playwright.sync_api import expect

from ideaflow.db import db
from ideaflow.gates import service
from ideaflow.users.models import User
from tests.browser.looking import LOOKS, Site, assert_sound_in_all_looks
from tests.factories import Factory
from tests.gates.conftest import build_world
from tests.insights.test_pages import many

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def administrator(site: Site) -> User:
    with site.app.app_context():
        make = Factory(db.session)
        user = make.user(roles=["administrator"])
        service.ship()
        build_world(make).go()
        many(make, 8)
        db.session.commit()
        db.session.refresh(user)
        db.session.expunge(user)
    return user


@pytest.mark.parametrize(
    "path",
    [
        "/portfolio/", "/portfolio/time", "/portfolio/balance", "/portfolio/behind?figure=gate.gate_1.passed",
        "/portfolio/targets/risk",
    ],
)  # fmt: skip
def test_a_page_of_the_portfolio_is_sound(site, administrator, path):
    page, errors = site.open(path, as_user=administrator)
    expect(page.locator("[data-chart] svg")).to_have_count(page.locator("[data-chart]").count())
    assert_sound_in_all_looks(page, errors, path.replace("/", "-").replace("?", "-"), LOOKS)


def test_a_filter_is_in_the_address_and_a_number_opens_its_proposals(site, administrator):
    page, _ = site.open("/portfolio/", as_user=administrator)
    page.get_by_label("Type").select_option("improve")
    expect(page.get_by_role("link", name="All", exact=True)).to_be_visible()
    assert "type=improve" in page.url
    page.get_by_role("region", name="What gates decide").get_by_role("link").first.click()
    expect(page.get_by_role("heading", name="Passed Gate 1")).to_be_visible()
    expect(page.get_by_role("link", name="Live cycle count")).to_be_visible()
    assert "type=improve" in page.url
