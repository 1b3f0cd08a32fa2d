"""What participants added: shown to all, or refused, by who moderates; after the close, proposed."""

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from ideaflow.codesign import adding, forms, promoting
from ideaflow.codesign.pages.parts import back, bp
from ideaflow.errors import Invalid
from ideaflow.users.access import actor, requires
from ideaflow.users.policy import Right


@bp.post("/<int:session_id>/additions/<int:addition_id>")
@requires(Right.MODERATE)
def decide_addition(session_id: int, addition_id: int) -> ResponseReturnValue:
    """Show an addition to all participants, or refuse it."""
    decision = request.form.get("decision", "")
    if decision not in ("show", "refuse"):
        raise Invalid("Choose whether it is shown.")
    found = adding.decide(session_id, addition_id, show=decision == "show", by=actor())
    flash(f"“{found.text}” is asked from now on." if decision == "show" else "Refused.", "go")
    return back(session_id)


@bp.post("/<int:session_id>/added/<option>/propose")
@requires(Right.PROPOSE)
def propose_added(session_id: int, option: str) -> ResponseReturnValue:
    """Make what a customer added a draft proposal, with the result as its evidence."""
    made = promoting.propose(session_id, option, forms.read_version(request.form), by=actor())
    flash("A draft proposal, with what the survey says of it. Say what problem it solves.", "go")
    return redirect(url_for("proposals.show", proposal_id=made.id), 303)
