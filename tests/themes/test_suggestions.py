"""Names that another machine proposes: grounded or not shown, never needed, never harmful."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from sqlalchemy import select

from ideaflow.db import db
from ideaflow.errors import Conflict
from ideaflow.themes import engine, service
from ideaflow.themes.models import Theme, ThemeSuggestion
from ideaflow.themes.offers import endpoint, naming

QUOTES = [
    "The label printer queue is stuck again",
    "Our label printer queue stops without a message",
    "When the label printer queue hangs, nobody is told",
    "The printer queue is empty and labels are missing",
]
GOOD = {
    "title": "Label printer queue stuck",
    "summary": "The label printer queue stops and nobody is told.",
    "quotes": [1, 2, 3],
}


class Model(ThreadingHTTPServer):
    """A chat endpoint on this machine that answers what a test tells it, and keeps what it was asked."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Answering)
        self.status, self.body, self.answers, self.asked, self.wait = 200, None, [], [], None
        self.headers = {}
        self.url = f"http://127.0.0.1:{self.server_port}/v1"

    def handle_error(self, request, client_address):
        pass  # Who asked hung up: some tests are about that.

    def say(self, *answers):
        self.answers = [one if isinstance(one, str) else json.dumps(one) for one in answers]


class Answering(BaseHTTPRequestHandler):
    def do_POST(self):
        server = self.server
        length = int(self.headers["Content-Length"])
        server.asked.append((self.path, dict(self.headers), json.loads(self.rfile.read(length))))
        if server.wait is not None:
            server.wait.wait(5)
        answer = server.answers[min(len(server.asked), len(server.answers)) - 1] if server.answers else ""
        body = server.body or json.dumps({"choices": [{"message": {"content": answer}}]}).encode()
        status = server.status.pop(0) if isinstance(server.status, list) else server.status
        self.send_response(status)
        for name, value in server.headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        self.do_POST()

    def log_message(self, *_):
        pass


@pytest.fixture
def model():
    with Model() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture
def configured(model, monkeypatch):
    monkeypatch.setenv("IDEAFLOW_NAMING_URL", model.url)
    monkeypatch.setenv("IDEAFLOW_NAMING_MODEL", "small-model")
    monkeypatch.setenv("IDEAFLOW_NAMING_KEY", "a-key")
    monkeypatch.setattr(endpoint, "PAUSE_SECONDS", 0)
    monkeypatch.setattr(engine, "likeness", lambda words, others: [0.0] * len(words))
    return model


@pytest.fixture
def theme(seed, make, session):
    """A theme in which four accounts speak of a printer, one of them with his name and number."""
    found = seed.theme("Printer things", statements=4)
    members = service_members(found.id)
    texts = [*QUOTES[:3], "Hi Anna, the printer queue is empty. Call +49 711 5551234, Dorrit Quistorp"]
    for statement, text in zip(members, texts, strict=True):
        statement.text = text
    make.contact(name="Dorrit Quistorp", email="dorrit@brinkmann.example")
    session.commit()
    return found


def service_members(theme_id):
    from ideaflow.feedback.models import Statement
    from ideaflow.themes.models import ThemeMembership

    query = (
        select(Statement)
        .join(ThemeMembership, ThemeMembership.statement_id == Statement.id)
        .where(ThemeMembership.theme_id == theme_id)
        .order_by(ThemeMembership.likeness.desc(), Statement.id)
    )
    return db.session.scalars(query).all()


def suggestions():
    return db.session.scalars(select(ThemeSuggestion).order_by(ThemeSuggestion.id)).all()


def page_of(client, theme):
    return client.get(f"/themes/{theme.id}").text


def test_without_an_endpoint_nothing_is_asked_and_the_page_shows_nothing(theme, client_of, model):
    assert service.suggest() == 0
    assert not service.queue_suggestions()
    assert model.asked == []
    page = page_of(client_of("product_manager"), theme)
    assert "Proposed by" not in page
    assert "for a name" not in page


