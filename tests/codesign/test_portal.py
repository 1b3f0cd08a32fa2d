"""A customer's four minutes: invitation, questions, receipt; and everything that gets in between."""

import re
import time
from dataclasses import replace

import pytest

from ideaflow.codesign import closing, inviting, queries
from ideaflow.codesign.models import Ballot, BallotBox
from ideaflow.portal.languages import day
from tests.codesign.answering import Round


@pytest.fixture
def elina(ask: Round, contact_of):
    """Open a session and return it with the browser of a contact who is invited."""

    def begin(mode="confidential", key="maxdiff", invited=True):
        held = ask.open(key, mode)
        browser = contact_of(ask.make.account(name="Vantaa Freight", name_key="vantaa"), name="Elina Koski")
        if invited:
            inviting.invite(held.id, [browser.contact.id], "by hand", None, by=ask.by)
        return held, browser, f"/portal/design/{held.id}"

    return begin


def _form_of(page: str) -> dict[str, str]:
    """Return the options of the page’s set as a form that likes the first most and the last least."""
    shown = re.findall(r'name="best" value="(\w+)"', page)
    return {"best": shown[0], "worst": shown[-1]}


def _answer_all(browser, address, count=8):
    for place in range(1, count + 1):
        page = browser.get(f"{address}/{place}").text
        assert browser.post(f"{address}/{place}", data=_form_of(page)).status_code == 303


def _send(browser, address, **more):
    receipt = re.search(r'name="receipt" value="([^"]+)"', browser.get(f"{address}/review").text).group(1)
    return receipt, browser.post(f"{address}/cast", data={"receipt": receipt, **more})


@pytest.mark.parametrize("mode", ["confidential", "anonymous"])
def test_from_the_first_question_to_the_receipt_without_script(elina, mode, session):
    held, browser, address = elina(mode)
    home = browser.get("/portal/").text
    assert "Help design: What must live counting do first?" in home
    begin = browser.get(address).text
    assert mode.capitalize() in begin and "about 4 minutes" in begin
    _answer_all(browser, address)
    receipt, answer = _send(browser, address, comment="Lock the bin.")
    assert answer.headers["Location"].endswith("/receipt")
    assert receipt in browser.get(f"{address}/receipt").text
    assert queries.participation(held.id, browser.contact.id).is_done
    assert "Answered" in browser.get("/portal/design/").text


def test_half_answered_goes_on_where_it_was_left(elina):
    _, browser, address = elina()
    _answer_all(browser, address, 3)
    assert "Go on, 3 of 8 answered" in browser.get(address).text
    page = browser.get(f"{address}/3").text
    assert page.count("checked") == 2
    assert browser.get(f"{address}/review").headers["Location"].endswith("/4")


def test_an_anonymous_half_ballot_stays_in_the_browser(elina, session):
    held, browser, address = elina("anonymous")
    _answer_all(browser, address, 3)
    mine = queries.participation(held.id, browser.contact.id)
    assert mine.draft is None and mine.started_at is None
    assert "Go on, 3 of 8 answered" in browser.get(address).text


def test_an_empty_answer_is_refused_in_words_and_stays_on_its_page(elina):
    _, browser, address = elina()
    answer = browser.post(f"{address}/1", data={})
    assert answer.status_code == 422 and "Choose one that matters most" in answer.text
    key = _form_of(browser.get(f"{address}/1").text)["best"]
    same = browser.post(f"{address}/1", data={"best": key, "worst": key})
    assert same.status_code == 422 and "cannot be the same" in same.text


@pytest.mark.parametrize("mode", ["confidential", "anonymous"])
def test_sent_twice_it_counts_once_and_the_receipt_is_the_same(elina, session, mode):
    held, browser, address = elina(mode)
    _answer_all(browser, address)
    receipt, _ = _send(browser, address)
    again = browser.post(f"{address}/cast", data={"receipt": receipt})
    assert again.headers["Location"].endswith("/receipt")
    box = session.get(BallotBox, held.id)
    assert (len(box.sealed), len(box.receipts)) == (1, 1) if box else session.query(Ballot).count() == 1
    assert receipt in browser.get(f"{address}/receipt").text


def test_an_anonymous_ballot_cannot_be_changed(elina, session):
    held, browser, address = elina("anonymous")
    _answer_all(browser, address)
    _send(browser, address)
    for path in ("/1", "/review"):
        assert browser.get(address + path).status_code == 303
    browser.post(f"{address}/1", data={"best": "o1", "worst": "o2"})
    browser.post(f"{address}/cast", data={"receipt": "0000-0000-0000-0000"})
    assert len(session.get(BallotBox, held.id).sealed) == 1


