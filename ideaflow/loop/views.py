"""What staff do on the way back: say in words for customers what was decided, and tell those who asked."""

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from ideaflow import parts
from ideaflow.errors import Conflict, Invalid, NotFound
from ideaflow.loop import contributors, service
from ideaflow.users.access import actor, requires
from ideaflow.users.policy import Right
from ideaflow.web import mark_current, render

bp = Blueprint("loop", __name__, url_prefix="/tell")


@bp.get("/<int:review_id>")
@requires(Right.READ)
def show(review_id: int) -> ResponseReturnValue:
    """Show what customers read of a decision, and who waits to hear of it."""
    return _page(review_id)


@bp.post("/<int:review_id>/words")
@requires(Right.MODERATE)
def write_words(review_id: int) -> ResponseReturnValue:
    """Keep what customers read of a decision."""
    words, seen = request.form.get("words", ""), request.form.get("version", 0, type=int)
    try:
        service.write_words(review_id, words, seen, by=actor())
    except (Invalid, Conflict) as error:
        if contributors.decided(review_id) is None:
            raise
        return _page(review_id, error=error, typed=words)
    flash("Customers read it so from now on.", "go")
    return redirect(url_for(".show", review_id=review_id), 303)


def _page(
    review_id: int, *, error: Invalid | Conflict | None = None, typed: str | None = None
) -> ResponseReturnValue:
    mark_current("gates.reviews")
    decided = contributors.decided(review_id)
    if decided is None:
        raise NotFound()
    return render(
        "loop/tell.html", status=error.status if error else 200, decided=decided, error=error,
        people=contributors.contributors_of(decided.proposal.id),
        words=decided.words if typed is None else typed,
    )  # fmt: skip


def _of_review(sheet: object) -> parts.Part | None:
    review = getattr(sheet, "review", None)
    found = contributors.decided(review.id) if review is not None else None
    return parts.Part("loop/_of_review.html", {"decided": found}) if found else None


parts.add("gates.decided", _of_review)
