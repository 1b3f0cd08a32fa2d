"""Questions about ideas that pages of staff ask: everything, with who and how much revenue."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import joinedload, undefer

from ideaflow.accounts.models import Account, Contact
from ideaflow.accounts.queries import our_revenue
from ideaflow.db import db
from ideaflow.errors import NotFound, must_exist
from ideaflow.feedback.models import Statement
from ideaflow.ideas.counting import said_last
from ideaflow.ideas.models import Category, Comment, Idea, Picture, Report, Support
from ideaflow.ideas.policy import Importance, Tally, Voice, tally
from ideaflow.ideas.queries import BY_COMPANIES, NEWEST, PAGE
from ideaflow.paging import Page, page_of
from ideaflow.themes.models import LIVE_STATES, Theme, ThemeMembership

MOST = 200
FOUND = 8
VIEWS = ("", "unanswered", "reported", "hidden")


@dataclass(frozen=True)
class Filters:
    """What the list shows. Empty means all.

    :param view: one of ``VIEWS``.
    """

    view: str = ""
    words: str = ""
    status: str = ""
    category: int | None = None
    sort: str = "companies"


def listed(filters: Filters, *, after: str | None = None) -> Page[Idea]:
    """Return a page of ideas, those merged into others left out."""
    query = _with_people(select(Idea)).where(Idea.merged_into_id.is_(None), Idea.withdrawn_at.is_(None))
    is_hidden = Idea.hidden_at.is_not(None)
    query = query.where(is_hidden if filters.view == "hidden" else Idea.hidden_at.is_(None))
    if filters.view == "unanswered":
        query = query.where(Idea.answer == "")
    if filters.view == "reported":
        query = query.where(Idea.id.in_(_reported()))
    if filters.words:
        words = [one.icontains(filters.words, autoescape=True) for one in (Idea.title, Idea.text)]
        query = query.where(or_(*words))
    if filters.status:
        query = query.where(Idea.status == filters.status)
    if filters.category:
        query = query.where(Idea.category_id == filters.category)
    keys = NEWEST if filters.sort == "newest" else BY_COMPANIES
    return page_of(query, keys, after=after, size=PAGE)


def find(idea_id: int) -> Idea:
    """Return an idea, also one that was hidden or merged.

    :raises NotFound: there is none, or its author took it back.
    """
    query = _with_people(select(Idea)).where(Idea.id == idea_id, Idea.withdrawn_at.is_(None))
    found: Idea | None = db.session.scalar(query.execution_options(populate_existing=True))
    if found is None:
        raise NotFound()
    return found


def revenue_of(home_ids: Sequence[int]) -> dict[int, Decimal]:
    """Return the revenue a year, in our currency, of the accounts behind each idea; each account once."""
    behind = (
        select(Idea.home_id, Support.account_id)
        .join(Support, Support.idea_id == Idea.id)
        .where(Idea.home_id.in_(home_ids), Support.account_id.is_not(None))
        .distinct()
        .subquery()
    )
    rows = db.session.execute(
        select(behind.c.home_id, func.sum(our_revenue()))
        .join(Account, Account.id == behind.c.account_id)
        .group_by(behind.c.home_id)
    )
    return {row[0]: row[1] or Decimal(0) for row in rows}


def supports_of(idea: Idea) -> Sequence[Support]:
    """Return who stands behind an idea and those merged into it, the accounts with most revenue first."""
    query = (
        select(Support)
        .join(Idea, Idea.id == Support.idea_id)
        .outerjoin(Account, Account.id == Support.account_id)
        .where(Idea.home_id == idea.id)
        .options(joinedload(Support.contact), joinedload(Support.account))
        .order_by(our_revenue().desc(), Account.name, Support.contact_id, *said_last())
        .limit(MOST)
    )
    last: dict[int, Support] = {}
    for one in db.session.scalars(query):
        last.setdefault(one.contact_id, one)
    return list(last.values())


def together(one: Idea, other: Idea) -> Tally:
    """Return how many would stand behind two ideas if they were one."""
    rows = db.session.execute(
        select(
            Support.contact_id, Support.account_id, Support.importance, Support.captured_by_id.is_not(None)
        )
        .join(Idea, Idea.id == Support.idea_id)
        .where(Idea.home_id.in_([one.id, other.id]))
        .distinct(Support.contact_id)
        .order_by(Support.contact_id, *said_last())
    )
    return tally([Voice(row[0], row[1], Importance(row[2]), row[3]) for row in rows])


def comments_of(idea: Idea) -> Sequence[Comment]:
    """Return what was said about an idea, hidden or not, oldest first."""
    query = (
        select(Comment)
        .join(Idea, Idea.id == Comment.idea_id)
        .where(Idea.home_id == idea.id, Comment.withdrawn_at.is_(None))
        .options(joinedload(Comment.contact), joinedload(Comment.account))
    )
    return db.session.scalars(query.order_by(Comment.said_at, Comment.id).limit(MOST)).all()


def reports_of(idea: Idea) -> Sequence[Report]:
    """Return what was reported about an idea or its comments and not looked at yet."""
    query = select(Report).where(Report.idea_id == idea.id, Report.settled_at.is_(None))
    return db.session.scalars(
        query.options(joinedload(Report.contact)).order_by(Report.reported_at).limit(MOST)
    ).all()


def open_report_count() -> int:
    """Return how many ideas have reports that nobody looked at yet."""
    reported = select(func.count(func.distinct(Report.idea_id))).where(Report.settled_at.is_(None))
    return db.session.scalar(reported) or 0


def unanswered_count(least: int) -> int:
    """Return how many ideas with so many companies behind them have no answer yet."""
    query = select(func.count(Idea.id)).where(Idea.is_open, Idea.answer == "", Idea.account_count >= least)
    return db.session.scalar(query) or 0


def themes_of(idea: Idea) -> Sequence[Theme]:
    """Return the themes the words of an idea are in."""
    ids = (
        select(ThemeMembership.theme_id)
        .join(Statement, Statement.id == ThemeMembership.statement_id)
        .where(Statement.item_id == idea.item_id)
    )
    query = select(Theme).where(Theme.id.in_(ids), Theme.state.in_(LIVE_STATES))
    return db.session.scalars(query.order_by(Theme.account_count.desc(), Theme.id)).all()


def ideas_of_theme(theme_id: int, limit: int = 6) -> tuple[Sequence[Idea], int]:
    """Return the ideas whose words are in a theme, each where it lives now, and how many there are."""
    spoken = (
        select(Idea.home_id)
        .join(Statement, Statement.item_id == Idea.item_id)
        .join(ThemeMembership, ThemeMembership.statement_id == Statement.id)
        .where(ThemeMembership.theme_id == theme_id, Idea.hidden_at.is_(None))
    )
    query = select(Idea).where(Idea.id.in_(spoken), Idea.is_open)
    found = db.session.scalars(query.order_by(Idea.account_count.desc(), Idea.id).limit(limit + 1)).all()
    if len(found) <= limit:
        return found, len(found)
    return found[:limit], db.session.scalar(select(func.count()).select_from(query.subquery())) or 0


def idea_of_item(item_id: int) -> Idea | None:
    """Return the idea whose words an item holds."""
    return db.session.scalar(select(Idea).where(Idea.item_id == item_id))


def merged_here(idea: Idea) -> Sequence[Idea]:
    """Return the ideas that live in this one."""
    query = _with_people(select(Idea)).where(Idea.home_id == idea.id, Idea.id != idea.id)
    return db.session.scalars(query.order_by(Idea.posted_at, Idea.id).limit(MOST)).all()


def named(words: str, but: int) -> Sequence[Idea]:
    """Return open ideas with these words in their title: what another one may be merged with."""
    query = select(Idea).where(Idea.is_open, Idea.id != but, Idea.title.icontains(words, autoescape=True))
    return db.session.scalars(query.order_by(*_by_companies()).limit(FOUND)).all()


def contacts_named(words: str) -> Sequence[Contact]:
    """Return contacts by name, address or account: for whom one of ours may speak."""
    fields = (Contact.name, Contact.email, Account.name)
    query = select(Contact).outerjoin(Account, Account.id == Contact.account_id)
    query = query.where(or_(*(field.icontains(words, autoescape=True) for field in fields)))
    return db.session.scalars(
        query.options(joinedload(Contact.account)).order_by(Contact.name, Contact.id).limit(FOUND)
    ).all()


def categories() -> Sequence[Category]:
    """Return all categories by name."""
    return db.session.scalars(select(Category).order_by(Category.name)).all()


def idea_counts() -> dict[int, int]:
    """Return how many open ideas each category holds."""
    rows = db.session.execute(
        select(Idea.category_id, func.count())
        .where(Idea.is_open, Idea.category_id.is_not(None))
        .group_by(Idea.category_id)
    )
    return {row[0] or 0: row[1] for row in rows}


def picture(picture_id: int) -> Picture:
    """Return a picture.

    :raises NotFound: there is none.
    """
    return must_exist(db.session.get(Picture, picture_id, options=[undefer(Picture.content)]))


def _reported() -> Select[int]:
    return select(Report.idea_id).where(Report.settled_at.is_(None))


def _by_companies() -> tuple[Any, ...]:
    return Idea.account_count.desc(), Idea.id.desc()


def _with_people(query: Select[Idea]) -> Select[Idea]:
    return query.options(joinedload(Idea.contact), joinedload(Idea.account), joinedload(Idea.category))
