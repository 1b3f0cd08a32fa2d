"""Signing in again just before one signs something: the same person, moments ago."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select

from ideaflow import audit
from ideaflow.audit import AuditEvent
from ideaflow.clock import now
from ideaflow.db import db, transaction
from ideaflow.errors import Forbidden, Invalid
from ideaflow.users import service
from ideaflow.users.models import User

KEY = "signed_in_again"
"""Where a session keeps it between the link and the signature."""
FRESH_MINUTES = 5
MOST_WRONG = 5
WRONG_MINUTES = 15


@dataclass(frozen=True)
class Renewal:
    """Proof that somebody signed in again.

    :param method: ``password``, or ``link``: a one-time link sent by mail.
    """

    user_id: int
    method: str
    at: datetime

    def is_good_for(self, user_id: int | None) -> bool:
        """Return whether it is this user's and a few minutes old at most."""
        age = now() - self.at
        return self.user_id == user_id and timedelta(0) <= age <= timedelta(minutes=FRESH_MINUTES)


def check(renewal: Renewal | None, user_id: int | None) -> Renewal:
    """Return the renewal when it is good for this user.

    :raises Forbidden: there is none, it is another's or too old.
    """
    if renewal is None or not renewal.is_good_for(user_id):
        raise Forbidden(
            "Sign in again to sign: with your password, or by a link sent to you. It holds "
            f"{FRESH_MINUTES} minutes."
        )
    return renewal


def with_password(user_id: int, password: str) -> Renewal:
    """Sign in again with the password.

    :raises Invalid: it is wrong, or was wrong too often lately.
    """
    user = db.session.get_one(User, user_id)
    recent = now() - timedelta(minutes=WRONG_MINUTES)
    wrong = select(func.count()).where(
        AuditEvent.action == "users.sign_in_again_failed",
        AuditEvent.actor_id == user_id,
        AuditEvent.at > recent,
    )
    if int(db.session.scalar(wrong) or 0) >= MOST_WRONG:
        reason = f"Wrong {MOST_WRONG} times. Wait {WRONG_MINUTES} minutes, or ask for a link by mail."
        raise Invalid(f"Nothing was signed. {reason}", [{"field": "password", "reason": reason}])
    is_right = service.fits(user, password)
    with transaction():
        action = "users.sign_in_again" if is_right else "users.sign_in_again_failed"
        audit.record(user.actor, action, user, after={"by": "password"})
    if not is_right:
        reason = "This is not your password. Try again, or ask for a link by mail."
        raise Invalid(f"Nothing was signed. {reason}", [{"field": "password", "reason": reason}])
    return Renewal(user_id, "password", now())


def with_link(user_id: int, token: str) -> Renewal:
    """Spend a one-time link to sign in again.

    :raises NotFound: it was never given out, has been used, or is too old.
    :raises Forbidden: it was sent to somebody else.
    """
    if service.use_link(token).id != user_id:
        raise Forbidden("This link was sent to somebody else. Sign in as the one who signs.")
    return Renewal(user_id, "link", now())
