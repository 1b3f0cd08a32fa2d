"""What a column probably is, from its header and from what its cells hold. A person confirms it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ideaflow.intake import moments, money, values
from ideaflow.intake.faults import BadValue
from ideaflow.intake.fields import FIELDS, columns_for, plain
from ideaflow.intake.records import Kind
from ideaflow.intake.rows import text_of

_MOST = 0.7
_LONG_TEXT = 25


def guess_mapping(
    header: Sequence[str], rows: Iterable[Mapping[str, Any]]
) -> tuple[dict[str, str], frozenset[str]]:
    """Return target field to column: headers first, then what the cells of the first rows look like.

    :returns: the mapping, and the fields that only the cells speak for.
    """
    mapping: dict[str, str] = {}
    taken: set[str] = set()
    for field in FIELDS:
        column = columns_for((name for name in header if name not in taken), field.synonyms)
        if column is not None:
            mapping[field.name] = column
            taken.add(column)
    cells: dict[str, list[Any]] = {name: [] for name in header if name not in taken}
    for row in rows:
        for name, found in cells.items():
            if text_of(row.get(name)).strip():
                found.append(row[name])
    if plain(mapping.get("title", "")) == "title" and "text" in mapping and "email" not in mapping:
        mapping.setdefault("subject", mapping.pop("title"))  # Of a post, not of a person.
    by_header = frozenset(mapping)
    _guess_by_content(mapping, cells)
    unsure = frozenset(mapping) - by_header
    return _as_account_list(mapping), unsure


def _guess_by_content(mapping: dict[str, str], cells: dict[str, list[Any]]) -> None:
    tests = (("email", _is_email), ("said_at", _is_moment), ("amount", _is_money))
    for field, test in tests:
        if field in mapping:
            continue
        for name, found in list(cells.items()):
            if found and sum(map(test, found)) / len(found) >= _MOST:
                mapping[field] = name
                del cells[name]
                break
    if "text" not in mapping:
        lengths = {
            name: sum(len(text_of(cell)) for cell in found) / len(found)
            for name, found in cells.items()
            if found
        }
        longest = max(lengths, key=lambda name: lengths[name], default=None)
        if longest is not None and lengths[longest] >= _LONG_TEXT:
            mapping["text"] = longest


def _as_account_list(mapping: dict[str, str]) -> dict[str, str]:
    """Take a bare "Name" for the account's where the table speaks of accounts only."""
    speaks_of_people = {"email", "text", "title", "opportunity", "case", "subject"} & set(mapping)
    if (
        "account" not in mapping
        and "contact" in mapping
        and speaks_of_accounts(mapping)
        and not speaks_of_people
    ):
        mapping["account"] = mapping.pop("contact")
    return mapping


def speaks_of_accounts(mapping: Mapping[str, str]) -> bool:
    """Tell whether a table has columns that only a list of accounts has."""
    telling = {"domain", "segment", "region", "annual_revenue", "owner", "account_type", "renewal_on"}
    return not telling.isdisjoint(mapping)


def kind_of(mapping: Mapping[str, str]) -> Kind:
    """Return what a row with these fields is."""
    if kind := _market_kind(mapping):
        return kind
    if "opportunity" in mapping:
        return "opportunity"
    if "case" in mapping or ("subject" in mapping and "status" in mapping):
        return "case"
    if "text" in mapping:
        return "note"
    if "subject" in mapping:
        return "case"
    if "email" in mapping or "last_name" in mapping or ("contact" in mapping and "account" not in mapping):
        return "contact"
    return "account"


def _market_kind(mapping: Mapping[str, str]) -> Kind | None:
    """Return what a row of the market is; its fields are never guessed, so one of them is somebody's word."""
    telling: tuple[tuple[str, Kind], ...] = (
        ("unit_price", "price"),
        ("price_book", "price_book"),
        ("price_book_id", "price_book"),
        ("rate", "rate"),
    )
    for field, kind in telling:
        if field in mapping:
            return kind
    if "course" in mapping:
        return "certificate" if "partner" in mapping else "training"
    if "partner" in mapping:
        return "partner"
    return "seller" if "channel" in mapping else None


def _is_email(cell: Any) -> bool:
    try:
        return values.parse_email(cell) is not None
    except BadValue:
        return False


def _is_moment(cell: Any) -> bool:
    if isinstance(cell, int | float) or (isinstance(cell, str) and cell.strip().isdigit()):
        return False
    try:
        return moments.parse_moment(cell) is not None
    except BadValue:
        return False


def _is_money(cell: Any) -> bool:
    try:
        found = money.parse_money(cell)
    except BadValue:
        return False
    return found is not None and found.currency is not None
