"""Pages of the gates: the board, the way of a proposal, the process; and what their buttons do."""

from functools import partial

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from ideaflow.codesign.forms import read_version
from ideaflow.errors import NotFound
from ideaflow.gates import board as boards
from ideaflow.gates import designs, queries, service, shown
from ideaflow.gates.doors import bp
from ideaflow.gates.meeting import pages as meeting_pages
from ideaflow.gates.process import publishing
from ideaflow.gates.process.functions import FUNCTIONS
from ideaflow.gates.review import pages, seat_pages, seats
from ideaflow.users import queries as users
from ideaflow.users.access import actor, requires
from ideaflow.users.policy import Right, Role
from ideaflow.web import mark_current, render

__all__ = ["bp", "meeting_pages", "pages", "seat_pages"]
shown.register()


@bp.get("/board")
@requires(Right.READ)
def board() -> ResponseReturnValue:
    """Show proposals by stage; they move by decisions, not by dragging."""
    is_mine = request.args.get("mine") == "1"
    return render(
        "gates/board.html", board=boards.board(current_user.id if is_mine else None), is_mine=is_mine
    )


@bp.post("/gates/proposals/<int:proposal_id>/start")
@requires(Right.PROPOSE)
def start(proposal_id: int) -> ResponseReturnValue:
    """Send a proposal on its way."""
    journey = service.start(proposal_id, by=actor())
    flash(f"P-{proposal_id} is in {journey.stage.name}, on {journey.process_version.name}.", "go")
    return _to_proposal(proposal_id)


@bp.post("/gates/proposals/<int:proposal_id>/deliverables/<key>")
@requires(Right.PROPOSE)
def set_deliverable(proposal_id: int, key: str) -> ResponseReturnValue:
    """Say how far a deliverable is."""
    form = request.form
    service.set_deliverable(
        proposal_id, key, form.get("status", ""), form.get("note", ""), form.get("link", ""),
        form.get("reason", ""), by=actor(),
    )  # fmt: skip
    return _to_proposal(proposal_id, "deliverables")


@bp.post("/gates/designs/<int:session_id>/<int:version_id>")
@requires(Right.PROPOSE)
def lay_design(session_id: int, version_id: int) -> ResponseReturnValue:
    """Make a customer's design a deliverable of the stage its proposal is in."""
    key, seen = request.form.get("key", ""), read_version(request.form)
    link_of = partial(shown.link_of_draft, session_id)
    made = designs.lay_on_table(session_id, version_id, key, link_of, seen, by=actor())
    flash("It lies on the table of the next gate, with who designed it.", "go")
    return _to_proposal(made.proposal_id, "deliverables")


@bp.post("/gates/proposals/<int:proposal_id>/ready")
@requires(Right.PROPOSE)
def declare_ready(proposal_id: int) -> ResponseReturnValue:
    """Hand a proposal to its gate."""
    journey = service.declare_ready(proposal_id, by=actor())
    flash(f"P-{proposal_id} is ready for {journey.gate.name}. A gatekeeper opens the review.", "go")
    return _to_proposal(proposal_id)


@bp.post("/gates/proposals/<int:proposal_id>/recall")
@requires(Right.PROPOSE)
def recall(proposal_id: int) -> ResponseReturnValue:
    """Take a proposal back from its gate."""
    service.recall(proposal_id, request.form.get("reason", ""), by=actor())
    flash(f"P-{proposal_id} is back in work.")
    return _to_proposal(proposal_id)


@bp.get("/process")
@requires(Right.READ)
def process() -> ResponseReturnValue:
    """Show stages, gates and criteria with their anchors, as published."""
    mark_current("processes.index")
    number = request.args.get("version", type=int)
    version = queries.version_with(number) if number else publishing.standard()
    if version is None or version.status == "draft":
        raise NotFound("There is no such version of the process.")
    known = queries.versions(version.process_id)
    return render(
        "gates/process.html",
        version=version,
        functions=FUNCTIONS,
        versions=known,
        counts=queries.count_on([one.id for one in known]),
        seats=seats.seats_of(version.process_id),
        scope_words=seats.scope_words,
        keepers=users.with_role(Role.GATEKEEPER),
    )


def _to_proposal(proposal_id: int, anchor: str | None = None) -> ResponseReturnValue:
    return redirect(url_for("proposals.show", proposal_id=proposal_id, _anchor=anchor), 303)
