"""One's own API tokens: made, shown once, taken back."""

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from ideaflow import typed
from ideaflow.errors import Invalid
from ideaflow.users import tokens
from ideaflow.users.access import actor, requires
from ideaflow.users.policy import SCOPE_WORDS, Right
from ideaflow.web import render

bp = Blueprint("tokens", __name__, url_prefix="/you/tokens")
DAYS = (30, 90, 365)


@bp.get("/")
@requires(Right.SELF)
def index() -> ResponseReturnValue:
    """Show my tokens, and a form for another."""
    return _page()


@bp.post("/")
@requires(Right.SELF)
def add() -> ResponseReturnValue:
    """Make a token. Its text is in this answer and nowhere else: no redirect could carry it safely."""
    form = request.form
    try:
        number = typed.number(form.get("days")) or 0
        _, text = tokens.add(
            current_user.id, form.get("name", ""), form.getlist("scopes"), number, by=actor()
        )
    except Invalid as error:
        return _page(status=422, error=error)
    return _page(text=text)


@bp.post("/<int:token_id>/revoke")
@requires(Right.SELF)
def revoke(token_id: int) -> ResponseReturnValue:
    """Let a token count no more."""
    token = tokens.revoke(token_id, of=current_user.id, by=actor())
    flash(f"“{token.name}” opens nothing any more.")
    return redirect(url_for(".index"), 303)


def _page(status: int = 200, text: str = "", error: Invalid | None = None) -> ResponseReturnValue:
    return render(
        "users/tokens.html", status=status, tokens=tokens.of_user(current_user.id), text=text, error=error,
        form=request.form if error else {}, scopes=SCOPE_WORDS, days=DAYS,
    )  # fmt: skip
