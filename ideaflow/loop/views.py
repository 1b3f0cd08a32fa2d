"""What staff do on the way back: say in words for customers what was decided, and tell those who asked."""

from collections.abc import Iterator
from datetime import timedelta

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from ideaflow import parts
from ideaflow.clock import now
from ideaflow.errors import Conflict, Invalid, NotFound
from ideaflow.gates.policy import Decision
from ideaflow.loop import contributors, notices, service
from ideaflow.loop.pace import Event
from ideaflow.users.access import actor, requires
from ideaflow.users.models import User
from ideaflow.users.policy import Right
from ideaflow.web import mark_current, render
from ideaflow.wording import plural
from ideaflow.work import Waiting, waits

TELL_DAYS = 60
MOST_WAITING = 3
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


@bp.post("/<int:review_id>/send")
@requires(Right.MODERATE)
def send(review_id: int) -> ResponseReturnValue:
    """Tell those who are ticked, each with their own words."""
    chosen = request.form.getlist("contact", type=int)
    personal = {number: request.form.get(f"personal-{number}", "") for number in chosen}
    try:
        count = service.tell_decision(
            review_id, chosen, personal, request.form.get("version", 0, type=int), by=actor()
        )
    except (Invalid, Conflict) as error:
        return _page(review_id, error=error)
    rest = len(chosen) - count
    more = f" {plural(rest, 'contact')} had heard already." if rest else ""
    flash(f"{plural(count, 'contact')} can read it now; mail goes out as each of them wishes.{more}", "go")
    return redirect(url_for(".show", review_id=review_id), 303)


def _page(
    review_id: int, *, error: Invalid | Conflict | None = None, typed: str | None = None
) -> ResponseReturnValue:
    mark_current("gates.reviews")
    decided = contributors.decided(review_id)
    if decided is None:
        raise NotFound()
    people = contributors.contributors_of(decided.proposal.id)
    wishes = notices.wishes_of([one.contact_id for one in people])
    default = notices.default_wishes()
    return render(
        "loop/tell.html", status=error.status if error else 200, decided=decided, error=error, people=people,
        told=contributors.told_of(service.about(review_id)), words=decided.words if typed is None else typed,
        paces={one.contact_id: wishes.get(one.contact_id, default).pace_of(Event.DECISION) for one in people},
    )  # fmt: skip


def _of_review(sheet: object) -> parts.Part | None:
    review = getattr(sheet, "review", None)
    found = contributors.decided(review.id) if review is not None else None
    return parts.Part("loop/_of_review.html", {"decided": found}) if found else None


@waits
def customers_to_tell(user: User) -> Iterator[Waiting]:
    """Decisions that no customer who asked has heard of."""
    if not user.may(Right.MODERATE):
        return
    for review in contributors.untold(user.id, now() - timedelta(days=TELL_DAYS), MOST_WAITING):
        decision = Decision(review.decision).words.lower() if review.decision else ""
        yield Waiting(
            what=f"Customers wait to hear: {review.proposal.title}",
            why=f"Decided {decision}, and nobody who asked has been told",
            url=url_for("loop.show", review_id=review.id), verb="Tell them", icon="message-2",
            tone="stop" if review.decision == Decision.KILL else "",
        )  # fmt: skip


parts.add("gates.decided", _of_review)
