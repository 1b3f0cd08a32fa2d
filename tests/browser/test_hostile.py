"""Whatever people write: no page runs it, takes it for markup, or asks another site for something."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from ideaflow.accounts.models import Contact
from ideaflow.app import create_app
from ideaflow.config import Settings
from ideaflow.db import db
from ideaflow.feedback import thoughts
from ideaflow.users.policy import Role
from tests.browser import hostile
from tests.browser.looking import Site
from tests.factories import Factory
from tests.themes.seed import Seed

pytestmark = pytest.mark.browser
ROOT = Path(__file__).resolve().parents[2]
STAFF = [
    "/",
    "/feedback/",
    "/feedback/thoughts",
    "/themes/",
    "/proposals/",
    "/board",
    "/ideas/",
    "/co-design/",
    "/accounts/",
    "/processes/",
    "/portfolio/",
    "/users/",
    "/audit/",
    "/import/",
    "/portal-look",
]


def _walks(site: Site, each: int) -> Iterator[hostile.Walk]:
    """Walk as one of ours who may do everything, and as the contact who said most."""
    with site.app.app_context():
        boss = Factory(db.session).user(name=hostile.TEXTS[0], roles=[str(role) for role in Role])
        contact = db.session.scalars(select(Contact).order_by(Contact.id)).first()
        cookies = ({"_user_id": boss.get_id(), "_fresh": True}, {"contact": f"{contact.id}:0"})
        db.session.remove()
    for cookie, roots in zip(cookies, (STAFF, ["/portal/"]), strict=True):
        context = site.chromium.new_context(viewport={"width": 1440, "height": 900})
        context.add_cookies([{**site.signed(cookie), "url": site.url}])
        yield hostile.walk(site.app, site.url, context, roots, each)
        context.close()


def _assert_harmless(walk: hostile.Walk) -> None:
    assert walk.failed == []
    assert walk.ran == []
    assert walk.made == []
    assert walk.away == []


def test_hostile_texts_stay_texts_on_every_page_links_lead_to(site):
    with site.app.app_context():
        Seed(db.session).themes(2)
        make = Factory(db.session)
        contact = make.contact(account_id=make.account().id)
        make.item(contact_id=contact.id, account_id=contact.account_id)
        for words in hostile.TEXTS[:5]:
            thoughts.leave(words, contact.email, "", "en")
        assert hostile.fill() > 40
        db.session.remove()
    staff, portal = _walks(site, each=1)
    _assert_harmless(staff)
    _assert_harmless(portal)
    assert len(staff.endpoints) >= 30 and len(portal.endpoints) >= 4


@pytest.mark.slow
def test_a_whole_company_of_hostile_texts_stays_texts(fresh_database, tmp_path, serve_site):
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "ideaflow" / "models"
    (tmp_path / "models").symlink_to(cache)
    environment = {**os.environ, "IDEAFLOW_HOME": str(tmp_path), "DATABASE_URL": fresh_database}
    demo = [sys.executable, "-m", "ideaflow", "demo", "--no-serve"]
    subprocess.run(demo, cwd=ROOT, env=environment, check=True)
    settings = Settings(home=tmp_path, database_url=fresh_database, secret_key="for-tests-only")
    site = serve_site(create_app(settings))
    with site.app.app_context():
        assert hostile.fill() > 100
        db.session.remove()
    staff, portal = _walks(site, each=3)
    _assert_harmless(staff)
    _assert_harmless(portal)
    assert len(staff.endpoints) >= 65 and len(portal.endpoints) >= 10
