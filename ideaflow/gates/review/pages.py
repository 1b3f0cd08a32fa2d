"""Pages of gate reviews, and what their buttons do."""

from datetime import datetime
from typing import Any

from flask import Response, flash, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from ideaflow import typed
from ideaflow.errors import Invalid, NotFound
from ideaflow.gates import service
from ideaflow.gates.doors import bp
from ideaflow.gates.policy import Consequence
from ideaflow.gates.review import desk, freezing, sheets
from ideaflow.gates.review.forms import read_scorecard, read_verdict
from ideaflow.gates.review.verdicts import HOLD_REASONS, KILL_REASONS
from ideaflow.users import renewing
from ideaflow.users.access import actor, requires
from ideaflow.users.policy import Right
from ideaflow.users.renewing import Renewal
from ideaflow.web import mark_current, render


@bp.get("/gates/reviews")
@requires(Right.READ)
def reviews() -> ResponseReturnValue:
    """Show what waits for me first, then what is open, then what was decided."""
    return render(
        "gates/reviews.html",
        fragment="rows",
        desk=desk.desk_of(current_user),
        page=desk.decided(request.args.get("after")),
        overrides=desk.override_count(),
    )


@bp.get("/gates/reviews/<int:review_id>")
@requires(Right.READ)
def review(review_id: int) -> ResponseReturnValue:
    """Show a review in the meeting look: case, scores, decision."""
    return _review_page(review_id)


@bp.get("/gates/reviews/<int:review_id>/pack")
@requires(Right.READ)
def pack(review_id: int) -> ResponseReturnValue:
    """Show the frozen pack on paper; one that is not what was frozen is refused."""
    mark_current("gates.reviews")
    found, file = freezing.sound_pack(review_id)
    return render("gates/pack.html", review=found, paper=freezing.paper_of(found), file=file)


@bp.get("/gates/reviews/<int:review_id>/pack.pdf")
@requires(Right.READ)
def pack_file(review_id: int) -> ResponseReturnValue:
    """Give the pack as the file that was frozen."""
    found, file = freezing.sound_pack(review_id)
    if file is None:
        raise NotFound("This pack is older than packs as files; read it as a page.")
    name = f"{found.proposal_id}-{found.gate_key}-{found.sequence}-{found.pack_hash[:8]}.pdf"
    return _download(file.pdf, "application/pdf", f"pack-P-{name}")


@bp.get("/gates/reviews/<int:review_id>/pack.json")
@requires(Right.READ)
def pack_json(review_id: int) -> ResponseReturnValue:
    """Give the pack as the JSON its hash is taken of, to check it elsewhere."""
    found, _file = freezing.sound_pack(review_id)
    name = f"pack-P-{found.proposal_id}-{found.gate_key}-{found.sequence}.json"
    return _download(freezing.as_json(found).encode(), "application/json", name)


@bp.post("/gates/proposals/<int:proposal_id>/open")
@requires(Right.DECIDE)
def open_review(proposal_id: int) -> ResponseReturnValue:
    """Open the review: freeze the evidence and seat the gatekeepers."""
    return _to_review(service.open_review(proposal_id, by=actor()).id)


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


@bp.post("/gates/reviews/<int:review_id>/step-in/<int:for_id>")
@requires(Right.DECIDE)
def step_in(review_id: int, for_id: int) -> ResponseReturnValue:
    """Take the seat of somebody I am deputy for."""
    service.step_in(review_id, for_id, request.form.get("reason", ""), by=actor())
    flash("The seat is yours for this review. Everybody sees for whom you sit.", "go")
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


@bp.post("/gates/reviews/<int:review_id>/vote")
@requires(Right.DECIDE)
def vote(review_id: int) -> ResponseReturnValue:
    """Say what I would decide, now that we talked."""
    card = service.vote(review_id, request.form.get("vote") or None, by=actor())
    flash("Your vote is counted." if card.vote else "You abstain; that counts for the quorum alone.", "go")
    return _to_review(review_id)


@bp.post("/gates/reviews/<int:review_id>/decide")
@requires(Right.DECIDE)
def decide(review_id: int) -> ResponseReturnValue:
    """Draft the decision and sign it; the last signature carries it out."""
    form = request.form
    try:
        seen = form.get("seen", type=int)
        verdict = read_verdict(form)
        done = service.decide(review_id, verdict, by=actor(), renewed=_renewed(), seen=seen)
    except Invalid as error:
        return _review_page(review_id, status=422, error=error)
    return _signed(done.id, done.verdict.words.lower() if done.verdict else "", done.name)


@bp.post("/gates/reviews/<int:review_id>/sign")
@requires(Right.DECIDE)
def sign(review_id: int) -> ResponseReturnValue:
    """Sign a decision somebody drafted."""
    try:
        done = service.sign(review_id, request.form.get("record", ""), by=actor(), renewed=_renewed())
    except Invalid as error:
        return _review_page(review_id, status=422, error=error)
    return _signed(done.id, done.verdict.words.lower() if done.verdict else "", done.name)


@bp.post("/gates/reviews/<int:review_id>/take-back")
@requires(Right.DECIDE)
def take_back(review_id: int) -> ResponseReturnValue:
    """Drop a decision that waits for signatures."""
    service.take_back(review_id, request.form.get("reason", ""), by=actor())
    flash("The decision is taken back; you can vote and decide anew.")
    return _to_review(review_id)


