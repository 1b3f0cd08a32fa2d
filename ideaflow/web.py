"""Answers to a browser: a page or one block of it, errors in three languages, headers, template helpers."""

import hashlib
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

from flask import Flask, Response, current_app, g, make_response, render_template, request
from flask.sessions import SecureCookieSessionInterface, SessionMixin
from flask_wtf.csrf import CSRFError, CSRFProtect
from htmx_flask import Htmx
from psycopg.errors import ForeignKeyViolation, UniqueViolation
from sqlalchemy.exc import DataError, IntegrityError, OperationalError
from werkzeug.exceptions import HTTPException

from ideaflow import rest
from ideaflow.db import db
from ideaflow.errors import Conflict, IdeaflowError, Invalid, NotFound, Unavailable


class Forgeries(CSRFProtect):
    """Refuses what another site made the browser send: cookies go along unasked, a token does not."""

    def protect(self, apply_exemptions: bool = False) -> None:
        """Check the request; one with a token in its header is let by, and its cookies open nothing."""
        if not rest.bearer():
            super().protect(apply_exemptions)


csrf = Forgeries()
htmx = Htmx()

CONTENT_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": CONTENT_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


RETRY_MILLISECONDS = 1500


class Sessions(SecureCookieSessionInterface):
    """Sessions in a signed cookie. What a page asks by itself sends none back.

    Its answer may come after that of a click, and would take back the notice which that one left.
    """

    def should_set_cookie(self, app: Flask, session: SessionMixin) -> bool:
        """Return whether the answer carries the session."""
        if g.get("is_background") and not session.modified:
            return False
        return super().should_set_cookie(app, session)


def in_background() -> None:
    """Say that a page asks this by itself, while a person may do something else."""
    g.is_background = True


def wants_fragment() -> bool:
    """Return whether htmx asked for a part of the page (and not for history or a boosted page)."""
    headers = request.headers
    return (
        headers.get("HX-Request") == "true"
        and headers.get("HX-History-Restore-Request") != "true"
        and headers.get("HX-Boosted") != "true"
    )


def render(template: str, *, fragment: str = "", status: int = 200, **values: Any) -> Response:
    """Render a page, or only its block ``fragment`` when htmx asks.

    A block rendered alone does not run the page's imports: import macros inside the block.
    """
    if fragment and wants_fragment():
        page = current_app.jinja_env.get_template(template)
        context = page.new_context(_context(values))
        body = "".join(page.blocks[fragment](context))
    else:
        body = render_template(template, **values)
    response = make_response(body, status)
    response.vary.add("HX-Request")
    return response


def _context(values: dict[str, Any]) -> dict[str, Any]:
    context: dict[str, Any] = dict(values)
    current_app.update_template_context(context)
    return context


def show_error(error: IdeaflowError, **more: Any) -> Response:
    """Answer a domain error in the language it was asked in: JSON, fragment or page.

    :param more: what the page of the error takes besides: ``next_url``, ``next_word``.
    """
    if rest.is_asked():
        return rest.problem(error)
    response = render("errors/error.html", fragment="notice", status=error.status, error=error, **more)
    if wants_fragment():
        response.headers["HX-Retarget"] = "#notice"
        response.headers["HX-Reswap"] = "innerHTML"
        # A form may select a part of a whole page; of this answer nothing would be left.
        response.headers["HX-Reselect"] = "[data-notice]"
    return response


def tell_of_change(stamp: str) -> Response:
    """Tell a screen that something is new, as server-sent events.

    The answer ends at once and the browser asks again after a moment, with the last id it got: no thread of
    the server is held by somebody who watches.

    :param stamp: a word that changes with whatever the screen shows; ``last`` is the one it was drawn with.
    """
    is_news = request.headers.get("Last-Event-ID", request.args.get("last", "")) != stamp
    news = f"id: {stamp}\nevent: changed\ndata: {stamp}\n\n" if is_news else ": nothing new\n\n"
    answer = Response(f"retry: {RETRY_MILLISECONDS}\n{news}", mimetype="text/event-stream")
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["X-Accel-Buffering"] = "no"
    return answer


def init_app(app: Flask) -> None:
    """Connect CSRF, htmx, headers and error pages to the application."""
    app.session_interface = Sessions()
    csrf.init_app(app)
    htmx.init_app(app)
    app.after_request(_add_headers)
    app.url_defaults(_stamp_static)
    app.register_error_handler(IdeaflowError, show_error)
    app.register_error_handler(CSRFError, _csrf_failed)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(OperationalError, _database_away)
    app.register_error_handler(DataError, _impossible_value)
    app.register_error_handler(IntegrityError, _at_once)
    app.before_request(_refuse_impossible_text)


