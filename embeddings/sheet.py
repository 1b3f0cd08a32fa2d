"""A long text as a sheet of lines, on which one pass after the other marks what makes no point, and why."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from embeddings.records import Left

Span = tuple[int, int]
"""Start and end in the original text."""

_BREAK = re.compile(
    r"<br\b[^<>]{0,200}>[ \t]*(?:\r?\n)?"
    r"|</?(?:p|div|td|tr|th|table|tbody|li|ul|ol|h[1-6]|blockquote|html|body|head|hr|img|section|pre|title)\b"
    r"[^<>]{0,500}>"
    r"|\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]",
    re.IGNORECASE,
)
_EMPTY = re.compile(
    r"\s+|&nbsp;|&#160;|</?(?:span|b|i|u|em|strong|a|font|o:p|small|style|meta|link|center)\b[^<>]{0,500}>"
    r"|\[(?:image|cid)\b[^\[\]\n]{0,200}\]|<https?://[^<>\s]{1,500}>",
    re.IGNORECASE,
)
_MARKS = ("<", "&", "[")
_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\u0e00-\u0e7f]")


@dataclass
class Sheet:
    """The lines of a text: where each stands, why it is left out (empty: it is not), and what "
    "broke before it."""

    text: str
    spans: list[Span]
    before: list[str]
    reasons: list[str] = field(default_factory=list)
    breaks: set[int] = field(default_factory=set)
    cuts: list[Left] = field(default_factory=list)

    @classmethod
    def of(cls, text: str) -> Sheet:
        """Return the lines of a text without their outer blanks and tags; empty lines too."""
        spans, before = [], []
        for start, end, tag in _pieces(text):
            spans.append(_bare(text, start, end))
            before.append(tag)
        return cls(text, spans, before, [""] * len(spans))

    def __len__(self) -> int:
        return len(self.spans)

    def line(self, number: int, most: int = 400) -> str:
        """Return the beginning of a line."""
        start, end = self.spans[number]
        return self.text[start : min(end, start + most)]

    def is_blank(self, number: int) -> bool:
        start, end = self.spans[number]
        return start == end

    def is_left(self, number: int) -> bool:
        return bool(self.reasons[number])

    def leave(self, number: int, reason: str) -> None:
        """Leave out a line; the first reason stands."""
        self.reasons[number] = self.reasons[number] or reason

    def cut(self, number: int, length: int, reason: str) -> None:
        """Leave out so many characters at the beginning of a line, and the blanks after them."""
        start, end = self.spans[number]
        after = min(start + length, end)
        while after < end and self.text[after].isspace():
            after += 1
        if after > start:
            self.cuts.append(Left(start, after, reason))
            self.spans[number] = (after, end)

    def cut_end(self, number: int, place: int, reason: str) -> None:
        """Leave out what stands in a line from so many characters on."""
        start, end = self.spans[number]
        if start + place < end:
            self.cuts.append(Left(start + place, end, reason))
            self.spans[number] = (start, start + len(self.text[start : start + place].rstrip()))

    def kept(self) -> list[int]:
        """Return the numbers of the lines that stay."""
        return [at for at in range(len(self)) if not self.is_left(at) and not self.is_blank(at)]

    def paragraphs(self) -> list[list[Span]]:
        """Return what stays, paragraph by paragraph, each a list of lines."""
        found: list[list[Span]] = [[]]
        for number, span in enumerate(self.spans):
            if self.is_left(number) or span[0] == span[1]:
                found.append([])
                continue
            if number in self.breaks:
                found.append([])
            found[-1].append(span)
        return [some for some in found if some]

    def left(self) -> list[Left]:
        """Return what is left out, in its order; lines with the same reason one after the other as one."""
        lines = [
            Left(start, end, reason)
            for (start, end), reason in zip(self.spans, self.reasons, strict=True)
            if reason and start < end
        ]
        found: list[Left] = []
        for one in sorted([*lines, *self.cuts], key=lambda left: left.start):
            last = found[-1] if found else None
            if last and last.reason == one.reason and not self.text[last.end : one.start].strip():
                found[-1] = Left(last.start, one.end, one.reason)
            else:
                found.append(one)
        return found


def has_no_spaces(text: str) -> bool:
    """Return whether a text is mostly of a script that sets no words apart."""
    return len(_CJK.findall(text)) * 3 > len(text)


def word_count(text: str) -> int:
    """Return how many words a text has; where none are set apart, two characters count as one.

    >>> word_count("Where is it?"), word_count("終わらない")
    (3, 3)
    """
    return len(text.split()) + len(_CJK.findall(text)) // 2


def _pieces(text: str) -> Iterator[tuple[int, int, str]]:
    start, tag = 0, ""
    for found in _BREAK.finditer(text):
        yield start, found.start(), tag
        start, tag = found.end(), found.group()[:200].lower()
    yield start, len(text), tag


def _bare(text: str, start: int, end: int) -> Span:
    """Return a span without the blanks, tags and pictures at its ends."""
    part = text[start:end]
    if not any(mark in part for mark in _MARKS):
        left = len(part) - len(part.lstrip())
        return start + left, start + max(left, len(part.rstrip()))
    empty = [one.span() for one in _EMPTY.finditer(text, start, end)]
    for begin, stop in empty:
        if begin != start:
            break
        start = stop
    for begin, stop in reversed(empty):
        if stop != end or begin < start:
            break
        end = begin
    return start, max(start, end)
