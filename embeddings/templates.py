"""What recurs in items of many accounts: lines of forms, macros of agents, footers; found in the collection.

A line is taken for a template when several accounts "wrote" it and other such lines stand around it, while
something else is there too. So the same letter sent by many, a sentence that many write, and an error message
that many see are no templates.
"""

from __future__ import annotations

import hashlib
import re
from array import array
from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

from embeddings.forms import ASKS
from embeddings.sheet import Sheet, word_count

TEMPLATE = "template"
LEAST = 4
"""Accounts that must share a line."""
MOSTLY = 0.6
"""In this share of its items others like it and something else stand beside a template."""
COMPANIONS = 2
"""Shared lines that must stand in the same item."""
LONGEST_LINE = 500
MOST_LINES = 400
"""Characters of a line, and lines of a text, that are looked at."""

_WORD = re.compile(r"[^\W\d_]+")
_SENTENCE = re.compile(r"(?:[^.!?\n]|[.!?](?=\S))+[.!?]*\s*")
_LABEL = re.compile(r"[^\W_][^:?\n.!]{0,60}?[ \t.]*:(?=\s|$)")
_ERROR = re.compile(
    r"error|exception|fail|fehler|erreur|\bnot |n't\b|cannot|0x|denied|timeout|timed out", re.IGNORECASE
)


def find(items: Iterable[tuple[str, object]]) -> frozenset[int]:
    """Return the keys of lines, sentences and labels that are templates of a collection.

    :param items: each text with the account it came from; items without an account (None) do not count.
    """
    keys, accounts, owners = array("q"), array("q"), array("q")
    number: dict[object, int] = {}
    for item, (text, account) in enumerate(items):
        if account is None:
            continue
        one = number.setdefault(account, len(number))
        for key in dict.fromkeys(_keys(text)):
            keys.append(key)
            accounts.append(one)
            owners.append(item)
    if not len(keys):
        return frozenset()
    return _chosen(np.array(keys, np.int64), np.array(accounts, np.int64), np.array(owners, np.int64))


def _chosen(keys: NDArray[np.int64], accounts: NDArray[np.int64], items: NDArray[np.int64]) -> frozenset[int]:
    """Return the keys that enough accounts share, in the company of others."""
    distinct, key = np.unique(keys, return_inverse=True)
    pairs = np.unique(key * (accounts.max() + 1) + accounts)
    by_accounts = np.bincount(pairs // (accounts.max() + 1), minlength=len(distinct))
    shared = by_accounts >= LEAST
    in_item = np.bincount(items, shared[key])
    others = np.bincount(items, ~shared[key])
    company = (in_item[items] - 1 >= COMPANIONS) & (others[items] >= 1)
    kept = shared[key]
    share = np.bincount(key[kept], company[kept], len(distinct)) / np.maximum(
        np.bincount(key[kept], minlength=len(distinct)), 1
    )
    return frozenset(distinct[shared & (share >= MOSTLY)].tolist())


def mark(sheet: Sheet, known: frozenset[int]) -> None:
    """Leave out templates; what a person wrote behind a label or between sentences of a template stays."""
    if not known:
        return
    before, cuts, spans = list(sheet.reasons), list(sheet.cuts), list(sheet.spans)
    for number in sheet.kept()[:MOST_LINES]:
        _mark_line(sheet, number, known)
    if not any(map(str.isalnum, "".join(sheet.line(at) for at in sheet.kept()))):
        sheet.reasons[:], sheet.cuts[:], sheet.spans[:] = before, cuts, spans  # Nothing else is there.


def _mark_line(sheet: Sheet, number: int, known: frozenset[int]) -> None:
    line = sheet.line(number, LONGEST_LINE)
    if _key(line) in known:
        sheet.leave(number, TEMPLATE)
        return
    label = _LABEL.match(line)
    if label and _key(label.group()) in known:
        if word_count(line[label.end() :]) <= (2 if ASKS.search(label.group()) else 6):
            sheet.leave(number, TEMPLATE)
        else:
            sheet.cut(number, label.end(), TEMPLATE)
            sheet.breaks.add(number)
        return
    for sentence in _SENTENCE.finditer(line):
        if _key(sentence.group()) not in known:
            break
        sheet.cut(number, len(sentence.group().rstrip()), TEMPLATE)


def _keys(text: str) -> Iterator[int]:
    """Yield the keys of the lines of a text, of their labels and, in long lines, of their sentences."""
    for line in _lines(text):
        if _ERROR.search(line) is None:
            yield _key(line)
        if label := _LABEL.match(line):
            yield _key(label.group())
        elif len(line.split()) > 8:
            for sentence in _SENTENCE.findall(line):
                if (
                    len(sentence) < len(line)
                    and len(sentence.split()) >= 4
                    and _ERROR.search(sentence) is None
                ):
                    yield _key(sentence)


def _lines(text: str) -> Iterator[str]:
    sheet = Sheet.of(text[: LONGEST_LINE * MOST_LINES])
    for number in sheet.kept()[:MOST_LINES]:
        line = sheet.line(number, LONGEST_LINE)
        if _WORD.search(line):
            yield line


def _key(line: str) -> int:
    """Return a number for the words of a line; numerals do not matter, the mark at the end does."""
    words = " ".join(_WORD.findall(line.casefold()))
    ending = line.rstrip()[-1:] if line.rstrip()[-1:] in ":?" else ""
    return int.from_bytes(
        hashlib.blake2b((words + ending).encode(), digest_size=8).digest(), "big", signed=True
    )
