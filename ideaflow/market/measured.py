"""What records of the market say about one cell: pure. A share of 0 to 1, and the words for it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

from ideaflow import wording


@dataclass(frozen=True, slots=True)
class Measured:
    """What one measure says about one cell.

    :param share: 0 to 1; a price entry is 0 or 1. :param counted, of: the numbers behind it, “10 of 14”.
    :param words: what is so, without its moment: “price entry inactive”; :meth:`told` adds the moment.
    :param since_at: since when the records say so, where they tell.
    :param expires_on: the last day it holds as it is; None while no record ends.
    :param page, query: where the records are shown: an endpoint and its values.
    :param missing: who is still to be trained or certified, by name.
    """

    share: float
    counted: int
    of: int
    words: str
    since_at: datetime | None = None
    expires_on: date | None = None
    page: str = ""
    query: Mapping[str, object] = field(default_factory=dict)
    missing: tuple[str, ...] = ()

    def told(self, now: datetime) -> str:
        """Say it with its moment: “price entry inactive since 10:02”, on other days “since 9 Nov”."""
        if self.since_at is None:
            return self.words
        here = self.since_at.astimezone(now.tzinfo)
        same_day = here.date() == now.date()
        when = f"{here:%H:%M}" if same_day else wording.day(here.date(), now.date())
        return f"{self.words} since {when}"


@dataclass(frozen=True, slots=True)
class Price:
    """One price entry of a cell, as the measure needs it."""

    book: str
    amount: Decimal
    currency: str
    is_active: bool
    is_book_active: bool
    valid_from_on: date | None
    valid_until_on: date | None
    turned_at: datetime
    book_turned_at: datetime

    def holds_on(self, on: date) -> bool:
        """Return whether it is active, in an active book, and valid on the day."""
        begun = self.valid_from_on is None or self.valid_from_on <= on
        return self.is_active and self.is_book_active and begun and not self.is_over(on)

    def is_over(self, on: date) -> bool:
        return self.valid_until_on is not None and self.valid_until_on < on


def price_measured(
    prices: Sequence[Price], books: Collection[str], on: date, page: str, query: Mapping[str, object]
) -> Measured:
    """Say whether one product can be quoted in one cell on a day.

    :param prices: the entries of the product in the cell's price books; :param books: those books' names.
    """
    holding = [price for price in prices if price.holds_on(on)]
    if holding:
        ends = [price.valid_until_on for price in holding]
        until = None if None in ends else max(end for end in ends if end)
        since = min(max(price.turned_at, price.book_turned_at) for price in holding)
        prices_told = {f"{one.currency} {unit_price(one.amount)} in {one.book}" for one in holding}
        told = ", ".join(sorted(prices_told))
        return Measured(1.0, 1, 1, f"price entry active: {told}", since, until, page, query)
    words, since_at = _why_not(prices, books, on)
    return Measured(0.0, 0, 1, words, since_at, None, page, query)


def _why_not(prices: Sequence[Price], books: Collection[str], on: date) -> tuple[str, datetime | None]:
    """Return why nothing can be quoted, and since when: what is nearest to being good is named."""
    if not books:
        return "no price book serves this cell", None
    if not prices:
        return f"no price entry in {', '.join(sorted(books))}", None
    off = [price for price in prices if not price.is_active and not price.is_over(on)]
    closed = [price for price in prices if price.is_active and not price.is_book_active]
    later = [price for price in prices if price.is_active and price.is_book_active and not price.is_over(on)]
    if later:
        begins = min(price.valid_from_on for price in later if price.valid_from_on)
        return f"price entry valid from {wording.day(begins, on)} only", None
    if off:
        return "price entry inactive", max(price.turned_at for price in off)
    if closed:
        newest = max(closed, key=lambda price: price.book_turned_at)
        return f"price book {newest.book} inactive", newest.book_turned_at
    last = max(price.valid_until_on for price in prices if price.valid_until_on)
    return "price entry expired", datetime.combine(last + timedelta(days=1), time(), UTC)


def unit_price(amount: Decimal) -> str:
    """Write a unit price with all its digits, cents in twos.

    >>> unit_price(Decimal("120.000000")), unit_price(Decimal("1105.5")), unit_price(Decimal("0.0035"))
    ('120', '1,105.50', '0.0035')
    """
    whole, _, rest = f"{amount.normalize():,f}".partition(".")
    return f"{whole}.{rest.ljust(2, '0')}" if rest else whole


@dataclass(frozen=True, slots=True)
class Person:
    """A seller of a cell, or a partner in it, and how they stand to one course.

    :param until_on: the last day the newest pass counts; None: it never ends. Only with ``is_certified``.
    """

    name: str
    is_certified: bool
    until_on: date | None = None


@dataclass(frozen=True, slots=True)
class Noun:
    """How people of one kind are spoken of."""

    one: str
    many: str
    done: str  # “trained”, “certified”.


SELLERS = Noun("seller", "sellers", "trained")
PARTNERS = Noun("partner", "partners", "certified")


def people_measured(people: Sequence[Person], noun: Noun, page: str, query: Mapping[str, object]) -> Measured:
    """Say how many of a cell's people have done a course; nobody there is a share of 0, never of 1."""
    done = [person for person in people if person.is_certified]
    missing = tuple(sorted(person.name for person in people if not person.is_certified))
    ends = [person.until_on for person in done if person.until_on]
    if not people:
        words = f"no {noun.one} in this cell"
    else:
        words = f"{len(done)} of {wording.plural(len(people), noun.one, noun.many)} {noun.done}"
    share = len(done) / len(people) if people else 0.0
    return Measured(share, len(done), len(people), words, None, min(ends, default=None), page, query, missing)
