"""Buying at the door: one budget an account, alone and then together, never more than there is."""

import re

import pytest
from sqlalchemy import select

from ideaflow.codesign import closing, inviting, queries, service, spending
from ideaflow.codesign.models import Ballot, Pot, Purse
from ideaflow.errors import Conflict, Invalid
from ideaflow.loop import saying
from ideaflow.loop.models import ContactNotice
from tests.codesign.answering import Round, definition_of

BUDGET = 96  # Two fifths of 240.


@pytest.fixture
def team(ask: Round, contact_of):
    """Open a session; returns it, its address, and browsers of two colleagues and of another account."""

    def begin(**definition):
        held = ask.open("buying", definition={**definition_of("buying"), **definition})
        account, other = ask.accounts(2)
        browsers = [contact_of(one) for one in (account, account, other)]
        inviting.invite(held.id, [one.contact.id for one in browsers], "by hand", None, by=ask.by)
        return held, f"/portal/design/{held.id}", browsers

    return begin


def _pledge(browser, address, **amounts):
    data = {f"for-{key}": str(amount) for key, amount in amounts.items()}
    return browser.post(f"{address}/1", data=data)


def _send(browser, address):
    page = browser.get(f"{address}/review").text
    receipt = re.search(r'name="receipt" value="([^"]+)"', page).group(1)
    return browser.post(f"{address}/cast", data={"receipt": receipt})


def _buy(browser, address, **amounts):
    assert _pledge(browser, address, **amounts).status_code == 303
    return _send(browser, address)


def test_colleagues_spend_one_budget_and_the_second_is_told_what_is_left(team, session):
    _held, address, (elina, jonas, _) = team()
    assert "costs 100" in (page := elina.get(f"{address}/1").text) and "more than one budget" in page
    assert _buy(elina, address, o2=20, o3=50).headers["Location"].endswith("/receipt")
    assert "Spent by your colleagues" in (page := jonas.get(f"{address}/1").text) and 'data-left="26"' in page
    much = _pledge(jonas, address, o4=20, o5=10)
    assert much.status_code == 422 and "come to 30, 4 more than is left" in much.text
    assert 'value="20"' in much.text and 'value="10"' in much.text
    assert _buy(jonas, address, o4=20).headers["Location"].endswith("/receipt")
    assert session.scalars(select(Purse.spent)).all() == [90]


def test_what_a_colleague_spent_between_two_pages_is_told_and_nothing_is_paid_twice(team, session):
    _held, address, (elina, jonas, _) = team()
    _pledge(elina, address, o2=60)
    _pledge(jonas, address, o3=60)
    _send(elina, address)
    late = _send(jonas, address)
    assert late.headers["Location"].endswith("/1")
    page = jonas.get(f"{address}/1").text
    assert "Others spent meanwhile" in page and 'value="60"' in page
    assert session.scalars(select(Purse.spent)).all() == [60]
    assert len(session.scalars(select(Ballot)).all()) == 1
    for _ in range(2):  # Sent twice, and changed: paid once, what it was.
        _send(elina, address)
    _buy(elina, address, o2=10)
    assert session.scalars(select(Purse.spent)).all() == [10]
    assert session.scalars(select(Pot.pledged)).all() == [10]


@pytest.mark.parametrize(("typed", "words"), [
    ("", "Write how much"), ("ten", "Write whole numbers"), ("-5", "Write whole numbers"), ("1.5", "Write"),
    ("9999999", "more than is left"),
])  # fmt: skip
def test_what_is_no_pledge_is_refused_in_words(team, typed, words):
    _, address, (elina, *_) = team()
    answer = elina.post(f"{address}/1", data={"for-o2": typed})
    assert answer.status_code == 422 and words in answer.text


def test_accounts_pool_in_the_open_after_they_chose_alone(team, client_of, session):
    held, address, (elina, jonas, other) = team()
    _buy(elina, address, o2=20)
    assert "Others pledged" not in other.get(f"{address}/1").text
    staff = client_of("product_manager")
    page = staff.get(f"/co-design/{held.id}").text
    assert "Open the pooling round" in page
    version = queries.find(held.id).version
    assert staff.post(f"/co-design/{held.id}/pool", data={"version": version}).status_code == 303
    assert staff.post(f"/co-design/{held.id}/pool", data={"version": version}).status_code == 409
    assert "Help design: What must live" in elina.get("/portal/").text
    assert "What you chose alone is kept" in elina.get(address).text
    _buy(elina, address, o1=90)
    assert "Others pledged 90; 10 still needed." in other.get(f"{address}/1").text
    beyond = _pledge(other, address, o1=20)
    assert beyond.status_code == 422 and "lacks only 10" in beyond.text
    _buy(other, address, o1=10)
    assert "Paid for by others already." in jonas.get(f"{address}/1").text
    kept = session.scalars(select(Ballot.answers).order_by(Ballot.id)).all()
    assert kept == [{"solo": {"o2": 20}, "pool": {"o1": 90}}, {"pool": {"o1": 10}}]


