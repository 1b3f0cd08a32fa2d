"""Who stands at the customers' door: checked from the records at each request."""

import secrets
from collections.abc import Callable
from typing import Any, TypeVar

from flask import Response, flash, g, redirect, request, session, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from ideaflow.audit import Actor
from ideaflow.portal import languages, queries
from ideaflow.portal.languages import text
from ideaflow.portal.policy import ContactRight
from ideaflow.portal.queries import Visitor
from ideaflow.users import access
from ideaflow.web import wants_fragment

View = TypeVar("View", bound=Callable[..., Any])
KEY = "contact"
BROWSER_KEY = "portal_browser"
LANGUAGE_KEY = "portal_language"


def for_contacts(right: ContactRight) -> Callable[[View], View]:
    """Declare a view that a signed-in contact may open, and for what."""

    def declare(view: View) -> View:
        view.policy = right  # type: ignore[attr-defined]
        return view

    return declare


def visitor_or_none() -> Visitor | None:
    """Return the contact of this request, or None: signed in here, or staff who are a contact as well."""
    if "visitor" not in g:
        g.visitor = _from_session() or _from_staff()
    found: Visitor | None = g.visitor
    return found


def visitor() -> Visitor:
    """Return the contact of this request; only in views declared with :func:`for_contacts`."""
    found = visitor_or_none()
    if found is None:
        raise RuntimeError("A view for contacts asks for the visitor; this one is not declared so.")
    return found


def actor() -> Actor:
    """Return the contact as the one who acts."""
    return visitor().actor


def welcome(who: Visitor) -> None:
    """Begin a contact's session; nothing of the time before is carried over."""
    begin_session()
    recognise(who)


def begin_session() -> None:
    """Forget everything of the time before signing in, but a language chosen."""
    language = session.get(LANGUAGE_KEY)
    session.clear()
    session.permanent = True
    if language:
        session[LANGUAGE_KEY] = language


def recognise(who: Visitor) -> None:
    """Let this session be the contact's."""
    session[KEY] = f"{who.contact_id}:{who.epoch}"


def leave() -> None:
    """End a contact's session in this browser."""
    session.pop(KEY, None)
    g.pop("visitor", None)


def browser_secret() -> str:
    """Return a secret that only this browser has, for links that shall open nowhere else."""
    if BROWSER_KEY not in session:
        session[BROWSER_KEY] = secrets.token_urlsafe(24)
    return str(session[BROWSER_KEY])


def choose_language() -> None:
    """Settle the language of the page, before each request to the portal."""
    if not request.path.startswith("/portal"):
        return
    known = visitor_or_none()
    g.language = languages.choose((known.language if known else None) or session.get(LANGUAGE_KEY))


def _from_session() -> Visitor | None:
    number, _, epoch = str(session.get(KEY, "")).partition(":")
    if not (number.isdecimal() and epoch.isdecimal()):
        return None
    found = queries.visitor(contact_id=int(number))
    return found if found is not None and found.epoch == int(epoch) else None


def _from_staff() -> Visitor | None:
    """One sign-in is enough for staff: the contact with their address, if there is one."""
    if not current_user.is_authenticated:
        return None
    return queries.visitor(email=current_user.email)


def _check(policy: Any) -> Response | AnyResponse | None:
    if visitor_or_none() is not None:
        return None
    goal = request.full_path.rstrip("?") if request.method == "GET" else ""
    if request.method != "GET":
        flash(text("You were signed out. Sign in, then send it again."))
    address = url_for(
        "portal_door.sign_in", next=goal if access.is_local(goal) and goal != "/portal/" else None
    )
    if wants_fragment():
        answer = Response(status=401)
        answer.headers["HX-Redirect"] = address
        return answer
    return redirect(address, 303)


access.add_check(ContactRight, _check)
