"""The customers' door: links, invitations, sessions, and everything that must not open it."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from ideaflow import audit
from ideaflow.clock import now, stopped
from ideaflow.errors import Conflict, Invalid, NotFound
from ideaflow.outbox import OutgoingMail
from ideaflow.portal import jobs, service
from ideaflow.portal.models import PortalLink, hash_of

ADDRESS = "https://ideaflow.example/portal/sign-in/{token}"


@pytest.fixture
def jonas(make):
    account = make.account(name="Hansa Kontor", name_key="hansa kontor")
    return make.contact(name="Jonas Petersen", email="jonas@hansa.example", account_id=account.id)


def _token(session) -> str:
    mail = session.scalars(select(OutgoingMail).order_by(OutgoingMail.id.desc())).first()
    return re.search(r"sign-in/(\S+)", mail.text).group(1)


@pytest.fixture
def asked(client, session, jonas):
    """A browser that asked for a link, and the token in the mail."""
    client.post("/portal/sign-in", data={"email": "Jonas@Hansa.example"})
    with client.session_transaction() as cookie:
        browser = cookie["portal_browser"]
    jobs.send_link(jonas.email, hash_of(browser), ADDRESS, "", "en")
    return client, _token(session)


def test_a_link_signs_the_contact_in_once(asked, app):
    client, token = asked
    assert "Sign in" in client.get(f"/portal/sign-in/{token}").text
    assert client.post(f"/portal/sign-in/{token}").status_code == 303
    assert "Hello Jonas" in client.get("/portal/").text
    again = app.test_client().post(f"/portal/sign-in/{token}")
    assert again.status_code == 404 and "used up" in again.text and "Ask for a new one" in again.text


def test_who_came_in_by_a_link_may_open_it_and_press_it_again(app, session, jonas):
    browser = app.test_client()
    service.invite(jonas.id, ADDRESS, goal="/portal/you", by=audit.SYSTEM)
    address = f"/portal/sign-in/{_token(session)}"
    for _ in range(2):  # A double press, and the mail found again next week.
        assert browser.post(address).headers["Location"] == "/portal/you"
        assert browser.get(address).headers["Location"] == "/portal/you"
    # Elsewhere it opens nothing, and the way on leads to what it was for.
    stranger = app.test_client()
    assert 'href="/portal/sign-in?next=/portal/you"' in stranger.get(address).text


def test_a_link_of_somebody_else_does_not_open_what_is_ones_own(app, session, contact_of, jonas):
    service.invite(jonas.id, ADDRESS, goal="/portal/you", by=audit.SYSTEM)
    address = f"/portal/sign-in/{_token(session)}"
    app.test_client().post(address)
    assert "used up" in contact_of().get(address).text


def test_a_mail_scanner_does_not_spend_the_link(asked):
    client, token = asked
    for _ in range(5):
        client.get(f"/portal/sign-in/{token}")
    assert client.post(f"/portal/sign-in/{token}").status_code == 303


def test_the_link_opens_only_in_the_browser_that_asked(asked, app, session, jonas):
    _, token = asked
    other = app.test_client()
    page = other.get(f"/portal/sign-in/{token}")
    assert "another browser" in page.text and "Send a link for this browser" in page.text
    refused = other.post(f"/portal/sign-in/{token}")
    assert refused.status_code == 404 and "Send a link for this browser" in refused.text
    assert session.scalars(select(PortalLink)).one().used_at is None  # It still opens where it was asked for.
    assert other.post(f"/portal/sign-in/{token}/here").status_code == 303


def test_a_link_is_too_old_after_ten_minutes(asked):
    client, token = asked
    with stopped(now() + timedelta(minutes=10, seconds=1)):
        assert "used up" in client.get(f"/portal/sign-in/{token}").text
        assert client.post(f"/portal/sign-in/{token}").status_code == 404


def test_asking_reads_the_same_for_known_and_unknown_addresses(client, jonas):
    known = client.post("/portal/sign-in", data={"email": jonas.email})
    unknown = client.post("/portal/sign-in", data={"email": "nobody@hansa.example"})
    plain = [re.sub(r'(content|value)="[\w.-]{60,}"', "", one.text) for one in (known, unknown)]
    assert plain[0].replace(jonas.email, "") == plain[1].replace("nobody@hansa.example", "")


def test_nobody_unknown_gets_a_mail(session, jonas):
    service.send_link("nobody@hansa.example", hash_of("b"), ADDRESS)
    assert session.scalars(select(OutgoingMail)).all() == []


def test_only_hashes_of_a_link_are_kept(asked, session):
    client, token = asked
    link = session.scalars(select(PortalLink)).one()
    with client.session_transaction() as cookie:
        secrets = (token, cookie["portal_browser"])
    assert not any(secret in (link.token_hash, link.browser_hash) for secret in secrets)


def test_an_invitation_opens_in_any_browser_and_only_the_last_one_counts(client, session, make, jonas):
    maren = make.user()
    service.invite(jonas.id, ADDRESS, by=maren.actor)
    first = _token(session)
    service.invite(jonas.id, ADDRESS, by=maren.actor)
    second = _token(session)
    assert client.post(f"/portal/sign-in/{first}").status_code == 404
    assert client.post(f"/portal/sign-in/{second}").status_code == 303
    assert "Hello Jonas" in client.get("/portal/").text


def test_a_contact_without_an_address_cannot_be_invited(make):
    contact = make.contact(email=None, account_id=make.account().id)
    with pytest.raises(Invalid, match="no e-mail address"):
        service.invite(contact.id, ADDRESS, by=make.user().actor)


def test_closing_the_door_ends_sessions_and_links_at_once(contact_of, make):
    browser, maren = contact_of(), make.user()
    assert browser.get("/portal/").status_code == 200
    service.close_door(browser.contact.id, by=maren.actor)
    assert browser.get("/portal/").status_code == 303
    with pytest.raises(Conflict, match="closed"):
        service.invite(browser.contact.id, ADDRESS, by=maren.actor)
    service.open_door(browser.contact.id, by=maren.actor)
    assert browser.get("/portal/").status_code == 303  # The old session stays ended.


def test_signing_out_everywhere_ends_every_session(app, contact_of):
    browser = contact_of()
    other = app.test_client()
    with other.session_transaction() as cookie:
        cookie["contact"] = f"{browser.contact.id}:0"
    assert other.get("/portal/").status_code == 200
    browser.post("/portal/you/sign-out-everywhere")
    assert other.get("/portal/").status_code == 303


def test_a_contact_who_moves_sees_the_new_account_at_the_next_request(contact_of, make, session):
    browser = contact_of(make.account(name="Corvo", name_key="corvo"))
    assert "Corvo" in browser.get("/portal/you").text
    browser.contact.account_id = make.account(name="Vantaa", name_key="vantaa").id
    session.commit()
    page = browser.get("/portal/you").text
    assert "Vantaa" in page and "Corvo" not in page


def test_staff_who_are_contacts_need_no_second_sign_in(client_of, make):
    browser = client_of("sales")
    assert browser.get("/portal/").status_code == 303
    make.contact(email=browser.user.email, account_id=make.account().id)
    assert browser.get("/portal/").status_code == 200


def test_a_contact_is_never_staff(contact_of):
    assert contact_of().get("/accounts/").headers["Location"].startswith("/sign-in")


def test_one_comes_to_the_page_one_wanted(app, session, jonas):
    browser = app.test_client()
    sent = browser.get("/portal/you").headers["Location"]
    assert sent == "/portal/sign-in?next=/portal/you"
    service.invite(jonas.id, ADDRESS, goal="/portal/you", by=audit.SYSTEM)
    assert browser.post(f"/portal/sign-in/{_token(session)}").headers["Location"] == "/portal/you"


@pytest.mark.parametrize("goal", ["//evil.example", "https://evil.example", "/accounts/", "/\\evil"])
def test_the_door_leads_into_the_portal_only(client, goal):
    page = client.get("/portal/sign-in", query_string={"next": goal}).text
    assert 'name="next"' not in page.split("<footer")[0]


def test_what_happens_at_the_door_is_in_the_audit(session, make, jonas):
    maren = make.user()
    service.invite(jonas.id, ADDRESS, by=maren.actor)
    service.use_link(_token(session), "")
    service.close_door(jonas.id, by=maren.actor)
    events = session.scalars(select(audit.AuditEvent).order_by(audit.AuditEvent.id)).all()
    assert [event.action for event in events][-3:] == ["portal.invite", "portal.sign_in", "portal.close"]
    assert events[-2].actor_id is None and events[-2].actor_name == "Jonas Petersen, Hansa Kontor"


def test_an_unknown_token_reads_like_a_used_one(asked, app):
    client, token = asked
    client.post(f"/portal/sign-in/{token}")
    client = app.test_client()
    used, never = client.get(f"/portal/sign-in/{token}"), client.get("/portal/sign-in/never-given-out")
    assert "used up" in used.text and "used up" in never.text
    with pytest.raises(NotFound):
        service.use_link("never-given-out", "")


def test_staff_invite_from_the_account_page(client_of, make, session, jonas):
    browser = client_of("service")
    page = f"/accounts/{jonas.account_id}"
    assert "Invite" in browser.get(page).text
    answer = browser.post(f"/contacts/{jonas.id}/invite", data={"next": page})
    assert answer.headers["Location"] == page
    assert "invited" in browser.get(page).text
    assert "Invite" not in client_of("gatekeeper").get(page).text
