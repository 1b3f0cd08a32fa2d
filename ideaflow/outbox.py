"""Mail leaves from here: written in the transaction of its event, sent afterwards, at least once.

A mail keeps its Message-ID, so that a mail server can tell the second copy that a crash between
sending and noting may cause. A mail with a key is written once, however often its event is told.
"""

import logging
import smtplib
from collections.abc import Mapping
from email.utils import make_msgid
from pathlib import Path
from typing import Any

from flask import current_app
from flask_mailman import EmailMultiAlternatives, Mail
from sqlalchemy import Index, select
from sqlalchemy import text as sql
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column

from ideaflow.clock import now
from ideaflow.config import Settings
from ideaflow.db import CreatedAt, Json, Model, Moment, Name, PrimaryKey, transaction
from ideaflow.queue import defer, every, job

mail = Mail()
log = logging.getLogger(__name__)
LONGEST_SUBJECT = 200
REFUSED_FOR_GOOD = 500
"""Answers of a mail server from this number on will not change by asking again."""


class OutgoingMail(Model):
    """One mail to one person: waiting, sent, or refused for good."""

    __tablename__ = "outgoing_mails"
    __table_args__ = (
        Index(
            "ix_outgoing_mails_waiting", "id", postgresql_where=sql("sent_at IS NULL AND refused_at IS NULL")
        ),
    )

    id: Mapped[PrimaryKey]
    recipient: Mapped[Name]
    subject: Mapped[Name]
    text: Mapped[str]
    html: Mapped[str] = mapped_column(server_default="", default="")  # The same words, set.
    headers: Mapped[Json] = mapped_column(server_default=sql("'{}'::jsonb"), default=dict)
    # What it tells to whom, so that it is written once: “review:12 to 4711”.
    key: Mapped[Name | None] = mapped_column(unique=True)
    message_id: Mapped[Name]
    created_at: Mapped[CreatedAt]
    sent_at: Mapped[Moment | None] = mapped_column(default=None)
    refused_at: Mapped[Moment | None] = mapped_column(default=None)
    error: Mapped[str] = mapped_column(server_default="", default="")  # Why the server refused it.

    @property
    def is_sent(self) -> bool:
        return self.sent_at is not None


def init_app(app: object, settings: Settings) -> None:
    """Choose how mail leaves: over SMTP, or into the mail folder when no server is set."""
    config = app.config  # type: ignore[attr-defined]
    config.update(
        MAIL_SERVER=settings.mail_server, MAIL_PORT=settings.mail_port, MAIL_USE_TLS=settings.mail_use_tls,
        MAIL_USERNAME=settings.mail_username or None, MAIL_PASSWORD=settings.mail_password or None,
        MAIL_DEFAULT_SENDER=settings.mail_from, MAIL_TIMEOUT=20,
        MAIL_BACKEND="smtp" if settings.mail_server else "file",
        MAIL_FILE_PATH=str(mail_folder(settings)),
    )  # fmt: skip
    if not settings.mail_server:
        mail_folder(settings).mkdir(parents=True, exist_ok=True)
    mail.init_app(app)


def mail_folder(settings: Settings) -> Path:
    """Return where mail is written when no SMTP server is set."""
    return settings.home / "mail"


def post(
    recipient: str,
    subject: str,
    text: str,
    *,
    html: str = "",
    headers: Mapping[str, str] | None = None,
    key: str | None = None,
) -> OutgoingMail:
    """Write a mail, to be sent once the current transaction has committed.

    :param html: the same words for readers that show HTML.
    :param headers: more headers, each one line.
    :param key: what it tells to whom; a mail with this key that is there already is returned as it is.
    """
    values: dict[str, Any] = {
        "recipient": recipient, "subject": " ".join(subject.split())[:LONGEST_SUBJECT], "text": text,
        "html": html, "headers": dict(headers or {}), "key": key,
        "message_id": make_msgid(domain="ideaflow.mail"),
    }  # fmt: skip
    with transaction() as session:
        statement = insert(OutgoingMail).values(**values).on_conflict_do_nothing(index_elements=["key"])
        number = session.scalar(statement.returning(OutgoingMail.id))
        if number is None:
            return session.scalars(select(OutgoingMail).where(OutgoingMail.key == key)).one()
        defer("outbox.send", alone="outbox.send")
        return session.get_one(OutgoingMail, number)


@job("outbox.send")
def send_waiting() -> None:
    """Send all mail that waits, oldest first; each is marked as soon as the server has taken it.

    What the server refuses for good is marked and left; when it is away, all wait for the next time.
    """
    while _send_next():
        pass


@every("*/5 * * * *", "outbox.send_again")
def send_again() -> None:
    """Send what an absent mail server left waiting."""
    send_waiting()


def _send_next() -> bool:
    with transaction() as session:
        waiting = session.scalar(
            select(OutgoingMail)
            .where(OutgoingMail.sent_at.is_(None), OutgoingMail.refused_at.is_(None))
            .order_by(OutgoingMail.id)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        if waiting is None:
            return False
        try:
            _message(waiting).send()
            waiting.sent_at = now()
        except (smtplib.SMTPRecipientsRefused, smtplib.SMTPDataError) as error:
            code, words = _refusal(error)
            if code < REFUSED_FOR_GOOD:
                raise
            waiting.refused_at, waiting.error = now(), f"{code} {words}"[:500]
            log.warning("The mail server refused mail %s for good: %s", waiting.id, waiting.error)
    return True


def _message(waiting: OutgoingMail) -> EmailMultiAlternatives:
    message = EmailMultiAlternatives(
        waiting.subject, waiting.text, current_app.config["MAIL_DEFAULT_SENDER"], [waiting.recipient],
        headers={**waiting.headers, "Message-ID": waiting.message_id},
    )  # fmt: skip
    if waiting.html:
        message.attach_alternative(waiting.html, "text/html")
    return message


def _refusal(error: smtplib.SMTPRecipientsRefused | smtplib.SMTPDataError) -> tuple[int, str]:
    code: int
    words: str | bytes
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code, words = next(iter(error.recipients.values()), (0, ""))
    else:
        code, words = error.smtp_code, error.smtp_error
    return code, words.decode(errors="replace") if isinstance(words, bytes) else str(words)
