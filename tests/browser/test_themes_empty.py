"""The pages of themes of somebody who has imported nothing yet."""

import pytest

from ideaflow.db import db
from tests.browser.looking import assert_sound_in_all_looks
from tests.factories import Factory

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def manager(site):
    """The first user, on an empty database."""
    with site.app.app_context():
        user = Factory(db.session).user(name="Maren Holt")
        db.session.refresh(user)
        yield user
        db.session.remove()


@pytest.mark.parametrize("path", ["/themes/", "/themes/map", "/themes/questions", "/proposals/ranking"])
def test_an_empty_page_is_sound_and_says_what_to_do(site, manager, path):
    page, errors = site.open(path, as_user=manager)
    assert_sound_in_all_looks(page, errors, f"empty{path.replace('/', '-')}")
    assert page.locator(".btn-primary").count() == 1
