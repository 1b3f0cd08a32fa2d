"""Who is asked, reminded and told: participants, and the mails to them."""

import secrets
from collections.abc import Callable, Sequence

from sqlalchemy import ColumnElement, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import contains_eager

from ideaflow import audit, outbox
from ideaflow.accounts.models import Contact
from ideaflow.audit import Actor
from ideaflow.clock import now
from ideaflow.codesign.choosing import invitable
from ideaflow.codesign.kinds.registry import INSTRUMENTS
from ideaflow.codesign.models import CodesignSession, Participant
from ideaflow.codesign.policy import State
from ideaflow.db import transaction
from ideaflow.errors import Conflict, NotFound
from ideaflow.portal import service as portal
from ideaflow.portal.languages import day, speaking, text
from ideaflow.queue import defer

MOST = 5_000
Mail = Callable[[CodesignSession, Participant, str], None]


def invite(session_id: int, contact_ids: Sequence[int], how: str, *, by: Actor) -> int:
    """Add participants and mail them, at once when the session is open, else when it opens.

    :param contact_ids: those who cannot be invited, or are already, are left out.
    :param how: how they were chosen, for the audit: “segment Food”.
    :returns: how many are new.
    :raises NotFound: there is no such session.
    :raises Conflict: it has closed.
    """
    with transaction() as session:
        held = session.get(CodesignSession, session_id, with_for_update=True)
        if held is None:
            raise NotFound()
        if held.standing.is_over:
            raise Conflict("This session has closed; nobody can be invited any more.")
        new = invitable(session_id, select(Contact.id).where(Contact.id.in_(contact_ids[:MOST])))
        if new:
            rows = [
                {"session_id": held.id, "contact_id": one, "seed": secrets.randbelow(2**31)} for one in new
            ]
            session.execute(insert(Participant).values(rows).on_conflict_do_nothing())
            audit.record(by, "codesign.invite", held, after={"count": len(new), "how": how[:300]})
            queue_mails(held)
    return len(new)


def queue_mails(held: CodesignSession) -> None:
    """Let the invitations of an open session be mailed, inside a transaction."""
    if held.is_open:
        defer("codesign.send_invitations", alone=f"codesign.send_invitations:{held.id}", session_id=held.id)


def send_invitations(session_id: int, address: str) -> None:
    """Mail everybody who was not yet; each in a transaction of its own, so that a crash doubles none.

    :param address: where the link leads, with ``{token}`` and without host: ``https://…/{token}``.
    """
    _mail_each(session_id, Participant.invited_at.is_(None), "invited_at", _invitation, address)


def remind(session_id: int, *, by: Actor) -> int:
    """Mail everybody once more who was invited and is silent; return how many.

    :raises Conflict: the session is not open, or all who are silent were reminded today.
    """
    with transaction() as session:
        held = session.get(CodesignSession, session_id, with_for_update=True)
        if held is None:
            raise NotFound()
        if not held.is_open:
            raise Conflict("This session is not open; a reminder would lead nowhere.")
        silent = _silent(session_id)
        count = len(session.scalars(select(Participant.id).where(*silent)).all())
        if not count:
            raise Conflict("Everybody has answered or was reminded already; one reminder each is enough.")
        audit.record(by, "codesign.remind", held, after={"count": count})
        defer("codesign.send_reminders", alone=f"codesign.send_reminders:{held.id}", session_id=held.id)
    return count


def send_reminders(session_id: int, address: str) -> None:
    """Remind everybody who is silent, once."""
    _mail_each(session_id, _silent(session_id)[1], "reminded_at", _reminder, address, *_silent(session_id))


def tell_contributors(session_id: int, address: str) -> None:
    """Mail everybody who took part that the result can be read."""
    took_part = Participant.is_done | Participant.is_late
    _mail_each(session_id, Participant.told_at.is_(None), "told_at", _told, address, took_part)


def _silent(session_id: int) -> list[ColumnElement[bool]]:
    return [
        Participant.session_id == session_id, Participant.reminded_at.is_(None), ~Participant.is_done,
        ~Participant.is_late, Participant.invited_at.is_not(None),
    ]  # fmt: skip


def _mail_each(
    session_id: int,
    waits: ColumnElement[bool],
    mark: str,
    write: Mail,
    address: str,
    *more: ColumnElement[bool],
) -> None:
    while True:
        with transaction() as session:
            held = session.get(CodesignSession, session_id, populate_existing=True)
            if held is None or not (held.is_open or (write is _told and held.state == State.PUBLISHED)):
                return
            participant = session.scalar(
                select(Participant)
                .join(Contact, Contact.id == Participant.contact_id)
                .options(contains_eager(Participant.contact))
                .where(Participant.session_id == session_id, waits, *more)
                .order_by(Participant.id)
                .limit(1)
                .with_for_update(of=Participant, skip_locked=True)
            )
            if participant is None:
                return
            setattr(participant, mark, now())
            goal = f"/portal/design/{held.id}" + ("/results" if write is _told else "")
            try:
                token = portal.issue_invitation(participant.contact, goal)
            except Conflict:  # The door was closed for them meanwhile.
                continue
            with speaking(portal.member_of(participant.contact_id).language):
                write(held, participant, address.format(token=token))


def _invitation(held: CodesignSession, participant: Participant, link: str) -> None:
    minutes = INSTRUMENTS[held.instrument].minutes(held.definition)
    outbox.post(
        participant.contact.email or "",
        text("Help design: %(title)s", title=held.title)[:300],
        text(
            "Hello %(name)s,\n\nyou work with what we are designing. Your answer decides what is built first:"
            "\n\n%(title)s\n\nIt takes about %(minutes)s minutes, on a phone too, until %(day)s:\n\n%(link)s"
            "\n\n%(mode)s Your company counts once, however many of you answer.\n\n"
            "The link is yours alone and works once; afterwards you sign in with your e-mail address.\n",
            name=participant.contact.name, title=held.title, minutes=minutes, link=link,
            day=day(held.closes_at or now()), mode=_mode_words(held),
        ),
    )  # fmt: skip


def _reminder(held: CodesignSession, participant: Participant, link: str) -> None:
    outbox.post(
        participant.contact.email or "",
        text("Still open until %(day)s: %(title)s", day=day(held.closes_at or now()), title=held.title)[:300],
        text(
            "Hello %(name)s,\n\nwe asked for your answer to “%(title)s”; it counts until %(day)s:\n\n%(link)s"
            "\n\nThis is the only reminder. The link is yours alone and works once.\n",
            name=participant.contact.name, title=held.title, day=day(held.closes_at or now()), link=link,
        ),
    )  # fmt: skip


def _told(held: CodesignSession, participant: Participant, link: str) -> None:
    outbox.post(
        participant.contact.email or "",
        text("What came out: %(title)s", title=held.title)[:300],
        text(
            "Hello %(name)s,\n\nyou helped design “%(title)s”. What all answers together say can be read now:"
            "\n\n%(link)s\n\nThank you; what becomes of it stands there too.\n",
            name=participant.contact.name, title=held.title, link=link,
        ),
    )  # fmt: skip


def _mode_words(held: CodesignSession) -> str:
    if held.is_anonymous:
        return str(text("It is anonymous: nobody can tell how you answered, not even we."))
    return str(text("It is confidential: only those who evaluate it see how you answered."))
