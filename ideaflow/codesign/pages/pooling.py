"""The pooling round of buying, opened by who owns the session."""

from flask import flash, request
from flask.typing import ResponseReturnValue

from ideaflow.codesign import forms, spending
from ideaflow.codesign.pages.parts import back, bp
from ideaflow.users.access import actor, requires
from ideaflow.users.policy import Right


@bp.post("/<int:session_id>/pool")
@requires(Right.PROPOSE)
def open_pool(session_id: int) -> ResponseReturnValue:
    """End the solo round; accounts see each other's pledges from now on."""
    spending.open_pool(session_id, forms.read_version(request.form), by=actor())
    flash(
        "Accounts buy together now; each has its whole budget again. Whoever bought alone is asked anew.",
        "go",
    )
    return back(session_id)
