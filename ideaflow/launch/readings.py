"""What records of the market say of a launch's cells: which measure asks what, and when it is asked again."""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import select, tuple_

from ideaflow.clock import today
from ideaflow.db import db
from ideaflow.launch.measuring import Place, measure, reads
from ideaflow.launch.models import LIVE, Launch, LaunchCell
from ideaflow.launch.standings import Reading
from ideaflow.market import hooks, measures
from ideaflow.market.hooks import Cell, Change
from ideaflow.market.measured import Measured
from ideaflow.market.models import TrainingRecord
from ideaflow.market.naming import course_key

Ask = Callable[[str, Collection[Cell], date], dict[Cell, Measured]]


@reads("price_entry")
def price_entries(places: Sequence[Place]) -> Mapping[int, Reading]:
    """Read for each cell whether the offering can be quoted there on launch day."""
    return _asked(places, lambda place: place.product_code or "", measures.price_entry_active)


@reads("sellers_trained")
def sellers(places: Sequence[Place]) -> Mapping[int, Reading]:
    """Read how many sellers of each cell passed the course, so that it counts on launch day."""
    return _asked(places, lambda place: place.course, measures.sellers_trained)


@reads("partners_certified")
def partners(places: Sequence[Place]) -> Mapping[int, Reading]:
    """Read how many active partners of each cell are certified on launch day."""
    return _asked(places, lambda place: place.course, measures.partners_certified)


@reads("agents_trained")
def agents(places: Sequence[Place]) -> Mapping[int, Reading]:
    """Read how many people passed the course for support; who is trained for no region answers everywhere."""
    found = {}
    for (course, day), cells in _by(places, lambda place: (place.course, _day(place))).items():
        record = TrainingRecord
        rows = db.session.execute(
            select(record.email, record.region_ids, record.passed_on, record.expires_on).where(
                record.course_key == course_key(course), record.withdrawn_at.is_(None)
            )
        ).all()
        regions = {place.region_id for place in cells}
        read = {region_id: _agents(rows, region_id, course, day) for region_id in regions}
        found.update({place.cell_id: read[place.region_id] for place in cells})
    return found


def _agents(rows: Sequence[Any], region_id: int, course: str, day: date) -> Reading:
    """Read one region: whose record names other regions only is not counted there."""
    here = [row for row in rows if not row.region_ids or region_id in row.region_ids]
    known = {row.email for row in here}
    holding = [row for row in here if row.passed_on and row.passed_on <= day <= (row.expires_on or day)]
    trained = {row.email for row in holding}
    words = f"{len(trained)} of {len(known)} agents trained on “{course}”"
    if elsewhere := len({row.email for row in rows} - known):
        words += f"; {elsewhere} for other regions"
    until = min((row.expires_on for row in holding if row.expires_on), default=None)
    return Reading(float(len(trained)), words, {"counted": len(trained), "of": len(known)}, until)


def _asked(places: Sequence[Place], name_of: Callable[[Place], str], ask: Ask) -> dict[int, Reading]:
    """Ask one question for all cells of the same product or course and day."""
    found: dict[int, Reading] = {}
    for (name, day), cells in _by(places, lambda place: (name_of(place), _day(place))).items():
        told = ask(name, {(place.channel_id, place.region_id) for place in cells}, day) if name else {}
        for place in cells:
            one = told.get((place.channel_id, place.region_id))
            found[place.cell_id] = _reading(one) if one else Reading(0.0, "no product code yet")
    return found


def _reading(one: Measured) -> Reading:
    facts: dict[str, object] = {
        "counted": one.counted, "of": one.of, "page": one.page, "query": dict(one.query),
        "missing": list(one.missing[:50]),
    }  # fmt: skip
    if one.since_at is not None:
        facts["at"] = one.since_at.isoformat()
    return Reading(one.share, one.words, facts, one.expires_on)


def _by(
    places: Sequence[Place], key: Callable[[Place], tuple[str, date]]
) -> dict[tuple[str, date], list[Place]]:
    found = defaultdict(list)
    for place in places:
        found[key(place)].append(place)
    return found


def _day(place: Place) -> date:
    """Return the day a measure is asked for: launch day, and today once that has come."""
    return max(place.launch_on, today())


@hooks.on_change
def measure_again(change: Change) -> None:
    """Measure the launches that sell in the cells whose records changed, in the change's own transaction."""
    session = db.session()
    query = (
        select(Launch.id)
        .join(LaunchCell, LaunchCell.launch_id == Launch.id)
        .where(
            Launch.state.in_(LIVE), LaunchCell.removed_at.is_(None),
            tuple_(LaunchCell.channel_id, LaunchCell.region_id).in_(list(change.cells)),
        )
        .distinct()
    )  # fmt: skip
    if launch_ids := session.scalars(query).all():
        measure(session, launch_ids)
