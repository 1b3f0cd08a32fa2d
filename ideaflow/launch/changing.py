"""What every change of a launch begins with: the record, locked, and who may own a part of it."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from ideaflow.db import among
from ideaflow.errors import Conflict, Invalid, NotFound
from ideaflow.launch.models import LIVE, Launch, LaunchCell, ReadinessCheck
from ideaflow.users.models import User
from ideaflow.users.policy import Right


def launch_for_change(session: Session, launch_id: int) -> Launch:
    """Return a launch that is not over, its row locked until the transaction ends.

    Everything below a launch is changed under this lock, so that two who change it take turns.

    :raises NotFound: there is none with this number.
    :raises Conflict: it was looked back on, or cancelled.
    """
    query = select(Launch).where(Launch.id == launch_id).options(joinedload(Launch.offering))
    launch = session.scalar(query.with_for_update(of=Launch).execution_options(populate_existing=True))
    if launch is None:
        raise NotFound("There is no such launch.")
    if launch.state not in LIVE:
        raise Conflict(f"“{launch.name}” is {launch.state}. Plan a new launch of the offering instead.")
    return launch


def check_for_change(session: Session, check_id: int) -> tuple[ReadinessCheck, Launch]:
    """Return a check of a live launch, with its launch; the launch's row is locked."""
    launch_id = session.scalar(select(ReadinessCheck.launch_id).where(ReadinessCheck.id == check_id))
    if launch_id is None:
        raise NotFound("There is no such check.")
    launch = launch_for_change(session, launch_id)
    check = session.get_one(ReadinessCheck, check_id, populate_existing=True)
    if check.removed_at is not None:
        raise Conflict(f"“{check.title}” is not asked any more; a newer template left it out.")
    return check, launch


def cell_for_change(session: Session, cell_id: int) -> tuple[LaunchCell, Launch]:
    """Return a cell of a live launch, with its launch; the launch's row is locked."""
    launch_id = session.scalar(select(LaunchCell.launch_id).where(LaunchCell.id == cell_id))
    if launch_id is None:
        raise NotFound("There is no such cell.")
    launch = launch_for_change(session, launch_id)
    query = select(LaunchCell).where(LaunchCell.id == cell_id)
    query = query.options(joinedload(LaunchCell.channel), joinedload(LaunchCell.region))
    cell = session.scalars(query.execution_options(populate_existing=True)).one()
    if cell.removed_at is not None:
        raise Conflict("This cell was taken out of the launch. Add it again on the launch’s plan.")
    return cell, launch


def owners(session: Session, wanted: Collection[tuple[str, int | None]], right: Right) -> None:
    """Refuse owners who cannot do it: left, unknown, or of a role without ``right``.

    :param wanted: field and user each; None asks nothing.
    :raises Invalid: names each field.
    """
    ids = {user_id for _, user_id in wanted if user_id is not None}
    known: dict[int, Any] = {one.id: one for one in session.scalars(select(User).where(among(User.id, ids)))}
    told: list[dict[str, object]] = []
    for name, user_id in wanted:
        if user_id is None:
            continue
        user = known.get(user_id)
        if user is None or not user.is_active or not user.may(right):
            who = user.name if user else "This person"
            told.append(
                {"field": name, "reason": f"{who} cannot carry this. Choose somebody who can sign in."}
            )
    if told:
        raise Invalid("Not saved. " + " ".join(str(one["reason"]) for one in told), told)