def test_a_grounded_name_is_shown_with_its_quotes_and_accepted_like_a_renaming(configured, theme, client_of):
    configured.say(GOOD)
    client = client_of("product_manager")
    assert service.suggest() == 1
    page = page_of(client, theme)
    assert "Proposed by small-model" in page
    assert GOOD["title"] in page
    assert GOOD["summary"] in page
    assert db.session.get(Theme, theme.id).title == "Printer things"
    (made,) = suggestions()
    assert len(made.cited_ids) == 3
    answer = client.post(f"/themes/{theme.id}/suggestion/{made.id}/accept", data={"version": theme.version})
    assert answer.status_code == 303
    renamed = db.session.get(Theme, theme.id, populate_existing=True)
    assert (renamed.title, renamed.is_named) == (GOOD["title"], True)
    assert "Proposed by" not in page_of(client, theme)


def test_accepting_is_undone_like_any_renaming(configured, theme, maren):
    configured.say(GOOD)
    service.suggest()
    correction = service.accept_suggestion(suggestions()[0].id, by=maren)
    service.undo(correction.id, by=maren)
    assert db.session.get(Theme, theme.id, populate_existing=True).title == "Printer things"
    with pytest.raises(Conflict):
        service.accept_suggestion(suggestions()[0].id, by=maren)


def test_a_rejected_name_is_gone_and_not_asked_for_again(configured, theme, client_of):
    configured.say(GOOD)
    service.suggest()
    client = client_of("product_manager")
    client.post(f"/themes/{theme.id}/suggestion/{suggestions()[0].id}/reject")
    assert "Proposed by" not in page_of(client, theme)
    assert service.suggest() == 0
    assert len(configured.asked) == 1
    assert service.suggest(theme.id) == 1  # Somebody asks for it.


def test_who_may_only_read_neither_asks_nor_decides(configured, theme, client_of):
    configured.say(GOOD)
    service.suggest()
    reader = client_of("service")
    assert "Accept this name" not in page_of(reader, theme)
    for verb in ("", f"/{suggestions()[0].id}/accept", f"/{suggestions()[0].id}/reject"):
        assert reader.post(f"/themes/{theme.id}/suggestion{verb}").status_code == 403


def test_only_the_quotes_leave_and_nobody_is_in_them(configured, theme):
    configured.say(GOOD)
    service.suggest()
    ((path, headers, body),) = configured.asked
    assert path == "/v1/chat/completions"
    assert headers["Authorization"] == "Bearer a-key"
    assert set(body) == {"model", "messages", "temperature", "max_tokens"}
    sent = body["messages"][1]["content"]
    assert len(sent.splitlines()) == 4
    assert QUOTES[0] in sent
    assert "[phone]" in sent
    for private in ("Anna", "711", "Quistorp", "Dorrit"):
        assert private not in sent
    assert "Printer things" not in json.dumps(body)


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        ("I think it is about printers.", "no JSON"),
        ("", "no JSON"),
        ('{"title": ["x"]}', "no title"),
        ("[" * 5000, "no JSON"),
        ({**GOOD, "title": "Forklift battery recall"}, "Forklift"),
        ({**GOOD, "title": "Printer"}, "1 words"),
        ({**GOOD, "title": "Queue of the label printer is stuck again today"}, "words"),
        ({**GOOD, "title": "Label printer queue 42"}, "number"),
        ({**GOOD, "title": "Anna printer queue"}, "person"),
        ({**GOOD, "quotes": [1, 2]}, "3 are needed"),
        ({**GOOD, "quotes": [1, 2, 9]}, "does not exist"),
        ({**GOOD, "quotes": [0, 1, 2]}, "does not exist"),
        ({**GOOD, "quotes": [1, 1, 1]}, "3 are needed"),
        ({**GOOD, "quotes": "all"}, "3 are needed"),
        ({**GOOD, "summary": "Customers plan to sue over unpaid pensions and Mars travel."}, "summary"),
        ({**GOOD, "summary": "The printer queue stops, call +49 711 5551234."}, "summary"),
        ({**GOOD, "summary": "queue " * 200}, "summary"),
    ],
)
def test_an_ungrounded_answer_is_kept_with_the_reason_and_never_shown(
    configured, theme, client_of, answer, why
):
    configured.say(answer)
    assert service.suggest() == 0
    (made,) = suggestions()
    assert made.state == "ungrounded"
    assert why in made.reason
    page = page_of(client_of("product_manager"), theme)
    assert "Proposed by" not in page


