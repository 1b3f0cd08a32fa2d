"""Price books and their entries: brought by a file or changed on a page, each change kept with its moment.

What a file leaves empty stays as it was. Whoever changes a price, exactly its cells are told of.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import delete, func, or_, select
from sqlalchemy.orm import Session

from ideaflow import audit, config
from ideaflow.accounts.imports import known_by
from ideaflow.audit import Actor
from ideaflow.clock import now
from ideaflow.db import among, transaction
from ideaflow.errors import Overtaken
from ideaflow.market.facts import BookData, PriceData
from ideaflow.market.hooks import Cell, Said, What, tell
from ideaflow.market.models import PriceBook, PriceBookCell, PriceEntry, PriceTurn
from ideaflow.market.naming import spelled
from ideaflow.market.places import Grid
from ideaflow.saving import locked

_SAID = ("unit_amount", "currency", "is_active", "valid_from_on", "valid_until_on")
Cells = dict[int, set[Cell]]


def take_books(session: Session, source: str, facts: Sequence[BookData], grid: Grid, said: Said) -> None:
    """Add or update price books as a file tells of them, inside the caller's transaction."""
    books = _books(session, source, facts, said)
    before = cells_of(session, [book.id for book in books.values()])
    turned = _fill_books(books, facts, said)
    after = _placed(session, books, facts, grid, before)
    touched = {book_id for book_id, cells in after.items() if cells - before.get(book_id, set())} | turned
    session.flush()
    tell(What.PRICES, _all(after, touched), by=said.by)


def _books(session: Session, source: str, facts: Sequence[BookData], said: Said) -> dict[str, PriceBook]:
    """Return the book behind each key: by the source's id, else by its name; new ones are added."""
    keys = {fact.key for fact in facts}
    names = {spelled(fact.key) for fact in facts if fact.external_id is None}
    by_source = (PriceBook.source == source) & PriceBook.source_id.in_(keys)
    rows = session.scalars(
        select(PriceBook)
        .where(or_(by_source, func.lower(PriceBook.name).in_(names)))
        .order_by(PriceBook.id.desc())
        .with_for_update()
    ).all()
    by_id = {book.source_id: book for book in rows if book.source == source}
    by_name = {spelled(book.name): book for book in rows}
    found: dict[str, PriceBook] = {}
    for fact in facts:
        book = found.get(fact.key) or by_id.get(fact.key)
        if book is None and fact.external_id is None:
            book = by_name.get(spelled(fact.key))
        if book is None:
            book = PriceBook(name=fact.name or fact.key, source=source, source_id=fact.key)
            book.is_active, book.turned_at = fact.is_active is not False, said.at
            session.add(book)
        found[fact.key] = book
    session.flush()
    return found


def _fill_books(books: Mapping[str, PriceBook], facts: Sequence[BookData], said: Said) -> set[int]:
    """Write what the file says of books and return those whose prices may hold otherwise now."""
    turned = set()
    for fact in facts:
        book = books[fact.key]
        was = (book.is_active, book.valid_from_on, book.valid_until_on)
        book.name = fact.name or book.name
        book.valid_from_on = fact.valid_from_on or book.valid_from_on
        book.valid_until_on = fact.valid_until_on or book.valid_until_on
        if fact.is_active is not None and fact.is_active != book.is_active:
            book.is_active, book.turned_at = fact.is_active, said.at
        if was != (book.is_active, book.valid_from_on, book.valid_until_on):
            turned.add(book.id)
    return turned


def _placed(
    session: Session, books: Mapping[str, PriceBook], facts: Sequence[BookData], grid: Grid, before: Cells
) -> Cells:
    """Add the cells that the file gives to books; the page takes cells away."""
    after = {book_id: set(cells) for book_id, cells in before.items()}
    for fact in facts:
        if fact.is_placed:
            book_id = books[fact.key].id
            new = grid.cells(fact.channel, fact.region) - after.get(book_id, set())
            session.add_all(PriceBookCell(book_id=book_id, channel_id=c, region_id=r) for c, r in new)
            after.setdefault(book_id, set()).update(new)
    return after


def cells_of(session: Session, book_ids: Collection[int]) -> Cells:
    """Return the cells that sell by each of these books."""
    found: Cells = {}
    for row in session.scalars(select(PriceBookCell).where(among(PriceBookCell.book_id, book_ids))):
        found.setdefault(row.book_id, set()).add((row.channel_id, row.region_id))
    return found


def _all(cells: Cells, book_ids: Collection[int]) -> set[Cell]:
    return {cell for book_id in book_ids for cell in cells.get(book_id, ())}


