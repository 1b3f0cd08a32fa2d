"""What happened to a launch: what people did, and each check that turned, on one line of time."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import String, and_, cast, func, literal, literal_column, or_, select, union_all
from sqlalchemy.dialects.postgresql import JSONB, aggregate_order_by

from ideaflow.audit import AuditEvent
from ideaflow.db import db
from ideaflow.launch.models import CheckStanding, CheckTurn, LaunchCell, ReadinessCheck
from ideaflow.market.models import Channel, Region
from ideaflow.paging import PAGE_SIZE, Page, key_of_values, values_of_key
from ideaflow.wording import plural

TOLD = {
    "open": "planned the launch",
    "release": "released {cells} for sale",
    "roll_back": "took the release of {cell} back",
    "ask": "asked {to} from which day “{check}” passes",
    "remind": "reminded {to} of “{check}”",
    "race": "lets it race {move}",
    "race_no_more": "lets it race {move} no more",
}


@dataclass(frozen=True)
class Line:
    """One thing that happened: who did it, or which check turned; ``is_passed`` None: a person did it."""

    at: datetime
    who: str
    words: str
    reason: str
    is_passed: bool | None


def page_of(launch_id: int, *, after: str | None = None, size: int = PAGE_SIZE) -> Page[Line]:
    """Return a page of what happened, the newest first.

    :raises Invalid: ``after`` is no key of this list.
    """
    events = select(
        AuditEvent.at.label("at"), (AuditEvent.id * 2).label("key"), AuditEvent.actor_name.label("who"),
        AuditEvent.action.label("said"), AuditEvent.reason.label("reason"), AuditEvent.before.label("before"),
        AuditEvent.after.label("after"), literal(None).label("is_passed"),
    ).where(AuditEvent.subject_type == "launches", AuditEvent.subject_id == launch_id)  # fmt: skip
    nothing = cast(literal(None), JSONB)
    place = func.concat(Channel.name, ", ", Region.name)
    # What was measured at once turned at once: a check is told once, with all its cells.
    turns = (
        select(
            CheckTurn.turned_at, (func.max(CheckTurn.id) * 2 + 1),
            func.string_agg(place, aggregate_order_by(literal_column("'; '"), LaunchCell.id)),
            cast(ReadinessCheck.title, String), CheckTurn.words, nothing, nothing, CheckTurn.is_passed,
        )
        .join(CheckStanding, CheckStanding.id == CheckTurn.standing_id)
        .join(ReadinessCheck, ReadinessCheck.id == CheckStanding.check_id)
        .join(LaunchCell, LaunchCell.id == CheckStanding.cell_id)
        .join(Channel, Channel.id == LaunchCell.channel_id)
        .join(Region, Region.id == LaunchCell.region_id)
        .where(LaunchCell.launch_id == launch_id)
        .group_by(CheckTurn.turned_at, ReadinessCheck.id, CheckTurn.words, CheckTurn.is_passed)
    )  # fmt: skip
    both = union_all(events, turns).subquery()
    query = select(both)
    if after:
        text, number = values_of_key(after, 2)
        moment = cast(literal(str(text)), both.c.at.type)
        query = query.where(or_(both.c.at < moment, and_(both.c.at == moment, both.c.key < int(number))))
    rows = db.session.execute(query.order_by(both.c.at.desc(), both.c.key.desc()).limit(size + 1)).all()
    shown = [_line(row) for row in rows[:size]]
    last = rows[size - 1] if len(rows) > size else None
    return Page(shown, key_of_values([last.at.isoformat(), last.key]) if last else None)


def _line(row: Any) -> Line:
    if row.is_passed is not None:
        turned = "turned green" if row.is_passed else "turned red"
        return Line(row.at, row.who, f"{row.said} {turned}", row.reason, row.is_passed)
    return Line(row.at, row.who, _told(row.said, row.before or {}, row.after or {}), row.reason, None)


def _told(action: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    verb = action.rpartition(".")[2]
    cells = after.get("cells")
    values = {
        "cells": plural(len(cells) if isinstance(cells, list) else int(cells or 0), "cell"),
        "cell": after.get("cell", "a cell"),
        "check": after.get("check", "a check"),
        "to": after.get("to", "its owner"),
        "move": after.get("move") or before.get("move", "a move"),
    }
    return TOLD.get(verb, verb.replace("_", " ")).format(**values)
