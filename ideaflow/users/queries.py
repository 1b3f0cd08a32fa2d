"""Questions about staff."""

from collections.abc import Sequence

from sqlalchemy import select

from ideaflow.db import db
from ideaflow.users.models import SignInLink, User
from ideaflow.users.policy import Role


def everybody() -> Sequence[User]:
    """Return all users by name, those who left last."""
    return db.session.scalars(select(User).order_by(User.left_at.is_not(None), User.name, User.id)).all()


def active() -> Sequence[User]:
    """Return all users who can sign in, by name."""
    return db.session.scalars(select(User).where(User.left_at.is_(None)).order_by(User.name, User.id)).all()


def with_role(role: Role) -> Sequence[User]:
    """Return the active users who have ``role``, by name."""
    query = select(User).where(User.left_at.is_(None), User.roles.contains([role.value]))
    return db.session.scalars(query.order_by(User.name, User.id)).all()


def with_address(email: str) -> User | None:
    """Return the user with this e-mail address who can sign in, or None."""
    return db.session.scalar(select(User).where(User.email == email.strip().lower(), User.left_at.is_(None)))


def is_empty() -> bool:
    """Return whether nobody has been let in yet."""
    return db.session.scalar(select(User.id).limit(1)) is None


def link_is_good(token: str) -> bool:
    """Return whether a one-time link can still be used."""
    link = db.session.scalar(select(SignInLink).where(SignInLink.token_hash == SignInLink.hash_of(token)))
    return link is not None and link.is_good
