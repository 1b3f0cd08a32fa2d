"""Who is silent on a theme: coverage by segment, and what it says about those who were never heard."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import exists, func, select

from ideaflow.accounts.models import Account
from ideaflow.accounts.queries import our_revenue
from ideaflow.db import db
from ideaflow.feedback.models import FeedbackItem, Statement
from ideaflow.themes.models import ThemeMembership


@dataclass(frozen=True)
class Segment:
    """The accounts of one segment: how many there are, were heard of anything, and ask for this.

    :ivar revenue: a year, of all of them, of those heard and of those who ask; in the configured currency.
    """

    name: str
    accounts: int
    heard: int
    asking: int
    revenue: float
    heard_revenue: float
    asking_revenue: float

    @property
    def share(self) -> float | None:
        """Of those heard, how many ask; None where nobody was heard."""
        return self.asking / self.heard if self.heard else None


@dataclass(frozen=True)
class Reach:
    """How far a theme reaches.

    :ivar weighted: share of all accounts that would ask if the silent ones of each segment spoke like those
        heard (post-stratified); None where nobody was heard.
    """

    segments: Sequence[Segment]
    accounts: int
    heard: int
    asking: int
    heard_revenue_share: float
    asking_revenue_share: float
    weighted: float | None
    unheard_segments: int


def reach(theme_id: int) -> Reach:
    """Return who was heard and who asks, by segment, the largest revenue first."""
    heard = exists().where(FeedbackItem.account_id == Account.id, FeedbackItem.counts)
    asking = (
        select(FeedbackItem.account_id)
        .join(Statement, Statement.item_id == FeedbackItem.id)
        .join(ThemeMembership, ThemeMembership.statement_id == Statement.id)
        .where(ThemeMembership.theme_id == theme_id, FeedbackItem.counts)
    )
    asks = Account.id.in_(asking)
    number, money = func.count(Account.id), func.sum(our_revenue())
    revenue = [func.coalesce(money.filter(one), 0) for one in (heard, asks)]
    name = func.coalesce(Account.segment, "")
    query = select(
        name,
        number,
        number.filter(heard),
        number.filter(asks),
        func.coalesce(money, 0),
        *revenue,
    )
    rows = db.session.execute(
        query.group_by(name).order_by(func.sum(Account.revenue_amount).desc().nulls_last(), name)
    )
    return sum_up(
        [Segment(row[0], row[1], row[2], row[3], *(float(one or 0) for one in row[4:])) for row in rows]
    )


def sum_up(segments: Sequence[Segment]) -> Reach:
    """Add segments up, and weigh each by all its accounts instead of those heard."""
    known = [one for one in segments if one.heard]
    accounts = sum(one.accounts for one in known)
    revenue = sum(one.revenue for one in segments)
    weighted = sum(one.accounts * (one.share or 0.0) for one in known) / accounts if accounts else None
    return Reach(
        segments=segments,
        accounts=sum(one.accounts for one in segments),
        heard=sum(one.heard for one in segments),
        asking=sum(one.asking for one in segments),
        heard_revenue_share=sum(one.heard_revenue for one in segments) / revenue if revenue else 0.0,
        asking_revenue_share=sum(one.asking_revenue for one in segments) / revenue if revenue else 0.0,
        weighted=weighted,
        unheard_segments=len(segments) - len(known),
    )
