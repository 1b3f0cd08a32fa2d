"""What the loop hears from the slices before it: everything that makes a notice is registered here."""

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from ideaflow.accounts.models import Account, Contact
from ideaflow.codesign import hooks as codesign
from ideaflow.codesign.hooks import SessionEvent
from ideaflow.codesign.kinds.options import names_of
from ideaflow.codesign.models import CodesignSession
from ideaflow.db import db
from ideaflow.ideas import hooks as ideas
from ideaflow.ideas import queries as idea_queries
from ideaflow.ideas.hooks import Happened, IdeaEvent
from ideaflow.ideas.models import Comment, Idea
from ideaflow.loop import asked, markdown, notices
from ideaflow.loop.notices import Message
from ideaflow.loop.pace import Event

LONGEST = 400
TOLD = {
    Happened.COMMENTED: Event.COMMENT,
    Happened.ANSWERED: Event.OFFICIAL_ANSWER,
    Happened.STATUS: Event.IDEA_STATUS,
}


@ideas.on_event
def tell_of_idea(event: IdeaEvent) -> None:
    """Tell those who posted, support or spoke, of a comment, an answer or a status; not who did it."""
    kind = TOLD.get(event.kind)
    if kind is None:
        return
    query = select(Idea).where(Idea.id == event.home_id).options(joinedload(Idea.category))
    idea = db.session.scalars(query.execution_options(populate_existing=True)).one()
    if not idea.is_open:
        return
    words = idea.answer if kind is Event.OFFICIAL_ANSWER else idea.status_note
    about = f"{kind.value}:{idea.id}:{idea.version}"
    if kind is Event.COMMENT:
        comment = db.session.get(Comment, event.comment_id) if event.comment_id else None
        if comment is None or comment.hidden_at is not None:
            return
        words, about = comment.text, f"comment:{comment.id}"
    values = {"title": idea.title, "words": markdown.plain(words, LONGEST), "status": str(idea.status)}
    followers = idea_queries.followers(idea.id) - {event.contact_id}
    path = f"/portal/ideas/{idea.id}"
    messages = [Message(number, path, values) for number in _who_may_see(idea, followers)]
    notices.tell(kind, about, messages, by=event.by)


@codesign.on_event
def tell_of_session(event: SessionEvent) -> None:
    """Tell contacts that they are asked to help design, asked once more, or can read what came out."""
    held = db.session.get_one(CodesignSession, event.session_id)
    if event.kind is codesign.Happened.PUBLISHED:
        values = {"title": held.title, "is_result": True}
        _tell(Event.HEARD, f"result:{held.id}", f"/portal/design/{held.id}/results", values, event)
        return
    if event.option:
        names = names_of(held.definition["options"])
        values = {"title": held.title, "option": names[event.option], "missing": event.missing}
        about = f"{event.kind.value}:{held.id}:{event.option}"
        _tell(Event.POOL, about, f"/portal/design/{held.id}", values, event)
        return
    kind = Event.INVITATION if event.kind is codesign.Happened.INVITED else Event.REMINDER
    _tell(kind, asked.about(held.id), f"/portal/design/{held.id}", asked.values_of(held), event)


def _tell(kind: Event, about: str, path: str, values: Mapping[str, object], event: SessionEvent) -> None:
    notices.tell(kind, about, [Message(number, path, values) for number in event.contact_ids])


def _who_may_see(idea: Idea, contact_ids: Collection[int]) -> Sequence[int]:
    """Return which of these contacts may see the idea as they stand now: some have moved since."""
    rows = db.session.execute(
        select(Contact.id, Contact.account_id, Account.segment)
        .outerjoin(Account, Account.id == Contact.account_id)
        .where(Contact.id.in_(contact_ids))
    )
    audience = idea.audience
    limits = audience.narrowed

    def may_see(contact_id: int, account_id: int | None, segment: str | None) -> bool:
        if contact_id == idea.contact_id or (account_id is not None and account_id == idea.account_id):
            return True
        if audience.account_id is not None or idea.is_private:
            return False
        return limits is None or (segment or "") in limits

    return [row[0] for row in rows if may_see(*row)]