def test_what_was_typed_alone_but_not_sent_is_not_money(team, session):
    held, address, (elina, *_) = team()
    _pledge(elina, address, o2=90)
    spending.open_pool(held.id, held.version, by=service_actor(session, held))
    _buy(elina, address, o3=5)
    assert session.scalar(select(Ballot.answers)) == {"pool": {"o3": 5}}


def service_actor(session, held):
    from ideaflow.users.models import User

    return session.get(User, held.created_by_id).actor


def test_quadratic_votes_cost_their_square(team):
    _held, address, (elina, *_) = team(quadratic=True)
    much = _pledge(elina, address, o1=9, o2=5)
    assert much.status_code == 422 and "cost 106 credits, 6 too many" in much.text
    assert _buy(elina, address, o1=9, o2="−3").headers["Location"].endswith("/receipt")


def test_buying_is_never_anonymous_and_only_who_owns_sessions_opens_the_pool(ask, client_of):
    held = service.begin(ask.proposal.id, "buying", "What would you buy?", by=ask.by)
    values = {name: getattr(held, name) for name in service.EDITED}
    values |= {"definition": definition_of("buying"), "mode": "anonymous"}
    held = service.edit(held.id, values, held.version, by=ask.by)
    with pytest.raises(Invalid, match="choose confidential"):
        service.open_session(held.id, held.version, by=ask.by)
    with pytest.raises(Conflict):
        spending.open_pool(held.id, held.version, by=ask.by)
    assert client_of("sales").post(f"/co-design/{held.id}/pool", data={"version": 1}).status_code == 403


@pytest.mark.parametrize("quadratic", [False, True])
def test_what_was_bought_is_read_as_picture_words_and_table(ask, client_of, contact_of, quadratic):
    held = ask.open("buying", definition={**definition_of("buying"), "quadratic": quadratic})
    people = ask.invite(held, *ask.accounts(7))
    for number, one in enumerate(people):
        best = "" if quadratic else "o2"
        ask.cast(one, number, best=best)
    ask.result(held)
    staff = client_of("product_manager")
    page = staff.get(f"/co-design/{held.id}").text
    assert f'data-chart="{"scores" if quadratic else "pledges"}"' in page
    assert ("100 credits" if quadratic else "are funded" if "are funded" in page else "is funded") in page
    assert "Settle differences" in staff.get(f"/co-design/{held.id}/results.csv").text
    held = queries.find(held.id)
    closing.publish(held.id, held.version, by=ask.by)
    browser = contact_of()
    with browser.session_transaction() as cookie:
        cookie["contact"] = f"{people[0].contact_id}:0"
    shown = browser.get(f"/portal/design/{held.id}/results").text
    assert ("Votes a company" if quadratic else "would buy alone") in shown


def test_who_pays_for_an_option_hears_that_it_is_nearly_and_then_wholly_paid_for(team, session, ask):
    held, address, (elina, jonas, other) = team()
    spending.open_pool(held.id, held.version, by=ask.by)
    _buy(elina, address, o2=10)
    _buy(other, address, o2=5)
    assert _told(session) == []
    _buy(other, address, o2=8)  # 18 of 20: nearly.
    _buy(jonas, address, o2=1)
    assert _told(session) == [(elina.contact.id, "“Settle differences in the shift” is nearly paid for")]
    _buy(jonas, address, o2=2)
    paid = "“Settle differences in the shift” is paid for"
    assert _told(session)[1:] == [(elina.contact.id, paid), (other.contact.id, paid)]
    page = elina.get("/portal/news").text
    assert paid in page and "only 2 are missing" in page


def _told(session):
    query = select(ContactNotice).where(ContactNotice.event == "pool")
    found = session.scalars(query.order_by(ContactNotice.id)).all()
    return [(one.contact_id, saying.line_of(one).title) for one in found]
