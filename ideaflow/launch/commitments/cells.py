"""When a launch can sell in a cell, as commitments ask: not before its day, not before its checks pass."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date

from sqlalchemy import select

from ideaflow.db import among, db
from ideaflow.launch.commitments.forecasting import Delivery, Ground
from ideaflow.launch.forecast import SEED, Pending, Simulation
from ideaflow.launch.forecast import Ground as SlipGround
from ideaflow.launch.matrix import reading
from ideaflow.launch.matrix.reading import Facts
from ideaflow.launch.models import LaunchCell, LaunchState
from ideaflow.launch.readiness import readiness
from ideaflow.wording import plural


def of_cells(cell_ids: Sequence[int], day: date) -> dict[int, Delivery]:
    """Return when cells can sell; as many statements for each launch as its own page asks."""
    by_launch: dict[int, list[LaunchCell]] = defaultdict(list)
    for cell in db.session.scalars(select(LaunchCell).where(among(LaunchCell.id, cell_ids))):
        by_launch[cell.launch_id].append(cell)
    found = {}
    for launch_id, cells in by_launch.items():
        facts = reading.facts(reading.find(launch_id))
        pending = [
            Pending(one.id, one.function, one.forecast_on or one.due_on) for one in facts.checks.values()
        ]
        simulation = Simulation(pending, facts.slips, day)
        found.update({cell.id: _of_cell(cell, facts, simulation, day) for cell in cells})
    return found


def _of_cell(cell: LaunchCell, facts: Facts, simulation: Simulation, day: date) -> Delivery:
    launch = facts.launch
    if cell.removed_at is not None or launch.state == LaunchState.CANCELLED:
        return Delivery(None, None, Ground.NONE, f"{launch.name} is not sold there any more.")
    if cell.released_at is not None and cell.is_ready:
        when = cell.released_at.date()
        return Delivery(when, when, Ground.DONE, f"{launch.name} is sold there.")
    needed = readiness(facts.standings.get(cell.id, ()), launch.tier).needed
    likely = simulation.forecast([one.check_id for one in needed])
    first = max(launch.launch_on, day)
    days = [max(one, first) if one is not None else None for one in (likely.p50, likely.p85)]
    open_checks = f"{plural(len(needed), 'check')} of {launch.name} open" if needed else "Every check passes"
    if likely.ground is SlipGround.PLAN and needed:
        words = f"{open_checks}: as planned, too few past slips to resample."
        return Delivery(days[0], days[1], Ground.PLAN, words, 0, SEED)
    words = f"{open_checks}; launched on {launch.launch_on:%-d %B %Y} at the earliest."
    return Delivery(days[0], days[1], Ground.SLIPS, words, facts.slips.count, SEED)
