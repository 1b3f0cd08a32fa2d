"""The first page of the market: channels and regions, what each of their cells has, and how both change."""

from collections.abc import Iterator

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from ideaflow.errors import IdeaflowError, Invalid, NotFound, Overtaken
from ideaflow.market import (
    forms,
    people_pages,
    place_pages,
    places,
    price_pages,
    queries,
    rate_pages,
    service,
)
from ideaflow.market.models import Channel, Region
from ideaflow.market.page_parts import bp, page
from ideaflow.users.access import actor, requires
from ideaflow.users.models import User
from ideaflow.users.policy import Right
from ideaflow.wording import plural
from ideaflow.work import Waiting, waits

__all__ = ["bp", "people_pages", "place_pages", "price_pages", "rate_pages"]
KINDS: dict[str, type[service.Line]] = {"channels": Channel, "regions": Region}


@waits
def what_is_placed_nowhere(user: User) -> Iterator[Waiting]:
    """Say which accounts and price books belong to no cell; nobody is bothered before there are regions."""
    if not user.may(Right.LAUNCH) or not places.current_regions():
        return
    if count := places.unclear_count():
        yield Waiting(
            what=f"Say where {plural(count, 'account')} {'is' if count == 1 else 'are'} sold to",
            why="Their region in the CRM is none of yours, or two: nobody can say what they can buy.",
            url=url_for("market.accounts"),
            verb="Say where",
            icon="building",
        )
    if count := queries.unplaced_book_count():
        yield Waiting(
            what=f"Say who sells by {plural(count, 'price book')}",
            why="No cell sells by it, so its prices count nowhere.",
            url=url_for("market.prices"),
            verb="Look",
            icon="coin",
        )


@bp.get("/")
@requires(Right.READ)
def index() -> ResponseReturnValue:
    """Show channels by regions, and what each cell has to sell with."""
    return _index()


@bp.post("/lines/<kind>")
@requires(Right.LAUNCH)
def add_line(kind: str) -> ResponseReturnValue:
    """Add a channel or a region."""
    try:
        line = service.add_line(_table(kind), _values(kind), by=actor())
    except Invalid as error:
        return _index(error, kind=kind)
    flash(f"“{line.name}” is added.")
    return redirect(url_for(".index", _anchor=kind), 303)


@bp.post("/lines/<kind>/<int:line_id>")
@requires(Right.LAUNCH)
def change_line(kind: str, line_id: int) -> ResponseReturnValue:
    """Rename a channel or region, or say how the CRM spells it."""
    try:
        version = forms.Reader(request.form).version()
        service.change_line(_table(kind), line_id, _values(kind), version, by=actor())
    except (Invalid, Overtaken) as error:
        return _index(error, kind=kind, line_id=line_id)
    flash("Saved.")
    return redirect(url_for(".index", _anchor=kind), 303)


@bp.post("/lines/<kind>/<int:line_id>/move")
@requires(Right.LAUNCH)
def move_line(kind: str, line_id: int) -> ResponseReturnValue:
    """Let a channel or region change places with its neighbour."""
    step = -1 if request.form.get("way") == "up" else 1
    service.move_line(_table(kind), line_id, step, by=actor())
    return redirect(url_for(".index", _anchor=kind), 303)


@bp.post("/lines/<kind>/<int:line_id>/retire")
@requires(Right.LAUNCH)
def retire_line(kind: str, line_id: int) -> ResponseReturnValue:
    """Offer a channel or region no more, or again."""
    is_retired = request.form.get("retired") == "1"
    version = forms.Reader(request.form).version()
    line = service.retire_line(_table(kind), line_id, version, is_retired, by=actor())
    told = "is retired: nothing new can be sold there. What uses it stays." if is_retired else "is back."
    flash(f"“{line.name}” {told}")
    return redirect(url_for(".index", _anchor=kind), 303)


def _table(kind: str) -> type[service.Line]:
    if kind not in KINDS:
        raise NotFound()
    return KINDS[kind]


def _values(kind: str) -> dict[str, object]:
    return forms.channel(request.form) if kind == "channels" else forms.region(request.form)


def _index(error: IdeaflowError | None = None, *, kind: str = "", line_id: int = 0) -> ResponseReturnValue:
    return page(
        "market/index.html",
        "market.index",
        error=error,
        market=queries.overview(),
        unclear_count=places.unclear_count(),
        wrong=(kind, line_id) if error else ("", 0),
    )
