"""Formulas an administrator writes, read and worked out by hand: nothing in them can run as a program.

Numbers, names, ``+ - * /``, parentheses, and a few functions; values are numbers or arrays of them.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

LONGEST, DEEPEST = 500, 40
TOKEN = re.compile(r"\s*(?:(\d+(?:\.\d*)?|\.\d+)|([a-z][a-z0-9_]*)|([-+*/(),×·−÷]))")
SIGNS = {"×": "*", "·": "*", "−": "-", "÷": "/"}
OPERATIONS = {"+": "add", "-": "subtract", "*": "multiply", "/": "divide"}
STRENGTH = {"+": 1, "-": 1, "*": 2, "/": 2}
FUNCTIONS = {
    "min": (2, "minimum"), "max": (2, "maximum"), "abs": (1, "abs"), "sqrt": (1, "sqrt"), "log": (1, "log"),
    "limit": (3, "clip"),
}  # fmt: skip
"""Name to (how many values it takes, what numpy calls it)."""


class Unreadable(ValueError):
    """A formula cannot be read: says where and why."""


@dataclass(frozen=True)
class Number:
    """A number as it stands in the formula."""

    value: float


@dataclass(frozen=True)
class Name:
    """The value of an input."""

    name: str


@dataclass(frozen=True)
class Call:
    """An operation or a function on values."""

    name: str
    parts: tuple["Node", ...]


Node = Number | Name | Call
Token = tuple[str, str, int]


def read(text: str) -> Node:
    """Read a formula.

    :raises Unreadable: something in it is no formula.

    >>> names(read("0.6 * fit + 0.4 * (10 - risk)"))
    ['fit', 'risk']
    """
    if len(text) > LONGEST:
        raise Unreadable(f"A formula has at most {LONGEST} characters; these are {len(text):,}.")
    reader = _Reader(list(_tokens(text)))
    node = reader.sum(0, 0)
    if reader.next[0] != "end":
        raise Unreadable(f"“{reader.next[1]}” stands where the formula should end.")
    return node


def names(node: Node) -> list[str]:
    """Return the names of the inputs of a formula, in the order they come, each once."""
    if isinstance(node, Name):
        return [node.name]
    parts = node.parts if isinstance(node, Call) else ()
    return list(dict.fromkeys(name for part in parts for name in names(part)))


def work_out(node: Node, values: Mapping[str, Any]) -> Any:
    """Return the value of a formula; what cannot be divided or rooted gives no finite number.

    :param values: by name, numbers or arrays of one length.

    >>> float(work_out(read("(pv * pcs - c) * pts - d"), {"pv": 100, "pcs": .5, "c": 5, "pts": .8, "d": 10}))
    26.0
    """
    import numpy as np

    with np.errstate(all="ignore"):
        return _work_out(node, values, np)


def _work_out(node: Node, values: Mapping[str, Any], np: Any) -> Any:
    if isinstance(node, Number):
        return np.float64(node.value)
    if isinstance(node, Name):
        return np.asarray(values[node.name], dtype=float)
    parts = [_work_out(part, values, np) for part in node.parts]
    do = getattr(np, OPERATIONS.get(node.name) or FUNCTIONS[node.name][1])
    return do(*parts)


def _tokens(text: str) -> Iterator[Token]:
    at = 0
    text = text.rstrip().lower()
    while at < len(text):
        found = TOKEN.match(text, at)
        if found is None:
            rest = text[at:].strip()
            raise Unreadable(f"“{rest[:12]}” cannot be read. Use numbers, names, + - * / and parentheses.")
        number, name, sign = found.groups()
        kind = "number" if number else "name" if name else "sign"
        yield kind, number or name or SIGNS.get(sign, sign), found.start()
        at = found.end()


class _Reader:
    """Reads tokens from left to right; products bind before sums."""

    def __init__(self, tokens: list[Token]) -> None:
        self.tokens = [*tokens, ("end", "the end", 0)]
        self.at = 0

    @property
    def next(self) -> Token:
        return self.tokens[self.at]

    def take(self) -> Token:
        token = self.next
        self.at += 1
        return token

    def sum(self, least: int, depth: int) -> Node:
        """Read values joined by operations that bind more than ``least``."""
        if depth > DEEPEST:
            raise Unreadable("The parentheses lie too deep.")
        left = self.value(depth)
        while STRENGTH.get(self.next[1], 0) > least and self.next[0] == "sign":
            sign = self.take()[1]
            left = Call(sign, (left, self.sum(STRENGTH[sign], depth + 1)))
        return left

    def value(self, depth: int) -> Node:
        kind, word, _ = self.take()
        if kind == "number":
            return Number(float(word))
        if kind == "name":
            return self.call(word, depth) if self.next[1] == "(" else Name(word)
        if word == "-":
            return Call("-", (Number(0.0), self.sum(1, depth + 1)))
        if word == "(":
            inside = self.sum(0, depth + 1)
            self.expect(")")
            return inside
        raise Unreadable(f"A number or a name is missing before “{word}”.")

    def call(self, name: str, depth: int) -> Node:
        if name not in FUNCTIONS:
            raise Unreadable(f"There is no function “{name}”. There are: {', '.join(FUNCTIONS)}.")
        self.expect("(")
        parts = [self.sum(0, depth + 1)]
        while self.next[1] == ",":
            self.take()
            parts.append(self.sum(0, depth + 1))
        self.expect(")")
        wanted = FUNCTIONS[name][0]
        if len(parts) != wanted:
            raise Unreadable(f"{name}(…) takes {wanted} values; these are {len(parts)}.")
        return Call(name, tuple(parts))

    def expect(self, sign: str) -> None:
        if self.take()[1] != sign:
            raise Unreadable(f"A “{sign}” is missing.")
