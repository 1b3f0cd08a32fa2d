"""The shape of a process as JSON: which keys with which values. A fault names its path and what was expected.

Pure. Shape is what a file must have to be read at all; whether the process makes sense is said by ``rules``.
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

LONGEST_FILE = 1_000_000
KEY = re.compile(r"[a-z][a-z0-9_]{0,59}")
VOTE_RULES = {
    "majority": "more than half of those who vote",
    "unanimous": "everybody who votes",
    "consent": "somebody for it, nobody against",
    "weighted": "more than half of the weight of the seats that vote",
    "chair": "the chair, having seen all scores",
}
DECISIONS = ("go", "conditional_go", "hold", "recycle", "kill")
KINDS = (
    "discovery",
    "scoping",
    "business_case",
    "development",
    "validation",
    "launch",
    "post_launch",
    "work",
)
FACTS = (
    "accounts", "segments", "accounts_without_largest", "largest_share",
    "problem_stated", "arena_named", "benefit_complete", "owner_named",
    "worth_a_look", "both_halves", "strategy_proven", "type_proven",
)  # fmt: skip
TYPES = ("improve", "new_offering", "process", "service")


@dataclass(frozen=True)
class Fault:
    """Where a document is not what it must be.

    :param path: such as ``stages[2].target_days.p50``; empty for the whole.
    """

    path: str
    expected: str
    found: str

    @property
    def words(self) -> str:
        return f"{self.path or 'the file'}: {self.reason}"

    @property
    def reason(self) -> str:
        return f"expected {self.expected}, found {self.found}."


class Spec(Protocol):
    """What one value must be."""

    def check(self, value: Any, path: str) -> Iterable[Fault]:
        """Yield what is wrong with ``value``."""


@dataclass(frozen=True)
class Text:
    """Words: at most so long, and not blank unless allowed."""

    longest: int = 300
    may_be_empty: bool = False

    def check(self, value: Any, path: str) -> Iterable[Fault]:
        """Yield what is wrong with ``value``."""
        if not isinstance(value, str):
            yield Fault(path, "a text", _shown(value))
        elif not self.may_be_empty and not value.strip():
            yield Fault(path, "a text that is not empty", _shown(value))
        elif len(value) > self.longest:
            yield Fault(path, f"at most {self.longest:,} characters", f"{len(value):,}")
        elif any(not sign.isprintable() and sign not in "\n\t" for sign in value):
            yield Fault(path, "a text without control characters", _shown(value))


@dataclass(frozen=True)
class Key:
    """A stable key: by it things are found again in the next version."""

    def check(self, value: Any, path: str) -> Iterable[Fault]:
        """Yield what is wrong with ``value``."""
        if not isinstance(value, str) or not KEY.fullmatch(value):
            yield Fault(path, "a key of small letters, digits and _, such as “concept_test”", _shown(value))


@dataclass(frozen=True)
class Number:
    """A number between two bounds; whole unless said otherwise."""

    low: float
    high: float
    is_whole: bool = True

    def check(self, value: Any, path: str) -> Iterable[Fault]:
        """Yield what is wrong with ``value``."""
        kinds = int if self.is_whole else (int, float)
        fits = isinstance(value, kinds) and not isinstance(value, bool) and self.low <= value <= self.high
        if not fits:
            what = "a whole number" if self.is_whole else "a number"
            yield Fault(path, f"{what} from {self.low:g} to {self.high:,g}", _shown(value))


@dataclass(frozen=True)
class Truth:
    """True or false."""

    def check(self, value: Any, path: str) -> Iterable[Fault]:
        """Yield what is wrong with ``value``."""
        if not isinstance(value, bool):
            yield Fault(path, "true or false", _shown(value))


@dataclass(frozen=True)
class OneOf:
    """One of a few words."""

    words: tuple[str, ...]

    def check(self, value: Any, path: str) -> Iterable[Fault]:
        """Yield what is wrong with ``value``."""
        if not isinstance(value, str) or value not in self.words:
            yield Fault(path, f"one of {', '.join(self.words)}", _shown(value))


@dataclass(frozen=True)
class Each:
    """A list, of which each entry is checked."""

    entry: Spec
    at_most: int = 100
    at_least: int = 0

    def check(self, value: Any, path: str) -> Iterable[Fault]:
        """Yield what is wrong with ``value``."""
        if not isinstance(value, list):
            yield Fault(path, "a list", _shown(value))
        elif not self.at_least <= len(value) <= self.at_most:
            yield Fault(path, f"a list of {self.at_least} to {self.at_most} entries", f"{len(value)}")
        else:
            for place, entry in enumerate(value):
                yield from self.entry.check(entry, f"{path}[{place}]")


@dataclass(frozen=True)
class Record:
    """An object with these keys and no others."""

    needed: Mapping[str, Spec]
    optional: Mapping[str, Spec]

    def check(self, value: Any, path: str) -> Iterable[Fault]:
        """Yield what is wrong with ``value``."""
        if not isinstance(value, dict):
            yield Fault(path, f"an object with {', '.join(self.needed) or 'known keys'}", _shown(value))
            return
        for key in self.needed:
            if key not in value:
                yield Fault(_under(path, key), "a value", "nothing")
        for key, entry in value.items():
            spec = self.needed.get(key) or self.optional.get(key)
            if spec is None:
                yield Fault(
                    _under(path, key), f"only {', '.join((*self.needed, *self.optional))}", "this key"
                )
            else:
                yield from spec.check(entry, _under(path, key))


@dataclass(frozen=True)
class Either:
    """A short form or a long one; a text is the short form."""

    short: Spec
    long: Spec

    def check(self, value: Any, path: str) -> Iterable[Fault]:
        """Yield what is wrong with ``value``."""
        yield from (self.short if isinstance(value, str) else self.long).check(value, path)


@dataclass(frozen=True)
class NullOr:
    """Null, or a value that is checked."""

    spec: Spec

    def check(self, value: Any, path: str) -> Iterable[Fault]:
        """Yield what is wrong with ``value``."""
        if value is not None:
            yield from self.spec.check(value, path)


def parse(text: str | bytes) -> dict[str, Any]:
    """Read JSON strictly: no key twice, no NaN, not too long.

    :raises ValueError: says in words what is wrong and where.
    """
    if len(text) > LONGEST_FILE:
        raise ValueError(f"The file has {len(text):,} bytes; a process has at most {LONGEST_FILE:,}.")
    try:
        plain = text.decode("utf-8-sig") if isinstance(text, bytes) else text.removeprefix("\ufeff")
        document = json.loads(plain, object_pairs_hook=_once, parse_constant=_no_constant)
    except UnicodeDecodeError as error:
        raise ValueError(f"The file is no UTF-8: byte {error.start:,} cannot be read.") from error
    except json.JSONDecodeError as error:
        raise ValueError(
            f"The file is no JSON: line {error.lineno}, column {error.colno}: {error.msg}."
        ) from error
    except RecursionError as error:
        raise ValueError("The file is nested too deeply to be a process.") from error
    if not isinstance(document, dict):
        raise ValueError(f"the file: expected an object, found {_shown(document)}.")
    return document


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise ValueError(f"The key “{key[:60]}” is there twice in one object; which one is meant?")
        found[key] = value
    return found


def _no_constant(word: str) -> Any:
    raise ValueError(f"“{word}” is no number a process can hold.")


def _under(path: str, key: str) -> str:
    return f"{path}.{key[:60]}" if path else key[:60]


def _shown(value: Any) -> str:
    if isinstance(value, str):
        return f"“{value[:40]}{'…' if len(value) > 40 else ''}”"
    if isinstance(value, (dict, list)):
        return "an object" if isinstance(value, dict) else "a list"
    return {None: "null", True: "true", False: "false"}.get(value, str(value)[:40])
