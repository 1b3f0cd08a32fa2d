"""Telling contacts: a notice in the portal at once, a mail when they wish, each about one thing once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from ideaflow import config
from ideaflow.audit import Actor
from ideaflow.clock import now
from ideaflow.db import db, transaction
from ideaflow.errors import Conflict, Invalid
from ideaflow.loop.models import ContactNotice, NoticeWishes
from ideaflow.loop.pace import Event, Pace, Wishes, mail_at
from ideaflow.portal.languages import text
from ideaflow.queue import defer

LONGEST_WORDS, LONGEST_QUOTE = 2000, 600
FIRST_MAIL_SECONDS = 20
"""So long a mail waits for others to the same contact, to go out as one."""


@dataclass(frozen=True)
class Message:
    """What one contact is told.

    :param values: what its sentence is made of, values JSON can hold.
    """

    contact_id: int
    path: str
    values: Mapping[str, Any] = field(default_factory=dict)


def answering(contact_id: int, said: Any, title: str, words: str, *, decision: str) -> Message:
    """Return what a contact is told of what became of their words.

    :param said: those words: what has ``item_id``, ``words`` and ``said_at``.
    """
    values = {
        "decision": decision, "title": title, "words": words, "quote": said.words[:LONGEST_QUOTE],
        "said_at": said.said_at.isoformat(), "item_id": said.item_id,
    }  # fmt: skip
    return Message(contact_id, f"/portal/yours/of/{said.item_id}", values)


def tell(event: Event, about: str, messages: Sequence[Message], *, by: Actor | None = None) -> list[int]:
    """Tell contacts of something, inside the transaction in which it happens; return who had not heard.

    :param about: what it is about, for instance ``review:12``; of one thing a contact is told once.
    """
    if not messages:
        return []
    with transaction() as session:
        moment = now()
        start = default_wishes()
        wishes = wishes_of([message.contact_id for message in messages])
        rows = [
            {
                "contact_id": message.contact_id, "event": event.value, "about": about,
                "values": dict(message.values), "path": message.path, "happened_at": moment,
                "mail_at": _mail_at(moment, event, wishes.get(message.contact_id, start)),
                "told_by_id": by.id if by else None,
            }
            for message in messages
        ]  # fmt: skip
        statement = insert(ContactNotice).on_conflict_do_nothing(
            index_elements=["contact_id", "event", "about"]
        )
        told = list(session.scalars(statement.returning(ContactNotice.contact_id), rows))
        if told:
            defer("loop.mail", alone="loop.mail", after_seconds=FIRST_MAIL_SECONDS)
    return told


def default_wishes() -> Wishes:
    """Return what holds for contacts who have chosen nothing."""
    zone = config.read().time_zone
    return Wishes(zone if _is_zone(zone) else "UTC")


def wishes_of(contact_ids: Sequence[int]) -> dict[int, Wishes]:
    """Return what these contacts want by mail; who never said so is left out."""
    rows = db.session.scalars(select(NoticeWishes).where(NoticeWishes.contact_id.in_(contact_ids)))
    return {row.contact_id: row.wishes for row in rows}


def kept_wishes(contact_id: int) -> NoticeWishes | None:
    """Return what a contact chose, or None while the defaults hold."""
    return db.session.get(NoticeWishes, contact_id)


def choose(contact_id: int, wished: Wishes, seen: int) -> NoticeWishes:
    """Keep what a contact wants by mail; what waits to be sent follows it.

    :param seen: the version one looked at; 0 where nothing was chosen yet.
    :raises Invalid: there is no such time zone, hour or pace.
    :raises Conflict: something else was chosen meanwhile.
    """
    _check(wished)
    with transaction() as session:
        kept = _row(contact_id)
        if kept.version != seen:
            raise Conflict(
                text(
                    "You changed this meanwhile, in another window (version %(theirs)s; you saw %(yours)s)."
                    " Nothing was kept. Reload the page to see it.",
                    theirs=kept.version, yours=seen,
                )
            )  # fmt: skip
        _write(session, kept, wished)
    return kept


def unsubscribe(contact_id: int, mails: str) -> None:
    """Send a contact these mails no more: of one event, or every digest. Said twice, it holds once."""
    with transaction() as session:
        kept = _row(contact_id)
        _write(session, kept, replace(kept.wishes, choices=kept.wishes.without(mails)))


def mark_seen(contact_id: int, up_to: int) -> None:
    """Note that a contact has seen their notices up to this one."""
    with transaction() as session:
        session.execute(
            update(ContactNotice)
            .where(ContactNotice.contact_id == contact_id, ContactNotice.id <= up_to)
            .where(ContactNotice.seen_at.is_(None))
            .values(seen_at=now())
        )


def _row(contact_id: int) -> NoticeWishes:
    """Return the contact's row, locked; made at the first need."""
    start = default_wishes()
    db.session.execute(
        insert(NoticeWishes)
        .values(
            contact_id=contact_id, time_zone=start.time_zone, quiet_from=start.quiet_from,
            quiet_until=start.quiet_until, version=0,
        )
        .on_conflict_do_nothing(index_elements=["contact_id"])
    )  # fmt: skip
    query = select(NoticeWishes).where(NoticeWishes.contact_id == contact_id).with_for_update()
    return db.session.scalars(query.execution_options(populate_existing=True)).one()


def _write(session: Any, kept: NoticeWishes, wished: Wishes) -> None:
    kept.time_zone, kept.quiet_from, kept.quiet_until = (
        wished.time_zone,
        wished.quiet_from,
        wished.quiet_until,
    )
    kept.choices, kept.version = dict(wished.choices), kept.version + 1
    waiting = select(ContactNotice).where(
        ContactNotice.contact_id == kept.contact_id, ContactNotice.mailed_at.is_(None),
        ContactNotice.seen_at.is_(None),
    )  # fmt: skip
    for notice in session.scalars(waiting.with_for_update()):
        notice.mail_at = _mail_at(notice.happened_at, Event(notice.event), wished)
    session.flush()


def _mail_at(moment: datetime, event: Event, wished: Wishes) -> datetime | None:
    return mail_at(moment, wished.pace_of(event), wished)


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return bool(name)


def _check(wished: Wishes) -> None:
    if not _is_zone(wished.time_zone):
        reason = text(
            "There is no time zone “%(zone)s”. Take one such as Europe/Berlin.", zone=wished.time_zone[:60]
        )
        raise Invalid(reason, [{"field": "time_zone", "reason": reason}])
    if not all(0 <= hour <= 23 for hour in (wished.quiet_from, wished.quiet_until)):
        raise Invalid(text("Quiet hours begin and end at a full hour of the day, 0 to 23."))
    if not all(event in set(Event) and pace in set(Pace) for event, pace in wished.choices.items()):
        raise Invalid(text("Choose how soon a mail comes: at once, daily, weekly, or not at all."))