@pytest.mark.parametrize("mode", ["confidential", "anonymous"])
def test_closed_while_answering_the_answer_is_kept_and_said_so(elina, ask, mode):
    held, browser, address = elina(mode)
    _answer_all(browser, address, 7)
    closing.close(held.id, None, by=ask.by)
    page = browser.get(f"{address}/8").text
    assert "while you were answering" in page and "will not be counted" in page
    closed_on = day(queries.find(held.id).closed_at)  # Not the last day it once had.
    assert f"This session closed on {closed_on}, while" in page
    browser.post(f"{address}/8", data=_form_of(page))
    _, answer = _send(browser, address)
    assert answer.headers["Location"].endswith(address)
    assert "They are kept, and not counted" in browser.get(address).text
    assert closing.tally(held.id, secret="for-tests-only").result["care"]["persons"] == 0


def test_foreign_and_missing_sessions_read_the_same(elina, contact_of, monkeypatch):
    second = time.time()  # A form's token holds the second it was made.
    monkeypatch.setattr("time.time", lambda: second)
    _, _, address = elina()
    stranger = contact_of()
    for path in ("", "/1", "/review", "/receipt", "/check", "/results"):
        foreign, missing = stranger.get(address + path), stranger.get(f"/portal/design/987654{path}")
        assert foreign.status_code == missing.status_code == 404
        assert foreign.text.replace(address, "") == missing.text.replace("/portal/design/987654", "")
    assert stranger.post(f"{address}/cast").status_code == 404


def test_nothing_is_shown_before_the_close_not_to_staff_either(elina, client_of):
    held, browser, address = elina()
    _answer_all(browser, address)
    _send(browser, address)
    staff = client_of("product_manager")
    page = staff.get(f"/co-design/{held.id}").text
    assert "1 of 1" in page and "Share of importance" not in page
    assert staff.get(f"/co-design/{held.id}/results.csv").status_code == 404
    assert browser.get(f"{address}/results").status_code == 303


def test_receipts_are_published_after_the_close_and_checked_by_the_voter(elina, ask):
    held, browser, address = elina("anonymous")
    _answer_all(browser, address)
    receipt, _ = _send(browser, address)
    assert "Receipts are published after" in browser.get(f"{address}/check?receipt={receipt}").text
    closing.close(held.id, None, by=ask.by)
    closing.tally(held.id, secret="for-tests-only")
    assert "was counted" in browser.get(f"{address}/check?receipt={receipt.lower().replace('-', ' ')}").text
    assert "No ballot with this receipt" in browser.get(f"{address}/check?receipt=0000-0000-0000-0000").text
    assert "no receipt of ours" in browser.get(f"{address}/check?receipt=lock").text


def test_kano_is_asked_and_answered(elina):
    held, browser, address = elina(key="kano")
    assert "If you did not have it" in browser.get(f"{address}/1").text
    half = browser.post(f"{address}/1", data={"functional": "like", "dysfunctional": "dislike"})
    assert half.status_code == 422 and "from 1 to 9" in half.text
    for place in range(1, 9):
        data = {"functional": "like", "dysfunctional": "live_with", "importance": "8"}
        assert browser.post(f"{address}/{place}", data=data).status_code == 303
    _send(browser, address)
    assert queries.participation(held.id, browser.contact.id).is_done


def test_the_result_is_read_by_customers_once_published(elina, ask):
    held, browser, address = elina()
    for n, one in enumerate(ask.invite(held, *ask.accounts(6))):
        ask.cast(one, n, best="o1")
    ask.result(held)
    held = queries.find(held.id)
    closing.publish(held.id, held.version, by=ask.by)
    page = browser.get(f"{address}/results").text
    assert "“Lock one bin, not the bay” comes first" in page and "6 companies" in page


def test_a_session_is_made_asked_closed_and_cited_in_the_browser(client_of, ask):
    staff = client_of("product_manager")
    answer = staff.post(
        f"/co-design/new/{ask.proposal.id}", data={"instrument": "maxdiff", "title": "What comes first?"}
    )
    editor = answer.headers["Location"]
    names = ["One", "Two", "Three", "Four", "Five", ""]
    form = {
        "title": "What comes first?", "intro": "", "mode": "anonymous", "closes_on": "2026-12-20",
        "criterion": "", "option_key": [""] * 6, "option_name": names, "option_note": ["note"] * 6,
        "version": "1",
    }  # fmt: skip
    unread = staff.post(editor, data={**form, "closes_on": "20.12.2026"})
    assert (
        unread.status_code == 422
        and "“20.12.2026” is no day" in unread.text
        and 'value="Five"' in unread.text
    )
    saved = staff.post(editor, data={**form, "then": ""})
    assert saved.status_code == 303
    page = staff.get(editor).text
    assert "Of these four" in page and 'value="Five"' in page
    assert staff.post(editor, data={**form, "title": "Late", "then": ""}).status_code == 409
    version = re.search(r'name="version" value="(\d+)"', page).group(1)
    keys = re.findall(r'name="option_key" value="(\w*)"', page)
    form |= {"option_key": keys[:6], "version": version}
    opened = staff.post(editor, data={**form, "then": "open"})
    assert opened.headers["Location"].endswith(editor.removesuffix("/edit"))
    assert "Nothing of what they said is shown before" in staff.get(editor.removesuffix("/edit")).text
    for page in ("/co-design/", f"/proposals/{ask.proposal.id}", editor.replace("edit", "preview")):
        assert staff.get(page).status_code == 200


