"""The page of a session: how many answered while it is open, what came out once it is closed."""

import csv
import io
from typing import Any

from flask import Response, current_app, flash, request
from flask.typing import ResponseReturnValue

from ideaflow.codesign import closing, forms, promoting, queries, service
from ideaflow.codesign.kinds.contract import Table
from ideaflow.codesign.kinds.options import names_of
from ideaflow.codesign.kinds.registry import INSTRUMENTS
from ideaflow.codesign.models import CodesignSession, Tally
from ideaflow.codesign.pages.parts import back, bp, criterion_choices, instrument_of
from ideaflow.errors import NotFound
from ideaflow.proposals.proofs.terms import Outcome
from ideaflow.users.access import actor, requires
from ideaflow.users.policy import Right
from ideaflow.web import render


@bp.get("/")
@requires(Right.READ)
def index() -> ResponseReturnValue:
    """List sessions, newest first."""
    state = request.args.get("state", "")
    page = queries.newest(state, after=request.args.get("after"))
    return render(
        "codesign/staff/index.html",
        lines=queries.lines_of(page.rows),
        after=page.after,
        state=state,
        instruments=INSTRUMENTS,
    )


@bp.get("/<int:session_id>")
@requires(Right.READ)
def show(session_id: int) -> ResponseReturnValue:
    """Show how a session stands: nothing of what was answered before its close."""
    held = queries.find(session_id)
    frozen = queries.tally_of(session_id)
    if frozen is not None:
        return _results(held, frozen)
    page = queries.participants_of(session_id, after=request.args.get("after"))
    return render(
        "codesign/staff/show.html", session=held, participants=page, instrument=instrument_of(held),
        response=queries.responses([session_id]).get(session_id, queries.Response()),
        proxies=queries.proxy_accounts(session_id), additions=queries.additions_waiting(session_id),
        problems=service.problems_of(held) if held.is_draft else [],
    )  # fmt: skip


@bp.post("/<int:session_id>/open")
@requires(Right.PROPOSE)
def open_session(session_id: int) -> ResponseReturnValue:
    """Open a draft as it was saved."""
    service.open_session(session_id, forms.read_version(request.form), by=actor())
    flash("It is open. Whoever was chosen is told now; nothing is shown before the close.", "go")
    return back(session_id)


@bp.post("/<int:session_id>/extend")
@requires(Right.PROPOSE)
def extend(session_id: int) -> ResponseReturnValue:
    """Choose another last day."""
    day = forms.read_last_day(request.form)
    service.extend(session_id, day, forms.read_version(request.form), by=actor())
    flash("The last day is changed.", "go")
    return back(session_id)


@bp.post("/<int:session_id>/close")
@requires(Right.PROPOSE)
def close(session_id: int) -> ResponseReturnValue:
    """Close before the deadline."""
    closing.close(session_id, forms.read_version(request.form), by=actor())
    flash("Closed. The ballots are being added up; the result is here in a moment.")
    return back(session_id)


@bp.post("/<int:session_id>/tally")
@requires(Right.PROPOSE)
def tally(session_id: int) -> ResponseReturnValue:
    """Add the ballots up now, where the job could not; what hinders it is said."""
    closing.tally(session_id, secret=current_app.extensions["settings"].signing_key())
    return back(session_id)


@bp.post("/<int:session_id>/publish")
@requires(Right.PROPOSE)
def publish(session_id: int) -> ResponseReturnValue:
    """Let participants read the result, and tell those who answered."""
    closing.publish(session_id, forms.read_version(request.form), by=actor())
    flash("Participants can read it now, and those who answered are told.", "go")
    return back(session_id)


@bp.post("/<int:session_id>/cite")
@requires(Right.PROPOSE)
def cite(session_id: int) -> ResponseReturnValue:
    """Make the result evidence for a criterion of the proposal."""
    outcome = request.form.get("outcome", "")
    chosen = outcome if outcome in set(Outcome) else Outcome.FOR.value
    seen = forms.read_version(request.form)
    closing.cite(session_id, request.form.get("criterion", "")[:60], chosen, seen, by=actor())
    flash("It is evidence of the proposal now, frozen as it is.", "go")
    return back(session_id)


@bp.get("/<int:session_id>/results.csv")
@requires(Right.READ)
def results_csv(session_id: int) -> ResponseReturnValue:
    """Give the numbers behind the picture as CSV, of all or of one segment."""
    held = queries.find(session_id)
    frozen = queries.tally_of(session_id)
    if frozen is None:
        raise NotFound()
    _, shown = _shown(frozen)
    if shown is None:
        raise NotFound()
    table = instrument_of(held).table(held.definition, shown)
    answer = Response(_csv(table), mimetype="text/csv")
    answer.headers["Content-Disposition"] = f'attachment; filename="codesign-{held.id}.csv"'
    return answer


def _results(held: CodesignSession, frozen: Tally) -> ResponseReturnValue:
    instrument = instrument_of(held)
    segment, shown = _shown(frozen)
    values: dict[str, Any] = {}
    if shown is not None:
        values = {
            "picture": instrument.picture(held.definition, shown),
            "table": instrument.table(held.definition, shown),
            "finding": instrument.finding(held.definition, shown) if segment else frozen.result["finding"],
        }  # fmt: skip
    return render(
        "codesign/staff/results.html", session=held, frozen=frozen, result=frozen.result, shown=shown,
        segment=segment, instrument=instrument, definition=held.definition, holds=closing.holds(held, frozen),
        names=names_of(held.definition.get("options", [])), criteria=criterion_choices(held.proposal),
        proposed=promoting.proposed(held.id) if instrument.takes_additions else {},
        outcomes=[(one.value, one.words) for one in Outcome], **values,
    )  # fmt: skip


def _shown(frozen: Tally) -> tuple[str, dict[str, Any] | None]:
    """Return the segment asked for and its part; None where there are no numbers to show."""
    segment = request.args.get("segment", "")
    part = frozen.result["segments"].get(segment, {"hidden": True}) if segment else frozen.whole
    return segment, None if "not_enough" in part or "hidden" in part else part


def _csv(table: Table) -> str:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(table.head)
    writer.writerows([[_safe(cell) for cell in row] for row in table.rows])
    return text.getvalue()


def _safe(cell: object) -> object:
    """Return a cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if isinstance(cell, str) and cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell
