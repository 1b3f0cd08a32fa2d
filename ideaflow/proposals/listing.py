"""The list of proposals: ordered by score, accounts or age, with the numbers and the state of each."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Float, Integer, Select, cast, func, select
from sqlalchemy.orm import contains_eager, with_expression

from ideaflow.db import db
from ideaflow.paging import Key, Page, page_of
from ideaflow.proposals import deltas, parts, scoring
from ideaflow.proposals.models import EvidenceSnapshot, Proposal
from ideaflow.proposals.numbers import latest_snapshots, totals
from ideaflow.proposals.parts import StateWords

SORTS = {"score": "Best score first", "accounts": "Most accounts first", "newest": "Newest first"}


@dataclass(frozen=True)
class Filters:
    """What the list shows. Empty means all that is still worked on."""

    sort: str = "score"
    owner_id: int | None = None
    state: str = ""


@dataclass(frozen=True)
class Listing:
    """The list: a page of proposals, and of each its state, its score and whether it changed.

    :param states: (state, how many) of all proposals, in the order of their first appearance.
    """

    page: Page[Proposal]
    state_of: dict[int, StateWords]
    score_of: dict[int, scoring.Score | None]
    changed: set[int]
    states: list[tuple[StateWords, int]]
    live_count: int
    total_count: int


def listing(filters: Filters, *, after: str | None = None) -> Listing:
    """Return a page of proposals with what the list shows of each, in a constant number of statements."""
    everyone = db.session.scalars(select(Proposal).order_by(Proposal.id)).all()
    all_states = parts.states_of(everyone)
    query, accounts, score = scored()
    if filters.state:
        fitting = [key for key, state in all_states.items() if state.key == filters.state]
        query = query.where(Proposal.id.in_(fitting))
    else:
        query = query.where(is_live())
    if filters.owner_id is not None:
        query = query.where(Proposal.owner_id == filters.owner_id)
    keys = {
        "accounts": [Key(accounts, "reach")],
        "newest": [],
    }.get(filters.sort, [Key(func.coalesce(score, -1.0), "score_or_none")])
    page = page_of(query, [*keys, Key(Proposal.id, "id")], after=after)
    frozen = latest_snapshots([proposal.id for proposal in page.rows])
    return Listing(
        page=page,
        state_of=all_states,
        score_of={proposal.id: score_of(proposal) for proposal in page.rows},
        changed={one.id for one in page.rows if one.id in frozen and _has_changed(one, frozen[one.id])},
        states=_count_states(list(all_states.values())),
        live_count=sum(proposal.is_live for proposal in everyone),
        total_count=len(everyone),
    )


def score_of(proposal: Proposal) -> scoring.Score | None:
    """Return the score of a listed proposal, its reach asked with the list."""
    return scoring.rice(proposal.reach or 0, proposal.impact, proposal.confidence, proposal.effort_months)


def scored() -> tuple[Select[Any], Any, Any]:
    """Select proposals with owner, accounts, revenue and score filled; return those two expressions too."""
    numbers = totals()
    accounts = cast(func.coalesce(numbers.c.account_count, 0), Integer)
    value = cast(accounts, Float) * Proposal.impact * Proposal.confidence / Proposal.effort_months
    query = (
        select(Proposal)
        .outerjoin(numbers, numbers.c.proposal_id == Proposal.id)
        .join(Proposal.owner)
        .options(
            contains_eager(Proposal.owner),
            with_expression(Proposal.reach, accounts),
            with_expression(Proposal.score, value),
            with_expression(Proposal.revenue_amount, cast(func.coalesce(numbers.c.revenue_amount, 0), Float)),
        )
        # A proposal read without these before must get them now.
        .execution_options(populate_existing=True)
    )
    return query, accounts, value


def is_live() -> Any:
    """Return the condition “this proposal is still worked on”."""
    return Proposal.withdrawn_at.is_(None) & Proposal.closed_at.is_(None)


def _has_changed(proposal: Proposal, frozen: EvidenceSnapshot) -> bool:
    return deltas.has_changed(frozen.numbers, proposal.reach or 0, proposal.revenue_amount or 0.0)


def _count_states(states: Sequence[StateWords]) -> list[tuple[StateWords, int]]:
    counted: dict[str, tuple[StateWords, int]] = {}
    for state in states:
        counted[state.key] = (
            counted.get(state.key, (state, 0))[0],
            counted.get(state.key, (state, 0))[1] + 1,
        )
    return list(counted.values())
