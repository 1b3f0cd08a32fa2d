"""Announcements that somebody who leaves has drafted and not published."""

from sqlalchemy import select

from ideaflow import audit
from ideaflow.audit import Actor
from ideaflow.db import db, transaction
from ideaflow.loop.models import Announcement
from ideaflow.users import leaving
from ideaflow.users.leaving import Held, Kind
from ideaflow.users.models import User
from ideaflow.users.policy import Right


def register() -> None:
    """Let them be handed over; called once, when the program starts."""
    # They are kept by name: whoever may write news may publish any of them.
    leaving.register(
        Kind("announcements", "Announcements drafted", ("announcements.written_by_name",), Right.MODERATE,
             _held, _take)
    )  # fmt: skip
    leaving.remembers(
        {
            "decision_words.written_by_id": "Who wrote what customers read.",
            "notices.told_by_id": "Who told them.",
        }
    )


def _held(user: User) -> list[Held]:
    query = select(Announcement).where(
        Announcement.written_by_name == user.name, Announcement.published_at.is_(None),
        Announcement.withdrawn_at.is_(None),
    )  # fmt: skip
    return [
        Held(one.id, one.title, f"/announcements/{one.id}", "draft")
        for one in db.session.scalars(query.order_by(Announcement.id))
    ]


def _take(announcement_id: int, leaver: User, to: User, by: Actor) -> str:
    with transaction() as session:
        kept = session.get_one(Announcement, announcement_id, with_for_update=True, populate_existing=True)
        if kept.written_by_name == leaver.name and kept.published_at is None:
            kept.written_by_name, kept.version = to.name, kept.version + 1
            after = {"written_by": to.name}
            audit.record(
                by, "loop.hand_over_announcement", kept, before={"written_by": leaver.name}, after=after
            )
    return ""
