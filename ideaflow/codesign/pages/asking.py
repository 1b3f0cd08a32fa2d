"""Whom to ask: by segment, by what they said, by hand; reminders."""

from typing import Any

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from ideaflow import typed
from ideaflow.accounts.models import Contact
from ideaflow.codesign import choosing, forms, inviting, queries
from ideaflow.codesign.models import CodesignSession
from ideaflow.codesign.pages.parts import back, bp
from ideaflow.errors import Invalid
from ideaflow.users.access import actor, is_local, requires
from ideaflow.users.policy import Right
from ideaflow.web import render
from ideaflow.wording import plural


@bp.get("/<int:session_id>/invite")
@requires(Right.INVITE)
def ask_whom(session_id: int) -> ResponseReturnValue:
    """Show the ways to choose participants; htmx asks again while one types a name."""
    held = queries.find(session_id)
    words = request.args.get("words", "")
    return render(
        "codesign/staff/invite.html", fragment="found", session=held, words=words,
        found=choosing.search_contacts(session_id, words), candidates=choosing.candidates(held),
        response=queries.responses([session_id]).get(session_id, queries.Response()),
    )  # fmt: skip


@bp.post("/<int:session_id>/invite")
@requires(Right.INVITE)
def invite(session_id: int) -> ResponseReturnValue:
    """Invite a segment, everybody who spoke in the themes, or the ticked contacts."""
    held = queries.find(session_id)
    chosen, how = _chosen(held, request.form)
    count = inviting.invite(
        session_id, choosing.invitable(session_id, chosen), how, forms.read_version(request.form), by=actor()
    )
    when = "each is told as they wish" if held.is_open else "they are told when the session opens"
    flash(f"{plural(count, 'contact')} invited; {when}." if count else "Nobody new: all of them are invited.")
    goal = request.form.get("next", "")
    return redirect(goal if is_local(goal) else url_for(".ask_whom", session_id=session_id), 303)


@bp.post("/<int:session_id>/remind")
@requires(Right.INVITE)
def remind(session_id: int) -> ResponseReturnValue:
    """Remind who is silent."""
    count = inviting.remind(session_id, forms.read_version(request.form), by=actor())
    flash(f"{plural(count, 'contact')} reminded, each as they wish. Nobody gets a second one.", "go")
    return back(session_id)


def _chosen(held: CodesignSession, form: Any) -> tuple[Any, str]:
    """Return the select of contacts a form asks for, and words for the audit."""
    if form.get("by") == "segment":
        segment = form.get("segment", "")
        return choosing.of_segment(segment), f"segment {segment or 'none'}"
    if form.get("by") == "speakers":
        return choosing.speakers_of(held), "everybody who spoke in the themes"
    ids = typed.numbers(form.getlist("contact_ids"))
    if not ids:
        raise Invalid("Tick whom to invite, or choose a segment.")
    return select(Contact.id).where(Contact.id.in_(ids)), form.get("how", "by hand")[:100]
