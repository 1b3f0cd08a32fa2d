"""Merge a proposal, split it, take up again one that ended."""

from typing import Any

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from ideaflow.db import db
from ideaflow.errors import Invalid
from ideaflow.proposals import dividing, kin, lines, queries, service
from ideaflow.proposals.forms import read_number, read_numbers
from ideaflow.proposals.page_parts import bp
from ideaflow.users.access import actor, requires
from ideaflow.users.policy import Right
from ideaflow.web import render

CHILDREN = 3


@bp.get("/<int:proposal_id>/merge")
@requires(Right.PROPOSE)
def ask_to_merge(proposal_id: int) -> ResponseReturnValue:
    """Ask which other proposal this one lives on in, and why."""
    return _merge_page(proposal_id, request.args)


@bp.post("/<int:proposal_id>/merge")
@requires(Right.PROPOSE)
def merge(proposal_id: int) -> ResponseReturnValue:
    """Merge it at once when one owns both; else ask the other owner."""
    form = request.form
    try:
        target_id = read_number(form.get("target_id"), "The other proposal")
        asked = service.ask_merge(proposal_id, target_id, form.get("reason", ""), by=actor())
    except Invalid as error:
        return _merge_page(proposal_id, form, status=422, error=error)
    if asked.is_accepted:
        flash(f"P-{proposal_id} lives on here, with its evidence.", "go")
        return redirect(url_for(".show", proposal_id=target_id), 303)
    flash("The other owner is asked; both stay as they are until then.", "go")
    return redirect(url_for(".show", proposal_id=proposal_id), 303)


@bp.post("/merges/<int:request_id>")
@requires(Right.PROPOSE)
def answer_merge(request_id: int) -> ResponseReturnValue:
    """Agree to a merge, or leave both proposals as they are."""
    is_accepted = request.form.get("answer") == "agree"
    asked = service.answer_merge(request_id, is_accepted, by=actor())
    told = "lives on here, with its evidence" if is_accepted else "stays as it is"
    flash(f"P-{asked.source_id} {told}.", "go")
    return redirect(url_for(".show", proposal_id=asked.target_id if is_accepted else asked.source_id), 303)


@bp.get("/<int:proposal_id>/split")
@requires(Right.PROPOSE)
def ask_to_split(proposal_id: int) -> ResponseReturnValue:
    """Ask which children a proposal is split into, and which evidence goes along with each."""
    return _split_page(proposal_id)


@bp.post("/<int:proposal_id>/split")
@requires(Right.PROPOSE)
def split(proposal_id: int) -> ResponseReturnValue:
    """Split a proposal into children."""
    form = request.form
    version = read_number(form.get("version"), "The version of the page")
    children = [
        service.Child(title, read_numbers(form.getlist(f"evidence_{place}"), "The evidence"))
        for place, title in enumerate(form.getlist("title"))
        if title.strip()
    ]
    try:
        made = service.split(proposal_id, children, version, by=actor())
    except service.Overtaken as error:
        return _split_page(proposal_id, status=409, error=error)
    except Invalid as error:
        return _split_page(proposal_id, status=422, error=error)
    told = " and ".join(one.label for one in made)
    flash(f"{told} {'begins as a draft' if len(made) == 1 else 'begin as drafts'}; this one goes on.", "go")
    return redirect(url_for(".show", proposal_id=proposal_id), 303)


@bp.get("/<int:proposal_id>/revive")
@requires(Right.PROPOSE)
def ask_to_revive(proposal_id: int) -> ResponseReturnValue:
    """Ask why an ended proposal is taken up again, and which evidence comes along."""
    return _revive_page(proposal_id)


@bp.post("/<int:proposal_id>/revive")
@requires(Right.PROPOSE)
def revive(proposal_id: int) -> ResponseReturnValue:
    """Take up again what was killed or withdrawn, as a new draft."""
    form = request.form
    ids = read_numbers(form.getlist("evidence"), "The evidence")
    try:
        made = service.revive(proposal_id, ids, form.get("reason", ""), by=actor())
    except Invalid as error:
        return _revive_page(proposal_id, status=422, error=error)
    flash(
        f"{made.label} takes up P-{proposal_id} again; what changed since stands beside its evidence.", "go"
    )
    return redirect(url_for(".show", proposal_id=made.id), 303)


def _merge_page(
    proposal_id: int, values: Any, *, status: int = 200, error: Any = None
) -> ResponseReturnValue:
    others = [(one.id, f"{one.label} {one.title}") for one in kin.others(proposal_id)]
    return render(
        "proposals/merge.html", status=status, proposal=queries.find(proposal_id), others=others,
        values=values, error=error,
    )  # fmt: skip


def _split_page(proposal_id: int, *, status: int = 200, error: Any = None) -> ResponseReturnValue:
    titles = request.form.getlist("title")
    ticked = {place: set(request.form.getlist(f"evidence_{place}")) for place in range(CHILDREN)}
    return render(
        "proposals/split.html",
        status=status,
        proposal=queries.find(proposal_id),
        lines=lines.lines_of(proposal_id),
        titles=[*titles, *([""] * CHILDREN)][:CHILDREN],
        ticked=ticked,
        error=error,
    )


def _revive_page(proposal_id: int, *, status: int = 200, error: Any = None) -> ResponseReturnValue:
    proposal = queries.find(proposal_id)
    usable = {one.id for one in dividing.reusable(db.session(), proposal_id)}
    return render(
        "proposals/revive.html",
        status=status,
        proposal=proposal,
        lines=lines.lines_of(proposal_id),
        usable=usable,
        reason=request.form.get("reason", ""),
        error=error,
    )