def add_filters(app: Flask, filters: dict[str, Callable[..., Any]]) -> None:
    """Make functions usable as filters in templates."""
    app.jinja_env.filters.update(filters)


def _stamp_static(endpoint: str, values: dict[str, Any]) -> None:
    """Put a mark of its content into a static file's address: kept long, yet a new one is seen at once."""
    if endpoint != "static" or "filename" not in values or current_app.static_folder is None:
        return
    file = Path(current_app.static_folder, values["filename"])
    if file.is_file():
        values["v"] = _content_mark(file, file.stat().st_mtime_ns)


@lru_cache(maxsize=512)
def _content_mark(file: Path, _changed: int) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()[:10]


def show_in_frames_of(sites: str) -> None:
    """Let pages of these sites show this answer in a frame; only for answers that no session cookie opens.

    :param sites: origins as a content policy lists them; ``*`` for all.
    """
    g.frame_ancestors = sites


def _add_headers(response: Response) -> Response:
    if sites := g.get("frame_ancestors"):
        policy = CONTENT_POLICY.replace("frame-ancestors 'none'", f"frame-ancestors {sites}")
        response.headers["Content-Security-Policy"] = policy
        response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    for name, value in HEADERS.items():
        if name == "X-Frame-Options" and sites:
            continue  # It knows no list of sites; the content policy says more.
        response.headers.setdefault(name, value)
    if request.endpoint == "static":
        return response
    response.vary.add("Cookie")
    if "Cache-Control" not in response.headers:
        response.headers["Cache-Control"] = "no-store"
    return response


def _refuse_impossible_text() -> None:
    """Refuse NUL bytes and lone surrogates at the edge; PostgreSQL could store neither."""
    for values in (request.args, request.form):
        for name, value in values.items(multi=True):
            if "\x00" in name + value or any("\ud800" <= sign <= "\udfff" for sign in name + value):
                raise Invalid(f"The field {name!r} holds characters that are no text.")


def _csrf_failed(error: CSRFError) -> Response:
    expired = Invalid("This page was open for too long, or came from elsewhere. Reload it and try again.")
    expired.status = 400
    return show_error(expired)


def _http_error(error: HTTPException) -> Response:
    if error.response is not None and error.code is None:
        return make_response(error.response)
    if error.code is not None and error.code < 400:
        return make_response(error.get_response())
    told: IdeaflowError = IdeaflowError(error.description or "Something went wrong.")
    if error.code == 404:
        told = NotFound()
    elif error.code == 413:
        limit = current_app.config["MAX_CONTENT_LENGTH"] // 1024**2
        told = Invalid(f"That is more than {limit} MB, the most one upload may hold. Split the file.")
    elif error.code == 429:
        told.title = "Too many tries"
        told.detail = "Too many tries from here. Wait a minute and try again."
    elif error.code == 500:
        told.title, told.detail = "That was our fault", "The error is in the log, and nothing was changed."
        db.session.rollback()  # The page around the message asks the database too.
    told.args = (told.detail,)
    told.status = error.code or 500
    response = show_error(told)
    if getattr(error, "valid_methods", None):
        response.headers["Allow"] = ", ".join(error.valid_methods)  # type: ignore[attr-defined]
    return response


def _database_away(error: OperationalError) -> Response:
    current_app.logger.error("The database is away: %s", error.orig)
    g.is_database_away = True  # The page around the message must not ask it again.
    response = show_error(
        Unavailable("The database does not answer. Nothing was changed; try again shortly.")
    )
    response.headers["Retry-After"] = "5"
    return response


def _impossible_value(error: DataError) -> Response:
    current_app.logger.warning("A value does not fit its column: %s", error.orig)
    db.session.rollback()  # The page around the message asks the database too.
    return show_error(NotFound())


def _at_once(error: IntegrityError) -> Response:
    """Answer the second of two who did the same at one moment: both had looked, neither saw the other."""
    if not isinstance(error.orig, UniqueViolation | ForeignKeyViolation):
        raise error
    current_app.logger.warning("Two at once: %s", error.orig)
    db.session.rollback()  # The page around the message asks the database too.
    return show_error(
        Conflict(
            "Somebody else changed the same at this very moment. Nothing of yours was kept. "
            "Open the page again, look at what stands there now, then decide."
        )
    )


def mark_current(endpoint: str) -> None:
    """Say which navigation item the page belongs to, when its address does not show it."""
    g.navigation_endpoint = endpoint
