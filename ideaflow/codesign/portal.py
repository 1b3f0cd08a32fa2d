"""The doors for contacts who help design: what they are asked, one question a page, receipt and result."""

from typing import Any

from flask import Blueprint, Response, current_app, flash, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from ideaflow import parts
from ideaflow.codesign import adding, answering, casting, queries, sealing
from ideaflow.codesign.answering import Sheet
from ideaflow.codesign.casting import Outcome
from ideaflow.codesign.kinds.contract import Step, Unanswered
from ideaflow.codesign.kinds.options import LONGEST_NAME, names_of
from ideaflow.codesign.kinds.registry import INSTRUMENTS
from ideaflow.codesign.models import Participant
from ideaflow.codesign.policy import State
from ideaflow.codesign.spending import Overspent
from ideaflow.errors import Conflict, Invalid, NotFound
from ideaflow.parts import Part
from ideaflow.portal.access import for_contacts, visitor
from ideaflow.portal.languages import text
from ideaflow.portal.policy import ContactRight
from ideaflow.portal.queries import Visitor
from ideaflow.web import render

bp = Blueprint("portal_codesign", __name__, url_prefix="/portal/design")


@bp.get("/")
@for_contacts(ContactRight.READ)
def index() -> ResponseReturnValue:
    """Show a contact what they are asked, what they answered, and what came out."""
    found = queries.mine(visitor().contact_id)
    return render(
        "codesign/portal/index.html",
        open_ones=[one for one in found if _is_asked(one)],
        answered=[
            one
            for one in found
            if one.is_done and one.session.state != State.PUBLISHED and not _is_asked(one)
        ],
        results=[one for one in found if one.session.state == State.PUBLISHED],
        missed=[one for one in found if _is_missed(one)],
    )


@bp.get("/<int:session_id>")
@for_contacts(ContactRight.READ)
def show(session_id: int) -> ResponseReturnValue:
    """Say what is asked, how long it takes, and what can be known of the answer, before one answers."""
    sheet = _sheet(session_id)
    sheet.instrument.prepare(sheet.session.definition)
    minutes = sheet.instrument.minutes(sheet.session.definition)
    return render("codesign/portal/begin.html", sheet=sheet, session=sheet.session, minutes=minutes)


@bp.get("/<int:session_id>/<int:place>")
@for_contacts(ContactRight.READ)
def question(session_id: int, place: int) -> ResponseReturnValue:
    """Ask one question."""
    sheet = _sheet(session_id)
    if sheet.instrument.room:
        return redirect(url_for(sheet.instrument.room, session_id=session_id), 303)
    if _is_cast_for_good(sheet) or (not sheet.session.is_open and not sheet.draft.answers):
        return redirect(url_for(".show", session_id=session_id), 303)
    return _question(sheet, place)


@bp.post("/<int:session_id>/<int:place>")
@for_contacts(ContactRight.SPEAK)
def answer(session_id: int, place: int) -> ResponseReturnValue:
    """Keep an answer and go on; after the close it is kept all the same."""
    sheet = _sheet(session_id)
    if sheet.instrument.room:
        return redirect(url_for(sheet.instrument.room, session_id=session_id), 303)
    if _is_cast_for_good(sheet):
        return redirect(url_for(".receipt", session_id=session_id), 303)
    step = sheet.step(place, request.form.get("step", ""))
    if step is None:
        raise NotFound()
    on = url_for(".question", session_id=session_id, place=place + 1)
    try:
        given = sheet.instrument.read_answer(sheet.definition, step, request.form)
    except Unanswered as error:
        if "skip" in request.form and sheet.instrument.may_skip(sheet.session.definition):
            return redirect(
                on if place < len(sheet.steps) else url_for(".review", session_id=session_id), 303
            )
        return _question(sheet, place, status=422, problem=error.code, step=step)
    seconds = answering.seconds_since(request.form.get("shown_at", ""))
    sheet.draft = sheet.draft.with_answer(step.key, given, seconds)
    is_last = place >= len(sheet.steps) or request.form.get("then") == "review"
    goal = url_for(".review", session_id=session_id) if is_last else on
    return answering.keep(sheet, make_response(redirect(goal, 303)))


