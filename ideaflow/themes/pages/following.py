"""Like statements go the way of a correction, or go back, by a form on the page of a theme."""

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from ideaflow.themes import forms, queries, service
from ideaflow.themes.models import CorrectionKind
from ideaflow.themes.pages import following_parts
from ideaflow.themes.pages.parts import bp, known, tell
from ideaflow.users.access import actor, requires
from ideaflow.users.policy import Right


@bp.post("/follow")
@requires(Right.TRIAGE)
def follow() -> ResponseReturnValue:
    """Let the ticked statements go the way of the correction they were offered after."""
    correction_id = known(forms.id_of(request.form, "correction_id", "Choose what they should follow."))
    ids = forms.statements_of(request.form.getlist("statement_ids"))
    made = service.follow(correction_id, ids, by=actor())
    home = url_for(".show", theme_id=queries.living_id(made.theme_id))
    verb = "Took out" if made.kind == CorrectionKind.EXCLUDE else "Moved"
    tell(following_parts.count_words(len(ids), verb), [made], home)
    return redirect(home, 303)


@bp.post("/take-back")
@requires(Right.TRIAGE)
def take_back() -> ResponseReturnValue:
    """Put back what a run let follow a correction: one statement, or all of them."""
    correction_id = known(forms.id_of(request.form, "correction_id", "Choose what to put back."))
    chosen = request.form.getlist("statement_ids")
    ids = forms.statements_of(chosen) if chosen else []
    made = service.take_back(correction_id, ids, by=actor())
    home = url_for(".show", theme_id=queries.living_id(made.other_theme_id or made.theme_id))
    tell(f"Put back to “{queries.theme(made.theme_id).title}”, where it stays.", [made], home)
    return redirect(home, 303)
