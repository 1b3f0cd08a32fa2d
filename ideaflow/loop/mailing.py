"""Mails about notices: what is due to one contact at one time goes out as one, in their language."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from flask import current_app, render_template
from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy import func, select

from ideaflow import outbox
from ideaflow.accounts.models import Contact
from ideaflow.clock import now
from ideaflow.db import db, transaction
from ideaflow.loop import asked, saying
from ideaflow.loop.models import ContactNotice
from ideaflow.loop.pace import DIGEST, Event
from ideaflow.portal import look
from ideaflow.portal.languages import SOURCE_LANGUAGE, current, is_right_to_left, speaking, text, texts
from ideaflow.portal.models import PortalMember

MOST_IN_ONE = 20


@dataclass(frozen=True)
class Unsubscribing:
    """What a link in a mail ends: these mails to this contact."""

    contact_id: int
    mails: str


def send_due() -> int:
    """Write all mails that are due into the outbox; return how many.

    Each contact is one transaction: the notices are marked with the mail that tells of them, or neither is.
    """
    due = (
        select(ContactNotice.contact_id)
        .where(ContactNotice.mailed_at.is_(None), ContactNotice.mail_at <= now())
        .where(ContactNotice.seen_at.is_(None))  # Who has read it in the portal needs no mail.
        .group_by(ContactNotice.contact_id)
        .order_by(func.min(ContactNotice.mail_at), ContactNotice.contact_id)
    )
    return sum(_send_to(contact_id) for contact_id in db.session.scalars(due).all())


def token_of(contact_id: int, mails: str) -> str:
    """Return what proves, in a link of a mail, whose mails of which kind end."""
    return str(_serializer().dumps([contact_id, mails]))


def read_token(token: str) -> Unsubscribing | None:
    """Return what a link of a mail ends, or None where it was not made here."""
    try:
        contact_id, mails = _serializer().loads(token)
    except (BadSignature, ValueError, TypeError):
        return None
    if not isinstance(contact_id, int) or mails not in {DIGEST, *Event}:
        return None
    return Unsubscribing(contact_id, str(mails))


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(str(current_app.config["SECRET_KEY"]), salt="unsubscribe")


def _send_to(contact_id: int) -> int:
    with transaction() as session:
        notices = session.scalars(
            select(ContactNotice)
            .where(ContactNotice.contact_id == contact_id, ContactNotice.mailed_at.is_(None))
            .where(ContactNotice.mail_at <= now(), ContactNotice.seen_at.is_(None))
            .order_by(ContactNotice.id)
            .with_for_update(skip_locked=True)
        ).all()
        found = session.execute(
            select(Contact, PortalMember)
            .outerjoin(PortalMember, PortalMember.contact_id == Contact.id)
            .where(Contact.id == contact_id)
        ).one_or_none()
        if not notices or found is None:
            return 0
        contact, member = found
        can_be_written_to = contact.email and not (member and member.closed_at)
        void = asked.void(contact_id, notices) if can_be_written_to else {one.id for one in notices}
        for notice in notices:
            if notice.id in void:
                notice.mail_at = None  # Nothing to write, or nobody; in the portal it stands all the same.
            else:
                notice.mailed_at = now()
        told = [notice for notice in notices if notice.id not in void]
        if told:
            with speaking((member.language if member else None) or SOURCE_LANGUAGE):
                _write(contact, told)
    return len(told[:1])


def _write(contact: Contact, notices: Sequence[ContactNotice]) -> None:
    lines = [replace(saying.line_of(one), path=asked.path_of(contact, one)) for one in notices]
    mails = notices[0].event if len(notices) == 1 else DIGEST
    base = current_app.extensions["settings"].address
    has_own_link = any(one.event in asked.ASKING for one in notices)
    leave = f"{base}/portal/unsubscribe/{token_of(contact.id, mails)}"
    values = {
        "name": contact.name.split()[0] if contact.name.split() else contact.name,
        "lines": lines[:MOST_IN_ONE], "more_count": len(lines[MOST_IN_ONE:]), "base": base, "leave": leave,
        "company": look.current(current_app.extensions["settings"].company).name or "ideaflow",
        "subject": _subject(lines), "has_own_link": has_own_link, "language": current(),
        "is_right_to_left": is_right_to_left(), "mails": saying.mails_words(mails),
    }  # fmt: skip
    outbox.post(
        contact.email or "", values["subject"], render_template("emails/notices.txt", **values),
        html=render_template("emails/notices.html", **values),
        headers={
            "List-Unsubscribe": f"<{leave}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            "Auto-Submitted": "auto-generated",
        },
        key=f"notices {notices[0].id}-{notices[-1].id} to {contact.id}",
    )  # fmt: skip


def _subject(lines: Sequence[saying.Line]) -> str:
    if len(lines) == 1:
        return lines[0].title
    company = look.current(current_app.extensions["settings"].company).name
    if company:
        return str(
            texts(
                "One thing is new at %(company)s", "%(num)d things are new at %(company)s", len(lines),
                company=company,
            )
        )  # fmt: skip
    return str(text("%(num)s things are new", num=len(lines)))
