"""The widget: one script tag on any web site takes a thought and shows the roadmap. It sets no cookie."""

from pathlib import Path

from flask import Blueprint, current_app, g, make_response, render_template, request, send_file
from flask.typing import ResponseReturnValue

from ideaflow import resources
from ideaflow.errors import Invalid, NotFound
from ideaflow.feedback import thoughts
from ideaflow.portal import languages
from ideaflow.users.access import public
from ideaflow.web import csrf, show_in_frames_of

bp = Blueprint("portal_widget", __name__, url_prefix="/portal/widget")
HONEYPOT = "website"  # People do not see this field; programs fill it.


@bp.get("/script.js")
@public
def script() -> ResponseReturnValue:
    """Return the script that other sites take in; it opens the widget in a frame."""
    show_in_frames_of(_sites())
    path = Path(resources.STATIC, "widget.js")
    return make_response(send_file(path, mimetype="text/javascript", max_age=3600))


@bp.get("/")
@public
def show() -> ResponseReturnValue:
    """Show the widget in a frame of another site."""
    return _frame(status=200)


@bp.post("/")
@csrf.exempt  # Nobody is signed in here, and nothing but words is taken.
@public
def leave() -> ResponseReturnValue:
    """Take a thought."""
    _sites()
    form = request.form
    _speak()
    if form.get(HONEYPOT):
        return _frame(status=200, is_left=True)
    try:
        thoughts.leave(
            form.get("words", ""), form.get("email", ""), form.get("page", ""), languages.current()
        )
    except Invalid as error:
        return _frame(status=422, reason=error.of("words"))
    return _frame(status=200, is_left=True)


def _frame(*, status: int, is_left: bool = False, reason: str = "") -> ResponseReturnValue:
    show_in_frames_of(_sites())
    _speak()
    body = render_template(
        "portal/widget.html", is_left=is_left, reason=reason, longest=thoughts.LONGEST,
        words=request.form.get("words", ""), email=request.form.get("email", ""),
        page=request.values.get("page", "")[:500], honeypot=HONEYPOT,
    )  # fmt: skip
    return make_response(body, status)


def _speak() -> None:
    g.language = languages.choose(request.values.get("language"))


def _sites() -> str:
    sites = " ".join(str(current_app.extensions["settings"].widget_sites).split())
    if not sites or any(sign in sites for sign in ";,'\""):
        raise NotFound()
    return sites
