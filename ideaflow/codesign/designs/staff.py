"""The doors for staff: the drafts of a closed session, and one of them as evidence of the proposal."""

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from ideaflow.codesign import forms
from ideaflow.codesign import queries as sessions
from ideaflow.codesign.configurator.forks import Draft, tree
from ideaflow.codesign.designs import citing, queries, words
from ideaflow.codesign.kinds.drafts import Drafts
from ideaflow.codesign.models import CodesignSession
from ideaflow.codesign.pages.parts import criterion_choices
from ideaflow.errors import Conflict, NotFound
from ideaflow.users.access import actor, requires
from ideaflow.users.policy import Right
from ideaflow.web import render

bp = Blueprint("designs", __name__, url_prefix="/co-design/<int:session_id>/drafts")


@bp.get("/")
@requires(Right.READ)
def index(session_id: int) -> ResponseReturnValue:
    """Show who built what on whose draft: nothing of it before the close."""
    held = _held(session_id)
    if not held.standing.is_over:
        raise Conflict("Drafts are shown once the session is closed, to nobody before.")
    drafts = {one.number: one for one in queries.every(session_id)}
    numbers = {one.id: one.number for one in drafts.values()}
    standings = queries.standings(session_id)
    branches = tree(
        [
            Draft(
                one.number, one.participant.contact.name,
                numbers.get(one.parent_id) if one.parent_id else None,
                standings.get(one.id, queries.Standing()).accounts,
            )
            for one in drafts.values()
        ]
    )  # fmt: skip
    lines = [
        {
            "branch": branch, "draft": drafts[branch.draft.number],
            "last": drafts[branch.draft.number].versions[-1],
            "parts": words.parts_of(held.definition, drafts[branch.draft.number].versions[-1].options),
            "history": words.history(held.definition, drafts[branch.draft.number].versions),
            "standing": standings.get(drafts[branch.draft.number].id, queries.Standing()),
        }
        for branch in branches
    ]  # fmt: skip
    return render(
        "codesign/staff/drafts.html", session=held, lines=lines, criteria=criterion_choices(held.proposal)
    )


@bp.post("/<int:version_id>/cite")
@requires(Right.PROPOSE)
def cite(session_id: int, version_id: int) -> ResponseReturnValue:
    """Make a version of a draft evidence of the proposal, for one criterion."""
    _held(session_id)
    seen = forms.read_version(request.form)
    citing.cite_version(session_id, version_id, request.form.get("criterion", "")[:60], seen, by=actor())
    flash("This design is evidence of the proposal now, as it is.", "go")
    return redirect(url_for(".index", session_id=session_id), 303)


def _held(session_id: int) -> CodesignSession:
    held = sessions.find(session_id)
    if held.instrument != Drafts.key:
        raise NotFound()
    return held
