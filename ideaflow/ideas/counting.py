"""The figures kept with an idea: counted anew from supports and comments, under the lock of its home."""

from typing import Any

from sqlalchemy import func, select, update

from ideaflow.db import db
from ideaflow.errors import Conflict, NotFound
from ideaflow.ideas.models import Comment, Idea, Support
from ideaflow.ideas.policy import Importance, Voice, tally


def locked_home(idea_id: int) -> Idea:
    """Return the idea where this one lives, locked until the transaction ends.

    :raises NotFound: there is no such idea.
    """
    session = db.session()
    at: int | None = idea_id
    while at is not None:
        idea = session.get(Idea, at, with_for_update=True, populate_existing=True)
        if idea is None:
            raise NotFound()
        if idea.merged_into_id is None:
            return idea
        at = idea.home_id if idea.home_id != idea.id else idea.merged_into_id
    raise NotFound()


def open_home(idea_id: int, closed: str) -> Idea:
    """Return the home of an idea, locked, if one can still stand behind it and speak about it.

    :param closed: what to say when it was hidden or withdrawn.
    :raises Conflict: it was hidden or withdrawn.
    """
    home = locked_home(idea_id)
    if not home.is_open:
        raise Conflict(closed)
    return home


def said_last() -> tuple[Any, ...]:
    """Return the order in which one contact's supports of ideas that live together hold: the first does.

    Their own word before that of one of ours, then the latest.
    """
    return Support.captured_by_id.is_not(None), Support.given_at.desc(), Support.id.desc()


def recount(home: Idea) -> None:
    """Count the accounts behind a home and what is said there, over all ideas that live in it."""
    session = db.session()
    session.flush()
    lives = (Idea.home_id == home.id) & Idea.withdrawn_at.is_(None) & Idea.hidden_at.is_(None)
    rows = session.execute(
        select(
            Support.contact_id, Support.account_id, Support.importance, Support.captured_by_id.is_not(None)
        )
        .join(Idea, Idea.id == Support.idea_id)
        .where(lives | (Idea.id == home.id))
        .distinct(Support.contact_id)
        .order_by(Support.contact_id, *said_last())
    )
    found = tally([Voice(row[0], row[1], Importance(row[2]), row[3]) for row in rows])
    comments = (
        select(func.count(Comment.id))
        .join(Idea, Idea.id == Comment.idea_id)
        .where(Idea.home_id == home.id, Comment.hidden_at.is_(None), Comment.withdrawn_at.is_(None))
    )
    session.execute(
        update(Idea)
        .where(Idea.id == home.id)
        .values(
            account_count=found.accounts, must_count=found.must, important_count=found.important,
            nice_count=found.nice, proxy_count=found.proxies, contact_count=found.contacts,
            comment_count=session.scalar(comments) or 0,
        )
    )  # fmt: skip
    session.refresh(home)
