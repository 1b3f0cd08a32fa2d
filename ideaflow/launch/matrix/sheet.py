"""The page of a launch as values: each cell with its state and day, what blocks, and the sums."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from ideaflow.launch.forecast import Forecast, Pending, Simulation
from ideaflow.launch.matrix.reading import Facts
from ideaflow.launch.models import LaunchCell, ReadinessCheck
from ideaflow.launch.readiness import (
    CellCheck,
    CellState,
    Headline,
    Part,
    Readiness,
    headline,
    readiness,
    state_of,
)
from ideaflow.market.exchange import Converted, Rates


@dataclass(frozen=True)
class CellView:
    """One cell: whether it can sell, from when, and what it is worth in the launch's currency.

    :param amount: None: there is no rate; ``conversion``: by which rate, or what is missing; "" for none.
    """

    cell: LaunchCell
    readiness: Readiness
    forecast: Forecast
    state: CellState
    amount: Decimal | None
    conversion: str
    checks: tuple[CellCheck, ...]

    @property
    def id(self) -> int:
        return self.cell.id

    @property
    def is_released(self) -> bool:
        return self.cell.released_at is not None

    @property
    def needed_ids(self) -> tuple[int, ...]:
        return tuple(one.check_id for one in self.readiness.needed)


@dataclass(frozen=True)
class Blocker:
    """One check that holds cells: which, how much revenue, and where it stands in the largest of them."""

    check: ReadinessCheck
    cells: tuple[CellView, ...]
    amount: Decimal
    worst: CellCheck
    earliest_on: date | None
    is_blocking: bool
    waits_for_second: bool  # Evidence lies there that nobody has confirmed.


@dataclass(frozen=True)
class Sheet:
    """Everything of the matrix; rows are channels, columns regions, as (id, name)."""

    facts: Facts
    today: date
    headline: Headline
    channels: list[tuple[int, str]]
    regions: list[tuple[int, str]]
    cells: dict[tuple[int, int], CellView]
    blockers: list[Blocker]
    simulation: Simulation
    conversions: list[str]

    @property
    def views(self) -> list[CellView]:
        return list(self.cells.values())

    @property
    def held(self) -> list[CellView]:
        return [one for one in self.views if one.state is not CellState.CAN_SELL]

    @property
    def held_amount(self) -> Decimal:
        return sum((one.amount or Decimal(0) for one in self.held), Decimal(0))

    def row_amount(self, channel_id: int) -> Decimal:
        """Return the target revenue of a channel, of what could be converted."""
        return _sum(view for (channel, _), view in self.cells.items() if channel == channel_id)

    def column_amount(self, region_id: int) -> Decimal:
        """Return the target revenue of a region, of what could be converted."""
        return _sum(view for (_, region), view in self.cells.items() if region == region_id)


def sheet_of(facts: Facts, rates: Rates, today: date) -> Sheet:
    """Return the page of a launch from what was read for it."""
    pending = [Pending(one.id, one.function, one.forecast_on or one.due_on) for one in facts.checks.values()]
    simulation = Simulation(pending, facts.slips, today)
    views = [_view(cell, facts, rates, simulation) for cell in facts.cells]
    parts = [_part(one) for one in views]
    return Sheet(
        facts=facts,
        today=today,
        headline=headline(parts),
        channels=_names((one.channel_id, one.channel.name) for one in facts.cells),
        regions=_names(
            (one.region_id, one.region.name) for one in sorted(facts.cells, key=_region_order)
        ),
        cells={(one.cell.channel_id, one.cell.region_id): one for one in views},
        blockers=_blockers(views, facts, simulation),
        simulation=simulation,
        conversions=list(dict.fromkeys(one.conversion for one in views if one.conversion)),
    )  # fmt: skip


def order(blockers: Sequence[Blocker], by: str) -> list[Blocker]:
    """Return blockers by ``revenue`` held, by ``owner`` (nobody first) or by ``day``, the last one first."""
    if by == "owner":
        return sorted(
            blockers, key=lambda one: (one.check.owner.name if one.check.owner else "", -one.amount)
        )
    if by == "day":
        return sorted(blockers, key=lambda one: (one.earliest_on or date.max, -one.amount), reverse=True)
    return sorted(blockers, key=lambda one: (not one.is_blocking, -one.amount, one.check.title))


def _view(cell: LaunchCell, facts: Facts, rates: Rates, simulation: Simulation) -> CellView:
    checks = tuple(facts.standings.get(cell.id, ()))
    found = readiness(checks, facts.launch.tier)
    forecast = simulation.forecast([one.check_id for one in found.needed])
    earliest = None if found.share is None else forecast.p50
    money = rates.convert(cell.target_amount, cell.currency, facts.launch.currency)
    return CellView(
        cell, found, forecast, state_of(found.is_ready, earliest, facts.launch.launch_on),
        money.amount if isinstance(money, Converted) else None, money.words, checks,
    )  # fmt: skip


def _part(view: CellView) -> Part:
    return Part(view.state, None if view.amount is None else float(view.amount), view.readiness.share)


def _blockers(views: Sequence[CellView], facts: Facts, simulation: Simulation) -> list[Blocker]:
    held: dict[int, list[tuple[CellView, CellCheck]]] = {}
    for view in views:
        for one in view.readiness.needed:
            held.setdefault(one.check_id, []).append((view, one))
    found = []
    for check_id, places in held.items():
        largest = max(places, key=lambda place: (place[0].amount or 0, -place[0].id))
        cells = tuple(view for view, _ in places)
        earliest = simulation.forecast([check_id]).p50
        check = facts.checks[check_id]
        found.append(
            Blocker(
                check, cells, _sum(cells), largest[1], earliest, check.is_blocking, check_id in facts.waiting
            )
        )
    return order(found, "revenue")


def _sum(views: Iterable[CellView]) -> Decimal:
    return sum((one.amount or Decimal(0) for one in views), Decimal(0))


def _names(pairs: Iterable[tuple[int, str]]) -> list[tuple[int, str]]:
    return list(dict.fromkeys(pairs))


def _region_order(cell: LaunchCell) -> tuple[int, str]:
    return cell.region.position, cell.region.name
