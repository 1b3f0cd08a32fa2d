"""A service agent marks the sentence that is the wish; it is heard, keeps its place and finds its theme."""

import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from ideaflow.errors import Conflict, Forbidden, Invalid
from ideaflow.feedback import capturing, finding
from ideaflow.feedback.models import Capture, FeedbackItem, Statement
from ideaflow.feedback.sentences import Span, find, sentences

TOLD = "Good morning. The scanner drops in aisle 14. Could the list stay on the device? Thanks, Anke"
WISH = "Could the list stay on the device?"


def place_of(words, text=TOLD):
    return find(words, text).place


@pytest.fixture
def agent(client_of):
    return client_of("service")


def test_one_click_marks_the_sentence_and_a_second_captures_it(agent, make, session):
    item = make.item(text=TOLD)
    page = agent.get(f"/feedback/{item.id}").text
    assert page.count('name="sentence"') == 4
    place = re.search(rf'value="(\d+-\d+)"><span>{re.escape(WISH)}', page).group(1)
    answer = agent.post(f"/capture/items/{item.id}", data={"sentence": place}, follow_redirects=True)
    assert "Captured wish" in answer.text and f"<mark>{WISH}</mark>" in answer.text
    made = session.scalars(select(Capture)).one()
    statement = session.get(Statement, made.statement_id)
    assert (statement.text, item.text[statement.begins_at : statement.ends_at]) == (WISH, WISH)
    assert made.captured_by_id == agent.user.id


@pytest.mark.parametrize("kind", ["case", "opportunity"])
def test_a_case_or_a_sale_takes_two_clicks_and_one_stays_there(agent, make, session, kind):
    record = make.case() if kind == "case" else make.opportunity()
    item = make.item(text=TOLD, **{f"{kind}_id": record.id})
    make.item(text="Thank you.", **{f"{kind}_id": record.id})
    address = f"/{kind}s/{record.id}".replace("opportunitys", "opportunities")
    page = agent.get(address).text
    assert page.count('name="sentence"') == 5 and "Choose the sentence that is a wish" in page
    place = re.search(rf'value="(\d+-\d+)"><span>{re.escape(WISH)}', page).group(1)
    answer = agent.post(f"/capture/items/{item.id}", data={"sentence": place, "at": "record"})
    made = session.scalars(select(Capture)).one()
    assert answer.location == f"{address}?wish={made.id}#wish-{made.id}"
    after = agent.get(answer.location).text
    assert f"<mark>{WISH}</mark>" in after and "captured by" in after and "Looking for its theme" in after
    assert "captured by" not in agent.get(address).text  # Later it is marked where it stands, no more.
    back = agent.post(f"/capture/{made.id}/release", data={"at": "record"})
    assert back.location == address and "<mark>" not in agent.get(address).text


def test_the_same_wish_is_captured_once_and_a_statement_there_is_becomes_it(agent, make, session):
    item = make.item(text=WISH)
    statement = make.statement(item)
    for _ in range(2):
        agent.post(f"/capture/items/{item.id}", data={"sentence": place_of(WISH, WISH)})
    assert session.scalars(select(Capture.statement_id)).all() == [statement.id]


def test_sentences_side_by_side_are_one_wish_and_others_are_two(make, session):
    item, by = make.item(text=TOLD), make.user().actor
    spans = [find(words, TOLD) for words in ("The scanner drops in aisle 14.", WISH, "Good morning.")]
    capturing.capture(item.id, spans[:2], by=by)
    capturing.capture(item.id, spans[2:], by=by)
    words = session.scalars(select(Statement.text).order_by(Statement.begins_at)).all()
    assert words == ["Good morning.", f"The scanner drops in aisle 14. {WISH}"]


@pytest.mark.parametrize("places", [[], ["9000-9100"], ["a-b"], ["-1-5"], ["4-4"]])
def test_nothing_marked_or_outside_of_the_text_says_what_to_do(agent, make, places):
    item = make.item(text=TOLD)
    answer = agent.post(f"/capture/items/{item.id}", data={"sentence": places})
    assert answer.status_code == 422 and "Mark the sentence" in answer.text


def test_words_that_count_no_more_cannot_be_captured(agent, make, session):
    item = make.item(text=TOLD)
    item.withdrawn_at = item.said_at
    session.flush()
    assert 'name="sentence"' not in agent.get(f"/feedback/{item.id}").text
    with pytest.raises(Conflict):
        capturing.capture(item.id, [find(WISH, TOLD)], by=agent.user.actor)


def test_who_captured_can_take_it_back_and_the_words_stay(agent, client_of, make, session):
    item = make.item(text=TOLD)
    agent.post(f"/capture/items/{item.id}", data={"sentence": place_of(WISH)})
    made = session.scalars(select(Capture)).one()
    other = client_of("sales")
    assert other.post(f"/capture/{made.id}/release").status_code == 403
    with pytest.raises(Forbidden):
        capturing.release(made.id, may_others=False, by=other.user.actor)
    agent.post(f"/capture/{made.id}/release")
    assert session.scalars(select(Capture)).all() == [] == session.scalars(select(Statement)).all()
    assert session.get(FeedbackItem, item.id).text == TOLD


