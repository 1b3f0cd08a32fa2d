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


def test_a_cookie_alone_writes_no_json_whatever_site_sends_it(app, make, client_of, client, monkeypatch):
    account = make.account(domain="brinkmann.example")
    body = {"words": "A list that never vanishes.", "domain": "brinkmann.example"}
    seller = client_of("sales")
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", True)

    def write(browser, **headers):
        return browser.post("/api/v1/captures", json=body, headers=headers)

    for headers in ({}, {"Origin": "https://evil.example"}, {"Authorization": "Basic eDp5"}):
        refused = write(seller, **headers)
        assert (refused.status_code, refused.mimetype) == (400, "application/problem+json")
    assert write(seller, Authorization="Bearer ideaflow_wrong").status_code == 401
    form_token = re.search(r'name="csrf_token" value="([^"]+)"', seller.get("/you/tokens/").text).group(1)
    assert write(seller, **{"X-CSRFToken": form_token}).status_code == 201

    _, text = tokens.add(make.user(roles=["sales"]).id, "Bookmark", ["capture"], 30, by=SYSTEM)
    written = write(client, Authorization=f"Bearer {text}")
    assert written.status_code == 201
    item = client_of("sales").get(written.json["address"].partition("#")[0]).text
    assert account.name in item and "A list that never vanishes." in item


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
