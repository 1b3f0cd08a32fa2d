"""Standing behind an idea: by a contact, or by one of ours on their behalf."""

from collections.abc import Sequence

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from ideaflow import audit
from ideaflow.accounts.models import Contact
from ideaflow.audit import Actor
from ideaflow.clock import now
from ideaflow.db import db, transaction
from ideaflow.errors import Conflict, Invalid, NotFound
from ideaflow.ideas import hooks
from ideaflow.ideas.change import open_for
from ideaflow.ideas.counting import open_home, recount, said_last
from ideaflow.ideas.hooks import Happened, IdeaEvent
from ideaflow.ideas.models import Idea, Support
from ideaflow.ideas.policy import Importance
from ideaflow.portal.queries import Visitor

CLOSED = "This idea was hidden or withdrawn meanwhile. Nothing was changed."


def support(who: Visitor, idea_id: int, importance: Importance) -> Idea:
    """Stand behind an idea, or say anew how much; pressed twice it is the same. Returns where it lives.

    :raises NotFound: there is none that they may see.
    :raises Conflict: it was hidden or withdrawn.
    """
    with transaction():
        home = open_for(who, idea_id)
        before = my_supports(who, [home.id]).get(home.id)
        stand_behind(who, home, importance)
        recount(home)
        if before is not importance:
            hooks.tell(IdeaEvent(Happened.SUPPORTED, home.id, home.id, who.actor, who.contact_id))
            audit.record(
                who.actor, "ideas.support", home, before={"importance": before},
                after={"importance": importance},
            )  # fmt: skip
    return home


def withdraw_support(who: Visitor, idea_id: int) -> Idea:
    """Stand behind an idea no more; done twice it is the same. Returns where it lives.

    :raises NotFound: there is none that they may see.
    :raises Conflict: it was hidden or withdrawn.
    """
    with transaction():
        home = open_for(who, idea_id)
        before = my_supports(who, [home.id]).get(home.id)
        _forget(who, home)
        recount(home)
        if before is not None:
            audit.record(who.actor, "ideas.withdraw_support", home, before={"importance": before})
    return home


def support_for(contact_id: int, idea_id: int, importance: Importance, note: str, *, by: Actor) -> Idea:
    """Stand behind an idea for a contact who said so to one of ours; kept apart from their own word.

    :raises NotFound: there is no such idea or contact.
    :raises Conflict: they stand behind it themselves, or it was hidden or withdrawn.
    """
    with transaction() as session:
        contact = session.get(Contact, contact_id)
        if contact is None:
            raise NotFound()
        home = open_home(idea_id, CLOSED)
        own = select(Support.id).join(Idea, Idea.id == Support.idea_id)
        own = own.where(Idea.home_id == home.id, Support.contact_id == contact.id)
        if session.scalar(own.where(Support.captured_by_id.is_(None)).limit(1)) is not None:
            raise Conflict(f"{contact.name} stands behind it already, in their own words. Nothing to add.")
        if by.id is None:
            raise Invalid("Only a user can stand behind an idea for somebody else.")
        values = {
            "importance": importance, "account_id": contact.account_id, "captured_by_id": by.id,
            "captured_by": by.name, "note": note, "given_at": now(),
        }  # fmt: skip
        session.execute(
            insert(Support)
            .values(idea_id=home.id, contact_id=contact.id, **values)
            .on_conflict_do_update(index_elements=["contact_id", "idea_id"], set_=values)
        )
        recount(home)
        hooks.tell(IdeaEvent(Happened.SUPPORTED, home.id, home.id, by, contact.id))
        after = {"contact": contact.name, "importance": importance}
        audit.record(by, "ideas.support_for", home, after=after, reason=note)
    return home


def withdraw_for(support_id: int, *, by: Actor) -> Idea:
    """Take back what one of ours had said for a contact.

    :raises NotFound: there is none, or the contact said it themselves.
    """
    with transaction() as session:
        found = session.get(Support, support_id)
        if found is None or found.captured_by_id is None:
            raise NotFound()
        home = open_home(found.idea_id, CLOSED)
        contact = session.get_one(Contact, found.contact_id)
        session.delete(found)
        recount(home)
        audit.record(by, "ideas.withdraw_for", home, before={"contact": contact.name})
    return home


def my_supports(who: Visitor, home_ids: Sequence[int]) -> dict[int, Importance]:
    """Return how much these ideas are to a contact, by the idea; what they merged counts where it lives."""
    rows = db.session.execute(
        select(Idea.home_id, Support.importance)
        .join(Idea, Idea.id == Support.idea_id)
        .where(Support.contact_id == who.contact_id, Idea.home_id.in_(home_ids))
        .distinct(Idea.home_id)
        .order_by(Idea.home_id, *said_last())
    )
    return {home_id: Importance(value) for home_id, value in rows if home_id is not None}


def stand_behind(who: Visitor, home: Idea, importance: Importance) -> None:
    """Write the support down, inside a transaction that holds the idea."""
    # Their own word takes the place of what one of ours had said for them.
    values = {
        "importance": importance, "account_id": who.account_id, "captured_by_id": None, "captured_by": None,
        "note": "", "given_at": now(),
    }  # fmt: skip
    db.session.execute(
        insert(Support)
        .values(idea_id=home.id, contact_id=who.contact_id, **values)
        .on_conflict_do_update(index_elements=["contact_id", "idea_id"], set_=values)
    )


def _forget(who: Visitor, home: Idea) -> None:
    here = select(Idea.id).where(Idea.home_id == home.id)
    db.session.execute(delete(Support).where(Support.contact_id == who.contact_id, Support.idea_id.in_(here)))
