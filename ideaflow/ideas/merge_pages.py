"""Two ideas side by side: which one stays, what results; and the way back."""

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from ideaflow.errors import NotFound
from ideaflow.ideas import desk, likeness, service, staff_forms
from ideaflow.ideas.merging import audience_of
from ideaflow.ideas.models import Idea
from ideaflow.ideas.staff_parts import STATUSES, bp
from ideaflow.users.access import actor, requires
from ideaflow.users.policy import Right
from ideaflow.web import render


@bp.get("/<int:idea_id>/merge")
@requires(Right.READ)
def merge_form(idea_id: int) -> ResponseReturnValue:
    """Show an idea beside the one it may be merged with, or ask which one that is."""
    idea = _open(idea_id)
    other_id, words = request.args.get("with", type=int), request.args.get("words", "").strip()
    if other_id is None:
        found = desk.named(words, idea.id) if words else likeness.close_for_staff(idea)
        return render("ideas/merge_which.html", idea=idea, words=words, found=found)
    other = _open(other_id)
    revenue = desk.revenue_of([idea.id, other.id])
    return render(
        "ideas/merge.html",
        idea=idea,
        # Which may move into which: nobody may lose sight of what they stand behind.
        ways=[(one, into, audience_of(into).includes(audience_of(one))) for one, into in _ways(idea, other)],
        columns=[(one, desk.comments_of(one), revenue.get(one.id, 0)) for one in (idea, other)],
        together=desk.together(idea, other),
        states=STATUSES,
    )


@bp.post("/<int:idea_id>/merge")
@requires(Right.MODERATE)
def merge(idea_id: int) -> ResponseReturnValue:
    """Let an idea live in another one."""
    into = request.form.get("into", default=0, type=int)
    home = service.merge(idea_id, into, staff_forms.version(request.form), by=actor())
    moved = desk.find(idea_id)
    words, undo_url = f"“{moved.title}” lives in “{home.title}” now.", url_for(".unmerge", idea_id=idea_id)
    flash({"words": words, "undo_url": undo_url, "undo": {"version": moved.version}})  # type: ignore[arg-type]
    return redirect(url_for(".show", idea_id=home.id), 303)


@bp.post("/<int:idea_id>/unmerge")
@requires(Right.MODERATE)
def unmerge(idea_id: int) -> ResponseReturnValue:
    """Take an idea out of the one it lives in."""
    service.unmerge(idea_id, staff_forms.version(request.form), by=actor())
    flash("They are apart again, each with what it had.")
    return redirect(url_for(".show", idea_id=idea_id), 303)


def _open(idea_id: int) -> Idea:
    idea = desk.find(idea_id)
    if not idea.is_open:
        raise NotFound()
    return idea


def _ways(idea: Idea, other: Idea) -> list[tuple[Idea, Idea]]:
    """Return both ways to merge, the one that keeps the idea with more companies first."""
    ways = [(idea, other), (other, idea)]
    return sorted(ways, key=lambda way: -way[1].account_count)