def test_a_service_agent_asks_who_filed_a_case_to_help_design_in_two_clicks(client_of, ask):
    account = ask.make.account()
    contact = ask.make.contact(account_id=account.id, name="Elina Koski")
    item = ask.make.item(account_id=account.id, contact_id=contact.id)
    held = ask.open()
    agent = client_of("service")
    page = agent.get(f"/feedback/{item.id}").text
    assert "Ask Elina Koski to help design" in page and "Help design this" in page
    data = {"contact_ids": contact.id, "next": f"/feedback/{item.id}", "version": held.version}
    assert agent.post(f"/co-design/{held.id}/invite", data=data).status_code == 303
    assert "is asked already" in agent.get(f"/feedback/{item.id}").text
    assert queries.participation(held.id, contact.id).invited_at is not None


def test_what_a_customer_said_by_telephone_is_entered_question_by_question(client_of, ask, session):
    held = ask.open()
    account = ask.make.account(name="Hansa Kontor", name_key="hansa")
    staff = client_of("sales")
    address = f"/co-design/{held.id}/on-behalf"
    page = staff.get(address).text
    assert "Choose the account" in staff.post(address, data={"so_far": _so_far(page), **_form_of(page)}).text
    for _ in range(8):
        data = {"account_id": account.id, "so_far": _so_far(page), **_form_of(page)}
        answer = staff.post(address, data=data)
        page = answer.text
    assert answer.status_code == 303
    (ballot,) = session.query(Ballot).all()
    assert ballot.proxy_account_id == account.id and len(ballot.answers) == 8
    assert staff.post(address, data={"account_id": account.id, "so_far": "forged"}).status_code == 422


def _so_far(page: str) -> str:
    return re.search(r'name="so_far" value="([^"]*)"', page).group(1)


def test_lists_ask_the_database_as_often_for_many_as_for_few(client_of, contact_of, ask, count_queries):
    staff = client_of("product_manager")
    browser = contact_of()

    def asked():
        counts = []
        for who, path in ((staff, "/co-design/"), (browser, "/portal/design/")):
            with count_queries() as statements:
                assert who.get(path).status_code == 200
            counts.append(len(statements))
        return counts

    def more(count):
        for _ in range(count):
            inviting.invite(ask.open().id, [browser.contact.id], "by hand", None, by=ask.by)

    more(1)
    few = asked()
    more(5)
    assert asked() == few


def test_a_segment_and_who_is_ticked_can_be_invited_and_a_closed_session_asks_nobody(client_of, ask):
    held = ask.open()
    food = [ask.make.contact(account_id=ask.make.account(segment="Food").id) for _ in range(2)]
    agent, address = client_of("sales"), f"/co-design/{held.id}/invite"
    assert "Invite 2 of Food" in agent.get(address).text
    agent.post(address, data={"by": "segment", "segment": "Food", "version": held.version})
    assert {queries.participation(held.id, one.id).session_id for one in food} == {held.id}
    other = ask.make.contact(account_id=ask.make.account(segment="Retail").id, name="Uwe Halden")
    assert "Uwe Halden" in agent.get(f"{address}?words=halden").text
    assert agent.post(address, data={"version": held.version}).status_code == 422
    closing.close(held.id, None, by=ask.by)
    assert agent.post(address, data={"contact_ids": other.id, "version": held.version}).status_code == 409


def test_a_box_that_does_not_open_says_why_and_opens_with_the_former_secret(client_of, ask, app, monkeypatch):
    held = ask.open(mode="anonymous")
    ask.cast(ask.invite(held, *ask.accounts(1))[0])
    staff, address = client_of("product_manager"), f"/co-design/{held.id}"
    assert staff.post(f"{address}/close", data={"version": held.version}).status_code == 303
    assert "Add them up now" in staff.get(address).text
    settings = app.extensions["settings"]
    monkeypatch.setitem(app.extensions, "settings", replace(settings, secret_key="another"))
    refused = staff.post(f"{address}/tally")
    assert refused.status_code == 503 and "Put the former secret key back" in refused.text
    monkeypatch.setitem(app.extensions, "settings", settings)
    assert staff.post(f"{address}/tally").status_code == 303
    assert "Not enough data" in staff.get(address).text
