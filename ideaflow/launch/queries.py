"""What pages of planning and preparing read; each a constant number of statements."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Date, and_, exists, func, literal, or_, select
from sqlalchemy.orm import joinedload

from ideaflow.clock import today
from ideaflow.db import among, db
from ideaflow.errors import NotFound, must_exist
from ideaflow.gates.models import Journey
from ideaflow.gates.policy import State
from ideaflow.launch.models import (
    CheckEvidence,
    CheckStanding,
    CheckTurn,
    Launch,
    LaunchCell,
    LaunchState,
    LaunchTier,
    Offering,
    OfferingProposal,
    ReadinessCheck,
)
from ideaflow.market.models import Channel, Region
from ideaflow.paging import Key, Page, page_of
from ideaflow.proposals.models import Proposal
from ideaflow.users.models import User

MOST_TURNS = 50


@dataclass(frozen=True)
class Count:
    """How many cells a launch has, and how many of them can sell today."""

    cells: int
    ready: int


def launches(after: str | None) -> Page[Launch]:
    """Return launches, the latest day first."""
    query = select(Launch).options(joinedload(Launch.owner), joinedload(Launch.offering))
    keys = [Key(Launch.launch_on, "launch_on"), Key(Launch.id, "id")]
    return page_of(query, keys, after=after)


def can_sell(day: ColumnElement[date] | None = None) -> ColumnElement[bool]:
    """Return “this cell can sell”: as last measured, and no blocking check has expired since.

    :param day: today, of a question that is written once and asked on many days.
    """
    today_ = literal(today(), Date) if day is None else day
    stale = exists().where(
        CheckStanding.cell_id == LaunchCell.id, CheckStanding.check_id == ReadinessCheck.id,
        ReadinessCheck.is_blocking, ReadinessCheck.removed_at.is_(None), CheckStanding.expires_on < today_,
    )  # fmt: skip
    return and_(LaunchCell.is_ready, ~stale)


def counts_of(launch_ids: Sequence[int]) -> dict[int, Count]:
    """Return the cells of launches; a cell whose blocking check has expired since counts as red."""
    query = (
        select(LaunchCell.launch_id, func.count(), func.count().filter(can_sell()))
        .where(among(LaunchCell.launch_id, launch_ids), LaunchCell.removed_at.is_(None))
        .group_by(LaunchCell.launch_id)
    )
    return {row[0]: Count(row[1], row[2]) for row in db.session.execute(query)}


def waiting_proposals(owner_id: int | None = None) -> list[Proposal]:
    """Return proposals that passed their last gate and feed no offering yet, the longest first.

    :param owner_id: only those of this user.
    """
    query = (
        select(Proposal)
        .join(Journey, Journey.proposal_id == Proposal.id)
        .where(
            Journey.state == State.LAUNCHED.value,
            Proposal.id.not_in(select(OfferingProposal.proposal_id)),
        )
        .options(joinedload(Proposal.owner))
        .order_by(Journey.state_since, Proposal.id)
        .limit(50)
    )
    if owner_id is not None:
        query = query.where(Proposal.owner_id == owner_id)
    return list(db.session.scalars(query))


def launch_of_proposal(proposal_id: int) -> Launch | None:
    """Return the newest launch of the offering a proposal feeds."""
    query = (
        select(Launch)
        .join(OfferingProposal, OfferingProposal.offering_id == Launch.offering_id)
        .where(OfferingProposal.proposal_id == proposal_id, Launch.state != LaunchState.CANCELLED.value)
        .order_by(Launch.id.desc())
        .limit(1)
    )
    return db.session.scalar(query)


def has_passed(proposal_id: int) -> bool:
    """Return whether a proposal passed its last gate and is not looked back on yet."""
    states = (State.LAUNCHED.value, State.POST_LAUNCH.value)
    query = select(Journey.state).where(Journey.proposal_id == proposal_id)
    return db.session.scalar(query) in states


def feeding(offering_id: int) -> list[Proposal]:
    """Return the proposals that feed an offering."""
    query = select(Proposal).join(OfferingProposal, OfferingProposal.proposal_id == Proposal.id)
    return list(
        db.session.scalars(query.where(OfferingProposal.offering_id == offering_id).order_by(Proposal.id))
    )


def offering_names() -> list[tuple[int, str]]:
    """Return number and name of what is sold, by name."""
    found = db.session.execute(select(Offering.id, Offering.name).order_by(Offering.name).limit(500))
    return [(row[0], row[1]) for row in found]


def places() -> tuple[list[Channel], list[Region]]:
    """Return the channels and regions that are sold through."""
    channels = select(Channel).where(Channel.retired_at.is_(None)).order_by(Channel.position, Channel.id)
    regions = select(Region).where(Region.retired_at.is_(None)).order_by(Region.position, Region.id)
    return list(db.session.scalars(channels)), list(db.session.scalars(regions))


def cells_of(launch_id: int) -> list[LaunchCell]:
    """Return the cells of a launch in the order of channels and regions, with who drives each."""
    query = (
        select(LaunchCell)
        .join(LaunchCell.channel)
        .join(LaunchCell.region)
        .where(LaunchCell.launch_id == launch_id, LaunchCell.removed_at.is_(None))
        .options(*(joinedload(one) for one in (LaunchCell.channel, LaunchCell.region, LaunchCell.owner)))
        .order_by(Channel.position, Channel.id, Region.position, Region.id)
    )
    return list(db.session.scalars(query))


def tiers_of(launch_id: int) -> list[tuple[LaunchTier, str]]:
    """Return how a launch was rated, the newest first, and by whom."""
    query = (
        select(LaunchTier, func.coalesce(User.name, "ideaflow"))
        .outerjoin(User, User.id == LaunchTier.rated_by_id)
        .where(LaunchTier.launch_id == launch_id)
        .order_by(LaunchTier.id.desc())
    )
    return [(row[0], row[1]) for row in db.session.execute(query)]


def greens_of(launch_id: int, day: date) -> dict[int, tuple[int, int]]:
    """Return for each check of a launch in how many cells it passes on a day, and of how many."""
    holds = and_(
        CheckStanding.is_passed, or_(CheckStanding.expires_on.is_(None), CheckStanding.expires_on >= day)
    )
    query = (
        select(CheckStanding.check_id, func.count().filter(holds), func.count())
        .join(CheckStanding.cell)
        .where(LaunchCell.launch_id == launch_id, LaunchCell.removed_at.is_(None))
        .group_by(CheckStanding.check_id)
    )
    return {row[0]: (row[1], row[2]) for row in db.session.execute(query)}


def check_of(launch_id: int, check_id: int) -> ReadinessCheck:
    """Return a check of a launch with its owner and its launch.

    :raises NotFound: the launch has no such check.
    """
    query = (
        select(ReadinessCheck)
        .where(ReadinessCheck.id == check_id, ReadinessCheck.launch_id == launch_id)
        .options(
            joinedload(ReadinessCheck.owner),
            joinedload(ReadinessCheck.launch).joinedload(Launch.offering),
        )
    )
    return must_exist(db.session.scalar(query), "There is no such check in this launch.")


def standings_of(check_id: int) -> list[CheckStanding]:
    """Return where a check stands in each of its cells, those where it does not pass first."""
    query = (
        select(CheckStanding)
        .join(CheckStanding.cell)
        .join(LaunchCell.channel)
        .join(LaunchCell.region)
        .where(CheckStanding.check_id == check_id, LaunchCell.removed_at.is_(None))
        .options(
            joinedload(CheckStanding.cell).joinedload(LaunchCell.channel),
            joinedload(CheckStanding.cell).joinedload(LaunchCell.region),
        )
        .order_by(CheckStanding.is_passed, Channel.position, Channel.id, Region.position, Region.id)
    )
    return list(db.session.scalars(query))


def evidence_of(check_id: int) -> list[CheckEvidence]:
    """Return what was shown for a check, the newest first; withdrawn evidence too."""
    query = (
        select(CheckEvidence)
        .where(CheckEvidence.check_id == check_id)
        .options(joinedload(CheckEvidence.added_by), joinedload(CheckEvidence.confirmed_by))
        .order_by(CheckEvidence.id.desc())
    )
    return list(db.session.scalars(query))


def turns_of(check_id: int) -> list[tuple[CheckTurn, int]]:
    """Return how a check turned, the newest first, with the cell it turned in."""
    query = (
        select(CheckTurn, CheckStanding.cell_id)
        .join(CheckStanding, CheckStanding.id == CheckTurn.standing_id)
        .where(CheckStanding.check_id == check_id)
        .order_by(CheckTurn.turned_at.desc(), CheckTurn.id.desc())
        .limit(MOST_TURNS)
    )
    return [(row[0], row[1]) for row in db.session.execute(query)]


def evidence_with(evidence_id: int, check_id: int) -> CheckEvidence:
    """Return one piece of evidence with its file.

    :raises NotFound: the check has none with this number.
    """
    found = db.session.get(CheckEvidence, evidence_id)
    if found is None or found.check_id != check_id:
        raise NotFound("There is no such evidence.")
    return found
