"""What the pages of themes share: their blueprint, who may do what, notices with their undo."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, current_app, flash, request, url_for
from flask_login import current_user

from ideaflow.errors import NotFound
from ideaflow.themes.forms import LARGEST_ID
from ideaflow.themes.models import ThemeCorrection
from ideaflow.themes.reading import batches
from ideaflow.themes.telling import deeds
from ideaflow.users.access import is_local
from ideaflow.users.policy import Right

bp = Blueprint("themes", __name__, url_prefix="/themes")


def may_triage() -> bool:
    """Return whether the signed-in user may correct themes."""
    return bool(current_user.may(Right.TRIAGE))


def url_of(endpoint: str, **values: Any) -> str:
    """Return the address of a page of another slice, or nothing while there is no such page."""
    return url_for(endpoint, **values) if endpoint in current_app.view_functions else ""


def promote_url() -> str:
    """Return where selected themes become a proposal; nothing where this user cannot do that."""
    return url_of("proposals.promote") if current_user.may(Right.PROPOSE) else ""


def last_deed() -> dict[str, Any]:
    """Return what the signed-in user decided last, in words, and what is posted to undo it."""
    last = batches.last_of(current_user.id) if may_triage() else None
    if last is None:
        return {"last": "", "last_undo": {}}
    undo = {"batch_id": last.batch_id} if last.batch_id else {"correction_ids": last.correction_id}
    return {"last": deeds.last(last.kind, last.title, last.batch_words), "last_undo": undo}


def tell(words: str, made: Sequence[ThemeCorrection], back: str) -> None:
    """Keep a notice for the next page, with the way back from what was done.

    :param back: the page to show after an undo.
    """
    undo = {"correction_ids": ",".join(str(correction.id) for correction in made), "back": back}
    flash({"words": words, "undo_url": url_for("themes.undo"), "undo": undo})  # type: ignore[arg-type]


def back_url() -> str:
    """Return the page the person came from, as the form or the address says; the list when neither does."""
    goal = request.values.get("back", "")
    return goal if is_local(goal) else url_for("themes.index")


def known(number: int) -> int:
    """Refuse a number no database row can have."""
    if number > LARGEST_ID:
        raise NotFound()
    return number
