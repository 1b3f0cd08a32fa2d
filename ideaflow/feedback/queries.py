"""Questions about what customers said."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import ColumnElement, Select, func, literal_column, not_, select
from sqlalchemy.orm import joinedload

from ideaflow.accounts.models import Account
from ideaflow.db import among, db
from ideaflow.errors import NotFound
from ideaflow.feedback.models import Capture, FeedbackItem, Statement
from ideaflow.paging import Key, Page, page_of

SIMPLE: ColumnElement[str] = literal_column("'simple'::regconfig")
"""How words are told apart: as they stand, no language’s endings cut off."""


@dataclass(frozen=True)
class Filters:
    """What the list of feedback shows. Empty means all."""

    words: str = ""
    source: str = ""
    part: str = ""
    segment: str = ""
    account: int | None = None


def says(words: str) -> ColumnElement[bool]:
    """Return the condition “this statement says all of these words”, each whole or from its beginning.

    It asks the index of words, in whatever language they are; of what holds no word nothing is found.
    """
    said = func.to_tsvector(SIMPLE, Statement.text)
    quoted = ("'{}':*".format(word.replace("\\", " ").replace("'", "''")) for word in words_of(words))
    return cast("ColumnElement[bool]", said.op("@@")(func.to_tsquery(SIMPLE, " & ".join(quoted))))


def words_of(words: str) -> list[str]:
    """Return what was typed to search for, word by word.

    >>> words_of("  wi-fi, lost !")
    ['wi-fi,', 'lost']
    """
    return [word for word in words.split() if any(map(str.isalnum, word))]


def current() -> Select[FeedbackItem]:
    """Select the items that still count."""
    return select(FeedbackItem).where(FeedbackItem.counts)


def newest(filters: Filters, *, after: str | None = None) -> Page[FeedbackItem]:
    """Return a page of items with their accounts, newest first."""
    query = current().options(joinedload(FeedbackItem.account))
    if filters.words:
        query = query.where(FeedbackItem.text.icontains(filters.words, autoescape=True))
    if filters.source:
        query = query.where(FeedbackItem.source == filters.source)
    if filters.part:
        query = query.where(FeedbackItem.part == filters.part)
    if filters.account:
        query = query.where(FeedbackItem.account_id == filters.account)
    if filters.segment:
        query = query.join(Account, FeedbackItem.account_id == Account.id).where(
            Account.segment == filters.segment
        )
    return page_of(query, [Key(FeedbackItem.said_at, "said_at"), Key(FeedbackItem.id, "id")], after=after)


def get(item_id: int) -> FeedbackItem:
    """Return one item with everything it is tied to, also when it counts no more.

    :raises NotFound: there is none with this id.
    """
    links: Sequence[Any] = (
        FeedbackItem.account,
        FeedbackItem.contact,
        FeedbackItem.case,
        FeedbackItem.opportunity,
    )
    item = db.session.scalar(
        select(FeedbackItem).where(FeedbackItem.id == item_id).options(*(joinedload(link) for link in links))
    )
    if item is None:
        raise NotFound()
    return item


def captures_of(item_ids: Collection[int]) -> Sequence[Capture]:
    """Return what was captured from these items, in the order it was said in each."""
    query = (
        select(Capture)
        .join(Statement, Statement.id == Capture.statement_id)
        .where(among(Capture.item_id, item_ids))
        .options(joinedload(Capture.statement), joinedload(Capture.captured_by))
    )
    return db.session.scalars(query.order_by(Capture.item_id, Statement.begins_at, Capture.id)).all()


def others_of_record(item: FeedbackItem) -> Sequence[FeedbackItem]:
    """Return what else was said in the same case or opportunity, oldest first."""
    if item.case_id:
        said = of_record(FeedbackItem.case_id == item.case_id)
    elif item.opportunity_id:
        said = of_record(FeedbackItem.opportunity_id == item.opportunity_id)
    else:
        return []
    return [one for one in said if one.id != item.id]


def of_record(condition: ColumnElement[bool]) -> Sequence[FeedbackItem]:
    """Return what was said in one case or about one opportunity, oldest first."""
    query = current().where(condition)
    return db.session.scalars(query.order_by(FeedbackItem.said_at, FeedbackItem.id).limit(20)).all()


def newest_of_account(account_id: int, limit: int = 5) -> Sequence[FeedbackItem]:
    """Return what an account said last."""
    query = current().where(FeedbackItem.account_id == account_id)
    return db.session.scalars(query.order_by(FeedbackItem.said_at.desc(), FeedbackItem.id).limit(limit)).all()


def count_of_account(account_id: int) -> int:
    """Return how many items of an account count."""
    counted = current().where(FeedbackItem.account_id == account_id).subquery()
    return int(db.session.scalar(select(func.count()).select_from(counted)) or 0)


def statements_counting() -> ColumnElement[int]:
    """Return the SQL for how many statements count: all less those of the few items that count no more.

    So it needs no join over everything ever said.
    """
    every = select(func.count(Statement.id))
    gone = every.join(FeedbackItem).where(not_(FeedbackItem.counts))
    return every.scalar_subquery() - gone.scalar_subquery()


def sources() -> list[str]:
    """Return where things were said, by name."""
    return list(
        db.session.scalars(select(FeedbackItem.source).distinct().order_by(FeedbackItem.source).limit(100))
    )


def is_empty() -> bool:
    """Return whether nothing that counts has been said yet."""
    return db.session.scalar(current().limit(1).with_only_columns(FeedbackItem.id)) is None


def total() -> int:
    """Return how many items count."""
    return int(db.session.scalar(select(func.count()).select_from(current().subquery())) or 0)
