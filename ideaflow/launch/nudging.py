"""Write to who carries a blocked check: ask for a day, or remind of it; once a day for each check."""

from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from ideaflow import audit, config, outbox
from ideaflow.audit import Actor
from ideaflow.clock import today
from ideaflow.db import transaction
from ideaflow.errors import Conflict, NotFound
from ideaflow.launch.changing import check_for_change
from ideaflow.launch.models import CheckStanding, Launch, LaunchCell, ReadinessCheck
from ideaflow.outbox import OutgoingMail
from ideaflow.users.models import User
from ideaflow.wording import day


class Nudge(StrEnum):
    """What the mail asks."""

    ASK = "ask"  # From which day will it pass?
    REMIND = "remind"  # It is due.


def nudge(check_id: int, what: Nudge, *, of: int, by: Actor) -> User:
    """Write to the owner of a check that holds cells; return who is written to.

    :param of: the launch it belongs to.
    :raises Conflict: nobody carries it, it holds nothing, or its owner was written to today.
    """
    with transaction() as session:
        check, launch = check_for_change(session, check_id)
        if launch.id != of:
            raise NotFound("There is no such check in this launch.")
        owner = session.get(User, check.owner_id) if check.owner_id is not None else None
        if owner is None or not owner.is_active:
            raise Conflict(f"Nobody carries “{check.title}”. Assign it first.")
        cells = _held(session, check)
        if not cells:
            raise Conflict(f"“{check.title}” holds no cell any more; there is nothing to ask.")
        key = f"nudge:{check.id} on {today():%Y-%m-%d}"
        if session.scalar(select(OutgoingMail.id).where(OutgoingMail.key == key)) is not None:
            raise Conflict(f"{owner.name} was written to about “{check.title}” today already.")
        outbox.post(
            owner.email, _subject(what, check, launch), _words(what, check, launch, owner, cells, by), key=key
        )
        after = {"check": check.title, "to": owner.name}
        audit.record(by, f"launch.{what}", launch, after=after)
        return owner


def _held(session: Session, check: ReadinessCheck) -> list[str]:
    query = (
        select(LaunchCell)
        .join(CheckStanding, CheckStanding.cell_id == LaunchCell.id)
        .where(CheckStanding.check_id == check.id, ~CheckStanding.is_passed, LaunchCell.removed_at.is_(None))
        .options(joinedload(LaunchCell.channel), joinedload(LaunchCell.region))
        .order_by(LaunchCell.id)
    )
    return [f"{one.channel.name}, {one.region.name}" for one in session.scalars(query)]


def _subject(what: Nudge, check: ReadinessCheck, launch: Launch) -> str:
    if what is Nudge.ASK:
        return f"From which day does “{check.title}” pass? {launch.name} waits for it"
    return f"“{check.title}” is due {day(check.forecast_on or check.due_on, today())}: {launch.name}"


def _words(
    what: Nudge, check: ReadinessCheck, launch: Launch, owner: User, cells: list[str], by: Actor
) -> str:
    asked = (
        "Please say from which day it will pass, and what it waits for."
        if what is Nudge.ASK
        else "Please show that it passes, or say from which day it will."
    )
    held = "\n".join(f"- {one}" for one in cells)
    return (
        f"Hello {owner.name.split()[0]},\n\n"
        f"“{check.title}” is due on {day(check.due_on, today())} and holds:\n\n"
        f"{held}\n\n{asked} Launch day is {day(launch.launch_on, today())}.\n"
        f"{config.read().address}/launches/{launch.id}\n\n{by.name}\n"
    )
