"""What launches show on pages of others: the proposal page, the start page."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from typing import Any

from flask import url_for
from flask_login import current_user
from sqlalchemy import exists, or_, select
from sqlalchemy.orm import contains_eager, joinedload

from ideaflow import work
from ideaflow.clock import now, today
from ideaflow.db import db
from ideaflow.launch import queries
from ideaflow.launch.models import (
    LIVE,
    CheckEvidence,
    CheckStanding,
    Launch,
    LaunchCell,
    ReadinessCheck,
)
from ideaflow.launch.standings import told
from ideaflow.launch.telling import place_of
from ideaflow.market.models import Seller
from ideaflow.proposals import parts
from ideaflow.proposals.models import Proposal
from ideaflow.proposals.parts import PagePart, Place
from ideaflow.users.policy import Right
from ideaflow.wording import plural
from ideaflow.work import Waiting

MOST, SOON_DAYS, RED_DAYS = 5, 7, 14


def register() -> None:
    """Add the parts; called once, when the views are imported."""
    parts.add_part(Place.ACTIONS, _action)
    work.waits(_waiting)


def _action(proposal: Proposal) -> PagePart | None:
    if not queries.has_passed(proposal.id):
        return None
    launch = queries.launch_of_proposal(proposal.id)
    return PagePart("launch/_of_proposal.html", {"launch": launch, "may": current_user.may(Right.LAUNCH)})


def _waiting(user: Any) -> Iterator[Waiting]:
    if user.may(Right.LAUNCH):
        for proposal in queries.waiting_proposals(user.id)[:MOST]:
            yield Waiting(
                proposal.title, "It passed its last gate, and nothing is planned to sell it.",
                url_for("launches.new", proposal=proposal.id), "Plan the launch", icon="rocket",
                tone="accent",
            )  # fmt: skip
        yield from _unowned(user.id)
    if user.may(Right.PREPARE):
        yield from _to_confirm(user.id)
        yield from _mine(user.id)
    yield from _red_cells(user)


def _live(query: Any) -> Any:
    return query.where(
        ReadinessCheck.removed_at.is_(None),
        Launch.state.in_(LIVE),
    )


def _mine(user_id: int) -> Iterator[Waiting]:
    """Yield the checks somebody carries that are red and due within a week, the oldest first."""
    red = select(CheckStanding.id).join(LaunchCell, LaunchCell.id == CheckStanding.cell_id).where(
        CheckStanding.check_id == ReadinessCheck.id, LaunchCell.removed_at.is_(None),
        or_(CheckStanding.is_passed.is_(False), CheckStanding.expires_on < today()),
    )  # fmt: skip
    query = (
        select(ReadinessCheck)
        .join(ReadinessCheck.launch)
        .where(
            ReadinessCheck.owner_id == user_id, red.exists(),
            ReadinessCheck.due_on <= today() + timedelta(days=SOON_DAYS),
        )
        .options(contains_eager(ReadinessCheck.launch))
        .order_by(ReadinessCheck.due_on, ReadinessCheck.id)
    )  # fmt: skip
    found: Sequence[ReadinessCheck] = db.session.scalars(_live(query)).all()
    for check in found[:MOST]:
        is_late = check.due_on < today()
        yield Waiting(
            f"{check.title}: {check.launch.name}",
            "It is yours and red; it is late already." if is_late else "It is yours and red.",
            url_for("launches.check", launch_id=check.launch_id, check_id=check.id), "Show it",
            due=f"due {check.due_on:%-d %b}", icon="clock",
            tone="stop" if is_late else "watch", is_today=check.due_on <= today(),
        )  # fmt: skip
    yield from _rest(found, "of your readiness checks wait", "watch")


def _to_confirm(user_id: int) -> Iterator[Waiting]:
    """Yield evidence others added to the checks of launches one drives or carries, to be looked at."""
    query = (
        select(CheckEvidence)
        .join(ReadinessCheck, ReadinessCheck.id == CheckEvidence.check_id)
        .join(Launch, Launch.id == ReadinessCheck.launch_id)
        .where(
            CheckEvidence.confirmed_at.is_(None), CheckEvidence.withdrawn_at.is_(None),
            CheckEvidence.added_by_id != user_id,
            or_(Launch.owner_id == user_id, ReadinessCheck.owner_id == user_id),
        )
        .with_only_columns(CheckEvidence, ReadinessCheck, Launch)
        .order_by(CheckEvidence.id)
    )  # fmt: skip
    found = db.session.execute(_live(query)).all()
    for evidence, check, launch in found[:MOST]:
        yield Waiting(
            f"{check.title}: {launch.name}",
            "Somebody asks to leave it out." if evidence.is_waiver else "Evidence waits for a second person.",
            url_for("launches.check", launch_id=launch.id, check_id=check.id), "Look at it",
            icon="circle-check", tone="accent", is_today=True,
        )  # fmt: skip
    yield from _rest(found, "pieces of evidence wait for a second person", "accent")


def _unowned(user_id: int) -> Iterator[Waiting]:
    """Yield one row for each launch one drives that has checks nobody carries."""
    query = (
        select(ReadinessCheck)
        .join(ReadinessCheck.launch)
        .where(ReadinessCheck.owner_id.is_(None), Launch.owner_id == user_id)
        .options(contains_eager(ReadinessCheck.launch))
        .order_by(ReadinessCheck.due_on, ReadinessCheck.id)
    )
    by_launch: dict[int, list[ReadinessCheck]] = {}
    for check in db.session.scalars(_live(query)):
        by_launch.setdefault(check.launch_id, []).append(check)
    for launch_id, checks in by_launch.items():
        yield Waiting(
            f"{plural(len(checks), 'check')} of {checks[0].launch.name} without an owner",
            f"“{checks[0].title}” is due first, on {checks[0].due_on:%-d %b}.",
            url_for("launches.plan", launch_id=launch_id, _anchor="checks"), "Assign",
            icon="users-group", tone="watch", count=len(checks),
        )  # fmt: skip


def _red_cells(user: Any) -> Iterator[Waiting]:
    """Yield the cells somebody sells in or drives that cannot sell any more, with reason and moment."""
    sells = exists().where(
        Seller.email == user.email, Seller.left_at.is_(None),
        Seller.channel_id == LaunchCell.channel_id, Seller.region_id == LaunchCell.region_id,
    )  # fmt: skip
    query = (
        select(CheckStanding)
        .join(CheckStanding.check)
        .join(CheckStanding.cell)
        .join(ReadinessCheck.launch)
        .where(
            or_(sells, LaunchCell.owner_id == user.id), LaunchCell.removed_at.is_(None),
            LaunchCell.is_ready.is_(False), ReadinessCheck.is_blocking, CheckStanding.is_passed.is_(False),
            CheckStanding.first_passed_at.is_not(None),
            CheckStanding.since_at >= now() - timedelta(days=RED_DAYS),
        )
        .options(
            contains_eager(CheckStanding.check).contains_eager(ReadinessCheck.launch),
            contains_eager(CheckStanding.cell).options(
                joinedload(LaunchCell.channel), joinedload(LaunchCell.region)
            ),
        )
        .order_by(CheckStanding.since_at.desc(), CheckStanding.id)
        .limit(MOST)
    )  # fmt: skip
    for standing in db.session.scalars(_live(query)):
        launch, cell, why = standing.check.launch, standing.cell, told(standing, now())
        yield Waiting(
            f"{launch.name} cannot be sold in {place_of(cell)}", f"{why[:1].upper()}{why[1:]}.",
            url_for("launches.cell", launch_id=launch.id, cell_id=cell.id), "See why", icon="ban",
            tone="stop", is_today=True,
        )  # fmt: skip


def _rest(found: Iterable[Any], words: str, tone: str) -> Iterator[Waiting]:
    more = len(list(found)) - MOST
    if more > 0:
        yield Waiting(
            f"{more} more {words}", "The launches name them.", url_for("launches.index"), "Open launches",
            icon="rocket", tone=tone, count=more,
        )  # fmt: skip
