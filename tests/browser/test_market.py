"""Setting up how and where one sells, and keeping prices true, as a launch manager does it."""

import pytest
from playwright.sync_api import expect

from ideaflow.db import db
from tests.browser.looking import Site, assert_sound_in_all_looks
from tests.factories import Factory

pytestmark = pytest.mark.browser


def test_a_market_is_set_up_from_nothing_and_one_price_is_switched_off(site: Site):
    with site.app.app_context():
        make = Factory(db.session)
        manager = make.user()
        for region in ("DACH", "Iberia, Italia and the islands of the western Mediterranean"):
            make.account(region=region)
        db.session.refresh(manager)
        db.session.expunge(manager)
    page, errors = site.open("/market/", as_user=manager)
    assert_sound_in_all_looks(page, errors, "market-empty")
    page.set_viewport_size({"width": 1440, "height": 900})
    for name in ("Direct", "Partners"):
        if name == "Partners":
            page.get_by_text("Add a channel", exact=True).click()
        page.locator("#new-channel-name").fill(name)
        page.get_by_role("button", name="Add the channel").click()
        expect(page.locator("#channels")).to_contain_text(name)
    page.get_by_role("link", name="Accounts").last.click()
    page.get_by_role("button", name="Make regions of these").click()
    expect(page.locator("main")).to_contain_text("Every account has its region.")
    page.get_by_role("link", name="Price books").click()
    page.get_by_label("Name").fill("List 2027")
    page.get_by_role("group", name="Partners").get_by_label("DACH").check()
    page.get_by_role("button", name="Add it").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("List 2027")
    page.get_by_text("Add a price", exact=True).click()
    page.get_by_label("Product code").fill("DOCK-SCHED")
    page.get_by_label("Unit price").fill("450")
    page.get_by_role("button", name="Add the price").click()
    expect(page.locator("#rows")).to_contain_text("EUR 450")
    assert_sound_in_all_looks(page, errors, "market-book")
    page.set_viewport_size({"width": 1440, "height": 900})
    page.locator("#rows").get_by_role("link").first.click()
    page.get_by_label("Active: it can be quoted").uncheck()
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".if-lead")).to_contain_text("inactive since just now: it cannot be quoted in 1 cell")
    assert_sound_in_all_looks(page, errors, "market-entry")
    page.goto(f"{site.url}/market/")
    expect(page.locator(".if-has")).to_contain_text("1 price book")
    assert_sound_in_all_looks(page, errors, "market-cells")
