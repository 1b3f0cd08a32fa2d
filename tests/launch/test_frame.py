"""The card inside a CRM: connected once by hand, opened by a token alone, framed by the sites named."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from ideaflow.clock import now, stopped
from ideaflow.config import Settings
from ideaflow.feedback.models import FeedbackItem
from ideaflow.launch.frame import connecting, embedding
from ideaflow.users.models import ApiToken
from tests.other_sites import another_site

CRM = "https://fernhall.lightning.force.com"


@pytest.fixture
def allowed(app, monkeypatch):
    settings = Settings(
        home=app.extensions["settings"].home, crm_sites="https://*.lightning.force.com https://crm.example"
    )
    monkeypatch.setitem(app.extensions, "settings", settings)


@pytest.fixture
def crm(app, session, allowed):
    """A frame in a browser that has no session with us, as another site's page opens it."""
    return app.test_client()


def _open(frame, address: str = "account_id=1"):
    headers = {"Referer": f"{CRM}/", "Sec-Fetch-Dest": "iframe"}
    return frame.get(f"/frame/?{address}", headers=headers, base_url="https://localhost")


def _code(page: str) -> str:
    found = re.search(r'href="(/frame/connect/[^"]+)"', page)
    assert found, page
    return found.group(1)


def _connected(frame, browser, address: str):
    """Let the user of ``browser`` connect the frame; return what the frame shows then."""
    browser.post(_code(_open(frame, address).text))
    assert _open(frame, address).status_code == 303
    return _open(frame, address)


def _mark(page: str) -> str:
    return re.search(r'name="mark" value="(\w+)"', page).group(1)  # type: ignore[union-attr]


def _token(frame) -> str:
    cookie = frame.get_cookie(embedding.COOKIE, "localhost", embedding.PATH)
    return cookie.value


def _capture(frame, address: str, **form: str):
    return frame.post(f"/frame/?{address}", data=form, base_url="https://localhost")


def test_connected_once_it_shows_the_customer_and_captures_a_wish(crm, client_of, session, make):
    account = make.account(name="Brinkmann Logistik", domain="brinkmann.example")
    contact = make.contact(account_id=account.id, email="anke@brinkmann.example")
    seller = client_of("sales")
    first = _open(crm, f"account_id={account.id}")
    assert "Brinkmann" not in first.text
    number = re.search(r"\d{3} \d{3}", first.text).group()
    asked = seller.get(_code(first.text)).text
    assert number in asked and CRM in asked and "asks to read customers" in asked
    page = _connected(crm, seller, f"account_id={account.id}").text
    assert "Brinkmann Logistik" in page and "No launch is planned yet" in page
    token = session.scalars(select(ApiToken)).one()
    assert (token.name, token.scopes) == (f"Frame at {CRM}", ["capture", "read"])
    assert timedelta(days=29) < token.expires_at - now() <= timedelta(days=30)
    for way in ("domain=brinkmann.example", f"email={contact.email}"):
        assert "Brinkmann Logistik" in _open(crm, way).text
    form = {"mark": _mark(page), "key": "k", "words": "Let the driver pick the slot."}
    for _ in range(2):
        told = _capture(crm, f"account_id={account.id}", **form)
        assert told.status_code == 303
    shown = crm.get(told.headers["Location"], base_url="https://localhost").text
    assert "Captured." in shown and "Looking for its theme" in shown
    item = session.scalars(select(FeedbackItem)).one()
    assert (item.account_id, item.text) == (account.id, "Let the driver pick the slot.")
    assert _capture(crm, f"account_id={account.id}", **{**form, "words": " "}).status_code == 422


def test_only_the_sites_named_may_frame_it_and_without_any_it_is_not_there(app, crm, client, monkeypatch):
    policy = _open(crm).headers["Content-Security-Policy"]
    assert "frame-ancestors https://*.lightning.force.com https://crm.example" in policy
    assert "X-Frame-Options" not in _open(crm).headers
    stranger = {"Referer": "https://lightning.force.com.evil.example/", "Sec-Fetch-Dest": "iframe"}
    assert crm.get("/frame/?account_id=1", headers=stranger).status_code == 404
    for sites in ("", "*", "https://a.example; script-src *"):
        settings = Settings(home=app.extensions["settings"].home, crm_sites=sites)
        monkeypatch.setitem(app.extensions, "settings", settings)
        assert client.get("/frame/?account_id=1").status_code == 404


def test_the_cookie_stays_within_the_frame_of_one_site(crm):
    cookie = _open(crm).headers["Set-Cookie"]
    for word in ("Secure", "HttpOnly", "SameSite=None", "Partitioned", "Path=/frame"):
        assert word in cookie


def test_our_session_opens_nothing_in_a_frame(allowed, client_of, make):
    seller, account = client_of("sales"), make.account(name="Brinkmann")
    assert "Brinkmann" not in _open(seller, f"account_id={account.id}").text
    assert _capture(seller, f"account_id={account.id}", words="x", mark="x").status_code == 401


def test_a_revoked_token_falls_back_to_connect(crm, client_of, session, make):
    account = make.account(name="Brinkmann")
    seller = client_of("sales")
    page = _connected(crm, seller, f"account_id={account.id}").text
    token = session.scalars(select(ApiToken)).one()
    seller.post(f"/you/tokens/{token.id}/revoke")
    answer = _capture(crm, f"account_id={account.id}", mark=_mark(page), words="A wish")
    assert answer.status_code == 401 and session.scalar(select(func.count(FeedbackItem.id))) == 0
    assert "/frame/connect/" in _open(crm, f"account_id={account.id}").text


