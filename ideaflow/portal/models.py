"""Tables of the customers' door: who has come through it, and the one-time links that open it."""

import hashlib
from enum import StrEnum

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, LargeBinary, SmallInteger, String
from sqlalchemy.orm import Mapped, deferred, mapped_column, relationship

from ideaflow.accounts.models import Contact
from ideaflow.clock import now
from ideaflow.db import CreatedAt, Model, Moment, Name, PrimaryKey


class LinkKind(StrEnum):
    """Why a one-time link was sent."""

    SIGN_IN = "sign_in"  # The contact asked for it, in a browser it is bound to.
    INVITATION = "invitation"  # One of ours sent it; it is bound to nobody's browser yet.


class PortalMember(Model):
    """What the portal keeps about a contact who was let in. A contact without one may still sign in."""

    __tablename__ = "portal_members"

    id: Mapped[PrimaryKey]
    contact_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("contacts.id"), unique=True)
    # Counted up to end every session of this contact at once.
    session_epoch: Mapped[int] = mapped_column(server_default="0", default=0)
    language: Mapped[str | None] = mapped_column(
        String(10)
    )  # Chosen in the portal; none: as the browser asks.
    invited_at: Mapped[Moment | None]
    joined_at: Mapped[Moment | None]  # The first sign-in.
    closed_at: Mapped[Moment | None]  # One of ours closed the door.
    created_at: Mapped[CreatedAt]

    contact: Mapped[Contact] = relationship(lazy="raise")


class PortalLink(Model):
    """A one-time link into the portal: only its hash is kept; good for a while and one use."""

    __tablename__ = "portal_links"
    __table_args__ = (
        CheckConstraint("kind = 'invitation' OR browser_hash IS NOT NULL", name="sign_in_is_bound"),
    )

    id: Mapped[PrimaryKey]
    kind: Mapped[str] = mapped_column(String(20))
    contact_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("contacts.id"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    browser_hash: Mapped[str | None] = mapped_column(String(64))  # Of a secret only the asking browser has.
    goal: Mapped[str] = mapped_column(server_default="", default="")  # The page that opens after it.
    expires_at: Mapped[Moment]
    used_at: Mapped[Moment | None]
    created_at: Mapped[CreatedAt]

    contact: Mapped[Contact] = relationship(lazy="raise")

    @property
    def is_good(self) -> bool:
        return self.used_at is None and self.expires_at > now()

    def is_for(self, browser: str) -> bool:
        """Return whether the browser with this secret may use the link."""
        return self.browser_hash is None or self.browser_hash == hash_of(browser)


class PortalLook(Model):
    """The company's own look in the portal: name, colour, logo. One row, or none: then ours."""

    __tablename__ = "portal_looks"
    __table_args__ = (CheckConstraint("id = 1", name="only_one"),)

    id: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    name: Mapped[Name] = mapped_column(server_default="")
    color: Mapped[str] = mapped_column(String(7))
    logo_type: Mapped[str] = mapped_column(String(20), server_default="")
    logo: Mapped[bytes | None] = deferred(mapped_column(LargeBinary))
    version: Mapped[int] = mapped_column(server_default="1", default=1)
    changed_at: Mapped[Moment]


def hash_of(secret: str) -> str:
    """Return what is kept of a token or of a browser's secret (SHA-256)."""
    return hashlib.sha256(secret.encode()).hexdigest()
