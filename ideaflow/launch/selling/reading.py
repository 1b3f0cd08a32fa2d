"""What is read for a seller's card: where the account buys, the cells of launches there, what holds them."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Date, Select, bindparam, select
from sqlalchemy.orm import contains_eager, joinedload

from ideaflow.clock import now, today
from ideaflow.db import among, db
from ideaflow.errors import must_exist
from ideaflow.launch.forecast import LATE, Pending, Simulation, Slips, day_at
from ideaflow.launch.matrix.reading import past_slips
from ideaflow.launch.models import (
    LIVE,
    CheckStanding,
    Launch,
    LaunchCell,
    OfferingProposal,
    ReadinessCheck,
)
from ideaflow.launch.queries import can_sell
from ideaflow.launch.readiness import CellCheck, readiness
from ideaflow.launch.selling.answering import Blocker, Cell
from ideaflow.launch.standings import told

MOST_LAUNCHES = 12
"""So many launches a call is prepared for at most, the newest first."""


def launches() -> Sequence[Launch]:
    """Return what a seller may be asked about, the newest first: all but what was cancelled or closed."""
    return db.session.scalars(_to_sell()).all()


@cache
def _to_sell() -> Select[Any]:
    return (
        _launches(Launch.state.in_(LIVE))
        .order_by(Launch.launch_on.desc(), Launch.id.desc())
        .limit(MOST_LAUNCHES)
    )


def launch(launch_id: int) -> Launch:
    """Return one launch with its offering and proposal.

    :raises NotFound: there is none with this number.
    """
    found: Launch | None = db.session.scalar(_launches(Launch.id == launch_id))
    return must_exist(found)


def neighbours(launch: Launch, known: Sequence[Launch]) -> tuple[Launch | None, Launch | None]:
    """Return the launches before and after one, by their day, among ``known``, the newest first."""
    at = next((place for place, one in enumerate(known) if one.id == launch.id), None)
    if at is None:
        return None, None
    return (known[at + 1] if at + 1 < len(known) else None), (known[at - 1] if at else None)


def _launches(condition: ColumnElement[bool]) -> Select[Any]:
    return (
        select(Launch)
        .where(condition)
        .options(joinedload(Launch.offering), joinedload(Launch.proposal), joinedload(Launch.owner))
    )


def proposals_of(launches: Collection[Launch]) -> dict[int, list[int]]:
    """Return the proposals that feed what each launch brings, its own first."""
    offerings = {"offering_ids": sorted({one.offering_id for one in launches})}
    rows = db.session.execute(_feeding(), offerings).all()
    return {
        one.id: list(dict.fromkeys([one.proposal_id, *(row[1] for row in rows if row[0] == one.offering_id)]))
        for one in launches
    }


@cache
def _feeding() -> Select[int, int]:
    return (
        select(OfferingProposal.offering_id, OfferingProposal.proposal_id)
        .where(among(OfferingProposal.offering_id, "offering_ids"))
        .order_by(OfferingProposal.id)
    )


def cells_of(launch_ids: Collection[int], region_ids: Collection[int]) -> dict[int, list[Cell]]:
    """Return the cells of each launch in these regions with what holds each, in two questions."""
    asked = {"launch_ids": sorted(launch_ids), "region_ids": sorted(region_ids), "today": today()}
    ready = {cell: bool(is_ready) for cell, is_ready in db.session.execute(_cells(), asked)}
    standings = _standings([row.id for row, is_ready in ready.items() if not is_ready])
    needed = {
        row.id: () if is_ready else readiness(map(_plain, standings.get(row.id, [])), row.launch.tier).needed
        for row, is_ready in ready.items()
    }
    pending = [
        Pending(one.check_id, one.function, one.planned_on) for checks in needed.values() for one in checks
    ]
    # Drawn as on the page of the launch, so that both say the same day.
    simulation = Simulation(pending, past_slips() if pending else Slips(()), today())
    found: dict[int, list[Cell]] = defaultdict(list)
    for row, is_ready in ready.items():
        cell = _cell(row, is_ready, needed[row.id], standings.get(row.id, []), simulation)
        found[row.launch_id].append(cell)
    return found


@cache
def _cells() -> Select[LaunchCell, bool]:
    """Select the cells of ``:launch_ids`` in ``:region_ids``; written once, as cards ask often."""
    return (
        select(LaunchCell, can_sell(bindparam("today", type_=Date)))
        .where(among(LaunchCell.launch_id, "launch_ids"), among(LaunchCell.region_id, "region_ids"))
        .where(LaunchCell.removed_at.is_(None))
        .options(joinedload(LaunchCell.channel), joinedload(LaunchCell.region), joinedload(LaunchCell.launch))
        .order_by(LaunchCell.id)
    )


def _cell(
    row: LaunchCell, is_ready: bool, needed: Sequence[CellCheck], standings: Sequence[CheckStanding],
    simulation: Simulation,
) -> Cell:  # fmt: skip
    import numpy as np

    held = next((one for one in standings if needed and one.check_id == needed[0].check_id), None)
    days = None
    if is_ready or needed:
        opens = 0 if row.released_at else max((row.launch.launch_on - simulation.today).days, 0)
        days = np.maximum(simulation.days([one.check_id for one in needed]), opens)
    return Cell(
        row.region_id, row.region.name, row.channel_id, row.channel.name, row.channel.is_partner,
        is_ready, row.ready_since_at, row.released_at is not None, row.launch.launch_on,
        earliest_on=day_at(days, LATE, simulation.today) if days is not None and needed else None,
        blocker=_blocker(held) if held else None, sale_days=days,
    )  # fmt: skip


def _plain(one: CheckStanding) -> CellCheck:
    check, holds = one.check, one.expires_on is None or one.expires_on >= today()
    return CellCheck(
        check.id, check.title, one.share if holds else 0.0, one.is_passed and holds, check.is_blocking,
        check.weight, check.function, check.due_on, check.forecast_on, one.words, one.since_at,
        one.first_passed_at is not None,
    )  # fmt: skip


def _blocker(standing: CheckStanding) -> Blocker:
    owner = standing.check.owner
    return Blocker(
        standing.check.title, told(standing, now()), standing.since_at, owner.name if owner else ""
    )


def _standings(cell_ids: Collection[int]) -> dict[int, list[CheckStanding]]:
    found: dict[int, list[CheckStanding]] = defaultdict(list)
    asked = {"cell_ids": sorted(cell_ids)}
    for standing in db.session.scalars(_checks(), asked) if cell_ids else ():
        found[standing.cell_id].append(standing)
    return found


@cache
def _checks() -> Select[Any]:
    return (
        select(CheckStanding)
        .join(CheckStanding.check)
        .where(among(CheckStanding.cell_id, "cell_ids"), ReadinessCheck.removed_at.is_(None))
        .options(contains_eager(CheckStanding.check).joinedload(ReadinessCheck.owner))
    )
