"""The cells of one row, asked for by target field and returned typed."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from ideaflow.intake import moments, money, values
from ideaflow.intake.faults import BadValue
from ideaflow.intake.fields import BY_NAME
from ideaflow.intake.records import Kind
from ideaflow.intake.rows import Row

NAME_LIMIT = 255


@dataclass(frozen=True, slots=True)
class Recipe:
    """What becomes of a file's columns.

    :param mapping: target field to column.
    :param orders: column to the order of its dates; :param marks: column to its decimal mark.
    :param latest: no word can have been said after this moment.
    """

    source: str
    kind: Kind
    mapping: Mapping[str, str]
    orders: Mapping[str, moments.Order] = field(default_factory=dict)
    marks: Mapping[str, str] = field(default_factory=dict)
    latest: datetime | None = None
    default_order: moments.Order | None = None


class Fault(Exception):
    """A cell that cannot be what its column says."""

    def __init__(self, column: str, reason: str) -> None:
        super().__init__(reason)
        self.column, self.reason = column, reason


class Cells:
    """The cells of one row, asked for by target field and returned typed."""

    def __init__(self, row: Row, recipe: Recipe) -> None:
        self.row, self.recipe = row, recipe

    def raw(self, name: str) -> Any:
        column = self.recipe.mapping.get(name)
        return None if column is None else _flat(self.row.cells.get(column))

    def _typed(self, name: str, parse: Callable[[Any], Any]) -> Any:
        try:
            return parse(self.raw(name))
        except BadValue as error:
            raise Fault(self.recipe.mapping[name], f"{error}.") from error

    def text(self, name: str) -> str | None:
        found: str | None = self._typed(name, lambda cell: values.optional_text(cell, NAME_LIMIT))
        return " ".join(found.split()) if found else None

    def words(self, name: str) -> str | None:
        found: str | None = self._typed(name, values.words_of)
        return found

    def email(self, name: str) -> str | None:
        found: str | None = self._typed(name, values.parse_email)
        return found

    def domain(self, name: str) -> str | None:
        found: str | None = self._typed(name, values.parse_domain)
        return found

    def flag(self, name: str) -> bool | None:
        found: bool | None = self._typed(name, values.parse_flag)
        return found

    def currency(self, name: str) -> str | None:
        found: str | None = self._typed(name, money.parse_currency)
        return found

    def money(self, name: str) -> money.Money | None:
        mark = self.recipe.marks.get(self.recipe.mapping.get(name, ""))
        found: money.Money | None = self._typed(name, lambda cell: money.parse_money(cell, mark))
        return found

    def _order(self, name: str) -> moments.Order | None:
        return self.recipe.orders.get(self.recipe.mapping.get(name, ""), self.recipe.default_order)

    def moment(self, name: str) -> datetime | None:
        found: datetime | None = self._typed(
            name, lambda cell: moments.parse_moment(cell, self._order(name), latest=self.recipe.latest)
        )
        return found

    def day(self, name: str) -> date | None:
        found: date | None = self._typed(name, lambda cell: moments.parse_day(cell, self._order(name)))
        return found

    def needed(self, value: str | None, *names: str) -> str:
        """Return the value, or reject the row in the first of these fields that has a column."""
        if value is not None:
            return value
        column = next((self.recipe.mapping[name] for name in names if name in self.recipe.mapping), "")
        raise Fault(column, f"the cell is empty; it is needed as “{BY_NAME[names[0]].label}”.")


def _flat(cell: Any) -> Any:
    """Return a JSON value as a cell: lists of plain values joined, objects by their name or value."""
    if isinstance(cell, dict):
        return next(
            (cell[key] for key in ("name", "value", "email", "id") if not isinstance(cell.get(key), dict)),
            None,
        )
    if isinstance(cell, list):
        return ", ".join(str(entry) for entry in cell if isinstance(entry, str | int | float))
    return cell


def digest(*parts: object) -> str:
    """Return a key made of content, for records that bring none of their own."""
    return "~" + hashlib.sha256("\x1f".join(str(part).casefold() for part in parts).encode()).hexdigest()[:24]
