"""What happened to a launch: what people did, and each check that turned, on one line of time."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    String,
    and_,
    cast,
    func,
    literal,
    literal_column,
    or_,
    select,
    union_all,
)
from sqlalchemy.dialects.postgresql import JSONB, aggregate_order_by

from ideaflow.audit import AuditEvent
from ideaflow.db import db
from ideaflow.launch.models import CheckStanding, CheckTurn, LaunchCell, ReadinessCheck
from ideaflow.market.models import Channel, Region
from ideaflow.paging import PAGE_SIZE, Page, key_of_values, read_key
from ideaflow.wording import plural

TOLD = {
    "open": "planned the launch",
    "retier": "rated it tier {tier}",
    "move_day": "moved launch day from {day_before} to {day}",
    "cancel": "cancelled it",
    "take_template": "took template {template}",
    "add_cells": "added {cells}",
    "change_cell": "changed a cell",
    "drop_cell": "took a cell out",
    "add_check": "asks for “{subject}”, too",
    "assign_check": "changed who carries “{subject}”",
    "forecast_check": "said a new day for “{subject}”",
    "add_evidence": "showed evidence for “{subject}”",
    "confirm_evidence": "confirmed the evidence for “{subject}”",
    "withdraw_evidence": "withdrew evidence for “{subject}”",
    "ask_waiver": "asked to waive “{subject}”",
    "agree_waiver": "agreed to waive “{subject}”",
    "release": "released {cells} for sale",
    "roll_back": "took the release of {cell} back",
    "ask": "asked {to} from which day “{check}” passes",
    "remind": "reminded {to} of “{check}”",
    "race": "lets it race {move}",
    "race_no_more": "lets it race {move} no more",
}


MOST_NAMED = 3


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
        AuditEvent.subject_name.label("subject"),
    ).where(_is_about(launch_id))  # fmt: skip
    nothing = cast(literal(None), JSONB)
    place = func.concat(Channel.name, ", ", Region.name)
    # What was measured at once turned at once: a check is told once, with all its cells.
    turns = (
        select(
            CheckTurn.turned_at, (func.max(CheckTurn.id) * 2 + 1),
            func.string_agg(place, aggregate_order_by(literal_column("'; '"), LaunchCell.id)),
            cast(ReadinessCheck.title, String), CheckTurn.words, nothing, nothing, CheckTurn.is_passed,
            literal(""),
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
        moment, number = read_key(after, datetime.fromisoformat, int)
        query = query.where(or_(both.c.at < moment, and_(both.c.at == moment, both.c.key < number)))
    rows = db.session.execute(query.order_by(both.c.at.desc(), both.c.key.desc()).limit(size + 1)).all()
    shown = [_line(row) for row in rows[:size]]
    last = rows[size - 1] if len(rows) > size else None
    return Page(shown, key_of_values([last.at.isoformat(), last.key]) if last else None)


def _line(row: Any) -> Line:
    if row.is_passed is not None:
        turned = "turned green" if row.is_passed else "turned red"
        return Line(row.at, _cells(row.who), f"{row.said} {turned}", row.reason, row.is_passed)
    words = _told(row.said, row.subject, row.before or {}, row.after or {})
    return Line(row.at, row.who, words, row.reason, None)


def _cells(names: str) -> str:
    """Name the cells in which a check turned: all of a few, else how many.

    >>> _cells("Direct, DACH; Partners, DACH")
    'Direct, DACH; Partners, DACH'
    >>> _cells("; ".join(f"Direct, region {number}" for number in range(12)))
    'Direct, region 0 and 11 more cells'
    """
    first, *more = names.split("; ")
    return names if len(more) < MOST_NAMED else f"{first} and {plural(len(more), 'more cell')}"


def _is_about(launch_id: int) -> ColumnElement[bool]:
    """Return the condition “this happened to the launch, to one of its checks or one of its cells”."""
    parts = (("readiness_checks", ReadinessCheck), ("launch_cells", LaunchCell))
    return or_(
        and_(AuditEvent.subject_type == "launches", AuditEvent.subject_id == launch_id),
        *(
            and_(
                AuditEvent.subject_type == name,
                AuditEvent.subject_id.in_(select(table.id).where(table.launch_id == launch_id)),
            )
            for name, table in parts
        ),
    )


def _told(action: str, subject: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    verb = action.rpartition(".")[2]
    cells = after.get("cells")
    values = {
        "cells": plural(len(cells) if isinstance(cells, list) else int(cells or 0), "cell"),
        "cell": after.get("cell", "a cell"),
        "check": after.get("check", "a check"),
        "to": after.get("to", "its owner"),
        "subject": subject,
        "tier": after.get("tier", ""),
        "template": after.get("template", ""),
        "day": after.get("launch_on", ""),
        "day_before": before.get("launch_on", ""),
        "move": after.get("move") or before.get("move", "a move"),
    }
    return TOLD.get(verb, verb.replace("_", " ")).format(**values)
