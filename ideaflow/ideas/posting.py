"""A contact posts an idea, or takes it back; its words go the way of everything customers say."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select

from ideaflow import audit
from ideaflow.audit import Actor
from ideaflow.clock import now
from ideaflow.db import db, transaction
from ideaflow.errors import Conflict, Invalid, NotFound
from ideaflow.feedback import service as feedback
from ideaflow.feedback.imports import ItemData, import_items, tell_new_items
from ideaflow.feedback.models import FeedbackItem
from ideaflow.ideas import hooks, likeness
from ideaflow.ideas.change import at_most, hold
from ideaflow.ideas.counting import recount
from ideaflow.ideas.hooks import Happened, IdeaEvent
from ideaflow.ideas.models import Category, Idea, Picture, Support
from ideaflow.ideas.pictures import Drawn
from ideaflow.ideas.policy import IDEAS_A_DAY, Importance
from ideaflow.ideas.scope import categories_for
from ideaflow.ideas.standing import stand_behind
from ideaflow.portal.languages import text
from ideaflow.portal.queries import Visitor

SOURCE = "portal"
AGAIN_HOURS = 1


@dataclass(frozen=True)
class Draft:
    """An idea as it was typed."""

    title: str
    text: str
    importance: Importance
    category_id: int | None = None
    is_anonymous: bool = False
    is_private: bool = False


def post(who: Visitor, draft: Draft, pictures: Sequence[Drawn] = ()) -> Idea:
    """Keep an idea; its author stands behind it, and its words go the way of everything customers say.

    The same words of the same contact within the hour are the same idea: a second press changes nothing.

    :raises Invalid: the category is none of theirs, or they posted very many today.
    """
    with transaction() as session:
        hold(who)
        known = _just_posted(who, draft)
        if known is not None:
            return known
        at_most(Idea.posted_at, Idea.contact_id == who.contact_id, IDEAS_A_DAY)
        if draft.category_id is not None:
            found = session.scalar(categories_for(who).where(Category.id == draft.category_id))
            if found is None:
                raise Invalid(text("This category is not open any more. Choose another one."))
        idea = Idea(
            title=draft.title, text=draft.text, category_id=draft.category_id, contact_id=who.contact_id,
            account_id=who.account_id, is_anonymous=draft.is_anonymous, is_private=draft.is_private,
            posted_at=now(),
        )  # fmt: skip
        session.add(idea)
        session.flush()
        idea.home_id = idea.id
        idea.item_id = _say(idea, who)
        session.add_all(
            Picture(
                idea_id=idea.id, width=one.width, height=one.height, content_type=one.content_type,
                content=one.content,
            )
            for one in pictures
        )  # fmt: skip
        stand_behind(who, idea, draft.importance)
        recount(idea)
        likeness.queue_reading()
        hooks.tell(IdeaEvent(Happened.POSTED, idea.id, idea.id, who.actor, who.contact_id))
        audit.record(who.actor, "ideas.post", idea, after={"title": idea.title})
    return idea


def withdraw(who: Visitor, idea_id: int) -> Idea:
    """Take back an idea of one's own, and its words from every theme.

    :raises NotFound: it is not theirs.
    :raises Conflict: others stand behind it by now.
    """
    with transaction() as session:
        idea = session.scalar(
            select(Idea)
            .where(Idea.id == idea_id, Idea.contact_id == who.contact_id, Idea.withdrawn_at.is_(None))
            .with_for_update()
        )
        if idea is None:
            raise NotFound()
        others = select(Support.id).join(Idea, Idea.id == Support.idea_id)
        theirs = others.where(Idea.home_id == idea.id, Support.contact_id != who.contact_id)
        if idea.merged_into_id is not None or session.scalar(theirs.limit(1)) is not None:
            raise Conflict(
                text(
                    "Others stand behind this idea by now, so it stays. You can withdraw your own support;"
                    " to have your name taken off, ask the person you know here."
                )
            )
        idea.withdrawn_at = now()
        idea.version += 1
        hooks.tell(IdeaEvent(Happened.WITHDRAWN, idea.id, idea.id, who.actor, who.contact_id))
        let_item_follow(idea, is_gone=True, by=who.actor)
        audit.record(who.actor, "ideas.withdraw", idea, after={"withdrawn": True})
    return idea


def let_item_follow(idea: Idea, *, is_gone: bool, by: Actor) -> None:
    """Let the feedback item of an idea count no more, or again, with the idea; inside a transaction.

    Last but for the audit: it writes there itself, and whoever does waits for nothing else afterwards.
    """
    item = db.session.get(FeedbackItem, idea.item_id) if idea.item_id else None
    if item is not None and (item.withdrawn_at is not None) != is_gone:
        (feedback.withdraw_item if is_gone else feedback.restore_item)(item.id, by=by)


def _say(idea: Idea, who: Visitor) -> int | None:
    """Add the words of an idea to what customers said; returns the item."""
    session = db.session()
    words = f"{idea.title.rstrip('.')}.\n\n{idea.text}".strip() if idea.text else idea.title
    source_id = f"idea {idea.id}"
    fact = ItemData(
        source_id=source_id, part="idea", text=words, said_at=idea.posted_at, subject=idea.title,
        speaker_name=who.name, account_id=who.account_id, contact_id=who.contact_id,
    )  # fmt: skip
    import_items(session, SOURCE, [fact])
    tell_new_items()
    found = select(FeedbackItem.id).where(FeedbackItem.source == SOURCE, FeedbackItem.source_id == source_id)
    return session.scalar(found)


def _just_posted(who: Visitor, draft: Draft) -> Idea | None:
    return db.session.scalar(
        select(Idea)
        .where(Idea.contact_id == who.contact_id, Idea.title == draft.title, Idea.text == draft.text)
        .where(Idea.posted_at > now() - timedelta(hours=AGAIN_HOURS), Idea.withdrawn_at.is_(None))
        .limit(1)
    )
