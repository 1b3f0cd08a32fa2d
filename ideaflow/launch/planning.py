"""Plan a launch: open it from proposals, with its cells and the checks of its tier."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload

from ideaflow import audit
from ideaflow.audit import Actor
from ideaflow.clock import now, today
from ideaflow.db import among
from ideaflow.errors import Conflict, Invalid
from ideaflow.gates.models import Journey
from ideaflow.gates.policy import State
from ideaflow.launch import plans, templates, tiers
from ideaflow.launch.changing import owners
from ideaflow.launch.items import Item
from ideaflow.launch.measuring import measure
from ideaflow.launch.models import (
    CheckStanding,
    Launch,
    LaunchCell,
    LaunchTier,
    Offering,
    OfferingProposal,
    ReadinessCheck,
)
from ideaflow.launch.plans import CellWish, LaunchPlan
from ideaflow.market import converting
from ideaflow.market.models import Channel, Region
from ideaflow.saving import refuse
from ideaflow.users.policy import Right

PASSED = (State.LAUNCHED.value, State.POST_LAUNCH.value, State.CLOSED.value)
"""States of a proposal that passed its last gate."""


def open_launch(session: Session, plan: LaunchPlan, *, by: Actor) -> Launch:
    """Open a launch, inside the caller's transaction: offering, tier, cells, checks, all measured once."""
    refuse(plans.problems(plan, today()), "The launch was not planned.")
    if plan.launch_on is None or plan.owner_id is None:
        raise AssertionError("refused above")
    owners(session, [("owner_id", plan.owner_id)], Right.LAUNCH)
    carried = [(f"carrier-{name}", user_id) for name, user_id in plan.carriers.items()]
    owners(session, [*((cell.field, cell.owner_id) for cell in plan.cells), *carried], Right.PREPARE)
    proposals_passed(session, plan.proposal_ids)
    convertible(plan.cells, plan.currency)
    offering = _offering(session, plan, by)
    tie(session, offering, plan.proposal_ids, by=by)
    template, tier = templates.newest(), tiers.tier_of(plan.points)
    launch = Launch(
        offering_id=offering.id, proposal_id=plan.proposal_ids[0], template_id=template.id,
        name=offering.name, launch_on=plan.launch_on, tier=tier, owner_id=plan.owner_id,
        currency=plan.currency, created_by_id=by.id, created_at=now(),
    )  # fmt: skip
    session.add(launch)
    session.flush()
    rated(session, launch, plan.points, tier, "", by=by)
    add_cells(session, launch, plan.cells)
    add_checks(session, launch, offering, templates.items_of(template), plan.carriers)
    after = {
        "day": plan.launch_on, "tier": tier, "cells": len(plan.cells), "template": template.number,
        "proposals": [f"P-{one}" for one in plan.proposal_ids],
    }  # fmt: skip
    audit.record(by, "launch.open", launch, after=after)
    measure(session, [launch.id])
    return launch


def proposals_passed(session: Session, proposal_ids: Sequence[int]) -> None:
    """Refuse proposals that did not pass their last gate.

    :raises Invalid: names each of them.
    """
    query = select(Journey.proposal_id).where(among(Journey.proposal_id, proposal_ids))
    passed = set(session.scalars(query.where(Journey.state.in_(PASSED))))
    told: list[dict[str, object]] = [
        {"field": "proposal_ids", "reason": f"P-{one} has not passed its last gate. Decide it there first."}
        for one in proposal_ids
        if one not in passed
    ]
    refuse(told, "The launch was not planned.")


def convertible(cells: Sequence[CellWish], currency: str) -> None:
    """Refuse targets in a currency that the dated table has no rate for: they would be in no sum.

    :raises Invalid: names each cell.
    """
    rates = converting.rates_on(today())
    told: list[dict[str, object]] = []
    for cell in cells:
        found = rates.convert(cell.amount or Decimal(0), cell.currency, currency)
        if isinstance(found, converting.Unconverted):
            way = f"Add a rate under Market, or give the target in {currency}."
            reason = f"{cell.name or 'This cell'}: there is no rate from {cell.currency} to {currency}. {way}"
            told.append({"field": cell.field, "reason": reason})
    refuse(told, "Not saved.")


def tie(session: Session, offering: Offering, proposal_ids: Iterable[int], *, by: Actor) -> None:
    """Say which proposals feed an offering; those that do already stay as they are."""
    query = select(OfferingProposal.proposal_id).where(OfferingProposal.offering_id == offering.id)
    known = set(session.scalars(query))
    for proposal_id in dict.fromkeys(proposal_ids):
        if proposal_id not in known:
            session.add(
                OfferingProposal(
                    offering_id=offering.id, proposal_id=proposal_id, tied_by_id=by.id, tied_at=now()
                )
            )
    session.flush()


def rated(
    session: Session, launch: Launch, points: Mapping[str, int], tier: int, reason: str, *, by: Actor
) -> None:
    """Add to the history of a launch's tier."""
    session.add(
        LaunchTier(
            launch_id=launch.id, points=dict(points), tier=tier, reason=reason, rated_by_id=by.id,
            rated_at=now(),
        )
    )  # fmt: skip
    session.flush()


