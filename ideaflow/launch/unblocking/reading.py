"""What is read of gaps: the open sales behind proposals, and what the engine heard about one of them."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import CTE, ColumnElement, Select, and_, exists, func, or_, select, union
from sqlalchemy.orm import aliased, joinedload

from ideaflow import config
from ideaflow.accounts.models import Account, Opportunity, OpportunityStage, OpportunityState
from ideaflow.clock import today
from ideaflow.db import among, db
from ideaflow.feedback.models import FeedbackItem, Statement
from ideaflow.launch.models import Launch, LaunchState, Offering, OfferingProposal
from ideaflow.launch.unblocking.gaps import (
    NOTHING,
    Chance,
    Gap,
    Sale,
    Severity,
    Split,
    Worth,
    chance_of,
    worth_of,
)
from ideaflow.launch.unblocking.models import GapState, OpportunityGap
from ideaflow.market import converting
from ideaflow.market.exchange import Converted
from ideaflow.proposals.models import Evidence, Proposal
from ideaflow.proposals.numbers import current, lineage_of
from ideaflow.themes.models import LIVE_STATES, PlacedBy, Theme, ThemeMembership

NEAR = 0.5
"""The strength from which words are taken to say what their theme says."""
MOST_SUGGESTED = 6


@dataclass(frozen=True)
class OpenSale:
    """An open opportunity that waits for something, ready to be counted and shown.

    :ivar sale: in the asked currency; None: its amount could not be converted, or is not known.
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
    :ivar rates: by which rates amounts were converted, and how many by each.
    """

    currency: str
    sales: tuple[OpenSale, ...]
    left_out: tuple[OpenSale, ...]
    rates: tuple[tuple[str, int], ...] = ()

    def worth(self, proposal_ids: Collection[int], split: Split = Split.EVEN) -> Worth:
        """Return what these proposals would unblock together."""
        if not self.sales:
            return NOTHING
        return worth_of(proposal_ids, (one.sale for one in self.sales if one.sale is not None), split)


@dataclass(frozen=True)
class Suggestion:
    """What the engine heard about a sale: a theme in the words of its customer, for a human to confirm."""

    theme: Theme
    words: str
    item_id: int
    said_at: datetime
    times: int


def served() -> CTE:
    """Return which gaps wait for which proposals: columns ``gap_id``, ``proposal_id``, each pair once.

    A gap of a theme waits for every live proposal that rests on it, one of an offering for what feeds it.
    """
    gap = OpportunityGap
    waits = gap.state == GapState.WAITS
    cited = lineage_of(current())
    meant = lineage_of(select(gap.theme_id.label("theme_id")).where(gap.theme_id.is_not(None)), "meant")
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
    return union(*(query.where(waits, _is_built()) for query in (direct, of_theme, of_offering))).cte(
        "served"
    )


def _is_built() -> ColumnElement[bool]:
    """Return, for queries, whether a proposal may still bring what is waited for, or has brought it."""
    launched = exists().where(Launch.proposal_id == Proposal.id, Launch.state != LaunchState.CANCELLED)
    alive = and_(Proposal.withdrawn_at.is_(None), Proposal.merged_into_id.is_(None))
    return and_(alive, or_(Proposal.closed_at.is_(None), launched))


def pipeline_of(proposal_ids: Collection[int], currency: str | None = None) -> Pipeline:
    """Return the open sales that wait for any of these proposals, in a constant number of questions."""
    pairs, gap = served(), aliased(OpportunityGap)
    mine = select(gap.opportunity_id).join(pairs, pairs.c.gap_id == gap.id)
    mine = mine.where(among(pairs.c.proposal_id, proposal_ids))
    return _pipeline(pairs, Opportunity.id.in_(mine), currency)


def pipeline_at(account_ids: Collection[int], currency: str | None = None) -> Pipeline:
    """Return the open sales to these accounts that wait for anything."""
    return _pipeline(served(), among(Opportunity.account_id, account_ids), currency)


def _pipeline(pairs: CTE, condition: ColumnElement[bool], currency: str | None) -> Pipeline:
    ours = config.read().currency
    wanted = currency or ours
    gaps = _gaps(pairs, condition)
    if not gaps:
        return Pipeline(wanted, (), ())
    query = select(Opportunity, Account.name).outerjoin(Account, Account.id == Opportunity.account_id)
    rows = db.session.execute(query.where(among(Opportunity.id, gaps)).order_by(Opportunity.id)).all()
    chance_at, rates = chances_by_stage(), converting.rates_on(today())
    counted: list[OpenSale] = []
    left_out: list[OpenSale] = []
    used: list[str] = []
    for one, account_name in rows:
        own = one.currency or ours
        money = rates.convert(one.amount, own, wanted) if one.amount is not None else None
        chance, sale = chance_at(one.stage or ""), None
        if isinstance(money, Converted):
            used.append(money.words)
            sale = Sale(one.id, money.amount, gaps[one.id], chance.share if chance else None)
        row = OpenSale(
            one.id, one.name, one.account_id, account_name or "", one.amount, own, one.stage or "",
            one.closes_on, sale, chance, gaps[one.id],
        )  # fmt: skip
        (counted if sale else left_out).append(row)
    told = Counter(words for words in used if words)
    return Pipeline(wanted, tuple(counted), tuple(left_out), tuple(told.items()))


def _gaps(pairs: CTE, condition: ColumnElement[bool]) -> dict[int, tuple[Gap, ...]]:
    """Return the gaps of the open sales that meet ``condition``, by sale, with what would close each."""
    query = (
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
    found: dict[int, list[Gap]] = defaultdict(list)
    for sale_id, severity, proposal_ids in db.session.execute(query):
        found[sale_id].append(Gap(Severity(severity), frozenset(proposal_ids)))
    return {sale_id: tuple(gaps) for sale_id, gaps in found.items()}


def chances_by_stage() -> Any:
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


def gaps_of(opportunity_id: int, *, refused: bool = False) -> Sequence[OpportunityGap]:
    """Return what an opportunity waits for, the heaviest first, with its names; or what was refused."""
    query = (
        select(OpportunityGap)
        .where(OpportunityGap.opportunity_id == opportunity_id)
        .where(OpportunityGap.state == (GapState.REFUSED if refused else GapState.WAITS))
        .options(*(joinedload(tie) for tie in (
            OpportunityGap.proposal, OpportunityGap.theme, OpportunityGap.offering, OpportunityGap.said_by,
        )))
    )  # fmt: skip
    return sorted(db.session.scalars(query), key=lambda gap: (-Severity(gap.severity).weight, gap.id))


def served_by(gap_ids: Collection[int]) -> dict[int, list[Proposal]]:
    """Return the proposals that would close each of these gaps."""
    pairs = served()
    query = select(pairs.c.gap_id, Proposal).join(Proposal, Proposal.id == pairs.c.proposal_id)
    found: dict[int, list[Proposal]] = defaultdict(list)
    for gap_id, proposal in db.session.execute(
        query.where(among(pairs.c.gap_id, gap_ids)).order_by(Proposal.id)
    ):
        found[gap_id].append(proposal)
    return found


def suggestions(opportunity: Opportunity) -> list[Suggestion]:
    """Return the themes that what was said about a sale is in, and that nobody has decided about yet."""
    decided = aliased(OpportunityGap)
    answered = select(decided.theme_id).where(
        decided.opportunity_id == opportunity.id, decided.theme_id.is_not(None)
    )
    near = or_(ThemeMembership.strength >= NEAR, ThemeMembership.placed_by == PlacedBy.USER)
    query: Select[*tuple[Any, ...]] = (
        select(Theme, Statement.text, FeedbackItem.id, FeedbackItem.said_at)
        .join(ThemeMembership, ThemeMembership.theme_id == Theme.id)
        .join(Statement, Statement.id == ThemeMembership.statement_id)
        .join(FeedbackItem, FeedbackItem.id == Statement.item_id)
        .where(FeedbackItem.opportunity_id == opportunity.id, FeedbackItem.counts, near)
        .where(Theme.state.in_(LIVE_STATES), Theme.id.not_in(answered))
        .order_by(FeedbackItem.said_at.desc(), Statement.id)
    )
    return _told_once(db.session.execute(query).tuples())


def _told_once(rows: Iterable[tuple[Theme, str, int, datetime]]) -> list[Suggestion]:
    found: dict[int, Suggestion] = {}
    for theme, words, item_id, said_at in rows:
        known = found.get(theme.id)
        times = known.times + 1 if known else 1
        first = known or Suggestion(theme, words, item_id, said_at, 1)
        found[theme.id] = Suggestion(theme, first.words, first.item_id, first.said_at, times)
    return sorted(found.values(), key=lambda one: -one.times)[:MOST_SUGGESTED]


def choices() -> dict[str, list[tuple[str, str]]]:
    """Return what else a sale may wait for: live proposals and offerings, as ``kind:id`` and a name."""
    proposals = db.session.scalars(select(Proposal).where(_is_built()).order_by(Proposal.title).limit(300))
    offerings = db.session.scalars(select(Offering).order_by(Offering.name).limit(200))
    return {
        "Offerings": [(f"offering:{one.id}", one.name) for one in offerings],
        "Proposals": [(f"proposal:{one.id}", f"{one.title} ({one.label})") for one in proposals],
    }


def worths(proposal_ids: Sequence[int], split: Split = Split.EVEN) -> Mapping[int, tuple[Worth, Pipeline]]:
    """Return what each of these proposals would unblock; those that no open sale waits for are left out."""
    pipeline = pipeline_of(proposal_ids)
    known = {number: pipeline.worth([number], split) for number in proposal_ids} if pipeline.sales else {}
    return {number: (worth, pipeline) for number, worth in known.items() if worth.sale_count}
