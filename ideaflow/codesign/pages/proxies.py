"""Ballots that staff cast on behalf of an account: one question a page, as the customer answered.

What was answered so far travels in the form, signed; the ballot is kept when the last question is answered.
"""

from typing import Any

from flask import current_app, flash, request
from flask.typing import ResponseReturnValue
from itsdangerous import BadData, URLSafeSerializer

from ideaflow import typed
from ideaflow.codesign import casting, choosing, queries
from ideaflow.codesign.kinds.contract import Unanswered
from ideaflow.codesign.models import CodesignSession
from ideaflow.codesign.pages.parts import back, bp, instrument_of
from ideaflow.errors import Conflict, Invalid
from ideaflow.users.access import actor, requires
from ideaflow.users.policy import Right
from ideaflow.web import render


@bp.get("/<int:session_id>/on-behalf")
@requires(Right.INVITE)
def on_behalf(session_id: int) -> ResponseReturnValue:
    """Ask on behalf of which account."""
    held = queries.find(session_id)
    if not held.is_open:
        raise Conflict("This session is not open; nothing is counted any more.")
    return _page(held, "", {})


@bp.post("/<int:session_id>/on-behalf")
@requires(Right.INVITE)
def cast_for(session_id: int) -> ResponseReturnValue:
    """Take one answer and ask the next; with the last the ballot is kept, apart from the customers' own."""
    held = queries.find(session_id)
    instrument = instrument_of(held)
    account, answers = request.form.get("account_id", ""), _read(held, request.form.get("so_far", ""))
    if typed.number(account) is None:
        return _page(held, account, answers, status=422, problem="account")
    step = next(
        (one for one in instrument.steps(held.definition, held.seed, answers) if one.key not in answers), None
    )
    has_enough = "enough" in request.form and _is_whole(held, answers)
    if step is not None and not has_enough:
        try:
            answers[step.key] = instrument.read_answer(held.definition, step, request.form)
        except Unanswered as error:
            return _page(held, account, answers, status=422, problem=error.code)
    steps = instrument.steps(held.definition, held.seed, answers)
    if not _is_whole(held, answers) or (any(one.key not in answers for one in steps) and not has_enough):
        return _page(held, account, answers)
    comment = request.form.get("comment", "")
    casting.cast_for(session_id, int(account), answers, comment=comment, by=actor())
    flash("Kept, apart from what customers cast themselves.", "go")
    return back(session_id)


def _page(
    held: CodesignSession, account: str, answers: dict[str, Any], *, status: int = 200, problem: str = ""
) -> ResponseReturnValue:
    instrument = instrument_of(held)
    steps = instrument.steps(held.definition, held.seed, answers)
    step = next((one for one in steps if one.key not in answers), None)
    return render(
        "codesign/staff/on_behalf.html", status=status, session=held, step=step, problem=problem,
        place=len(answers) + 1, count=len(steps), fields=instrument.asking, definition=held.definition,
        answer=request.form.to_dict() if problem else None, so_far=_signer(held).dumps(answers),
        is_whole=_is_whole(held, answers), accounts=choosing.account_choices(), account=account,
    )  # fmt: skip


def _is_whole(held: CodesignSession, answers: dict[str, Any]) -> bool:
    return casting.Draft(held.seed, answers).is_whole(instrument_of(held), held.definition)


def _signer(held: CodesignSession) -> URLSafeSerializer:
    return URLSafeSerializer(current_app.secret_key or "", salt=f"codesign-proxy-{held.id}")


def _read(held: CodesignSession, typed: str) -> dict[str, Any]:
    try:
        read: dict[str, Any] = _signer(held).loads(typed)
    except BadData:
        raise Invalid("This page is incomplete. Begin again from the session’s page.") from None
    return read