def add_cells(session: Session, launch: Launch, wishes: Sequence[CellWish]) -> list[LaunchCell]:
    """Add cells to a launch; one that was taken out comes back.

    :raises Invalid: a channel or region is not used any more.
    """
    _places_known(session, wishes)
    query = select(LaunchCell).where(LaunchCell.launch_id == launch.id)
    known = {(one.channel_id, one.region_id): one for one in session.scalars(query)}
    added = []
    for wish in wishes:
        cell = known.get((wish.channel_id, wish.region_id))
        if cell is None:
            cell = LaunchCell(launch_id=launch.id, channel_id=wish.channel_id, region_id=wish.region_id)
            session.add(cell)
        elif cell.removed_at is None:
            raise Conflict(f"{wish.name or 'This cell'} is in the launch already.")
        cell.owner_id, cell.target_amount, cell.currency = (
            wish.owner_id,
            wish.amount or Decimal(0),
            wish.currency,
        )
        cell.removed_at = None
        added.append(cell)
    session.flush()
    return added


def add_checks(
    session: Session, launch: Launch, offering: Offering, items: Sequence[Item], carriers: Mapping[str, int]
) -> list[ReadinessCheck]:
    """Add the checks that a launch of this tier and offering is asked and does not have yet."""
    query = select(ReadinessCheck.key).where(ReadinessCheck.launch_id == launch.id)
    known = set(session.scalars(query.where(ReadinessCheck.removed_at.is_(None))))
    added = [
        ReadinessCheck(
            launch_id=launch.id, key=item.key, title=item.title, function=item.function, rule=item.rule,
            weight=item.weight, is_blocking=item.is_blocking, channels=item.channels,
            owner_id=carriers.get(item.function), due_on=launch.launch_on - timedelta(item.due_days_before),
        )
        for item in asked(items, launch.tier, offering)
        if item.key not in known
    ]  # fmt: skip
    session.add_all(added)
    session.flush()
    spread(session, launch)
    return added


def asked(items: Sequence[Item], tier: int, offering: Offering) -> list[Item]:
    """Return the items asked of a launch of this tier; what has no price is not asked for one."""
    return [
        item
        for item in items
        if tier in item.tiers and (offering.product_code is not None or not item.needs_price)
    ]


def spread(session: Session, launch: Launch, moment: datetime | None = None) -> None:
    """Let each check stand in each cell it applies to; where it stands already nothing changes."""
    session.flush()
    moment = moment or now()
    checks = session.scalars(
        select(ReadinessCheck).where(
            ReadinessCheck.launch_id == launch.id, ReadinessCheck.removed_at.is_(None)
        )
    ).all()
    cells = session.scalars(
        select(LaunchCell)
        .where(LaunchCell.launch_id == launch.id, LaunchCell.removed_at.is_(None))
        .options(joinedload(LaunchCell.channel))
    ).all()
    there = select(CheckStanding.check_id, CheckStanding.cell_id).join(CheckStanding.check)
    known = {(row[0], row[1]) for row in session.execute(there.where(ReadinessCheck.launch_id == launch.id))}
    session.add_all(
        CheckStanding(
            check_id=check.id, cell_id=cell.id, words="no evidence yet", since_at=moment, measured_at=moment
        )
        for check in checks
        for cell in cells
        if (check.id, cell.id) not in known and applies(check.channels, cell.channel)
    )
    session.flush()


def applies(channels: str, channel: Channel) -> bool:
    """Return whether a check applies in cells of this channel."""
    return channels == "all" or channels == ("partner" if channel.is_partner else "own")


def _offering(session: Session, plan: LaunchPlan, by: Actor) -> Offering:
    if plan.offering_id is not None:
        found = session.get(Offering, plan.offering_id)
        if found is None:
            reason = "There is no such offering any more. Choose another, or name a new one."
            raise Invalid(reason, [{"field": "offering_id", "reason": reason}])
        return found
    code = plan.product_code or None
    taken = select(Offering).where(or_(Offering.name == plan.offering_name, Offering.product_code == code))
    twin = session.scalar(taken)
    if twin is not None:
        field = "offering_name" if twin.name == plan.offering_name else "product_code"
        reason = f"The offering “{twin.name}” has it already. Choose that one, or another name and code."
        raise Invalid(reason, [{"field": field, "reason": reason}])
    offering = Offering(name=plan.offering_name, kind=plan.kind, product_code=code, created_at=now())
    session.add(offering)
    audit.record(by, "launch.add_offering", offering, after={"kind": plan.kind, "code": code})
    return offering


def _places_known(session: Session, wishes: Sequence[CellWish]) -> None:
    channels = {one.channel_id for one in wishes}
    regions = {one.region_id for one in wishes}
    known_channels = select(Channel.id).where(among(Channel.id, channels), Channel.retired_at.is_(None))
    known_regions = select(Region.id).where(among(Region.id, regions), Region.retired_at.is_(None))
    good_channels, good_regions = set(session.scalars(known_channels)), set(session.scalars(known_regions))
    told: list[dict[str, object]] = [
        {
            "field": one.field,
            "reason": f"{one.name or 'This cell'} is not sold through any more. Leave it out.",
        }
        for one in wishes
        if one.channel_id not in good_channels or one.region_id not in good_regions
    ]
    refuse(told, "The launch was not planned.")
