"""Pages by key: a page begins after the last row of the one before, so depth costs nothing."""

import base64
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sqlalchemy import ColumnElement, Select, String, and_, cast, literal, or_
from sqlalchemy.orm import InstrumentedAttribute

from ideaflow.db import db
from ideaflow.errors import Invalid

PAGE_SIZE = 50
BROKEN = "This link to the next page is broken. Start again from the first page."
Row = TypeVar("Row")


@dataclass(frozen=True)
class Page(Generic[Row]):
    """Some rows, and the key to the next ones (None when these are the last)."""

    rows: list[Row]
    after: str | None

    def __iter__(self) -> Any:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)


@dataclass(frozen=True)
class Key:
    """One column a list is ordered by. The last key of an order must be unique and never null."""

    column: ColumnElement[Any] | InstrumentedAttribute[Any]
    attribute: str
    descending: bool = True


def page_of(
    query: Select[Any], keys: Sequence[Key], *, after: str | None, size: int = PAGE_SIZE
) -> Page[Any]:
    """Return a page of the entities ``query`` selects, in the order of ``keys``.

    :param after: what the page before gave as ``after``; None for the first page.
    :raises Invalid: ``after`` was not made by this function.
    """
    if after:
        query = query.where(_beyond(keys, values_of_key(after, len(keys))))
    query = query.order_by(*(key.column.desc() if key.descending else key.column.asc() for key in keys))
    rows = list(db.session.scalars(query.limit(size + 1)))
    more = len(rows) > size
    rows = rows[:size]
    return Page(rows, key_of(rows[-1], keys) if more else None)


def key_of(row: Any, keys: Sequence[Key]) -> str:
    """Return what a page begins after that follows this row."""
    return key_of_values([getattr(row, key.attribute) for key in keys])


def _beyond(keys: Sequence[Key], values: Sequence[Any]) -> ColumnElement[bool]:
    """Return the condition “comes after these values”, for mixed directions."""
    # The link carries text; the database reads it as the column's own type, to the last digit.
    bounds = [
        cast(literal(str(value), String), key.column.type) for key, value in zip(keys, values, strict=True)
    ]
    cases = []
    for at, key in enumerate(keys):
        same = [before.column == bound for before, bound in zip(keys[:at], bounds[:at], strict=True)]
        step = key.column < bounds[at] if key.descending else key.column > bounds[at]
        cases.append(and_(*same, step))
    return or_(*cases)


def key_of_values(values: Sequence[Any]) -> str:
    """Return what a page begins after that follows these values of its keys."""
    plain = [value if isinstance(value, int | float | str) else str(value) for value in values]
    return base64.urlsafe_b64encode(json.dumps(plain).encode()).decode().rstrip("=")


def values_of_key(after: str, length: int) -> list[Any]:
    """Return the values that :func:`key_of_values` wrote.

    :raises Invalid: it did not write this.
    """
    try:
        values = json.loads(base64.urlsafe_b64decode(after + "=" * (-len(after) % 4)))
    except (ValueError, UnicodeError, RecursionError) as error:
        raise Invalid(BROKEN) from error
    if (
        not isinstance(values, list)
        or len(values) != length
        or not all(isinstance(value, int | float | str) for value in values)
    ):
        raise Invalid(BROKEN)
    return values


def read_key(after: str, *reads: Callable[[str], Any]) -> list[Any]:
    """Return the values that :func:`key_of_values` wrote, each as the function in its place reads it.

    :raises Invalid: it wrote none that these could read.
    """
    values = values_of_key(after, len(reads))
    try:
        found = [read(str(value)) for read, value in zip(reads, values, strict=True)]
    except (ValueError, ArithmeticError) as error:
        raise Invalid(BROKEN) from error
    if any(value != value for value in found):  # What is no number has no place in an order.
        raise Invalid(BROKEN)
    return found
