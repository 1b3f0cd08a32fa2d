"""API tokens: a program asks in somebody's name, never for more, and not after they left."""

import re
from datetime import timedelta

import pytest

from ideaflow import clock
from ideaflow.audit import SYSTEM
from ideaflow.clock import now
from ideaflow.errors import Invalid
from ideaflow.users import service, tokens
from ideaflow.users.models import ApiToken


def _ask(client, address, text):
    return client.get(address, headers={"Authorization": f"Bearer {text}"})


@pytest.fixture
def address(make):
    return f"/api/v1/accounts/{make.account().id}/view"


def test_a_token_opens_the_interface_in_its_users_name_and_is_kept_as_a_hash_alone(
    client_of, client, address, session
):
    browser = client_of("sales")
    page = browser.post("/you/tokens/", data={"name": "CRM card", "scopes": ["read"], "days": "90"})
    text = re.search(r"<code>(ideaflow_[\w-]+)</code>", page.text).group(1)
    assert text not in browser.get("/you/tokens/").text

    assert _ask(client, address, text).status_code == 200
    token = session.query(ApiToken).one()
    assert text not in (token.token_hash, token.name)
    assert token.last_used_at is not None
    assert "CRM card" in browser.get("/you/tokens/").text


def test_a_token_ends_with_its_day_when_revoked_and_when_its_user_leaves(make, client, address):
    make.user(roles=["administrator"])
    user = make.user(roles=["sales"])

    def made():
        return tokens.add(user.id, "CRM", ["read"], 30, by=SYSTEM)

    (first, text), (_, other) = made(), made()
    tokens.revoke(first.id, of=user.id, by=user.actor)
    refused = _ask(client, address, text)
    assert (refused.status_code, refused.mimetype) == (401, "application/problem+json")
    assert "revoked" in refused.json["detail"]
    assert refused.headers["WWW-Authenticate"].startswith("Bearer")

    with clock.stopped(now() + timedelta(days=31)):
        assert _ask(client, address, other).status_code == 401
    assert _ask(client, address, other).status_code == 200
    service.let_go(user.id, by=SYSTEM)
    assert _ask(client, address, other).status_code == 401


def test_a_token_is_for_what_it_was_made_for_and_never_for_more_than_its_user_may(make, client, address):
    _, capturing = tokens.add(make.user(roles=["sales"]).id, "Bookmark", ["capture"], 30, by=SYSTEM)
    refused = _ask(client, address, capturing)
    assert (refused.status_code, refused.json["title"]) == (403, "Not yours to do")
    assert "scope" in refused.json["detail"]

    user = make.user(roles=["product_manager"])
    token, _ = tokens.add(user.id, "All", ["read", "capture"], 30, by=SYSTEM)
    assert tokens.rights_of(token) == {"read", "capture"}
    user.roles = ["gatekeeper"]
    assert tokens.rights_of(token) == {"read"}


def test_a_token_opens_no_page_and_a_cookie_beside_it_opens_nothing_more(make, client_of, address):
    browser = client_of("administrator")
    assert _ask(browser, address, "ideaflow_wrong").status_code == 401
    assert browser.get(address).status_code == 200
    _, text = tokens.add(make.user(roles=["sales"]).id, "CRM", ["read"], 30, by=SYSTEM)
    browser.delete_cookie("ideaflow")
    assert _ask(browser, "/accounts/", text).status_code == 303


def test_cookies_never_authorise_json_writes_of_another_site(app, make, client_of, client, monkeypatch):
    """Any path shows it: the token of forms is asked for before anything else is looked at."""
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", True)
    browser = client_of("administrator")
    address = "/api/v1/accounts/view"
    assert browser.post(address, json={}).status_code in (400, 405)
    from ideaflow import web

    called = []
    monkeypatch.setattr(web.CSRFProtect, "protect", lambda *_: called.append("checked"))
    with app.test_request_context(address, method="POST"):
        web.csrf.protect()
    assert called == ["checked"]
    with app.test_request_context(address, method="POST", headers={"Authorization": "Bearer x"}):
        web.csrf.protect()
    with app.test_request_context("/you/tokens/", method="POST", headers={"Authorization": "Bearer x"}):
        web.csrf.protect()
    assert called == ["checked", "checked"]


def test_a_token_without_name_scope_or_day_is_refused_and_anothers_cannot_be_revoked(make, client_of):
    with pytest.raises(Invalid) as caught:
        tokens.add(make.user().id, " ", ["write"], 0, by=SYSTEM)
    assert [one["field"] for one in caught.value.problems] == ["name", "scopes", "days"]
    browser = client_of("sales")
    page = browser.post("/you/tokens/", data={"name": "", "scopes": ["read"], "days": "30"})
    assert page.status_code == 422 and "which program" in page.text
    token, _ = tokens.add(make.user().id, "Theirs", ["read"], 30, by=SYSTEM)
    assert browser.post(f"/you/tokens/{token.id}/revoke").status_code == 404
    assert not token.has_ended


def test_tokens_are_made_listed_and_revoked_in_the_terminal(app, make, session):
    user = make.user(email="yuki@fernhall.example", roles=["sales"])
    run = app.test_cli_runner().invoke
    from ideaflow.users.commands import users

    made = run(users, ["add-token", user.email, "--name", "CRM", "--scope", "read"])
    assert made.output.startswith("ideaflow_")
    listed = run(users, ["tokens", user.email]).output
    assert "CRM" in listed and "never used" in listed
    number = listed.split()[0]
    assert "opens nothing" in run(users, ["revoke-token", number]).output
    assert "ended" in run(users, ["tokens", user.email]).output
