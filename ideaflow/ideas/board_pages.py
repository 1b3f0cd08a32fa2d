"""The page of categories: what there is, and for whom."""

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from ideaflow.accounts import queries as accounts
from ideaflow.ideas import desk, service, staff_forms
from ideaflow.ideas.staff_parts import bp
from ideaflow.users.access import actor, requires
from ideaflow.users.policy import Right
from ideaflow.web import render


@bp.get("/categories")
@requires(Right.READ)
def categories() -> ResponseReturnValue:
    """Show the categories of ideas."""
    return render(
        "ideas/categories.html",
        categories=desk.categories(),
        counts=desk.idea_counts(),
        segments=accounts.segments(),
    )


@bp.post("/categories")
@requires(Right.MODERATE)
def add_category() -> ResponseReturnValue:
    """Open a category."""
    name, segments = staff_forms.category(request.form)
    service.add_category(name, segments, by=actor())
    flash(f"The category “{name}” is open.")
    return redirect(url_for(".categories"), 303)


@bp.post("/categories/<int:category_id>")
@requires(Right.MODERATE)
def change_category(category_id: int) -> ResponseReturnValue:
    """Rename a category, say whom it is for, close it."""
    name, segments = staff_forms.category(request.form)
    is_closed, version = bool(request.form.get("closed")), staff_forms.version(request.form)
    service.change_category(category_id, name, segments, is_closed, version, by=actor())
    flash("Saved.")
    return redirect(url_for(".categories"), 303)
