"""Nested objects as rows of a table: ``{"Account": {"Name": "Brask"}}`` has a column "Account Name"."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

# Where interfaces keep an object's own fields, one level down.
_HOLDERS = frozenset({"properties", "fields"})
_IGNORED = frozenset({"attributes"})


def flattened(cells: Mapping[str, Any]) -> dict[str, Any]:
    """Return an object's plain values under one level of names.

    Values of nested objects get both names; ``properties`` and ``fields`` lend none; an object that holds
    a ``value`` is that value.

    >>> flattened({"id": 1, "properties": {"dealname": {"value": "X"}}, "company": {"name": "Brask"}})
    {'id': 1, 'dealname': 'X', 'company name': 'Brask'}
    """
    flat: dict[str, Any] = {}
    for name, value in cells.items():
        if not isinstance(value, dict):
            flat.setdefault(name, value)
        elif name in _HOLDERS:
            for inner, entry in value.items():
                flat.setdefault(inner, _bare(entry))
        elif "value" in value:
            flat.setdefault(name, value["value"])
        elif name not in _IGNORED:
            for inner, entry in value.items():
                if not isinstance(entry, dict | list):
                    flat.setdefault(f"{name} {inner}", entry)
    return flat


def _bare(entry: Any) -> Any:
    return entry["value"] if isinstance(entry, dict) and "value" in entry else entry
