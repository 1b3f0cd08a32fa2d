"""Announcements: written by staff, read by all or by segments, told of once when they are published."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, any_, func, literal, or_, select

from ideaflow import audit
from ideaflow.accounts.models import Account, Contact
from ideaflow.audit import Actor
from ideaflow.clock import now
from ideaflow.db import among, db, transaction
from ideaflow.errors import Conflict, Invalid, NotFound, must_exist
from ideaflow.ideas.models import Idea
from ideaflow.ideas.scope import visible as idea_is_visible
from ideaflow.loop import markdown, notices
from ideaflow.loop.models import Announcement
from ideaflow.loop.notices import Message
from ideaflow.loop.pace import Event
from ideaflow.paging import Key, Page, page_of
from ideaflow.portal.models import PortalMember
from ideaflow.portal.queries import Visitor
from ideaflow.proposals.models import Proposal

PAGE_SIZE, FEED_SIZE, LONGEST_WORDS, LONGEST_NOTICE = 20, 30, 20_000, 300
KEYS = [Key(Announcement.published_at, "published_at"), Key(Announcement.id, "id")]


@dataclass(frozen=True)
class Draft:
    """What staff write."""

    title: str
    words: str
    segments: Sequence[str] = ()
    proposal_ids: Sequence[int] = ()
    idea_ids: Sequence[int] = ()


def is_public() -> ColumnElement[bool]:
    """Return, for queries, whether an announcement is out."""
    return and_(Announcement.published_at <= now(), Announcement.withdrawn_at.is_(None))


def for_contact(who: Visitor) -> ColumnElement[bool]:
    """Return, for queries, whether a contact may read an announcement."""
    of_all = func.cardinality(Announcement.segments) == 0
    mine = or_(of_all, literal(who.segment) == any_(Announcement.segments)) if who.segment else of_all
    return and_(is_public(), mine)


def newest(who: Visitor, *, after: str | None = None, size: int = PAGE_SIZE) -> Page[Announcement]:
    """Return a page of what a contact may read, the newest first."""
    return page_of(select(Announcement).where(for_contact(who)), KEYS, after=after, size=size)


def find(who: Visitor, announcement_id: int) -> Announcement:
    """Return one that a contact may read.

    :raises NotFound: there is none; one for others reads the same.
    """
    query = select(Announcement).where(for_contact(who), Announcement.id == announcement_id)
    return must_exist(db.session.scalar(query))


def ideas_of(who: Visitor, announcement: Announcement) -> Sequence[Idea]:
    """Return the ideas it speaks of, of those the contact may see."""
    query = select(Idea).where(Idea.id.in_(announcement.idea_ids), idea_is_visible(who), Idea.is_open)
    return db.session.scalars(query.order_by(Idea.id)).all()


def visible_ideas(who: Visitor, idea_ids: Sequence[int]) -> set[int]:
    """Return which of these ideas a contact may open."""
    if not idea_ids:
        return set()
    return set(db.session.scalars(select(Idea.id).where(Idea.id.in_(idea_ids), idea_is_visible(who))))


def feed() -> Sequence[Announcement]:
    """Return what everybody may read, signed in or not: nothing for segments."""
    query = select(Announcement).where(is_public(), func.cardinality(Announcement.segments) == 0)
    return db.session.scalars(query.order_by(Announcement.published_at.desc()).limit(FEED_SIZE)).all()


def everything(*, after: str | None = None) -> Page[Announcement]:
    """Return a page for staff, the newest first, drafts among them."""
    return page_of(select(Announcement), [Key(Announcement.id, "id")], after=after, size=PAGE_SIZE)


def one(announcement_id: int) -> Announcement:
    """Return one for staff.

    :raises NotFound: there is none.
    """
    return must_exist(db.session.get(Announcement, announcement_id))


def save(announcement_id: int | None, draft: Draft, seen: int, *, by: Actor) -> Announcement:
    """Keep an announcement; one that is out changes at once, and nobody is told again.

    :raises Invalid: title or words are missing or too long, or it is tied to what is not there.
    :raises Conflict: somebody changed it meanwhile.
    """
    _check(draft)
    with transaction() as session:
        if announcement_id is None:
            kept = Announcement(version=0, written_by_name=by.name)
            session.add(kept)
        else:
            kept = _locked(announcement_id, seen)
        before = {"title": kept.title, "words": kept.words} if announcement_id else None
        kept.title, kept.words = draft.title.strip(), draft.words.strip()
        kept.segments = sorted(set(draft.segments))
        kept.proposal_ids, kept.idea_ids = sorted(set(draft.proposal_ids)), sorted(set(draft.idea_ids))
        kept.version += 1
        session.flush()
        after = {"title": kept.title, "words": kept.words, "segments": kept.segments}
        audit.record(by, "loop.save_announcement", kept, before=before, after=after)
    return kept


def publish(announcement_id: int, seen: int, *, by: Actor) -> int:
    """Let customers read it, and tell those who are in the portal; return how many.

    :raises Conflict: somebody changed it meanwhile.
    """
    with transaction() as session:
        kept = _locked(announcement_id, seen)
        kept.published_at, kept.withdrawn_at = kept.published_at or now(), None
        kept.version += 1
        query = (
            select(PortalMember.contact_id)
            .join(Contact, Contact.id == PortalMember.contact_id)
            .outerjoin(Account, Account.id == Contact.account_id)
            .where(PortalMember.joined_at.is_not(None), PortalMember.closed_at.is_(None))
        )
        if kept.segments:
            query = query.where(Account.segment.in_(kept.segments))
        values = {"title": kept.title, "words": markdown.plain(kept.words, LONGEST_NOTICE)}
        path = f"/portal/roadmap/announcements/{kept.id}"
        messages = [Message(number, path, values) for number in session.scalars(query)]
        told = notices.tell(Event.ANNOUNCEMENT, f"announcement:{kept.id}", messages, by=by)
        audit.record(by, "loop.publish_announcement", kept, after={"told": len(told)})
    return len(told)


def withdraw(announcement_id: int, seen: int, *, by: Actor) -> Announcement:
    """Let nobody read it any more; who was told was told."""
    with transaction():
        kept = _locked(announcement_id, seen)
        kept.withdrawn_at, kept.version = now(), kept.version + 1
        audit.record(by, "loop.withdraw_announcement", kept)
    return kept


def last_change(announcements: Sequence[Announcement]) -> datetime:
    """Return when the newest of these came out; with none, the epoch of this software's first day."""
    days = [one.published_at for one in announcements if one.published_at]
    return max(days) if days else datetime.fromisoformat("2026-01-01T00:00:00+00:00")


