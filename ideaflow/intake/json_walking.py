"""Stepping through a JSON document so that only one of its objects is built at a time."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from ideaflow.intake.faults import FileRejected

DEPTH_LIMIT = 32
_SPACE = re.compile(r"[\s\ufeff]*")
_DECODER = json.JSONDecoder()


class Walker:
    """Steps through the outer level of a document, so that only one of its objects is built at a time."""

    def __init__(self, text: str, name: str) -> None:
        self.text, self.name, self.at = text, name, 0

    def peek(self) -> str:
        """Skip white space and return the next character, "" at the end."""
        found = _SPACE.match(self.text, self.at)
        self.at = found.end() if found else self.at
        return self.text[self.at : self.at + 1]

    def take(self, expected: str) -> None:
        """Step over one expected character."""
        if self.peek() != expected:
            raise self.torn(f"“{expected}” is missing")
        self.at += 1

    def value(self) -> Any:
        """Decode the value that starts here and step behind it."""
        self.peek()
        try:
            value, self.at = _DECODER.raw_decode(self.text, self.at)
        except RecursionError as error:
            raise self.torn(f"values are nested deeper than {DEPTH_LIMIT} levels") from error
        except json.JSONDecodeError as error:
            self.at = error.pos
            raise self.torn(error.msg) from error
        except ValueError as error:
            raise self.torn("a number is too long to read") from error
        return value

    def entries(self) -> Iterator[Any]:
        """Yield the values of the list that starts here."""
        self.take("[")
        if self.peek() == "]":
            self.at += 1
            return
        while True:
            yield self.value()
            if self.peek() != ",":
                break
            self.at += 1
        self.take("]")

    def parts(self) -> tuple[dict[str, int], dict[str, Any]]:
        """Return where each list of objects starts, and all other fields, of the object that starts here."""
        lists: dict[str, int] = {}
        single: dict[str, Any] = {}
        self.take("{")
        if self.peek() == "}":
            self.at += 1
            return lists, single
        while True:
            key = self.value()
            if not isinstance(key, str):
                raise self.torn("a field's name must stand in quotation marks")
            self.take(":")
            self.peek()
            start = self.at
            value = self.value()
            if isinstance(value, list) and all(isinstance(entry, dict) for entry in value):
                lists[key] = start
            single[key] = value if not isinstance(value, list) else None
            if self.peek() != ",":
                break
            self.at += 1
        self.take("}")
        return lists, single

    def end(self) -> None:
        """Make sure that nothing follows."""
        if self.peek():
            raise self.torn("more follows behind the end")

    def torn(self, what: str) -> FileRejected:
        """Return the error that names line and column of the present place."""
        line = self.text.count("\n", 0, self.at) + 1
        column = self.at - self.text.rfind("\n", 0, self.at)
        return FileRejected(
            self.name, f"the JSON is torn in line {line:,}, character {column:,}: {what}. Export it again."
        )
