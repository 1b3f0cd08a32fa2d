"""The open sales that wait for proposals: which gaps wait for which, and what they are worth."""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

from sqlalchemy import (
    CTE,
    BigInteger,
    ColumnElement,
    Select,
    and_,
    bindparam,
    exists,
    func,
    or_,
    select,
    union,
)
from sqlalchemy.orm import aliased

from ideaflow import config
from ideaflow.accounts.models import Account, Opportunity, OpportunityStage, OpportunityState
from ideaflow.clock import today
from ideaflow.db import among, db
from ideaflow.launch.models import Launch, LaunchState, OfferingProposal
from ideaflow.launch.unblocking.gaps import (
    NOTHING,
    Chance,
    Gap,
    Sale,
    Severity,
    Split,
    Worth,
    any_waits,
    chance_of,
    worth_of,
)
from ideaflow.launch.unblocking.models import GapState, OpportunityGap
from ideaflow.market import converting
from ideaflow.market.exchange import Converted
from ideaflow.proposals.models import Evidence, Proposal
from ideaflow.proposals.numbers import current, lineage_of


@dataclass(frozen=True)
class OpenSale:
    """An open opportunity that waits for something, ready to be counted and shown.

    :ivar sale: in the asked currency; None: its amount could not be converted, or is not known.
    :ivar rate: by which rate its amount was converted; empty: nothing was to convert.
    """

    id: int
    name: str
    account_id: int | None
    account_name: str
    amount: Decimal | None
    currency: str
    stage: str
    closes_on: date | None
    sale: Sale | None
    chance: Chance | None
    gaps: tuple[Gap, ...]
    rate: str = ""

    def waits_for(self, proposal_ids: Collection[int]) -> bool:
        """Return whether any of these proposals would close a gap of it."""
        return any_waits(self.gaps, proposal_ids)

    def is_sole(self, proposal_id: int) -> bool:
        """Return whether it waits for nothing but this proposal."""
        return all(gap.waits_for([proposal_id]) for gap in self.gaps)

    def severities(self, proposal_id: int) -> list[Severity]:
        """Return how much this proposal matters to the sale, gap by gap."""
        return [gap.severity for gap in self.gaps if gap.waits_for([proposal_id])]


@dataclass(frozen=True)
class Pipeline:
    """What proposals would unblock, and of which sales it is made.

    :ivar currency: of all sums.
    :ivar left_out: sales that are in no sum, each with an unknown amount or without a rate.
    """

    currency: str
    sales: tuple[OpenSale, ...]
    left_out: tuple[OpenSale, ...]

    @property
    def rates(self) -> tuple[tuple[str, int], ...]:
        """Return by which rates amounts were converted, and how many by each."""
        return tuple(Counter(one.rate for one in self.sales if one.rate).items())

    def of(self, proposal_ids: Collection[int]) -> "Pipeline":
        """Return what of it waits for any of these proposals."""
        return Pipeline(
            self.currency,
            tuple(one for one in self.sales if one.waits_for(proposal_ids)),
            tuple(one for one in self.left_out if one.waits_for(proposal_ids)),
        )

    def worth(self, proposal_ids: Collection[int], split: Split = Split.EVEN) -> Worth:
        """Return what these proposals would unblock together."""
        if not self.sales:
            return NOTHING
        return worth_of(proposal_ids, (one.sale for one in self.sales if one.sale is not None), split)


def served(sales: Select[Any] | None = None) -> CTE:
    """Return which gaps wait for which proposals: columns ``gap_id``, ``proposal_id``, each pair once.

    A gap of a theme waits for every live proposal that rests on it, one of an offering for what feeds it.

    :param sales: numbers of opportunities; only their gaps are looked at.
    """
    gap = OpportunityGap
    waits = gap.state == GapState.WAITS
    if sales is not None:
        waits = and_(waits, gap.opportunity_id.in_(sales))
    cited = lineage_of(current())
    themes = select(gap.theme_id.label("theme_id")).where(gap.theme_id.is_not(None), waits).distinct()
    meant = lineage_of(themes, "meant")
    direct = select(gap.id.label("gap_id"), gap.proposal_id).join(Proposal, Proposal.id == gap.proposal_id)
    of_theme = (
        select(gap.id.label("gap_id"), Evidence.serves_id.label("proposal_id"))
        .join(meant, meant.c.theme_id == gap.theme_id)
        .join(cited, cited.c.now_id == meant.c.now_id)
        .join(Evidence, and_(Evidence.theme_id == cited.c.theme_id, Evidence.removed_at.is_(None)))
        .join(Proposal, Proposal.id == Evidence.serves_id)
    )
    of_offering = (
        select(gap.id.label("gap_id"), OfferingProposal.proposal_id)
        .join(OfferingProposal, OfferingProposal.offering_id == gap.offering_id)
        .join(Proposal, Proposal.id == OfferingProposal.proposal_id)
    )
    return union(*(query.where(waits, is_built()) for query in (direct, of_theme, of_offering))).cte("served")


def is_built() -> ColumnElement[bool]:
    """Return, for queries, whether a proposal may still bring what is waited for, or has brought it."""
    launched = exists().where(Launch.proposal_id == Proposal.id, Launch.state != LaunchState.CANCELLED)
    alive = and_(Proposal.withdrawn_at.is_(None), Proposal.merged_into_id.is_(None))
    return and_(alive, or_(Proposal.closed_at.is_(None), launched))


