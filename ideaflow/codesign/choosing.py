"""Whom a session can ask, by segment, by words said, by name; and to which a contact can be asked."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import contains_eager

from ideaflow.accounts.models import Account, Contact
from ideaflow.codesign.models import CodesignSession, Participant
from ideaflow.codesign.queries import open_sessions
from ideaflow.db import db
from ideaflow.feedback.models import FeedbackItem, Statement
from ideaflow.portal.models import PortalMember
from ideaflow.proposals.models import Evidence
from ideaflow.proposals.numbers import current, lineage_of, theme_ids_of
from ideaflow.themes.models import ThemeMembership

FOUND = 20


@dataclass(frozen=True)
class Candidates:
    """Contacts that may be invited, by how they are chosen: how many each way gives."""

    segments: list[tuple[str, int]]
    speakers: int


def candidates(session: CodesignSession) -> Candidates:
    """Return how many contacts with an address each way of choosing adds to the invited."""
    segment = func.coalesce(Account.segment, "")
    rows = db.session.execute(
        select(segment, func.count())
        .select_from(Contact)
        .join(Account, Account.id == Contact.account_id)
        .where(*_may_be_invited(session.id))
        .group_by(segment)
        .order_by(func.count().desc(), segment)
        .limit(40)
    )
    speakers = speakers_of(session).where(*_may_be_invited(session.id)).subquery()
    count = db.session.scalar(select(func.count()).select_from(speakers))
    return Candidates([(row[0], row[1]) for row in rows], int(count or 0))


def speakers_of(session: CodesignSession) -> Select[int]:
    """Select the contacts who spoke in the themes that prove the session's proposal."""
    return select(Contact.id).where(
        Contact.id.in_(
            select(FeedbackItem.contact_id)
            .join(Statement, Statement.item_id == FeedbackItem.id)
            .join(ThemeMembership, ThemeMembership.statement_id == Statement.id)
            .where(ThemeMembership.theme_id.in_(theme_ids_of(session.proposal_id)), FeedbackItem.counts)
        )
    )


def of_segment(segment: str) -> Select[int]:
    """Select the contacts of the accounts of a segment."""
    return (
        select(Contact.id)
        .join(Account, Account.id == Contact.account_id)
        .where(func.coalesce(Account.segment, "") == segment)
    )


def invitable(session_id: int, chosen: Select[int]) -> list[int]:
    """Return those of ``chosen`` (contact ids) that can be invited and are not yet."""
    query = select(Contact.id).where(Contact.id.in_(chosen), *_may_be_invited(session_id))
    return list(db.session.scalars(query.order_by(Contact.id)))


def search_contacts(session_id: int, words: str) -> Sequence[Contact]:
    """Return contacts with these words in name, address or account, who are not invited yet."""
    if not words.strip():
        return []
    query = (
        select(Contact)
        .join(Account, Account.id == Contact.account_id)
        .options(contains_eager(Contact.account))
        .where(*_may_be_invited(session_id))
    )
    for word in words.split()[:6]:
        query = query.where(
            or_(
                Contact.name.icontains(word, autoescape=True),
                Contact.email.icontains(word, autoescape=True),
                Account.name.icontains(word, autoescape=True),
            )
        )
    return db.session.scalars(query.order_by(Contact.name, Contact.id).limit(FOUND)).all()


def account_choices() -> list[tuple[int, str]]:
    """Return accounts by name, for a form that chooses one."""
    rows = db.session.execute(
        select(Account.id, Account.name).order_by(Account.name, Account.id).limit(2_000)
    )
    return [(row[0], row[1]) for row in rows]


@dataclass(frozen=True)
class Near:
    """A session somebody who said something can be asked to, and whether they are."""

    session: CodesignSession
    is_of_theme: bool
    participant: Participant | None


def near_item(item_id: int, contact_id: int) -> list[Near]:
    """Return the open sessions for who said an item; those on proposals of its themes first."""
    sessions = open_sessions()
    if not sessions:
        return []
    lineage = lineage_of(current())
    of_theme = set(
        db.session.scalars(
            select(Evidence.serves_id)
            .join(lineage, lineage.c.theme_id == Evidence.theme_id)
            .join(ThemeMembership, ThemeMembership.theme_id == lineage.c.now_id)
            .join(Statement, Statement.id == ThemeMembership.statement_id)
            .where(Statement.item_id == item_id, Evidence.removed_at.is_(None))
        )
    )
    known = select(Participant).where(
        Participant.contact_id == contact_id, Participant.session_id.in_([one.id for one in sessions])
    )
    asked = {one.session_id: one for one in db.session.scalars(known)}
    found = [Near(one, one.proposal_id in of_theme, asked.get(one.id)) for one in sessions]
    return sorted(found, key=lambda one: not one.is_of_theme)[:5]


def _may_be_invited(session_id: int) -> list[ColumnElement[bool]]:
    return [
        Contact.email.is_not(None),
        Contact.id.not_in(select(Participant.contact_id).where(Participant.session_id == session_id)),
        Contact.id.not_in(select(PortalMember.contact_id).where(PortalMember.closed_at.is_not(None))),
    ]
