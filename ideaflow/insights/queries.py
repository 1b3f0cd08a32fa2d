"""What the portfolio reads: each kind of record once, in a constant number of statements."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import timedelta
from typing import Any

from sqlalchemy import Float, Integer, Select, cast, column, func, select, true
from sqlalchemy.dialects.postgresql import JSONB

from ideaflow.accounts.models import Account
from ideaflow.accounts.queries import our_revenue
from ideaflow.clock import now
from ideaflow.db import db
from ideaflow.gates.models import Condition, GateReview, Journey, Scorecard, StageRun
from ideaflow.gates.policy import CLOCKS, State
from ideaflow.gates.process import publishing, routes
from ideaflow.gates.process.routing import risk_of
from ideaflow.gates.process.versions import Process, ProcessVersion
from ideaflow.gates.review.forecast import worth_of
from ideaflow.insights.drift import Numbers, Then
from ideaflow.insights.forecast import Packed, Worth
from ideaflow.insights.framing import frame_of
from ideaflow.insights.load import KEEPER_WEEKS, Keeper
from ideaflow.insights.mix import Dimension, Present, Targets
from ideaflow.insights.models import BalanceTarget
from ideaflow.insights.pace import Pledge
from ideaflow.insights.terms import Frame, Review, Scope, Stay, Way
from ideaflow.proposals import ranked
from ideaflow.proposals.listing import is_live
from ideaflow.proposals.models import Arena, Proposal
from ideaflow.proposals.numbers import asking, totals
from ideaflow.users.models import User

SETTLED = ("met", "released")
WAY_FIELDS = tuple(one.name for one in fields(Way) if one.name != "stays")


@dataclass(frozen=True)
class Choices:
    """What the filters offer; processes as (key, name)."""

    arenas: list[str]
    processes: list[tuple[str, str]]


def choices() -> Choices:
    """Return the arenas and processes one can look at by themselves."""
    arenas = db.session.scalars(select(Arena.name).order_by(Arena.name))
    processes = db.session.execute(select(Process.key, Process.name).order_by(Process.name))
    return Choices(list(arenas), [(row[0], row[1]) for row in processes])


def frame(scope: Scope) -> Frame:
    """Return the stages and gates of every version that proposals in scope are on, the standard one first."""
    used = select(Journey.process_version_id).distinct()
    query = (
        select(ProcessVersion)
        .join(Process)
        .where(ProcessVersion.id.in_(used))
        .order_by(Process.key != publishing.STANDARD, Process.id, ProcessVersion.number.desc())
    )
    if scope.process:
        query = query.where(Process.key == scope.process)
    versions = list(db.session.scalars(query))
    if not scope.process and not versions:
        standard = publishing.published()
        versions = [standard] if standard else []
    return frame_of([(one.process.key, one.content, one.document) for one in versions])


def ways(scope: Scope) -> list[Way]:
    """Return the proposals in scope with their stays, in two statements."""
    stays = _stays(scope)
    return [_way(row, stays) for row in db.session.execute(_ways(scope))]


def live_ways(scope: Scope) -> list[Way]:
    """Return the live proposals in scope as they stand, without the stays that brought them there."""
    query = _ways(scope).where(is_live())
    return [_way(row, {}) for row in db.session.execute(query)]


def _stays(scope: Scope) -> Mapping[int, list[Stay]]:
    stays: dict[int, list[Stay]] = defaultdict(list)
    at = now()
    query = select(
        StageRun.proposal_id, StageRun.stage_key, StageRun.entered_at, StageRun.exited_at,
        StageRun.active_seconds, StageRun.wait_seconds, StageRun.hold_seconds, StageRun.exit_reason,
        Journey.state, Journey.state_since,
    ).join(Journey, Journey.proposal_id == StageRun.proposal_id)  # fmt: skip
    query = query.where(StageRun.proposal_id.in_(_chosen(scope)))
    for row in db.session.execute(query.order_by(StageRun.entered_at, StageRun.id)):
        clocks = {"active": row[4], "wait": row[5], "hold": row[6]}
        clock = CLOCKS.get(State(row[8])) if row[3] is None else None
        if clock:
            clocks[clock] += (at - row[9]).total_seconds()
        stays[row[0]].append(_stay(row, clocks))
    return stays


def reviews(scope: Scope) -> list[Review]:
    """Return the reviews of proposals in scope that are open or decided."""
    query = select(
        GateReview.proposal_id, GateReview.gate_key, GateReview.opened_at, GateReview.due_on,
        func.coalesce(GateReview.decision, ""), GateReview.decided_at, GateReview.is_override,
        cast(func.coalesce(GateReview.granted_amount, 0), Float),
    )  # fmt: skip
    query = query.where(GateReview.state != "cancelled", GateReview.proposal_id.in_(_chosen(scope)))
    return [Review(*row) for row in db.session.execute(query.order_by(GateReview.id))]


def pledges(scope: Scope) -> list[Pledge]:
    """Return the conditions put on proposals in scope."""
    query = select(
        Condition.proposal_id, Condition.text, Condition.due_on, Condition.settled_at, Condition.state
    )
    query = query.where(Condition.proposal_id.in_(_chosen(scope))).order_by(Condition.id)
    return [
        Pledge(row[0], row[1], row[2], row[3].date() if row[3] and row[4] in SETTLED else None)
        for row in db.session.execute(query)
    ]


def present(scope: Scope, live_ids: Sequence[int]) -> Present:
    """Return what is known of live proposals beside themselves: numbers, risks, packs, keepers, targets."""
    numbers = totals()
    decided = _decided(scope)
    packs = _packed(decided)
    rows = db.session.execute(
        select(numbers.c.proposal_id, numbers.c.account_count, cast(numbers.c.revenue_amount, Float)).where(
            numbers.c.proposal_id.in_(_live(scope))
        )
    )
    return Present(
        numbers={row[0]: Numbers(int(row[1]), row[2] or 0.0) for row in rows},
        risks={key: risk_of(facts).level for key, facts in routes.facts_of(live_ids).items()},
        then=list(map(_then, {row.proposal_id: row for row in decided}.values())),
        keepers=_keepers(scope),
        targets=targets(),
        revenue_covered=_revenue_covered(scope),
        packs=packs,
        worths=_worths({one.proposal_id for one in packs}),
    )


def targets() -> Targets:
    """Return the share each part of each dimension is meant to get; None: none, or its arena is closed."""
    arenas = db.session.execute(select(Arena.name, Arena.target_share, Arena.closed_at).order_by(Arena.name))
    return {
        Dimension.ARENA: {row[0]: row[1] if row[2] is None else None for row in arenas},
        **{Dimension(one.dimension): one.shares for one in db.session.scalars(select(BalanceTarget))},
    }


def targets_of(dimension: Dimension) -> tuple[dict[str, float], int]:
    """Return the targets of a dimension and their version, 0 before the first."""
    found = db.session.scalar(select(BalanceTarget).where(BalanceTarget.dimension == dimension))
    return (dict(found.shares), found.version) if found else ({}, 0)


def states_of(proposal_ids: Sequence[int]) -> Sequence[Proposal]:
    """Return the proposals behind a number, by their number."""
    return db.session.scalars(
        select(Proposal).where(Proposal.id.in_(proposal_ids)).order_by(Proposal.id)
    ).all()


def _chosen(scope: Scope) -> Select[Any]:
    return _narrowed(select(Proposal.id).outerjoin(Journey, Journey.proposal_id == Proposal.id), scope)


def _live(scope: Scope) -> Select[Any]:
    return _chosen(scope).where(is_live())


def _narrowed(query: Any, scope: Scope) -> Select[Any]:
    if scope.arena:
        query = query.where(Proposal.arena == scope.arena)
    if scope.type:
        query = query.where(Proposal.type == scope.type)
    if scope.process:
        versions = select(ProcessVersion.id).join(Process).where(Process.key == scope.process)
        query = query.where(Journey.process_version_id.in_(versions))
    found: Select[Any] = query
    return found


def _ways(scope: Scope) -> Select[Any]:
    query = (
        select(
            Proposal.id, Proposal.title, Proposal.owner_id, User.name, func.coalesce(Proposal.arena, ""),
            Proposal.type, Proposal.strategy, func.coalesce(Process.key, ""),
            func.coalesce(Journey.state, ""), func.coalesce(Journey.stage_key, ""), Journey.started_at,
            is_live(), cast(Proposal.asked_amount, Float), Proposal.asked_people, Proposal.effort_months,
        )
        .join(User, User.id == Proposal.owner_id)
        .outerjoin(Journey, Journey.proposal_id == Proposal.id)
        .outerjoin(ProcessVersion, ProcessVersion.id == Journey.process_version_id)
        .outerjoin(Process, Process.id == ProcessVersion.process_id)
        .order_by(Proposal.id)
    )  # fmt: skip
    return _narrowed(query, scope)


def _stay(row: Any, clocks: dict[str, float]) -> Stay:
    return Stay(row[0], row[1], row[2], row[3], clocks["active"], clocks["wait"], clocks["hold"], row[7])


def _way(row: Any, stays: Mapping[int, list[Stay]]) -> Way:
    values = dict(zip(WAY_FIELDS, row, strict=True))
    return Way(**values, stays=tuple(stays.get(row[0], ())))


def _decided(scope: Scope) -> Sequence[Any]:
    """Return what the pack of each decision on live proposals held, in the order of the decisions.

    A pack is large and kept compressed: it is unpacked once for each decision, whatever is read from it.
    """
    parts = ("gate", "proposal", "numbers", "worth")
    record = func.jsonb_to_record(GateReview.pack).table_valued(*(column(one, JSONB) for one in parts))
    pack = record.render_derived(with_types=True).lateral()
    gate, said, counted, worth = (pack.c[one] for one in parts)
    query = (
        select(
            GateReview.proposal_id, GateReview.gate_key,
            func.coalesce(gate["name"].astext, "").label("gate_name"),
            cast(said["asked_amount"].astext, Float).label("asked"),
            cast(said["effort_months"].astext, Float).label("effort"),
            func.coalesce(cast(counted["account_count"].astext, Integer), 0).label("accounts"),
            func.coalesce(cast(counted["revenue_amount"].astext, Float), 0.0).label("revenue"),
            cast(worth["npv"]["likely"].astext, Float).label("npv"),
            cast(worth["expected"].astext, Float).label("expected"),
        )
        .join(pack, true())
        .where(GateReview.state == "decided", GateReview.proposal_id.in_(_live(scope)))
        .order_by(GateReview.proposal_id, GateReview.id)
    )  # fmt: skip
    return db.session.execute(query).all()


def _then(row: Any) -> Then:
    return Then(row.proposal_id, row.gate_name, row.asked, row.effort, row.accounts, row.revenue)


def _packed(rows: Sequence[Any]) -> list[Packed]:
    """Return those decisions whose pack said what the proposal is worth."""
    return [
        Packed(row.proposal_id, row.gate_key, row.gate_name, worth)
        for row in rows
        if (worth := Worth(row.npv, row.expected)).is_told
    ]


def _worths(proposal_ids: Collection[int]) -> dict[int, Worth]:
    """Return what the estimates of proposals come to now, reckoned as for a pack."""
    found = {}
    for proposal_id, spans in ranked.spans_of(proposal_ids).items():
        worth = worth_of(spans)
        found[proposal_id] = Worth(worth["npv"].get("likely"), worth["expected"])
    return found


def _keepers(scope: Scope) -> list[Keeper]:
    """Return everybody with a scorecard that waits, or handed in lately."""
    since = now() - timedelta(weeks=KEEPER_WEEKS)
    query = (
        select(User.id, User.name, GateReview.proposal_id, Scorecard.submitted_at)
        .join(Scorecard, Scorecard.gatekeeper_id == User.id)
        .join(GateReview, GateReview.id == Scorecard.review_id)
        .where(GateReview.proposal_id.in_(_chosen(scope)), Scorecard.recused_at.is_(None))
        .where(
            (Scorecard.submitted_at >= since)
            | ((GateReview.state == "open") & Scorecard.submitted_at.is_(None))
        )
        .order_by(User.name, User.id, GateReview.id)
    )
    found: dict[tuple[int, str], tuple[list[int], list[int]]] = defaultdict(lambda: ([], []))
    for user_id, name, proposal_id, submitted_at in db.session.execute(query):
        found[user_id, name][submitted_at is not None].append(proposal_id)
    return [Keeper(*who, tuple(waiting), tuple(done)) for who, (waiting, done) in found.items()]


def _revenue_covered(scope: Scope) -> float | None:
    """Return the share of all accounts' revenue that asks for something live."""
    pairs = asking()
    asks = select(pairs.c.account_id).where(pairs.c.proposal_id.in_(_live(scope)))
    revenue = our_revenue()
    row = db.session.execute(
        select(
            cast(func.sum(revenue), Float),
            cast(func.sum(revenue).filter(Account.id.in_(asks)), Float),
        )
    ).one()
    return (row[1] or 0.0) / row[0] if row[0] else None
