"""The card inside any page of a CRM: the customer at a glance, the seller's answer, one field for a wish."""

import secrets
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, current_app, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from ideaflow.accounts import queries as accounts
from ideaflow.accounts import view
from ideaflow.db import db
from ideaflow.errors import Conflict, Invalid, NotFound
from ideaflow.feedback import capturing
from ideaflow.feedback.capturing import Heard
from ideaflow.feedback.models import Capture
from ideaflow.launch.frame import connecting, embedding
from ideaflow.launch.selling import reading
from ideaflow.launch.selling.views import card_values
from ideaflow.themes.reading import page_queries
from ideaflow.users.access import actor, public, rights
from ideaflow.users.policy import Right
from ideaflow.web import csrf

bp = Blueprint(embedding.BLUEPRINT, __name__, url_prefix=embedding.PATH)
GLANCE = (view.RELATIONSHIP, view.CASES, view.OPPORTUNITIES, view.ASKS, view.COMMITMENTS, view.RISK)
MOST = 8
NOBODY = "No account here is known by that. It may not be imported yet, or be known by another id."


@bp.get("/")
@public
def show() -> ResponseReturnValue:
    """Show the customer whom the address names, to whoever connected this frame."""
    site = embedding.let_in()
    if not embedding.is_connected():
        return _unconnected(site)
    return _customer()


@bp.post("/")
@csrf.exempt  # No session counts here; the form carries a mark made from the frame's own token.
@public
def capture() -> ResponseReturnValue:
    """Keep a wish; it looks for its theme at once."""
    site = embedding.let_in()
    if not embedding.is_connected():
        return _unconnected(site, status=401)
    if not connecting.is_form_mark(request.form.get("mark", ""), embedding.brought() or ""):
        return _words("This form came from elsewhere. Open the frame again, then capture.", 400)
    if Right.CAPTURE not in rights():
        return _words("Your role does not capture wishes. Ask an administrator if it should.", 403)
    try:
        account_id = accounts.get(embedding.account_id()).id
        made = capturing.write_down(_heard(account_id), by=actor())
    except NotFound:
        return _words(NOBODY, 404)
    except Invalid as error:
        return _customer(error=error, status=422)
    return redirect(url_for(".show", account_id=account_id, captured=made.id), 303)


@bp.get("/check")
@public
def check() -> ResponseReturnValue:
    """Say whether somebody has said yes to the code in this frame; the frame asks while it waits."""
    embedding.let_in()
    secret, _ = embedding.waiting()
    return "", 200 if secret and connecting.is_said(secret) else 204


@bp.get("/captured/<int:capture_id>")
@public
def captured(capture_id: int) -> ResponseReturnValue:
    """Return the theme of a wish that was captured; the frame asks until it has been read."""
    embedding.let_in()
    made = _own(capture_id) if embedding.is_connected() else None
    if made is None:
        raise NotFound()
    return render_template("frame/_captured.html", **_captured(made))


def _unconnected(site: str, status: int = 200) -> ResponseReturnValue:
    """Fetch the token if somebody said yes, else show the code."""
    secret, known_site = embedding.waiting()
    if request.method == "GET" and secret and (text := connecting.fetch(secret)):
        response = make_response(redirect(f"{embedding.PATH}/?{_query()}", 303))
        embedding.keep_token(response, text)
        return response
    secret, site = secret or embedding.new_secret(), site or known_site
    code = connecting.code_for(secret, site, str(current_app.secret_key))
    body = render_template("frame/connect.html", code=code, again=f"{embedding.PATH}/?{_query()}")
    response = make_response(body, status)
    embedding.wait(response, secret, site)
    return response


def _customer(error: Invalid | None = None, status: int = 200) -> ResponseReturnValue:
    try:
        account = accounts.get(embedding.account_id())
    except NotFound:
        return _words(NOBODY, 404)
    except (Invalid, Conflict) as told:
        return _words(told.detail, told.status)
    found = view.views_of([account.id], only=GLANCE, most=MOST)[account.id]
    values = card_values(account, next(iter(reading.launches()), None), rights())
    made = _own(request.args.get("captured", 0, type=int))
    body = render_template(
        "frame/customer.html", **values, view=view.masked(found, rights()), error=error, query=_query(),
        longest=capturing.LONGEST, may_capture=Right.CAPTURE in rights(),
        given=request.form if error else {}, key=request.form.get("key") or secrets.token_urlsafe(12),
        mark=connecting.form_mark(embedding.brought() or ""), made=_captured(made) if made else None,
    )  # fmt: skip
    return make_response(body, status)


def _words(words: str, status: int) -> ResponseReturnValue:
    return make_response(render_template("frame/words.html", words=words), status)


def _heard(account_id: int) -> Heard:
    form = request.form
    return Heard(
        key=form.get("key", ""),
        words=form.get("words", ""), is_verbatim="is_proxy" not in form, account_id=account_id,
    )  # fmt: skip


def _own(capture_id: int) -> Capture | None:
    made = db.session.get(Capture, capture_id) if 0 < capture_id < 2**63 else None
    return made if made is not None and made.captured_by_id == current_user.id else None


def _captured(made: Capture) -> dict[str, Any]:
    is_read, theme, _ = page_queries.place_of(made.statement_id)
    return {"capture": made, "is_read": is_read, "theme": theme}


def _query() -> str:
    known = ("account_id", "source", "id", "email", "domain")
    return urlencode({name: request.args[name] for name in known if request.args.get(name)})
