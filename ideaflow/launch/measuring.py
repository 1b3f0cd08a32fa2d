"""Where each check stands, measured anew: by the hour, and in the transaction of whatever changed.

A standing turns only here. What turned is kept in its history; a cell that can sell no longer is told.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, contains_eager, joinedload

from ideaflow.clock import now
from ideaflow.db import among
from ideaflow.hooks import Hook
from ideaflow.launch.items import MEASURES
from ideaflow.launch.models import (
    LIVE,
    CheckEvidence,
    CheckStanding,
    CheckTurn,
    Launch,
    LaunchCell,
    ReadinessCheck,
)
from ideaflow.launch.readiness import CellCheck, readiness
from ideaflow.launch.standings import Reading, Shown, Standing, stand


@dataclass(frozen=True)
class Place:
    """One cell as a measure looks at it: what is sold there, from which day, and which course teaches it."""

    cell_id: int
    channel_id: int
    region_id: int
    product_code: str | None
    launch_on: date
    course: str


Reader = Callable[[Sequence[Place]], Mapping[int, Reading]]
_readers: dict[str, Reader] = {}


@dataclass(frozen=True)
class Turned:
    """A cell that can sell since now, or cannot any more; ``because`` are the standings that turned in it."""

    cell: LaunchCell
    launch: Launch
    is_ready: bool
    because: list[CheckStanding]


Listener = Callable[[Session, Sequence[Turned]], None]


def reads(kind: str) -> Callable[[Reader], Reader]:
    """Let ``reader(places)`` tell what records say of each cell, by cell, for checks with this rule."""

    def declare(reader: Reader) -> Reader:
        _readers[kind] = reader
        return reader

    return declare


on_turn = Hook[Listener]()
"""Call ``listener(session, turned)`` in the transaction in which cells turned."""


def measure(session: Session, launch_ids: Collection[int], *, without: int = 0) -> list[Turned]:
    """Measure all checks of these launches, inside the caller's transaction; ended launches are left alone.

    :param without: a piece of evidence that is about to be withdrawn.
    :returns: the cells that turned.
    """
    session.flush()
    launches = {one.id: one for one in _lock(session, launch_ids)}
    standings = _standings(session, launches)
    shown = _evidence(session, {one.check_id for one in standings}, without)
    readings = _read(launches, standings)
    turned = defaultdict(list)
    moment = now()
    for one in standings:
        evidence = [proof for cell_id, proof in shown[one.check_id] if cell_id in (None, one.cell_id)]
        reading = readings.get((str(one.check.rule.get("kind")), one.cell_id))
        if _apply(session, one, stand(one.check.rule, evidence, reading, moment.date()), moment):
            turned[one.cell_id].append(one)
    session.flush()
    return _recount(session, launches, standings, turned, moment)


def _lock(session: Session, launch_ids: Collection[int]) -> list[Launch]:
    """Return live launches, locked in the order of their numbers."""
    query = select(Launch).where(among(Launch.id, launch_ids), Launch.state.in_(LIVE))
    query = query.options(joinedload(Launch.offering)).order_by(Launch.id).with_for_update(of=Launch)
    return list(session.scalars(query.execution_options(populate_existing=True)))


def _standings(session: Session, launches: Collection[int]) -> list[CheckStanding]:
    query = (
        select(CheckStanding)
        .join(CheckStanding.check)
        .join(CheckStanding.cell)
        .where(
            among(ReadinessCheck.launch_id, list(launches)),
            ReadinessCheck.removed_at.is_(None),
            LaunchCell.removed_at.is_(None),
        )
        .options(
            contains_eager(CheckStanding.check),
            contains_eager(CheckStanding.cell).joinedload(LaunchCell.channel),
            contains_eager(CheckStanding.cell).joinedload(LaunchCell.region),
        )
        .order_by(CheckStanding.id)
    )
    return list(session.scalars(query.execution_options(populate_existing=True)))


def _evidence(
    session: Session, check_ids: Collection[int], without: int
) -> dict[int, list[tuple[int | None, Shown]]]:
    query = select(CheckEvidence).where(
        among(CheckEvidence.check_id, check_ids),
        CheckEvidence.withdrawn_at.is_(None),
        CheckEvidence.id != without,
    )
    found = defaultdict(list)
    for one in session.scalars(query):
        proof = Shown(
            one.id, one.share, one.confirmed_at is not None, one.valid_until_on, is_waiver=one.is_waiver
        )
        found[one.check_id].append((one.cell_id, proof))
    return found


def _read(
    launches: Mapping[int, Launch], standings: Sequence[CheckStanding]
) -> dict[tuple[str, int], Reading]:
    places: dict[str, list[Place]] = defaultdict(list)
    for one in standings:
        launch = launches[one.check.launch_id]
        kind = str(one.check.rule.get("kind"))
        if kind in _readers:
            course = str(one.check.rule.get("course") or launch.offering.name + MEASURES[kind].course_tail)
            places[kind].append(
                Place(
                    one.cell_id, one.cell.channel_id, one.cell.region_id, launch.offering.product_code,
                    launch.launch_on, course,
                )
            )  # fmt: skip
    return {
        (kind, cell_id): reading
        for kind, asked in places.items()
        for cell_id, reading in _readers[kind](asked).items()
    }


def _apply(session: Session, one: CheckStanding, is_now: Standing, moment: datetime) -> bool:
    """Write where a check stands now; return whether it turned."""
    has_turned = one.is_passed != is_now.is_passed
    one.measured_at = moment
    for name in ("share", "words", "facts", "expires_on", "is_measured", "is_waived", "evidence_id"):
        if getattr(one, name) != getattr(is_now, name):
            setattr(one, name, getattr(is_now, name))
    if not has_turned:
        return False
    one.is_passed, one.since_at = is_now.is_passed, moment
    if is_now.is_passed and one.first_passed_at is None:
        one.first_passed_at = moment
    session.add(
        CheckTurn(
            standing_id=one.id, is_passed=is_now.is_passed, share=is_now.share, words=is_now.words,
            turned_at=moment,
        )
    )  # fmt: skip
    return True


def _recount(
    session: Session, launches: Mapping[int, Launch], standings: Sequence[CheckStanding],
    because: Mapping[int, list[CheckStanding]], moment: datetime,
) -> list[Turned]:  # fmt: skip
    """Count each cell anew, and tell of those that turned."""
    of_cell = defaultdict(list)
    for one in standings:
        check = one.check
        of_cell[one.cell].append(
            CellCheck(check.id, check.title, one.share, one.is_passed, check.is_blocking, check.weight)
        )
    turned = []
    for cell, checks in of_cell.items():
        launch = launches[cell.launch_id]
        found = readiness(checks, launch.tier)
        is_ready, cell.readiness_share = found.is_ready, found.share
        if is_ready != cell.is_ready:
            cell.is_ready, cell.ready_since_at = is_ready, moment if is_ready else None
            turned.append(Turned(cell, launch, is_ready, because.get(cell.id, [])))
    session.flush()
    for listener in on_turn if turned else ():
        listener(session, turned)
    return turned