def test_a_gatekeeper_reads_and_captures_nothing(client_of, make):
    item, gatekeeper = make.item(text=TOLD), client_of("gatekeeper")
    assert 'name="sentence"' not in gatekeeper.get(f"/feedback/{item.id}").text
    assert gatekeeper.post(f"/capture/items/{item.id}", data={"sentence": "0-5"}).status_code == 403


def test_the_bookmark_knows_the_case_by_the_address_of_its_page(agent, client_of, make, session):
    case = make.case(source_id="48213", account_id=make.account(name="Brinkmann Logistik").id)
    page = "https://acme.zendesk.com/agent/tickets/48213"
    form = agent.get("/capture/", query_string={"words": WISH, "page": page, "title": "Tickets"}).text
    assert "case 48213" in form and 'value="Brinkmann Logistik"' in form and WISH in form
    sent = {"words": WISH, "page": page, "case_id": case.id, "key": "k1", "account": ""}
    for _ in range(2):  # A button pressed twice.
        answer = agent.post("/capture/", data=sent, follow_redirects=True)
    item = session.scalars(select(FeedbackItem)).one()
    assert (item.text, item.case_id, item.account_id, item.is_proxy) == (
        WISH,
        case.id,
        case.account_id,
        False,
    )
    assert session.scalars(select(Capture.page_url)).all() == [page] and page in answer.text
    # A key that somebody else’s form had writes over nothing of theirs.
    client_of("service").post("/capture/", data=sent | {"words": "Other words"})
    assert item.counts and len(session.scalars(select(FeedbackItem)).all()) == 2


def test_a_number_that_two_systems_use_leads_to_the_one_in_the_address_or_to_nobody(make):
    ours = make.case(source="zendesk", source_id="48213", account_id=make.account().id)
    make.case(source="hubspot", source_id="48213", account_id=make.account().id)
    assert finding.on_page("https://acme.zendesk.com/agent/tickets/48213", "", "").case == ours
    assert finding.on_page("https://desk.acme.example/48213", "", "").case is None
    anke, bo = (make.contact(account_id=make.account().id) for _ in range(2))
    both = finding.on_page("https://mail.example/1", "", f"{anke.email} and {bo.email}")
    assert (both.account, both.contact) == (None, None)
    assert finding.on_page("https://mail.example/1", "", f"from {bo.email}").contact == bo


def test_words_that_are_here_already_are_marked_where_they_are(agent, make):
    case = make.case(source_id="48213")
    item = make.item(text=TOLD, case_id=case.id)
    query = {"words": "Could the list\n stay on the device?", "page": "https://x.example/48213", "title": ""}
    answer = agent.get("/capture/", query_string=query)
    assert answer.headers["Location"].startswith(f"/feedback/{item.id}?mark=")
    page = agent.get(answer.headers["Location"].split("#")[0]).text
    assert re.findall(r"checked><span>(.*?)</span>", page) == [WISH]


@pytest.mark.parametrize(
    ("page", "words"),
    [
        ("https://mail.example/inbox/1", "From: anke@brinkmann.example — could it stay on the device?"),
        ("https://mail.example/inbox/1", "somebody.else@brinkmann.example asked"),
    ],
)
def test_a_page_of_none_of_our_records_is_known_by_the_addresses_on_it(make, page, words):
    account = make.account(name="Brinkmann Logistik", domain="brinkmann.example")
    make.contact(account_id=account.id, email="anke@brinkmann.example")
    assert finding.on_page(page, "", words).account == account


def test_an_account_nobody_knows_is_named_and_nothing_typed_is_lost(agent, make, session):
    make.account(name="Brinkmann Logistik", name_key="brinkmann logistik")
    sent = {"words": WISH, "account": "Brinkman", "contact": "Anke", "key": "k2", "is_proxy": "1"}
    answer = agent.post("/capture/", data=sent | {"account": "Brinkmann"})
    assert answer.status_code == 422 and "Is it Brinkmann Logistik?" in answer.text and WISH in answer.text
    agent.post("/capture/", data=sent | {"account": "brinkmann logistik gmbh"})
    item = session.scalars(select(FeedbackItem)).one()
    assert item.is_proxy and item.speaker_name == "Anke" and item.account_id is not None


def test_the_bookmark_is_offered_with_the_address_of_this_house(agent, app):
    page = agent.get("/capture/bookmark").text
    assert 'href="javascript:' in page and app.extensions["settings"].address + "/capture/" in page


def test_too_long_a_wish_is_refused_with_the_limit(make):
    with pytest.raises(Invalid, match="2,000"):
        capturing.write_down(
            capturing.Heard(key="k", words="word " * 500, is_verbatim=True), by=make.user().actor
        )


@given(st.text(alphabet="ab .!?\n\"'e.g()ß…–\t", max_size=200))
def test_sentences_hold_every_word_once_in_order(text):
    spans = [span for paragraph in sentences(text) for span in paragraph]
    assert "".join("".join(span.of(text).split()) for span in spans) == "".join(text.split())
    assert all(one.ends_at <= other.begins_at for one, other in pairwise(spans))


def test_a_line_cut_by_a_mail_program_ends_no_sentence():
    text = "We walk back\nout to book. Dr. Holt, e.g. at noon\n- one\n- two"
    found = [span.of(text) for paragraph in sentences(text) for span in paragraph]
    assert found == ["We walk back\nout to book.", "Dr. Holt, e.g. at noon", "- one", "- two"]
    assert find("back out", text) == Span(8, 16)
