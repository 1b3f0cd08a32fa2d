"""Start, accounts, feedback, users and audit, empty and full, as people and assistive programs meet them."""

import re

import pytest
from playwright.sync_api import expect

from ideaflow import audit
from ideaflow.db import db
from ideaflow.users.models import User
from tests.browser.looking import LOOKS, Site, assert_sound, assert_sound_in_all_looks
from tests.factories import Factory

pytestmark = pytest.mark.browser
LONG = (
    "Grünwald & Söhne Apothekenlogistik und Kühlhausbetriebsgesellschaft mbH, Niederlassung Schwäbisch Gmünd"
)


@pytest.fixture(scope="module")
def people(site: Site) -> dict[str, User]:
    with site.app.app_context():
        make = Factory(db.session)
        found = {
            role: make.user(roles=[role]) for role in ("administrator", "gatekeeper", "sales", "service")
        }
        for user in found.values():
            db.session.refresh(user)
            db.session.expunge(user)
    return found


@pytest.fixture(scope="module")
def records(site: Site) -> dict[str, int]:
    with site.app.app_context():
        make = Factory(db.session)
        account = make.account(name=LONG, renews_on="2027-01-14", owner_name="Yuki Aldana")
        contact = make.contact(account_id=account.id, title="Head of everything that moves")
        make.opportunity(
            account_id=account.id, state="lost", reason="Theirs keeps working in the dead corners."
        )
        make.opportunity(account_id=account.id, currency="USD")
        case = make.case(account_id=account.id, contact_id=contact.id, subject=LONG)
        item = make.item(
            account_id=account.id,
            contact_id=contact.id,
            case_id=case.id,
            subject=LONG,
            text=("Hello.\n\n" + LONG + "\n\n") * 9,
        )
        make.item(account_id=account.id, case_id=case.id, is_proxy=True)
        for _ in range(60):
            make.item()
        audit.record(
            audit.SYSTEM, "test.change", account, before={"name": "x"}, after={"name": LONG}, reason=LONG
        )
        db.session.commit()
        return {"account": account.id, "item": item.id, "case": case.id}


@pytest.mark.parametrize("path", ["/", "/accounts/", "/feedback/"])
def test_a_page_without_records_is_sound_and_says_what_to_do(site, people, path):
    page, errors = site.open(path, as_user=people["service"])
    assert_sound_in_all_looks(page, errors, f"empty{path.replace('/', '-')}", LOOKS)
    assert page.get_by_role("link", name="Import an export").count() >= 1


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/accounts/",
        "/accounts/{account}",
        "/feedback/",
        "/feedback/{item}",
        "/users/",
        "/audit/",
        "/you",
    ],
)
def test_a_full_page_is_sound(site, people, records, path):
    path = path.format(**records)
    page, errors = site.open(path, as_user=people["administrator"])
    assert_sound_in_all_looks(page, errors, f"full{path.replace('/', '-')}", LOOKS)


def test_scrolling_down_brings_older_words(site, people, records):
    page, _ = site.open("/feedback/", as_user=people["sales"])
    before = page.locator("#rows > li").count()
    page.keyboard.press("End")
    expect(page.locator("#rows > li")).not_to_have_count(before)


def test_typing_filters_accounts_without_a_button(site, people, records):
    page, errors = site.open("/accounts/", as_user=people["sales"])
    page.get_by_label("Search accounts").fill("Schwäbisch")
    expect(page.locator("#rows tr")).to_have_count(1)
    assert "Schw" in page.url
    assert errors == []


def test_a_wish_in_a_case_takes_two_clicks(site, people, records):
    page, errors = site.open(f"/cases/{records['case']}", as_user=people["service"])
    button = page.get_by_role("button", name="Capture the wish")
    expect(button.locator("visible=true")).to_have_count(0)
    page.locator(".if-marking label").first.click()
    expect(button.locator("visible=true")).to_have_count(1)
    assert_sound(page, errors, "case-marking")
    button.locator("visible=true").click()
    expect(page.get_by_label("Captured just now")).to_contain_text("captured by")
    expect(page).to_have_url(re.compile(rf"/cases/{records['case']}\?wish="))
    assert_sound(page, errors, "case-captured")
