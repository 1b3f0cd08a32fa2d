"""The policy of every route: declared beside the view, checked before it runs, complete at start."""

from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import urlsplit

from flask import Flask, Request, Response, current_app, g, redirect, request, url_for
from flask_login import LoginManager, current_user
from werkzeug.wrappers import Response as AnyResponse

from ideaflow import rest
from ideaflow.audit import Actor
from ideaflow.db import db
from ideaflow.errors import Forbidden, Unknown
from ideaflow.users import tokens
from ideaflow.users.models import User
from ideaflow.users.policy import Right
from ideaflow.web import wants_fragment

View = TypeVar("View", bound=Callable[..., Any])
PUBLIC = "public"
Check = Callable[[Any], Response | AnyResponse | None]
_checks: dict[type, Check] = {}
Carrier = Callable[[], str | None]
_carriers: list[Carrier] = [lambda: rest.bearer() or None]
UNSAFE = frozenset({"POST", "PUT", "PATCH", "DELETE"})
login = LoginManager()


def requires(right: Right) -> Callable[[View], View]:
    """Declare which right a view asks for."""

    def declare(view: View) -> View:
        view.policy = right  # type: ignore[attr-defined]
        return view

    return declare


def public(view: View) -> View:
    """Declare a view that anybody may open, signed in or not."""
    view.policy = PUBLIC  # type: ignore[attr-defined]
    return view


def add_check(kind: type, check: Check) -> None:
    """Let others than staff in: routes whose policy is of ``kind`` are checked by ``check(policy)``.

    :param check: returns what is answered instead of the page, or None where it may open.
    """
    _checks[kind] = check


def come_by_token(carrier: Carrier) -> Carrier:
    """Let requests bring a token in another way than the header of the JSON interface.

    :param carrier: returns the token's text, empty where the request lacks one, and None where it is none
        of these requests. Whatever it returns but None, the session cookie opens nothing.
    """
    _carriers.append(carrier)
    return carrier


def _token_text() -> str | None:
    return next((text for carrier in _carriers if (text := carrier()) is not None), None)


def init_app(app: Flask) -> None:
    """Load the signed-in user for each request and check the route's policy."""
    login.init_app(app)
    app.before_request(_check)


def check_complete(app: Flask) -> None:
    """Refuse to start when a route has no policy, or lets somebody write with a right to read.

    :raises RuntimeError: names every such route.
    """
    faults = []
    for rule in app.url_map.iter_rules():
        if rule.endpoint == "static":
            continue
        policy = getattr(app.view_functions[rule.endpoint], "policy", None)
        if policy is None:
            faults.append(f"{rule.rule} ({rule.endpoint}) has no policy")
        elif getattr(policy, "is_read_only", False) and UNSAFE & (rule.methods or set()):
            faults.append(f"{rule.rule} ({rule.endpoint}) writes with a right to read")
    if faults:
        raise RuntimeError("Routes without a sound policy: " + "; ".join(sorted(faults)))


def actor() -> Actor:
    """Return who acts in this request."""
    user: User = current_user
    return user.actor


def rights() -> frozenset[Right]:
    """Return what may be done in this request: what the user may, with a token only what it is for."""
    token = g.get("api_token")
    user: User = current_user
    return user.rights if token is None else tokens.rights_of(token)


def is_local(address: str) -> bool:
    """Return whether ``address`` stays on this site: a path, no host, no tricks with slashes."""
    parts = urlsplit(address)
    return (
        address.startswith("/")
        and not address.startswith(("//", "/\\"))
        and not parts.scheme
        and not parts.netloc
        and "\\" not in address
        and all(sign.isprintable() for sign in address)
    )


@login.user_loader
def _load(cookie: str) -> User | None:
    if _token_text() is not None:
        return None  # Who brings a token comes by it alone, whatever cookies the browser adds.
    number, _, epoch = cookie.partition(":")
    if not (number.isdecimal() and epoch.isdecimal()):
        return None
    user = db.session.get(User, int(number))
    if user is None or not user.is_active or user.session_epoch != int(epoch):
        return None
    return user


@login.request_loader
def _load_by_token(asked: Request) -> User | None:
    text = _token_text()
    token = tokens.find(text) if text else None
    if token is None:
        return None
    g.api_token = token
    return token.user


def _check() -> Response | AnyResponse | None:
    if request.endpoint is None or request.endpoint == "static":
        return None
    policy = getattr(current_app.view_functions[request.endpoint], "policy", None)
    if policy == PUBLIC:
        return None
    if type(policy) in _checks:
        return _checks[type(policy)](policy)
    if not current_user.is_authenticated:
        return _ask_to_sign_in()
    if policy not in rights():
        if policy in current_user.rights:
            raise Forbidden("This token is not made for this. Make one with the scope it takes.")
        raise Forbidden("Your role does not include this. Ask an administrator if it should.")
    return None


def _ask_to_sign_in() -> Response | AnyResponse:
    goal = request.full_path.rstrip("?") if request.method == "GET" else "/"
    address = url_for("users.sign_in", next=goal if is_local(goal) and goal != "/" else None)
    if wants_fragment():
        answer = Response(status=401)
        answer.headers["HX-Redirect"] = address
        return answer
    if rest.is_asked():
        if rest.bearer():
            raise Unknown(
                "This token is unknown, has expired or was revoked. Make another under /you/tokens/."
            )
        raise Unknown("Send a token: “Authorization: Bearer …”. You make one under /you/tokens/.")
    return redirect(address, 303)
