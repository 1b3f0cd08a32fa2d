"""The race of a launch: its cells in groups that share their day, each against all competitors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from ideaflow.launch.forecast import LATE, MIDDLE, day_at, needed_by
from ideaflow.launch.matrix.sheet import CellView, Sheet
from ideaflow.launch.moves import Exposed, Rival
from ideaflow.launch.race import Lead, lead, their_days
from ideaflow.launch.readiness import CellState
from ideaflow.market.exchange import Rates, Total

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Days = npt.NDArray[np.int32]


@dataclass(frozen=True)
class Group:
    """Cells that sell from the same day in every draw, with their lead."""

    name: str
    cells: tuple[CellView, ...]
    amount: Decimal
    p50: date | None
    p85: date | None
    lead: Lead

    @property
    def is_ready(self) -> bool:
        return all(one.state is CellState.CAN_SELL for one in self.cells)


@dataclass(frozen=True)
class Race:
    """A launch against its competitors.

    :param regions: each region from the first of its cells that sells.
    :param exposed: what open opportunities name each competitor, in the launch's currency.
    """

    rivals: list[Rival]
    groups: list[Group]
    regions: list[Group]
    exposed: dict[str, tuple[int, Total]]
    slip_count: int
    seed: int


def race_of(sheet: Sheet, rivals: Sequence[Rival], named: Mapping[str, Exposed], rates: Rates) -> Race | None:
    """Return the race of a launch; None: no competitor is known, or there is no cell."""
    if not rivals or not sheet.cells:
        return None
    simulation = sheet.simulation
    theirs = their_days([one.claim for one in rivals], sheet.today, simulation.seed)
    views = {one.id: one for one in sheet.views}
    days: dict[int, Days] = {}
    groups: list[Group] = []
    for needed, cell_ids in needed_by({one.id: one.needed_ids for one in sheet.views}).items():
        draws = _sale_days(sheet, needed)
        days |= dict.fromkeys(cell_ids, draws)
        groups.append(_group(sheet, "", [views[one] for one in cell_ids], draws, theirs))
    groups.sort(key=lambda one: (not one.is_ready, one.p50 or date.max, -one.amount))
    return Race(
        rivals=list(rivals),
        groups=groups,
        regions=_regions(sheet, days, theirs),
        exposed={
            one.move.competitor: (found.count, rates.total(found.sums, sheet.facts.launch.currency))
            for one in rivals
            if (found := named.get(one.move.competitor, Exposed())).count
        },
        slip_count=simulation.slips.count,
        seed=simulation.seed,
    )


def _sale_days(sheet: Sheet, needed: Sequence[int]) -> Days:
    """Return from which day cells that need these checks sell: when they are ready, not before launch."""
    import numpy as np

    opens = max((sheet.facts.launch.launch_on - sheet.today).days, 0)
    found: Days = np.maximum(sheet.simulation.days(needed), opens)
    return found


def _regions(sheet: Sheet, days: Mapping[int, Days], theirs: Days) -> list[Group]:
    import numpy as np

    found = []
    for region_id, name in sheet.regions:
        views = [view for (_, region), view in sheet.cells.items() if region == region_id]
        first: Days = np.minimum.reduce([days[one.id] for one in views])
        found.append(_group(sheet, name, views, first, theirs))
    return found


def _group(sheet: Sheet, name: str, views: Sequence[CellView], draws: Days, theirs: Days) -> Group:
    amount = sum((one.amount or Decimal(0) for one in views), Decimal(0))
    return Group(
        name or _name(views), tuple(views), amount, day_at(draws, MIDDLE, sheet.today),
        day_at(draws, LATE, sheet.today), lead(draws, theirs),
    )  # fmt: skip


def _name(views: Sequence[CellView]) -> str:
    """Name a group: its one cell, its one channel or region, or how many cells wait for what.

    Ready cells are said to be ready: their place does not matter.
    """
    count = len(views)
    if all(one.state is CellState.CAN_SELL for one in views):
        return f"{count} ready cell{'s' if count > 1 else ''}"
    channels = {one.cell.channel.name for one in views}
    regions = {one.cell.region.name for one in views}
    if count == 1:
        return f"{channels.pop()}, {regions.pop()}"
    if len(channels) == 1 or len(regions) == 1:
        return channels.pop() if len(channels) == 1 else regions.pop()
    held = views[0].readiness.held_by
    return f"{count} cells, {held.title}" if held else f"{count} cells"


def span_of(race: Race, sheet: Sheet) -> tuple[date, date]:
    """Return the first and last day that the picture of the race shows, with room at both ends."""
    days = [sheet.today, sheet.facts.launch.launch_on]
    days += [day for one in race.groups for day in (one.p50, one.p85) if day]
    days += [day for one in race.rivals for day in (one.claim.begins_on, one.claim.until_on)]
    room = max(7, (max(days) - min(days)).days // 12)
    return min(days) - timedelta(days=room // 2), max(days) + timedelta(days=room)
