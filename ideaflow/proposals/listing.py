"""The list of proposals: ordered by score, accounts or age, with the numbers and the state of each."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Float, Integer, Select, Subquery, cast, false, func, not_, or_, select
from sqlalchemy.orm import Bundle, joinedload

from ideaflow.db import db
from ideaflow.paging import Key, Page, page_of
from ideaflow.proposals import deltas, parts, scoring
from ideaflow.proposals.models import EvidenceSnapshot, Proposal
from ideaflow.proposals.numbers import latest_snapshots, totals
from ideaflow.proposals.parts import Standing, StateWords

ENDED = ("launched", "killed", "withdrawn", "closed", "merged")
"""States that nobody works in any more, in the order of their tabs."""
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
    stands = _standings()
    live, total = db.session.execute(
        select(func.count().filter(is_live()), func.count()).select_from(Proposal)
    ).one()
    page = _page(filters, after, [one.ids for one in stands if one.words.key == filters.state])
    return Listing(_rows(page.rows), page.after, _by_state(stands), live, total)


def live_rows(owner_id: int) -> list[ListRow]:
    """Return the first page of what somebody owns and is still worked on."""
    return _rows(_page(Filters(owner_id=owner_id), None, []).rows)


def _page(filters: Filters, after: str | None, chosen: Sequence[Select[Any]]) -> Page[Any]:
    query, keys = _figures(filters.sort)
    if filters.state:
        query = query.where(or_(false(), *(Proposal.id.in_(ids) for ids in chosen)))
    else:
        query = query.where(is_live())
    if filters.owner_id is not None:
        query = query.where(Proposal.owner_id == filters.owner_id)
    return page_of(query, keys, after=after)


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


def _rows(figures: Sequence[Any]) -> list[ListRow]:
    ids = [one.id for one in figures]
    query = select(Proposal).where(Proposal.id.in_(ids)).options(joinedload(Proposal.owner))
    proposals = {proposal.id: proposal for proposal in db.session.scalars(query)}
    states, frozen = parts.states_of(list(proposals.values())), latest_snapshots(ids)
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


def _standings() -> list[Standing]:
    """Return where all proposals stand: as later slices say, else as far as this slice knows."""
    later = parts.standings()
    elsewhere = or_(false(), *(Proposal.id.in_(one.ids) for one in later))
    ours = or_(Proposal.withdrawn_at.is_not(None), not_(elsewhere))
    alike = (
        Proposal.withdrawn_at.is_not(None), Proposal.merged_into_id.is_not(None),
        Proposal.closed_at.is_not(None), Proposal.is_locked,
    )  # fmt: skip
    query = select(*alike, func.count(), func.min(Proposal.id)).where(ours).group_by(*alike)
    rows = db.session.execute(query).all()
    firsts = {
        one.id: one
        for one in db.session.scalars(select(Proposal).where(Proposal.id.in_([row[5] for row in rows])))
    }
    found = [
        Standing(
            parts.own_state(firsts[row[5]]), row[4], row[5],
            select(Proposal.id).where(ours, *(one == said for one, said in zip(alike, row[:4], strict=True))),
        )
        for row in rows
    ]  # fmt: skip
    return sorted([*later, *found], key=lambda one: one.first_id)


def _by_state(stands: Sequence[Standing]) -> list[tuple[StateWords, int]]:
    counted: Counter[str] = Counter()
    first: dict[str, StateWords] = {}
    for one in stands:
        counted[one.words.key] += one.count
        first.setdefault(one.words.key, one.words)
    # A stable sort: those at work stay in order.
    places = {key: place for place, key in enumerate(ENDED)}
    return sorted(
        ((first[key], count) for key, count in counted.items()), key=lambda one: places.get(one[0].key, -1)
    )
