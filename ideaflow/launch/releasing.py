"""Release cells for sale, and take a release back: one verb, one transaction."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from ideaflow import audit
from ideaflow.audit import Actor
from ideaflow.clock import now, today
from ideaflow.db import transaction
from ideaflow.errors import Conflict, Invalid, NotFound
from ideaflow.launch.changing import cell_for_change, launch_for_change
from ideaflow.launch.measuring import measure
from ideaflow.launch.models import Launch, LaunchCell, LaunchState
from ideaflow.wording import day, plural

LONGEST_REASON = 300


def release_ready(launch_id: int, *, by: Actor) -> list[LaunchCell]:
    """Release every cell that can sell and is not on sale yet; the others stay as they are.

    All checks are measured anew first, so that nothing is released by what was true an hour ago.

    :raises Conflict: it is not launch day yet, or no cell can be released.
    """
    with transaction() as session:
        launch = launch_for_change(session, launch_id)
        if launch.launch_on > today():
            left = plural((launch.launch_on - today()).days, "day")
            raise Conflict(
                f"Launch day is {day(launch.launch_on, today())}, in {left}. Cells are released on the day; "
                "to launch sooner, move the day on the plan."
            )
        measure(session, [launch.id])
        cells = _to_release(session, launch)
        if not cells:
            raise Conflict(
                "No cell can be released: those that can sell are on sale, the others are blocked."
            )
        for cell in cells:
            cell.released_at, cell.released_by_id = now(), by.id
            cell.version += 1
        launch.launched_at = launch.launched_at or now()
        launch.state = LaunchState.LAUNCHED
        launch.version += 1
        audit.record(by, "launch.release", launch, after={"cells": [one.id for one in cells]})
        return cells


def roll_back(cell_id: int, version: int, reason: str, *, of: int, by: Actor) -> LaunchCell:
    """Take the release of one cell back; it is on sale no more, its checks stay as they are.

    :param of: the launch it belongs to.
    :raises Invalid: no reason is given.
    :raises Conflict: it is not on sale, or somebody changed it since.
    """
    words = " ".join(reason.split())
    if not words or len(words) > LONGEST_REASON:
        told = f"Say in 1 to {LONGEST_REASON} characters why it is taken back; its sellers will ask."
        raise Invalid(told, [{"field": "reason", "reason": told}])
    with transaction() as session:
        cell, launch = cell_for_change(session, cell_id)
        if launch.id != of:
            raise NotFound("There is no such cell in this launch.")
        if cell.version != version:
            raise Conflict(
                f"{cell.channel.name}, {cell.region.name} was changed meanwhile: it is now "
                f"{'on sale' if cell.released_at else 'not on sale'}. Look again and decide anew."
            )
        if cell.released_at is None:
            raise Conflict(f"{cell.channel.name}, {cell.region.name} is not on sale.")
        before = {"released_at": cell.released_at.isoformat()}
        cell.released_at = cell.released_by_id = None
        cell.version += 1
        session.flush()
        if not _is_anywhere_on_sale(session, launch):
            launch.state = LaunchState.PLANNED
        launch.version += 1
        name = f"{cell.channel.name}, {cell.region.name}"
        audit.record(by, "launch.roll_back", launch, before=before, after={"cell": name}, reason=words)
        return cell


def _to_release(session: Session, launch: Launch) -> list[LaunchCell]:
    query = select(LaunchCell).where(
        LaunchCell.launch_id == launch.id,
        LaunchCell.removed_at.is_(None),
        LaunchCell.is_ready,
        LaunchCell.released_at.is_(None),
    )
    return list(session.scalars(query.order_by(LaunchCell.id)))


def _is_anywhere_on_sale(session: Session, launch: Launch) -> bool:
    query = select(LaunchCell.id).where(
        LaunchCell.launch_id == launch.id,
        LaunchCell.removed_at.is_(None),
        LaunchCell.released_at.is_not(None),
    )
    return session.scalar(query.limit(1)) is not None
