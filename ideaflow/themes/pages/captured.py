"""The theme of a captured wish, beside it: suggested once it is read, confirmed or changed in one click."""

from typing import Any

from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from ideaflow import parts
from ideaflow.db import db
from ideaflow.errors import NotFound
from ideaflow.feedback import queries as feedback
from ideaflow.feedback.capture_pages import home_of
from ideaflow.feedback.models import Capture
from ideaflow.parts import Part
from ideaflow.themes import forms, service
from ideaflow.themes.models import PlacedBy
from ideaflow.themes.pages.parts import bp, known, may_triage, tell
from ideaflow.themes.reading import page_queries
from ideaflow.users.access import actor, requires
from ideaflow.users.policy import Right
from ideaflow.web import in_background

NEAR = 6


@bp.get("/captures/<int:capture_id>")
@requires(Right.READ)
def show_capture(capture_id: int) -> ResponseReturnValue:
    """Return the theme of a captured wish; a page asks until it has been read."""
    in_background()
    query = select(Capture).where(Capture.id == known(capture_id)).options(joinedload(Capture.statement))
    made = db.session.scalar(query)
    if made is None:
        raise NotFound()
    part, at = {"values": _values(made)}, request.args.get("at", "")
    return render_template("themes/_of_capture.html", part=part, at=at)


@bp.post("/captures/<int:capture_id>")
@requires(Right.CAPTURE)
def place_capture(capture_id: int) -> ResponseReturnValue:
    """Say where a captured wish belongs."""
    target = forms.id_of(request.form, "target_id", "Choose the theme it belongs to.")
    correction = service.place_capture(known(capture_id), target, may_others=may_triage(), by=actor())
    made = db.session.get_one(Capture, capture_id)
    home = home_of(feedback.get(made.item_id), [made], request.form.get("at", ""))
    title = page_queries.title_of(target)
    if may_triage():
        tell(f"It belongs to “{title}”, where it stays.", [correction], home)
    return redirect(home, 303)


def _values(made: Capture) -> dict[str, Any]:
    """Return what is known of a captured wish: not read yet, in a theme, or in none with those nearest."""
    is_read, theme, placed_by = page_queries.place_of(made.statement_id)
    may_place = current_user.may(Right.CAPTURE) and (may_triage() or made.captured_by_id == current_user.id)
    near = page_queries.homes_for(made.statement_id, not_in=theme.id if theme else 0, limit=NEAR)
    return {
        "capture": made,
        "is_read": is_read,
        "theme": theme,
        "is_confirmed": placed_by == PlacedBy.USER,
        "near": [(one.id, one.title) for one in near] if may_place else [],
        "may_place": may_place,
    }


def _of_capture(made: Capture) -> Part:
    return Part("themes/_of_capture.html", _values(made))


parts.add("feedback.capture", _of_capture)
