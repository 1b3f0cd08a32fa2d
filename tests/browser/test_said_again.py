"""What a loud account says again is folded, opens on a click, and works without script."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect
from sqlalchemy import select, update

from ideaflow.db import db
from ideaflow.themes.models import StatementVector, ThemeMembership
from ideaflow.users.models import User
from tests.browser.looking import Site, assert_sound, assert_sound_in_all_looks
from tests.factories import Factory
from tests.themes.seed import Seed

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def manager(site: Site) -> Iterator[User]:
    """A user, and a theme in which one statement was repeated three times."""
    with site.app.app_context():
        manager = Factory(db.session).user(name="Maren Holt")
        theme = Seed(db.session).themes(3)[0]
        order = (ThemeMembership.likeness.desc(), ThemeMembership.statement_id)
        query = select(ThemeMembership.statement_id).where(ThemeMembership.theme_id == theme.id)
        first, *rest = db.session.scalars(query.order_by(*order).limit(4)).all()
        db.session.execute(
            update(StatementVector).where(StatementVector.statement_id.in_(rest)).values(echo_of_id=first)
        )
        db.session.commit()
        db.session.refresh(manager)
        yield manager
        db.session.remove()


def test_what_was_said_again_opens_under_the_first(site, manager):
    page, errors = site.open("/themes/1", as_user=manager)
    fold = page.locator(".if-again").first
    expect(fold.locator("summary")).to_contain_text("and 3 more times by the same account")
    fold.locator("summary").click()
    expect(fold.locator("li")).to_have_count(3)
    assert_sound_in_all_looks(page, errors, "again")


def test_it_has_an_address_of_its_own(site, manager):
    page, errors = site.open("/themes/1", as_user=manager)
    address = page.locator(".if-again summary").first.get_attribute("hx-get")
    page, errors = site.open(address, as_user=manager)
    expect(page.get_by_role("heading", level=1)).to_contain_text("Said again by")
    assert_sound(page, errors, "again-alone")
