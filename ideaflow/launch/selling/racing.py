"""Whether we are first where an account buys: its places against every competitor the launch races."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import BigInteger, CompoundSelect, bindparam, literal, select, union_all

from ideaflow.accounts.models import Opportunity, OpportunityState
from ideaflow.clock import today
from ideaflow.db import db
from ideaflow.launch import moves
from ideaflow.launch.models import Launch
from ideaflow.launch.moves import Rival
from ideaflow.launch.race import lead, their_days
from ideaflow.launch.selling.answering import Cell
from ideaflow.market.places import Where
from ideaflow.proposals.models import CompetitorMove
from ideaflow.proposals.proofs.terms import MoveKind
from ideaflow.wording import MONTHS, day

MOST_RIVALS = 3


@dataclass(frozen=True)
class Racing:
    """One competitor where the account buys.

    :ivar is_in_deal: an open sale to the account names it.
    :ivar first_share: how likely we are first there; None: not sold there, or no day can be said.
    """

    competitor: str
    is_in_deal: bool
    words: str
    first_share: float | None


def race_at(launch: Launch, account_id: int, cells: Sequence[Cell], where: Where) -> tuple[Racing, ...]:
    """Return the competitors of a launch as the account meets them, those in its sales first."""
    rivals = moves.rivals(moves.moves_of(launch))[:MOST_RIVALS]
    if not rivals:
        return ()
    named = _named(account_id, [one.move.competitor for one in rivals])
    found = [
        Racing(one.move.competitor, one.move.competitor in named, _did(one.move, today()), _first(one, cells))
        for one in rivals
    ]
    return tuple(sorted(found, key=lambda one: not one.is_in_deal))


def _first(rival: Rival, cells: Sequence[Cell]) -> float | None:
    """Return how likely the first of the account's cells sells before them."""
    import numpy as np

    known = [cell.sale_days for cell in cells if cell.sale_days is not None]
    if not known:
        return None
    return lead(np.minimum.reduce(known), their_days([rival.claim], today())).first_share


def _named(account_id: int, competitors: Sequence[str]) -> set[str]:
    """Return which competitors the open sales to an account name, in one question."""
    return set(db.session.scalars(_naming(tuple(competitors)), {"account_id": account_id}))


@lru_cache(maxsize=256)
def _naming(competitors: tuple[str, ...]) -> CompoundSelect[Any]:
    """Select which of these competitors open sales to ``:account_id`` name; written once for each few."""
    theirs = Opportunity.account_id == bindparam("account_id", type_=BigInteger)
    mine = (theirs, Opportunity.state == OpportunityState.OPEN)
    return union_all(
        *(
            select(literal(name)).where(*mine, moves.names(name)).select_from(Opportunity)
            for name in competitors
        )
    )


def _did(move: CompetitorMove, today: date) -> str:
    """Say what a competitor did: “has announced it for Jan or Feb”, “sells it since 2 Nov”."""
    when, begun = _span(move.begins_on, move.until_on, today), day(move.begins_on, today)
    return {
        MoveKind.RUMOUR: f"is said to bring it {when}",
        MoveKind.ANNOUNCED: f"has announced it for {when.removeprefix('on ').removeprefix('in ')}",
        MoveKind.BETA: f"tries it with customers {when}",
        MoveKind.ON_SALE: f"sells it {'since' if move.begins_on <= today else 'from'} {begun}",
        MoveKind.PRICE: f"changed its price {when}",
    }[MoveKind(move.kind)]


def _span(begins: date, until: date | None, today: date) -> str:
    """Return a span of days as one says it: “on 2 Nov”, “in Jan or Feb”.

    >>> _span(date(2027, 1, 4), date(2027, 2, 20), date(2026, 11, 22))
    'in Jan or Feb 2027'
    """
    if until is None or until == begins:
        return f"on {day(begins, today)}"
    first, last = MONTHS[begins.month - 1], MONTHS[until.month - 1]
    year = "" if until.year == today.year else f" {until.year}"
    if (begins.year, begins.month) == (until.year, until.month):
        return f"in {first}{year}"
    far = (until.year - begins.year) * 12 + until.month - begins.month
    return f"in {first} {'or' if far == 1 else 'to'} {last}{year}"
