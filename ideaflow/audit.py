"""Who did what to which thing, before and after: written in the same transaction as the change.

Each event carries the hash of the one before it, so that an edited or missing row shows; the
database itself refuses to change or delete events.
"""

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BigInteger, Identity, String, desc, select, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from ideaflow.clock import now
from ideaflow.db import Model, Moment, Name, db

CHAIN_LOCK = 7_310_001


@dataclass(frozen=True)
class Actor:
    """Who acts: a user, or ideaflow itself."""

    id: int | None
    name: str


SYSTEM = Actor(None, "ideaflow")


class AuditEvent(Model):
    """One change to one thing by one actor."""

    __tablename__ = "audit_events"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    at: Mapped[Moment]
    actor_id: Mapped[int | None] = mapped_column(BigInteger)
    actor_name: Mapped[Name]
    action: Mapped[str] = mapped_column(String(80))
    subject_type: Mapped[str] = mapped_column(String(40), index=True)
    subject_id: Mapped[int | None] = mapped_column(BigInteger)
    subject_name: Mapped[Name]
    before: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    after: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    reason: Mapped[str] = mapped_column(server_default="")
    hash: Mapped[str] = mapped_column(String(64))

    def digest(self, previous: str) -> str:
        """Return the hash of this event chained to the ``previous`` one (SHA-256 of canonical JSON)."""
        content = [
            previous, self.at.isoformat(), self.actor_id, self.actor_name, self.action, self.subject_type,
            self.subject_id, self.subject_name, self.before, self.after, self.reason,
        ]  # fmt: skip
        return hashlib.sha256(
            json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
        ).hexdigest()


def record(
    actor: Actor,
    action: str,
    subject: Any,
    *,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    reason: str = "",
) -> AuditEvent:
    """Write down a change, inside the transaction that makes it.

    :param action: slice and verb, for instance ``themes.rename``.
    :param subject: a flushed record; its table, id and name (``title``, ``name`` or ``email``) are kept.
    :param before: what was; values JSON can hold.
    :param after: what is now.
    """
    session = db.session()
    session.flush()
    session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": CHAIN_LOCK})
    previous = session.scalar(select(AuditEvent.hash).order_by(desc(AuditEvent.id)).limit(1)) or ""
    event = AuditEvent(
        at=now(), actor_id=actor.id, actor_name=actor.name, action=action,
        subject_type=subject.__tablename__, subject_id=getattr(subject, "id", None),
        subject_name=_name(subject),
        before=_plain(before), after=_plain(after), reason=reason,
    )  # fmt: skip
    event.hash = event.digest(previous)
    session.add(event)
    session.flush()
    return event


def first_broken() -> int | None:
    """Return the id of the first event that does not fit the chain, or None when all do."""
    previous = ""
    for event in db.session.scalars(
        select(AuditEvent).order_by(AuditEvent.id).execution_options(yield_per=500)
    ):
        if event.hash != event.digest(previous):
            return event.id
        previous = event.hash
    return None


def _name(subject: Any) -> str:
    for attribute in ("title", "name", "email"):
        value = getattr(subject, attribute, None)
        if value:
            return str(value)[:300]
    return ""


def _plain(values: dict[str, Any] | None) -> dict[str, Any] | None:
    return None if values is None else json.loads(json.dumps(values, default=str))
