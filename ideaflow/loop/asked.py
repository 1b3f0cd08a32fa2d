"""Invitations to help design, and reminders: what they say, which still stand, the link that signs in."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import contains_eager

from ideaflow.accounts.models import Contact
from ideaflow.codesign.kinds.registry import INSTRUMENTS
from ideaflow.codesign.models import CodesignSession, Participant
from ideaflow.db import db
from ideaflow.loop.models import ContactNotice
from ideaflow.loop.pace import Event
from ideaflow.portal import service as portal
from ideaflow.portal.languages import amount, day, text

ASKING = (Event.INVITATION, Event.REMINDER)


def about(session_id: int) -> str:
    """Return what an invitation or a reminder is about."""
    return f"session:{session_id}"


def values_of(held: CodesignSession) -> dict[str, Any]:
    """Return what the sentences of an invitation are made of."""
    return {
        "title": held.title, "minutes": INSTRUMENTS[held.instrument].minutes(held.definition),
        "until": held.closes_at.isoformat() if held.closes_at else "", "is_anonymous": held.is_anonymous,
    }  # fmt: skip


def words(event: Event, values: Mapping[str, Any]) -> str:
    """Say how long it takes, until when it counts, and what can be known of the answer."""
    until = _until(values)
    if event is Event.REMINDER:
        return str(text("Your answer counts until %(day)s. This is the only reminder.", day=until))
    mode = (
        text("It is anonymous: nobody can tell how you answered, not even we.")
        if values["is_anonymous"]
        else text("It is confidential: only those who evaluate it see how you answered.")
    )
    takes = text(
        "You work with what we are designing: your answer decides what is built first. It takes about"
        " %(minutes)s minutes, on a phone too, until %(day)s.", minutes=values["minutes"], day=until,
    )  # fmt: skip
    once = text("Your company counts once, however many of you answer.")
    return f"{takes}\n{mode} {once}"


def pool_words(values: Mapping[str, Any]) -> str:
    """Say what an option that one pays for with others still lacks."""
    title = values.get("title", "")
    if not values.get("missing"):
        return str(text("“%(title)s”: what all of you pledged is enough for it.", title=title))
    return str(
        text(
            "“%(title)s”: only %(missing)s are missing. You can add to it, or tell others who want it.",
            title=title, missing=amount(values["missing"]),
        )
    )  # fmt: skip


def still_open(values: Mapping[str, Any]) -> str:
    """Return the title of a reminder."""
    return str(text("Still open until %(day)s: %(title)s", day=_until(values), title=values.get("title", "")))


def void(contact_id: int, notices: Sequence[ContactNotice]) -> set[int]:
    """Return which of a contact's notices ask for nothing any more, and so need no mail.

    They answered, or it closed; of an invitation and a reminder that are due together the reminder is enough.
    """
    asking = [one for one in notices if one.event in ASKING]
    if not asking:
        return set()
    query = (
        select(Participant)
        .join(CodesignSession, CodesignSession.id == Participant.session_id)
        .options(contains_eager(Participant.session))
        .where(Participant.contact_id == contact_id, ~Participant.is_done, ~Participant.is_late)
    )
    waiting = {about(one.session_id) for one in db.session.scalars(query) if one.session.is_open}
    reminded = {one.about for one in asking if one.event == Event.REMINDER}
    return {
        one.id
        for one in asking
        if one.about not in waiting or (one.event == Event.INVITATION and one.about in reminded)
    }


def path_of(contact: Contact, notice: ContactNotice) -> str:
    """Return where the mail leads: an invitation or reminder to a link of their own that signs in, once."""
    if notice.event not in ASKING:
        return notice.path
    return f"/portal/sign-in/{portal.issue_invitation(contact, notice.path)}"


def _until(values: Mapping[str, Any]) -> str:
    return day(datetime.fromisoformat(values["until"])) if values.get("until") else ""
