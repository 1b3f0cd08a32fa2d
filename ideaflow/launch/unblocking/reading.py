"""What is read of the gaps of one sale: what it waits for, and what the engine heard about it."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Select,
    or_,
    select,
)
from sqlalchemy.orm import aliased, joinedload

from ideaflow.accounts.models import Opportunity
from ideaflow.db import among, db
from ideaflow.feedback.models import FeedbackItem, Statement
from ideaflow.launch.models import Offering
from ideaflow.launch.unblocking.gaps import (
    Severity,
)
from ideaflow.launch.unblocking.models import GapState, OpportunityGap
from ideaflow.launch.unblocking.pipeline import is_built, served
from ideaflow.proposals.models import Proposal
from ideaflow.themes.models import LIVE_STATES, PlacedBy, Theme, ThemeMembership

NEAR = 0.5
"""The strength from which words are taken to say what their theme says."""
MOST_SUGGESTED = 6


@dataclass(frozen=True)
class Suggestion:
    """What the engine heard about a sale: a theme in the words of its customer, for a human to confirm."""

    theme: Theme
    words: str
    item_id: int
    said_at: datetime
    times: int


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
    proposals = db.session.scalars(select(Proposal).where(is_built()).order_by(Proposal.title).limit(300))
    offerings = db.session.scalars(select(Offering).order_by(Offering.name).limit(200))
    return {
        "Offerings": [(f"offering:{one.id}", one.name) for one in offerings],
        "Proposals": [(f"proposal:{one.id}", f"{one.title} ({one.label})") for one in proposals],
    }
