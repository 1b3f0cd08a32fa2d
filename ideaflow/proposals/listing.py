"""The list of proposals: ordered by score, accounts or age, with the numbers and the state of each."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Float, Integer, Select, Subquery, cast, func, select
from sqlalchemy.orm import Bundle, joinedload

from ideaflow.db import db
from ideaflow.paging import Key, page_of
from ideaflow.proposals import deltas, parts, scoring
from ideaflow.proposals.models import EvidenceSnapshot, Proposal
from ideaflow.proposals.numbers import latest_snapshots, totals
from ideaflow.proposals.parts import StateWords

ENDED = {"withdrawn", "closed", "merged"}
SORTS = {"score": "Best score first", "accounts": "Most accounts first", "newest": "Newest first"}


@dataclass(frozen=True)
class Filters:
    """What the list shows. Empty means all that is still worked on."""

    sort: str = "score"
    owner_id: int | None = None
    state: str = ""


@dataclass(frozen=True)
class ListRow:
    """One proposal of the list, with its numbers of now."""

    proposal: Proposal
    state: StateWords
    account_count: int
    revenue_amount: float
    score: scoring.Score | None
    has_changed: bool


@dataclass(frozen=True)
class Listing:
    """A page of the list, and what stands above it.

    :param states: (state, how many) of all proposals, as they first appear, the ended ones last.
    """

    rows: list[ListRow]
    after: str | None
    states: list[tuple[StateWords, int]]
    live_count: int
    total_count: int


def listing(filters: Filters, *, after: str | None = None) -> Listing:
    """Return a page of proposals with what the list shows of each, in a constant number of statements."""
    everyone = db.session.scalars(select(Proposal).order_by(Proposal.id)).all()
    states = parts.states_of(everyone)
    figures, keys = _figures(filters.sort)
    query = figures.where(is_live())
    if filters.state:
        query = figures.where(
            Proposal.id.in_([key for key, state in states.items() if state.key == filters.state])
        )
    if filters.owner_id is not None:
        query = query.where(Proposal.owner_id == filters.owner_id)
    page = page_of(query, keys, after=after)
    return Listing(
        rows=_rows(page.rows, states),
        after=page.after,
        states=_count_states(list(states.values())),
        live_count=sum(proposal.is_live for proposal in everyone),
        total_count=len(everyone),
    )


def rivals_of(proposal_id: int) -> list[scoring.Rival]:
    """Return the scores of all other live proposals that have one."""
    numbers = totals()
    value = _score(numbers)
    query = (
        select(Proposal.id, value)
        .outerjoin(numbers, numbers.c.proposal_id == Proposal.id)
        .where(is_live(), value.is_not(None), Proposal.id != proposal_id)
    )
    return [scoring.Rival(f"P-{row[0]}", row[1]) for row in db.session.execute(query)]


def is_live() -> Any:
    """Return the condition “this proposal is still worked on”."""
    return Proposal.withdrawn_at.is_(None) & Proposal.closed_at.is_(None)


def _figures(sort: str) -> tuple[Select[Any], list[Key]]:
    """Select the figures of every proposal, and return the keys of the order ``sort``."""
    numbers = totals()
    order = func.coalesce(_score(numbers), -1.0)  # Without a score it stands last; a key is never null.
    figures: Bundle[Any] = Bundle(
        "figures",
        Proposal.id.label("id"),
        _accounts(numbers).label("account_count"),
        cast(func.coalesce(numbers.c.revenue_amount, 0), Float).label("revenue_amount"),
        order.label("order"),
        single_entity=True,
    )
    keys = {"accounts": [Key(_accounts(numbers), "account_count")], "newest": []}
    query = select(figures).select_from(Proposal).outerjoin(numbers, numbers.c.proposal_id == Proposal.id)
    return query, [*keys.get(sort, [Key(order, "order")]), Key(Proposal.__table__.c.id, "id")]


def _accounts(numbers: Subquery) -> ColumnElement[int]:
    return cast(func.coalesce(numbers.c.account_count, 0), Integer)


def _score(numbers: Subquery) -> ColumnElement[Any]:
    """Return what ``scoring.rice`` computes, for the database to order by."""
    return cast(_accounts(numbers), Float) * Proposal.impact * Proposal.confidence / Proposal.effort_months


def _rows(figures: Sequence[Any], states: Mapping[int, StateWords]) -> list[ListRow]:
    ids = [one.id for one in figures]
    query = select(Proposal).where(Proposal.id.in_(ids)).options(joinedload(Proposal.owner))
    proposals = {proposal.id: proposal for proposal in db.session.scalars(query)}
    frozen = latest_snapshots(ids)
    return [_row(one, proposals[one.id], states[one.id], frozen.get(one.id)) for one in figures]


def _row(figures: Any, proposal: Proposal, state: StateWords, frozen: EvidenceSnapshot | None) -> ListRow:
    accounts, revenue = figures.account_count, figures.revenue_amount
    return ListRow(
        proposal=proposal,
        state=state,
        account_count=accounts,
        revenue_amount=revenue,
        score=scoring.rice(accounts, proposal.impact, proposal.confidence, proposal.effort_months),
        has_changed=frozen is not None and deltas.has_changed(frozen.numbers, accounts, revenue),
    )


def _count_states(states: Sequence[StateWords]) -> list[tuple[StateWords, int]]:
    counted = Counter(state.key for state in states)
    first = {state.key: state for state in reversed(states)}
    counts = [(first[key], count) for key, count in counted.items()]
    return sorted(counts, key=lambda one: one[0].key in ENDED)  # A stable sort: those at work stay in order.
