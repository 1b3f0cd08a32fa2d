"""Pages of the gates: the board, the list of reviews, a review, the process; and what their buttons do."""

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from ideaflow.errors import Invalid, NotFound
from ideaflow.gates import board as boards
from ideaflow.gates import queries, service, shown
from ideaflow.gates.policy import Consequence
from ideaflow.gates.process import publishing
from ideaflow.gates.process.functions import FUNCTIONS
from ideaflow.gates.review import desk, sheets
from ideaflow.gates.review.forms import read_scorecard, read_verdict
from ideaflow.users import queries as users
from ideaflow.users.access import actor, requires
from ideaflow.users.policy import Right, Role
from ideaflow.web import mark_current, render

bp = Blueprint("gates", __name__)
shown.register()


@bp.get("/board")
@requires(Right.READ)
def board() -> ResponseReturnValue:
    """Show proposals by stage; they move by decisions, not by dragging."""
    is_mine = request.args.get("mine") == "1"
    return render(
        "gates/board.html", board=boards.board(current_user.id if is_mine else None), is_mine=is_mine
    )


@bp.get("/gates/reviews")
@requires(Right.READ)
def reviews() -> ResponseReturnValue:
    """Show what waits for me first, then what is open, then what was decided."""
    return render(
        "gates/reviews.html",
        fragment="rows",
        desk=desk.desk_of(current_user),
        page=desk.decided(request.args.get("after")),
    )


@bp.get("/gates/reviews/<int:review_id>")
@requires(Right.READ)
def review(review_id: int) -> ResponseReturnValue:
    """Show a review in the meeting look: case, scores, decision."""
    return _review_page(review_id)


@bp.post("/gates/reviews/<int:review_id>/scorecard")
@requires(Right.DECIDE)
def score(review_id: int) -> ResponseReturnValue:
    """Hand in my scorecard."""
    sheet = sheets.review_sheet(review_id, current_user)
    try:
        service.submit(review_id, *read_scorecard(request.form, sheet.gate), by=actor())
    except Invalid as error:
        return _review_page(review_id, status=422, error=error)
    flash("Your scorecard is in. Others see it when scores are revealed.", "go")
    return _to_review(review_id)


@bp.post("/gates/reviews/<int:review_id>/recuse")
@requires(Right.DECIDE)
def recuse(review_id: int) -> ResponseReturnValue:
    """Step back from this review."""
    service.recuse(review_id, request.form.get("reason", ""), by=actor())
    flash("You are recused from this review.")
    return _to_review(review_id)


@bp.post("/gates/reviews/<int:review_id>/reveal")
@requires(Right.DECIDE)
def reveal(review_id: int) -> ResponseReturnValue:
    """Show all scorecards now."""
    service.reveal(review_id, by=actor())
    flash("Scores are revealed.")
    return _to_review(review_id)


@bp.post("/gates/reviews/<int:review_id>/score-again")
@requires(Right.DECIDE)
def score_again(review_id: int) -> ResponseReturnValue:
    """Ask everybody for new scores."""
    service.score_again(review_id, by=actor())
    flash("Everybody is asked to score again; the old points are kept as a start.")
    return _to_review(review_id)


@bp.post("/gates/reviews/<int:review_id>/decide")
@requires(Right.DECIDE)
def decide(review_id: int) -> ResponseReturnValue:
    """Decide, once and for good."""
    try:
        done = service.decide(review_id, read_verdict(request.form), by=actor())
    except Invalid as error:
        return _review_page(review_id, status=422, error=error)
    flash(f"{done.name} is decided: {done.verdict.words.lower() if done.verdict else ''}.", "go")
    return _to_review(review_id)


@bp.post("/gates/reviews/<int:review_id>/cancel")
@requires(Right.DECIDE)
def cancel(review_id: int) -> ResponseReturnValue:
    """End a review without a decision."""
    done = service.cancel(review_id, request.form.get("reason", ""), by=actor())
    flash(f"{done.name} is cancelled. The proposal can be worked on again.")
    return _to_review(review_id)


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


@bp.post("/gates/proposals/<int:proposal_id>/open")
@requires(Right.DECIDE)
def open_review(proposal_id: int) -> ResponseReturnValue:
    """Open the review: freeze the evidence and seat the gatekeepers."""
    return _to_review(service.open_review(proposal_id, by=actor()).id)


@bp.post("/gates/proposals/<int:proposal_id>/resume")
@requires(Right.DECIDE)
def resume(proposal_id: int) -> ResponseReturnValue:
    """Take a held proposal up again."""
    journey = service.resume(proposal_id, request.form.get("reason", ""), by=actor())
    flash(f"P-{proposal_id} is in work again, in {journey.stage.name}.", "go")
    return _to_proposal(proposal_id)


@bp.post("/gates/conditions/<int:condition_id>/settle")
@requires(Right.DECIDE)
def settle_condition(condition_id: int) -> ResponseReturnValue:
    """Say that a condition is met or released."""
    form = request.form
    condition = service.settle_condition(
        condition_id, form.get("settled") == "met", form.get("proof", ""), by=actor()
    )
    flash(f"The condition is {condition.state}.", "go")
    return _to_proposal(condition.proposal_id, "conditions")


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
        keepers={gate.key: publishing.keepers_of(version, gate.key) for gate in version.content.gates},
        deputies={gate.key: publishing.deputies_of(version, gate.key) for gate in version.content.gates},
        people=users.with_role(Role.GATEKEEPER) if current_user.may(Right.ADMINISTER) else [],
    )


@bp.post("/process/<int:version_id>/seats/<gate_key>")
@requires(Right.ADMINISTER)
def set_seats(version_id: int, gate_key: str) -> ResponseReturnValue:
    """Say who sits at a gate."""
    version = queries.version_with(version_id)
    if version is None:
        raise NotFound("There is no such version of the process.")
    chosen = {
        name: [int(one) for one in request.form.getlist(name) if one.isdigit()]
        for name in ("users", "deputies")
    }
    service.set_seats(version, gate_key, chosen["users"], chosen["deputies"], by=actor())
    flash("The seats are set; open reviews keep theirs.", "go")
    return redirect(url_for(".process", version=version.id, _anchor=gate_key), 303)


def _review_page(review_id: int, status: int = 200, error: Invalid | None = None) -> ResponseReturnValue:
    mark_current("gates.reviews")
    sheet = sheets.review_sheet(review_id, current_user)
    return render(
        "gates/review.html",
        status=status,
        sheet=sheet,
        error=error,
        form=request.form,
        consequences=[(one.value, one.words) for one in Consequence],
    )


def _to_review(review_id: int) -> ResponseReturnValue:
    return redirect(url_for(".review", review_id=review_id), 303)


def _to_proposal(proposal_id: int, anchor: str | None = None) -> ResponseReturnValue:
    return redirect(url_for("proposals.show", proposal_id=proposal_id, _anchor=anchor), 303)
