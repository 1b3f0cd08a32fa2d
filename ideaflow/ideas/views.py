"""Pages of staff about ideas: the list, one idea, what is done with it."""

from typing import Any

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from ideaflow.ideas import board_pages as board_pages
from ideaflow.ideas import desk, service, staff_forms, staff_parts
from ideaflow.ideas import elsewhere as elsewhere
from ideaflow.ideas import merge_pages as merge_pages
from ideaflow.ideas.portal_parts import served
from ideaflow.ideas.staff_parts import bp as bp
from ideaflow.users.access import actor, requires
from ideaflow.users.policy import Right
from ideaflow.web import render


@bp.get("/")
@requires(Right.READ)
def index() -> ResponseReturnValue:
    """Show ideas; htmx asks again for rows as one types or scrolls."""
    filters = staff_forms.filters(request.args)
    page = desk.listed(filters, after=request.args.get("after"))
    return render("ideas/index.html", fragment="rows", **staff_parts.for_list(page, filters))


@bp.get("/<int:idea_id>")
@requires(Right.READ)
def show(idea_id: int) -> ResponseReturnValue:
    """Show an idea: who stands behind it, what we say, what waits to be looked at."""
    return _page(idea_id, sought=request.args.get("who", "").strip())


@bp.post("/<int:idea_id>/answer")
@requires(Right.MODERATE)
def answer(idea_id: int) -> ResponseReturnValue:
    """Say how far it is, and answer it officially."""
    typed = staff_forms.answer(request.form)
    try:
        service.answer(idea_id, typed.words, typed.status, typed.note, typed.version, by=actor())
    except service.Overtaken as error:
        return _page(idea_id, status=error.status, overtaken=error, typed=typed)
    flash("Saved. Everybody who sees the idea reads it; who stands behind it is told.")
    return redirect(url_for(".show", idea_id=idea_id), 303)


@bp.post("/<int:idea_id>/hide")
@requires(Right.MODERATE)
def hide(idea_id: int) -> ResponseReturnValue:
    """Take an idea from every list."""
    reason, version = staff_forms.reason(request.form), staff_forms.version(request.form)
    idea = service.hide(idea_id, reason, version, by=actor())
    undo = url_for(".show_again", idea_id=idea_id)
    flash({"words": f"“{idea.title}” is hidden. Its author reads why.", "undo_url": undo, "undo": {}})  # type: ignore[arg-type]
    return redirect(url_for(".show", idea_id=idea_id), 303)


@bp.post("/<int:idea_id>/show")
@requires(Right.MODERATE)
def show_again(idea_id: int) -> ResponseReturnValue:
    """Put a hidden idea back."""
    service.show(idea_id, by=actor())
    flash("It is in the lists again.")
    return redirect(url_for(".show", idea_id=idea_id), 303)


@bp.post("/comments/<int:comment_id>/hide")
@requires(Right.MODERATE)
def hide_comment(comment_id: int) -> ResponseReturnValue:
    """Take a comment from the page."""
    said = service.hide_comment(comment_id, staff_forms.reason(request.form), by=actor())
    undo = url_for(".show_comment", comment_id=comment_id)
    flash({"words": "The comment is hidden. Who said it reads why.", "undo_url": undo, "undo": {}})  # type: ignore[arg-type]
    return redirect(url_for(".show", idea_id=said.idea_id), 303)


@bp.post("/comments/<int:comment_id>/show")
@requires(Right.MODERATE)
def show_comment(comment_id: int) -> ResponseReturnValue:
    """Put a hidden comment back."""
    said = service.show_comment(comment_id, by=actor())
    flash("The comment is back.")
    return redirect(url_for(".show", idea_id=said.idea_id), 303)


@bp.post("/<int:idea_id>/settle")
@requires(Right.MODERATE)
def settle(idea_id: int) -> ResponseReturnValue:
    """Say that what was reported may stay."""
    service.settle(idea_id, request.form.get("comment", type=int), by=actor())
    flash("It stays. The report is settled.")
    return redirect(url_for(".show", idea_id=idea_id), 303)


@bp.post("/<int:idea_id>/comments")
@requires(Right.MODERATE)
def comment(idea_id: int) -> ResponseReturnValue:
    """Say something about an idea, as one of us."""
    said = service.comment_as_us(idea_id, staff_forms.words(request.form), by=actor())
    return redirect(url_for(".show", idea_id=said.idea_id, _anchor=f"comment-{said.id}"), 303)


@bp.post("/<int:idea_id>/supports")
@requires(Right.INVITE)
def support_for(idea_id: int) -> ResponseReturnValue:
    """Stand behind an idea for a contact who said so."""
    contact_id, importance, note = staff_forms.proxy(request.form)
    home = service.support_for(contact_id, idea_id, importance, note, by=actor())
    flash("Noted, with your name. Customers see it among those told through their contact.")
    return redirect(url_for(".show", idea_id=home.id), 303)


@bp.post("/supports/<int:support_id>/withdraw")
@requires(Right.INVITE)
def withdraw_for(support_id: int) -> ResponseReturnValue:
    """Take back what one of ours had said for a contact."""
    home = service.withdraw_for(support_id, by=actor())
    flash("Taken back.")
    return redirect(url_for(".show", idea_id=home.id), 303)


@bp.post("/<int:idea_id>/audience")
@requires(Right.MODERATE)
def set_audience(idea_id: int) -> ResponseReturnValue:
    """Put an idea into a category, and say who may see it."""
    category_id, segments, version = staff_forms.audience(request.form)
    try:
        service.set_audience(idea_id, category_id, segments, version, by=actor())
    except service.Overtaken as error:
        return _page(idea_id, status=error.status, overtaken=error)
    flash("Saved.")
    return redirect(url_for(".show", idea_id=idea_id), 303)


@bp.get("/pictures/<int:picture_id>")
@requires(Right.READ)
def picture(picture_id: int) -> ResponseReturnValue:
    """Serve a picture of an idea."""
    return served(desk.picture(picture_id))


def _page(idea_id: int, *, status: int = 200, **more: Any) -> ResponseReturnValue:
    idea = desk.find(idea_id)
    if status == 200 and idea.merged_into_id is not None:
        return redirect(url_for(".show", idea_id=idea.home_id), 303)
    return render("ideas/show.html", status=status, **staff_parts.for_idea(idea, **more))
