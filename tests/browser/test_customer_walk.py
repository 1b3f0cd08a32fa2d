"""A new customer’s whole way, on a phone: from the invitation to the mail that says what became of it."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from ideaflow.db import db
from ideaflow.loop import mailing
from tests.browser.keyboard import press, reach_field
from tests.browser.town import HER_WORDS, TITLES, Town, settled

pytestmark = pytest.mark.browser
ANSWER = "We build it: one bin is locked while it is counted, no longer the bay. It comes in spring."


@pytest.fixture
def town(fresh_database: str, tmp_path: Any, serve_site: Any) -> Iterator[Town]:
    with settled(serve_site, fresh_database, tmp_path) as made:
        yield made


def test_from_the_invitation_to_the_answer_in_her_own_words(town: Town) -> None:
    phone, errors = _is_invited_and_signs_in(town)
    _finds_her_case_and_designs(town, phone, errors)
    _says_what_comes_first(town, phone, errors)
    _says_what_she_would_miss(town, phone, errors)
    _staff_close_and_cite(town)
    _reads_what_came_out(town, phone, errors)
    _staff_decide_and_tell(town)
    _reads_what_became_of_it(town)


def _is_invited_and_signs_in(town: Town) -> tuple[Page, list[str]]:
    """The service agent asks her from her case, two presses; the mail comes by SMTP; one press signs in."""
    desk, _ = town.site.open(f"/feedback/{town.item_id}", as_user=town.agent)
    for title in TITLES.values():
        desk.get_by_role("button", name=f"Ask them to help design: {title}").click()
        expect(desk.get_by_role("button", name=f"Ask them to help design: {title}")).to_have_count(0)
    desk.goto(f"{town.site.url}/accounts/{town.elina.account_id}")
    desk.get_by_role("button", name="Invite Elina Koski").click()
    expect(desk.get_by_role("button", name="Invite Elina Koski")).to_contain_text("again")
    town.work()
    mails = town.sink.to(town.elina.email)
    assert sorted(str(one["Subject"]) for one in mails) == [
        "3 things are new at Fernhall", "Lena Prior invites you to the portal",
    ]  # fmt: skip
    asking = next(one for one in mails if "new at" in str(one["Subject"]))
    words = asking.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert all(f"Help design: {title}" in words for title in TITLES.values())
    invitation = next(one for one in mails if "invites you" in str(one["Subject"]))
    found = re.search(r"(/portal/sign-in/\S+)", invitation.get_body(("plain",)).get_content())  # type: ignore[union-attr]
    assert found
    phone, errors = town.site.open(found.group(1), width=390)
    town.look(phone, errors, "01-link")
    phone.keyboard.press("Enter")  # “Sign in” has the focus.
    expect(phone.get_by_role("heading", name="Hello Elina")).to_be_visible()
    town.look(phone, errors, "02-home")
    return phone, errors


def _finds_her_case_and_designs(town: Town, page: Page, errors: list[str]) -> None:
    press(page, "Case 46120")
    expect(page.get_by_text(HER_WORDS)).to_be_visible()
    town.look(page, errors, "03-case")
    press(page, f"Help design this: {TITLES['drafts']}")
    expect(page.get_by_text("Confidential: only those at Fernhall")).to_be_visible()
    town.look(page, errors, "04-begin")
    press(page, "Begin")
    expect(page.get_by_text("from €700")).to_be_visible()
    town.look(page, errors, "05-configurator-empty")
    _take(page, "S")
    expect(page.get_by_text("Not with S: Small frames take 26-inch wheels.")).to_be_visible()
    town.look(page, errors, "06-configurator-blocked")
    press(page, "Take 29")
    expect(_option(page, "29")).to_be_checked()
    expect(_option(page, "29")).to_be_focused()  # Where one was, the choice goes on.
    expect(_option(page, "M")).to_be_checked()
    for name in ("Disc", "Front", "Single"):
        _take(page, name)
    expect(page.locator(".if-price .big")).to_have_text("€790")
    reach_field(page, "sketch")
    page.keyboard.type("A holder for the scanner.")
    town.look(page, errors, "07-configurator-whole")
    press(page, "Submit")
    expect(page.get_by_role("heading", name="Draft 1")).to_be_visible()
    expect(page.get_by_text("A holder for the scanner.")).to_be_visible()
    town.look(page, errors, "08-draft")
    press(page, "Your receipt")
    _reads_receipt(town, page, errors, "09-receipt-drafts")


def _option(page: Page, name: str) -> Locator:
    return page.locator("label.if-opt").filter(has=page.get_by_text(name, exact=True)).locator("input")


def _take(page: Page, name: str) -> None:
    """Choose an option by keyboard, and wait until its price is worked out."""
    _option(page, name).focus()
    with page.expect_response(lambda answer: answer.request.method == "POST"):
        page.keyboard.press("Space")
    expect(_option(page, name)).to_be_checked()


def _says_what_comes_first(town: Town, page: Page, errors: list[str]) -> None:
    page.goto(town.site.url + "/portal/design/")
    town.look(page, errors, "10-help-design")
    press(page, TITLES["maxdiff"])
    expect(page.get_by_role("heading", name=TITLES["maxdiff"])).to_be_visible()
    press(page, "Begin")
    for place in range(1, 9):
        expect(page.get_by_text(f"{place} of 8")).to_be_visible()
        reach_field(page, "best")
        page.keyboard.press("Space")
        page.keyboard.press("Tab")
        page.keyboard.press("ArrowDown")  # From the first to the second of the least.
        expect(page.locator("[name=worst]:checked")).to_have_count(1)
        if place == 1:
            town.look(page, errors, "11-maxdiff")
        page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Send your answers")).to_be_visible()
    reach_field(page, "comment")
    page.keyboard.type("Lock the bin.")
    town.look(page, errors, "12-review")
    press(page, "Send my answers")
    _reads_receipt(town, page, errors, "13-receipt-maxdiff")
    press(page, "Done")
    expect(page.get_by_role("heading", name="Hello Elina")).to_be_visible()


def _says_what_she_would_miss(town: Town, page: Page, errors: list[str]) -> None:
    page.goto(town.site.url + town.session_page("kano"))
    press(page, "Begin")
    for place in range(1, 9):
        expect(page.get_by_text(f"{place} of 8")).to_be_visible()
        for name in ("functional", "dysfunctional", "importance"):
            reach_field(page, name)
            page.keyboard.press("Space")
            page.keyboard.press("ArrowDown")
            expect(page.locator(f"[name={name}]:checked")).to_have_count(1)
        if place == 1:
            town.look(page, errors, "14-kano")
        page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Send your answers")).to_be_visible()
    press(page, "Send my answers")
    _reads_receipt(town, page, errors, "15-receipt-kano")


def _reads_receipt(town: Town, page: Page, errors: list[str], name: str) -> None:
    expect(page.get_by_role("heading", name="Thank you. Your answers are in.")).to_be_visible()
    expect(page.get_by_text(re.compile(r"^\w{4}-\w{4}-\w{4}-\w{4}$"))).to_be_visible()
    town.look(page, errors, name)


def _staff_close_and_cite(town: Town) -> None:
    """The product manager closes all three; each result becomes evidence on the proposal, and is told."""
    desk, errors = town.site.open("/", as_user=town.world.owner)
    for key, title in TITLES.items():
        desk.goto(f"{town.site.url}/co-design/{town.sessions[key]}")
        expect(desk.get_by_text("7 of 7 accounts answered,")).to_be_visible()
        desk.get_by_role("button", name="Close it now").click()
        expect(desk.get_by_role("link", name="Look again")).to_be_visible()
        town.work()
        desk.get_by_role("link", name="Look again").click()
        expect(desk.locator(".if-chart svg").first).to_be_visible()
        town.look(desk, errors, f"16-result-{key}")
        desk.get_by_role("button", name="Tell 7 contributors").click()
        expect(desk.get_by_text("They were told")).to_be_visible()
        desk.get_by_role("button", name="Use as evidence").first.click()
        desk.get_by_role("link", name="Is evidence").click()
        expect(desk.get_by_text(title).first).to_be_visible()
    town.look(desk, errors, "17-proposal")


def _reads_what_came_out(town: Town, page: Page, errors: list[str]) -> None:
    page.goto(town.site.url + "/portal/design/")
    press(page, TITLES["maxdiff"])
    expect(page.get_by_text("comes first").first).to_be_visible()
    town.look(page, errors, "18-shared-result")
    for key in ("drafts", "kano"):
        page.goto(town.site.url + town.session_page(key) + "/results")
        town.look(page, errors, f"19-shared-result-{key}")
    page.goto(town.site.url + town.session_page("maxdiff") + "/receipt")
    press(page, "Check it")
    expect(page.get_by_text("was counted")).to_be_visible()
    town.look(page, errors, "20-check")


def _staff_decide_and_tell(town: Town) -> None:
    """The gate decides; the product manager writes what customers read, and sends it with their words."""
    with town.site.app.app_context():
        review = town.world.go().id
        db.session.remove()
    desk, errors = town.site.open(f"/tell/{review}", as_user=town.world.owner)
    desk.get_by_label("What customers read of this decision").fill(ANSWER)
    desk.get_by_role("button", name="Let them read it").click()
    told = desk.locator(".if-tell li", has_text="Elina Koski")
    expect(told.get_by_text(HER_WORDS)).to_be_visible()
    town.look(desk, errors, "21-tell")
    desk.get_by_role("button", name="Send to those ticked").click()
    expect(desk.locator(".if-tell li", has_text="Elina Koski").get_by_text("Told")).to_be_visible()
    with town.site.app.app_context():
        mailing.send_due()
        db.session.remove()
    town.work()


def _reads_what_became_of_it(town: Town) -> None:
    mail = town.sink.to(town.elina.email)[-1]
    for kind in ("plain", "html"):
        body = mail.get_body((kind,)).get_content()  # type: ignore[union-attr]
        words = " ".join(re.sub(r"<[^>]+>", "", body).split())
        assert HER_WORDS in words and ANSWER in words, words
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    page, errors = town.site.open("/portal/sign-in", as_contact=town.elina, width=390)
    page.goto(town.site.url + town.link_of_last_mail())
    expect(page.get_by_text(HER_WORDS)).to_be_visible()
    expect(page.get_by_text(ANSWER)).to_be_visible()
    town.look(page, errors, "22-answered")
    press(page, "What became of your words")
    expect(page.get_by_text("You helped design").first).to_be_visible()
    town.look(page, errors, "23-all-my-words")
