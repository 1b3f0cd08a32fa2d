"""Mail leaves from here: written in the transaction of its event, sent afterwards, at least once.

A mail keeps its Message-ID, so that a mail server can tell the second copy that a crash between
sending and noting may cause.
"""

from email.utils import make_msgid
from pathlib import Path

from flask import current_app
from flask_mailman import EmailMessage, Mail
from sqlalchemy import select
from sqlalchemy.orm import Mapped, mapped_column

from ideaflow.clock import now
from ideaflow.config import Settings
from ideaflow.db import CreatedAt, Model, Moment, Name, PrimaryKey, transaction
from ideaflow.queue import defer, job

mail = Mail()


class OutgoingMail(Model):
    """One mail to one person, waiting or sent."""

    __tablename__ = "outgoing_mails"

    id: Mapped[PrimaryKey]
    recipient: Mapped[Name]
    subject: Mapped[Name]
    text: Mapped[str]
    message_id: Mapped[Name]
    created_at: Mapped[CreatedAt]
    sent_at: Mapped[Moment | None] = mapped_column(default=None)

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


def post(recipient: str, subject: str, text: str) -> OutgoingMail:
    """Write a mail, to be sent once the current transaction has committed."""
    with transaction() as session:
        written = OutgoingMail(
            recipient=recipient, subject=subject, text=text, message_id=make_msgid(domain="ideaflow.mail")
        )
        session.add(written)
        session.flush()
        defer("outbox.send", alone="outbox.send")
    return written


@job("outbox.send")
def send_waiting() -> None:
    """Send all mail that waits, oldest first; each is marked as soon as the server has taken it."""
    while True:
        with transaction() as session:
            waiting = session.scalar(
                select(OutgoingMail)
                .where(OutgoingMail.sent_at.is_(None))
                .order_by(OutgoingMail.id)
                .limit(1)
                .with_for_update(skip_locked=True)
            )
            if waiting is None:
                return
            EmailMessage(
                waiting.subject, waiting.text, current_app.config["MAIL_DEFAULT_SENDER"], [waiting.recipient],
                headers={"Message-ID": waiting.message_id},
            ).send()  # fmt: skip
            waiting.sent_at = now()
