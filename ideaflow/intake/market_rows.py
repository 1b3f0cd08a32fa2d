"""One row of a list of the market → one record: prices, training, partners, sellers, rates."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal

from ideaflow.intake.cells import Cells, Fault, digest
from ideaflow.intake.faults import BadValue
from ideaflow.intake.fields import BY_NAME, plain
from ideaflow.intake.money import is_currency, parse_money
from ideaflow.intake.records import Kind, Record
from ideaflow.intake.values import optional_text
from ideaflow.market.facts import (
    BookData,
    CertificateData,
    MarketData,
    PartnerData,
    PriceData,
    RatesData,
    SellerData,
    TrainingData,
)

_NOT_PASSED = ("fail", "not ", "progress", "enrol", "assigned", "open", "started", "pending")
_MOST = Decimal(10) ** 9
_PLACES = 10  # So many are kept of a rate.


def _record(cells: Cells, kind: Kind, key: str, fact: MarketData) -> Record:
    return Record(cells.row.number, kind, cells.recipe.source, key[:255], market=fact)


def _days(cells: Cells, first: str, last: str) -> tuple[date | None, date | None]:
    """Return two days in their order, or reject the row in the later one's column."""
    begins, ends = cells.day(first), cells.day(last)
    if begins and ends and ends < begins:
        word = BY_NAME[first].label.lower()
        raise Fault(
            cells.recipe.mapping[last], f"{ends} lies before “{word}” ({begins}). Correct one of them."
        )
    return begins, ends


def _is_placed(cells: Cells) -> bool:
    return not {"channel", "region"}.isdisjoint(cells.recipe.mapping)


def _book(cells: Cells) -> BookData:
    return BookData(
        name=cells.text("price_book"),
        external_id=cells.text("price_book_id"),
        channel=cells.text("channel"),
        region=cells.text("region"),
        is_placed=_is_placed(cells),
    )


def _book_record(cells: Cells) -> Record:
    book = _book(cells)
    begins, ends = _days(cells, "valid_from_on", "valid_until_on")
    key = cells.needed(book.key or None, "price_book", "price_book_id")
    fact = replace(book, is_active=cells.flag("is_active"), valid_from_on=begins, valid_until_on=ends)
    return _record(cells, "price_book", key, fact)


def _price_record(cells: Cells) -> Record:
    book = _book(cells)
    cells.needed(book.key or None, "price_book", "price_book_id")
    name = cells.text("product")
    code = cells.needed(cells.text("product_code") or name, "product_code", "product")
    money = cells.money("unit_price")
    if money is None:
        cells.needed(None, "unit_price")
    elif money.amount < 0 or money.amount >= _MOST:
        raise Fault(cells.recipe.mapping["unit_price"], "a unit price lies between 0 and 1,000,000,000.")
    begins, ends = _days(cells, "valid_from_on", "valid_until_on")
    currency = cells.currency("currency") or (money.currency if money else None)
    key = cells.text("id") or digest(book.key, code, currency, begins)
    is_active = cells.flag("is_active") is not False
    amount = money.amount if money else Decimal(0)
    fact = PriceData(key, book, code, name, amount, currency, is_active, begins, ends)
    return _record(cells, "price", key, fact)


def _training_record(cells: Cells) -> Record:
    email = cells.needed(cells.email("email"), "email")
    course = cells.needed(cells.text("course"), "course")
    passed_on, expires_on = _days(cells, "passed_on", "expires_on")
    status = (cells.text("status") or "").casefold()
    if any(word in f"{status} " for word in _NOT_PASSED):
        passed_on = expires_on = None
    key = cells.text("id") or digest(email, course, passed_on)
    is_required = cells.flag("is_required") is not False
    region = cells.text("region")
    fact = TrainingData(key, email, cells.text("contact"), course, passed_on, expires_on, is_required, region)
    return _record(cells, "training", key, fact)


def _certificate_record(cells: Cells) -> Record:
    partner = cells.needed(cells.text("partner"), "partner")
    course = cells.needed(cells.text("course"), "course")
    person = cells.needed(cells.text("contact") or cells.email("email"), "contact", "email")
    begins, expires_on = _days(cells, "passed_on", "expires_on")
    if begins is None:
        cells.needed(None, "passed_on")
        raise AssertionError  # An empty cell is rejected above.
    key = cells.text("id") or digest(partner, person, course, begins)
    fact = CertificateData(key, partner, person, course, begins, expires_on)
    return _record(cells, "certificate", key, fact)


def _partner_record(cells: Cells) -> Record:
    name = cells.needed(cells.text("partner"), "partner")
    fact = PartnerData(
        name,
        cells.text("id"),
        cells.flag("is_active"),
        cells.text("channel"),
        cells.text("region"),
        _is_placed(cells),
    )
    return _record(cells, "partner", digest(name, fact.channel, fact.region), fact)


def _seller_record(cells: Cells) -> Record:
    email = cells.needed(cells.email("email"), "email")
    channel = cells.needed(cells.text("channel"), "channel")
    region = cells.needed(cells.text("region"), "region")
    fact = SellerData(email, cells.text("contact"), channel, region, cells.flag("is_active") is not False)
    return _record(cells, "seller", digest(email, channel, region), fact)


def _rate_record(cells: Cells) -> Record:
    day = cells.day("rate_on")
    if day is None:
        cells.needed(None, "rate_on")
        raise AssertionError  # An empty cell is rejected above.
    if "rate" not in cells.recipe.mapping:
        return _record(cells, "rate", f"{day}", RatesData(day, "EUR", _rates_of_a_day(cells)))
    found = cells.money("rate")
    currency = cells.needed(cells.currency("currency"), "currency")
    base = cells.currency("base") or "EUR"
    if found is None:
        cells.needed(None, "rate")
    elif not 0 < round(found.amount, _PLACES) < _MOST:
        raise Fault(cells.recipe.mapping["rate"], "a rate is above 0.")
    elif base == currency:
        raise Fault(cells.recipe.mapping["currency"], f"{currency} has no rate to itself.")
    rate = found.amount if found else Decimal(1)
    return _record(cells, "rate", f"{day} {base} {currency}", RatesData(day, base, ((currency, rate),)))


def _rates_of_a_day(cells: Cells) -> tuple[tuple[str, Decimal], ...]:
    """Return the rates of a row with a column for each currency; what is not quoted is left out."""
    rates = []
    for column, cell in cells.row.cells.items():
        code = plain(column).upper()
        if is_currency(code) and optional_text(cell) is not None:
            try:
                found = parse_money(cell, ".")
            except BadValue as error:
                raise Fault(column, f"{error}.") from error
            if found is None or not 0 < round(found.amount, _PLACES) < _MOST:
                raise Fault(column, "a rate is above 0.")
            rates.append((code, found.amount))
    return tuple(rates)


BUILDERS: dict[Kind, Callable[[Cells], Record]] = {
    "price_book": _book_record,
    "price": _price_record,
    "training": _training_record,
    "certificate": _certificate_record,
    "partner": _partner_record,
    "seller": _seller_record,
    "rate": _rate_record,
}
