"""What staff do on the way back: say in words for customers what was decided, and tell those who asked."""

from collections.abc import Iterator
from datetime import timedelta

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from ideaflow import parts
from ideaflow.clock import now
from ideaflow.errors import Conflict, Invalid, NotFound
from ideaflow.gates.policy import Decision
from ideaflow.launch.models import Launch
from ideaflow.loop import contributors, notices, service
from ideaflow.loop.on_sale import on_sale_to
from ideaflow.loop.outcomes import Kind, Of, of_launch, of_review, outcome, untold, untold_launches
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
    return _page(of_review(review_id))


@bp.get("/launch/<int:launch_id>")
@requires(Right.READ)
def show_launch(launch_id: int) -> ResponseReturnValue:
    """Show what customers read of a launch, and who of those who asked can buy it."""
    return _page(of_launch(launch_id))


@bp.post("/<int:review_id>/words")
@requires(Right.MODERATE)
def write_words(review_id: int) -> ResponseReturnValue:
    """Keep what customers read of a decision."""
    return _write(of_review(review_id))


@bp.post("/launch/<int:launch_id>/words")
@requires(Right.MODERATE)
def write_launch_words(launch_id: int) -> ResponseReturnValue:
    """Keep what customers read of a launch."""
    return _write(of_launch(launch_id))


@bp.post("/<int:review_id>/send")
@requires(Right.MODERATE)
def send(review_id: int) -> ResponseReturnValue:
    """Tell those who are ticked what was decided, each with their own words."""
    return _send(of_review(review_id))


@bp.post("/launch/<int:launch_id>/send")
@requires(Right.MODERATE)
def send_launch(launch_id: int) -> ResponseReturnValue:
    """Tell those who are ticked that it is there, each with their own words."""
    return _send(of_launch(launch_id))


def _write(of: Of) -> ResponseReturnValue:
    words, seen = request.form.get("words", ""), request.form.get("version", 0, type=int)
    try:
        service.write_words(of, words, seen, by=actor())
    except (Invalid, Conflict) as error:
        if outcome(of) is None:
            raise
        return _page(of, error=error, typed=words)
    flash("Customers read it so from now on.", "go")
    return redirect(_address(of), 303)


def _send(of: Of) -> ResponseReturnValue:
    chosen = request.form.getlist("contact", type=int)
    personal = {number: request.form.get(f"personal-{number}", "") for number in chosen}
    try:
        count = service.tell(of, chosen, personal, request.form.get("version", 0, type=int), by=actor())
    except (Invalid, Conflict) as error:
        return _page(of, error=error)
    rest = len(chosen) - count
    more = f" {plural(rest, 'contact')} had heard already." if rest else ""
    flash(f"{plural(count, 'contact')} can read it now; mail goes out as each of them wishes.{more}", "go")
    return redirect(_address(of), 303)


def _page(
    of: Of, *, error: Invalid | Conflict | None = None, typed: str | None = None
) -> ResponseReturnValue:
    mark_current("launches.index" if of.kind is Kind.LAUNCH else "gates.reviews")
    found = outcome(of)
    if found is None:
        raise NotFound()
    people = contributors.contributors_of(found.proposal.id)
    wishes = notices.wishes_of([one.contact_id for one in people])
    default = notices.default_wishes()
    event = service.EVENTS[of.kind]
    return render(
        "loop/tell.html", status=error.status if error else 200, outcome=found, error=error, people=people,
        told=contributors.told_of(of.about), words=found.words if typed is None else typed,
        on_sale=on_sale_to(of.id, people) if of.kind is Kind.LAUNCH else {},
        write_url=_address(of, "write_words", "write_launch_words"),
        send_url=_address(of, "send", "send_launch"),
        paces={one.contact_id: wishes.get(one.contact_id, default).pace_of(event) for one in people},
    )  # fmt: skip


def _address(of: Of, of_decision: str = "show", of_launched: str = "show_launch") -> str:
    if of.kind is Kind.LAUNCH:
        return url_for(f"loop.{of_launched}", launch_id=of.id)
    return url_for(f"loop.{of_decision}", review_id=of.id)


def _of_review(sheet: object) -> parts.Part | None:
    review = getattr(sheet, "review", None)
    found = outcome(of_review(review.id)) if review is not None else None
    return parts.Part("loop/_of_review.html", {"outcome": found}) if found else None


def _of_launch(launch: Launch) -> parts.Part | None:
    if launch.launched_at is None:
        return None
    about = of_launch(launch.id)
    people = contributors.contributors_of(launch.proposal_id)
    told = contributors.told_of(about.about)
    return parts.Part("loop/_of_launch.html", {"launch": launch, "people": len(people), "told": len(told)})


def _solved(launch: Launch) -> parts.Part:
    return parts.Part("loop/_answers.html", {"answers": contributors.answers_of(launch.proposal_id)})


@waits
def customers_to_tell(user: User) -> Iterator[Waiting]:
    """Launches and decisions that no customer who asked has heard of."""
    if not user.may(Right.MODERATE):
        return
    since = now() - timedelta(days=TELL_DAYS)
    for launch in untold_launches(user.id, since, MOST_WAITING):
        yield Waiting(
            what=f"Customers wait to hear: {launch.name} is there",
            why="It is on sale, and nobody who asked has been told",
            url=url_for("loop.show_launch", launch_id=launch.id), verb="Tell them", icon="message-2",
            tone="go",
        )  # fmt: skip
    for review in untold(user.id, since, MOST_WAITING):
        decision = Decision(review.decision).words.lower() if review.decision else ""
        yield Waiting(
            what=f"Customers wait to hear: {review.proposal.title}",
            why=f"Decided {decision}, and nobody who asked has been told",
            url=url_for("loop.show", review_id=review.id), verb="Tell them", icon="message-2",
            tone="stop" if review.decision == Decision.KILL else "",
        )  # fmt: skip


parts.add("gates.decided", _of_review)
parts.add("launches.body", _of_launch)
parts.add("launches.after", _solved)