def test_a_code_connects_once_within_ten_minutes_and_the_frame_that_showed_it(app, crm, client_of, make):
    seller, other = client_of("sales"), app.test_client()
    code = _code(_open(crm).text)
    assert seller.post(code).status_code == 200
    again = seller.post(code)
    assert again.status_code == 422 and "was used" in again.text
    assert "/frame/connect/" in _open(other).text  # Another frame gets nothing by it.
    assert crm.get("/frame/check", base_url="https://localhost").status_code == 200
    with stopped(now() + timedelta(minutes=11)):
        assert seller.get(code).status_code == 422
        assert _open(crm).status_code == 200  # The yes was not fetched in time.
    assert _open(crm).status_code == 303
    assert seller.get(code[:-3] + "abc").status_code == 422


def test_a_form_from_elsewhere_writes_nothing(crm, client_of, session, make):
    account = make.account()
    _connected(crm, client_of("sales"), f"account_id={account.id}")
    assert _capture(crm, f"account_id={account.id}", words="Sell all", mark="0" * 64).status_code == 400
    assert session.scalar(select(func.count(FeedbackItem.id))) == 0


def test_who_may_not_capture_sees_no_field_and_writes_nothing(crm, client_of, session, make):
    account = make.account()
    page = _connected(crm, client_of("gatekeeper"), f"account_id={account.id}").text
    assert 'name="mark"' not in page
    answer = _capture(crm, f"account_id={account.id}", words="A wish", mark=connecting.form_mark(_token(crm)))
    assert answer.status_code == 403 and session.scalar(select(func.count(FeedbackItem.id))) == 0


def test_a_token_that_only_reads_writes_nothing(crm, client_of, session, make):
    seller, account = client_of("sales"), make.account()
    page = _connected(crm, seller, f"account_id={account.id}").text
    session.scalars(select(ApiToken)).one().scopes = ["read"]
    session.commit()
    assert _capture(crm, f"account_id={account.id}", words="x", mark=_mark(page)).status_code == 403


def test_whoever_has_not_connected_learns_of_no_account_and_a_missing_one_reads_the_same(
    crm, client_of, make, session
):
    account = make.account(name="Brinkmann")
    with stopped(now()):
        known, missing = (_open(crm, f"account_id={number}") for number in (account.id, 987654321))
    assert known.text.replace(f"account_id={account.id}", "account_id=987654321") == missing.text
    _connected(crm, client_of("sales"), f"account_id={account.id}")
    ways = ("account_id=987654321", "account_id=x", "source=salesforce&id=001", "domain=no.example")
    answers = {(answer.status_code, answer.data) for answer in (_open(crm, way) for way in ways)}
    assert len(answers) == 1 and answers.pop()[0] == 404


def test_the_frame_asks_as_often_for_many_cases_as_for_one(crm, client_of, make, count_queries):
    account = make.account()
    _connected(crm, client_of("sales"), f"account_id={account.id}")
    make.case(account_id=account.id)
    with count_queries() as few:
        _open(crm, f"account_id={account.id}")
    for _ in range(5):
        make.contact(account_id=account.id)
        make.case(account_id=account.id)
        make.opportunity(account_id=account.id)
    with count_queries() as many:
        _open(crm, f"account_id={account.id}")
    assert len(many) <= len(few) + 2


@pytest.mark.browser
def test_a_seller_connects_the_frame_in_a_page_of_another_site_and_captures(page_of_a_crm, chromium):
    from playwright.sync_api import expect

    context = chromium.new_context(viewport={"width": 360, "height": 700})
    page, faults = context.new_page(), []
    page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    page.goto(page_of_a_crm)
    frame = page.frame_locator("iframe")
    number = frame.locator(".if-frame-number").inner_text()
    with context.expect_page() as opened:
        frame.get_by_role("link", name="Connect (opens").click()
    window = opened.value
    window.get_by_label("E-mail").fill("yuki@fernhall.example")
    window.get_by_label("Password").fill("a long enough secret")
    window.get_by_role("button", name="Sign in", exact=True).click()
    expect(window.get_by_text(number)).to_be_visible()
    window.get_by_role("button", name="Yes, connect").click()
    expect(window.get_by_role("heading", name="Connected")).to_be_visible()
    frame.get_by_label("Capture a wish").fill("Let the driver pick the slot.")
    frame.get_by_role("button", name="Capture", exact=True).click()
    expect(frame.get_by_text("Captured.")).to_be_visible()
    kept = {one["name"]: one for one in context.cookies()}
    assert (
        kept["ideaflow"]["sameSite"] == "Lax" and kept[embedding.COOKIE]["partitionKey"] == "http://localhost"
    )
    assert faults == []
    context.close()


@pytest.fixture
def page_of_a_crm(fresh_database, tmp_path):
    """A page of another site (localhost is another one than 127.0.0.1) that frames an account of ours."""
    from ideaflow.app import create_app
    from ideaflow.db import db
    from ideaflow.users import service
    from tests.factories import Factory

    settings = Settings(
        home=tmp_path,
        database_url=fresh_database,
        secret_key="for-tests-only",
        crm_sites="http://localhost:*",
    )
    ours = create_app(settings, {"RATELIMIT_ENABLED": False})
    with ours.app_context():
        service.add_user("yuki@fernhall.example", "Yuki Aldana", ["sales"], "a long enough secret")
        account_id = Factory(db.session).account(name="Brinkmann Logistik").id
        db.session.commit()
    source = f"/frame/?account_id={account_id}"
    with another_site(
        ours, lambda address: f'<iframe src="{address}{source}" width="340" height="640"></iframe>'
    ) as port:
        yield f"http://localhost:{port}/"
    with ours.app_context():
        assert db.session.scalars(select(FeedbackItem.text)).all() == ["Let the driver pick the slot."]
        db.engine.dispose()
