"""API tokens: for programs that ask in somebody's name. Only the hash is kept; all is looked up each time."""

import secrets
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from sqlalchemy import select, update

from ideaflow import audit
from ideaflow.audit import Actor
from ideaflow.clock import now
from ideaflow.db import db, transaction
from ideaflow.errors import Invalid, NotFound
from ideaflow.users import leaving
from ideaflow.users.models import ApiToken, SignInLink, User
from ideaflow.users.policy import Right, Scope, rights_of_scopes

PREFIX = "ideaflow_"
LONGEST_NAME, LONGEST_DAYS = 80, 366
NOTED_EVERY = timedelta(minutes=5)
"""A token's last use is written down at most so often: reading must stay reading."""


def add(user_id: int, name: str, scopes: Collection[str], days: int, *, by: Actor) -> tuple[ApiToken, str]:
    """Make a token and return it with its text, which nobody can read again.

    :raises Invalid: it has no name or scope, an unknown scope, or days out of range.
    :raises NotFound: there is no such user, or they have left.
    """
    name = name.strip()
    problems: list[dict[str, object]] = []
    if not 0 < len(name) <= LONGEST_NAME:
        reason = f"Say in at most {LONGEST_NAME} characters which program it is for."
        problems.append({"field": "name", "reason": reason})
    if not scopes or set(scopes) - set(Scope):
        problems.append({"field": "scopes", "reason": f"Choose at least one of: {', '.join(Scope)}."})
    if not 1 <= days <= LONGEST_DAYS:
        problems.append({"field": "days", "reason": f"Choose 1 to {LONGEST_DAYS} days."})
    if problems:
        raise Invalid("The token was not made. " + " ".join(str(one["reason"]) for one in problems), problems)
    text = PREFIX + secrets.token_urlsafe(32)
    with transaction() as session:
        user = session.get(User, user_id)
        if user is None or not user.is_active:
            raise NotFound("There is nobody who could use this token.")
        token = ApiToken(
            user_id=user.id, name=name, scopes=sorted(set(scopes)), token_hash=SignInLink.hash_of(text),
            expires_at=now() + timedelta(days=days),
        )  # fmt: skip
        session.add(token)
        after = {"of": user.email, "scopes": token.scopes, "days": days}
        audit.record(by, "users.add_token", token, after=after)
    return token, text


def revoke(token_id: int, *, of: int | None = None, by: Actor) -> ApiToken:
    """Let a token count no more; revoked again, nothing changes.

    :param of: the user it must belong to; None: anybody's, for the terminal.
    :raises NotFound: there is none, or it is another's.
    """
    with transaction() as session:
        token = session.get(ApiToken, token_id, with_for_update=True)
        if token is None or of not in (None, token.user_id):
            raise NotFound()
        if token.revoked_at is None:
            token.revoked_at = now()
            audit.record(by, "users.revoke_token", token, before={"scopes": token.scopes})
    return token


@leaving.at_the_end
def end_all(leaver: User, by: Actor) -> None:
    """Let every token of somebody who leaves count no more."""
    good = select(ApiToken.id).where(ApiToken.user_id == leaver.id, ApiToken.revoked_at.is_(None))
    for token_id in db.session.scalars(good).all():
        revoke(token_id, by=by)


def of_user(user_id: int) -> Sequence[ApiToken]:
    """Return a user's tokens, the newest first."""
    query = select(ApiToken).where(ApiToken.user_id == user_id).order_by(ApiToken.id.desc())
    return db.session.scalars(query.limit(100)).all()


def find(text: str) -> ApiToken | None:
    """Return the token with this text and its user, if it is good at this moment; note that it was used."""
    token = db.session.scalar(select(ApiToken).where(ApiToken.token_hash == SignInLink.hash_of(text)))
    if token is None or not token.is_good:
        return None
    _note_use(token, now())
    return token


def rights_of(token: ApiToken) -> frozenset[Right]:
    """Return what may be done with a token now: never more than its user may."""
    return token.user.rights & rights_of_scopes(token.scopes)


def _note_use(token: ApiToken, moment: datetime) -> None:
    if token.last_used_at is not None and moment - token.last_used_at < NOTED_EVERY:
        return
    with transaction() as session:
        session.execute(update(ApiToken).where(ApiToken.id == token.id).values(last_used_at=moment))
