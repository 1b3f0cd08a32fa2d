"""A seller, two minutes before a call: from the start page to the customer, their words and their case."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from ideaflow.clock import now, today
from ideaflow.db import db
from ideaflow.users.models import User
from tests.browser.looking import Site, assert_sound_in_all_looks
from tests.loop.conftest import Ways

pytestmark = pytest.mark.browser
LONG = "Vantaa Freight and Cold Storage Betriebsgesellschaft mbH, Niederlassung Schwäbisch Gmünd"


@pytest.fixture(scope="module")
def seller(site: Site) -> User:
    """Yuki, whose customer renews soon and waits for two themes and eight cases."""
    with site.app.app_context():
        make = Ways(db.session)
        user = make.user(name="Yuki Aldana", roles=["sales"])
        account = make.account(name=LONG, renews_on=today() + timedelta(days=50), owner_name=user.name)
        contact = make.contact(account_id=account.id, name="Elina Koski")
        slots, bins = make.theme(contact, title="Slots by phone"), make.theme(contact, title="One bin")
        for theme in (slots, bins):  # Said again: both press.
            make.said(contact, theme)
        make.decided(make.proposal(slots, title="Dock slots"), "go")
        make.decided(make.proposal(bins, title="Live count"), "kill")
        for number in range(8):
            make.case(
                account_id=account.id, contact_id=contact.id, subject=f"{LONG} {number}",
                opened_at=now() - timedelta(days=number),
            )  # fmt: skip
        make.opportunity(account_id=account.id, name=LONG, currency="USD")
        db.session.refresh(user)
        db.session.expunge(user)
        return user


def test_from_the_start_page_to_a_ready_call_in_three_clicks(site: Site, seller: User) -> None:
    page, errors = site.open("/", as_user=seller)
    page.get_by_role("link", name=f"{LONG} may not renew", exact=True).click()
    expect(page.get_by_role("heading", name="Renewals at risk")).to_be_visible()
    assert_sound_in_all_looks(page, errors, "renewals")
    page.locator("tbody").get_by_role("link", name=LONG).click()
    expect(page.get_by_role("heading", name=LONG)).to_be_visible()
    expect(page.get_by_text("2 themes they raised are open, 2 of them press")).to_be_visible()
    asks = page.locator("#asks")
    expect(asks.get_by_text("Decided against", exact=True)).to_be_visible()
    expect(asks.locator(".if-voice").first).to_have_text("Two halls stop.")

    hidden = page.locator("#cases").get_by_text(f"{LONG} 7")
    expect(hidden).not_to_be_visible()
    page.locator("#cases").get_by_text("3 more").click()
    expect(hidden).to_be_visible()
    assert_sound_in_all_looks(page, errors, "customer")
    hidden.click()
    expect(page.get_by_role("heading", name=f"{LONG} 7")).to_be_visible()
    assert_sound_in_all_looks(page, errors, "case")
    page.go_back()
    page.get_by_role("link", name="All 8").click()
    expect(page.locator(".if-entry")).to_have_count(8)
    page.goto(f"{site.url}/you/tokens/")
    page.get_by_label("Which program is it for").fill("CRM card")
    page.get_by_role("button", name="Make token").click()
    expect(page.get_by_text("This is your new token.")).to_be_visible()
    assert_sound_in_all_looks(page, errors, "tokens")
