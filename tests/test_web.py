"""What every answer carries, and what no request may do."""

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError

from ideaflow import audit
from ideaflow.app import create_app
from ideaflow.audit import SYSTEM, AuditEvent
from tests.conftest import HTMX


@pytest.mark.parametrize("address", ["/sign-in", "/", "/nowhere", "/static/theme.js", "/accounts/"])
def test_every_answer_carries_the_headers(client, address):
    headers = client.get(address).headers
    policy = headers["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"


def test_pages_of_the_signed_in_are_not_kept_by_caches(client_of):
    headers = client_of("sales").get("/accounts/").headers
    assert headers["Cache-Control"] == "no-store"
    assert {"HX-Request", "Cookie"} <= {name.strip() for name in headers["Vary"].split(",")}


def test_no_page_holds_inline_style_or_script(client_of, make):
    item = make.item()
    browser = client_of("administrator")
    addresses = ["/", "/accounts/", "/feedback/", f"/feedback/{item.id}", f"/accounts/{item.account_id}"]
    for address in [*addresses, "/users/", "/audit/", "/you", "/sign-in"]:
        page = browser.get(address).text
        assert " style=" not in page, address
        assert "<style" not in page, address
        assert "<script>" not in page, address
        assert " onclick" not in page, address


def test_signed_out_htmx_is_led_to_sign_in(client):
    answer = client.get("/accounts/", headers=HTMX)
    assert answer.status_code == 401
    assert answer.headers["HX-Redirect"].startswith("/sign-in")


def test_a_write_without_its_token_is_refused(app, make):
    strict = create_app(app.extensions["settings"], {"TESTING": True, "RATELIMIT_ENABLED": False})
    answer = strict.test_client().post("/sign-in", data={"email": "a@b.example", "password": "x"})
    assert answer.status_code == 400
    assert "Reload it and try again" in answer.text


def test_too_many_tries_to_sign_in_are_slowed_down(app, make):
    limited = create_app(app.extensions["settings"], {"TESTING": True, "WTF_CSRF_ENABLED": False})
    browser = limited.test_client()
    answers = [browser.post("/sign-in/link/wrong").status_code for _ in range(25)]
    assert 429 in answers


@pytest.mark.parametrize("sign", ["\x00", "\ud800"])
def test_text_that_is_no_text_is_refused(client_of, sign):
    form = {"email": f"a{sign}@b.example", "name": "A", "roles": ["sales"]}
    browser = client_of("administrator")
    data = "&".join(f"{k}={v if isinstance(v, str) else v[0]}" for k, v in form.items())
    answer = browser.post(
        "/users/",
        data=data.encode("utf-8", "surrogatepass"),
        content_type="application/x-www-form-urlencoded",
    )
    assert answer.status_code == 422


def test_the_wrong_method_says_which_are_right(client):
    answer = client.delete("/sign-in")
    assert answer.status_code == 405
    assert "POST" in answer.headers["Allow"]


def test_audit_events_cannot_be_changed_or_deleted(session, make):
    audit.record(SYSTEM, "test.change", make.account())
    for statement in ("UPDATE audit_events SET reason = 'x'", "DELETE FROM audit_events"):
        with pytest.raises(DatabaseError, match="append-only"), session.begin_nested():
            session.execute(text(statement))


def test_a_forged_audit_event_is_found(session, make):
    account = make.account()
    for number in range(3):
        audit.record(SYSTEM, "test.change", account, after={"number": number})
    assert audit.first_broken() is None
    forged = session.scalars(select(AuditEvent).order_by(AuditEvent.id)).all()[1]
    session.execute(text("ALTER TABLE audit_events DISABLE TRIGGER audit_events_append_only"))
    session.execute(text("UPDATE audit_events SET actor_name = 'Nobody' WHERE id = :id"), {"id": forged.id})
    session.expire_all()
    assert audit.first_broken() == forged.id