@bp.get("/<int:session_id>/review")
@for_contacts(ContactRight.READ)
def review(session_id: int) -> ResponseReturnValue:
    """Ask for the last press: what was answered is cast as a whole."""
    sheet = _sheet(session_id)
    if sheet.instrument.room:
        return redirect(url_for(sheet.instrument.room, session_id=session_id), 303)
    if _is_cast_for_good(sheet):
        return redirect(url_for(".receipt", session_id=session_id), 303)
    if not sheet.is_whole:
        return redirect(url_for(".question", session_id=session_id, place=sheet.first_open), 303)
    return _review(sheet)


@bp.post("/<int:session_id>/cast")
@for_contacts(ContactRight.SPEAK)
def cast(session_id: int) -> ResponseReturnValue:
    """Cast the ballot: sent twice it counts once, after the close it is kept and not counted."""
    sheet = _sheet(session_id)
    if sheet.instrument.room:
        return redirect(url_for(sheet.instrument.room, session_id=session_id), 303)
    given = sealing.read_receipt(request.form.get("receipt", ""))
    comment = request.form.get("comment", "")
    if not sheet.is_whole and not (sheet.participant.is_done or sheet.participant.is_late):
        return redirect(url_for(".question", session_id=session_id, place=sheet.first_open), 303)
    try:
        outcome = _cast(sheet, given or sealing.new_receipt(), comment)
    except Overspent:
        flash(text("Others spent meanwhile. Look at what is left, then pledge again."), "watch")
        return redirect(url_for(".question", session_id=session_id, place=1), 303)
    except Invalid:
        words = text("At most %(count)s characters.", count=casting.LONGEST_COMMENT)
        return _review(sheet, status=422, comment=comment, problem=words)
    except Conflict:  # A revote after the close.
        return redirect(url_for(".show", session_id=session_id), 303)
    goal = ".show" if outcome is Outcome.LATE else ".receipt"
    response = make_response(redirect(url_for(goal, session_id=session_id), 303))
    is_known = outcome in (Outcome.CAST, Outcome.CHANGED) or _is_in(sheet, given)
    if is_known and outcome is not Outcome.LATE:
        sheet.receipt, sheet.is_sent = given or sheet.receipt, True
        answering.keep_receipt(sheet, response)
    return response


@bp.get("/<int:session_id>/receipt")
@for_contacts(ContactRight.READ)
def receipt(session_id: int) -> ResponseReturnValue:
    """Thank, and show the receipt again in the browser that sent the ballot."""
    sheet = _sheet(session_id)
    if not sheet.participant.is_done:
        return redirect(url_for(".show", session_id=session_id), 303)
    return render("codesign/portal/receipt.html", sheet=sheet, session=sheet.session)


@bp.get("/<int:session_id>/check")
@for_contacts(ContactRight.READ)
def check(session_id: int) -> ResponseReturnValue:
    """Show the published receipts, and whether one's own is among them."""
    sheet = _sheet(session_id)
    typed = request.args.get("receipt", "")
    given = sealing.read_receipt(typed)
    hashes = queries.receipts_of(sheet.session)
    own = sealing.receipt_hash(session_id, given) if given else ""
    counted = queries.responses([session_id])[session_id].answered
    return render(
        "codesign/portal/check.html", sheet=sheet, session=sheet.session, hashes=hashes, typed=typed,
        own=own, is_there=own in hashes, counted=counted,
    )  # fmt: skip


@bp.get("/<int:session_id>/results")
@for_contacts(ContactRight.READ)
def results(session_id: int) -> ResponseReturnValue:
    """Show what all answers together say, once published."""
    sheet = _sheet(session_id)
    frozen = queries.tally_of(session_id)
    if sheet.session.state != State.PUBLISHED or frozen is None:
        return redirect(url_for(".show", session_id=session_id), 303)
    return render(
        "codesign/portal/results.html", sheet=sheet, session=sheet.session, result=frozen.whole,
        care=frozen.result["care"], fields=sheet.instrument.shared, definition=sheet.session.definition,
        names=names_of(sheet.session.definition.get("options", [])),
    )  # fmt: skip


