"""The page of seats: who sits at which gate for which proposals, from when to when, with whom as deputy."""

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from ideaflow import typed
from ideaflow.accounts import queries as accounts
from ideaflow.errors import Invalid, NotFound
from ideaflow.gates import queries, service
from ideaflow.gates.doors import bp
from ideaflow.gates.models import ProcessVersion
from ideaflow.gates.process import publishing
from ideaflow.gates.review import seats as seating
from ideaflow.gates.review.forms import read_amount, read_count
from ideaflow.gates.review.seats import SeatWish
from ideaflow.users import queries as users
from ideaflow.users.access import actor, requires
from ideaflow.users.policy import Right, Role
from ideaflow.web import mark_current, render


@bp.get("/gates/seats")
@requires(Right.READ)
def seats() -> ResponseReturnValue:
    """Show who sits at the gates of a process; the standard one where none is named."""
    return _page(_version())


@bp.post("/gates/seats/<int:version_id>/<gate_key>")
@requires(Right.ADMINISTER)
def add_seat(version_id: int, gate_key: str) -> ResponseReturnValue:
    """Seat somebody."""
    version = queries.version_with(version_id)
    if version is None:
        raise NotFound("There is no such version of the process.")
    try:
        service.add_seat(version, gate_key, _wish(), by=actor())
    except Invalid as error:
        return _page(version, gate_key, 422, error)
    flash("The seat is given; it counts for reviews that open from now on.", "go")
    return _back(version.id, gate_key)


@bp.post("/gates/seats/<int:seat_id>/end")
@requires(Right.ADMINISTER)
def end_seat(seat_id: int) -> ResponseReturnValue:
    """End a seat."""
    seat = service.end_seat(seat_id, by=actor())
    flash("The seat is ended; open reviews keep it.")
    return _back(request.form.get("version", 0, type=int), seat.gate_key)


def _version() -> ProcessVersion:
    number = request.args.get("version", type=int)
    version = queries.version_with(number) if number else publishing.standard()
    if version is None or version.status == "draft":
        raise NotFound("There is no such version of the process.")
    return version


def _page(
    version: ProcessVersion, gate_key: str = "", status: int = 200, error: Invalid | None = None
) -> ResponseReturnValue:
    mark_current("gates.reviews")
    found = seating.seats_of(version.process_id)
    return render(
        "gates/seats.html",
        status=status,
        version=version,
        processes=publishing.newest(),
        seats={gate.key: found.get(gate.key, []) for gate in version.content.gates},
        keepers=users.with_role(Role.GATEKEEPER),
        regions=accounts.regions(),
        arenas=seating.arenas(),
        may_change=current_user.may(Right.ADMINISTER),
        scope_words=seating.scope_words,
        at=gate_key,
        error=error,
        form=request.form,
    )


def _wish() -> SeatWish:
    form = request.form
    return SeatWish(
        user_id=form.get("user_id", 0, type=int),
        arena=form.get("arena", ""),
        region=form.get("region", ""),
        role=form.get("role", ""),
        up_to_amount=read_amount(form.get("up_to_amount", ""), "up_to_amount"),
        from_on=typed.day(form.get("from_on", ""), "from_on"),
        until_on=typed.day(form.get("until_on", ""), "until_on"),
        is_chair=form.get("is_chair") == "1",
        weight=read_count(form.get("weight", ""), "weight") or 1,
        deputy_id=form.get("deputy_id", type=int),
    )


def _back(version_id: int, gate_key: str) -> ResponseReturnValue:
    return redirect(url_for("gates.seats", version=version_id or None, _anchor=gate_key), 303)
