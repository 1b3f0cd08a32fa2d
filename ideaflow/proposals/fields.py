"""What the forms of proposals offer to choose, and what stands beside arenas, studies and moves."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Never

from sqlalchemy import Float, cast, func, select

from ideaflow.accounts.models import Account
from ideaflow.accounts.queries import our_revenue
from ideaflow.audit import AuditEvent
from ideaflow.db import db
from ideaflow.errors import NotFound
from ideaflow.proposals.listing import is_live
from ideaflow.proposals.models import Arena, CompetitorMove, Evidence, Proposal, Study
from ideaflow.proposals.numbers import asking
from ideaflow.proposals.proofs.shares import Part, deviation, divide
from ideaflow.proposals.proofs.terms import MoveKind
from ideaflow.wording import plural

NO_ARENA = "No arena named"
MOST_SUGGESTED = 20


@dataclass(frozen=True)
class ArenaLine:
    """One arena with what works for it: live proposals, what they ask for, which share of all that is."""

    arena: Arena
    part: Part
    proposal_count: int
    asked_amount: float


@dataclass(frozen=True)
class ArenaSheet:
    """The arenas of our strategy; ``deviation`` is how far work is from the targets, 0–1, None: no target."""

    lines: list[ArenaLine]
    closed: list[ArenaLine]
    outside_count: int
    outside_share: float
    asked_amount: float
    deviation: float | None


def open_arenas(chosen: str | None = None) -> list[str]:
    """Return the names of the arenas a proposal may choose, and the one it has, by name."""
    query = select(Arena.name).where(Arena.closed_at.is_(None) | (Arena.name == (chosen or "")))
    return list(db.session.scalars(query.order_by(Arena.name)))


def places() -> dict[str, list[str]]:
    """Return the segments and regions that accounts have, by name."""
    columns = {"segment": Account.segment, "region": Account.region}
    return {
        name: [
            str(value)
            for value in db.session.scalars(select(column).where(column != "").distinct().order_by(column))
        ]
        for name, column in columns.items()
    }


def arena_sheet() -> ArenaSheet:
    """Return every arena with its share of what live proposals ask for, in two statements."""
    asked = func.coalesce(func.sum(Proposal.asked_amount), 0)
    rows = db.session.execute(
        select(Proposal.arena, func.count(), cast(asked, Float)).where(is_live()).group_by(Proposal.arena)
    )
    counted = {row[0] or NO_ARENA: (int(row[1]), float(row[2])) for row in rows}
    arenas = db.session.scalars(select(Arena).order_by(Arena.name)).all()
    targets = {arena.name: arena.target_share if arena.is_open else None for arena in arenas}
    amounts = {name: amount for name, (_, amount) in counted.items()}
    parts = {part.name: part for part in divide(amounts, targets)}
    lines = [ArenaLine(arena, parts[arena.name], *counted.get(arena.name, (0, 0.0))) for arena in arenas]
    outside = parts.get(NO_ARENA)
    return ArenaSheet(
        lines=[line for line in lines if line.arena.is_open],
        closed=[line for line in lines if not line.arena.is_open],
        outside_count=counted.get(NO_ARENA, (0, 0.0))[0],
        outside_share=outside.actual_share if outside else 0.0,
        asked_amount=sum(amounts.values()),
        deviation=deviation(parts.values()),
    )


def find_arena(arena_id: int) -> Arena:
    """Return an arena.

    :raises NotFound: there is none with this number.
    """
    return db.session.get(Arena, arena_id) or _none()


def find_study(study_id: int) -> Study:
    """Return a study.

    :raises NotFound: there is none with this number.
    """
    return db.session.get(Study, study_id) or _none()


RACED = ("kind", "begins_on", "until_on", "sureness")
"""What of a move says when a competitor comes."""


def find_move(move_id: int) -> CompetitorMove:
    """Return a competitor's move.

    :raises NotFound: there is none with this number.
    """
    return db.session.get(CompetitorMove, move_id) or _none()


@dataclass(frozen=True)
class Belief:
    """What we believed of a competitor's move from a moment on, and who said so."""

    at: datetime
    who: str
    kind: str
    begins_on: date
    until_on: date | None
    sureness: float

    @property
    def words(self) -> str:
        return MoveKind(self.kind).words


def beliefs_of(move: CompetitorMove) -> list[Belief]:
    """Return what we believed of a move over time, what we believe now first; only what changed its race."""
    query = select(AuditEvent).where(
        AuditEvent.subject_type == "competitor_moves", AuditEvent.subject_id == move.id
    )
    values: dict[str, Any] = {}
    found: list[Belief] = []
    for event in db.session.scalars(query.order_by(AuditEvent.id)):
        before = dict(values)
        values |= {name: value for name, value in (event.after or {}).items() if name in RACED}
        if values != before and "begins_on" in values:
            until = values.get("until_on")
            begins = date.fromisoformat(values["begins_on"])
            days = begins, date.fromisoformat(until) if until else None
            found.append(Belief(event.at, event.actor_name, values["kind"], *days, values["sureness"]))
    return found[::-1]


def cited_in(*, study_id: int | None = None, move_id: int | None = None) -> Sequence[Proposal]:
    """Return the proposals that cite a study or a competitor's move."""
    points = Evidence.study_id == study_id if study_id is not None else Evidence.move_id == move_id
    query = select(Proposal).join(Evidence, Evidence.serves_id == Proposal.id)
    return db.session.scalars(query.where(points, Evidence.removed_at.is_(None)).order_by(Proposal.id)).all()


def _none() -> Never:
    raise NotFound()


def who_may_benefit(proposal_id: int) -> list[str]:
    """Return whom a benefit may be for: segments of those who ask, the largest first, and their accounts."""
    pairs = asking()
    asked = select(Account).join(pairs, pairs.c.account_id == Account.id)
    asked = asked.where(pairs.c.proposal_id == proposal_id)
    by_segment = asked.with_only_columns(Account.segment, func.count()).where(Account.segment.is_not(None))
    segments = db.session.execute(
        by_segment.where(Account.segment != "").group_by(Account.segment).order_by(func.count().desc())
    ).all()
    biggest = asked.order_by(our_revenue().desc().nulls_last(), Account.name).limit(MOST_SUGGESTED)
    return [
        *(f"{segment}, {plural(count, 'account')}" for segment, count in segments),
        *(account.name for account in db.session.scalars(biggest)),
    ]
