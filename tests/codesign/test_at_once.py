"""Many at once on a real server: the same token, the same ballot, everybody in the last minute."""

import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from sqlalchemy import func, select

from ideaflow.accounts.models import Contact
from ideaflow.app import create_app
from ideaflow.codesign import closing, queries
from ideaflow.codesign.models import Ballot, BallotBox, Participant
from ideaflow.config import Settings
from ideaflow.db import db
from ideaflow.portal import service as portal
from tests.codesign.answering import SECRET, Round
from tests.factories import Factory

AT_ONCE = 8


@pytest.fixture
def site(fresh_database: str, tmp_path: Path):
    settings = Settings(home=tmp_path, database_url=fresh_database, secret_key=SECRET)
    app = create_app(settings, {"TESTING": False, "WTF_CSRF_ENABLED": False, "RATELIMIT_ENABLED": False})
    with app.app_context():
        yield app, Round(Factory(db.session), db.session)
        db.session.remove()
        db.engine.dispose()


def _at_once(work, count=AT_ONCE):
    gate = Barrier(count)

    def one(number):
        gate.wait()
        return work(number)

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(one, range(count)))


def _browser(app, contact_id):
    browser = app.test_client()
    with browser.session_transaction() as cookie:
        cookie["contact"] = f"{contact_id}:0"
    return browser


def _answered(app, address, contact_id):
    """Return a browser that has answered everything, and the receipt its last page holds."""
    browser = _browser(app, contact_id)
    for place in range(1, 9):
        shown = re.findall(r'name="best" value="(\w+)"', browser.get(f"{address}/{place}").text)
        assert (
            browser.post(f"{address}/{place}", data={"best": shown[0], "worst": shown[1]}).status_code == 303
        )
    page = browser.get(f"{address}/review").text
    return browser, re.search(r'name="receipt" value="([^"]+)"', page).group(1)


def test_the_same_token_opened_by_many_at_once_lets_one_in(site):
    app, ask = site
    held = ask.open(mode="anonymous")
    mine = ask.invite(held, *ask.accounts(1))[0]
    token = portal.issue_invitation(db.session.get(Contact, mine.contact_id), f"/portal/design/{held.id}")
    db.session.commit()
    codes = _at_once(lambda _: app.test_client().post(f"/portal/sign-in/{token}").status_code)
    assert sorted(codes) == [303] + [404] * (AT_ONCE - 1)


@pytest.mark.parametrize("mode", ["confidential", "anonymous"])
def test_one_ballot_sent_by_many_at_once_is_one(site, mode):
    app, ask = site
    held = ask.open(mode=mode)
    mine = ask.invite(held, *ask.accounts(1))[0]
    address, contact_id, held_id = f"/portal/design/{held.id}", mine.contact_id, held.id
    db.session.commit()
    browser, receipt = _answered(app, address, contact_id)
    kept = {one.key: one for one in browser._cookies.values()}  # type: ignore[attr-defined]

    def send(number):
        other = _browser(app, contact_id)
        for cookie in kept.values():
            if cookie.key.startswith("codesign-"):
                other.set_cookie(cookie.key, cookie.value, path="/portal/design/")
        # Half are the same press twice, half another tab with a receipt of its own.
        own = receipt if number % 2 else f"{number:04d}-AAAA-AAAA-AAAA"
        return other.post(f"{address}/cast", data={"receipt": own}).status_code

    codes = _at_once(send)
    assert set(codes) == {303}
    db.session.expire_all()
    if mode == "confidential":
        assert db.session.scalar(select(func.count()).select_from(Ballot)) == 1
    else:
        box = db.session.get(BallotBox, held_id)
        assert (len(box.sealed), len(box.receipts)) == (1, 1)
    assert db.session.scalars(select(Participant.is_done)).all() == [True]


@pytest.mark.parametrize("mode", ["confidential", "anonymous"])
def test_everybody_in_the_last_minute_while_it_closes_is_counted_once_or_told_late(site, mode):
    app, ask = site
    held = ask.open(mode=mode)
    people = ask.invite(held, *ask.accounts(10), people=4)
    held_id, ids, by = held.id, [one.id for one in people], ask.by
    db.session.commit()

    def vote(number):
        outcomes = []
        for n in range(number, len(ids), AT_ONCE):
            with app.app_context():
                outcomes.append(ask.cast(db.session.get(Participant, ids[n]), n).value)
                if n == 24:
                    closing.close(held_id, None, by=by)
                db.session.remove()
        return outcomes

    outcomes = [one for some in _at_once(vote) for one in some]
    assert set(outcomes) <= {"cast", "late"} and len(outcomes) == 40
    db.session.expire_all()
    result = closing.tally(held_id, secret=SECRET).result
    assert result["care"]["persons"] == outcomes.count("cast") == result["response"]["persons"]
    assert result["response"]["late"] == outcomes.count("late")
    assert len(queries.receipts_of(queries.find(held_id))) == outcomes.count("cast")
