"""What the pages of the race read: moves, what of ours they touch, and the sales that name a competitor."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import and_, func, literal_column, or_, select
from sqlalchemy.orm import joinedload

from ideaflow.accounts.models import Opportunity
from ideaflow.db import among, db
from ideaflow.feedback.models import FeedbackItem, Statement
from ideaflow.feedback.queries import says, words_of
from ideaflow.launch.models import Launch, LaunchMove
from ideaflow.launch.moves import exposed_opportunities
from ideaflow.paging import Key, Page, page_of
from ideaflow.proposals.models import CompetitorMove, Evidence, Proposal
from ideaflow.themes.models import Theme


@dataclass
class Touched:
    """What of ours a move touches, as (id, name)."""

    launches: list[tuple[int, str]] = field(default_factory=list)
    proposals: list[tuple[int, str]] = field(default_factory=list)
    themes: list[tuple[int, str]] = field(default_factory=list)


def newest(words: str = "", *, after: str | None = None) -> Page[CompetitorMove]:
    """Return a page of moves, those written down last first; with words, those that have them."""
    query = select(CompetitorMove)
    if words.strip():
        columns = (CompetitorMove.competitor, CompetitorMove.title, CompetitorMove.source)
        query = query.where(or_(*(one.icontains(words.strip(), autoescape=True) for one in columns)))
    return page_of(query, [Key(CompetitorMove.id, "id")], after=after)


def touched(move_ids: Collection[int]) -> dict[int, Touched]:
    """Return what of ours each move touches: launches, proposals that cite it, its theme."""
    launches = (
        select(LaunchMove.move_id, Launch.id, Launch.name)
        .join(Launch, Launch.id == LaunchMove.launch_id)
        .where(among(LaunchMove.move_id, move_ids))
    )
    cited = (
        select(Evidence.move_id, Proposal.id, Proposal.title)
        .join(Proposal, Proposal.id == Evidence.serves_id)
        .where(among(Evidence.move_id, move_ids), Evidence.removed_at.is_(None))
        .distinct()
    )
    themes = (
        select(CompetitorMove.id, Theme.id, Theme.title)
        .join(Theme, Theme.id == CompetitorMove.theme_id)
        .where(among(CompetitorMove.id, move_ids))
    )
    found: dict[int, Touched] = defaultdict(Touched)
    asked: tuple[tuple[str, Any], ...]
    asked = (("launches", launches), ("proposals", cited), ("themes", themes))
    for kind, query in asked:
        for move_id, number, name in db.session.execute(query.order_by(literal_column("2"))):
            getattr(found[move_id or 0], kind).append((number, name))
    return found


def tied(launch_id: int) -> set[int]:
    """Return the moves that somebody tied to a launch by hand."""
    return set(db.session.scalars(select(LaunchMove.move_id).where(LaunchMove.launch_id == launch_id)))


def sales_naming(competitor: str, *, after: str | None = None) -> Page[Opportunity]:
    """Return a page of the open opportunities that name a competitor, the newest first."""
    if not words_of(competitor):
        return Page([], None)
    query = exposed_opportunities(competitor).options(joinedload(Opportunity.account))
    return page_of(query, [Key(Opportunity.id, "id")], after=after)


def said_of(opportunity_ids: Collection[int], competitor: str) -> dict[int, str]:
    """Return for each opportunity the newest statement that names the competitor."""
    if not opportunity_ids:
        return {}
    newest_first = func.row_number().over(
        partition_by=FeedbackItem.opportunity_id, order_by=(FeedbackItem.said_at.desc(), Statement.id)
    )
    rows = (
        select(
            FeedbackItem.opportunity_id.label("sale"),
            Statement.text.label("said"),
            newest_first.label("place"),
        )
        .join(Statement, Statement.item_id == FeedbackItem.id)
        .where(
            and_(among(FeedbackItem.opportunity_id, opportunity_ids), FeedbackItem.counts, says(competitor))
        )
        .subquery()
    )
    return {
        row[0]: row[1]
        for row in db.session.execute(select(rows.c.sale, rows.c.said).where(rows.c.place == 1))
    }
