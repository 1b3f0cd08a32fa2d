"""Giving and ending seats at the gates, and what the page of seats shows."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from ideaflow import audit
from ideaflow.audit import Actor
from ideaflow.clock import today
from ideaflow.db import db, transaction
from ideaflow.errors import Invalid, NotFound
from ideaflow.gates.process.versions import Gatekeeper, Process, ProcessVersion
from ideaflow.gates.review.seating import may_sit
from ideaflow.proposals.models import Proposal
from ideaflow.users.models import User
from ideaflow.wording import plural


@dataclass(frozen=True)
class SeatWish:
    """A seat as an administrator writes it down."""

    user_id: int
    arena: str = ""
    region: str = ""
    up_to_amount: Decimal | None = None
    from_on: date | None = None
    until_on: date | None = None
    role: str = ""
    is_chair: bool = False
    weight: int = 1
    deputy_id: int | None = None


def seats_of(process_id: int) -> dict[str, list[Gatekeeper]]:
    """Return the seats of a process by gate, those that ended left out."""
    query = (
        select(Gatekeeper)
        .where(Gatekeeper.process_id == process_id)
        .options(joinedload(Gatekeeper.user), joinedload(Gatekeeper.deputy))
        .order_by(Gatekeeper.id)
    )
    found: dict[str, list[Gatekeeper]] = {}
    for seat in db.session.scalars(query):
        if seat.until_on is None or seat.until_on >= today():
            found.setdefault(seat.gate_key, []).append(seat)
    return found


def add_seat(version: ProcessVersion, gate_key: str, wish: SeatWish, *, by: Actor) -> Gatekeeper:
    """Seat somebody at a gate, for the proposals and days named.

    :raises Invalid: somebody's role does not let them decide, or days and weight make no sense.
    :raises NotFound: there is no such gate.
    """
    if gate_key not in {gate.key for gate in version.content.gates}:
        raise NotFound(f"There is no gate “{gate_key}” in {version.name}.")
    with transaction() as session:
        problems = _problems(session, wish)
        same = select(Gatekeeper).where(
            Gatekeeper.process_id == version.process_id, Gatekeeper.gate_key == gate_key,
            Gatekeeper.user_id == wish.user_id, Gatekeeper.arena == wish.arena.strip(),
            Gatekeeper.region == wish.region.strip(),
        )  # fmt: skip
        known = session.scalar(same)
        if known is not None and (known.until_on is None or known.until_on >= today()):
            problems.append({"field": "user_id", "reason": "They have this seat already; end it first."})
        if problems:
            raise Invalid("Nobody was seated. " + " ".join(str(one["reason"]) for one in problems), problems)
        if known is not None:
            session.delete(known)
            session.flush()
        seat = Gatekeeper(
            process_id=version.process_id, gate_key=gate_key, user_id=wish.user_id, arena=wish.arena.strip(),
            region=wish.region.strip(), up_to_amount=wish.up_to_amount, from_on=wish.from_on,
            until_on=wish.until_on, is_chair=wish.is_chair, weight=wish.weight, deputy_id=wish.deputy_id,
            role=wish.role.strip(),
        )  # fmt: skip
        session.add(seat)
        session.flush()
        after = {"gate": gate_key, "seat": _plain(seat)}
        audit.record(by, "gates.add_seat", session.get_one(Process, version.process_id), after=after)
    return seat


def end_seat(seat_id: int, *, by: Actor) -> Gatekeeper:
    """Let a seat end with yesterday; open reviews keep it.

    :raises NotFound: there is no such seat.
    """
    with transaction() as session:
        seat = session.get(Gatekeeper, seat_id, with_for_update=True)
        if seat is None:
            raise NotFound("There is no such seat any more.")
        process = session.get_one(Process, seat.process_id)
        session.delete(seat)
        before = {"gate": seat.gate_key, "seat": _plain(seat)}
        audit.record(by, "gates.end_seat", process, before=before, after={"gate": seat.gate_key})
    return seat


def arenas() -> list[str]:
    """Return the arenas proposals and seats name, by name."""
    named = select(Proposal.arena).where(Proposal.arena.is_not(None))
    found = db.session.scalars(named.union(select(Gatekeeper.arena)))
    return sorted({str(name) for name in found if name})


def scope_words(seat: Gatekeeper) -> list[str]:
    """Say for which proposals a seat is, a part at a time; nothing when it is for all."""
    parts = [f"arena {seat.arena}"] if seat.arena else []
    parts += [f"asked for in {seat.region}"] if seat.region else []
    parts += [plural(seat.weight, "vote")] if seat.weight != 1 else []
    return parts


def _problems(session: Session, wish: SeatWish) -> list[dict[str, object]]:
    problems: list[dict[str, object]] = []
    for field, user_id in (("user_id", wish.user_id), ("deputy_id", wish.deputy_id)):
        user = session.get(User, user_id) if user_id is not None else None
        if user_id is not None and (user is None or not may_sit(user)):
            name = user.name if user else "Whoever this is"
            reason = f"{name} cannot decide at a gate. Give them the role of a gatekeeper first."
            problems.append({"field": field, "reason": reason})
    if wish.deputy_id == wish.user_id:
        problems.append({"field": "deputy_id", "reason": "Somebody else is the deputy."})
    if wish.from_on and wish.until_on and wish.until_on < wish.from_on:
        problems.append({"field": "until_on", "reason": "The seat ends on the day it begins, or later."})
    if not 1 <= wish.weight <= 9:
        problems.append({"field": "weight", "reason": "A vote weighs 1 to 9."})
    if wish.up_to_amount is not None and not 0 < wish.up_to_amount < 10**12:
        problems.append({"field": "up_to_amount", "reason": "Name an amount above 0, or none."})
    return problems


def _plain(seat: Gatekeeper) -> dict[str, Any]:
    return {
        "user": seat.user_id, "arena": seat.arena, "region": seat.region, "up_to": seat.up_to_amount,
        "from": seat.from_on, "until": seat.until_on, "chair": seat.is_chair, "weight": seat.weight,
        "deputy": seat.deputy_id, "role": seat.role,
    }  # fmt: skip