@bp.post("/gates/reviews/<int:review_id>/cancel")
@requires(Right.DECIDE)
def cancel(review_id: int) -> ResponseReturnValue:
    """End a review without a decision."""
    done = service.cancel(review_id, request.form.get("reason", ""), by=actor())
    flash(f"{done.name} is cancelled. The proposal can be worked on again.")
    return _to_review(review_id)


@bp.post("/gates/proposals/<int:proposal_id>/resume")
@requires(Right.DECIDE)
def resume(proposal_id: int) -> ResponseReturnValue:
    """Take a held proposal up again."""
    journey = service.resume(proposal_id, request.form.get("reason", ""), by=actor())
    flash(f"P-{proposal_id} is in work again, in {journey.stage.name}.", "go")
    return _to_proposal(proposal_id)


@bp.post("/gates/proposals/<int:proposal_id>/hold-on")
@requires(Right.DECIDE)
def hold_on(proposal_id: int) -> ResponseReturnValue:
    """Let a held proposal rest until another day."""
    day = typed.day(request.form.get("revisit_on", ""), "revisit_on")
    service.hold_on(proposal_id, day, request.form.get("reason", ""), by=actor())
    flash(f"P-{proposal_id} rests on.")
    return _to_proposal(proposal_id)


@bp.post("/gates/conditions/<int:condition_id>/claim")
@requires(Right.SELF)
def claim_condition(condition_id: int) -> ResponseReturnValue:
    """Lay down the proof that a condition is met."""
    condition = service.claim_condition(condition_id, request.form.get("proof", ""), by=actor())
    flash("The proof is in. Somebody else verifies it.", "go")
    return _to_proposal(condition.proposal_id, "conditions")


@bp.post("/gates/conditions/<int:condition_id>/settle")
@requires(Right.DECIDE)
def settle_condition(condition_id: int) -> ResponseReturnValue:
    """Verify the proof of a condition, refuse it, or release the condition."""
    choice, note = request.form.get("settled", ""), request.form.get("note", "")
    if choice == "released":
        condition = service.release_condition(condition_id, note, by=actor())
    else:
        condition = service.verify_condition(condition_id, choice == "met", note, by=actor())
    flash(f"The condition is {condition.state_words}.", "go" if not condition.is_unsettled else "")
    return _to_proposal(condition.proposal_id, "conditions")


@bp.post("/gates/notices/<int:notice_id>/told")
@requires(Right.SELF)
def told(notice_id: int) -> ResponseReturnValue:
    """Say that the customers behind a stopped proposal know."""
    notice = service.told(notice_id, by=actor())
    flash("It is noted that they know.", "go")
    return _to_review(notice.review_id)


def _download(content: bytes, kind: str, name: str) -> Response:
    answer = Response(content, mimetype=kind)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _signed(review_id: int, decision: str, name: str) -> ResponseReturnValue:
    session.pop(renewing.KEY, None)  # One signing in again is good for one signature.
    if decision:
        flash(f"{name} is decided: {decision}.", "go")
    else:
        flash("You signed. The decision is carried out when the last signature is there.", "go")
    return _to_review(review_id)


def _renewed() -> Renewal | None:
    """Return that who acts signed in again: with the password in this form, or by a link before."""
    password = request.form.get("password", "")
    if password:
        return renewing.with_password(current_user.id, password)
    return fresh_renewal()


def fresh_renewal() -> Renewal | None:
    """Return the signing in again by a link that this session had moments ago, if any."""
    known = session.get(renewing.KEY)
    if not known:
        return None
    renewal = Renewal(known["id"], known["method"], datetime.fromisoformat(known["at"]))
    return renewal if renewal.is_good_for(current_user.id) else None


def _review_page(review_id: int, status: int = 200, error: Invalid | None = None) -> ResponseReturnValue:
    mark_current("gates.reviews")
    return render("gates/review.html", status=status, **review_values(review_id, error))


def review_values(review_id: int, error: Invalid | None = None) -> dict[str, Any]:
    """Return what the page of a review shows to who looks."""
    return {
        "sheet": sheets.review_sheet(review_id, current_user),
        "error": error,
        "form": request.form,
        "consequences": [(one.value, one.words) for one in Consequence],
        "kill_reasons": list(KILL_REASONS.items()),
        "hold_reasons": list(HOLD_REASONS.items()),
        "renewal": fresh_renewal(),
        "stay": {},
    }


def _to_review(review_id: int) -> ResponseReturnValue:
    return redirect(_back_to_meeting() or url_for("gates.review", review_id=review_id), 303)


def _back_to_meeting() -> str:
    """Return the address of the meeting a form was sent from, so that one stays on its screen."""
    number = request.form.get("meeting", type=int)
    at = request.form.get("item", type=int)
    return url_for("gates.meeting_mode", meeting_id=number, item=at) if number else ""


def _to_proposal(proposal_id: int, anchor: str | None = None) -> ResponseReturnValue:
    return redirect(url_for("proposals.show", proposal_id=proposal_id, _anchor=anchor), 303)
