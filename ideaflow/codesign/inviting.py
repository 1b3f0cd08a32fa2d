"""Who is asked, and reminded: participants. How they hear of it is told by who listens (``hooks``)."""

import secrets
from collections.abc import Sequence

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from ideaflow import audit
from ideaflow.accounts.models import Contact
from ideaflow.audit import Actor
from ideaflow.clock import now
from ideaflow.codesign import hooks, versions
from ideaflow.codesign.choosing import invitable
from ideaflow.codesign.hooks import Happened, SessionEvent
from ideaflow.codesign.models import CodesignSession, Participant
from ideaflow.db import transaction
from ideaflow.errors import Conflict

MOST = 5_000


def invite(session_id: int, contact_ids: Sequence[int], how: str, seen: int | None, *, by: Actor) -> int:
    """Add participants and tell them, at once when the session is open, else when it opens.

    :param contact_ids: those who cannot be invited, or are already, are left out.
    :param how: how they were chosen, for the audit: “segment Food”.
    :param seen: the version one looked at; None: whatever stands.
    :returns: how many are new.
    :raises NotFound: there is no such session.
    :raises Conflict: it has closed, or was changed meanwhile.
    """
    with transaction() as session:
        held = versions.held_of(session, session_id)
        if held.standing.is_over:
            raise Conflict("This session has closed; nobody can be invited any more.")
        versions.check(held, seen, "invite more")
        new = invitable(session_id, select(Contact.id).where(Contact.id.in_(contact_ids[:MOST])))
        if new:
            rows = [
                {"session_id": held.id, "contact_id": one, "seed": secrets.randbelow(2**31)} for one in new
            ]
            session.execute(insert(Participant).values(rows).on_conflict_do_nothing())
            audit.record(by, "codesign.invite", held, after={"count": len(new), "how": how[:300]})
            tell_invited(session, held)
    return len(new)


def tell_invited(session: Session, held: CodesignSession) -> None:
    """Tell those of an open session who are invited and have not heard, inside a transaction."""
    if held.is_open:
        waiting = [Participant.session_id == held.id, Participant.invited_at.is_(None)]
        told = _mark(session, "invited_at", waiting)
        hooks.tell(SessionEvent(Happened.INVITED, held.id, told))


def remind(session_id: int, seen: int | None, *, by: Actor) -> int:
    """Tell everybody once more who was invited and is silent; return how many.

    :param seen: the version one looked at; None: the clock reminds.
    :raises Conflict: the session is not open, was changed meanwhile, or nobody is left to remind.
    """
    with transaction() as session:
        held = versions.held_of(session, session_id)
        if not held.is_open:
            raise Conflict("This session is not open; a reminder would lead nowhere.")
        versions.check(held, seen, "remind the silent")
        silent = [
            Participant.session_id == session_id, Participant.reminded_at.is_(None), ~Participant.is_done,
            ~Participant.is_late, Participant.invited_at.is_not(None),
        ]  # fmt: skip
        told = _mark(session, "reminded_at", silent)
        if not told:
            raise Conflict("Everybody has answered or was reminded already; one reminder each is enough.")
        held.version += 1
        audit.record(by, "codesign.remind", held, after={"count": len(told)})
        hooks.tell(SessionEvent(Happened.REMINDED, held.id, told))
    return len(told)


def _mark(session: Session, name: str, whom: Sequence[ColumnElement[bool]]) -> list[int]:
    """Note that participants are told now; return their contacts."""
    statement = update(Participant).where(*whom).values({name: now()}).returning(Participant.contact_id)
    return sorted(session.scalars(statement, execution_options={"synchronize_session": False}))
