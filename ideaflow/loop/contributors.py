"""Who is to hear of an outcome: everybody whose words its proposal rests on, each once, with those words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case, func, or_, select
from sqlalchemy.orm import aliased

from ideaflow.accounts.models import Account, Contact
from ideaflow.db import db
from ideaflow.feedback.models import FeedbackItem, Statement
from ideaflow.loop.models import Confirmation, ContactNotice
from ideaflow.loop.words import said_to_us
from ideaflow.portal.models import PortalMember
from ideaflow.proposals.models import Evidence
from ideaflow.proposals.numbers import current, lineage_of
from ideaflow.themes.models import PlacedBy, ThemeMembership

MOST = 2000
NEAR = 0.5
"""The strength from which words are taken to say what their theme says."""


@dataclass(frozen=True)
class Contributor:
    """One contact whose words a proposal rests on.

    :param words: the passage of theirs that says it best; ``said_at``: when they said it.
    """

    contact_id: int
    name: str
    email: str
    language: str | None
    account_name: str
    item_id: int
    words: str
    said_at: datetime
    strength: float
    account_id: int | None

    @property
    def is_near(self) -> bool:
        """Return whether their words belong there beyond doubt; who reviews ticks the others by hand."""
        return self.strength >= NEAR

    @property
    def first_name(self) -> str:
        return self.name.split()[0] if self.name.split() else self.name


def contributors_of(proposal_id: int) -> Sequence[Contributor]:
    """Return everybody who said what a proposal rests on, by account and name."""
    lineage = lineage_of(current().where(Evidence.serves_id == proposal_id))
    of_statement = aliased(Evidence)
    # The evidence may cite a theme, or one statement by itself.
    cited = or_(
        ThemeMembership.theme_id.in_(select(lineage.c.now_id)),
        Statement.id.in_(
            select(of_statement.statement_id).where(
                of_statement.serves_id == proposal_id, of_statement.removed_at.is_(None),
                of_statement.statement_id.is_not(None),
            )
        ),
    )  # fmt: skip
    best = (
        select(
            FeedbackItem.contact_id,
            FeedbackItem.id,
            FeedbackItem.said_at,
            Statement.text,
            # Words cited by themselves were chosen by a human.
            case((ThemeMembership.placed_by == PlacedBy.USER, 1.0), else_=ThemeMembership.strength).label(
                "near"
            ),
        )
        .join(Statement, Statement.item_id == FeedbackItem.id)
        .outerjoin(ThemeMembership, ThemeMembership.statement_id == Statement.id)
        .where(cited, said_to_us(), FeedbackItem.contact_id.is_not(None))
        .distinct(FeedbackItem.contact_id)
        .order_by(FeedbackItem.contact_id, ThemeMembership.typicality.desc().nulls_last(), Statement.id)
        .subquery()
    )
    query = (
        select(
            Contact.id, Contact.name, func.coalesce(Contact.email, ""), PortalMember.language,
            func.coalesce(Account.name, ""), best.c.id, best.c.text, best.c.said_at,
            func.coalesce(best.c.near, 1.0), Contact.account_id,
        )
        .join(best, best.c.contact_id == Contact.id)
        .outerjoin(Account, Account.id == Contact.account_id)
        .outerjoin(PortalMember, PortalMember.contact_id == Contact.id)
        .order_by(Account.name, Contact.name, Contact.id)
        .limit(MOST)
    )  # fmt: skip
    return [Contributor(*row) for row in db.session.execute(query)]


def told_of(about: str) -> dict[int, ContactNotice]:
    """Return who has been told of something, by contact."""
    rows = db.session.scalars(select(ContactNotice).where(ContactNotice.about == about))
    return {row.contact_id: row for row in rows}


def answers_of(proposal_id: int) -> Sequence[tuple[Confirmation, str, str]]:
    """Return what contacts said to “did it solve it?”, the newest first, each with who and whose it is."""
    query = (
        select(Confirmation, Contact.name, func.coalesce(Account.name, ""))
        .join(Contact, Contact.id == Confirmation.contact_id)
        .outerjoin(Account, Account.id == Contact.account_id)
        .where(Confirmation.proposal_id == proposal_id)
        .order_by(Confirmation.answered_at.desc())
        .limit(MOST)
    )
    return [(row[0], row[1], row[2]) for row in db.session.execute(query)]
