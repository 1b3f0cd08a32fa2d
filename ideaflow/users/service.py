"""What changes about staff: who they are, how they sign in, when they leave."""

import secrets
from collections.abc import Sequence
from datetime import timedelta

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import select, update

from ideaflow import audit, outbox
from ideaflow.audit import SYSTEM, Actor
from ideaflow.clock import now
from ideaflow.db import db, transaction
from ideaflow.errors import Invalid, NotFound, must_exist
from ideaflow.users import queries
from ideaflow.users.models import SignInLink, User
from ideaflow.users.policy import Role

LINK_MINUTES = 10
LEAST_PASSWORD = 10
_hasher = PasswordHasher()
# Checked when nobody has the address, so that an unknown address takes as long as a wrong password.
_nobody = _hasher.hash(secrets.token_urlsafe(16))


def add_user(email: str, name: str, roles: Sequence[str], password: str = "", *, by: Actor = SYSTEM) -> User:
    """Let somebody in.

    :raises Invalid: the address is taken or no address, a role is unknown, the password too short.
    """
    email = email.strip().lower()
    problems = _problems(email, name, roles, password)
    if db.session.scalar(select(User.id).where(User.email == email)):
        problems.append({"field": "email", "reason": f"{email} is in use already."})
    if problems:
        raise Invalid("The user was not added. " + " ".join(str(one["reason"]) for one in problems), problems)
    with transaction() as session:
        user = User(email=email, name=name.strip(), roles=sorted(set(roles)), password_hash=_hash(password))
        session.add(user)
        audit.record(by, "users.add", user, after={"email": email, "name": user.name, "roles": user.roles})
    return user


def change_roles(user_id: int, roles: Sequence[str], *, by: Actor) -> User:
    """Give a user other roles; they count from the next request on.

    :raises Invalid: a role is unknown, or nobody would be administrator any more.
    """
    with transaction() as session:
        user = _get(user_id)
        unknown = set(roles) - set(Role)
        if unknown or not roles:
            raise Invalid(f"Choose at least one role of: {', '.join(Role)}.")
        _keep_an_administrator(user, set(roles))
        before = list(user.roles)
        user.roles = sorted(set(roles))
        session.flush()
        audit.record(by, "users.change_roles", user, before={"roles": before}, after={"roles": user.roles})
    return user


def let_go(user_id: int, *, by: Actor) -> User:
    """Close a user's door: sign-in and all open sessions end; their name stays in history."""
    with transaction():
        user = _get(user_id)
        _keep_an_administrator(user, set())
        user.left_at = now()
        user.session_epoch += 1
        audit.record(by, "users.let_go", user, before={"active": True}, after={"active": False})
    return user


def change_password(user_id: int, old: str, new: str, *, by: Actor) -> User:
    """Set a new password and end every other session.

    :raises Invalid: the old one is wrong or the new one too short.
    """
    with transaction():
        user = _get(user_id)
        if user.password_hash and not _fits(user.password_hash, old):
            raise Invalid(
                "The password was not changed.", [{"field": "old", "reason": "This is not your password."}]
            )
        if len(new) < LEAST_PASSWORD:
            reason = f"Take at least {LEAST_PASSWORD} characters."
            raise Invalid("The password was not changed.", [{"field": "new", "reason": reason}])
        user.password_hash = _hash(new)
        user.session_epoch += 1
        audit.record(by, "users.change_password", user)
    return user


def check_password(email: str, password: str) -> User:
    """Return the user with this address and password.

    :raises Invalid: one of the two is wrong; which one is not told.
    """
    user = queries.with_address(email)
    stored = user.password_hash if user and user.password_hash else _nobody
    fits = _fits(stored, password)
    if user is None or not user.password_hash or not fits:
        raise Invalid("The e-mail address or the password is wrong. Try again, or ask for a link by mail.")
    note_sign_in(user, "password")
    return user


def note_sign_in(user: User, way: str) -> None:
    """Write down that a user came in, and by which way."""
    with transaction():
        audit.record(user.actor, "users.sign_in", user, after={"by": way})


def send_link(email: str, address: str) -> None:
    """Mail a one-time link to sign in with, if somebody has this address; say nothing if nobody does.

    :param address: where the link leads, with ``{token}`` in it.
    """
    token = secrets.token_urlsafe(32)
    hashed = SignInLink.hash_of(token)
    user = queries.with_address(email)
    if user is None:
        return
    with transaction() as session:
        session.add(
            SignInLink(user_id=user.id, token_hash=hashed, expires_at=now() + timedelta(minutes=LINK_MINUTES))
        )
        outbox.post(
            user.email,
            "Your link to ideaflow",
            f"Hello {user.first_name},\n\nopen this link and press “Sign in”:\n\n"
            f"{address.format(token=token)}\n\n"
            f"It works once, within {LINK_MINUTES} minutes. If you did not ask for it, do nothing.\n",
        )


def use_link(token: str) -> User:
    """Spend a one-time link and return whose it is.

    :raises NotFound: it was never given out, has been used, or is too old.
    """
    with transaction() as session:
        # One conditional update: of two presses at the same moment only one finds the link unused.
        user_id = session.scalar(
            update(SignInLink)
            .where(SignInLink.token_hash == SignInLink.hash_of(token))
            .where(SignInLink.used_at.is_(None), SignInLink.expires_at > now())
            .values(used_at=now())
            .returning(SignInLink.user_id)
        )
        user = session.get(User, user_id) if user_id else None
        if user is None or not user.is_active:
            raise NotFound("This link has been used or is older than ten minutes. Ask for a new one.")
        note_sign_in(user, "link")
    return user


def fits(user: User, password: str) -> bool:
    """Return whether this is the password of a user who can still sign in."""
    return user.is_active and bool(user.password_hash) and _fits(user.password_hash, password)


def end_sessions(user_id: int) -> None:
    """Sign a user out everywhere."""
    with transaction():
        user = _get(user_id)
        user.session_epoch += 1
        audit.record(user.actor, "users.sign_out_everywhere", user)


def _get(user_id: int) -> User:
    return must_exist(db.session.get(User, user_id), f"There is no user {user_id}.")


def _keep_an_administrator(user: User, roles: set[str]) -> None:
    if Role.ADMINISTRATOR in roles or Role.ADMINISTRATOR not in user.roles:
        return
    others = select(User.id).where(
        User.roles.contains([Role.ADMINISTRATOR.value]), User.left_at.is_(None), User.id != user.id
    )
    if db.session.scalar(others.limit(1)) is None:
        raise Invalid(f"{user.name} is the last administrator. Make somebody else one first.")


def _problems(email: str, name: str, roles: Sequence[str], password: str) -> list[dict[str, object]]:
    problems: list[dict[str, object]] = []
    local, _, domain = email.partition("@")
    if not local or not domain or " " in email or len(email) > 300:
        problems.append({"field": "email", "reason": f"“{email}” is no e-mail address."})
    if not name.strip():
        problems.append({"field": "name", "reason": "A name is missing."})
    if not roles or set(roles) - set(Role):
        problems.append({"field": "roles", "reason": f"Choose at least one role of: {', '.join(Role)}."})
    if password and len(password) < LEAST_PASSWORD:
        problems.append(
            {"field": "password", "reason": f"A password has at least {LEAST_PASSWORD} characters."}
        )
    return problems


def _hash(password: str) -> str:
    return _hasher.hash(password) if password else ""


def _fits(hashed: str, password: str) -> bool:
    try:
        return _hasher.verify(hashed, password)
    except (VerificationError, InvalidHashError):
        return False
