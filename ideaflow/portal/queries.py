"""Questions about who may come in and who came."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from ideaflow.accounts.models import Account, Contact
from ideaflow.audit import Actor
from ideaflow.db import db
from ideaflow.portal.models import PortalLink, PortalMember, hash_of


@dataclass(frozen=True)
class Visitor:
    """A contact in the portal, as the records have them at this moment.

    :param account_id: what they may see of; none: only what is public.
    :param epoch: a session that carries another one has ended.
    """

    contact_id: int
    name: str
    email: str
    account_id: int | None
    account_name: str
    segment: str
    region: str
    epoch: int
    language: str | None

    @property
    def actor(self) -> Actor:
        """Return this contact as the one who acts: a name without a user's number."""
        return Actor(None, f"{self.name}, {self.account_name}" if self.account_name else self.name)

    @property
    def first_name(self) -> str:
        return self.name.split()[0] if self.name.split() else self.name


def visitor(*, contact_id: int | None = None, email: str | None = None) -> Visitor | None:
    """Return the contact with this id or address, or None where there is none or the door is closed."""
    query = (
        select(Contact, Account, PortalMember)
        .outerjoin(Account, Account.id == Contact.account_id)
        .outerjoin(PortalMember, PortalMember.contact_id == Contact.id)
        .where(PortalMember.closed_at.is_(None), Contact.email.is_not(None))
    )
    chosen = (
        Contact.id == contact_id if contact_id is not None else Contact.email == (email or "").strip().lower()
    )
    found = db.session.execute(query.where(chosen)).one_or_none()
    if found is None:
        return None
    contact, account, member = found
    return Visitor(
        contact_id=contact.id,
        name=contact.name,
        email=contact.email or "",
        account_id=contact.account_id,
        account_name=account.name if account else "",
        segment=(account.segment if account else None) or "",
        region=(account.region if account else None) or "",
        epoch=member.session_epoch if member else 0,
        language=member.language if member else None,
    )


def link(token: str) -> PortalLink | None:
    """Return the link with this token, used or not."""
    return db.session.scalar(
        select(PortalLink)
        .where(PortalLink.token_hash == hash_of(token))
        .options(joinedload(PortalLink.contact))
    )


def members_of(contact_ids: Sequence[int]) -> Mapping[int, PortalMember]:
    """Return what the portal knows of these contacts, by contact."""
    rows = db.session.scalars(select(PortalMember).where(PortalMember.contact_id.in_(contact_ids)))
    return {row.contact_id: row for row in rows}
