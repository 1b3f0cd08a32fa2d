"""Single sign-on against a real provider: a small one, on a port of this machine."""

import base64
import hashlib
import threading
import time
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask, jsonify, redirect, request
from joserfc import jwt
from joserfc.jwk import RSAKey
from werkzeug.serving import make_server

from ideaflow.config import Settings
from ideaflow.portal import single_sign_on


class Provider:
    """Vouches for whoever ``claims`` names."""

    def __init__(self) -> None:
        self.key = RSAKey.generate_key(2048, {"kid": "one", "use": "sig", "alg": "RS256"})
        self.claims: dict[str, object] = {}
        self.asked: dict[str, str] = {}
        self.signs_with = self.key
        self.server = make_server("127.0.0.1", 0, self._app())
        self.address = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def _app(self) -> Flask:
        app = Flask("provider")

        @app.get("/.well-known/openid-configuration")
        def about():
            return jsonify(
                issuer=self.address, authorization_endpoint=f"{self.address}/authorize",
                token_endpoint=f"{self.address}/token", jwks_uri=f"{self.address}/keys",
                id_token_signing_alg_values_supported=["RS256"],
            )  # fmt: skip

        @app.get("/keys")
        def keys():
            return jsonify(keys=[self.key.as_dict(private=False)])

        @app.get("/authorize")
        def authorize():
            self.asked = request.args.to_dict()
            return redirect(f"{request.args['redirect_uri']}?code=c&state={request.args['state']}")

        @app.post("/token")
        def token():
            proof = hashlib.sha256(request.form["code_verifier"].encode()).digest()
            assert base64.urlsafe_b64encode(proof).rstrip(b"=").decode() == self.asked["code_challenge"]
            claims = {
                "iss": self.address, "aud": "ideaflow", "sub": "1", "iat": int(time.time()),
                "exp": int(time.time()) + 60, "nonce": self.asked["nonce"], **self.claims,
            }  # fmt: skip
            signed = jwt.encode({"alg": "RS256", "kid": "one"}, claims, self.signs_with)
            return jsonify(access_token="a", token_type="Bearer", id_token=signed)

        return app


@pytest.fixture(scope="module")
def running():
    provider = Provider()
    yield provider
    provider.server.shutdown()


@pytest.fixture
def provider(running, app, monkeypatch):
    settings = Settings(
        home=app.extensions["settings"].home, base_url="https://ideaflow.example",
        oidc_issuer=running.address, oidc_name="Fernhall ID",
        oidc_client_id="ideaflow", oidc_client_secret="shared",
    )  # fmt: skip
    monkeypatch.setitem(app.extensions, "settings", settings)
    monkeypatch.setitem(app.extensions, "single_sign_on", None)
    single_sign_on.init_app(app, settings)
    running.claims, running.signs_with = {"email_verified": True}, running.key
    return running


def _go(client, provider, goal=""):
    """Follow the way there and back as a browser does."""
    sent = client.get("/sign-in/with/", query_string={"next": goal} if goal else None)
    assert sent.status_code == 302
    import requests

    back = requests.get(sent.headers["Location"], allow_redirects=False, timeout=5).headers["Location"]
    assert back.startswith("https://ideaflow.example/sign-in/with/back?")
    return client.get(urlsplit(back).path + "?" + urlsplit(back).query)


def test_a_contact_comes_in_by_single_sign_on(client, provider, make):
    contact = make.contact(account_id=make.account().id)
    provider.claims["email"] = contact.email.upper()
    assert "Sign in with Fernhall ID" in client.get("/portal/sign-in").text
    assert _go(client, provider).headers["Location"] == "/portal/"
    assert contact.name.split()[0] in client.get("/portal/").text
    assert client.get("/accounts/").status_code == 303


def test_staff_come_in_by_single_sign_on_and_are_contacts_as_well(client, provider, make):
    user = make.user(roles=["sales"])
    make.contact(email=user.email, account_id=make.account().id)
    provider.claims["email"] = user.email
    assert "Sign in with Fernhall ID" in client.get("/sign-in").text
    assert _go(client, provider, "/accounts/").headers["Location"] == "/accounts/"
    assert client.get("/accounts/").status_code == 200
    assert client.get("/portal/").status_code == 200


def test_the_provider_lets_nobody_in_whom_we_do_not_know(client, provider):
    provider.claims["email"] = "stranger@elsewhere.example"
    answer = _go(client, provider)
    assert answer.status_code == 403 and "is not known here" in answer.text
    assert client.get("/portal/").status_code == 303


def test_who_has_left_stays_out(client, provider, make):
    user = make.user()
    user.left_at = user.created_at
    provider.claims["email"] = user.email
    assert _go(client, provider).status_code == 403


def test_an_address_that_is_not_verified_is_not_believed(client, provider, make):
    contact = make.contact(account_id=make.account().id)
    provider.claims = {"email": contact.email, "email_verified": False}
    answer = _go(client, provider)
    assert answer.status_code == 403 and "not verified" in answer.text


def test_a_token_signed_by_somebody_else_is_refused(client, provider, make):
    provider.claims["email"] = make.contact(account_id=make.account().id).email
    provider.signs_with = RSAKey.generate_key(2048, {"kid": "one"})
    assert _go(client, provider).status_code == 403


def test_an_answer_nobody_asked_for_is_refused(client, provider):
    assert client.get("/sign-in/with/back?code=c&state=forged").status_code == 403


def test_the_way_back_does_not_follow_a_forged_host(client, provider):
    sent = client.get("/sign-in/with/", headers={"Host": "evil.example"})
    back = parse_qs(urlsplit(sent.headers["Location"]).query)["redirect_uri"][0]
    assert back == "https://ideaflow.example/sign-in/with/back"


def test_a_provider_that_is_away_is_told_in_words(client, provider, app, monkeypatch):
    settings = Settings(home=app.extensions["settings"].home, oidc_issuer="http://127.0.0.1:9")
    monkeypatch.setitem(app.extensions, "settings", settings)
    single_sign_on.init_app(app, settings)
    answer = client.get("/sign-in/with/")
    assert answer.status_code == 503 and "ask for a link by mail" in answer.text


def test_without_a_provider_there_is_no_such_way(client):
    assert client.get("/sign-in/with/").status_code == 404
    assert "Sign in with" not in client.get("/portal/sign-in").text