def take_prices(session: Session, source: str, facts: Sequence[PriceData], grid: Grid, said: Said) -> None:
    """Add or update price entries with their books, inside the caller's transaction."""
    books = _books(session, source, [fact.book for fact in facts], said)
    before = cells_of(session, [book.id for book in books.values()])
    after = _placed(session, books, [fact.book for fact in facts], grid, before)
    known = known_by(session, PriceEntry, source, [fact.external_id for fact in facts], lock=True)
    changed: dict[str, set[int]] = {}
    for fact in facts:
        entry, book_id = known.get(fact.external_id), books[fact.book.key].id
        where = {book_id} | ({entry.book_id} if entry else set())
        if entry is None:
            entry = PriceEntry(source=source, source_id=fact.external_id)
            session.add(entry)
        if _say(session, entry, _values(fact, book_id, entry), said):
            changed.setdefault(entry.product_code, set()).update(where)
    session.flush()
    elsewhere = {one for ids in changed.values() for one in ids} - after.keys()
    after |= cells_of(session, elsewhere) if elsewhere else {}
    grown = {book_id for book_id in after if after[book_id] - before.get(book_id, set())}
    if grown:
        tell(What.PRICES, _all(after, grown), by=said.by)
    for code, book_ids in changed.items():
        tell(What.PRICES, _all(after, book_ids), [code], by=said.by)


def _values(fact: PriceData, book_id: int, entry: PriceEntry) -> dict[str, Any]:
    return {
        "book_id": book_id,
        "product_code": fact.product_code,
        "product_name": fact.product_name or entry.product_name or "",
        "unit_amount": fact.unit_amount,
        "currency": fact.currency or entry.currency or config.read().currency,
        "is_active": fact.is_active,
        "valid_from_on": fact.valid_from_on,
        "valid_until_on": fact.valid_until_on,
    }


def _say(session: Session, entry: PriceEntry, values: Mapping[str, Any], said: Said) -> bool:
    """Write what differs, with a turn of its history; return whether anything did."""
    differing = {name: value for name, value in values.items() if getattr(entry, name) != value}
    if not differing:
        return False
    if "is_active" in differing:
        entry.turned_at = said.at
    for name, value in differing.items():
        setattr(entry, name, value)
    entry.changed_at, entry.changed_by = said.at, said.words[:300]
    entry.version = (entry.version or 0) + 1
    turn = PriceTurn(entry=entry, changed_at=said.at, changed_by=entry.changed_by)
    for name in _SAID:
        setattr(turn, name, getattr(entry, name))
    session.add(turn)
    return True


def change_entry(entry_id: int, values: Mapping[str, Any], version: int, *, by: Actor) -> PriceEntry:
    """Change what a price entry says: its price, days, or whether it is active.

    :param values: of ``unit_amount``, ``currency``, ``is_active``, ``valid_from_on``, ``valid_until_on``.
    :raises NotFound: there is none; :raises Overtaken: somebody or a file changed it since.
    """
    with transaction() as session:
        entry: PriceEntry = locked(session, PriceEntry, entry_id, "price entry")
        after = {name: value for name, value in values.items() if getattr(entry, name) != value}
        if not after:
            return entry
        before = {name: getattr(entry, name) for name in after}
        if entry.version != version:
            label = f"The price entry of {entry.name}"
            raise Overtaken(label, entry.version, {n: getattr(entry, n) for n in values}, values)
        _say(session, entry, after, Said(by, by.name, now()))
        audit.record(by, "market.change_price", entry, before=before, after=after)
        cells = cells_of(session, [entry.book_id])
        tell(What.PRICES, _all(cells, cells), [entry.product_code], by=by)
    return entry


def change_book(
    book_id: int, values: Mapping[str, Any], cells: Collection[Cell], version: int, *, by: Actor
) -> PriceBook:
    """Change a price book: name, whether it is active, its days, and the cells that sell by it.

    :raises NotFound: there is none; :raises Overtaken: it was changed since.
    """
    with transaction() as session:
        book: PriceBook = locked(session, PriceBook, book_id, "price book")
        had = cells_of(session, [book_id]).get(book_id, set())
        after: dict[str, Any] = {n: value for n, value in values.items() if getattr(book, n) != value}
        before: dict[str, Any] = {name: getattr(book, name) for name in after}
        if set(cells) != had:
            before["cells"], after["cells"] = sorted(had), sorted(cells)
        if not after:
            return book
        if book.version != version:
            raise Overtaken(f"“{book.name}”", book.version, before, after)
        if after.get("is_active") is not None:
            book.turned_at = now()
        for name in after.keys() - {"cells"}:
            setattr(book, name, after[name])
        book.version += 1
        session.execute(delete(PriceBookCell).where(PriceBookCell.book_id == book_id))
        session.add_all(PriceBookCell(book_id=book_id, channel_id=c, region_id=r) for c, r in sorted(cells))
        audit.record(by, "market.change_price_book", book, before=before, after=after)
        tell(What.PRICES, had | set(cells) if after.keys() - {"cells", "name"} else had ^ set(cells), by=by)
    return book
