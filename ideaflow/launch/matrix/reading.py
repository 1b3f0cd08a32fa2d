"""What the page of a launch reads, in a constant number of statements however many cells it has."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import Date, Select, cast, func, select, text
from sqlalchemy.orm import joinedload

from ideaflow.clock import now, today
from ideaflow.db import db, fingerprint
from ideaflow.errors import NotFound, must_exist
from ideaflow.launch import queries
from ideaflow.launch.forecast import Slips, slips_of
from ideaflow.launch.models import (
    CheckEvidence,
    CheckStanding,
    CheckTurn,
    Launch,
    LaunchCell,
    LaunchState,
    LaunchTier,
    ReadinessCheck,
)
from ideaflow.launch.readiness import CellCheck
from ideaflow.launch.standings import told
from ideaflow.market.models import Channel, Region

MOST_SLIPS = 500
"""So many of the last checks tell how late checks are."""


@dataclass(frozen=True)
class Facts:
    """A launch with its cells, its checks, and where each check stands in each cell.

    :param standings: by cell, each check that applies to it.
    :param turned: by day, how many turned green less those that turned red.
    :param waiting: checks with evidence that nobody has confirmed yet.
    """

    launch: Launch
    cells: Sequence[LaunchCell]
    checks: Mapping[int, ReadinessCheck]
    standings: Mapping[int, Sequence[CellCheck]]
    slips: Slips
    turned: Mapping[date, int]
    waiting: Collection[int]


@dataclass(frozen=True)
class Turn:
    """A check turned in a cell, as its history shows it."""

    id: int
    turned_at: datetime
    is_passed: bool
    words: str
    title: str
    cell_id: int
    cell_name: str


def find(launch_id: int) -> Launch:
    """Return a launch with what its page names.

    :raises NotFound: there is none with this number.
    """
    query = (
        select(Launch)
        .where(Launch.id == launch_id)
        .options(*(joinedload(one) for one in (Launch.offering, Launch.proposal, Launch.owner)))
    )
    return must_exist(db.session.scalar(query), "There is no such launch.")


def facts(launch: Launch) -> Facts:
    """Return all that the matrix of a launch rests on."""
    checks = db.session.scalars(
        select(ReadinessCheck)
        .where(ReadinessCheck.launch_id == launch.id, ReadinessCheck.removed_at.is_(None))
        .options(joinedload(ReadinessCheck.owner))
    )
    known = {one.id: one for one in checks}
    return Facts(
        launch,
        queries.cells_of(launch.id),
        known,
        _standings(launch.id, known),
        past_slips(),
        _turned(launch.id),
        _waiting(launch.id),
    )


def past_slips() -> Slips:
    """Return how many days late checks of all launches passed first, in the last of their cells.

    What was true on the day a launch was planned was never waited for: it tells nothing of slips.
    """
    return slips_of((row[0], row[1], row[2]) for row in db.session.execute(_late()))


@cache
def _late() -> Select[str, date, date]:
    last = cast(func.max(CheckStanding.first_passed_at), Date)
    return (
        select(ReadinessCheck.function, ReadinessCheck.due_on, last)
        .join(CheckStanding, CheckStanding.check_id == ReadinessCheck.id)
        .join(Launch, Launch.id == ReadinessCheck.launch_id)
        .where(Launch.state != LaunchState.CANCELLED)
        .group_by(ReadinessCheck.id, Launch.id)
        .having(func.count() == func.count(CheckStanding.first_passed_at))
        .having(last > cast(Launch.created_at, Date))
        .order_by(last.desc(), ReadinessCheck.id)
        .limit(MOST_SLIPS)
    )


def turns(
    launch_id: int, *, since: datetime | None = None, cell_id: int | None = None, limit: int = 100
) -> list[Turn]:
    """Return what turned, the newest first; of one cell, or since a moment."""
    query = (
        select(CheckTurn, ReadinessCheck.title, LaunchCell.id, Channel.name, Region.name)
        .join(CheckStanding, CheckStanding.id == CheckTurn.standing_id)
        .join(ReadinessCheck, ReadinessCheck.id == CheckStanding.check_id)
        .join(LaunchCell, LaunchCell.id == CheckStanding.cell_id)
        .join(Channel, Channel.id == LaunchCell.channel_id)
        .join(Region, Region.id == LaunchCell.region_id)
        .where(LaunchCell.launch_id == launch_id)
        .order_by(CheckTurn.turned_at.desc(), CheckTurn.id.desc())
        .limit(limit)
    )
    if since is not None:
        query = query.where(CheckTurn.turned_at >= since)
    if cell_id is not None:
        query = query.where(LaunchCell.id == cell_id)
    return [
        Turn(one.id, one.turned_at, one.is_passed, one.words, title, found, f"{channel}, {region}")
        for one, title, found, channel, region in db.session.execute(query)
    ]


def points_of(launch_id: int) -> int | None:
    """Return the points that gave the launch its tier; None: it was never rated."""
    query = select(LaunchTier.points).where(LaunchTier.launch_id == launch_id)
    points = db.session.scalar(query.order_by(LaunchTier.id.desc()).limit(1))
    return None if points is None else sum(int(one) for one in points.values())


def stamp_of(launch_id: int) -> str:
    """Return a word that changes with whatever the launch-day room shows, by one quick statement.

    :raises NotFound: there is no such launch.
    """
    stamp = fingerprint(STAMP, launch_id)
    if not stamp:
        raise NotFound("There is no such launch.")
    return stamp


STAMP = text(
    "SELECT l.version, l.state, count(c.id), sum(c.version), count(*) FILTER (WHERE c.is_ready),"
    " count(c.released_at), sum(s.turns), max(s.newest)"
    " FROM launches l LEFT JOIN launch_cells c ON c.launch_id = l.id AND c.removed_at IS NULL"
    " LEFT JOIN LATERAL (SELECT count(*) AS turns, max(since_at) AS newest FROM check_standings"
    " WHERE cell_id = c.id AND is_passed) s ON true"
    " WHERE l.id = :id GROUP BY l.id"
)


def this_morning() -> datetime:
    """Return when the day began."""
    return now().replace(hour=0, minute=0, second=0, microsecond=0)


def _standings(launch_id: int, checks: Mapping[int, ReadinessCheck]) -> dict[int, list[CellCheck]]:
    columns = (
        CheckStanding.cell_id, CheckStanding.check_id, CheckStanding.share, CheckStanding.is_passed,
        CheckStanding.words, CheckStanding.since_at, CheckStanding.first_passed_at, CheckStanding.expires_on,
        CheckStanding.facts,
    )  # fmt: skip
    query = (
        select(*columns)
        .join(LaunchCell, LaunchCell.id == CheckStanding.cell_id)
        .where(LaunchCell.launch_id == launch_id, LaunchCell.removed_at.is_(None))
        .order_by(CheckStanding.id)
    )
    found: dict[int, list[CellCheck]] = {}
    for row in db.session.execute(query):
        if row[1] in checks:
            found.setdefault(row[0], []).append(_cell_check(checks[row[1]], row))
    return found


def _cell_check(check: ReadinessCheck, row: Any) -> CellCheck:
    is_over = row.expires_on is not None and row.expires_on < today()
    return CellCheck(
        check.id, check.title, 0.0 if is_over else row.share, row.is_passed and not is_over,
        check.is_blocking, check.weight, check.function, check.due_on, check.forecast_on,
        told(row, now()), row.since_at, row.first_passed_at is not None,
    )  # fmt: skip


def _waiting(launch_id: int) -> set[int]:
    query = (
        select(CheckEvidence.check_id)
        .join(ReadinessCheck, ReadinessCheck.id == CheckEvidence.check_id)
        .where(
            ReadinessCheck.launch_id == launch_id,
            CheckEvidence.confirmed_at.is_(None),
            CheckEvidence.withdrawn_at.is_(None),
        )
    )
    return set(db.session.scalars(query))


def _turned(launch_id: int) -> dict[date, int]:
    """Return by day how many standings turned green less those that turned red again."""
    before = func.lag(CheckTurn.is_passed).over(
        partition_by=CheckTurn.standing_id, order_by=(CheckTurn.turned_at, CheckTurn.id)
    )
    rows = (
        select(
            cast(CheckTurn.turned_at, Date).label("day"),
            CheckTurn.is_passed.label("now"),
            func.coalesce(before, False).label("before"),
        )
        .join(CheckStanding, CheckStanding.id == CheckTurn.standing_id)
        .join(LaunchCell, LaunchCell.id == CheckStanding.cell_id)
        .join(ReadinessCheck, ReadinessCheck.id == CheckStanding.check_id)
        .where(
            LaunchCell.launch_id == launch_id,
            LaunchCell.removed_at.is_(None),
            ReadinessCheck.removed_at.is_(None),
        )
        .subquery()
    )
    green = func.count().filter(rows.c.now, ~rows.c.before) - func.count().filter(~rows.c.now, rows.c.before)
    query = select(rows.c.day, green).group_by(rows.c.day)
    return {row[0]: row[1] for row in db.session.execute(query)}
