"""How many of the words we were told came back to who said them: the loop, counted."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import CTE, ColumnElement, Select, and_, exists, extract, func, or_, select, true, union
from sqlalchemy.orm import joinedload

from ideaflow.clock import now
from ideaflow.db import db
from ideaflow.feedback.models import FeedbackItem, Statement
from ideaflow.gates.models import GateReview, Journey
from ideaflow.intervals import wilson
from ideaflow.loop.models import Confirmation, ContactNotice
from ideaflow.loop.outcomes import Kind
from ideaflow.loop.ways import built_at, launch_of_proposal
from ideaflow.loop.words import said_to_us
from ideaflow.paging import Key, Page, page_of
from ideaflow.proposals.models import Evidence, Proposal
from ideaflow.proposals.numbers import current, lineage_of
from ideaflow.themes.models import LIVE_STATES, Theme, ThemeMembership

SPANS = {"12w": 84, "52w": 364, "all": 0}
"""Of which words: said in so many days until now; 0: of all."""
ENDS = ("go", "conditional_go", "hold", "kill")
LEAST = 5
"""With fewer to tell there is no rate: one more or less would turn it."""


class Stage(StrEnum):
    """How far words came on their way and back. ``UNTOLD``: it is decided or there, and nobody said so."""

    HEARD = "heard"
    THEMED = "themed"
    DECIDED = "decided"
    DELIVERED = "delivered"
    TOLD = "told"
    CONFIRMED = "confirmed"
    UNTOLD = "untold"


@dataclass(frozen=True)
class Loop:
    """The loop in numbers.

    :param counts: items at each stage; one item counts at every stage it reached.
    :param reachable: items with an outcome whose speaker we know by name: those that can be closed.
    :param days_said: the median of days from what was said to what was told; None while nothing was.
    """

    counts: Mapping[Stage, int]
    reachable: int
    days_said: float | None
    days_decided: float | None

    @property
    def rate(self) -> float | None:
        """Return the share told of those that can be; None below :data:`LEAST`."""
        return self.counts[Stage.TOLD] / self.reachable if self.reachable >= LEAST else None

    @property
    def interval(self) -> tuple[float, float]:
        """Return the 95 % interval of the rate (Wilson)."""
        return wilson(self.counts[Stage.TOLD], self.reachable)


def measure(span: str = "52w") -> Loop:
    """Count the loop over what was said in a span; one question."""
    ways = _ways(span)
    days_said = _median(ways.c.told_at, ways.c.said_at)
    days_decided = _median(ways.c.told_at, ways.c.ended_at)
    counted = [func.count().filter(_at(stage, ways)).label(stage.value) for stage in Stage]
    reachable = func.count().filter(_can_be_told(ways)).label("reachable")
    row = db.session.execute(select(*counted, reachable, days_said, days_decided).select_from(ways)).one()
    counts = {stage: getattr(row, stage.value) for stage in Stage}
    return Loop(counts, row.reachable, row[-2], row[-1])


def items_at(stage: Stage, span: str = "52w", *, after: str | None = None) -> Page[FeedbackItem]:
    """Return a page of the items at a stage, what was said last first."""
    ways = _ways(span)
    query = (
        select(FeedbackItem)
        .join(ways, ways.c.item_id == FeedbackItem.id)
        .where(_at(stage, ways))
        .options(joinedload(FeedbackItem.account), joinedload(FeedbackItem.contact))
    )
    return page_of(query, [Key(FeedbackItem.said_at, "said_at"), Key(FeedbackItem.id, "id")], after=after)


def _at(stage: Stage, ways: CTE) -> ColumnElement[bool]:
    conditions: dict[Stage, ColumnElement[bool]] = {
        Stage.HEARD: ways.c.item_id.is_not(None), Stage.THEMED: ways.c.is_themed,
        Stage.DECIDED: ways.c.ended_at.is_not(None), Stage.DELIVERED: ways.c.built_at.is_not(None),
        Stage.TOLD: and_(_can_be_told(ways), ways.c.told_at.is_not(None)),
        Stage.CONFIRMED: ways.c.is_confirmed,
        Stage.UNTOLD: and_(_can_be_told(ways), ways.c.told_at.is_(None)),
    }  # fmt: skip
    return conditions[stage]


def _can_be_told(ways: CTE) -> ColumnElement[bool]:
    return and_(ways.c.ended_at.is_not(None), ways.c.contact_id.is_not(None))


def _median(later: ColumnElement[Any], sooner: ColumnElement[Any]) -> ColumnElement[Any]:
    days = extract("epoch", later - sooner) / 86_400
    return func.percentile_cont(0.5).within_group(days.asc()).filter(later >= sooner)


def _ways(span: str) -> CTE:
    """Select each item with how far it came: when its proposal ended or came, when its speaker was told."""
    pairs, ends, told = _pairs(), _ends(), ContactNotice
    about = or_(told.about == ends.c.review_about, told.about == ends.c.launch_about)
    is_confirmed = exists().where(
        Confirmation.proposal_id == pairs.c.proposal_id, Confirmation.contact_id == FeedbackItem.contact_id
    )
    themed = (
        exists()
        .where(Statement.item_id == FeedbackItem.id, ThemeMembership.statement_id == Statement.id)
        .where(Theme.id == ThemeMembership.theme_id, Theme.state.in_(LIVE_STATES))
        .correlate(FeedbackItem)
    )
    query = (
        select(
            FeedbackItem.id.label("item_id"), FeedbackItem.contact_id, FeedbackItem.said_at,
            func.bool_or(themed).label("is_themed"), func.min(ends.c.ended_at).label("ended_at"),
            func.min(ends.c.built_at).label("built_at"), func.min(told.happened_at).label("told_at"),
            func.bool_or(func.coalesce(is_confirmed, False)).label("is_confirmed"),
        )
        .outerjoin(pairs, pairs.c.item_id == FeedbackItem.id)
        # What was said after it was there asks for something else.
        .outerjoin(
            ends,
            and_(
                ends.c.proposal_id == pairs.c.proposal_id,
                or_(ends.c.built_at.is_(None), ends.c.built_at >= FeedbackItem.said_at),
            ),
        )
        .outerjoin(told, and_(told.contact_id == FeedbackItem.contact_id, about))
        .where(said_to_us())
        .group_by(FeedbackItem.id)
    )  # fmt: skip
    if SPANS.get(span, 0):
        query = query.where(FeedbackItem.said_at >= _since(span))
    return query.cte("ways")


def _since(span: str) -> datetime:
    return now() - timedelta(days=SPANS[span])


def _pairs() -> Any:
    """Select which item stands behind which proposal, each pair once."""
    lineage = lineage_of(current())
    by_theme = (
        select(Statement.item_id, Evidence.serves_id.label("proposal_id"))
        .join(ThemeMembership, ThemeMembership.statement_id == Statement.id)
        .join(lineage, lineage.c.now_id == ThemeMembership.theme_id)
        .join(Evidence, and_(Evidence.theme_id == lineage.c.theme_id, Evidence.removed_at.is_(None)))
    )
    by_statement = select(Statement.item_id, Evidence.serves_id).join(
        Evidence, and_(Evidence.statement_id == Statement.id, Evidence.removed_at.is_(None))
    )
    return union(by_theme, by_statement).cte("pairs")


def _ends() -> Any:
    """Select the outcomes of proposals: each decision customers are told, and the launch."""
    launch = launch_of_proposal()
    query: Select[Any] = (
        select(
            Proposal.id.label("proposal_id"), GateReview.decided_at.label("ended_at"),
            built_at(launch).label("built_at"),
            func.concat(f"{Kind.REVIEW}:", GateReview.id).label("review_about"),
            func.concat(f"{Kind.LAUNCH}:", launch.c.id).label("launch_about"),
        )
        .join(GateReview, and_(GateReview.proposal_id == Proposal.id, GateReview.decision.in_(ENDS)))
        .outerjoin(Journey, Journey.proposal_id == Proposal.id)
        .outerjoin(launch, true())
        .where(Proposal.withdrawn_at.is_(None), GateReview.decided_at.is_not(None))
    )  # fmt: skip
    return query.cte("ends")
