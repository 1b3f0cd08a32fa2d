"""What is refused says why, above the page, and leaves the page and what was typed where they were."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from ideaflow.db import db
from ideaflow.themes import service
from ideaflow.themes.models import Theme
from ideaflow.users.models import User
from tests.browser.looking import WIDTHS, Site, violations
from tests.factories import Factory
from tests.themes.seed import Seed

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def manager(site: Site) -> Iterator[User]:
    """A user and three themes."""
    with site.app.app_context():
        manager = Factory(db.session).user(name="Maren Holt")
        Seed(db.session).themes(3)
        db.session.refresh(manager)
        yield manager
        db.session.remove()


def opened(site: Site, manager: User, key: str, width: int = 1440) -> Page:
    page, _ = site.open("/themes/1", as_user=manager, width=width)
    page.locator(f"summary[data-key={key}]").click()
    return page


def assert_refused(page: Page, words: str) -> None:
    expect(page.locator("#notice")).to_contain_text(words)
    expect(page.get_by_role("heading", level=1)).to_have_count(1)
    expect(page.locator("#words li").first).to_be_visible()
    assert violations(page) == []


@pytest.mark.parametrize("width", WIDTHS)
def test_an_empty_name_is_refused(site, manager, width):
    page = opened(site, manager, "r", width)
    page.locator("#rename-title").fill("   ")
    page.locator(".if-pop button", has_text="Rename").click()
    assert_refused(page, "A theme needs a name.")


def test_another_reason_asks_which(site, manager):
    page = opened(site, manager, "d")
    page.locator("#dismiss-note").fill("   ")
    page.locator(".if-other button:visible", has_text="Dismiss").click()
    assert_refused(page, "Say which reason")
    expect(page.locator("#dismiss-note")).to_have_value("   ")


def test_who_was_slower_reads_what_stands_now(site, manager):
    page = opened(site, manager, "r")
    with site.app.app_context():
        faster = Factory(db.session).user(name="Joris Okafor").actor
        service.rename(1, "Scanner offline in the freezer", by=faster)
        db.session.remove()
    page.locator("#rename-title").fill("Wi-Fi lost")
    page.locator(".if-pop button", has_text="Rename").click()
    expect(page.locator("#main")).to_contain_text("It is called “Scanner offline in the freezer” now")
    expect(page.get_by_role("heading", level=1)).to_have_text("It has changed meanwhile")
    assert violations(page) == []
    with site.app.app_context():
        assert db.session.get_one(Theme, 1).title == "Scanner offline in the freezer"
        db.session.remove()


def test_a_statement_that_went_meanwhile_is_refused_in_place(site, manager):
    page, _ = site.open("/themes/1", as_user=manager)
    number = page.locator("#words li[data-row]").first.get_attribute("id").removeprefix("statement-")
    with site.app.app_context():
        other = Factory(db.session).user(name="Joris Okafor 2").actor
        service.exclude_statements(1, [int(number)], by=other)
        db.session.remove()
    page.locator(f"#statement-{number} button[aria-label^=Exclude]").click()
    assert_refused(page, "Somebody was faster.")
    expect(page.locator(f"#statement-{number}")).to_be_visible()
