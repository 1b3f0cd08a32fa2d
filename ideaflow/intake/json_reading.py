"""JSON: a list of objects, one object holding lists of objects, or one object a line."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ideaflow.intake.encodings import Encoding, open_text
from ideaflow.intake.faults import FileRejected
from ideaflow.intake.flattening import flattened
from ideaflow.intake.json_walking import DEPTH_LIMIT, Walker
from ideaflow.intake.rows import COLUMN_LIMIT, Reading, Rejected, Row, fault_of
from ideaflow.intake.shapes import is_zendesk_json

SIZE_LIMIT = 400_000_000
"""A JSON document is held in memory; larger exports come as JSON lines."""
LINE_LIMIT = 64_000_000
_SAMPLE = 2_000
# Within one document what others refer to comes first.
_ORDER = {"organizations": 0, "companies": 0, "accounts": 0, "users": 1, "contacts": 1}


@dataclass(frozen=True, slots=True)
class JsonExport:
    """A JSON file that can be read again and again."""

    path: Path
    name: str
    encoding: Encoding
    is_lines: bool
    header: tuple[str, ...]
    parts: tuple[str, ...]
    is_flat: bool = False  # Whether nested objects are shown as columns of their own.

    @property
    def format(self) -> str:
        """Return what to call the file."""
        return "JSON lines" if self.is_lines else "JSON"

    @property
    def notes(self) -> tuple[str, ...]:
        """What was found out about the file, for its owner."""
        named = [part for part in self.parts if part]
        return (f"Read as {self.format}, {self.encoding.label}.",) + (
            (f"Its lists: {', '.join(named)}.",) if named else ()
        )

    def rows(self) -> Iterator[Reading]:
        """Read all objects, one at a time.

        :raises FileRejected: the document is torn; a torn *line* rejects only itself.
        """
        if not self.is_flat:
            return self._objects()
        return (
            Row(entry.number, flattened(entry.cells), entry.part) if isinstance(entry, Row) else entry
            for entry in self._objects()
        )

    def _objects(self) -> Iterator[Reading]:
        if self.is_lines:
            return _lines(self.path, self.name, self.encoding)
        return _document(_text(self.path, self.name, self.encoding), self.name)


def open_json(path: Path, name: str, encoding: Encoding) -> JsonExport:
    """Tell the kinds of JSON apart and collect the names of the first objects' fields.

    :raises FileRejected: the file holds no objects, or is torn where that can be seen.
    """
    is_lines = _is_lines(path, encoding)
    export = JsonExport(path, name, encoding, is_lines, (), ())
    names: dict[str, None] = {}
    flat_names: dict[str, None] = {}
    parts: dict[str, None] = {}
    seen = 0
    for reading in export.rows():
        seen += 1
        if isinstance(reading, Row):
            parts.setdefault(reading.part)
            for field in reading.cells:
                names.setdefault(field)
            for field in flattened(reading.cells):
                flat_names.setdefault(field)
            if len(flat_names) > COLUMN_LIMIT:
                raise FileRejected(name, f"the objects have more than {COLUMN_LIMIT:,} fields. Export fewer.")
        if seen >= _SAMPLE and is_lines:
            break
    if not seen:
        raise FileRejected(name, "the file holds no records. Export it again.")
    if is_zendesk_json(names, parts):
        return JsonExport(path, name, encoding, is_lines, tuple(names), tuple(parts))
    return JsonExport(path, name, encoding, is_lines, tuple(flat_names), tuple(parts), is_flat=True)


def _is_lines(path: Path, encoding: Encoding) -> bool:
    with open_text(path, encoding) as stream:
        first, more = "", ""
        try:
            while not first.strip() and (line := stream.readline(LINE_LIMIT)):
                first = line
            while not more.strip() and (line := stream.readline(4096)):
                more = line
        except UnicodeError:
            return False
    if first.lstrip("\ufeff \t").startswith("["):
        return False
    try:
        value = json.loads(first.lstrip("\ufeff"))
    except (ValueError, RecursionError):
        # A pretty-printed document has only its first brace here; a torn first line of JSON lines has more.
        return len(first.strip()) > 1 and more.lstrip().startswith("{")
    return bool(more.strip()) or not _has_lists(value)


def _has_lists(value: Any) -> bool:
    return isinstance(value, dict) and any(
        isinstance(part, list) and part and all(isinstance(entry, dict) for entry in part)
        for key, part in value.items()
        if key in _LISTS or len(value) <= 3
    )


_LISTS = frozenset(
    [
        "tickets",
        "users",
        "organizations",
        "companies",
        "contacts",
        "deals",
        "records",
        "data",
        "results",
        "items",
        "rows",
        "posts",
        "conversations",
        "accounts",
        "opportunities",
        "cases",
        "notes",
    ]
)


def _lines(path: Path, name: str, encoding: Encoding) -> Iterator[Reading]:
    with open_text(path, encoding) as stream:
        number = 0
        while True:
            number += 1
            try:
                line = stream.readline(LINE_LIMIT)
            except UnicodeError as error:
                raise FileRejected(
                    name, "the bytes here are no text; the file may be cut off. Export it again.", row=number
                ) from error
            if not line:
                return
            if len(line) >= LINE_LIMIT:
                raise FileRejected(name, f"a line is longer than {LINE_LIMIT:,} characters.", row=number)
            line = line.strip().strip("\ufeff")
            if line:
                yield _object(number, line)


def _object(number: int, line: str) -> Row | Rejected:
    try:
        value = json.loads(line)
    except RecursionError:
        return Rejected(number, "", f"the object is nested deeper than {DEPTH_LIMIT} levels.")
    except json.JSONDecodeError as error:
        return Rejected(number, "", f"this line is no JSON: {error.msg} at character {error.colno:,}.")
    except ValueError:
        return Rejected(number, "", "the line holds a number too long to read.")
    return judged(number, value, "")


def judged(number: int, value: Any, part: str) -> Row | Rejected:
    """Return an object as a row, or say what in it cannot be stored."""
    if not isinstance(value, dict):
        return Rejected(number, part, "here stands a bare value; an object with named fields is needed.")
    if fault := _fault(value):
        column, reason = fault
        return Rejected(number, column, reason)
    return Row(number, value, part)


def _fault(value: Mapping[str, Any]) -> tuple[str, str] | None:
    """Walk an object without recursion; return the field at fault and why."""
    waiting: list[tuple[str, Any, int]] = [(key, entry, 1) for key, entry in value.items()]
    for key in value:
        if reason := fault_of(key):
            return key[:40].encode("utf-8", "replace").decode(), reason
    while waiting:
        field, entry, depth = waiting.pop()
        if depth > DEPTH_LIMIT:
            return field, f"the value is nested deeper than {DEPTH_LIMIT} levels."
        if isinstance(entry, str):
            if reason := fault_of(entry):
                return field, reason
        elif isinstance(entry, float) and not math.isfinite(entry):
            return field, "NaN and Infinity are no JSON numbers. Export the value as null."
        elif isinstance(entry, dict):
            waiting.extend((field, inner, depth + 1) for pair in entry.items() for inner in pair)
        elif isinstance(entry, list):
            waiting.extend((field, inner, depth + 1) for inner in entry)
    return None


def _text(path: Path, name: str, encoding: Encoding) -> str:
    if path.stat().st_size > SIZE_LIMIT:
        raise FileRejected(
            name,
            f"a JSON document may have {SIZE_LIMIT:,} bytes. Export JSON lines (one object a line) instead.",
        )
    try:
        with open_text(path, encoding) as stream:
            return stream.read()
    except UnicodeError as error:
        raise FileRejected(
            name, "the bytes are no text; the file may be cut off. Export it again."
        ) from error


def _document(text: str, name: str) -> Iterator[Reading]:
    """Walk a list, or an object of lists, object by object; what others refer to first."""
    walker = Walker(text, name)
    number = 0
    if walker.peek() == "[":
        for value in walker.entries():
            number += 1
            yield judged(number, value, "")
        walker.end()
        return
    lists, single = walker.parts()
    walker.end()
    if not lists:
        yield judged(1, single, "")
        return
    for part in sorted(lists, key=lambda key: _ORDER.get(key, 2)):
        walker.at = lists[part]
        for value in walker.entries():
            number += 1
            yield judged(number, value, part)
