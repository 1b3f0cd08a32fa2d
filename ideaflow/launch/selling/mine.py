"""One's own accounts, and what changed with them since last week."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, exists, func, or_, select
from sqlalchemy.orm import joinedload

from ideaflow import config
from ideaflow.accounts import view
from ideaflow.accounts.models import Account, Opportunity, OpportunityState
from ideaflow.accounts.owners import owned_by
from ideaflow.clock import now, today
from ideaflow.db import among, db
from ideaflow.feedback.models import FeedbackItem
from ideaflow.launch.models import CheckStanding, LaunchCell, ReadinessCheck
from ideaflow.launch.selling import hooks
from ideaflow.launch.selling.answering import joined
from ideaflow.launch.selling.before import SETTLED
from ideaflow.launch.selling.hooks import News
from ideaflow.launch.selling.telling import since_words
from ideaflow.market.places import Where, places_of
from ideaflow.paging import Key, Page, page_of
from ideaflow.users.models import User
from ideaflow.wording import day, money, plural

DAYS = 7
RENEWAL_DAYS = 90
CALL_DAYS, NEAR_DAYS, MOST_CALLS = 30, 7, 3
PAGE_SIZE = 30


@dataclass(frozen=True)
class Call:
    """A sale that closes soon: a call to prepare."""

    account_id: int
    account_name: str
    sale: str
    when: str
    money: str
    due: str
    is_near: bool


def accounts_of(user: User, *, after: str | None = None) -> Page[Account]:
    """Return a page of a user's accounts, the largest first."""
    revenue = func.coalesce(Account.revenue_amount, 0)
    query = select(Account).where(owned_by(Account, user))
    return page_of(
        query, [Key(revenue, "revenue_or_zero"), Key(Account.id, "id")], after=after, size=PAGE_SIZE
    )


def count_of(user: User) -> int:
    """Return how many accounts a user has."""
    return int(
        db.session.scalar(select(func.count()).select_from(Account).where(owned_by(Account, user))) or 0
    )


def changed_count(user: User) -> int:
    """Return how many of a user's accounts said something in the last seven days."""
    spoke = exists().where(
        FeedbackItem.account_id == Account.id, FeedbackItem.said_at >= _since(), FeedbackItem.counts
    )
    query = select(func.count()).select_from(Account).where(owned_by(Account, user), spoke)
    return int(db.session.scalar(query) or 0)


def calls_of(user: User) -> list[Call]:
    """Return the open sales of a user that close soon, the first one first."""
    ours = or_(owned_by(Opportunity, user), owned_by(Account, user))
    query = (
        select(Opportunity, Account.name)
        .join(Account, Account.id == Opportunity.account_id)
        .where(Opportunity.state == OpportunityState.OPEN, ours)
        .where(Opportunity.closes_on.between(today(), today() + timedelta(days=CALL_DAYS)))
        .order_by(Opportunity.closes_on, Opportunity.id)
        .limit(MOST_CALLS)
    )
    return [_call(one, name) for one, name in db.session.execute(query).tuples()]


def news_of(accounts: Sequence[Account]) -> Mapping[int, list[News]]:
    """Return what changed with each account in the last seven days, in a constant number of questions."""
    ids, since = [one.id for one in accounts], _since()
    found: dict[int, list[News]] = defaultdict(list)
    for account_id, count in _asked(ids, since):
        words = plural(count, "thing") + " said"
        found[account_id].append(News("asked", words, f"/accounts/{account_id}"))
    for account_id, told in hooks.news(ids, since).items():
        found[account_id] += told
    for account_id, told in _cells(places_of(accounts), since).items():
        found[account_id] += told
    for account_id, seen in view.views_of(ids, only=(view.COMMITMENTS,), most=3).items():
        for entry in seen.section(view.COMMITMENTS).entries:
            if entry.status not in SETTLED and entry.tone in ("watch", "stop"):
                found[account_id].append(
                    News("commitment", f"{entry.title}: {entry.status_words}", entry.address, entry.tone)
                )
    for account in accounts:
        if account.renews_on and 0 <= (days := (account.renews_on - today()).days) <= RENEWAL_DAYS:
            when = "today" if days == 0 else f"in {plural(days, 'day')}"
            found[account.id].append(News("renewal", f"renews {when}", f"/accounts/{account.id}", "watch"))
    return found


