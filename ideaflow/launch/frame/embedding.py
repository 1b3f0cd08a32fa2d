"""Who is let into the frame: the sites around it, the cookie it comes with, the account it is about."""

import secrets
from fnmatch import fnmatchcase
from urllib.parse import urlsplit

from flask import Response, current_app, g, request
from flask_login import current_user

from ideaflow.accounts import finding
from ideaflow.errors import NotFound
from ideaflow.launch.frame import connecting
from ideaflow.users import tokens
from ideaflow.users.access import come_by_token, rights
from ideaflow.users.policy import Right
from ideaflow.web import show_in_frames_of

COOKIE, PATH, BLUEPRINT = "ideaflow_frame", "/frame", "frame"
WAITING = "waiting|"
"""So the cookie begins while nobody has connected; then come the secret and the site."""


def sites() -> list[str]:
    """Return the sites that may show the frame.

    :raises NotFound: none is named, or all would be: the card is for our own people.
    """
    named = str(current_app.extensions["settings"].crm_sites).split()
    if not named or any(one == "*" or set(one) & set(";,'\"") for one in named):
        raise NotFound()
    return [one.rstrip("/") for one in named]


def let_in() -> str:
    """Let the sites named show this answer; return the site around the frame, empty where it is not told.

    :raises NotFound: none is named, or it is told and another.
    """
    named = sites()
    show_in_frames_of(" ".join(named))
    around = _origin(request.referrer or "")
    if not around or around == _origin(request.host_url):
        return ""
    if any(fnmatchcase(around, one.lower()) for one in named):
        return around
    if request.headers.get("Sec-Fetch-Dest") == "iframe":
        raise NotFound()
    return ""


@come_by_token
def brought() -> str | None:
    """Return the token in the frame's cookie; within the frame nothing else tells who asks."""
    if request.blueprint != BLUEPRINT:
        return None
    kept = request.cookies.get(COOKIE, "")
    return kept if kept.startswith(tokens.PREFIX) else ""


def is_connected() -> bool:
    """Return whether the frame comes with a token that is good now and may read."""
    return bool(current_user.is_authenticated) and "api_token" in g and Right.READ in rights()


def waiting() -> tuple[str, str]:
    """Return the secret of a frame that is not connected, and the site around it; empty where it has none."""
    kept = request.cookies.get(COOKIE, "")
    if not kept.startswith(WAITING):
        return "", ""
    secret, _, site = kept.removeprefix(WAITING).partition("|")
    return secret, site


def wait(response: Response, secret: str, site: str) -> None:
    """Let the frame wait with this secret."""
    _keep(response, f"{WAITING}{secret}|{site}", connecting.MINUTES * 60)


def keep_token(response: Response, text: str) -> None:
    """Let the frame come with this token from now on."""
    _keep(response, text, connecting.DAYS * 24 * 3600)


def new_secret() -> str:
    """Return what only one frame knows."""
    return secrets.token_urlsafe(32)


def account_id() -> int:
    """Return the account that the address of the frame names.

    :raises Invalid: it names none, or in several ways.
    :raises NotFound: there is none.
    :raises Conflict: several fit.
    """
    number = request.args.get("account_id", "").strip()
    if number:
        if not number.isdecimal() or int(number) >= 2**63:
            raise NotFound()
        return int(number)
    asked = {"source": "source", "id": "source_id", "email": "email", "domain": "domain"}
    given = {name: request.args.get(key, "").strip() for key, name in asked.items()}
    return finding.named({name: text for name, text in given.items() if text})


def _keep(response: Response, value: str, seconds: int) -> None:
    # Partitioned: another site that shows the frame never gets what this one's users connected.
    response.set_cookie(
        COOKIE,
        value,
        max_age=seconds,
        path=PATH,
        secure=True,
        httponly=True,
        samesite="None",
        partitioned=True,
    )


def _origin(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}".lower() if parts.scheme and parts.netloc else ""