@bp.post("/<int:session_id>/additions")
@for_contacts(ContactRight.SPEAK)
def add(session_id: int) -> ResponseReturnValue:
    """Take an option that is missing; others see it once one of ours has read it."""
    sheet = _sheet(session_id)
    if _is_cast_for_good(sheet) or not sheet.session.is_open:
        return redirect(url_for(".show", session_id=session_id), 303)
    place = min(max(request.form.get("place", 1, type=int), 1), len(sheet.steps))
    typed = request.form.get("text", "")
    try:
        adding.add(sheet.participant.id, typed)
    except Invalid as error:
        code = str(error.problems[0]["reason"])
        return _question(sheet, place, status=422, added=typed, add_problem=code)
    flash(text("Thank you. It is read first; then others are asked about it too."), "go")
    return redirect(url_for(".question", session_id=session_id, place=place), 303)


def _sheet(session_id: int) -> Sheet:
    return answering.sheet_of(queries.participation(session_id, visitor().contact_id))


def _question(
    sheet: Sheet, place: int, *, status: int = 200, problem: str = "", step: Step | None = None,
    added: str = "", add_problem: str = "",
) -> Response:  # fmt: skip
    steps, step = sheet.steps, step or sheet.step(place, "")
    if step is None:
        raise NotFound()
    response = make_response(
        render(
            "codesign/portal/question.html", status=status, sheet=sheet, session=sheet.session, step=step,
            place=place, count=len(steps), answer=_typed(sheet, step.key, problem), problem=problem,
            definition=sheet.session.definition, fields=sheet.instrument.asking,
            may_skip=sheet.instrument.may_skip(sheet.session.definition), shown_at=answering.shown_at(),
            is_over=not sheet.session.is_open, added=added, add_problem=add_problem,
            longest=LONGEST_NAME,
        )
    )  # fmt: skip
    # The questions of an anonymous participant are drawn in the browser's own cookie: keep them the same.
    if sheet.session.is_anonymous and not sheet.draft.answers:
        answering.keep(sheet, response)
    return response


def _typed(sheet: Sheet, step: str, problem: str) -> Any:
    """Return what the form shows: what was sent when it was refused, else what was kept."""
    return request.form.to_dict() if problem else sheet.draft.answers.get(step)


def _review(sheet: Sheet, *, status: int = 200, comment: str = "", problem: str = "") -> Response:
    return render(
        "codesign/portal/review.html", status=status, sheet=sheet, session=sheet.session, comment=comment,
        problem=problem, receipt=sealing.new_receipt(), count=len(sheet.steps),
    )  # fmt: skip


def _cast(sheet: Sheet, given: str, comment: str) -> Outcome:
    secret = current_app.extensions["settings"].signing_key()
    return casting.cast(sheet.participant.id, sheet.draft, given, comment=comment, secret=secret)


def _is_in(sheet: Sheet, given: str) -> bool:
    return bool(given) and queries.has_receipt(sheet.session, sealing.receipt_hash(sheet.session.id, given))


def _is_cast_for_good(sheet: Sheet) -> bool:
    """Return whether nothing can be answered any more: anonymous and cast, or counted and closed."""
    over = not sheet.session.is_open
    mine = sheet.participant
    return mine.is_late or (mine.is_done and (sheet.session.is_anonymous or over))


def _is_asked(one: Participant) -> bool:
    """Return whether a session waits for a contact: unanswered, or another round of it began."""
    again = INSTRUMENTS[one.session.instrument].is_asked_again(
        one.session.definition, (one.draft or {}).get("answers", {})
    )
    return one.session.is_open and (not one.is_done or again)


def _is_missed(one: Participant) -> bool:
    return one.session.standing.is_over and not one.is_done and one.session.state != State.PUBLISHED


def _call(who: Visitor) -> Part | None:
    """Call a contact to the session that waits for them, on their first page."""
    waiting = [one for one in queries.mine(who.contact_id) if _is_asked(one)]
    if not waiting:
        return None
    first = waiting[0].session
    minutes = INSTRUMENTS[first.instrument].minutes(first.definition)
    values = {"session": first, "minutes": minutes, "others": len(waiting) - 1}
    return Part("codesign/portal/_call.html", values)


def _ask_beside(proposal_id: int) -> Part | None:
    """Ask a contact to help design what their words led to, beside those words."""
    waiting = [one.session for one in queries.mine(visitor().contact_id) if _is_asked(one)]
    near = [
        (held, INSTRUMENTS[held.instrument].minutes(held.definition))
        for held in waiting
        if held.proposal_id == proposal_id
    ]
    return Part("codesign/portal/_ask_beside.html", {"near": near}) if near else None


parts.add("portal.call", _call)
parts.add("portal.of_proposal", _ask_beside)
