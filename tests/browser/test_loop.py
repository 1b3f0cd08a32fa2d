"""What became of one's words, on a phone and on a desk: heard, told, decided against, built, asked."""

from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from ideaflow.clock import now
from ideaflow.db import db
from ideaflow.loop import announcing, notices, road, service
from ideaflow.loop.announcing import Draft
from ideaflow.loop.notices import Message
from ideaflow.loop.outcomes import of_review
from ideaflow.loop.pace import Event
from ideaflow.loop.road import EntryWish
from tests.browser.looking import LOOKS, Site, assert_sound_in_all_looks
from tests.loop.conftest import Ways

pytestmark = pytest.mark.browser
LONG = "Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichen und mehr davon, ohne dass es aufhört. " * 6


@pytest.fixture(scope="module")
def told(site: Site) -> dict[str, Any]:
    """A contact with words at every step, notices, a roadmap and announcements."""
    with site.app.app_context():
        ways = Ways(db.session)
        by = ways.user().actor
        me = ways.contact(account_id=ways.account(name="Hansa Kontor").id, name="Jonas Petersen")
        others = [ways.contact(account_id=ways.account().id) for _ in range(4)]
        for number, (state, decision) in enumerate(
            [("working", "go"), ("killed", "kill"), ("launched", ""), ("working", "")]
        ):
            theme = ways.theme(*others)
            ways.said(
                me,
                theme,
                text=f"We ring every haulier twice a day, {number}.",
                said_at=now() - timedelta(days=9),
            )
            proposal = ways.proposal(theme, closed_at=now() if state == "launched" else None)
            ways.journey(proposal, state)
            if decision:
                review = ways.decided(proposal, decision, "The maker does it." if decision == "kill" else "")
                if decision == "go":
                    service.write_words(of_review(review.id), LONG[:1900], 0, by=by)
            road.save_entry(
                None, EntryWish("now", f"Thing {number}", LONG[:300], proposal_id=proposal.id), 0, by=by
            )
        ways.said(me, text=LONG)
        values = {"decision": "kill", "words": LONG, "quote": LONG[:300], "said_at": now().isoformat()}
        notices.tell(Event.DECISION, f"review:{review.id}", [Message(me.id, "/portal/yours/", values)])
        kept = announcing.save(None, Draft(LONG[:150], "## Now\n\n- one\n- **two**\n\n" + LONG), 0, by=by)
        announcing.publish(kept.id, kept.version, by=by)
        db.session.commit()
        return {"me": me.id, "review": review.id, "announcement": kept.id, "staff": ways.user()}


def visit(site: Site, contact_id: int, path: str, **more: Any) -> tuple[Page, list[str]]:
    """Open a page as a contact."""
    signer = site.app.session_interface.get_signing_serializer(site.app)  # type: ignore[attr-defined]
    page, errors = site.open("/portal/sign-in", **more)
    value = signer.dumps({"contact": f"{contact_id}:0", "_permanent": True})
    page.context.add_cookies(
        [{"name": site.app.config["SESSION_COOKIE_NAME"], "value": value, "url": site.url}]
    )
    site.visit(page, path)
    return page, errors


def test_what_a_customer_reads_is_sound(site, told):
    paths = {
        "home": "/portal/", "yours": "/portal/yours/?of=company", "news": "/portal/news",
        "mail": "/portal/you/mail", "roadmap": "/portal/roadmap/",
        "announcement": f"/portal/roadmap/announcements/{told['announcement']}",
    }  # fmt: skip
    page, errors = visit(site, told["me"], "/portal/")
    for name, path in paths.items():
        site.visit(page, path)
        assert_sound_in_all_looks(page, errors, f"portal-{name}", [*LOOKS, (390, "light")])


def test_one_says_whether_it_solved_it_and_reads_that_it_was_heard(site, told):
    page, _ = visit(site, told["me"], "/portal/", width=390)
    expect(page.get_by_role("heading", name="Did it solve it?")).to_be_visible()
    page.get_by_role("button", name="Partly").click()
    expect(page.get_by_text("You said it solved a part of it.")).to_be_visible()
    with site.app.app_context():
        notices.tell(Event.HEARD, "test:1", [Message(told["me"], "/portal/yours/")])
    with page.expect_response("**/portal/news/seen"):
        page.goto(site.url + "/portal/news")
        expect(page.locator(".if-bell .n")).to_be_visible()
    page.goto(site.url + "/portal/")
    expect(page.locator(".if-bell .n")).to_have_count(0)


def test_what_staff_send_is_sound(site, told):
    with site.app.app_context():
        staff = db.session.merge(told["staff"])
    page, errors = site.open(f"/tell/{told['review']}", as_user=staff)
    names = {
        "tell": f"/tell/{told['review']}",
        "roadmap": "/roadmap/",
        "announcement": f"/announcements/{told['announcement']}",
    }
    for name, path in names.items():
        site.visit(page, path)
        assert_sound_in_all_looks(page, errors, f"staff-{name}", LOOKS)
