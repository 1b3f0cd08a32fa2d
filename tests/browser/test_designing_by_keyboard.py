"""Designing without a mouse: a draft of another company, built on, changed, repaired, answered."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from ideaflow.codesign import inviting
from ideaflow.codesign.designs import service as designs
from ideaflow.codesign.designs.keeping import Wish
from ideaflow.db import db
from ideaflow.portal import queries as portal
from tests.browser.keyboard import press, reach_field
from tests.browser.looking import Site, assert_sound
from tests.codesign.answering import SECRET, Round
from tests.codesign.bicycle import BICYCLE, KEYS
from tests.factories import Factory

pytestmark = pytest.mark.browser


@pytest.fixture
def riders(site: Site) -> Iterator[dict[str, Any]]:
    """Elina shared a draft; Jonas of another company is asked, too."""
    with site.app.app_context():
        make = Factory(db.session)
        ask = Round(make, db.session)
        held = ask.open("drafts", definition=BICYCLE, title="How would you build the counting cart?")
        people = [
            make.contact(account_id=make.account().id, name=name)
            for name in ("Elina Koski", "Jonas Petersen")
        ]
        inviting.invite(held.id, [one.id for one in people], "by hand", None, by=ask.by)
        elina = portal.visitor(contact_id=people[0].id)
        wish = Wish(
            frozenset(KEYS[name] for name in ("S", "26", "Disc", "Front", "Single")), "Ours are tall.", 90.0
        )
        designs.submit(elina, held.id, wish, parent=None, is_shared=True, secret=SECRET)
        found = {"at": f"/portal/design/{held.id}/drafts", "elina": people[0], "jonas": people[1]}
        db.session.commit()
        for one in people:
            db.session.refresh(one)
            db.session.expunge(one)
        yield found
        db.session.remove()


def _choose(page: Page, module: str, arrows: int) -> None:
    """Walk to a module by Tab and change its option by arrows, each price waited for."""
    reach_field(page, f"pick-{module}")
    for _ in range(arrows):
        before = page.evaluate("document.activeElement.value")
        with page.expect_response(lambda answer: answer.request.method == "POST"):
            page.keyboard.press("ArrowDown")
        page.wait_for_function(
            "was => document.activeElement.checked && document.activeElement.value !== was", arg=before
        )


def test_a_draft_is_built_on_changed_and_answered_without_a_mouse(site: Site, riders: dict[str, Any]) -> None:
    page, errors = site.open(f"{riders['at']}/", as_contact=riders["jonas"], width=390)
    assert_sound(page, errors, "keyboard-drafts")
    press(page, "Draft 1")
    expect(page.get_by_text("Ours are tall.")).to_be_visible()
    press(page, "Stand behind it")
    expect(page.get_by_text("You stand behind it")).to_be_visible()
    press(page, "Build on it")
    expect(page.get_by_text("New, from draft 1")).to_be_visible()
    page.evaluate("window.stayed = true")
    press(page, "Take 29")
    expect(page.locator(".if-price .big")).to_have_text("€790")
    _choose(page, "m5", 1)
    expect(page.locator(".if-price .big")).to_have_text("€820")
    assert_sound(page, errors, "keyboard-fork")
    assert page.evaluate("window.stayed")  # Nothing loaded the page anew.
    press(page, "Submit")
    expect(page.get_by_role("heading", name="Draft 2")).to_be_visible()
    page.goto(f"{site.url}{riders['at']}/1")
    press(page, "Propose a change")
    expect(page.get_by_text("What you change is proposed to whoever made this draft.")).to_be_visible()
    _choose(page, "m5", 1)
    press(page, "Propose")
    expect(page.get_by_text("Your change is proposed")).to_be_visible()
    assert_sound(page, errors, "keyboard-proposed")
    page, errors = site.open(f"{riders['at']}/1", as_contact=riders["elina"], width=390, theme="dark")
    assert_sound(page, errors, "keyboard-answer")
    press(page, "Take it in")
    expect(page.get_by_text("Version 2")).to_be_visible()
    expect(page.get_by_text("€730").first).to_be_visible()
