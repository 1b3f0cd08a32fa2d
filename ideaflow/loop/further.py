"""Contacts hear by themselves that their words came further: beside what others say, into a proposal."""

from collections.abc import Collection
from datetime import timedelta
from typing import Any

from sqlalchemy import Row, Select, and_, func, or_, select

from ideaflow.accounts.models import Contact
from ideaflow.clock import now
from ideaflow.db import db
from ideaflow.feedback.models import FeedbackItem, Statement
from ideaflow.loop import notices
from ideaflow.loop.contributions import accounts_of_themes
from ideaflow.loop.models import ContactNotice
from ideaflow.loop.notices import Message
from ideaflow.loop.pace import Event
from ideaflow.loop.ways import record
from ideaflow.loop.words import said_to_us
from ideaflow.portal.models import PortalMember
from ideaflow.proposals.models import Evidence, Proposal
from ideaflow.proposals.numbers import current, lineage_of
from ideaflow.themes.models import ThemeMembership

LATELY, LIVELY = timedelta(days=7), timedelta(days=180)
"""What moved lately is told, of words that are not too old for news."""
LONGEST_QUOTE = 300
GROUPED, WEIGHED = "grouped", "weighed"


def tell_further() -> int:
    """Tell contacts who use the portal how far their words came lately; of each step once. Return how many.

    A case of many words is one thing told us. That it is weighed says more than that it lies beside others’,
    and where fewer companies than may be told say the same, lying there is no news.
    """
    rows = db.session.execute(_moved()).all()
    known = _known({row.contact_id for row in rows})
    counts = accounts_of_themes(sorted({row.theme_id for row in rows}))
    told = 0
    for row in rows:
        step = WEIGHED if row.is_weighed else GROUPED
        is_known = not known.isdisjoint((row.contact_id, _about(row, one)) for one in (step, WEIGHED))
        if is_known or (step is GROUPED and row.theme_id not in counts):
            continue
        values = {
            "step": step, "count": counts.get(row.theme_id, 0), "quote": row.text[:LONGEST_QUOTE],
            "said_at": row.said_at.isoformat(),
        }  # fmt: skip
        message = Message(row.contact_id, f"/portal/yours/of/{row.item_id}", values)
        told += len(notices.tell(Event.HEARD, _about(row, step), [message]))
    return told


def _moved() -> Select[Any]:
    """Select the records of contacts in the portal that came further lately, each by its furthest way."""
    lineage = lineage_of(current())
    is_weighed = func.coalesce(
        and_(Proposal.id.is_not(None), Proposal.withdrawn_at.is_(None), Proposal.closed_at.is_(None)), False
    )
    moved_at = func.greatest(ThemeMembership.placed_at, Evidence.added_at)
    own = or_(FeedbackItem.account_id.is_(None), FeedbackItem.account_id == Contact.account_id)
    columns: list[Any] = [
        FeedbackItem.contact_id, record().label("record"), FeedbackItem.id.label("item_id"),
        FeedbackItem.said_at, Statement.text, ThemeMembership.theme_id, is_weighed.label("is_weighed"),
    ]  # fmt: skip
    return (
        select(*columns)
        .join(Contact, Contact.id == FeedbackItem.contact_id)
        .join(PortalMember, PortalMember.contact_id == Contact.id)
        .join(Statement, Statement.item_id == FeedbackItem.id)
        .join(ThemeMembership, ThemeMembership.statement_id == Statement.id)
        .outerjoin(lineage, lineage.c.now_id == ThemeMembership.theme_id)
        .outerjoin(Evidence, and_(Evidence.theme_id == lineage.c.theme_id, Evidence.removed_at.is_(None)))
        .outerjoin(Proposal, Proposal.id == Evidence.serves_id)
        .where(ThemeMembership.theme_id.is_not(None), said_to_us(), own, PortalMember.closed_at.is_(None))
        .where(FeedbackItem.said_at > now() - LIVELY)
        .where(moved_at > func.greatest(PortalMember.joined_at, now() - LATELY))
        .where(PortalMember.joined_at.is_not(None))
        .distinct(FeedbackItem.contact_id, record())
        .order_by(
            FeedbackItem.contact_id, record(), is_weighed.desc(),
            ThemeMembership.typicality.desc().nulls_last(), Statement.id,
        )
    )  # fmt: skip


def _known(contact_ids: Collection[int]) -> set[tuple[int, str]]:
    """Return which steps contacts were told of already."""
    query = select(ContactNotice.contact_id, ContactNotice.about).where(
        ContactNotice.contact_id.in_(contact_ids), ContactNotice.event == Event.HEARD
    )
    return {(row[0], row[1]) for row in db.session.execute(query)}


def _about(row: Row[Any], step: str) -> str:
    return f"record:{row.record}:{step}"
