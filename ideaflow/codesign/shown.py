"""What co-design shows on pages of others: the proposal, a feedback item, the start page, the rail."""

from collections.abc import Iterator

from flask import url_for
from flask_login import current_user
from sqlalchemy import select

from ideaflow import navigation, parts, work
from ideaflow.clock import today
from ideaflow.codesign import choosing, queries
from ideaflow.codesign.models import CodesignSession
from ideaflow.codesign.policy import State
from ideaflow.db import db
from ideaflow.feedback.models import FeedbackItem
from ideaflow.parts import Part
from ideaflow.proposals import parts as proposal_parts
from ideaflow.proposals.models import Proposal
from ideaflow.proposals.parts import PagePart, Place
from ideaflow.users.models import User
from ideaflow.users.policy import Right
from ideaflow.wording import day, plural
from ideaflow.work import Waiting


def register() -> None:
    """Add the parts; called once, when the views are imported."""
    proposal_parts.add_part(Place.GATES, _of_proposal)
    parts.add("feedback.aside", _of_item)
    work.waits(_waiting)
    navigation.counts("codesign.index", _count)


def _count() -> tuple[int, bool]:
    return queries.open_count(), False


def _of_proposal(proposal: Proposal) -> PagePart | None:
    lines = queries.of_proposal(proposal.id)
    if not lines and not proposal.is_live:
        return None
    return PagePart("codesign/staff/_of_proposal.html", {"lines": lines})


def _of_item(item: FeedbackItem) -> Part | None:
    """Offer to ask who said this to help design: sessions on proposals of its themes first."""
    if item.contact is None or not item.contact.email or not current_user.may(Right.INVITE):
        return None
    near = choosing.near_item(item.id, item.contact.id)
    return Part("codesign/staff/_of_item.html", {"near": near, "contact": item.contact}) if near else None


def _waiting(user: User) -> Iterator[Waiting]:
    if not user.may(Right.PROPOSE):
        return
    own = (
        select(CodesignSession)
        .join(Proposal, Proposal.id == CodesignSession.proposal_id)
        .where(Proposal.owner_id == user.id, CodesignSession.state == State.CLOSED)
        .where(CodesignSession.study_id.is_(None))
        .order_by(CodesignSession.closed_at)
        .limit(5)
    )
    for held in db.session.scalars(own):
        found = queries.responses([held.id]).get(held.id, queries.Response())
        yield Waiting(
            f"Read what came out: {held.title}",
            f"{plural(found.accounts_answered, 'account')} answered; it can be evidence with one click",
            url_for("codesign.show", session_id=held.id),
            "Open",
            due=f"closed {day(held.closed_at.date(), today())}" if held.closed_at else "",
            icon="users-group",
            tone="accent",
        )
