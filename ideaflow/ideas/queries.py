"""Questions about ideas that a contact's page asks: each within what they may see."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import joinedload, undefer

from ideaflow.accounts.models import Account
from ideaflow.db import db
from ideaflow.errors import NotFound, must_exist
from ideaflow.feedback.models import Statement
from ideaflow.ideas.models import Category, Comment, Idea, Picture, Support
from ideaflow.ideas.policy import Importance, Status
from ideaflow.ideas.scope import categories_for, visible, visible_ideas
from ideaflow.ideas.standing import my_supports as my_supports
from ideaflow.paging import Key, Page, page_of
from ideaflow.portal.queries import Visitor
from ideaflow.themes.models import LIVE_STATES, Theme, ThemeMembership

PAGE, COMMENTS = 20, 50
BY_COMPANIES = [Key(Idea.account_count, "account_count"), Key(Idea.id, "id")]
NEWEST = [Key(Idea.posted_at, "posted_at"), Key(Idea.id, "id")]


@dataclass(frozen=True)
class Filters:
    """What the list of ideas shows. Empty means all.

    :param mine: ``posted``, ``supported`` or empty.
    :param sort: ``companies`` or ``newest``.
    """

    words: str = ""
    category: int | None = None
    status: str = ""
    mine: str = ""
    sort: str = "companies"

    @property
    def is_narrow(self) -> bool:
        return bool(self.words or self.category or self.status or self.mine)


def listed(who: Visitor, filters: Filters, *, after: str | None = None) -> Page[Idea]:
    """Return a page of the ideas that a contact may see; of their own also what was hidden."""
    query = _with_people(visible_ideas(who)).where(Idea.merged_into_id.is_(None))
    if filters.mine != "posted":
        query = query.where(Idea.is_open)
    if filters.words:
        words = [one.icontains(filters.words, autoescape=True) for one in (Idea.title, Idea.text)]
        query = query.where(or_(*words))
    if filters.category:
        query = query.where(Idea.category_id == filters.category)
    if filters.status:
        query = query.where(Idea.status == filters.status)
    if filters.mine == "posted":
        query = query.where(Idea.contact_id == who.contact_id)
    elif filters.mine == "supported":
        lives = select(Idea.home_id).join(Support, Support.idea_id == Idea.id)
        query = query.where(Idea.id.in_(lives.where(Support.contact_id == who.contact_id)))
    keys = NEWEST if filters.sort == "newest" else BY_COMPANIES
    return page_of(query, keys, after=after, size=PAGE)


def best(who: Visitor, limit: int) -> Sequence[Idea]:
    """Return what most companies stand behind and is still on its way, of what a contact may see."""
    query = visible_ideas(who).where(Idea.is_open, Idea.status.not_in([Status.BUILT, Status.NOT_NOW]))
    return db.session.scalars(query.order_by(Idea.account_count.desc(), Idea.id.desc()).limit(limit)).all()


def find(who: Visitor, idea_id: int) -> Idea:
    """Return an idea that a contact may see.

    :raises NotFound: there is none; one they may not see reads the same.
    """
    found: Idea | None = db.session.scalar(_with_people(visible_ideas(who)).where(Idea.id == idea_id))
    if found is None:
        raise NotFound()
    return found


def home_of(who: Visitor, idea: Idea) -> int | None:
    """Return where a merged idea lives now, if the contact may see that."""
    if idea.merged_into_id is None:
        return None
    return db.session.scalar(select(Idea.id).where(visible(who), Idea.id == idea.home_id))


def merged_here(who: Visitor, idea: Idea) -> Sequence[Idea]:
    """Return the ideas that live in this one, of those the contact may see."""
    query = _with_people(visible_ideas(who)).where(Idea.home_id == idea.id, Idea.id != idea.id)
    return db.session.scalars(query.order_by(Idea.posted_at, Idea.id).limit(COMMENTS)).all()


def comments_of(who: Visitor, idea: Idea, *, after: str | None = None) -> Page[Comment]:
    """Return what was said about an idea and those merged into it, oldest first.

    What was hidden only its speaker still sees.
    """
    is_shown = or_(Comment.hidden_at.is_(None), Comment.contact_id == who.contact_id)
    query = (
        select(Comment)
        .join(Idea, Idea.id == Comment.idea_id)
        .where(Idea.home_id == (idea.home_id or idea.id), Comment.withdrawn_at.is_(None), is_shown)
        .options(joinedload(Comment.contact), joinedload(Comment.account))
    )
    keys = [Key(Comment.said_at, "said_at", False), Key(Comment.id, "id", False)]
    return page_of(query, keys, after=after, size=COMMENTS)


def pictures_of(idea: Idea) -> Sequence[Picture]:
    """Return the pictures of an idea, without what is in them."""
    return db.session.scalars(select(Picture).where(Picture.idea_id == idea.id).order_by(Picture.id)).all()


def picture(who: Visitor, picture_id: int) -> Picture:
    """Return a picture of an idea that the contact may see.

    :raises NotFound: there is none.
    """
    query = select(Picture).join(Idea, Idea.id == Picture.idea_id)
    return must_exist(
        db.session.scalar(
            query.where(visible(who), Picture.id == picture_id).options(undefer(Picture.content))
        )
    )


def categories(who: Visitor) -> Sequence[Category]:
    """Return the categories a contact may see, by name."""
    return db.session.scalars(categories_for(who).order_by(Category.name)).all()


def accounts_by_kind() -> Mapping[tuple[str, str], int]:
    """Return how many accounts there are, by segment and region: what may stand in place of a name."""
    segment, region = func.coalesce(Account.segment, ""), func.coalesce(Account.region, "")
    rows = db.session.execute(select(segment, region, func.count()).group_by(segment, region))
    return {(row[0], row[1]): row[2] for row in rows}


def grouped_with(idea: Idea) -> int:
    """Return how many accounts say the like of an idea, those of the largest theme its words are in."""
    query = (
        select(func.max(Theme.account_count))
        .join(ThemeMembership, ThemeMembership.theme_id == Theme.id)
        .join(Statement, Statement.id == ThemeMembership.statement_id)
        .where(Statement.item_id == idea.item_id, Theme.state.in_(LIVE_STATES))
    )
    return db.session.scalar(query) or 0 if idea.item_id else 0


def importance_of(value: str) -> Importance | None:
    """Return an importance by its name, None when there is none of that name."""
    return Importance(value) if value in set(Importance) else None


def followers(home_id: int) -> set[int]:
    """Return the contacts to tell when something happens to an idea: who posted, supports or spoke.

    Not those for whom only one of ours spoke: they never asked to hear of it.
    """
    lives = select(Idea.id).where(Idea.home_id == home_id)
    people = (
        select(Idea.contact_id).where(Idea.home_id == home_id, Idea.withdrawn_at.is_(None)),
        select(Support.contact_id).where(Support.idea_id.in_(lives), Support.captured_by_id.is_(None)),
        select(Comment.contact_id).where(
            Comment.idea_id.in_(lives), Comment.contact_id.is_not(None), Comment.withdrawn_at.is_(None)
        ),
    )
    return {one for query in people for one in db.session.scalars(query) if one is not None}


def _with_people(query: Select[Idea]) -> Select[Idea]:
    people = (Idea.contact, Idea.account, Idea.category)
    return query.options(*(joinedload(one) for one in people))
