"""Pages about prices: entries to search, price books with their cells, one entry with its history."""

from typing import Any

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from ideaflow.errors import IdeaflowError, Invalid, Overtaken
from ideaflow.market import forms, pricing, queries, saying
from ideaflow.market.page_parts import bp, names, page, retired_cells
from ideaflow.users.access import actor, requires
from ideaflow.users.policy import Right


@bp.get("/prices")
@requires(Right.READ)
def prices() -> ResponseReturnValue:
    """Show price entries by product, and the price books."""
    return _prices()


@bp.post("/prices/books")
@requires(Right.LAUNCH)
def add_book() -> ResponseReturnValue:
    """Add a price book."""
    reader = forms.Reader(request.form)
    try:
        name = reader.name("name", "what the price book is called")
        reader.done()
        book = saying.add_book(name, reader.cells(), by=actor())
    except Invalid as error:
        return _prices(error)
    flash(f"“{book.name}” is added. Now say what costs how much in it.")
    return redirect(url_for(".book", book_id=book.id), 303)


@bp.get("/prices/books/<int:book_id>")
@requires(Right.READ)
def book(book_id: int) -> ResponseReturnValue:
    """Show one price book: the cells that sell by it, and its entries."""
    return _book(book_id)


@bp.post("/prices/books/<int:book_id>")
@requires(Right.LAUNCH)
def change_book(book_id: int) -> ResponseReturnValue:
    """Change a price book and the cells that sell by it."""
    try:
        values, cells = forms.book(request.form)
        version = forms.Reader(request.form).version()
        cells |= retired_cells(queries.book(book_id).places)
        pricing.change_book(book_id, values, cells, version, by=actor())
    except (Invalid, Overtaken) as error:
        return _book(book_id, error)
    flash("Saved.")
    return redirect(url_for(".book", book_id=book_id), 303)


@bp.post("/prices/books/<int:book_id>/entries")
@requires(Right.LAUNCH)
def add_entry(book_id: int) -> ResponseReturnValue:
    """Add a price entry to a book."""
    try:
        entry = saying.add_entry(book_id, forms.new_price(request.form), by=actor())
    except Invalid as error:
        return _book(book_id, error, is_new=True)
    flash(f"The price of {entry.name} is added.")
    return redirect(url_for(".book", book_id=book_id), 303)


@bp.get("/prices/<int:entry_id>")
@requires(Right.READ)
def entry(entry_id: int) -> ResponseReturnValue:
    """Show one price entry: what it says, and what it said before."""
    return _entry(entry_id)


@bp.post("/prices/<int:entry_id>")
@requires(Right.LAUNCH)
def change_entry(entry_id: int) -> ResponseReturnValue:
    """Change a price, its days, or whether it is active."""
    try:
        values = forms.price(request.form)
        pricing.change_entry(entry_id, values, forms.Reader(request.form).version(), by=actor())
    except (Invalid, Overtaken) as error:
        return _entry(entry_id, error)
    flash("Saved. Launches of this product are measured anew in its cells.")
    return redirect(url_for(".entry", entry_id=entry_id), 303)


def _prices(error: IdeaflowError | None = None) -> ResponseReturnValue:
    filters = forms.filters(request.args, ("active", "inactive"))
    return page(
        "market/prices.html",
        "market.prices",
        error=error,
        fragment="rows",
        page=queries.prices(filters, after=request.args.get("after")),
        filters=filters,
        books=queries.books(),
        names=names(),
    )


def _book(book_id: int, error: IdeaflowError | None = None, *, is_new: bool = False) -> ResponseReturnValue:
    found = queries.book(book_id)
    sent = forms.Reader(request.form) if error and not is_new else None
    return page(
        "market/book.html",
        "market.prices",
        error=error,
        fragment="rows",
        book=found,
        cells=sent.cells() if sent else {(one.channel_id, one.region_id) for one in found.places},
        page=queries.prices(queries.Filters(), book_id=book_id, after=request.args.get("after")),
        is_new=is_new,
        names=names(),
    )


def _entry(entry_id: int, error: IdeaflowError | None = None) -> ResponseReturnValue:
    found = queries.entry(entry_id)
    shown: dict[str, Any] = {"entry": found, "turns": queries.turns(entry_id), "names": names()}
    cells = [(one.channel_id, one.region_id) for one in queries.book(found.book_id).places]
    return page("market/entry.html", "market.prices", error=error, cells=cells, **shown)
