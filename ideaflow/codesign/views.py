"""The doors for staff: pages of co-design, and what they add to pages of others."""

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from ideaflow.codesign import customers as customers  # Registers its section.
from ideaflow.codesign import forms, musts, queries, shown
from ideaflow.codesign.pages import adding, asking, drafting, pooling, proxies, results
from ideaflow.codesign.pages.parts import bp as bp
from ideaflow.users.access import actor, requires
from ideaflow.users.policy import Right


@bp.post("/<int:session_id>/musts/<option>")
@requires(Right.PROPOSE)
def plan_must(session_id: int, option: str) -> ResponseReturnValue:
    """Say how a feature that must be there is met, or why it is left out."""
    held = queries.find(session_id)
    musts.plan(
        session_id, option, request.form.get("words", ""), forms.read_version(request.form), by=actor()
    )
    flash("Kept. The next gate reads it.", "go")
    goal = url_for("proposals.show", proposal_id=held.proposal_id, _anchor="deliverables")
    return redirect(goal, 303)


PAGES = (adding, drafting, asking, pooling, proxies, results)
shown.register()