def _locked(announcement_id: int, seen: int) -> Announcement:
    kept = db.session.get(Announcement, announcement_id, with_for_update=True, populate_existing=True)
    if kept is None:
        raise NotFound()
    if kept.version != seen:
        raise Conflict(
            f"Somebody changed it meanwhile to “{kept.title}” (version {kept.version}; you saw {seen}). "
            "Yours was not kept. Look at it again."
        )
    return kept


def _check(draft: Draft) -> None:
    problems: list[dict[str, object]] = []
    if not draft.title.strip() or len(draft.title) > 160:
        problems.append({"field": "title", "reason": "A title in up to 160 characters."})
    if not draft.words.strip() or len(draft.words) > LONGEST_WORDS:
        problems.append({"field": "words", "reason": f"Words, up to {LONGEST_WORDS:,} characters."})
    for ids, number, word in (
        (draft.proposal_ids, Proposal.id, "proposal"), (draft.idea_ids, Idea.id, "idea"),
    ):  # fmt: skip
        known = set(db.session.scalars(select(number).where(among(number, ids)))) if ids else set()
        problems += [
            {"field": word, "reason": f"There is no {word} {one}."} for one in sorted({*ids} - known)
        ]
    if problems:
        raise Invalid("Nothing was kept. " + " ".join(str(one["reason"]) for one in problems), problems)
