"""What of launches is in a person's hands: launches they drive, cells and readiness checks they carry."""

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from ideaflow.audit import Actor
from ideaflow.db import db
from ideaflow.launch.commitments import leaving as commitments
from ideaflow.launch.models import LIVE, Launch, LaunchCell, ReadinessCheck
from ideaflow.users import leaving
from ideaflow.users.leaving import Held, Kind, pass_on
from ideaflow.users.models import User
from ideaflow.users.policy import Right

HISTORY = {
    "look_backs.closed_by_id": "Who closed the launch by what was measured.",
    "success_stories.added_by_id": "Who wrote the story down.",
    "readiness_templates.published_by_id": "Who published it.",
    "launches.created_by_id": "Who began it.",
    "offering_proposals.tied_by_id": "Who tied it to the proposal.",
    "launch_moves.tied_by_id": "Who tied a competitor's move to it.",
    "launch_tiers.rated_by_id": "Who rated it.",
    "launch_cells.released_by_id": "Who released it for sale.",
    "frame_connections.user_id": "Who connected a card in the CRM; its token ends with all of theirs.",
    "opportunity_gaps.said_by_id": "Who said what a sale waits for.",
    "check_evidence.added_by_id": "Who showed it.",
    "check_evidence.confirmed_by_id": "The second person, whose word is given.",
}


def register() -> None:
    """Let them be handed over; called once, when the program starts."""
    leaving.register(
        Kind("launches", "Launches driven", ("launches.owner_id",), Right.LAUNCH, _launches, _take_launch)
    )
    leaving.register(
        Kind("cells", "Launch cells", ("launch_cells.owner_id",), Right.PREPARE, _cells, _take_cell)
    )
    leaving.register(
        Kind("checks", "Readiness checks", ("readiness_checks.owner_id",), Right.PREPARE, _checks,
             _take_check)
    )  # fmt: skip
    for kind in commitments.kinds():
        leaving.register(kind)
    leaving.remembers({**HISTORY, **commitments.HISTORY})


def _launches(user: User) -> list[Held]:
    query = select(Launch).where(Launch.owner_id == user.id, Launch.state.in_(LIVE))
    return [
        Held(one.id, one.name, f"/launches/{one.id}", f"{one.launch_on:%-d %b %Y}")
        for one in db.session.scalars(query.order_by(Launch.launch_on, Launch.id))
    ]


def _cells(user: User) -> list[Held]:
    query = (
        select(LaunchCell)
        .join(Launch, Launch.id == LaunchCell.launch_id)
        .where(LaunchCell.owner_id == user.id, LaunchCell.removed_at.is_(None), Launch.state.in_(LIVE))
        .options(joinedload(LaunchCell.launch), joinedload(LaunchCell.channel), joinedload(LaunchCell.region))
        .order_by(Launch.launch_on, LaunchCell.id)
    )
    return [
        Held(one.id, f"{one.launch.name}: {one.channel.name} in {one.region.name}",
             f"/launches/{one.launch_id}", "can sell" if one.is_ready else "not ready", one.region.name)
        for one in db.session.scalars(query)
    ]  # fmt: skip


def _checks(user: User) -> list[Held]:
    query = (
        select(ReadinessCheck)
        .join(Launch, Launch.id == ReadinessCheck.launch_id)
        .where(
            ReadinessCheck.owner_id == user.id, ReadinessCheck.removed_at.is_(None), Launch.state.in_(LIVE)
        )
        .options(joinedload(ReadinessCheck.launch))
    )
    return [
        Held(one.id, f"{one.title} ({one.launch.name})", f"/launches/{one.launch_id}",
             f"due {one.due_on:%-d %b %Y}", one.function)
        for one in db.session.scalars(query.order_by(ReadinessCheck.due_on, ReadinessCheck.id))
    ]  # fmt: skip


def _take_launch(launch_id: int, leaver: User, to: User, by: Actor) -> str:
    return pass_on(Launch, launch_id, "owner_id", leaver, to, by, "launches.hand_over")


def _take_cell(cell_id: int, leaver: User, to: User, by: Actor) -> str:
    return pass_on(LaunchCell, cell_id, "owner_id", leaver, to, by, "launches.hand_over_cell")


def _take_check(check_id: int, leaver: User, to: User, by: Actor) -> str:
    return pass_on(ReadinessCheck, check_id, "owner_id", leaver, to, by, "launches.hand_over_check")
