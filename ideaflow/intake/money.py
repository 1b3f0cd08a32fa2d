"""Amounts of money as exports write them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from ideaflow.intake.faults import BadValue
from ideaflow.intake.values import optional_text

LIMIT = Decimal(10) ** 14
_SYMBOLS = {
    "US$": "USD",
    "A$": "AUD",
    "C$": "CAD",
    "CA$": "CAD",
    "NZ$": "NZD",
    "R$": "BRL",
    "$": "USD",
    "€": "EUR",
    "£": "GBP",
    "¥": "JPY",
    "₹": "INR",
    "₽": "RUB",
    "zł": "PLN",
    "Kč": "CZK",
    "₺": "TRY",
    "₩": "KRW",
    "₪": "ILS",
    "Fr.": "CHF",
}
_CODES = frozenset(
    [
        "USD",
        "EUR",
        "GBP",
        "JPY",
        "CHF",
        "SEK",
        "NOK",
        "DKK",
        "ISK",
        "PLN",
        "CZK",
        "HUF",
        "RON",
        "BGN",
        "TRY",
        "RUB",
        "UAH",
        "ILS",
        "AED",
        "SAR",
        "QAR",
        "EGP",
        "ZAR",
        "NGN",
        "KES",
        "INR",
        "CNY",
        "HKD",
        "TWD",
        "KRW",
        "SGD",
        "MYR",
        "THB",
        "IDR",
        "PHP",
        "VND",
        "AUD",
        "NZD",
        "CAD",
        "MXN",
        "BRL",
        "ARS",
        "CLP",
        "COP",
        "PEN",
    ]
)
_SPACES = re.compile(r"[\s\u00a0\u2007\u2009\u202f'’]")
_CODE = re.compile(r"^([A-Z]{3})(?=[\s\u00a0\d(+-])|(?<=[\s\u00a0\d)])([A-Z]{3})$")
_SCALES = {
    "k": 1_000,
    "m": 1_000_000,
    "mio": 1_000_000,
    "mn": 1_000_000,
    "b": 1_000_000_000,
    "bn": 1_000_000_000,
}
_SCALED = re.compile(r"^(.{1,40}?)(mio|mn|bn|[kmb])\.?$", re.IGNORECASE)
_DIGITS = re.compile(r"\d[\d.,]{0,40}")


@dataclass(frozen=True, slots=True)
class Money:
    """An amount, and its currency where the text names one."""

    amount: Decimal
    currency: str | None = None


def parse_currency(cell: Any) -> str | None:
    """Return a currency's code of three letters, None for nothing.

    :raises BadValue: the text names no currency.
    """
    text = optional_text(cell)
    if text is None:
        return None
    if text in _SYMBOLS:
        return _SYMBOLS[text]
    code = text.upper()[:3]
    if code in _CODES and (len(text) == 3 or not text[3].isalpha()):
        return code
    raise BadValue(f"“{text[:40]}” is no currency; write a code such as USD or EUR")


def is_currency(code: str) -> bool:
    """Tell whether these are the three letters of a currency that amounts are taken in."""
    return code in _CODES


def mark_vote(value: Any) -> str | None:
    """Return the decimal mark a single value proves, None when it proves none."""
    if not isinstance(value, str) or not (found := _DIGITS.search(_SPACES.sub("", value))):
        return None
    return _certain_mark(found.group().rstrip(".,"))


def mark_of_votes(commas: int, dots: int) -> str | None:
    """Return the decimal mark of a column by its votes, None when they tell nothing."""
    if commas == dots:
        return None
    return "," if commas > dots else "."


def decimal_mark(values: Iterable[Any]) -> str | None:
    """Find out from a column's values whether "," or "." parts the decimals; None when nothing tells.

    >>> decimal_mark(["1.234", "99,5"])
    ','
    """
    votes = [mark_vote(value) for value in values]
    return mark_of_votes(votes.count(","), votes.count("."))


def _certain_mark(digits: str) -> str | None:
    """Return the mark that can only be the decimal one, None when it may as well part thousands."""
    commas, dots = digits.count(","), digits.count(".")
    if commas and dots:
        return "," if digits.rindex(",") > digits.rindex(".") else "."
    if commas > 1 or dots > 1:
        return "." if commas > 1 else ","
    for mark in ",.":
        if mark in digits:
            head, tail = digits.split(mark)
            if len(tail) != 3 or len(head) > 3 or head == "0":
                return mark
    return None


def parse_money(cell: Any, mark: str | None = None) -> Money | None:
    """Return an amount of money, None for nothing.

    :param mark: the column's decimal mark, for the texts that leave it open ("1.234").
    :raises BadValue: the text is no amount.

    >>> parse_money("€1.234.567,89")
    Money(amount=Decimal('1234567.89'), currency='EUR')
    """
    if isinstance(cell, bool):
        raise BadValue("yes or no is no amount of money")
    if isinstance(cell, int | float):
        cell = repr(cell) if isinstance(cell, float) else str(cell)
        mark = "."
    text = optional_text(cell)
    if text is None:
        return None
    bad = BadValue(f"“{text[:40]}” is no amount of money")
    if len(text) > 60:
        raise bad
    rest, currency = _without_currency(text)
    rest = _SPACES.sub("", rest)
    rest, negative = _without_sign(rest)
    if currency is None:
        rest, currency = _without_currency(rest)
    scale = 1
    if (scaled := _SCALED.match(rest)) and scaled.group(2):
        rest, scale = scaled.group(1), _SCALES[scaled.group(2).casefold()]
    try:
        amount = _number(rest, mark or (_european(currency) if scale == 1 else None)) * scale
    except (InvalidOperation, ValueError) as error:
        raise bad from error
    if not amount.is_finite() or abs(amount) >= LIMIT:
        raise bad
    return Money(-amount if negative else amount, currency)


def _without_sign(text: str) -> tuple[str, bool]:
    """Return the digits and whether they are meant below zero: (1,200), -1,200 or 1,200-."""
    if text.startswith("(") and text.endswith(")"):
        return text[1:-1], True
    if text.startswith(("-", "−", "+")):
        return text[1:], text[0] != "+"
    return (text[:-1], True) if text.endswith(("-", "−")) else (text, False)


def _european(currency: str | None) -> str | None:
    return "," if currency == "EUR" else None


def _without_currency(text: str) -> tuple[str, str | None]:
    if found := _CODE.search(text):
        code = found.group(1) or found.group(2)
        if code in _CODES:
            return (text[: found.start()] + text[found.end() :]).strip(), code
    for symbol, code in _SYMBOLS.items():
        if symbol in text:
            rest = text.replace(symbol, "", 1).strip()
            inner, named = _without_currency(rest) if symbol == "$" else (rest, None)
            return inner, named or code
    return text, None


def _number(digits: str, mark: str | None) -> Decimal:
    """Return the number that digits with marks mean."""
    if re.fullmatch(r"\d{1,30}(\.\d{1,30})?[eE][+-]?\d{1,2}", digits):
        return Decimal(digits)
    if not re.fullmatch(r"\d{0,30}(?:[.,]\d{0,30}){0,12}", digits) or not any(c.isdigit() for c in digits):
        raise ValueError(digits)
    decimal = _certain_mark(digits)
    if decimal is None and ("," in digits or "." in digits):
        # One mark and three digits: the column decides; a lone comma parts thousands, a lone dot decimals.
        decimal = mark or "."
    if decimal is None:
        return Decimal(digits)
    other = "." if decimal == "," else ","
    whole, _, fraction = digits.rpartition(decimal) if decimal in digits else (digits, "", "")
    groups = whole.split(other)
    if decimal in whole or other in fraction or any(len(group) not in (2, 3) for group in groups[1:]):
        raise ValueError(digits)
    return Decimal(f"{''.join(groups) or '0'}.{fraction or '0'}")
