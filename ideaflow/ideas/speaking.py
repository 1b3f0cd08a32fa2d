"""Comments: said, taken back, and reported to one of ours."""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from ideaflow import audit
from ideaflow.audit import Actor
from ideaflow.clock import now
from ideaflow.db import transaction
from ideaflow.errors import NotFound
from ideaflow.ideas import hooks
from ideaflow.ideas.change import at_most, gone, hold, open_for
from ideaflow.ideas.counting import open_home, recount
from ideaflow.ideas.hooks import Happened, IdeaEvent
from ideaflow.ideas.models import Comment, Idea, Report
from ideaflow.ideas.policy import COMMENTS_A_DAY, REPORTS_A_DAY
from ideaflow.ideas.scope import visible
from ideaflow.portal.queries import Visitor

AGAIN_HOURS = 1


def comment(who: Visitor, idea_id: int, words: str, *, is_anonymous: bool = False) -> Comment:
    """Say something about an idea; the same words twice within the hour are one comment.

    :raises NotFound: there is none that they may see.
    :raises Conflict: it was hidden or withdrawn.
    :raises Invalid: they said very much today.
    """
    with transaction() as session:
        hold(who)
        home = open_for(who, idea_id)
        same = select(Comment).where(
            Comment.idea_id == home.id, Comment.contact_id == who.contact_id, Comment.text == words,
            Comment.said_at > now() - timedelta(hours=AGAIN_HOURS), Comment.withdrawn_at.is_(None),
        )  # fmt: skip
        known = session.scalar(same.limit(1))
        if known is not None:
            return known
        at_most(Comment.said_at, Comment.contact_id == who.contact_id, COMMENTS_A_DAY)
        said = Comment(
            idea_id=home.id, contact_id=who.contact_id, account_id=who.account_id, text=words,
            is_anonymous=is_anonymous, said_at=now(),
        )  # fmt: skip
        session.add(said)
        recount(home)
        kind = Happened.COMMENTED
        hooks.tell(IdeaEvent(kind, home.id, home.id, who.actor, who.contact_id, comment_id=said.id))
        audit.record(who.actor, "ideas.comment", home, after={"comment": said.id})
    return said


def comment_as_us(idea_id: int, words: str, *, by: Actor) -> Comment:
    """Say something about an idea as one of ours; everybody who sees the idea reads it.

    :raises NotFound: there is no such idea.
    :raises Conflict: it was hidden or withdrawn.
    """
    with transaction() as session:
        home = open_home(idea_id, "This idea was hidden or withdrawn meanwhile. Nothing was said.")
        said = Comment(idea_id=home.id, user_id=by.id, user_name=by.name, text=words, said_at=now())
        session.add(said)
        recount(home)
        hooks.tell(IdeaEvent(Happened.COMMENTED, home.id, home.id, by, comment_id=said.id))
        audit.record(by, "ideas.comment", home, after={"comment": said.id})
    return said


def withdraw_comment(who: Visitor, comment_id: int) -> Comment:
    """Take back a comment of one's own.

    :raises NotFound: it is not theirs.
    """
    with transaction() as session:
        said = session.scalar(
            select(Comment)
            .join(Idea, Idea.id == Comment.idea_id)
            .where(Comment.id == comment_id, Comment.contact_id == who.contact_id, visible(who))
        )
        if said is None:
            raise NotFound()
        home = open_home(said.idea_id, gone())
        said.withdrawn_at = said.withdrawn_at or now()
        recount(home)
        audit.record(who.actor, "ideas.withdraw_comment", home, before={"comment": said.id})
    return said


def report(who: Visitor, idea_id: int, comment_id: int | None, reason: str) -> None:
    """Ask one of ours to look at an idea, or at a comment on it; once each.

    :raises NotFound: there is none that they may see.
    """
    with transaction() as session:
        home = open_for(who, idea_id)
        if comment_id is not None:
            of_home = select(Comment.id).join(Idea, Idea.id == Comment.idea_id)
            seen = of_home.where(
                Comment.id == comment_id, Idea.home_id == home.id, Comment.hidden_at.is_(None),
                Comment.withdrawn_at.is_(None),
            )  # fmt: skip
            if session.scalar(seen) is None:
                raise NotFound()
        at_most(Report.reported_at, Report.contact_id == who.contact_id, REPORTS_A_DAY)
        made = session.execute(
            insert(Report)
            .values(
                idea_id=home.id, comment_id=comment_id, contact_id=who.contact_id, reason=reason,
                reported_at=now(),
            )
            .on_conflict_do_nothing()
            .returning(Report.id)
        ).scalar()  # fmt: skip
        if made is not None:
            audit.record(who.actor, "ideas.report", home, after={"comment": comment_id}, reason=reason)
