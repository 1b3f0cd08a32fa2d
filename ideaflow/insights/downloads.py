"""The numbers of the portfolio as rows for other programs."""

from collections.abc import Iterable
from typing import Any

from ideaflow.insights.telling import value_words
from ideaflow.insights.terms import Figure

COLUMNS = ("page", "key", "label", "unit", "value", "low", "high", "counted", "of", "note", "proposals")
FORMULAS = ("=", "+", "-", "@", "\t", "\r")


def rows_of(figures: Iterable[tuple[str, Figure]]) -> list[dict[str, Any]]:
    """Return one mapping a number, unrounded; shares are 0 to 1, times are days."""
    return [
        {
            "page": page, "key": one.key, "label": one.label, "unit": one.unit.value, "value": one.value,
            "low": one.low, "high": one.high, "counted": one.count, "of": one.of,
            "note": one.note or value_words(one),
            "proposals": sorted({case.proposal_id for case in one.counted}),
        }
        for page, one in figures
    ]  # fmt: skip


def cells_of(row: dict[str, Any]) -> list[Any]:
    """Return a row for a table: proposals by their labels; no text is taken for a formula."""
    values = {**row, "proposals": " ".join(f"P-{key}" for key in row["proposals"])}
    return [_plain(values[name]) for name in COLUMNS]


def _plain(value: Any) -> Any:
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULAS) else value
