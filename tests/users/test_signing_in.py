"""Signing in: by password, by one-time link, and everything that must not work."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from ideaflow import audit
from ideaflow.clock import now, stopped
from ideaflow.errors import Invalid, NotFound
from ideaflow.outbox import OutgoingMail
from ideaflow.users import service
from ideaflow.users.models import SignInLink

PASSWORD = "correct horse battery"


@pytest.fixture
def maren(make):
    return service.add_user("maren@fernhall.example", "Maren Holt", ["product_manager"], PASSWORD)


@pytest.fixture
def token(session, maren):
    service.send_link(maren.email, "https://ideaflow.example/sign-in/link/{token}")
    mail = session.scalars(select(OutgoingMail)).one()
    return re.search(r"link/(\S+)", mail.text).group(1)


def _words(answer) -> str:
    """Return a page without the token against forged requests, which is new each second."""
    return re.sub(r'(content|value)="[\w.-]{60,}"', "", answer.text)


def test_the_right_password_opens_the_start_page(client, maren):
    answer = client.post("/sign-in", data={"email": "Maren@Fernhall.example", "password": PASSWORD})
    assert answer.status_code == 303
    assert "Maren" in client.get("/").text


def test_wrong_password_and_unknown_address_read_the_same(client, maren):
    wrong = client.post("/sign-in", data={"email": maren.email, "password": "wrong"})
    unknown = client.post("/sign-in", data={"email": "nobody@fernhall.example", "password": "wrong"})
    assert wrong.status_code == unknown.status_code == 422
    assert _words(wrong).replace(maren.email, "") == _words(unknown).replace("nobody@fernhall.example", "")


def test_a_link_works_once(client, maren, token):
    assert client.get(f"/sign-in/link/{token}").status_code == 200
    assert client.post(f"/sign-in/link/{token}").status_code == 303
    assert client.post(f"/sign-in/link/{token}").status_code == 404


def test_opening_a_link_twenty_times_does_not_spend_it(client, token):
    for _ in range(20):
        client.get(f"/sign-in/link/{token}")
    assert client.post(f"/sign-in/link/{token}").status_code == 303


def test_a_link_is_too_old_after_ten_minutes(maren, token):
    with stopped(now() + timedelta(minutes=10, seconds=1)), pytest.raises(NotFound):
        service.use_link(token)


def test_only_the_hash_of_a_link_is_kept(session, token):
    link = session.scalars(select(SignInLink)).one()
    assert token not in link.token_hash
    assert len(link.token_hash) == 64


def test_asking_for_a_link_tells_nobody_who_is_known(client, maren):
    known = client.post("/sign-in/link", data={"email": maren.email})
    unknown = client.post("/sign-in/link", data={"email": "nobody@fernhall.example"})
    assert _words(known).replace(maren.email, "") == _words(unknown).replace("nobody@fernhall.example", "")


def test_who_has_left_is_out_at_once(client_of, make):
    browser = client_of("sales")
    boss = make.user(roles=["administrator"])
    assert browser.get("/accounts/").status_code == 200
    service.let_go(browser.user.id, by=boss.actor)
    assert browser.get("/accounts/").status_code == 303


def test_new_roles_count_from_the_next_request(client_of, make):
    browser = client_of("sales")
    boss = make.user(roles=["administrator"])
    assert browser.get("/users/").status_code == 403
    service.change_roles(browser.user.id, ["administrator"], by=boss.actor)
    assert browser.get("/users/").status_code == 200


def test_the_last_administrator_cannot_be_lost(make):
    boss = make.user(roles=["administrator"])
    with pytest.raises(Invalid, match="last administrator"):
        service.let_go(boss.id, by=boss.actor)
    with pytest.raises(Invalid, match="last administrator"):
        service.change_roles(boss.id, ["sales"], by=boss.actor)


def test_a_new_password_ends_other_sessions(app, client, maren):
    client.post("/sign-in", data={"email": maren.email, "password": PASSWORD})
    other = app.test_client()
    other.post("/sign-in", data={"email": maren.email, "password": PASSWORD})
    client.post("/you/password", data={"old": PASSWORD, "new": "another long password"})
    assert client.get("/you").status_code == 200
    assert other.get("/you").status_code == 303


@pytest.mark.parametrize(
    "goal",
    [
        "//evil.example",
        "https://evil.example",
        "/\\evil.example",
        "javascript:alert(1)",
        "/ok\r\nX: y",
        "evil",
    ],
)
def test_nobody_is_sent_to_another_site_after_signing_in(client, maren, goal):
    answer = client.post("/sign-in", data={"email": maren.email, "password": PASSWORD, "next": goal})
    assert answer.headers["Location"] == "/"


def test_one_is_sent_back_to_where_one_wanted_to_go(client, maren):
    asked = client.get("/accounts/?segment=3PL")
    assert asked.headers["Location"] == "/sign-in?next=/accounts/?segment%3D3PL"
    answer = client.post(
        "/sign-in", data={"email": maren.email, "password": PASSWORD, "next": "/accounts/?segment=3PL"}
    )
    assert answer.headers["Location"] == "/accounts/?segment=3PL"


def test_adding_somebody_twice_is_told_beside_the_field(client_of):
    browser = client_of("administrator")
    form = {"email": "lena@fernhall.example", "name": "Lena Prior", "roles": ["service"]}
    assert browser.post("/users/", data=form).status_code == 303
    again = browser.post("/users/", data=form)
    assert again.status_code == 422
    assert "is in use already" in again.text


@pytest.mark.parametrize(
    "change", [{"email": "no address"}, {"name": " "}, {"roles": []}, {"roles": ["king"]}]
)
def test_a_bad_user_is_refused(client_of, change):
    form = {"email": "lena@fernhall.example", "name": "Lena Prior", "roles": ["service"], **change}
    assert client_of("administrator").post("/users/", data=form).status_code == 422


def test_a_product_manager_cannot_let_people_in(client_of):
    form = {"email": "lena@fernhall.example", "name": "Lena Prior", "roles": ["service"]}
    assert client_of("product_manager").post("/users/", data=form).status_code == 403


def test_every_change_of_staff_is_in_the_audit(session, client_of, maren):
    boss = client_of("administrator")
    boss.post(f"/users/{maren.id}/roles", data={"roles": ["gatekeeper"]})
    event = session.scalars(select(audit.AuditEvent).order_by(audit.AuditEvent.id.desc())).first()
    assert (event.action, event.actor_name) == ("users.change_roles", boss.user.name)
    assert (event.before, event.after) == ({"roles": ["product_manager"]}, {"roles": ["gatekeeper"]})
    assert audit.first_broken() is None