def pipeline_of(proposal_ids: Collection[int], currency: str | None = None) -> Pipeline:
    """Return the open sales that wait for any of these proposals, in a constant number of questions."""
    pairs, gap = served(), aliased(OpportunityGap)
    mine = select(gap.opportunity_id).join(pairs, pairs.c.gap_id == gap.id)
    mine = mine.where(among(pairs.c.proposal_id, proposal_ids))
    gaps = _gaps(db.session.execute(_gaps_of(pairs, Opportunity.id.in_(mine))))
    return _pipeline(gaps, currency, chances_by_stage() if gaps else _no_chance)


def pipeline_at(account_id: int, proposal_ids: Collection[int], currency: str | None = None) -> Pipeline:
    """Return the open sales to an account that wait for any of these proposals, without their chances."""
    gaps = _gaps(db.session.execute(_gaps_at(), {"account_id": account_id}))
    touched = {sale_id: waiting for sale_id, waiting in gaps.items() if any_waits(waiting, proposal_ids)}
    return _pipeline(touched, currency, _no_chance)


def _no_chance(_stage: str) -> None:
    return None


def _pipeline(
    gaps: Mapping[int, tuple[Gap, ...]], currency: str | None, chance_at: Callable[[str], Chance | None]
) -> Pipeline:
    ours = config.read().currency
    wanted = currency or ours
    if not gaps:
        return Pipeline(wanted, (), ())
    query = select(Opportunity, Account.name).outerjoin(Account, Account.id == Opportunity.account_id)
    rows = db.session.execute(query.where(among(Opportunity.id, gaps)).order_by(Opportunity.id)).all()
    is_mixed = any((one.currency or ours) != wanted for one, _ in rows)
    rates = converting.rates_on(today()) if is_mixed else converting.Rates(today(), ())
    counted: list[OpenSale] = []
    left_out: list[OpenSale] = []
    for one, account_name in rows:
        own = one.currency or ours
        money = rates.convert(one.amount, own, wanted) if one.amount is not None else None
        chance, sale = chance_at(one.stage or ""), None
        if isinstance(money, Converted):
            sale = Sale(one.id, money.amount, gaps[one.id], chance.share if chance else None)
        row = OpenSale(
            one.id, one.name, one.account_id, account_name or "", one.amount, own, one.stage or "",
            one.closes_on, sale, chance, gaps[one.id], money.words if isinstance(money, Converted) else "",
        )  # fmt: skip
        (counted if sale else left_out).append(row)
    return Pipeline(wanted, tuple(counted), tuple(left_out))


@cache
def _gaps_at() -> Select[Any]:
    """Select the gaps of the open sales to the account ``:account_id``; written once, as cards ask often."""
    theirs = Opportunity.account_id == bindparam("account_id", type_=BigInteger)
    sales = select(Opportunity.id).where(theirs, Opportunity.state == OpportunityState.OPEN)
    return _gaps_of(served(sales), theirs)


def _gaps_of(pairs: CTE, condition: ColumnElement[bool]) -> Select[Any]:
    """Select the gaps of the open sales that meet ``condition``, with what would close each."""
    return (
        select(
            OpportunityGap.opportunity_id,
            OpportunityGap.severity,
            func.array_remove(func.array_agg(pairs.c.proposal_id), None),
        )
        .join(Opportunity, Opportunity.id == OpportunityGap.opportunity_id)
        .outerjoin(pairs, pairs.c.gap_id == OpportunityGap.id)
        .where(OpportunityGap.state == GapState.WAITS, Opportunity.state == OpportunityState.OPEN, condition)
        .group_by(OpportunityGap.id)
        .order_by(OpportunityGap.opportunity_id, OpportunityGap.id)
    )


def _gaps(rows: Iterable[Any]) -> dict[int, tuple[Gap, ...]]:
    """Return gaps by sale."""
    found: dict[int, list[Gap]] = defaultdict(list)
    for sale_id, severity, proposal_ids in rows:
        found[sale_id].append(Gap(Severity(severity), frozenset(proposal_ids)))
    return {sale_id: tuple(gaps) for sale_id, gaps in found.items()}


def chances_by_stage() -> Callable[[str], Chance | None]:
    """Return a function from a stage to the chance that a sale there is won, with its grounds, or None."""
    won = func.count().filter(Opportunity.state == OpportunityState.WON)
    ended = Opportunity.state.in_((OpportunityState.WON, OpportunityState.LOST))
    of_all = tuple(db.session.execute(select(won, func.count()).where(ended)).one())
    rows = db.session.execute(
        select(OpportunityStage.stage, won, func.count())
        .join(Opportunity, Opportunity.id == OpportunityStage.opportunity_id)
        .where(ended)
        .group_by(OpportunityStage.stage)
    )
    by_stage: dict[str, tuple[int, int]] = {stage: (wins, ends) for stage, wins, ends in rows}
    return lambda stage: chance_of(stage, by_stage, (of_all[0], of_all[1]))


def worths(proposal_ids: Sequence[int], split: Split = Split.EVEN) -> Mapping[int, tuple[Worth, Pipeline]]:
    """Return what each of these proposals would unblock; those that no open sale waits for are left out."""
    pipeline = pipeline_of(proposal_ids)
    known = {number: pipeline.worth([number], split) for number in proposal_ids} if pipeline.sales else {}
    return {number: (worth, pipeline) for number, worth in known.items() if worth.sale_count}
