"""The sentences of a text: wrapped lines put together, run-on ones cut where they turn to another thing."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from embeddings.forms import LISTED
from embeddings.sheet import Span, word_count

RUN_ON = 40
"""A sentence with more words may hold several points."""

SENTENCE_END = re.compile(r"[.!?…]+[\"'”’)\]]*(?=\s+[\"'“‘(\[]?[\w¿¡-])|[。！？]+|;(?=\s+\w)")
_ABBREVIATION = re.compile(
    r"(?:\b(?:e\.g|i\.e|etc|vs|mr|mrs|ms|dr|st|no|nr|approx|inc|ltd|co|corp|dept|est|fig|cf|al|jan|feb|"
    r"mar|apr|"
    r"jun|jul|aug|sep|sept|oct|nov|dec|hr|fr|min|max|bzw|usw|ca|z\.b|d\.h|mme|tel|ext|std|str)|"
    r"\b[A-Za-z]|\b\d{1,2})\.$",
    re.IGNORECASE,
)
_ORDINAL = re.compile(r"(?:first|second|third|fourth|fifth)(?: and last)?,[ \t]+", re.IGNORECASE)
_TURN_IN = re.compile(
    r"\s(?=(?:(?:and|oh|but|or|then|also|so)[ ,]{1,3}){0,3}(?:also\b|another thing\b|one more\b|"
    r"by the way\b|btw\b)"
    r"|(?:oh and|and then|and please|and i want|then the|then i|next the)\b)"
    r"|\s(?=and\b)",
    re.IGNORECASE,
)
_STRONG = re.compile(
    r"(?:\S+\s+){0,2}(?:also|another thing|one more|by the way|btw|oh and|next the|then the)\b", re.IGNORECASE
)
_STEM = re.compile(r"[^\W\d_]{4,}")
_SMALL = (
    "that this with have from they them then than when what which where there their your yours been "
    "were will would could should about after before because into only over some such very also "
    "each every just like more most much must need needs other want wants does doesn didn isn aren "
    "wasn make made well even here still being cannot nicht eine einen einer oder aber auch wenn "
    "dass sind wird werden haben noch mehr pour avec dans nous vous plus sont para como pero"
)
_SMALL_WORDS = frozenset(_SMALL.split())


def sentences(text: str, lines: Sequence[Span]) -> Iterator[tuple[Span, bool]]:
    """Yield the sentences of a paragraph and whether a list item begins with each.

    A line that is as long as its neighbours and ends without a full stop goes on in the next one, as in a
    wrapped mail.
    """
    run: Span | None = None
    longest = max((end - start for start, end in lines), default=0)
    few = len(lines) < 3
    for start, end in lines:
        bullet = LISTED.match(text, start, end) or _ORDINAL.match(text, start, end)
        if bullet or run is None or not _is_wrapped(text, run, (start, end), longest, few):
            if run:
                yield from _cut(text, run, len(lines) > 1)
            run = (bullet.end() if bullet else start, end)
        else:
            run = (run[0], end)
    if run:
        yield from _cut(text, run, len(lines) > 1)


def _is_wrapped(text: str, above: Span, line: Span, longest: int, few: bool) -> bool:
    """Return whether a line carries on the sentence of the one above it."""
    last = text.rfind("\n", above[0], above[1]) + 1 or above[0]
    ends = text[above[1] - 1] in ".!?:;…。！？"
    full = above[1] - last + len(text[line[0] : line[0] + 60].split(" ")[0]) + 1 >= longest - 8
    if not ends and text[line[0]].islower() and not text[above[0]].islower():
        return True
    return 45 <= longest <= 82 and full and not few


def _cut(text: str, span: Span, begins: bool) -> Iterator[tuple[Span, bool]]:
    """Cut a span at the ends of its sentences, and long ones where they turn to something else."""
    start, end = span
    for stop in SENTENCE_END.finditer(text, start, end):
        if _ABBREVIATION.search(text, max(start, stop.start() - 12), stop.end()):
            continue
        for place, piece in enumerate(_turns(text, trimmed(text, (start, stop.end())))):
            yield piece, begins or place > 0
            begins = False
        start = stop.end()
    for place, piece in enumerate(_turns(text, trimmed(text, (start, end)))):
        yield piece, begins or place > 0
        begins = False


def _turns(text: str, span: Span) -> Iterator[Span]:
    """Cut a sentence that runs on and on where it turns to another thing."""
    start, end = span
    if start < end and word_count(text[start : min(end, start + 4000)]) > RUN_ON:
        for turn in _TURN_IN.finditer(text, start, end):
            before, after = (
                text[max(start, turn.start() - 300) : turn.start()],
                text[turn.end() : turn.end() + 150],
            )
            if len(before.split(None, 12)) <= 12 or len(after.split(None, 10)) <= 10:
                continue
            if _STRONG.match(after) or not stems(before[-200:]) & stems(after):
                yield start, turn.start()
                start = turn.end()
    if start < end:
        yield start, end


def trimmed(text: str, span: Span) -> Span:
    """Return the span without outer blanks."""
    start, end = span
    part = text[start:end]
    left = len(part) - len(part.lstrip())
    return start + min(left, len(part)), start + max(left, len(part.rstrip()))


def stems(text: str) -> set[str]:
    """Return the beginnings of the words that carry meaning; of a long text of its end."""
    return {word[:6] for one in _STEM.findall(text[-1500:]) if (word := one.lower()) not in _SMALL_WORDS}
