"""To whom one listened, week by week, and by which ways words came in."""

from collections import defaultdict
from collections.abc import Collection
from datetime import date
from typing import Any

from sqlalchemy import String, and_, case, cast, exists, func, select

from ideaflow.accounts.models import Opportunity, OpportunityState
from ideaflow.db import among, db
from ideaflow.feedback.models import FeedbackItem
from ideaflow.themes.asking.accounts import mentions_by_way, week_of
from ideaflow.themes.models import LIVE_STATES, Theme
from ideaflow.themes.trends.terms import (
    BASE_WEEKS,
    MOST_WEEKS,
    NEW_WEEKS,
    WINDOW_WEEKS,
    Listening,
    Mention,
    Way,
    active_weeks,
)

ACTIVE_WEEKS = 52
"""An account stays active so long after it was last heard, or as long as a sale to it is open."""
LATE_DAYS = 14
"""What arrives longer after it was said comes late."""


def listening(reference: date) -> Listening:
    """Return to whom one listened up to a day, and by which ways words came in."""
    return Listening(active_weeks(_spans(reference)), _ways(reference))


def spoken(theme_ids: Collection[int], heard: Listening, reference: date) -> dict[int, list[Mention]]:
    """Return the mentions of these themes, each account once a week; by the way most of it came."""
    numbers = {(way.source, way.part): number for number, way in enumerate(heard.ways)}
    most: dict[tuple[int, int, int], tuple[int, int, int]] = {}
    for theme_id, account_id, week, source, part, times in mentions_by_way(theme_ids, reference):
        if week >= MOST_WEEKS:
            continue
        way = numbers.get((source, part), 0)
        total, best, chosen = most.get((theme_id, account_id, week), (0, 0, way))
        if times > best:
            best, chosen = times, way
        most[theme_id, account_id, week] = (total + times, best, chosen)
    found: dict[int, list[Mention]] = {one: [] for one in theme_ids}
    for (theme_id, account_id, week), (times, _, way) in most.items():
        found[theme_id].append(Mention(account_id, week, times, way))
    return found


def kin_of(theme_ids: Collection[int], reference: date) -> dict[int, float]:
    """Return how like the likest older theme these themes are, those first heard lately, 0–1."""
    young, old = Theme.__table__.alias("young"), Theme.__table__.alias("old")
    born = func.date(func.timezone("UTC", young.c.first_said_at))
    elder = func.date(func.timezone("UTC", old.c.first_said_at))
    query = (
        select(young.c.id, func.max(1 - young.c.centroid.cosine_distance(old.c.centroid)))
        .join(
            old,
            and_(
                old.c.id != young.c.id,
                old.c.state.in_(LIVE_STATES),
                (reference - elder) / 7 >= NEW_WEEKS,
                old.c.centroid.is_not(None),
            ),
        )
        .where(among(young.c.id, theme_ids), (reference - born) / 7 < NEW_WEEKS)
        .group_by(young.c.id)
    )
    return {row[0]: float(row[1]) for row in db.session.execute(query) if row[1] is not None}


def _counting() -> Any:
    return and_(
        FeedbackItem.account_id.is_not(None),
        FeedbackItem.counts,
    )


def _spans(reference: date) -> list[tuple[int, int]]:
    """Return for each account heard so far the weeks in which it was first and last active."""
    week = week_of(reference)
    heard = (
        select(FeedbackItem.account_id, func.max(week).label("first"), func.min(week).label("last"))
        .where(_counting())
        .group_by(FeedbackItem.account_id)
        .subquery()
    )
    sells = exists().where(
        Opportunity.account_id == heard.c.account_id, Opportunity.state == OpportunityState.OPEN
    )
    last = case((sells, 0), else_=func.greatest(heard.c.last - (ACTIVE_WEEKS - 1), 0))
    return [(int(row[0]), int(row[1])) for row in db.session.execute(select(heard.c.first, last))]


def _ways(reference: date) -> list[Way]:
    """Return the ways in with the account-weeks each brought, and when what is recent arrived."""
    week = week_of(reference)
    weeks = NEW_WEEKS + BASE_WEEKS
    heard: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0] * weeks)
    query = (
        select(FeedbackItem.source, FeedbackItem.part, week, func.count(FeedbackItem.account_id.distinct()))
        .where(_counting(), week < weeks)
        .group_by(FeedbackItem.source, FeedbackItem.part, week)
        .order_by(FeedbackItem.source, FeedbackItem.part)
    )
    for source, part, at, count in db.session.execute(query):
        heard[source, part][int(at)] = count
    arrivals = _arrivals(week)
    return [Way(source, part, own, arrivals.get((source, part), ())) for (source, part), own in heard.items()]


def _arrivals(week: Any) -> dict[tuple[str, str], list[tuple[str, int, int]]]:
    """Return for each way in: the days on which what is recent arrived, how much, how much of it late."""
    day = cast(func.date(func.timezone("UTC", FeedbackItem.created_at)), String)
    late = func.extract("epoch", FeedbackItem.created_at - FeedbackItem.said_at) > LATE_DAYS * 86_400
    query = (
        select(FeedbackItem.source, FeedbackItem.part, day, func.count(), func.count().filter(late))
        .where(_counting(), week < WINDOW_WEEKS)
        .group_by(FeedbackItem.source, FeedbackItem.part, day)
    )
    found: dict[tuple[str, str], list[tuple[str, int, int]]] = defaultdict(list)
    for source, part, arrived, count, late_count in db.session.execute(query):
        found[source, part].append((arrived, count, late_count))
    return found
