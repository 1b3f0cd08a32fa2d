"""Prices at the door: asked on one page, refused at the field, read by staff and customers."""

import re

import pytest

from ideaflow.codesign import closing, inviting, queries
from ideaflow.codesign.counting.ballots import Ballot
from ideaflow.codesign.counting.figures import Plan
from ideaflow.codesign.kinds.registry import INSTRUMENTS
from tests.codesign.answering import Round, definition_of

RISING = {"too_cheap": "19", "cheap": "29,50", "expensive": "49", "too_expensive": "79"}


@pytest.fixture
def elina(ask: Round, contact_of):
    held = ask.open("prices")
    browser = contact_of(name="Elina Koski")
    inviting.invite(held.id, [browser.contact.id], "by hand", None, by=ask.by)
    return held, browser, f"/portal/design/{held.id}"


def test_prices_are_named_sent_and_counted(elina):
    held, browser, address = elina
    page = browser.get(f"{address}/1").text
    assert "Live counting in one warehouse" in page and "In EUR per warehouse and month." in page
    assert browser.post(f"{address}/1", data=RISING).status_code == 303
    assert "buy it at €29.50?" in browser.get(f"{address}/2").text
    assert browser.post(f"{address}/2", data={"cheap": "5", "expensive": "3"}).status_code == 303
    receipt = re.search(r'name="receipt" value="([^"]+)"', browser.get(f"{address}/review").text).group(1)
    for _ in range(2):
        browser.post(f"{address}/cast", data={"receipt": receipt})
    assert queries.responses([held.id])[held.id].answered == 1


def test_an_order_violation_is_told_at_the_field_and_nothing_is_lost(elina):
    _, browser, address = elina
    answer = browser.post(f"{address}/1", data={**RISING, "cheap": "15 €"})
    assert answer.status_code == 422
    assert (
        "“a bargain” (15 €) is not above “too cheap” (19). Raise it, or lower the one before." in answer.text
    )
    assert 'aria-describedby="p-cheap-error"' in answer.text and answer.text.count("is not above") == 1
    assert all(f'value="{value}"' in answer.text for value in ("19", "15 €", "49", "79"))
    assert "Write a price above 0" in browser.post(f"{address}/1", data={**RISING, "cheap": "dear"}).text


def test_the_language_of_who_answers_is_spoken(elina):
    _, browser, address = elina
    german = browser.get(f"{address}/1", headers={"Accept-Language": "de"}).text
    assert "Ein Schnäppchen: viel für das Geld" in german


def test_who_is_not_invited_finds_nothing(elina, contact_of):
    stranger = contact_of()
    pages = [stranger.get(f"/portal/design/{number}/1") for number in (elina[0].id, 999_999)]
    assert {page.status_code for page in pages} == {404}


def test_a_session_on_prices_is_defined_in_the_editor(client_of, ask):
    staff = client_of("product_manager")
    begun = {"instrument": "prices", "title": "What may live counting cost?"}
    editor = staff.post(f"/co-design/new/{ask.proposal.id}", data=begun).headers["Location"]
    form = {
        "title": begun["title"], "intro": "", "mode": "anonymous", "closes_on": "2026-12-20", "criterion": "",
        "offer": "", "unit": "warehouse and month", "currency": "EUR", "intent": "1", "version": "1",
    }  # fmt: skip
    refused = staff.post(editor, data={**form, "then": "open"})
    assert refused.status_code == 422 and "Say what the price is for" in refused.text
    version = re.search(r'name="version" value="(\d+)"', refused.text).group(1)
    opened = staff.post(editor, data={**form, "offer": "Live counting", "version": version, "then": "open"})
    assert opened.headers["Location"].endswith(editor.removesuffix("/edit"))


def test_the_band_is_read_as_picture_words_and_table_by_staff_and_published(ask, client_of, contact_of):
    held = ask.open("prices")
    people = ask.invite(held, *ask.accounts(7))
    for number, one in enumerate(people):
        ask.cast(one, number)
    ask.result(held)
    staff = client_of("product_manager")
    page = staff.get(f"/co-design/{held.id}").text
    assert 'data-chart="prices"' in page and "is acceptable (95 %:" in page
    assert "People name prices here" in page
    assert "Least resistance (OPP)" in page
    assert "Earns most at" in staff.get(f"/co-design/{held.id}/results.csv").text
    held = queries.find(held.id)
    closing.publish(held.id, held.version, by=ask.by)
    browser = contact_of()
    with browser.session_transaction() as cookie:
        cookie["contact"] = f"{people[0].contact_id}:0"
    assert "acceptable." in browser.get(f"/portal/design/{held.id}/results").text


def test_curves_that_do_not_cross_leave_the_optimum_undefined_and_said():
    one, definition = INSTRUMENTS["prices"], definition_of("prices")
    prices = {"too_cheap": 10, "cheap": 20, "expensive": 30, "too_expensive": 60}
    result = one.tally(definition, [Ballot(f"a{n}", {"prices": prices}) for n in range(6)], Plan(1, 50))
    assert "do not cross" in result["points"][3]["undefined"]
    assert one.table(definition, result).rows[3][1] == "undefined"