def test_a_word_that_means_the_same_as_a_quoted_one_is_grounded():
    answer = json.dumps({**GOOD, "title": "Tag printer queue"})
    with pytest.raises(naming.Rejected, match="Tag"):
        naming.believed(answer, QUOTES)
    near = naming.believed(answer, QUOTES, lambda words, others: [0.9 if "label" in others else 0.0])
    assert near.title == "Tag printer queue"


def test_one_theme_without_an_answer_harms_no_other(configured, seed, theme):
    other = seed.theme("Other things", statements=4)
    for statement, text in zip(service_members(other.id), QUOTES, strict=True):
        statement.text = text
    db.session.commit()
    configured.status = [400, 200]
    configured.say(GOOD)
    assert service.suggest() == 1
    assert sorted(one.state for one in suggestions()) == ["failed", "proposed"]


def test_a_busy_machine_is_asked_again(configured, theme):
    configured.status = [503, 429, 200]
    configured.say(GOOD)
    assert service.suggest() == 1
    assert len(configured.asked) == 3


@pytest.mark.parametrize(
    ("status", "body", "why"),
    [
        (500, None, "status 500"),
        (401, None, "status 401"),
        (200, b"<html>", "cannot be read"),
        (200, b'{"choices": []}', "cannot be read"),
        (200, b'{"choices": [{"message": {"content": null}}]}', "cannot be read"),
        (200, b"x" * 1_100_000, "megabyte"),
    ],
)
def test_what_is_no_answer_is_kept_as_a_failure(configured, theme, status, body, why):
    configured.status, configured.body = status, body
    assert service.suggest() == 0
    (made,) = suggestions()
    assert made.state == "failed"
    assert why in made.reason


def test_a_machine_that_never_answers_is_left_alone_in_time(model):
    model.wait = threading.Event()
    asked = endpoint.Endpoint(model.url, "m", seconds=0.2, pause=lambda seconds: None)
    with pytest.raises(endpoint.EndpointError, match=r"within 0\.2 seconds"):
        asked.ask([])
    model.wait.set()


def test_an_answer_cannot_send_the_quotes_elsewhere(model):
    with Model() as elsewhere:
        threading.Thread(target=elsewhere.serve_forever, daemon=True).start()
        for status in (301, 302, 303, 307, 308):
            model.status, model.headers = status, {"Location": elsewhere.url}
            with pytest.raises(endpoint.EndpointError, match=f"status {status}"):
                endpoint.Endpoint(model.url, "m", "a-key").ask([])
        assert elsewhere.asked == []
        elsewhere.shutdown()


def test_nothing_but_http_is_an_endpoint(monkeypatch):
    from ideaflow import config

    for url in ("file:///etc/passwd", "ftp://x.example", "data:,x", "http//x"):
        settings = config.read({"IDEAFLOW_NAMING_URL": url, "IDEAFLOW_NAMING_MODEL": "m"})
        assert endpoint.configured(settings) is None
    unnamed = config.read({"IDEAFLOW_NAMING_URL": "http://127.0.0.1:1/v1"})
    assert endpoint.configured(unnamed) is None
    with pytest.raises(endpoint.EndpointError, match="cannot be reached"):
        endpoint.Endpoint("http://127.0.0.1:1/v1", "m", pause=lambda seconds: None).ask([])
