"""Co-design from the invitation mail to the evidence, on a phone, by keyboard alone."""

import re

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from ideaflow.codesign import closing, inviting, queries
from ideaflow.codesign.models import CodesignSession
from ideaflow.db import db
from ideaflow.outbox import OutgoingMail
from ideaflow.users.models import User
from tests.browser.looking import Site, assert_sound, violations
from tests.codesign.answering import SECRET, Round
from tests.factories import Factory

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def asked(site: Site) -> tuple[int, User, str]:
    """An open MaxDiff that six accounts answered, its owner, and the link in Elina’s mail."""
    with site.app.app_context():
        make = Factory(db.session)
        ask = Round(make, db.session)
        held = ask.open()
        for n, one in enumerate(ask.invite(held, *ask.accounts(6))):
            ask.cast(one, n, best="o1")
        elina = make.contact(account_id=make.account(segment="Food").id, name="Elina Koski")
        inviting.invite(held.id, [elina.id], "by hand", by=ask.by)
        inviting.send_invitations(held.id, site.url + "/portal/sign-in/{token}")
        mail = db.session.scalar(select(OutgoingMail).where(OutgoingMail.recipient == elina.email))
        user = db.session.get_one(User, ask.by.id)
        db.session.commit()
        db.session.refresh(user)
        db.session.expunge(user)
        found = re.search(r"http\S+/portal/sign-in/\S+", mail.text)
        assert found
        return held.id, user, found.group(0).removeprefix(site.url)


def _press(page: Page, name: str) -> None:
    """Walk to a button or link by Tab and press Enter, as one without a mouse does."""
    for _ in range(40):
        page.keyboard.press("Tab")
        focused = page.evaluate("document.activeElement.innerText + (document.activeElement.ariaLabel || '')")
        if name in focused:
            page.keyboard.press("Enter")
            return
    raise AssertionError(f"Nothing called {name} can be reached by Tab.")


def _choose(page: Page) -> None:
    """Choose the most and the least by Tab and arrows."""
    while page.evaluate("document.activeElement.name") != "best":
        page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowDown")  # From the first to the second of the least.
    expect(page.locator("[name=best]:checked")).to_have_count(1)
    expect(page.locator("[name=worst]:checked")).to_have_count(1)


def test_from_the_mail_to_the_receipt_by_keyboard_and_from_the_close_to_the_evidence(site, asked):
    session_id, owner, link = asked
    page, errors = site.open(link, width=390)
    page.keyboard.press("Enter")  # “Sign in” has the focus.
    expect(page.get_by_role("heading", name="What must live counting do first?")).to_be_visible()
    expect(page.get_by_text("Confidential: only those at Fernhall")).to_be_visible()
    assert_sound(page, errors, "codesign-begin-390")
    _press(page, "Begin")
    for place in range(1, 9):
        expect(page.get_by_text(f"{place} of 8")).to_be_visible()
        _choose(page)
        if place == 1:
            assert_sound(page, errors, "codesign-question-390")
        page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Send your answers")).to_be_visible()
    _press(page, "Send my answers")
    expect(page.get_by_role("heading", name="Thank you. Your answers are in.")).to_be_visible()
    expect(page.get_by_text(re.compile(r"^\w{4}-\w{4}-\w{4}-\w{4}$"))).to_be_visible()
    assert_sound(page, errors, "codesign-receipt-390")
    with site.app.app_context():
        db.session.remove()
        closing.close(session_id, by=owner.actor)
        secret = site.app.extensions["settings"].signing_key()
        assert secret == SECRET
        closing.tally(session_id, secret=secret)
    page, errors = site.open(f"/co-design/{session_id}", as_user=owner)
    expect(page.get_by_text("“Lock one bin, not the bay”").first).to_be_visible()
    expect(page.locator(".if-chart svg")).to_be_visible()
    assert_sound(page, errors, "codesign-results-1440")
    page.get_by_role("button", name="Use as evidence").first.click()
    expect(page.get_by_text("It is evidence of the proposal now")).to_be_visible()
    page.get_by_role("link", name="Is evidence").click()
    expect(page.get_by_text("MaxDiff: What must live counting do first?").first).to_be_visible()


@pytest.mark.parametrize("key", ["maxdiff", "kano"])
def test_the_editor_and_what_surrounds_it_are_sound(site, asked, key):
    _, owner, _ = asked
    with site.app.app_context():
        ask = Round(Factory(db.session), db.session)
        held = ask.open(key, "anonymous")
        opened = held.id
        draft = CodesignSession(
            proposal_id=ask.proposal.id, title="What comes first?", instrument=key, mode="anonymous",
            definition=held.definition, state="draft", seed=1,
        )  # fmt: skip
        db.session.add(draft)
        ask.invite(held, *ask.accounts(3))
        db.session.commit()
        paths = [f"/co-design/{draft.id}/edit", f"/co-design/{opened}", f"/co-design/{opened}/invite"]
        assert queries.responses([opened])[opened].invited == 3
    for path in [*paths, "/co-design/", f"/co-design/{opened}/on-behalf"]:
        page, errors = site.open(path, as_user=owner, width=390, theme="dark")
        assert_sound(page, errors, f"codesign{path.replace('/', '-')}-{key}")
    assert violations(page) == []
