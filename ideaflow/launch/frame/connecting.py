"""How a frame comes to its token: it shows a code, a signed-in user says yes to it, the frame fetches.

The frame holds a secret, the code is signed over the secret's hash: a yes helps only the browser whose
frame showed the code. The token's text exists in the answer to that frame and nowhere else.
"""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import timedelta

from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy import delete, exists, select, update
from sqlalchemy.exc import IntegrityError

from ideaflow import audit
from ideaflow.clock import now
from ideaflow.db import db, transaction
from ideaflow.errors import Invalid
from ideaflow.launch.frame.models import FrameConnection
from ideaflow.users import tokens
from ideaflow.users.models import SignInLink, User
from ideaflow.users.policy import Scope

MINUTES, DAYS = 10, 30
SALT = "frame.connect"
OVER = "This code was used, or is older than ten minutes. Press Connect in the frame again."


@dataclass(frozen=True)
class Code:
    """What a frame shows to be connected.

    :ivar number: six digits that stand in the frame and on the page that asks, to be compared.
    """

    text: str
    number: str
    site: str
    secret_hash: str


def code_for(secret: str, site: str, key: str) -> Code:
    """Return a code for the frame that holds ``secret``, good for ten minutes from now.

    :param site: the origin of the page around the frame, empty where it is not known.
    :param key: signs codes; nobody without it can make one.
    """
    until = int((now() + timedelta(minutes=MINUTES)).timestamp())
    said = [SignInLink.hash_of(secret), site, until]
    return _code(str(URLSafeSerializer(key, SALT).dumps(said)), said, key)


def read(text: str, key: str) -> Code:
    """Return the code with this text.

    :raises Invalid: it is none of ours, or too old.
    """
    try:
        said = URLSafeSerializer(key, SALT).loads(text)
    except BadSignature as error:
        raise Invalid(OVER) from error
    if said[2] <= now().timestamp():
        raise Invalid(OVER)
    return _code(text, said, key)


def connect(code: Code, user: User) -> None:
    """Say yes to a code; the frame that showed it gets a token of ``user`` when it asks next.

    :raises Invalid: somebody said yes to it already.
    """
    moment = now()
    try:
        with transaction() as session:
            session.execute(
                delete(FrameConnection).where(FrameConnection.expires_at <= moment - timedelta(days=1))
            )
            made = FrameConnection(
                user_id=user.id, code_hash=SignInLink.hash_of(code.text), secret_hash=code.secret_hash,
                site=code.site, expires_at=moment + timedelta(minutes=MINUTES),
            )  # fmt: skip
            session.add(made)
            session.flush()
            audit.record(user.actor, "frame.connect", made, after={"site": code.site})
    except IntegrityError as error:
        raise Invalid(OVER) from error


def fetch(secret: str) -> str:
    """Return the text of a new token for the frame with this secret, once; empty: nobody said yes (yet)."""
    with transaction() as session:
        row = session.execute(
            update(FrameConnection)
            .where(FrameConnection.secret_hash == SignInLink.hash_of(secret))
            .where(FrameConnection.used_at.is_(None), FrameConnection.expires_at > now())
            .values(used_at=now())
            .returning(FrameConnection.user_id, FrameConnection.site)
        ).first()
        user = session.get(User, row.user_id) if row is not None else None
        if row is None or user is None or not user.is_active:
            return ""
        name = f"Frame at {row.site or 'your CRM'}"[: tokens.LONGEST_NAME]
        _, text = tokens.add(user.id, name, [Scope.READ, Scope.CAPTURE], DAYS, by=user.actor)
    return text


def is_said(secret: str) -> bool:
    """Return whether a token waits for the frame with this secret."""
    said = exists().where(
        FrameConnection.secret_hash == SignInLink.hash_of(secret),
        FrameConnection.used_at.is_(None), FrameConnection.expires_at > now(),
    )  # fmt: skip
    return bool(db.session.scalar(select(said)))


def form_mark(token_text: str) -> str:
    """Return what a form in the frame carries: only who holds the token's text can make it."""
    return hmac.new(token_text.encode(), b"frame.form", hashlib.sha256).hexdigest()


def is_form_mark(mark: str, token_text: str) -> bool:
    """Return whether a form came from the frame that holds this token."""
    return hmac.compare_digest(mark.encode(), form_mark(token_text).encode())


def _code(text: str, said: list[object], key: str) -> Code:
    digest = hmac.new(key.encode(), text.encode(), hashlib.sha256).hexdigest()
    number = f"{int(digest, 16) % 1_000_000:06d}"
    return Code(text, f"{number[:3]} {number[3:]}", str(said[1]), str(said[0]))
