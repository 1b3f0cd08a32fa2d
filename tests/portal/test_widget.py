"""The widget on other web sites: it takes words from anybody, knows nobody, and sets no cookie."""

import pytest
from sqlalchemy import select

from ideaflow.config import Settings
from ideaflow.errors import Conflict
from ideaflow.feedback import thoughts
from ideaflow.feedback.models import FeedbackItem, Thought
from tests.other_sites import another_site


@pytest.fixture
def allowed(app, monkeypatch):
    settings = Settings(
        home=app.extensions["settings"].home, widget_sites="https://shop.example http://127.0.0.1:*"
    )
    monkeypatch.setitem(app.extensions, "settings", settings)


def _left(session) -> list[str]:
    return list(session.scalars(select(Thought.text).order_by(Thought.id)))


def test_the_widget_may_be_framed_by_the_sites_named_and_sets_no_cookie(client, allowed):
    for answer in (client.get("/portal/widget/"), client.post("/portal/widget/", data={"words": "Scanner"})):
        assert answer.status_code == 200 and "Set-Cookie" not in answer.headers
        assert (
            "frame-ancestors https://shop.example http://127.0.0.1:*"
            in answer.headers["Content-Security-Policy"]
        )
        assert "X-Frame-Options" not in answer.headers
    script = client.get("/portal/widget/script.js")
    assert (
        script.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
        and "Set-Cookie" not in script.headers
    )


def test_no_other_page_may_be_framed(client, allowed):
    answer = client.get("/portal/sign-in")
    assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Frame-Options"] == "DENY"


def test_without_sites_there_is_no_widget(client):
    for method, path in (("GET", ""), ("POST", ""), ("GET", "script.js")):
        assert client.open(f"/portal/widget/{path}", method=method).status_code == 404


def test_a_thought_is_thanked_for_and_kept_as_it_was_written(client, session, allowed):
    form = {
        "words": "  The scanner <b>loses</b> its list. ",
        "email": "A@b.example",
        "page": "https://shop.example/x",
    }
    assert "Thank you" in client.post("/portal/widget/", data=form).text
    kept = session.scalars(select(Thought)).one()
    assert (kept.text, kept.email, kept.page) == (
        "The scanner <b>loses</b> its list.", "a@b.example", "https://shop.example/x",
    )  # fmt: skip


def test_it_speaks_the_language_of_its_site(client, allowed):
    assert "Senden" in client.get("/portal/widget/?language=de").text


def test_nothing_and_too_much_are_told_in_words_and_lost_by_nobody(client, session, allowed):
    empty = client.post("/portal/widget/", data={"words": "  "})
    assert empty.status_code == 422 and "Write a few words first" in empty.text
    long = client.post("/portal/widget/", data={"words": "x" * 4_001})
    assert long.status_code == 422 and "very long" in long.text and "x" * 4_001 in long.text
    assert _left(session) == []


def test_a_program_that_fills_every_field_is_thanked_and_forgotten(client, session, allowed):
    answer = client.post("/portal/widget/", data={"words": "Buy pills", "website": "https://pills.example"})
    assert "Thank you" in answer.text and _left(session) == []


def test_the_same_words_twice_are_one_thought(client, session, allowed):
    for _ in range(3):
        client.post("/portal/widget/", data={"words": "Dark mode"})
    assert _left(session) == ["Dark mode"]


def test_a_thought_counts_only_when_one_of_ours_takes_it(client_of, session, make):
    contact = make.contact(account_id=make.account().id)
    thought = thoughts.leave("The scanner loses its list.", contact.email, "", "en")
    assert session.scalars(select(FeedbackItem)).all() == []
    browser = client_of("service")
    page = browser.get("/feedback/thoughts").text
    assert "The scanner loses its list." in page and f"Take as {contact.name}" in page
    browser.post(f"/feedback/thoughts/{thought.id}/take", data={"as_contact": "1"})
    item = session.scalars(select(FeedbackItem)).one()
    assert (item.source, item.contact_id, item.account_id) == ("widget", contact.id, contact.account_id)
    assert "Nothing waits" in browser.get("/feedback/thoughts").text
    thoughts.leave("Dark mode", "", "", "en")
    assert "1 thought from your web sites" in browser.get("/").text


def test_a_claimed_address_is_not_believed_by_itself(session, make):
    contact = make.contact(account_id=make.account().id)
    thought = thoughts.leave("I am them.", contact.email, "", "en")
    item = thoughts.take(thought.id, as_contact=False, by=make.user().actor)
    assert item.contact_id is None and item.account_id is None


def test_two_of_ours_do_not_decide_twice(make):
    thought = thoughts.leave("Dark mode", "", "", "en")
    thoughts.refuse(thought.id, by=make.user().actor)
    with pytest.raises(Conflict):
        thoughts.take(thought.id, as_contact=False, by=make.user().actor)


def test_only_who_moderates_takes_and_refuses(client_of, make):
    thought = thoughts.leave("Dark mode", "", "", "en")
    assert client_of("sales").post(f"/feedback/thoughts/{thought.id}/take").status_code == 403


@pytest.mark.browser
def test_a_visitor_of_another_site_says_something(site_of_others, chromium):
    page = chromium.new_page(viewport={"width": 390, "height": 844})
    faults: list[str] = []
    page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    page.goto(site_of_others)
    page.get_by_role("button", name="Say it").click()
    frame = page.frame_locator("iframe")
    frame.get_by_label("What gets in your way?").fill("Returns take three forms.")
    frame.get_by_role("button", name="Send").click()
    frame.get_by_text("Thank you").wait_for()
    assert page.context.cookies() == [] and faults == []
    page.close()


@pytest.fixture
def site_of_others(fresh_database, tmp_path):
    """A page of somebody else, on another port, with the widget's one line in it."""
    from ideaflow.app import create_app
    from ideaflow.db import db

    settings = Settings(
        home=tmp_path,
        database_url=fresh_database,
        secret_key="for-tests-only",
        widget_sites="http://127.0.0.1:*",
    )
    ours = create_app(settings, {"RATELIMIT_ENABLED": False})
    script = "/portal/widget/script.js"
    with another_site(
        ours, lambda address: f'<script src="{address}{script}" data-label="Say it" async></script>'
    ) as port:
        yield f"http://127.0.0.1:{port}/"
    with ours.app_context():
        assert db.session.scalars(select(Thought.page)).all()
        db.engine.dispose()
