"""Scores of proposals by every method, with their inputs: the order of all, and one proposal's."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import select

from ideaflow.db import among, db
from ideaflow.errors import NotFound, must_exist
from ideaflow.proposals import scoring
from ideaflow.proposals.listing import is_live
from ideaflow.proposals.models import Estimate, Proposal, ScoreFormula
from ideaflow.proposals.numbers import pipelines, totals
from ideaflow.proposals.scores.methods import RICE, SHIPPED, Input, Method
from ideaflow.proposals.scores.ordering import Place, Scored, Waiting, order
from ideaflow.proposals.scores.ranges import Span, draws, span_of

SHOWN = 100
OWN_FIELDS = ("impact", "confidence", "effort_months", "asked_amount", "asked_people")


@dataclass(frozen=True)
class ScoreLine:
    """One proposal's score by one method; ``missing`` are the inputs it waits for."""

    method: Method
    value: float | None
    low: float | None
    high: float | None
    missing: list[Input]


@dataclass(frozen=True)
class Ranking:
    """The order of all live proposals by a method.

    :param fitting: how many of the first fit the resource there is, in all; None: no resource was said.
    :param more: how many come after those.
    """

    method: Method
    places: list[Place]
    waiting: list[Waiting]
    fitting: int | None = None
    spent: float = 0.0
    more: int = 0


def methods() -> list[Method]:
    """Return every way to score: those that come with ideaflow, then the open formulas by name."""
    query = select(ScoreFormula).where(ScoreFormula.closed_at.is_(None)).order_by(ScoreFormula.name)
    return [*SHIPPED, *(formula.method for formula in db.session.scalars(query))]


def formulas() -> Sequence[ScoreFormula]:
    """Return every formula, the open ones first, by name."""
    closed = ScoreFormula.closed_at.is_not(None)
    return db.session.scalars(select(ScoreFormula).order_by(closed, ScoreFormula.name)).all()


def find_formula(formula_id: int) -> ScoreFormula:
    """Return a formula.

    :raises NotFound: there is none with this number.
    """
    return must_exist(db.session.get(ScoreFormula, formula_id))


def ranking(key: str, budget: float | None = None, most: int | None = SHOWN) -> Ranking:
    """Return the order of live proposals by the method ``key``, in a constant number of statements.

    :param budget: how much of the scarce resource there is; taken in the order until it runs out.
    :param most: how many of the best are returned; None: all.
    :raises NotFound: there is no such method.
    """
    method = next((one for one in methods() if one.key == key), None)
    if method is None:
        raise NotFound()
    places, waiting, more = order(method, scored(), most)
    if method.key == RICE.key:  # Both pages show the same range.
        ranges = [_own_range(place.scored) or (place.low, place.high) for place in places]
        places = [
            replace(place, low=low, high=high) for place, (low, high) in zip(places, ranges, strict=True)
        ]
    fitting, spent = _fitting(places, budget)
    return Ranking(method, places, waiting, fitting, spent, more)


def scores_of(proposal_id: int) -> list[ScoreLine]:
    """Return one proposal's score by every method."""
    (one,) = scored(proposal_id=proposal_id)
    lines = []
    for method in methods():
        value = method.value(one.values)
        low, high = None, None
        if value is not None:
            drawn = span_of(draws(method, one.values, one.spans, one.number))
            low, high = (_own_range(one) if method.key == RICE.key else drawn) or (None, None)
        missing = [need for need in method.inputs if need.key not in one.values]
        lines.append(ScoreLine(method, value, low, high, missing))
    return lines


def scored(*, proposal_id: int | None = None) -> list[Scored]:
    """Return proposals with everything formulas may use: facts of now, own fields, estimates.

    :param proposal_id: this one alone; None: all that are worked on.
    """
    numbers = totals()
    rows = db.session.execute(
        select(Proposal, numbers.c.account_count, numbers.c.revenue_amount)
        .outerjoin(numbers, numbers.c.proposal_id == Proposal.id)
        .where(is_live() if proposal_id is None else Proposal.id == proposal_id)
        .order_by(Proposal.id)
    ).all()
    money = {row[0]: (row[1], row[2]) for row in db.session.execute(select(pipelines()))}
    spans = spans_of([row[0].id for row in rows])
    found = []
    for proposal, accounts, revenue in rows:
        open_, lost = money.get(proposal.id, (0, 0))
        facts = {"accounts": accounts, "revenue": revenue, "open_pipeline": open_, "lost_pipeline": lost}
        values = {name: float(value or 0) for name, value in facts.items()}
        own = {name: getattr(proposal, name) for name in OWN_FIELDS}
        values |= {name: float(value) for name, value in own.items() if value is not None}
        values |= {key: span.likely for key, span in spans[proposal.id].items()}
        found.append(Scored(proposal.id, proposal.title, values, spans[proposal.id]))
    return found


def estimates_of(proposal_id: int) -> dict[str, Span]:
    """Return what was estimated for a proposal, by input."""
    return spans_of([proposal_id])[proposal_id]


def spans_of(ids: Collection[int]) -> dict[int, dict[str, Span]]:
    """Return what was estimated for proposals, by input; those without an estimate are left out."""
    found: dict[int, dict[str, Span]] = defaultdict(dict)
    query = select(Estimate.proposal_id, Estimate.key, Estimate.low, Estimate.likely, Estimate.high)
    for proposal_id, key, *span in db.session.execute(query.where(among(Estimate.proposal_id, ids))):
        found[proposal_id][key] = Span(*span)
    return found


def _fitting(places: Sequence[Place], budget: float | None) -> tuple[int | None, float]:
    if budget is None:
        return None, 0.0
    spent = 0.0
    for count, place in enumerate(places):
        needs = place.scored.values.get("remaining_cost", 0.0)
        if spent + needs > budget:
            return count, spent
        spent += needs
    return len(places), spent


def _own_range(one: Scored) -> tuple[float, float] | None:
    """Return the range RICE has on the proposal's own page, one standard deviation either way."""
    values = one.values
    score = scoring.rice(
        int(values["accounts"]), values["impact"], values["confidence"], values["effort_months"]
    )
    return (score.low, score.high) if score else None
