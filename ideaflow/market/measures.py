"""Live measures of a launch, each for all of its cells at once: one or two questions, however many cells."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from typing import Any

from sqlalchemy import and_, func, or_, select, tuple_
from sqlalchemy.orm import InstrumentedAttribute

from ideaflow.db import db
from ideaflow.market import measured
from ideaflow.market.hooks import Cell
from ideaflow.market.measured import Measured, Person, Price
from ideaflow.market.models import (
    Partner,
    PartnerCell,
    PartnerCertificate,
    PriceBook,
    PriceBookCell,
    PriceEntry,
    Seller,
    TrainingRecord,
)
from ideaflow.market.naming import course_key


def price_entry_active(product_code: str, cells: Collection[Cell], on: date) -> dict[Cell, Measured]:
    """Say for each cell whether a product can be quoted there on a day: an active, valid entry of its books.

    :param product_code: as the price book writes it, whatever its case.
    """
    entry = and_(
        PriceEntry.book_id == PriceBook.id,
        func.lower(PriceEntry.product_code) == product_code.strip().lower(),
    )
    rows = db.session.execute(
        select(PriceBookCell.channel_id, PriceBookCell.region_id, PriceBook, PriceEntry)
        .join(PriceBook, PriceBook.id == PriceBookCell.book_id)
        .outerjoin(PriceEntry, entry)
        .where(_in(cells, PriceBookCell.channel_id, PriceBookCell.region_id))
    ).all()
    books: dict[Cell, set[str]] = {}
    prices: dict[Cell, list[Price]] = {}
    for channel_id, region_id, book, found in rows:
        books.setdefault((channel_id, region_id), set()).add(book.name)
        if found is not None:
            prices.setdefault((channel_id, region_id), []).append(_price(book, found))
    return {
        cell: measured.price_measured(
            prices.get(cell, []), books.get(cell, ()), on, "market.prices", _query(cell, words=product_code)
        )
        for cell in cells
    }


def _price(book: PriceBook, entry: PriceEntry) -> Price:
    """Return an entry as it holds in its book: within the days of both."""
    begins = [day for day in (book.valid_from_on, entry.valid_from_on) if day]
    ends = [day for day in (book.valid_until_on, entry.valid_until_on) if day]
    return Price(
        book.name, entry.unit_amount, entry.currency, entry.is_active, book.is_active,
        max(begins, default=None), min(ends, default=None), entry.turned_at, book.turned_at,
    )  # fmt: skip


def sellers_trained(course: str, cells: Collection[Cell], on: date) -> dict[Cell, Measured]:
    """Say for each cell how many of its sellers have passed a course that still counts on a day.

    Sellers whose training record says that the course is not required of them are not counted.
    """
    record = and_(
        TrainingRecord.email == Seller.email,
        TrainingRecord.course_key == course_key(course),
        TrainingRecord.withdrawn_at.is_(None),
    )
    counts = and_(TrainingRecord.passed_on <= on, _not_over(TrainingRecord.expires_on, on))
    rows = db.session.execute(
        select(
            Seller.channel_id,
            Seller.region_id,
            Seller.name,
            func.coalesce(func.bool_or(counts), False),
            func.coalesce(func.bool_or(and_(counts, TrainingRecord.expires_on.is_(None))), False),
            func.max(TrainingRecord.expires_on).filter(counts),
        )
        .outerjoin(TrainingRecord, record)
        .where(_in(cells, Seller.channel_id, Seller.region_id), Seller.left_at.is_(None))
        .group_by(Seller.id)
        .having(func.coalesce(func.bool_and(TrainingRecord.is_required), True))
    ).all()
    return _people(rows, cells, measured.SELLERS, "market.sellers", course)


def partners_certified(course: str, cells: Collection[Cell], on: date) -> dict[Cell, Measured]:
    """Say for each cell how many of its active partners have somebody certified on a course on a day."""
    certificate = and_(
        PartnerCertificate.partner_id == Partner.id,
        PartnerCertificate.course_key == course_key(course),
        PartnerCertificate.withdrawn_at.is_(None),
        PartnerCertificate.certified_on <= on,
        _not_over(PartnerCertificate.expires_on, on),
    )
    rows = db.session.execute(
        select(
            PartnerCell.channel_id,
            PartnerCell.region_id,
            Partner.name,
            func.count(PartnerCertificate.id) > 0,
            func.coalesce(
                func.bool_or(PartnerCertificate.expires_on.is_(None)).filter(
                    PartnerCertificate.id.is_not(None)
                ),
                False,
            ),
            func.max(PartnerCertificate.expires_on),
        )
        .join(Partner, Partner.id == PartnerCell.partner_id)
        .outerjoin(PartnerCertificate, certificate)
        .where(_in(cells, PartnerCell.channel_id, PartnerCell.region_id), Partner.is_active)
        .group_by(PartnerCell.id, Partner.id)
    ).all()
    return _people(rows, cells, measured.PARTNERS, "market.partners", course)


def _people(
    rows: Sequence[Any], cells: Iterable[Cell], noun: measured.Noun, page: str, course: str
) -> dict[Cell, Measured]:
    by_cell: dict[Cell, list[Person]] = {}
    for channel_id, region_id, name, is_certified, is_endless, until_on in rows:
        person = Person(name, is_certified, None if is_endless else until_on)
        by_cell.setdefault((channel_id, region_id), []).append(person)
    return {
        cell: measured.people_measured(by_cell.get(cell, []), noun, page, _query(cell, course=course))
        for cell in cells
    }


def _in(
    cells: Collection[Cell], channel: InstrumentedAttribute[int], region: InstrumentedAttribute[int]
) -> Any:
    return tuple_(channel, region).in_(list(cells))


def _not_over(column: InstrumentedAttribute[Any], on: date) -> Any:
    return or_(column.is_(None), column >= on)


def _query(cell: Cell, **values: object) -> dict[str, object]:
    return {"channel": cell[0], "region": cell[1], **values}
