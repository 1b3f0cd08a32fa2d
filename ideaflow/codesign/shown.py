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

MOST = 5
"""Of one kind on the start page."""


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
    if user.may(Right.PROPOSE):
        yield from _results_to_read(user)
    if user.may(Right.MODERATE):
        yield from _additions_to_read()


def _results_to_read(user: User) -> Iterator[Waiting]:
    own = (
        select(CodesignSession)
        .join(Proposal, Proposal.id == CodesignSession.proposal_id)
        .where(Proposal.owner_id == user.id, CodesignSession.state == State.CLOSED)
        .where(CodesignSession.study_id.is_(None))
        .order_by(CodesignSession.closed_at)
        .limit(MOST)
    )
    for line in queries.lines_of(db.session.scalars(own).all()):
        held = line.session
        yield Waiting(
            f"Read what came out: {held.title}",
            f"{plural(line.response.accounts_answered, 'account')} answered; "
            "it can be evidence with one click",
            url_for("codesign.show", session_id=held.id),
            "Open",
            due=f"closed {day(held.closed_at.date(), today())}" if held.closed_at else "",
            icon="users-group",
            tone="accent",
        )


def _additions_to_read() -> Iterator[Waiting]:
    for held, count in queries.with_additions_waiting(MOST):
        yield Waiting(
            f"Read what customers added: {held.title}",
            f"{plural(count, 'addition waits', 'additions wait')}; nobody else is asked about them before",
            url_for("codesign.show", session_id=held.id, _anchor="additions"),
            "Read",
            icon="message-2",
        )
