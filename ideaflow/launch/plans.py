"""What a person wishes of a launch: offering, day, points, cells; and what is wrong with it. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from ideaflow.launch import tiers

KINDS = {
    "product": "a product", "service": "a service", "bundle": "a bundle", "edition": "an edition",
    "process": "a process",
}  # fmt: skip
"""What an offering may be; a process has no price."""
LONGEST_NAME = 120


@dataclass(frozen=True)
class CellWish:
    """One channel in one region, who drives it, and what it is to bring in its first year."""

    channel_id: int
    region_id: int
    owner_id: int | None
    amount: Decimal | None
    currency: str
    name: str = ""  # “Partners, DACH”, to name it in a problem.

    @property
    def field(self) -> str:
        return f"cell-{self.channel_id}-{self.region_id}"


@dataclass(frozen=True)
class LaunchPlan:
    """A launch as somebody plans it.

    :param offering_id: one that is there; None: a new one of this name, kind and product code.
    :param proposal_ids: what it comes from, the leading one first.
    :param carriers: who carries the checks of a function.
    """

    offering_id: int | None
    offering_name: str
    kind: str
    product_code: str
    launch_on: date | None
    owner_id: int | None
    currency: str
    proposal_ids: Sequence[int]
    points: Mapping[str, int]
    cells: Sequence[CellWish]
    carriers: Mapping[str, int] = field(default_factory=dict)


def day_problem(day: date | None, today: date) -> str:
    """Return what is wrong with a launch day, empty when nothing is."""
    if day is None:
        return "Choose the day of the launch."
    if day < today:
        return f"{day:%-d %B %Y} is past. Choose today or a later day."
    return ""


def problems(plan: LaunchPlan, today: date) -> list[dict[str, object]]:
    """Return everything that is wrong with a plan, each by the field it stands in."""
    told: list[dict[str, object]] = []

    def say(name: str, reason: str) -> None:
        told.append({"field": name, "reason": reason})

    if not plan.proposal_ids:
        say("proposal_ids", "Choose the proposal it comes from.")
    if plan.offering_id is None:
        if not 0 < len(plan.offering_name) <= LONGEST_NAME:
            say("offering_name", f"Name what is sold, in at most {LONGEST_NAME} characters.")
        if plan.kind not in KINDS:
            say("kind", "Choose what kind of thing is sold.")
        if plan.kind == "process" and plan.product_code:
            say("product_code", "A process has no price entry; leave the product code empty.")
    if why := day_problem(plan.launch_on, today):
        say("launch_on", why)
    if plan.owner_id is None:
        say("owner_id", "Choose who drives the launch.")
    told += tiers.problems(plan.points)
    if not plan.cells:
        say("cells", "Choose at least one cell: a channel in a region.")
    for cell in plan.cells:
        told += cell_problems(cell)
    return told


def cell_problems(cell: CellWish) -> list[dict[str, object]]:
    """Return what is wrong with one cell, by field."""
    name = cell.name or "This cell"
    told = []
    if cell.owner_id is None:
        told.append(f"{name} has no owner. Choose who drives it there.")
    if cell.amount is None or cell.amount < 0:
        told.append(f"{name} has no target. Say what it is to bring in its first 12 months, 0 if nothing.")
    elif cell.amount >= 10**13:
        told.append(f"The target of {name} is larger than can be kept.")
    if len(cell.currency) != 3:
        told.append(f"{name} has no currency. Choose the one its target is in.")
    return [{"field": cell.field, "reason": reason} for reason in told]
