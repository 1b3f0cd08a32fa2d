"""The whole path in a browser: exports in, themes, corrections, a proposal, a decision, the audit."""

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from ideaflow import queue
from ideaflow.users import service as users
from tests.browser.looking import Site

pytestmark = pytest.mark.browser
EXPORTS = Path(__file__).resolve().parent.parent.parent / "examples" / "fernhall"
PASSWORD = "a password for tests"


@pytest.fixture
def models(monkeypatch):
    """The language model as the user's cache has it, so that it is exported once a machine."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    monkeypatch.setenv("IDEAFLOW_HOME", str(cache / "ideaflow"))


def _sign_in(site: Site, email: str) -> Page:
    page, _ = site.open("/sign-in")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    return page


def _work(site: Site) -> None:
    """Do what waits in the queue, in a thread of its own: the browser's loop holds this one."""
    with ThreadPoolExecutor(1) as thread:
        thread.submit(queue.work, site.app, until_empty=True).result()


def test_from_exported_records_to_a_decision_in_the_audit(site: Site, models):
    with site.app.app_context():
        users.add_user("maren@fernhall.example", "Maren Holt", ["product_manager"], PASSWORD)
        users.add_user("idris@fernhall.example", "Idris Bakker", ["gatekeeper"], PASSWORD)
        users.add_user("tom@fernhall.example", "Tom Wrona", ["administrator"], PASSWORD)

    page = _sign_in(site, "maren@fernhall.example")
    _import(page, site)
    title = _correct(page)
    _promote(page, title)
    proposal = page.url
    _hand_to_gate(page)
    _decide(_sign_in(site, "idris@fernhall.example"))

    page.goto(proposal)
    expect(page.locator("main")).to_contain_text("Scoping")
    audit = _sign_in(site, "tom@fernhall.example")
    audit.goto(site.url + "/audit/")
    rows = audit.locator("#rows")
    for told in ("gates.decide", "proposals.promote", "themes.merge", "themes.rename", "intake.begin"):
        audit.goto(f"{site.url}/audit/?action={told}")
        expect(rows).to_contain_text("Idris Bakker" if told == "gates.decide" else "Maren Holt")


def _import(page: Page, site: Site) -> None:
    page.get_by_role("link", name="Import an export").click()
    page.get_by_label("Export file").set_input_files(
        [EXPORTS / "salesforce-accounts.csv", EXPORTS / "hubspot-tickets.csv"]
    )
    page.get_by_role("button", name="Preview, import nothing yet").click()
    expect(page.locator("main")).to_contain_text("Nothing is imported yet")
    page.get_by_role("button", name="Import 2 files").click()
    _work(site)
    page.goto(site.url + "/themes/")
    expect(page.locator("[data-row]").first).to_be_visible()
    expect(page.locator("[data-row]").nth(7)).to_be_visible()


def _correct(page: Page) -> str:
    """Rename the first theme and merge another into it; return the name it was given."""
    page.locator("[data-row] a").first.click()
    page.get_by_text("Rename", exact=False).first.click()
    page.locator("#rename-title").fill("Handhelds that forget the pick list")
    page.locator("form[action$='/rename'] button").first.click()
    heading = page.get_by_role("heading", level=1)
    expect(heading).to_have_text("Handhelds that forget the pick list")
    before = int(page.locator(".if-sec-head .num").first.inner_text().split()[0].replace(",", ""))
    page.locator(".if-like").get_by_role("link", name="Merge").first.click()
    expect(heading).to_have_text("Merge 2 themes")
    page.get_by_role("button", name="Merge", exact=False).first.click()
    expect(heading).to_have_text("Handhelds that forget the pick list")
    expect(page.locator(".if-past").first).to_contain_text("merged")
    after = int(page.locator(".if-sec-head .num").first.inner_text().split()[0].replace(",", ""))
    assert after > before
    return "Handhelds that forget the pick list"


def _promote(page: Page, title: str) -> None:
    page.get_by_role("button", name="Promote").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(title)
    assert "/proposals/" in page.url


def _hand_to_gate(page: Page) -> None:
    page.get_by_role("link", name="Edit", exact=True).click()
    page.get_by_label("What customers gain").fill("The list stays on the device when the network does not.")
    page.get_by_label("The problem").fill("Pickers lose the list between the racks and start over.")
    page.locator("main form button").last.click()
    expect(page.locator("main")).to_contain_text("The list stays on the device")
    page.get_by_role("button", name="Start discovery").click()
    page.get_by_role("button", name="Mark as done").first.click()
    page.get_by_role("button", name="Hand to Gate 1").click()
    expect(page.locator("main")).to_contain_text("Gate 1")
    expect(page.get_by_role("button", name="Open the review")).to_have_count(0)  # Not the owner's to open.


def _decide(page: Page) -> None:
    page.get_by_role("link", name="Open the review").first.click()
    page.get_by_role("button", name="Open the review").click()
    expect(
        page.get_by_role("button", name="Hand in my scorecard")
    ).to_be_visible()  # .all() waits for nothing.
    for scale in page.locator("#scorecard .if-scale:not(.two)").all():
        scale.locator("input[value='8']").check()
    for answer in page.locator("#scorecard .if-scale.two").all():
        answer.locator("input[value=yes]").check()
    page.get_by_label("I would decide").select_option("go")
    page.get_by_role("button", name="Hand in my scorecard").click()
    page.locator("#decision input[value=go]").check()
    page.get_by_label("Grants, in EUR").fill("20000")
    page.get_by_label("People", exact=True).fill("2")
    page.get_by_label("Reason, as the team will read it").fill("Asked for in plain words, by many.")
    page.get_by_label("Your password, to sign").fill(PASSWORD)
    page.get_by_role("button", name="Sign the decision").click()
    expect(page.locator("main")).to_contain_text("Asked for in plain words, by many.")
