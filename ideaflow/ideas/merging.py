"""Two ideas that mean the same become one, and can be taken apart again: no support is moved for it.

A merged idea points to where it lives. Supports stay with the idea they were given to and are counted over
all that live together, one for each contact; so taking apart gives each idea exactly what it had.
"""

from sqlalchemy import select, update

from ideaflow import audit
from ideaflow.audit import Actor
from ideaflow.db import transaction
from ideaflow.errors import Conflict, Invalid, NotFound
from ideaflow.ideas import hooks
from ideaflow.ideas.counting import recount
from ideaflow.ideas.hooks import Happened, IdeaEvent
from ideaflow.ideas.models import Category, Idea
from ideaflow.ideas.policy import Audience


def merge(idea_id: int, into_id: int, version: int, *, by: Actor) -> Idea:
    """Let an idea live in another one from now on; returns that one.

    :param version: of the idea that moves, as the page showed it.
    :raises NotFound: one of them does not exist.
    :raises Invalid: somebody who sees the one could not see the other.
    :raises Conflict: one of them was changed, merged, hidden or withdrawn meanwhile.
    """
    with transaction() as session:
        if idea_id == into_id:
            raise Invalid("An idea cannot be merged into itself. Choose another one.")
        idea, home = _both(idea_id, into_id)
        if idea.version != version:
            raise Conflict(f"“{idea.title}” was changed meanwhile. Look at both again, then merge.")
        if not idea.is_open or not home.is_open:
            raise Conflict("One of them was hidden, withdrawn or merged meanwhile. Nothing was changed.")
        if not audience_of(home).includes(audience_of(idea)):
            raise Invalid(
                f"Some who see “{idea.title}” may not see “{home.title}”. Merge the other way round, or widen"
                " who sees it first."
            )
        idea.merged_into_id = home.id
        idea.version += 1
        session.flush()
        session.execute(update(Idea).where(Idea.home_id == idea.id).values(home_id=home.id))
        recount(home)
        hooks.tell(IdeaEvent(Happened.MERGED, idea.id, home.id, by))
        audit.record(by, "ideas.merge", idea, after={"into": home.id, "title": home.title})
    return home


def unmerge(idea_id: int, version: int, *, by: Actor) -> Idea:
    """Take an idea out of the one it lives in; both have what they had, and what was said since stays there.

    :raises NotFound: there is no such idea.
    :raises Conflict: it is not merged, or was changed meanwhile.
    """
    with transaction() as session:
        first = session.get(Idea, idea_id)
        if first is None:
            raise NotFound()
        idea, home = _both(idea_id, first.home_id or idea_id)
        if idea.merged_into_id is None or idea.version != version:
            raise Conflict(f"“{idea.title}” was taken apart or changed meanwhile. Look at it again.")
        idea.merged_into_id = None
        idea.version += 1
        session.flush()
        session.execute(update(Idea).where(Idea.id.in_(_within(idea.id))).values(home_id=idea.id))
        recount(idea)
        recount(home)
        hooks.tell(IdeaEvent(Happened.UNMERGED, idea.id, idea.id, by))
        audit.record(by, "ideas.unmerge", idea, before={"into": home.id, "title": home.title})
    return idea


def audience_of(idea: Idea) -> Audience:
    """Return who may see an idea."""
    with transaction() as session:
        found = session.get(Category, idea.category_id) if idea.category_id else None
        segments = (frozenset(idea.segments), frozenset(found.segments if found else ()))
        return Audience(idea.account_id if idea.is_private else None, segments)


def _both(one_id: int, other_id: int) -> tuple[Idea, Idea]:
    """Return two ideas, locked in the order of their numbers, so that two merges never wait in a ring."""
    with transaction() as session:
        found = {
            idea.id: idea
            for idea in session.scalars(
                select(Idea)
                .where(Idea.id.in_([one_id, other_id]))
                .order_by(Idea.id)
                .with_for_update()
                .execution_options(populate_existing=True)
            )
        }
    if one_id not in found or other_id not in found:
        raise NotFound()
    return found[one_id], found[other_id]


def _within(idea_id: int) -> set[int]:
    """Return an idea and all that were merged into it, at any depth."""
    with transaction() as session:
        below = select(Idea.id).where(Idea.id == idea_id).cte(recursive=True)
        below = below.union(select(Idea.id).join(below, Idea.merged_into_id == below.c.id))
        return set(session.scalars(select(below.c.id)))
