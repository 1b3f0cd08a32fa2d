"""How numbers, days and names are written for people: one wording for pages, mails and the terminal."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, SupportsFloat

from markupsafe import Markup

NONE: Final = "–"
"""What stands where there is nothing: no revenue, no date."""

THIN: Final = "\N{NARROW NO-BREAK SPACE}"
"""Parts a number from its unit, as in €6.92 M, and does not let a line break between them."""

SYMBOLS: Final = {"EUR": "€", "USD": "$", "GBP": "£", "JPY": "¥"}
"""Currencies written by their sign; others stand before the number by their code."""

NO_BREAK: Final = "\N{NO-BREAK SPACE}"

TREND_WORDS: Final = {
    "new": "new", "growing": "growing", "bursting": "bursting", "step_change": "new level",
    "fading": "fading", "seasonal": "seasonal", "as_usual": "as usual", "one_customer": "one customer only",
    "artefact": "artefact of listening", "too_few": "too few to say",
}  # fmt: skip
"""What a trend is called, wherever it is shown."""

MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def money(amount: SupportsFloat | None, currency: str = "EUR") -> str:
    """Round an amount for reading; the exact value belongs in an export.

    >>> money(6_921_000), money(410_400), money(850), money(0)
    ('€6.92\u202fM', '€410\u202fk', '€850', '–')
    """
    if not amount:
        return NONE
    amount = float(amount)
    sign = "−" if amount < 0 else ""
    symbol = SYMBOLS.get(currency, f"{currency}\N{NO-BREAK SPACE}")
    return f"{sign}{symbol}{_rounded(abs(amount))}"


def sum_of(amount: SupportsFloat | None, currency: str = "EUR") -> str:
    """Write an amount where nothing is a number, too: the end of a range.

    >>> sum_of(0), sum_of(106_666), sum_of(0, "CHF")
    ('€0', '€107\u202fk', 'CHF\xa00')
    """
    return money(amount, currency) if amount else f"{SYMBOLS.get(currency, currency + NO_BREAK)}0"


def sums(amounts: Mapping[str, SupportsFloat], currency: str = "EUR") -> str:
    """Write amounts of several currencies side by side, the largest first: they are never added up.

    :param amounts: by currency; an empty one counts as ``currency``.

    >>> sums({"USD": 690_000, "": 12_000, "EUR": 8_000})
    '$690\u202fk + €20\u202fk'
    """
    whole: dict[str, float] = {}
    for name, amount in amounts.items():
        whole[name or currency] = whole.get(name or currency, 0.0) + float(amount)
    parts = sorted(((amount, name) for name, amount in whole.items() if amount), reverse=True)
    return " + ".join(money(amount, name) for amount, name in parts) or NONE


def _rounded(amount: float) -> str:
    """Return three significant digits and a unit: 41.6 M, 410 k."""
    for size, unit in ((1e9, "bn"), (1e6, "M"), (1e3, "k")):
        # 999,700 reads "1 M", never "1000 k".
        if amount >= size * 0.9995:
            return f"{_three_digits(amount / size, unit)}{THIN}{unit}"
    return f"{amount:.0f}"


def percent(part: float, places: int = 0) -> str:
    """Write a share as a percentage, exactly to so many places.

    >>> percent(0.256, 1).replace(THIN, " "), percent(0.4).replace(THIN, " ")
    ('25.6 %', '40 %')
    """
    return f"{100 * part:.{places}f}{THIN}%"


def _three_digits(value: float, unit: str) -> str:
    if unit == "k":
        return f"{value:.0f}" if value >= 9.95 else f"{value:.1f}".removesuffix(".0")
    digits = 2 if value < 9.995 else 1 if value < 99.95 else 0
    text = f"{value:.{digits}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def count(number: int | None) -> str:
    """Group the thousands: 9,412; nothing counted reads as a dash."""
    return NONE if number is None else f"{number:,}"


def share(part: float | None) -> str:
    """Write a share of 0 to 1 as a percentage: 78 %; a little is "under 1 %", never 0."""
    if part is None:
        return NONE
    if 0 < part < 0.005:
        return f"under 1{THIN}%"
    if 0.995 <= part < 1:
        return f"99{THIN}%"
    return percent(part)


def decimal(value: float | None, digits: int = 2) -> str:
    """Write a number between 0 and 1 without its zero: .71; a whole one stays 1.

    >>> decimal(0.71), decimal(1.0), decimal(0), decimal(-0.2)
    ('.71', '1', '0', '−.20')
    """
    if value is None:
        return NONE
    text = f"{abs(value):.{digits}f}"
    if float(text) in (0, 1):
        text = text[0]
    sign = "−" if value < 0 and float(text) else ""
    return sign + text.removeprefix("0") if float(text) else "0"


def times(ratio: float | None) -> str:
    """Write how many times the usual: 4.1×."""
    return NONE if ratio is None else f"{ratio:.1f}×"


def day(date: dt.date | None, today: dt.date) -> str:
    """Write a day, with its year when that is not this year: 17 Nov, 8 Jun 2025."""
    if date is None:
        return NONE
    text = f"{date.day} {MONTHS[date.month - 1]}"
    return text if date.year == today.year else f"{text} {date.year}"


def ago(moment: dt.datetime | None, now: dt.datetime) -> str:
    """Say when something happened, as one would: just now, 5 minutes ago, today 02:10, yesterday, 17 Nov.

    Both moments are aware; the clock time is that of ``now``'s time zone.
    """
    if moment is None:
        return NONE
    here = moment.astimezone(now.tzinfo)
    seconds = (now - here).total_seconds()
    if 0 <= seconds < 60:
        return "just now"
    if 0 <= seconds < 3600:
        return f"{plural(int(seconds // 60), 'minute')} ago"
    days = (now.date() - here.date()).days
    if days == 0:
        return f"today {here:%H:%M}"
    if days == 1:
        return f"yesterday {here:%H:%M}"
    return day(here.date(), now.date())


def plural(number: int, one: str, many: str | None = None) -> str:
    """Put a number before its noun: 1 account, 17 accounts, 2 opportunities.

    >>> plural(1, "account"), plural(1200, "opportunity"), plural(2, "has", "have")
    ('1 account', '1,200 opportunities', '2 have')
    """
    return f"{number:,} {one if number == 1 else many or _many(one)}"


def _many(one: str) -> str:
    if one.endswith("y") and one[-2:-1] not in "aeiou":
        return f"{one[:-1]}ies"
    return f"{one}es" if one.endswith(("s", "x", "ch", "sh")) else f"{one}s"


def initials(name: str | None) -> str:
    """Return the first letters of the first and last name: MH for Maren Holt."""
    words = [word for word in (name or "").replace("@", " ").split() if word[0].isalnum()]
    letters = [words[0][0], words[-1][0]] if len(words) > 1 else [word[0] for word in words]
    return "".join(letters).upper() or "?"


def shorten(text: str, limit: int) -> str:
    """Cut a text at the end of a word so that it has at most ``limit`` characters, the dots included."""
    text = " ".join(text.split())
    if len(text) <= limit:
        return text
    # One character is kept for the dots; a single long word is cut inside.
    head = text[:limit] if text[limit - 1].isspace() else text[: limit - 1]
    cut = head if text[len(head)].isspace() else head.rpartition(" ")[0] or head
    return cut.rstrip(" ,.;:–-") + "…"


def chance(q: float | None) -> str:
    """Write how large a share of flags this strong would be chance: q .02, q < .001.

    >>> chance(0.02), chance(0.0031), chance(0.0000008), chance(None)
    ('q .02', 'q .003', 'q < .001', '')
    """
    if q is None:
        return ""
    if q < 0.0005:
        return "q < .001"
    return f"q {decimal(q, 3 if q < 0.0095 else 2)}"


def spark(values: Sequence[int], label: str, is_signal: bool = False, tail: int = 4) -> Markup:
    """Draw numbers as a row of bars the height of a line; the last ``tail`` are tinted.

    Written here because a list of themes draws thousands of bars.
    """
    top, first = max((*values, 4)), len(values) - tail
    bars = []
    for place, value in enumerate(values):
        height = 22 * value / top if value else 1
        kind = ' class="z"' if not value else ' class="k"' if place >= first else ""
        bars.append(
            f'<rect{kind} x="{4 * place}" y="{24 - height:.1f}" width="3" height="{height:.1f}" rx=".5"/>'
        )
    head = Markup('<svg class="if-spark{}" viewBox="0 0 {} 24" role="img" aria-label="{}">').format(
        " on" if is_signal else "", max(4 * len(values) - 1, 3), label
    )
    return head + Markup("".join(bars)) + Markup("</svg>")  # noqa: S704 - made of numbers alone


FILTERS: Final[dict[str, Callable[..., Any]]] = {
    function.__name__: function
    for function in (money, count, share, decimal, times, day, ago, plural, initials, shorten, chance, spark)
}
"""The functions under the names that templates use."""


SMALL_NUMBERS = ("No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine", "Ten")


def in_words(number: int) -> str:
    """Write a small number as a word that can begin a sentence: 7 → “Seven”, 13 → “13”."""
    return SMALL_NUMBERS[number] if number < len(SMALL_NUMBERS) else count(number)
