"""What a contact told us and what became of each: one set-based question for a page, however long."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import Row, Select, distinct, func, select, tuple_

from ideaflow.accounts.models import CaseKind
from ideaflow.db import db
from ideaflow.feedback.models import FeedbackItem, Statement
from ideaflow.loop.models import Confirmation
from ideaflow.loop.steps import LEAST_ACCOUNTS, Facts, Reach, furthest, others, reach_of
from ideaflow.loop.ways import LONGEST_WORDS, facts_of, lines, record, records
from ideaflow.loop.words import CALL_NOTE, Scope
from ideaflow.paging import Page, key_of_values, read_key
from ideaflow.themes.models import ThemeMembership

PAGE_SIZE = 20


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
    session_id: int | None  # Of a ballot: the co-design session.
    kind: str  # case, call, idea, survey, words, ballot
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
    told = records(scope)
    chosen = select(told)
    if after:
        bound = read_key(after, datetime.fromisoformat, int)
        chosen = chosen.where(tuple_(told.c.said_at, told.c.item_id) < tuple_(*bound))
    chosen = chosen.order_by(told.c.said_at.desc(), told.c.item_id.desc()).limit(size + 1)
    rows = _read(lines(chosen.cte("page"), scope), scope)
    last = rows[size - 1] if len(rows) > size else None
    key = key_of_values([last.said_at, last.item_id]) if last else None
    return Page(rows[:size], key)


def one(scope: Scope, item_id: int) -> Contribution | None:
    """Return one thing told us, or None where there is none that the reader may see."""
    told = records(scope)
    chosen = select(told).where(told.c.item_id == item_id)
    return next(iter(_read(lines(chosen.cte("page"), scope), scope)), None)


def first_of(scope: Scope, item_id: int) -> int | None:
    """Return the first words of the record that an item belongs to, or None where it may not be seen."""
    told = records(scope)
    of_item = select(record()).where(FeedbackItem.id == item_id).scalar_subquery()
    return db.session.scalar(select(told.c.item_id).where(told.c.record == of_item))


def sums(scope: Scope) -> Sums:
    """Return how far everything in ``scope`` has come, in numbers."""
    told = records(scope)
    rows = db.session.execute(lines(select(told).cte("page"), scope, with_words=False)).all()
    counts: dict[Reach, int] = {}
    for _, ways in groupby(rows, key=lambda row: row.record):
        reach = reach_of(furthest(facts_of(row) for row in ways))
        counts[reach] = counts.get(reach, 0) + 1
    return Sums(counts, min((row.said_at for row in rows), default=None))


def to_confirm(scope: Scope) -> Contribution | None:
    """Return the newest own thing that was built and that its speaker has not judged yet."""
    told = records(Scope(scope.contact_id, scope.account_id))
    query = lines(select(told).cte("page"), scope, only_built=True)
    query = query.where(Confirmation.id.is_(None)).limit(1)
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


def _read(query: Select[Any], scope: Scope) -> list[Contribution]:
    """Return the records of ``query``, each by the way that went furthest."""
    chosen = []
    for _, ways in groupby(db.session.execute(query).all(), key=lambda row: row.record):
        rows = list(ways)
        facts = [facts_of(row) for row in rows]
        best = furthest(facts)
        chosen.append((rows[facts.index(best)], best))
    theme_ids = {facts.theme_id for _, facts in chosen if facts.theme_id is not None}
    counts = accounts_of_themes(sorted(theme_ids))
    return [
        Contribution(
            item_id=row.item_id, said_at=row.said_at, is_own=row.is_own,
            session_id=row.session_id, kind=_kind(row),
            number=row.source_id or "", speaker="" if row.is_own else row.name or "",
            words=_shortened(row.passage), facts=facts,
            other_count=others(counts.get(facts.theme_id or 0, 0)),
        )
        for row, facts in chosen
    ]  # fmt: skip


def _kind(row: Row[Any]) -> str:
    if row.session_id is not None:
        return "ballot"
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