def _since() -> datetime:
    return now() - timedelta(days=DAYS)


def _asked(account_ids: Collection[int], since: datetime) -> Sequence[tuple[int, int]]:
    query = (
        select(FeedbackItem.account_id, func.count())
        .where(among(FeedbackItem.account_id, account_ids), FeedbackItem.said_at >= since)
        .where(FeedbackItem.counts)
        .group_by(FeedbackItem.account_id)
    )
    return [(account_id or 0, count) for account_id, count in db.session.execute(query).tuples()]


def _cells(where: Mapping[int, Where], since: datetime) -> dict[int, list[News]]:
    """Return the cells that began or ceased to sell, for each account sold to there."""
    blocked = (
        select(CheckStanding.cell_id, func.max(CheckStanding.since_at).label("at"))
        .join(ReadinessCheck, ReadinessCheck.id == CheckStanding.check_id)
        .where(CheckStanding.is_passed.is_(False), ReadinessCheck.is_blocking)
        .where(CheckStanding.first_passed_at.is_not(None), CheckStanding.since_at >= since)
        .group_by(CheckStanding.cell_id)
        .subquery()
    )
    regions = {place.region_id for one in where.values() for place in one.places}
    query = (
        select(LaunchCell, blocked.c.at)
        .outerjoin(blocked, blocked.c.cell_id == LaunchCell.id)
        .where(among(LaunchCell.region_id, regions), LaunchCell.removed_at.is_(None))
        .where(
            or_(
                and_(LaunchCell.is_ready, LaunchCell.ready_since_at >= since),
                and_(LaunchCell.is_ready.is_(False), blocked.c.at.is_not(None)),
            )
        )
        .options(*(joinedload(one) for one in (LaunchCell.launch, LaunchCell.channel, LaunchCell.region)))
        .order_by(LaunchCell.id)
    )
    rows = db.session.execute(query).tuples().all()
    return {
        account_id: _turned(account_id, [(cell, at) for cell, at in rows if _is_at(one, cell)])
        for account_id, one in where.items()
    }


def _is_at(where: Where, cell: LaunchCell) -> bool:
    return any(
        place.region_id == cell.region_id and place.channel_id in (None, cell.channel_id)
        for place in where.places
    )


def _turned(account_id: int, cells: Sequence[tuple[LaunchCell, datetime | None]]) -> list[News]:
    """Say what turned, a line for each launch and region that can and one for each that cannot sell."""
    lines: dict[tuple[int, int, bool], list[tuple[LaunchCell, datetime | None]]] = defaultdict(list)
    for cell, at in cells:
        lines[cell.launch_id, cell.region_id, cell.is_ready].append((cell, at))
    return [_line(account_id, is_ready, found) for (_, _, is_ready), found in lines.items()]


def _line(account_id: int, is_ready: bool, cells: Sequence[tuple[LaunchCell, datetime | None]]) -> News:
    first = cells[0][0]
    channels = joined([cell.channel.name for cell, _ in cells])
    told = f"{first.launch.name}: {channels} {'can' if is_ready else 'cannot'} sell in {first.region.name}"
    latest = max((at for _, at in cells if at), default=None)
    since = f" since {since_words(latest, now())}" if latest and not is_ready else ""
    url = f"/accounts/{account_id}/card/{first.launch_id}"
    return News("cell", told + since, url, "go" if is_ready else "stop")


def _call(one: Opportunity, account_name: str) -> Call:
    days = (one.closes_on - today()).days if one.closes_on else 0
    when = "today" if days == 0 else f"in {plural(days, 'day')}"
    value = f", {money(one.amount, one.currency or config.read().currency)}" if one.amount else ""
    sale = one.name.removeprefix(account_name).strip(" -–:") or one.name
    return Call(
        one.account_id or 0, account_name, sale, when, value, day(one.closes_on, today()), days <= NEAR_DAYS
    )
