"""What is known of a launch since it is on sale: the first sale, what is said of it, stories."""

import re
from collections.abc import Collection, Mapping, Sequence
from functools import cache

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import contains_eager, joinedload

from ideaflow.accounts.models import Account, Opportunity, OpportunityState
from ideaflow.clock import today
from ideaflow.db import among, db
from ideaflow.feedback.models import FeedbackItem, Statement
from ideaflow.launch.aftermath.models import LookBack, SuccessStory
from ideaflow.launch.models import Launch
from ideaflow.launch.selling.hooks import Proof
from ideaflow.launch.unblocking.models import OpportunityGap
from ideaflow.paging import Key, Page, page_of
from ideaflow.wording import day

MOST_SALES = 50


def look_back(launch_id: int) -> LookBack | None:
    """Return what was kept of a launch, if anything."""
    query = select(LookBack).where(LookBack.launch_id == launch_id)
    return db.session.scalar(query.options(joinedload(LookBack.first_sale)))


def sales_since(launch: Launch) -> Sequence[Opportunity]:
    """Return the sales won since it is on sale that waited for it, the first one first."""
    if launch.launched_at is None:
        return []
    waited = select(OpportunityGap.opportunity_id).where(
        or_(
            OpportunityGap.proposal_id == launch.proposal_id,
            OpportunityGap.offering_id == launch.offering_id,
        )
    )
    query = (
        select(Opportunity)
        .where(Opportunity.id.in_(waited), Opportunity.state == OpportunityState.WON)
        .where(Opportunity.closes_on >= launch.launched_at.date())
        .options(joinedload(Opportunity.account))
        .order_by(Opportunity.closes_on, Opportunity.id)
    )
    return db.session.scalars(query.limit(MOST_SALES)).all()


def said_since(launch: Launch, *, after: str | None = None) -> Page[Statement]:
    """Return a page of what customers said of the offering since it is on sale, the newest first.

    :param launch: with its offering; it is known by its name and by what customers call it.
    """
    query = (
        select(Statement)
        .join(FeedbackItem, FeedbackItem.id == Statement.item_id)
        .where(FeedbackItem.counts, FeedbackItem.said_at > launch.launched_at, _names(launch))
        .options(contains_eager(Statement.item).joinedload(FeedbackItem.account))
    )
    return page_of(query, [Key(FeedbackItem.said_at, "said_at"), Key(Statement.id, "id")], after=after)


def _names(launch: Launch) -> ColumnElement[bool]:
    names = [name for name in (launch.offering.name, *launch.offering.aliases) if name.strip()]
    pattern = "|".join(re.escape(name) for name in names)
    return Statement.text.regexp_match(rf"(^|\W)({pattern})(\W|$)", flags="i")


def stories_of(launch_id: int) -> Sequence[SuccessStory]:
    """Return the stories of a launch that may be told."""
    query = select(SuccessStory).where(
        SuccessStory.launch_id == launch_id, SuccessStory.withdrawn_at.is_(None)
    )
    return db.session.scalars(
        query.options(joinedload(SuccessStory.account)).order_by(SuccessStory.id.desc())
    ).all()


def proofs(launch_ids: Collection[int]) -> Mapping[int, list[Proof]]:
    """Return what sellers may say of each launch: stories whose customers agree to be named."""
    found: dict[int, list[Proof]] = {}
    for story, name in db.session.execute(_proofs(), {"launch_ids": sorted(launch_ids)}):
        consent = f"{name} agreed to be named, {day(story.agreed_on, today())}"
        found.setdefault(story.launch_id, []).append(Proof(story.words, consent))
    return found


@cache
def _proofs() -> Select[SuccessStory, str]:
    return (
        select(SuccessStory, Account.name)
        .join(Account, Account.id == SuccessStory.account_id)
        .where(among(SuccessStory.launch_id, "launch_ids"), SuccessStory.withdrawn_at.is_(None))
        .order_by(SuccessStory.id.desc())
    )
