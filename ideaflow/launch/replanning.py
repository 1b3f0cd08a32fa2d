"""Change a planned launch: its day, its tier, its cells; what follows is said before it is done."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from ideaflow import audit
from ideaflow.audit import Actor
from ideaflow.clock import now, today
from ideaflow.db import db, transaction
from ideaflow.errors import Conflict, Invalid, Overtaken
from ideaflow.launch import planning, plans, templates, tiers
from ideaflow.launch.changing import cell_for_change, launch_for_change, owners
from ideaflow.launch.items import Item
from ideaflow.launch.measuring import measure
from ideaflow.launch.models import Launch, LaunchCell, LaunchState, ReadinessCheck, ReadinessTemplate
from ideaflow.launch.plans import CellWish
from ideaflow.saving import refuse, save
from ideaflow.users.policy import Right

MOST_SENTENCES, LONGEST_SENTENCE = 5, 300


@dataclass(frozen=True)
class Words:
    """What a seller says of a launch: sentences, what never to promise, and the band of prices a unit."""

    say: Sequence[str]
    never_say: Sequence[str]
    price_from: Decimal | None
    price_to: Decimal | None
    price_unit: str


@dataclass(frozen=True)
class Shift:
    """How the due day of one check moves with the launch day."""

    check: ReadinessCheck
    due_on: date

    @property
    def is_past(self) -> bool:
        return self.due_on < today()


def checks_of(session: Session, launch_id: int) -> list[ReadinessCheck]:
    """Return the checks asked of a launch, by their due day."""
    query = select(ReadinessCheck).where(
        ReadinessCheck.launch_id == launch_id, ReadinessCheck.removed_at.is_(None)
    )
    query = query.options(joinedload(ReadinessCheck.owner))
    return list(session.scalars(query.order_by(ReadinessCheck.due_on, ReadinessCheck.id)))


def shifts(launch: Launch, day: date) -> list[Shift]:
    """Return how each due day would move if the launch were on ``day``."""
    moved = day - launch.launch_on
    return [Shift(one, one.due_on + moved) for one in checks_of(db.session(), launch.id)]


def move_day(launch_id: int, day: date | None, reason: str, version: int, *, by: Actor) -> Launch:
    """Move the day of a launch; the due day of each check moves by as many days.

    :raises Invalid: the day is past, or no reason is given.
    :raises Conflict: it has been launched.
    """
    with transaction() as session:
        launch = launch_for_change(session, launch_id)
        if launch.state != LaunchState.PLANNED:
            raise Conflict(f"“{launch.name}” was launched already; its day stays.")
        problems: list[dict[str, object]] = []
        if why := plans.day_problem(day, today()):
            problems.append({"field": "launch_on", "reason": why})
        if not reason.strip():
            problems.append(
                {"field": "reason", "reason": "Say why the day moves; everybody who has a check reads it."}
            )
        refuse(problems, "The day was not moved.")
        if day is None or day == launch.launch_on:
            return launch
        moved = day - launch.launch_on
        save(launch, {"launch_on": day}, version, "launch.move_day", by=by, reason=reason.strip())
        for check in checks_of(session, launch.id):
            check.due_on += moved
            check.version += 1
        measure(session, [launch.id])
    return launch


def retier(launch_id: int, points: Mapping[str, int], reason: str, version: int, *, by: Actor) -> Launch:
    """Rate a launch anew; checks that the new tier asks for are added, none is lost.

    :raises Invalid: points are missing, or no reason is given.
    :raises Overtaken: somebody else changed the launch since.
    """
    with transaction() as session:
        launch = launch_for_change(session, launch_id)
        problems = tiers.problems(points)
        if not reason.strip():
            problems.append({"field": "reason", "reason": "Say what has changed since it was rated last."})
        refuse(problems, "The tier was not changed.")
        tier = tiers.tier_of(points)
        if launch.version != version:
            raise Overtaken(f"“{launch.name}”", launch.version, {"tier": launch.tier}, {"tier": tier})
        before, launch.tier = launch.tier, tier
        launch.version += 1
        planning.rated(session, launch, points, tier, reason.strip(), by=by)
        template = session.get_one(ReadinessTemplate, launch.template_id)
        added = planning.add_checks(
            session, launch, launch.offering, templates.items_of(template), carriers(session, launch.id)
        )
        after = {"tier": tier, "points": sum(points.values()), "added": [one.title for one in added]}
        audit.record(by, "launch.retier", launch, before={"tier": before}, after=after, reason=reason.strip())
        measure(session, [launch.id])
    return launch


def added_by_tier(launch: Launch, tier: int) -> list[Item]:
    """Return the checks that a tier asks for and the launch does not have yet."""
    template = db.session.get_one(ReadinessTemplate, launch.template_id)
    known = {one.key for one in checks_of(db.session(), launch.id)}
    wanted = planning.asked(templates.items_of(template), tier, launch.offering)
    return [item for item in wanted if item.key not in known]


def carriers(session: Session, launch_id: int) -> dict[str, int]:
    """Return who carries most checks of each function."""
    found: dict[str, list[int]] = {}
    for one in checks_of(session, launch_id):
        if one.owner_id is not None:
            found.setdefault(one.function, []).append(one.owner_id)
    return {name: max(set(ids), key=lambda one: (ids.count(one), -one)) for name, ids in found.items()}


def add_cells(launch_id: int, wishes: Sequence[CellWish], version: int, *, by: Actor) -> list[LaunchCell]:
    """Sell in more cells; each check stands in those it applies to.

    :raises Invalid: a cell has no owner or no target.
    """
    with transaction() as session:
        launch = launch_for_change(session, launch_id)
        problems = [one for wish in wishes for one in plans.cell_problems(wish)]
        refuse(problems, "The cells were not added.")
        owners(session, [(wish.field, wish.owner_id) for wish in wishes], Right.PREPARE)
        _same_version(launch, version, {"cells": [wish.name for wish in wishes]})
        planning.convertible(wishes, launch.currency)
        added = planning.add_cells(session, launch, wishes)
        planning.spread(session, launch)
        launch.version += 1
        audit.record(by, "launch.add_cells", launch, after={"cells": [wish.name for wish in wishes]})
        measure(session, [launch.id])
    return added


def change_cell(cell_id: int, wish: CellWish, version: int, *, by: Actor) -> LaunchCell:
    """Say who drives a cell and what it is to bring in.

    :raises Overtaken: it was changed by somebody else since.
    """
    with transaction() as session:
        cell, launch = cell_for_change(session, cell_id)
        refuse(plans.cell_problems(wish), "The cell was not saved.")
        owners(session, [(wish.field, wish.owner_id)], Right.PREPARE)
        planning.convertible([wish], launch.currency)
        values = {"owner_id": wish.owner_id, "target_amount": wish.amount, "currency": wish.currency}
        save(cell, values, version, "launch.change_cell", by=by)
    return cell


def drop_cell(cell_id: int, reason: str, version: int, *, by: Actor) -> LaunchCell:
    """Take a cell out of a launch; it is not asked for any more, its history stays.

    :raises Conflict: it was released for sale, or is the last one.
    """
    with transaction() as session:
        cell, launch = cell_for_change(session, cell_id)
        if not reason.strip():
            say = "Say why it is not sold there."
            raise Invalid(say, [{"field": "reason", "reason": say}])
        if cell.released_at is not None:
            raise Conflict("This cell sells already. It cannot be taken out.")
        query = select(LaunchCell.id).where(
            LaunchCell.launch_id == launch.id, LaunchCell.removed_at.is_(None)
        )
        if len(session.scalars(query).all()) == 1:
            raise Conflict("A launch has at least one cell. Add another first, or cancel the launch.")
        save(cell, {"removed_at": now()}, version, "launch.drop_cell", by=by, reason=reason.strip())
    return cell


def write_words(launch_id: int, words: Words, version: int, *, by: Actor) -> Launch:
    """Say what sellers say of a launch, what they never promise, and the band of its prices.

    :raises Invalid: a sentence is too long, there are too many, or the prices are not in order.
    """
    with transaction() as session:
        launch = launch_for_change(session, launch_id)
        refuse(_word_problems(words), "What sellers say was not saved.")
        values = {
            "say": list(words.say), "never_say": list(words.never_say), "price_from": words.price_from,
            "price_to": words.price_to, "price_unit": words.price_unit[:LONGEST_SENTENCE],
        }  # fmt: skip
        save(launch, values, version, "launch.write_words", by=by)
    return launch


def _word_problems(words: Words) -> list[dict[str, object]]:
    problems: list[dict[str, object]] = []
    for name, sentences in (("say", words.say), ("never_say", words.never_say)):
        if len(sentences) > MOST_SENTENCES or any(len(one) > LONGEST_SENTENCE for one in sentences):
            told = f"At most {MOST_SENTENCES} sentences of {LONGEST_SENTENCE} characters; nobody reads more."
            problems.append({"field": name, "reason": told})
    low, high = words.price_from, words.price_to
    if any(price is not None and not 0 <= price < 10**13 for price in (low, high)):
        problems.append({"field": "price_from", "reason": "A price is 0 or more."})
    elif low is not None and high is not None and low > high:
        problems.append({"field": "price_to", "reason": "The highest price is not below the lowest."})
    return problems


def cancel(launch_id: int, reason: str, version: int, *, by: Actor) -> Launch:
    """Give a launch up; nothing of it waits for anybody any more."""
    with transaction() as session:
        launch = launch_for_change(session, launch_id)
        if not reason.strip():
            say = "Say why it is given up."
            raise Invalid(say, [{"field": "reason", "reason": say}])
        if launch.state == LaunchState.LAUNCHED:
            raise Conflict(f"“{launch.name}” sells already and cannot be cancelled.")
        save(
            launch, {"state": LaunchState.CANCELLED.value}, version, "launch.cancel", by=by,
            reason=reason.strip(),
        )  # fmt: skip
    return launch


def _same_version(launch: Launch, version: int, yours: Mapping[str, object]) -> None:
    if launch.version != version:
        raise Overtaken(f"“{launch.name}”", launch.version, {}, yours)
