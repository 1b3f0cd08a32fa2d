"""What accounts asked and what became of it: for many at once, in a constant number of questions."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, Subquery, and_, exists, func, or_, select, true, tuple_

from ideaflow.accounts.asks import Facts, Status, furthest, status_of
from ideaflow.accounts.models import Account, Contact
from ideaflow.accounts.renewal import PRESSING_DAYS, PRESSING_TIMES, Open
from ideaflow.clock import now
from ideaflow.codesign.models import CodesignSession
from ideaflow.codesign.policy import State
from ideaflow.db import among, db
from ideaflow.feedback.models import FeedbackItem, Statement
from ideaflow.gates.models import GateReview, Journey
from ideaflow.loop.models import ContactNotice
from ideaflow.loop.outcomes import abouts
from ideaflow.loop.ways import built_at, launch_of_proposal, record
from ideaflow.proposals.models import Evidence, Proposal
from ideaflow.proposals.numbers import current, lineage_of
from ideaflow.themes.models import LIVE_STATES, OPEN_STATES, Theme, ThemeMembership


@dataclass(frozen=True)
class Course:
    """A proposal that rests on a theme, and how far it has come."""

    proposal_id: int
    title: str
    proposed_at: datetime
    decision: str
    decided_at: datetime | None
    launched_at: datetime | None
    launch_id: int | None
    launch_name: str
    has_design: bool


@dataclass(frozen=True)
class Raised:
    """One theme an account speaks of, in their words, with the proposals that rest on it."""

    account_id: int
    theme_id: int
    title: str
    state: str
    account_count: int
    times: int
    first_said_at: datetime
    last_said_at: datetime
    words: str = ""
    speaker: str = ""
    courses: tuple[Course, ...] = ()
    told: dict[int, datetime] = field(default_factory=dict)

    def facts_of(self, course: Course | None) -> Facts:
        """Return one way as the rule knows it."""
        if course is None:
            return Facts(self.last_said_at)
        return Facts(
            self.last_said_at, course.proposal_id, course.decision, course.has_design, course.launched_at,
            self.told.get(course.proposal_id),
        )  # fmt: skip

    @property
    def best(self) -> Course | None:
        """Return the proposal that went furthest."""
        chosen = furthest([self.facts_of(course) for course in self.courses]) if self.courses else None
        return next((one for one in self.courses if chosen and one.proposal_id == chosen.proposal_id), None)

    @property
    def facts(self) -> Facts:
        return self.facts_of(self.best)

    @property
    def status(self) -> Status:
        return status_of(self.facts)


def raised_by(account_ids: Collection[int], most: int) -> list[Raised]:
    """Return the themes each account speaks of, what it said last first, at most ``most`` each."""
    rows = _themes_of(account_ids, most)
    words = _words_of([(row.account_id, row.theme_id) for row in rows])
    courses = courses_of({row.theme_id for row in rows})
    told = _told_to(account_ids)
    found = []
    for row in rows:
        said, speaker = words.get((row.account_id, row.theme_id), ("", ""))
        own = tuple(courses.get(row.theme_id, ()))
        known = row._asdict() | {"words": said, "speaker": speaker, "courses": own}
        found.append(Raised(**known, told=told.get(row.account_id, {})))
    return found


def courses_of(theme_ids: Collection[int]) -> dict[int, list[Course]]:
    """Return the proposals that rest on each theme, withdrawn ones left out."""
    lineage, decided, launch = lineage_of(current()), _last_decision(), launch_of_proposal()
    rows = db.session.execute(
        select(
            lineage.c.now_id, Proposal.id, Proposal.title, Proposal.created_at,
            func.coalesce(decided.c.decision, ""), decided.c.decided_at,
            built_at(launch), launch.c.id, func.coalesce(launch.c.name, ""), _has_design(),
        )
        .join(Evidence, and_(Evidence.theme_id == lineage.c.theme_id, Evidence.removed_at.is_(None)))
        .join(Proposal, and_(Proposal.id == Evidence.serves_id, Proposal.withdrawn_at.is_(None)))
        .outerjoin(Journey, Journey.proposal_id == Proposal.id)
        .outerjoin(decided, true())
        .outerjoin(launch, true())
        .where(among(lineage.c.now_id, theme_ids))
        .distinct()
        .order_by(lineage.c.now_id, Proposal.id)
    )  # fmt: skip
    found: dict[int, list[Course]] = defaultdict(list)
    for theme_id, *course in rows:
        found[theme_id].append(Course(*course))
    return found


def unsolved(accounts: Any) -> Subquery:
    """Select ``account_id``, ``theme_id`` and ``presses`` of what accounts raised and do not have yet.

    :param accounts: their ids, or a query for them.

    A theme is solved by the launch of a proposal that rests on it, for those who have not said it again
    since; themes that were dismissed ask for nothing. One decided against is still a need unmet. Each pair
    is there once; it presses as ``accounts.renewal`` says.
    """
    lineage, launch = lineage_of(current()), launch_of_proposal()
    came_at = built_at(launch)
    built = (
        select(lineage.c.now_id.label("theme_id"), func.max(came_at).label("built_at"))
        .join(Evidence, and_(Evidence.theme_id == lineage.c.theme_id, Evidence.removed_at.is_(None)))
        .join(Proposal, and_(Proposal.id == Evidence.serves_id, Proposal.withdrawn_at.is_(None)))
        .join(Journey, Journey.proposal_id == Proposal.id)
        .outerjoin(launch, true())
        .where(came_at.is_not(None))
        .group_by(lineage.c.now_id)
        .subquery()
    )
    said = func.max(FeedbackItem.said_at)
    presses = and_(
        func.count(record().distinct()) >= PRESSING_TIMES, said >= now() - timedelta(days=PRESSING_DAYS)
    )
    return (
        select(FeedbackItem.account_id, ThemeMembership.theme_id, presses.label("presses"))
        .join(Statement, Statement.item_id == FeedbackItem.id)
        .join(ThemeMembership, ThemeMembership.statement_id == Statement.id)
        .join(Theme, and_(Theme.id == ThemeMembership.theme_id, Theme.state.in_(OPEN_STATES)))
        .outerjoin(built, built.c.theme_id == Theme.id)
        .where(FeedbackItem.counts, FeedbackItem.account_id.in_(accounts))
        .group_by(FeedbackItem.account_id, ThemeMembership.theme_id, built.c.built_at)
        .having(or_(built.c.built_at.is_(None), said > built.c.built_at))
        .subquery()
    )


def unsolved_counts(account_ids: Collection[int]) -> dict[int, Open]:
    """Return how many themes each account raised that are not solved."""
    pairs = unsolved(select(Account.id).where(among(Account.id, account_ids)))
    query = select(pairs.c.account_id, func.count(), func.count().filter(pairs.c.presses))
    return {row[0]: Open(row[1], row[2]) for row in db.session.execute(query.group_by(pairs.c.account_id))}


def ungrouped(account_ids: Collection[int], most: int) -> Sequence[Any]:
    """Return what each account said that is in no theme: each item, and how many there are."""
    in_theme = (
        exists()
        .where(Statement.item_id == FeedbackItem.id, ThemeMembership.statement_id == Statement.id)
        .where(ThemeMembership.theme_id.is_not(None))
    )
    newest = (FeedbackItem.said_at.desc(), FeedbackItem.id.desc())
    ranked = (
        select(
            FeedbackItem.id,
            func.row_number().over(partition_by=FeedbackItem.account_id, order_by=newest).label("place"),
            func.count().over(partition_by=FeedbackItem.account_id).label("number"),
        )
        .where(among(FeedbackItem.account_id, account_ids), FeedbackItem.counts, ~in_theme)
        .subquery()
    )
    query = select(FeedbackItem, ranked.c.number).join(ranked, ranked.c.id == FeedbackItem.id)
    return db.session.execute(query.where(ranked.c.place <= most).order_by(*newest)).all()


def theme_counts(account_ids: Collection[int]) -> dict[int, int]:
    """Return of how many live themes each account speaks."""
    query = _speaking(select(FeedbackItem.account_id, func.count(Theme.id.distinct())), account_ids)
    return {row[0]: row[1] for row in db.session.execute(query.group_by(FeedbackItem.account_id))}


def _themes_of(account_ids: Collection[int], most: int) -> Sequence[Row[Any]]:
    last = func.max(FeedbackItem.said_at)
    place = func.row_number().over(partition_by=FeedbackItem.account_id, order_by=(last.desc(), Theme.id))
    pairs = _speaking(
        select(
            FeedbackItem.account_id, Theme.id.label("theme_id"), Theme.title, Theme.state,
            Theme.account_count,
            func.count(Statement.id).label("times"), func.min(FeedbackItem.said_at).label("first_said_at"),
            last.label("last_said_at"), place.label("place"),
        ),
        account_ids,
    ).group_by(FeedbackItem.account_id, Theme.id).subquery()  # fmt: skip
    columns = [column for column in pairs.c if column.name != "place"]
    query = select(*columns).where(pairs.c.place <= most).order_by(pairs.c.account_id, pairs.c.place)
    return db.session.execute(query).all()


def _speaking(query: Any, account_ids: Collection[int]) -> Any:
    return (
        query.select_from(FeedbackItem)
        .join(Statement, Statement.item_id == FeedbackItem.id)
        .join(ThemeMembership, ThemeMembership.statement_id == Statement.id)
        .join(Theme, and_(Theme.id == ThemeMembership.theme_id, Theme.state.in_(LIVE_STATES)))
        .where(among(FeedbackItem.account_id, account_ids), FeedbackItem.counts)
    )


def _words_of(pairs: Sequence[tuple[int, int]]) -> dict[tuple[int, int], tuple[str, str]]:
    """Return the words of each account that say a theme best, and who said them."""
    if not pairs:
        return {}
    key = (FeedbackItem.account_id, ThemeMembership.theme_id)
    query = (
        select(*key, Statement.text, func.coalesce(Contact.name, FeedbackItem.speaker_name, ""))
        .select_from(FeedbackItem)
        .join(Statement, Statement.item_id == FeedbackItem.id)
        .join(ThemeMembership, ThemeMembership.statement_id == Statement.id)
        .outerjoin(Contact, Contact.id == FeedbackItem.contact_id)
        .where(tuple_(*key).in_(pairs), FeedbackItem.counts)
        .distinct(*key)
        .order_by(*key, ThemeMembership.typicality.desc().nulls_last(), Statement.id)
    )
    return {(row[0] or 0, row[1] or 0): (row[2], row[3]) for row in db.session.execute(query)}


def _told_to(account_ids: Collection[int]) -> dict[int, dict[int, datetime]]:
    """Return when somebody of each account was told last of each proposal: its decision, or its launch."""
    what = abouts()
    rows = db.session.execute(
        select(Contact.account_id, what.c.proposal_id, func.max(ContactNotice.happened_at))
        .join(ContactNotice, ContactNotice.contact_id == Contact.id)
        .join(what, what.c.about == ContactNotice.about)
        .where(among(Contact.account_id, account_ids))
        .group_by(Contact.account_id, what.c.proposal_id)
    )
    found: dict[int, dict[int, datetime]] = defaultdict(dict)
    for account_id, proposal_id, told_at in rows:
        found[account_id or 0][proposal_id] = told_at
    return found


def _last_decision() -> Any:
    return (
        select(GateReview.decision, GateReview.decided_at)
        .where(GateReview.proposal_id == Proposal.id, GateReview.state == "decided")
        .where(GateReview.decision != "recycle")
        .order_by(GateReview.id.desc())
        .limit(1)
        .lateral("decided")
    )


def _has_design() -> Any:
    begun = CodesignSession.state != State.DRAFT
    return exists().where(CodesignSession.proposal_id == Proposal.id, begun).label("has_design")
