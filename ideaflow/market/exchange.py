"""Amounts in another currency, by dated rates: pure. Every answer says by which rate, of which day."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal

from ideaflow.wording import day as day_words

OLD_DAYS = 30
_CENT = Decimal("0.01")
_ONE = Decimal(1)


@dataclass(frozen=True, slots=True)
class Rate:
    """How many units of ``currency`` one unit of ``base`` bought on ``day``, as ``source`` says."""

    base: str
    currency: str
    day: date
    rate: Decimal
    source: str


@dataclass(frozen=True, slots=True)
class Converted:
    """An amount in another currency, rounded to hundredths, and how it came about.

    :param rate: what one unit of the original came to; 1 where nothing was to convert.
    :param day: of the rate (of two rates the older one); None where nothing was to convert.
    :param on: the day that was asked for.
    """

    amount: Decimal
    currency: str
    original: Decimal
    original_currency: str
    rate: Decimal
    day: date | None
    source: str
    on: date

    @property
    def is_old(self) -> bool:
        """Return whether the rate is more than 30 days older than the day asked for."""
        return self.day is not None and (self.on - self.day).days > OLD_DAYS

    @property
    def words(self) -> str:
        """Say by what rate: “by 1 USD = 0.9222 EUR of 20 Nov, ECB”; "" where nothing was to convert."""
        if self.day is None:
            return ""
        rate = f"1 {self.original_currency} = {self.rate:.4g} {self.currency}"
        age = f", {(self.on - self.day).days} days old" if self.is_old else ""
        return f"by {rate} of {day_words(self.day, self.on)}{age}, {self.source}"


@dataclass(frozen=True, slots=True)
class Unconverted:
    """An amount that stays as it is: there is no rate. It belongs in no sum of another currency."""

    original: Decimal
    original_currency: str
    currency: str
    on: date

    @property
    def words(self) -> str:
        """Say what is missing and where to say it."""
        return (
            f"no rate from {self.original_currency} to {self.currency} on or before "
            f"{day_words(self.on, self.on)}: add one under Market, Exchange rates"
        )


@dataclass(frozen=True, slots=True)
class Total:
    """Amounts of several currencies as one sum, and what could not be part of it.

    :param parts: each currency's sum as converted, the largest first; :param missing: those without a rate.
    """

    amount: Decimal
    currency: str
    parts: tuple[Converted, ...]
    missing: tuple[Unconverted, ...]

    @property
    def is_whole(self) -> bool:
        return not self.missing

    @property
    def words(self) -> str:
        """Say by which rates the sum was made and what is not in it; "" for a sum of one currency."""
        told = [part.words for part in self.parts if part.words]
        told += [f"{one.original_currency} is not in it: {one.words}" for one in self.missing]
        return "; ".join(told)


class Rates:
    """The rates that hold on one day: for each pair the latest on or before it."""

    def __init__(self, on: date, rates: Iterable[Rate]) -> None:
        self.on = on
        self._known: dict[tuple[str, str], Rate] = {}
        for rate in rates:
            before = self._known.get((rate.base, rate.currency))
            if rate.day <= on and (before is None or rate.day > before.day):
                self._known[rate.base, rate.currency] = rate

    def convert(self, amount: Decimal, currency: str, to: str) -> Converted | Unconverted:
        """Return ``amount`` in ``to``, by the latest rates: the pair's own, else through a common base."""
        if currency == to:
            return Converted(amount, to, amount, currency, _ONE, None, "", self.on)
        found = self._factor(currency, to)
        if found is None:
            return Unconverted(amount, currency, to, self.on)
        factor, day, source = found
        return Converted(
            (amount * factor).quantize(_CENT, ROUND_HALF_EVEN),
            to, amount, currency, factor, day, source, self.on,
        )  # fmt: skip

    def total(self, sums: Mapping[str, Decimal], to: str) -> Total:
        """Add amounts of several currencies in one; what has no rate stands apart, never in the sum.

        :param sums: by currency; an empty one counts as ``to``.
        """
        whole: dict[str, Decimal] = {}
        for currency, amount in sums.items():
            whole[currency or to] = whole.get(currency or to, Decimal(0)) + amount
        found = [self.convert(amount, currency, to) for currency, amount in whole.items() if amount]
        parts = sorted((one for one in found if isinstance(one, Converted)), key=lambda one: -one.amount)
        missing = tuple(one for one in found if isinstance(one, Unconverted))
        return Total(sum((one.amount for one in parts), Decimal(0)), to, tuple(parts), missing)

    def _factor(self, currency: str, to: str) -> tuple[Decimal, date, str] | None:
        """Return the newest way from one currency to the other; of equals the most direct."""
        ways = []
        if rate := self._known.get((currency, to)):
            ways.append((rate.rate, rate.day, rate.source))
        if rate := self._known.get((to, currency)):
            ways.append((_ONE / rate.rate, rate.day, rate.source))
        for (base, sold), first in self._known.items():
            second = self._known.get((base, to)) if sold == currency else None
            if second is not None:
                sources = (
                    first.source if first.source == second.source else f"{first.source}, {second.source}"
                )
                ways.append((second.rate / first.rate, min(first.day, second.day), sources))
        return max(ways, key=lambda way: way[1], default=None)
