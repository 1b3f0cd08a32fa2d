"""Whatever people write: no page runs it, takes it for markup, or asks another site for something."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext
from sqlalchemy import select

from ideaflow.accounts.models import Contact
from ideaflow.app import create_app
from ideaflow.codesign import inviting
from ideaflow.codesign import service as codesign
from ideaflow.config import Settings
from ideaflow.db import db
from ideaflow.feedback import thoughts
from ideaflow.ideas import service as ideas
from ideaflow.ideas.policy import Importance
from ideaflow.portal import queries as portal
from ideaflow.users.policy import Role
from tests.browser import hostile, typed
from tests.browser.looking import Site
from tests.codesign.answering import Round
from tests.factories import Factory
from tests.gates.conftest import build_world
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
    "/roadmap/",
    "/announcements/",
]
PORTAL = ["/portal/", "/portal/ideas/", "/portal/design/", "/portal/you/mail"]


@contextmanager
def _visitors(site: Site) -> Iterator[list[tuple[BrowserContext, list[str]]]]:
    """Open a phone for one of ours who may do everything, and one for the contact who said most."""
    with site.app.app_context():
        boss = Factory(db.session).user(name=hostile.TEXTS[0], roles=[str(role) for role in Role])
        contact = db.session.scalars(select(Contact).order_by(Contact.id)).first()
        cookies = ({"_user_id": boss.get_id(), "_fresh": True}, {"contact": f"{contact.id}:0"})
        db.session.remove()
    found = []
    for cookie, roots in zip(cookies, (STAFF, PORTAL), strict=True):
        context = site.chromium.new_context(viewport={"width": 390, "height": 900})
        context.add_cookies([{**site.signed(cookie), "url": site.url}])
        found.append((context, roots))
    yield found
    for context, _ in found:
        context.close()


def _assert_harmless(walk: hostile.Walk) -> None:
    assert walk.failed == []
    assert walk.ran == []
    assert walk.made == []
    assert walk.away == []
    assert walk.wide == [], "\n".join(walk.wide)
    assert walk.formulas == []


def _something_of_everything() -> tuple[list[str], list[str]]:
    """Make records of every slice that one contact has to do with; return pages with forms: ours, theirs."""
    Seed(db.session).themes(2)
    make = Factory(db.session)
    contact = make.contact(account_id=make.account().id)
    make.item(contact_id=contact.id, account_id=contact.account_id)
    ask = Round(make, db.session)
    held = {kind: ask.open(kind) for kind in ("maxdiff", "drafts", "opinions")}
    for one in held.values():
        inviting.invite(one.id, [contact.id], "by hand", None, by=ask.by)
    draft = codesign.begin(ask.proposal.id, "maxdiff", "What comes first?", by=ask.by)
    review = build_world(make).go()
    who = portal.visitor(contact_id=contact.id)
    idea = ideas.post(who, ideas.Draft("Count one bin", "Counting locks the bay.", Importance.MUST))
    for words in hostile.TEXTS[:5]:
        thoughts.leave(words, contact.email, "", "en")
    design = f"/portal/design/{held['drafts'].id}/drafts/new"
    ours = [
        "/themes/1", f"/ideas/{idea.id}", f"/co-design/{draft.id}/edit", f"/tell/{review.id}", "/roadmap/",
        "/announcements/new", "/capture/", f"/proposals/{ask.proposal.id}/edit",
    ]  # fmt: skip
    theirs = [
        design, f"/portal/design/{held['opinions'].id}/1", f"/portal/ideas/{idea.id}", "/portal/ideas/new",
        "/portal/",
    ]  # fmt: skip
    return ours, theirs


@pytest.mark.parametrize("rounds", [1, pytest.param(10, marks=pytest.mark.slow)])
def test_hostile_texts_typed_and_stored_stay_texts_on_every_page_links_lead_to(site, rounds):
    with site.app.app_context():
        pages = _something_of_everything()
        db.session.remove()
    with _visitors(site) as visitors:
        for (context, roots), own in zip(visitors, pages, strict=True):
            starts = own if rounds == 1 else own + roots
            typing = typed.type_into(site.app, site.url, context, starts, rounds, follow=rounds > 1)
            assert (typing.failed, typing.ran) == ([], [])
            assert len(typing.sent) >= len(own) and typing.fields >= len(own) * rounds, typing
        with site.app.app_context():
            assert hostile.fill() > 40
            db.session.remove()
        staff, customer = (hostile.walk(site.app, site.url, *one, 1) for one in visitors)
    _assert_harmless(staff)
    _assert_harmless(customer)
    assert len(staff.endpoints) >= 30 and len(customer.endpoints) >= 4


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
    with _visitors(site) as visitors:
        staff, customer = (hostile.walk(site.app, site.url, *one, 3) for one in visitors)
    _assert_harmless(staff)
    _assert_harmless(customer)
    assert len(staff.endpoints) >= 65 and len(customer.endpoints) >= 10
