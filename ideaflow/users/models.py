"""Tables of staff: users and their one-time links."""

import hashlib

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ideaflow.audit import Actor
from ideaflow.clock import now
from ideaflow.db import CreatedAt, Model, Moment, Name, Names, PrimaryKey
from ideaflow.users.policy import WORDS, Right, Role, rights_of


class User(Model):
    """A person on our side who signs in. Never deleted: history keeps the name."""

    __tablename__ = "users"
    __table_args__ = (CheckConstraint("email = lower(email)", name="email_is_lower_case"),)

    id: Mapped[PrimaryKey]
    email: Mapped[Name] = mapped_column(unique=True)
    name: Mapped[Name]
    roles: Mapped[Names]
    password_hash: Mapped[str] = mapped_column(server_default="")
    # Counted up to end every session of this user at once.
    session_epoch: Mapped[int] = mapped_column(server_default="0", default=0)
    created_at: Mapped[CreatedAt]
    left_at: Mapped[Moment | None] = mapped_column(default=None)

    # What the sign-in library asks of a user.
    is_authenticated = True
    is_anonymous = False

    @property
    def is_active(self) -> bool:
        return self.left_at is None

    @property
    def rights(self) -> frozenset[Right]:
        return rights_of(self.roles)

    @property
    def actor(self) -> Actor:
        """Return this user as the one who acts, for services."""
        return Actor(self.id, self.name)

    @property
    def first_name(self) -> str:
        return self.name.split()[0]

    @property
    def role(self) -> Role:
        """Return the role whose work queue opens first."""
        return next(
            (role for role in Role if role in self.roles and role is not Role.ADMINISTRATOR),
            Role.ADMINISTRATOR,
        )

    @property
    def role_words(self) -> str:
        return ", ".join(role.title for role in Role if role in self.roles)

    @property
    def right_words(self) -> str:
        return ", ".join(WORDS[right] for right in Right if right in self.rights and right in WORDS)

    def get_id(self) -> str:
        """Return what the session cookie holds; a new epoch makes old cookies worthless."""
        return f"{self.id}:{self.session_epoch}"

    def may(self, right: Right | str) -> bool:
        """Return whether this user has ``right``."""
        return Right(right) in self.rights


class SignInLink(Model):
    """A one-time link to sign in with: only its hash is kept, good for ten minutes and one use."""

    __tablename__ = "sign_in_links"

    id: Mapped[PrimaryKey]
    user_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("users.id"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    expires_at: Mapped[Moment]
    used_at: Mapped[Moment | None] = mapped_column(default=None)
    created_at: Mapped[CreatedAt]

    user: Mapped[User] = relationship()

    @staticmethod
    def hash_of(token: str) -> str:
        """Return what is kept of a token (SHA-256)."""
        return hashlib.sha256(token.encode()).hexdigest()

    @property
    def is_good(self) -> bool:
        return self.used_at is None and self.expires_at > now()


class ApiToken(Model):
    """What a program asks with in a user's name: only its hash is kept."""

    __tablename__ = "api_tokens"

    id: Mapped[PrimaryKey]
    user_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("users.id"), index=True)
    name: Mapped[Name]  # Which program it is for.
    scopes: Mapped[Names]
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    expires_at: Mapped[Moment]
    last_used_at: Mapped[Moment | None] = mapped_column(default=None)
    revoked_at: Mapped[Moment | None] = mapped_column(default=None)
    created_at: Mapped[CreatedAt]

    user: Mapped[User] = relationship()

    @property
    def has_ended(self) -> bool:
        """Return whether it was revoked or has expired."""
        return self.revoked_at is not None or self.expires_at <= now()

    @property
    def is_good(self) -> bool:
        """Return whether it opens something now."""
        return not self.has_ended and self.user.is_active
