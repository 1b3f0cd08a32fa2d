"""Moves of competitors that a launch races: which, what sales name the competitor, and ties by hand."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    and_,
    bindparam,
    func,
    literal,
    or_,
    select,
    union_all,
)

from ideaflow import audit
from ideaflow.accounts.models import Opportunity, OpportunityState
from ideaflow.audit import Actor
from ideaflow.clock import now
from ideaflow.db import db, transaction
from ideaflow.errors import NotFound
from ideaflow.feedback.models import FeedbackItem, Statement
from ideaflow.feedback.queries import says, words_of
from ideaflow.launch.models import Launch, LaunchMove, OfferingProposal
from ideaflow.launch.race import Claim
from ideaflow.proposals.models import CompetitorMove, Evidence
from ideaflow.proposals.numbers import current, lineage_of
from ideaflow.proposals.proofs.terms import MoveKind

SPECIAL = ".$*+?()[{|"
"""What a pattern reads as a sign unless it stands in brackets."""


@dataclass(frozen=True)
class Rival:
    """A competitor in a race: the newest of what we believe about when it sells, and its other moves."""

    move: CompetitorMove
    others: tuple[CompetitorMove, ...] = ()

    @property
    def claim(self) -> Claim:
        one = self.move
        return Claim(one.competitor, one.begins_on, one.until_on or one.begins_on, one.sureness)

    def is_stale(self, today: date) -> bool:
        """Return whether its days are over and nobody has said that it came."""
        return self.move.kind != MoveKind.ON_SALE and (self.move.until_on or self.move.begins_on) < today


@dataclass(frozen=True)
class Exposed:
    """The open opportunities that name a competitor: how many, and their amounts by currency."""

    count: int = 0
    sums: dict[str, Decimal] = field(default_factory=dict)


def moves_of(launch: Launch) -> Sequence[CompetitorMove]:
    """Return the moves a launch races: tied to it, cited by its proposals, or about a theme those cite.

    Themes that were merged since are the one they live on in.
    """
    asked = {"launch_id": launch.id, "offering_id": launch.offering_id, "proposal_id": launch.proposal_id}
    return db.session.scalars(_raced(), asked).all()


@cache
def _raced() -> Select[Any]:
    """Select the moves that ``:launch_id`` races; written once, as each seller's card asks."""
    launch_id, offering_id, proposal_id = (
        bindparam(name, type_=BigInteger) for name in ("launch_id", "offering_id", "proposal_id")
    )
    fed = select(OfferingProposal.proposal_id).where(OfferingProposal.offering_id == offering_id)
    ours = or_(Evidence.serves_id == proposal_id, Evidence.serves_id.in_(fed))
    cited = and_(ours, Evidence.removed_at.is_(None))
    asked = lineage_of(current().where(ours), "asked")
    moved = lineage_of(
        select(CompetitorMove.theme_id.label("theme_id")).where(CompetitorMove.theme_id.is_not(None)), "moved"
    )
    same = select(moved.c.theme_id).join(asked, asked.c.now_id == moved.c.now_id)
    query = select(CompetitorMove).where(
        or_(
            CompetitorMove.id.in_(select(LaunchMove.move_id).where(LaunchMove.launch_id == launch_id)),
            CompetitorMove.id.in_(select(Evidence.move_id).where(cited, Evidence.move_id.is_not(None))),
            CompetitorMove.theme_id.in_(same),
        )
    )
    return query.order_by(CompetitorMove.created_at.desc(), CompetitorMove.id.desc())


def rivals(moves: Iterable[CompetitorMove]) -> list[Rival]:
    """Return each competitor once, by the newest move that says from when customers can buy.

    :param moves: the newest first. A competitor with a beta or a price change alone races nobody.
    """
    by_name: dict[str, list[CompetitorMove]] = {}
    for move in moves:
        by_name.setdefault(move.competitor.casefold(), []).append(move)
    found = []
    for known in by_name.values():
        first = next((one for one in known if MoveKind(one.kind).tells_sale), None)
        if first is not None:
            found.append(Rival(first, tuple(one for one in known if one is not first)))
    return sorted(found, key=lambda one: (one.move.begins_on, one.move.competitor))


def exposed(competitors: Collection[str]) -> dict[str, Exposed]:
    """Return for each competitor the open opportunities that name it, in one statement.

    An opportunity names it in its own name, or in what the customer said about it.
    """
    asked = sorted({one for one in competitors if words_of(one)})
    if not asked:
        return {}
    currency = func.coalesce(Opportunity.currency, "")
    parts = [
        select(
            literal(name).label("name"),
            currency,
            func.count(),
            func.sum(func.coalesce(Opportunity.amount, 0)),
        )
        .where(Opportunity.state == OpportunityState.OPEN, names(name))
        .group_by(currency)
        for name in asked
    ]
    found = {name: Exposed() for name in asked}
    for name, code, count, amount in db.session.execute(union_all(*parts)):
        before = found[name]
        found[name] = Exposed(before.count + count, {**before.sums, code: amount})
    return found


def exposed_opportunities(competitor: str) -> Select[Any]:
    """Select the open opportunities that name a competitor."""
    return select(Opportunity).where(Opportunity.state == OpportunityState.OPEN, names(competitor))


def names(competitor: str) -> ColumnElement[bool]:
    """Return the condition “this opportunity names the competitor”, as a whole word in any case."""
    signs = {**{one: f"[{one}]" for one in SPECIAL}, "^": ".", "\\": "."}
    plain = "".join(signs.get(one, one) for one in competitor)
    word = rf"(^|\W){plain}(\W|$)"
    said = (
        select(FeedbackItem.opportunity_id)
        .join(Statement, Statement.item_id == FeedbackItem.id)
        .where(
            FeedbackItem.opportunity_id.is_not(None),
            FeedbackItem.counts,
            says(competitor),
            Statement.text.op("~*")(word),
        )
    )
    return or_(
        and_(Opportunity.name.icontains(competitor, autoescape=True), Opportunity.name.op("~*")(word)),
        Opportunity.id.in_(said),
    )


def tie(launch_id: int, move_id: int, *, by: Actor) -> CompetitorMove:
    """Let a launch race a move; one that it races already stays as it is.

    :raises NotFound: there is no such launch or move.
    """
    with transaction() as session:
        launch, move = session.get(Launch, launch_id), session.get(CompetitorMove, move_id)
        if launch is None or move is None:
            raise NotFound("There is no such launch or move any more.")
        known = select(LaunchMove.id).where(LaunchMove.launch_id == launch_id, LaunchMove.move_id == move_id)
        if session.scalar(known) is None:
            session.add(LaunchMove(launch_id=launch_id, move_id=move_id, tied_by_id=by.id, tied_at=now()))
            audit.record(by, "launch.race", launch, after={"move": move.name})
        return move


def untie(launch_id: int, move_id: int, *, by: Actor) -> CompetitorMove:
    """Let a launch race a move no more.

    :raises NotFound: it does not race it by hand.
    """
    with transaction() as session:
        query = select(LaunchMove).where(LaunchMove.launch_id == launch_id, LaunchMove.move_id == move_id)
        found = session.scalar(query)
        if found is None:
            raise NotFound("This move is not tied to the launch. Its proposal cites it, or its theme does.")
        launch, move = session.get_one(Launch, launch_id), session.get_one(CompetitorMove, move_id)
        session.delete(found)
        audit.record(by, "launch.race_no_more", launch, before={"move": move.name})
        return move
