"""Days and moments as exports write them. A column decides together whether 03/04 is March or April."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Literal

from ideaflow.intake.faults import BadValue
from ideaflow.intake.values import optional_text

Order = Literal["dmy", "mdy", "mixed"]

EARLIEST, LATEST = date(1990, 1, 1), date(2100, 1, 1)
_EXCEL_ZERO = datetime(1899, 12, 30, tzinfo=UTC)
_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan january januar janvier",
            "feb february februar février fevrier",
            "mar march märz maerz mrz mars",
            "apr april avril",
            "may mai",
            "jun june juni juin",
            "jul july juli juillet",
            "aug august août aout",
            "sep sept september septembre",
            "oct october okt oktober octobre",
            "nov november novembre",
            "dec december dez dezember décembre decembre",
        ),
        start=1,
    )
    for name in names.split()
}
_ISO_DAY = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})")
_COMPACT = re.compile(r"(?:19|20)\d{6}")
_PARTED = re.compile(r"(\d{1,2})[./-](\d{1,2})[./-](\d{4}|\d{2})")
_DAY_MONTH = re.compile(r"(\d{1,2})(?:st|nd|rd|th|\.)?[\s-]{1,3}([^\W\d_]{3,9})\.?[\s,-]{1,3}(\d{4}|\d{2})\b")
_MONTH_DAY = re.compile(r"([^\W\d_]{3,9})\.?\s{1,3}(\d{1,2})(?:st|nd|rd|th)?,?\s{1,3}(\d{4})")
_WEEKDAY = re.compile(r"^(?:mon|tue|wed|thu|fri|sat|sun)[a-z]{0,6},?\s{1,3}", re.IGNORECASE)
_CLOCK = re.compile(
    r"(?:[T\s,]|\bat\b|\bum\b){0,6}(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s{0,2}([ap]\.?m\.?)?"
    r"\s{0,2}(Z|UTC|GMT|[+-]\d{2}:?(?:\d{2})?)?$",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"\d{1,14}(\.\d{1,12})?")
_SHOWN = 40


def order_vote(value: Any) -> Order | None:
    """Return which order a single value proves, None when it proves none."""
    if not isinstance(value, str) or not (found := _PARTED.match(value.strip())):
        return None
    first, second = int(found.group(1)), int(found.group(2))
    if first > 12 >= second:
        return "dmy"
    return "mdy" if second > 12 >= first else None


def order_of_votes(days_first: int, months_first: int) -> Order | None:
    """Return the order of a column by its votes: the only one, or "mixed"; None without votes."""
    if days_first and months_first:
        return "mixed"
    if days_first:
        return "dmy"
    return "mdy" if months_first else None


def date_order(values: Iterable[Any]) -> Order | None:
    """Find out from a column's values whether days or months come first; None when nothing tells.

    >>> date_order(["03/04/2026", "17/04/2026"])
    'dmy'
    """
    votes = [order_vote(value) for value in values]
    return order_of_votes(votes.count("dmy"), votes.count("mdy"))


def is_ambiguous(value: Any) -> bool:
    """Tell whether a value reads as two different days depending on the order."""
    if not isinstance(value, str) or not (found := _PARTED.match(value.strip())):
        return False
    first, second = int(found.group(1)), int(found.group(2))
    return first <= 12 and second <= 12 and first != second and "." not in found.group()


def parse_moment(cell: Any, order: Order | None = None, *, latest: datetime | None = None) -> datetime | None:
    """Return a moment in UTC, None for nothing. A time without a zone is taken as UTC.

    :param order: what comes first where only numbers and slashes stand; months when None, days with dots.
    :param latest: moments after this one (a day's grace for time zones) are refused.
    :raises BadValue: no date, an impossible one, one before 1990, or one in the future.
    """
    moment = _moment(cell, order)
    if moment is None:
        return None
    if moment.date() < EARLIEST:
        raise BadValue(f"{moment.date().isoformat()} is before {EARLIEST.year}; is the column a date at all?")
    if latest is not None and moment > latest + timedelta(days=1):
        raise BadValue(f"{moment.date().isoformat()} lies in the future")
    if moment.date() >= LATEST:
        raise BadValue(f"the year {moment.year} is not believable")
    return moment


def parse_day(cell: Any, order: Order | None = None) -> date | None:
    """Return a day, None for nothing; it may lie in the future.

    :raises BadValue: no date, an impossible one, or one outside 1990 to 2099.
    """
    moment = parse_moment(cell, order)
    return moment.date() if moment else None


def _moment(cell: Any, order: Order | None) -> datetime | None:
    if isinstance(cell, bool):
        raise BadValue("yes or no is no date")
    if isinstance(cell, datetime):
        return cell.replace(tzinfo=UTC) if cell.tzinfo is None else cell.astimezone(UTC)
    if isinstance(cell, date):
        return datetime.combine(cell, time(), UTC)
    if isinstance(cell, int | float):
        # Beyond this nothing is a date, and a huge whole number is no float.
        return _from_number(float(cell) if abs(cell) < 1e17 else 0.0, str(cell))
    text = optional_text(cell)
    if text is None:
        return None
    if len(text) > 80:
        raise BadValue(f"“{text[:_SHOWN]}…” is no date")
    if _COMPACT.fullmatch(text):
        return _built(text, int(text[:4]), int(text[4:6]), int(text[6:]), "")
    if _NUMBER.fullmatch(text):
        return _from_number(float(text), text)
    return _from_text(text, order)


def _from_number(number: float, shown: str) -> datetime:
    """Read a bare number as an Excel serial, or as seconds, milliseconds or microseconds since 1970."""
    if 20_000 <= number < 80_000:
        moment = _EXCEL_ZERO + timedelta(days=number)
        # A day is 86,400 seconds of floating point: round away what Excel cannot mean.
        return (moment + timedelta(milliseconds=500)).replace(microsecond=0)
    for unit in (1, 1_000, 1_000_000):
        if 5e8 <= number / unit < 4.2e9:
            return datetime.fromtimestamp(number / unit, UTC)
    raise BadValue(f"“{shown[:_SHOWN]}” is no date")


def _from_text(text: str, order: Order | None) -> datetime:
    plain = _WEEKDAY.sub("", text)
    if found := _ISO_DAY.match(plain):
        year, month, day = (int(part) for part in found.groups())
    elif found := _PARTED.match(plain):
        first, second, year = (int(part) for part in found.groups())
        if order == "mixed" and is_ambiguous(text):
            raise BadValue(
                f"“{text[:_SHOWN]}” can be two days: the column writes both day/month and month/day"
            )
        if order in (None, "mixed"):
            order = order_vote(plain) or ("dmy" if "." in found.group() else "mdy")
        day, month = (first, second) if order == "dmy" else (second, first)
    elif (found := _DAY_MONTH.match(plain)) and found.group(2).casefold() in _MONTHS:
        day, month, year = int(found.group(1)), _MONTHS[found.group(2).casefold()], int(found.group(3))
    elif (found := _MONTH_DAY.match(plain)) and found.group(1).casefold() in _MONTHS:
        month, day, year = _MONTHS[found.group(1).casefold()], int(found.group(2)), int(found.group(3))
    else:
        raise BadValue(f"“{text[:_SHOWN]}” is no date")
    if year < 100:
        year += 2000 if year < 70 else 1900
    return _built(text, year, month, day, plain[found.end() :].strip())


def _built(text: str, year: int, month: int, day: int, clock: str) -> datetime:
    hour = minute = second = micro = 0
    offset = timedelta()
    if clock:
        found = _CLOCK.fullmatch(clock)
        if found is None:
            raise BadValue(f"“{text[:_SHOWN]}” is no date")
        hour, minute, second = int(found.group(1)), int(found.group(2)), int(found.group(3) or 0)
        micro = int((found.group(4) or "0").ljust(6, "0")[:6])
        if half := found.group(5):
            if not 1 <= hour <= 12:
                raise BadValue(f"“{text[:_SHOWN]}” is no time of day")
            hour = hour % 12 + (12 if half[0] in "pP" else 0)
        offset = _offset(found.group(6) or "")
    try:
        return datetime(year, month, day, hour, minute, second, micro, UTC) - offset
    except (ValueError, OverflowError) as error:
        raise BadValue(f"“{text[:_SHOWN]}” is an impossible date") from error


def _offset(zone: str) -> timedelta:
    digits = zone.lstrip("+-").replace(":", "")
    if not digits.isdigit():
        return timedelta()
    hours = timedelta(hours=int(digits[:2]), minutes=int(digits[2:] or 0))
    return -hours if zone.startswith("-") else hours
