"""The pages of launches, put together; and what all of them answer when somebody else was faster."""

from datetime import date
from typing import Any

from flask import request
from flask.typing import ResponseReturnValue

from ideaflow.db import db
from ideaflow.errors import Overtaken
from ideaflow.launch import shown
from ideaflow.launch.doors import bp
from ideaflow.launch.pages import board, catalogue, checks, listing, plan
from ideaflow.users.models import User
from ideaflow.web import mark_current, render

__all__ = ["board", "bp", "catalogue", "checks", "listing", "plan"]
shown.register()
NAMES = {
    "owner_id": "Owner",
    "launch_on": "Launch day",
    "target_amount": "Target",
    "forecast_on": "Expected on",
}


@bp.errorhandler(Overtaken)
def overtaken(error: Overtaken) -> ResponseReturnValue:
    """Show both versions, and let yours be put on top."""
    mark_current("launches.index")
    fields = [
        (NAMES.get(name, name.replace("_", " ").capitalize()), _said(name, error.theirs.get(name)),
         _said(name, value))
        for name, value in error.yours.items()
    ]  # fmt: skip
    kept = [
        (name, value)
        for name, value in request.form.items(multi=True)
        if name not in ("csrf_token", "version") and isinstance(value, str)
    ]
    return render("launch/overtaken.html", status=409, error=error, fields=fields, kept=kept)


def _said(name: str, value: Any) -> str:
    """Return a value as one reads it."""
    if value is None or value == "":
        return "nothing"
    if name == "owner_id":
        user = db.session.get(User, int(value))
        return user.name if user else "somebody"
    if isinstance(value, date):
        return f"{value:%-d %B %Y}"
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
