"""Mail over real SMTP, with workers that are killed and servers that refuse."""

import os
import signal
import smtplib
import subprocess
import sys

import psycopg
import pytest
from sqlalchemy import select

from ideaflow import outbox
from ideaflow.outbox import OutgoingMail, post
from tests.sink import listening


@pytest.fixture
def sink():
    """A mail server of our own, on a port of its own."""
    with listening() as taking:
        yield taking


def header(mail, name):
    return next(line for line in mail.splitlines() if line.lower().startswith(name.lower() + ":"))


def test_a_worker_killed_after_sending_leaves_a_copy_with_the_same_id(sink, fresh_database, tmp_path):
    environment = {
        **os.environ, "DATABASE_URL": fresh_database, "IDEAFLOW_HOME": str(tmp_path),
        "IDEAFLOW_SECRET_KEY": "x", "IDEAFLOW_MAIL_SERVER": "127.0.0.1",
        "IDEAFLOW_MAIL_PORT": str(sink.port), "IDEAFLOW_MAIL_USE_TLS": "no",
    }  # fmt: skip
    program = (
        "from ideaflow.app import create_app; from ideaflow import outbox\n"
        "with create_app().app_context():\n    {}"
    )

    def start(what):
        return subprocess.Popen([sys.executable, "-c", program.format(what)], env=environment)

    write = "[outbox.post('a@b.example', 'News', 'Words', key='review:1 to 1') for _ in range(2)]"
    assert start(write).wait(60) == 0
    worker = start("import time; time.sleep(0.5); outbox.send_waiting()")
    sink.kill = worker.pid
    assert worker.wait(60) == -signal.SIGKILL
    assert start("outbox.send_waiting(); outbox.send_waiting()").wait(60) == 0
    assert len(sink.taken) == 2  # One that nobody noted, and its copy.
    assert header(sink.taken[0], "Message-ID") == header(sink.taken[1], "Message-ID")
    with psycopg.connect(fresh_database) as connection:
        rows = connection.execute("SELECT sent_at IS NOT NULL FROM outgoing_mails").fetchall()
    assert rows == [(True,)]


@pytest.fixture
def over_smtp(app, sink, monkeypatch):
    """Let the application send to the sink."""
    state = app.extensions["mailman"]
    monkeypatch.setattr(state, "server", "127.0.0.1")
    monkeypatch.setattr(state, "port", sink.port)
    monkeypatch.setattr(state, "use_tls", False)
    monkeypatch.setattr(state, "backend", "smtp")
    return sink


def test_a_mail_is_plain_text_and_html_with_its_headers(over_smtp, session):
    leave = {
        "List-Unsubscribe": "<https://x.example/u>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }
    post("a@b.example", "Grüße", "Wörter", html="<p>Wörter</p>", headers=leave)
    outbox.send_waiting()
    (mail,) = over_smtp.taken
    assert "multipart/alternative" in mail and "text/plain" in mail and "text/html" in mail
    assert header(mail, "List-Unsubscribe-Post").endswith("List-Unsubscribe=One-Click")


def test_one_refused_address_does_not_stop_the_others(over_smtp, session):
    over_smtp.answers["gone@b.example"] = "550 no such user"
    post("gone@b.example", "One", "")
    post("a@b.example", "Two", "")
    outbox.send_waiting()
    refused, sent = session.scalars(select(OutgoingMail).order_by(OutgoingMail.id))
    assert refused.refused_at and "550 no such user" in refused.error and not refused.is_sent
    assert sent.is_sent and len(over_smtp.taken) == 1
    outbox.send_waiting()
    assert len(over_smtp.taken) == 1


def test_what_a_busy_server_puts_off_waits_for_the_next_time(over_smtp, session):
    over_smtp.answers["a@b.example"] = "451 try later"
    post("a@b.example", "One", "")
    with pytest.raises(smtplib.SMTPRecipientsRefused):
        outbox.send_waiting()
    over_smtp.answers.clear()
    outbox.send_again()
    assert session.scalars(select(OutgoingMail)).one().is_sent
