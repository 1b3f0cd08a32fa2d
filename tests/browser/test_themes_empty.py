"""The pages of themes of somebody who has imported nothing yet."""

import pytest

from ideaflow.db import db
from tests.browser.looking import THEMES, WIDTHS, assert_sound
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


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("path", ["/themes/", "/themes/map"])
def test_an_empty_page_is_sound_and_says_what_to_do(site, manager, path, width, theme):
    page, errors = site.open(path, as_user=manager, width=width, theme=theme)
    assert_sound(page, errors, f"empty{path.replace('/', '-')}-{width}-{theme}")
    assert page.locator(".btn-primary").count() == 1
