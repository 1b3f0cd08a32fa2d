"""What people type into a field, read into a value; what cannot be read is said, never left out."""

from collections.abc import Iterable
from datetime import date

from ideaflow.errors import Invalid

FIRST_YEAR, LAST_YEAR, LONGEST_NUMBER = 1990, 2099, 18


def day(text: str, field: str, refused: str = "") -> date | None:
    """Return a day as browsers send it; None when nothing is typed.

    :param refused: what was not done, said before the reason.
    :raises Invalid: it is no day, or none that we could mean.

    >>> day(" 2026-12-01 ", "due_on"), day("", "due_on")
    (datetime.date(2026, 12, 1), None)
    """
    typed = text.strip()
    if not typed:
        return None
    try:
        found = date.fromisoformat(typed)
    except ValueError:
        found = None
    if found is None:
        reason = f"“{typed[:40]}” is no day. Write it as 2026-12-01."
    elif not FIRST_YEAR <= found.year <= LAST_YEAR:
        reason = f"Write a day between {FIRST_YEAR} and {LAST_YEAR}."
    else:
        return found
    raise Invalid(f"{refused} {reason}".strip(), [{"field": field, "reason": reason}])


def number(text: str | None) -> int | None:
    """Return a whole number a row may have; None for anything else, so also for what other scripts write.

    >>> number(" 12 "), number("²"), number("9" * 19), number("")
    (12, None, None, None)
    """
    digits = (text or "").strip()
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) <= LONGEST_NUMBER else None


def numbers(texts: Iterable[str]) -> list[int]:
    """Return the whole numbers among these texts, in their order."""
    return [found for text in texts if (found := number(text)) is not None]
