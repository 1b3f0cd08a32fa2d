"""What a contact told us and what became of each: one set-based question for a page, however long."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import (
    CTE,
    BigInteger,
    ColumnElement,
    DateTime,
    Row,
    Select,
    and_,
    case,
    cast,
    distinct,
    exists,
    func,
    literal,
    select,
    true,
    tuple_,
)
from sqlalchemy.orm import aliased

from ideaflow.accounts.models import Case, CaseKind, Contact
from ideaflow.db import db
from ideaflow.feedback.models import FeedbackItem, Statement
from ideaflow.gates.models import GateReview, Journey, Notice
from ideaflow.loop.models import Confirmation, DecisionWords
from ideaflow.loop.steps import LAUNCHED_STATES, LEAST_ACCOUNTS, Facts, Reach, furthest, others, reach_of
from ideaflow.loop.words import CALL_NOTE, Scope, in_scope
from ideaflow.paging import Page, key_of_values, values_of_key
from ideaflow.proposals.models import Evidence, Proposal
from ideaflow.proposals.numbers import current, lineage_of
from ideaflow.themes.models import ThemeMembership

PAGE_SIZE = 20
LONGEST_WORDS = 400


@dataclass(frozen=True)
class Contribution:
    """One thing a contact, or a colleague of theirs, told us: a case, a call, an answer, an idea.

    :param item_id: its first words; the address of its page.
    :param words: the passage that went furthest, in the customer's words.
    :param other_count: how many other companies say the same; 0 where that is not told.
    """

    item_id: int
    said_at: datetime
    is_own: bool
    kind: str  # case, call, idea, survey, words
    number: str
    speaker: str
    words: str
    facts: Facts
    other_count: int = 0

    @property
    def reach(self) -> Reach:
        return reach_of(self.facts)


@dataclass(frozen=True)
class Sums:
    """How many things there are at each reach, and since when."""

    counts: Mapping[Reach, int]
    since: datetime | None

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    def of(self, *reaches: Reach) -> int:
        """Return how many there are at any of these."""
        return sum(self.counts.get(reach, 0) for reach in reaches)


def page(scope: Scope, *, after: str | None = None, size: int = PAGE_SIZE) -> Page[Contribution]:
    """Return a page of what was told us, the newest first.

    :raises Invalid: ``after`` was not made here.
    """
    records = _records(scope)
    chosen = select(records)
    if after:
        moment, number = values_of_key(after, 2)
        bound = (cast(literal(str(moment)), DateTime(timezone=True)), cast(literal(str(number)), BigInteger))
        chosen = chosen.where(tuple_(records.c.said_at, records.c.item_id) < tuple_(*bound))
    chosen = chosen.order_by(records.c.said_at.desc(), records.c.item_id.desc()).limit(size + 1)
    rows = _read(_lines(chosen.cte("page"), scope), scope)
    last = rows[size - 1] if len(rows) > size else None
    key = key_of_values([last.said_at, last.item_id]) if last else None
    return Page(rows[:size], key)


def one(scope: Scope, item_id: int) -> Contribution | None:
    """Return one thing told us, or None where there is none that the reader may see."""
    records = _records(scope)
    chosen = select(records).where(records.c.item_id == item_id)
    return next(iter(_read(_lines(chosen.cte("page"), scope), scope)), None)


def first_of(scope: Scope, item_id: int) -> int | None:
    """Return the first words of the record that an item belongs to, or None where it may not be seen."""
    records = _records(scope)
    of_item = select(_record()).where(FeedbackItem.id == item_id).scalar_subquery()
    return db.session.scalar(select(records.c.item_id).where(records.c.record == of_item))


def sums(scope: Scope) -> Sums:
    """Return how far everything in ``scope`` has come, in numbers."""
    records = _records(scope)
    rows = db.session.execute(_lines(select(records).cte("page"), scope, with_words=False)).all()
    counts: dict[Reach, int] = {}
    for _, ways in groupby(rows, key=lambda row: row.record):
        reach = reach_of(furthest(_facts(row) for row in ways))
        counts[reach] = counts.get(reach, 0) + 1
    return Sums(counts, min((row.said_at for row in rows), default=None))


def to_confirm(scope: Scope) -> Contribution | None:
    """Return the newest own thing that was built and that its speaker has not judged yet."""
    records = _records(Scope(scope.contact_id, scope.account_id))
    query = _lines(select(records).cte("page"), scope)
    built = and_(Journey.state.in_(LAUNCHED_STATES), Proposal.closed_at >= FeedbackItem.said_at)
    query = query.where(built, Confirmation.id.is_(None)).limit(1)
    return next(iter(_read(query, scope)), None)


def accounts_of_themes(theme_ids: Sequence[int]) -> dict[int, int]:
    """Return how many accounts speak in each theme at this moment; those below the least are left out."""
    count = func.count(distinct(FeedbackItem.account_id))
    query = (
        select(ThemeMembership.theme_id, count)
        .join(Statement, Statement.id == ThemeMembership.statement_id)
        .join(FeedbackItem, FeedbackItem.id == Statement.item_id)
        .where(ThemeMembership.theme_id.in_(theme_ids), FeedbackItem.counts)
        .group_by(ThemeMembership.theme_id)
        .having(count >= LEAST_ACCOUNTS)
    )
    return {row[0]: row[1] for row in db.session.execute(query) if row[0] is not None}


def confirmation(contact_id: int, proposal_id: int) -> Confirmation | None:
    """Return what a contact said of what was built."""
    query = select(Confirmation).where(Confirmation.contact_id == contact_id)
    return db.session.scalar(query.where(Confirmation.proposal_id == proposal_id))


def _record() -> ColumnElement[int]:
    """Return what items of one record share: all words of a case are one thing told us."""
    return case((FeedbackItem.case_id.is_not(None), -FeedbackItem.case_id), else_=FeedbackItem.id)


def _records(scope: Scope) -> CTE:
    return (
        select(
            _record().label("record"),
            func.min(FeedbackItem.said_at).label("said_at"),
            func.min(FeedbackItem.id).label("item_id"),
            func.bool_or(func.coalesce(FeedbackItem.contact_id == scope.contact_id, False)).label("is_own"),
        )
        .where(in_scope(scope))
        .group_by(_record())
        .cte("records")
    )


def _told() -> Any:
    """Return the last decision on the proposal that customers were given words for."""
    words = func.coalesce(DecisionWords.words, Notice.words)
    return (
        select(GateReview.decision, words.label("words"), GateReview.decided_at)
        .outerjoin(DecisionWords, DecisionWords.review_id == GateReview.id)
        .outerjoin(Notice, Notice.review_id == GateReview.id)
        .where(GateReview.proposal_id == Proposal.id, GateReview.state == "decided", words.is_not(None))
        .order_by(GateReview.id.desc())
        .limit(1)
        .lateral("told")
    )


def _lines(page: CTE, scope: Scope, *, with_words: bool = True) -> Select[Any]:
    """Select every way that the records of ``page`` went: a row for each statement, theme and proposal."""
    lineage, told = lineage_of(current()), _told()
    of_statement = aliased(Evidence)
    serves = func.coalesce(Evidence.serves_id, of_statement.serves_id)
    open_review = aliased(GateReview)
    columns = [
        page.c.record, page.c.said_at, page.c.item_id, page.c.is_own,
        ThemeMembership.theme_id, Proposal.id.label("proposal_id"), Journey.state,
        Proposal.closed_at, told.c.decision, told.c.words, told.c.decided_at, Confirmation.answer,
        exists().where(open_review.proposal_id == Proposal.id, open_review.state == "open").label("is_open"),
    ]  # fmt: skip
    if with_words:
        columns += [
            FeedbackItem.source, FeedbackItem.part, Case.kind, Case.source_id, Contact.name,
            func.left(func.coalesce(Statement.text, FeedbackItem.text), LONGEST_WORDS + 1).label("passage"),
        ]  # fmt: skip
    query = (
        select(*columns)
        .join(FeedbackItem, and_(_record() == page.c.record, in_scope(scope)))
        .outerjoin(Statement, Statement.item_id == FeedbackItem.id)
        .outerjoin(ThemeMembership, ThemeMembership.statement_id == Statement.id)
        .outerjoin(lineage, lineage.c.now_id == ThemeMembership.theme_id)
        .outerjoin(Evidence, and_(Evidence.theme_id == lineage.c.theme_id, Evidence.removed_at.is_(None)))
        .outerjoin(
            of_statement,
            and_(of_statement.statement_id == Statement.id, of_statement.removed_at.is_(None)),
        )
        .outerjoin(Proposal, and_(Proposal.id == serves, Proposal.withdrawn_at.is_(None)))
        .outerjoin(Journey, Journey.proposal_id == Proposal.id)
        .outerjoin(told, true())
        .outerjoin(
            Confirmation,
            and_(Confirmation.proposal_id == Proposal.id, Confirmation.contact_id == scope.contact_id),
        )
        .order_by(page.c.said_at.desc(), page.c.item_id.desc())
    )
    if not with_words:
        return query.distinct()
    query = query.outerjoin(Case, Case.id == FeedbackItem.case_id)
    query = query.outerjoin(Contact, Contact.id == FeedbackItem.contact_id)
    best = ThemeMembership.typicality.desc().nulls_last()
    return query.order_by(best, FeedbackItem.id, Statement.position)


def _facts(row: Row[Any]) -> Facts:
    is_built = row.state in LAUNCHED_STATES
    return Facts(
        said_at=row.said_at, theme_id=row.theme_id, proposal_id=row.proposal_id,
        journey=row.state or "", told=row.decision or "",
        told_words=row.words or "", told_at=row.decided_at, launched_at=row.closed_at if is_built else None,
        is_in_review=row.is_open, answer=row.answer or "",
    )  # fmt: skip


def _read(query: Select[Any], scope: Scope) -> list[Contribution]:
    """Return the records of ``query``, each by the way that went furthest."""
    chosen = []
    for _, ways in groupby(db.session.execute(query).all(), key=lambda row: row.record):
        rows = list(ways)
        facts = [_facts(row) for row in rows]
        best = furthest(facts)
        chosen.append((rows[facts.index(best)], best))
    theme_ids = {facts.theme_id for _, facts in chosen if facts.theme_id is not None}
    counts = accounts_of_themes(sorted(theme_ids))
    return [
        Contribution(
            item_id=row.item_id, said_at=row.said_at, is_own=row.is_own, kind=_kind(row),
            number=row.source_id or "", speaker="" if row.is_own else row.name or "",
            words=_shortened(row.passage), facts=facts,
            other_count=others(counts.get(facts.theme_id or 0, 0)),
        )
        for row, facts in chosen
    ]  # fmt: skip


def _kind(row: Row[Any]) -> str:
    if row.kind == CaseKind.CALL or row.part == CALL_NOTE:
        return "call"
    if row.kind:
        return "case"
    if row.source == "portal":
        return "idea"
    return "survey" if "survey" in row.source.lower() else "words"


def _shortened(words: str) -> str:
    words = " ".join(words.split())
    return words if len(words) <= LONGEST_WORDS else words[:LONGEST_WORDS].rsplit(" ", 1)[0] + " …"
