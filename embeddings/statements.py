"""Long texts to statements: passages that make one point each, marked in the original.

A ticket with several messages or a call note speaks of several things; one vector for all of it
would lie between the themes. Short texts stay whole.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from embeddings.boilerplate import EMPTY_SENTENCE, GREETING, Span, paragraphs
from embeddings.records import Statement

SHORT = 50
"""Words up to which a text stays whole."""
ROOM = 30
"""Words up to which sentences of one paragraph are taken together."""
TINY = 5
"""A passage with fewer words joins its neighbour."""
LONGEST = 120
"""Words of a passage at most; the encoder reads about 190."""

_SENTENCE_END = re.compile(r"[.!?…]+[\"'”’)\]]*(?=\s+[\"'“‘(\[]?[\w¿¡-])|[。！？]+|;(?=\s+\w)")
_ABBREVIATION = re.compile(
    r"(?:\b(?:e\.g|i\.e|etc|vs|mr|mrs|ms|dr|st|no|nr|approx|inc|ltd|co|corp|dept|est|fig|cf|al|jan|feb|mar|apr|"
    r"jun|jul|aug|sep|sept|oct|nov|dec)|\b[A-Za-z])\.$",
    re.IGNORECASE,
)
_BULLET = re.compile(r"(?:[-*•–·‣▪]|\(?\d{1,2}[.):]|\(?[a-z]\))[ \t]+", re.IGNORECASE)
_LEAD_IN = re.compile(r"(?:[^\W_]\S*\s*){1,6}:")
_NEW_POINT = re.compile(
    r"(?:also|another|additionally|in addition|separately|secondly?|thirdly?|next|finally|lastly|furthermore|"
    r"besides|apart from that|other than that|on another note|one more|plus|moreover|meanwhile)\b",
    re.IGNORECASE,
)
_CARRIES_ON = re.compile(
    r"(?:it|this|that|these|those|they|he|she|so|because|but|and|or|which|then|otherwise|therefore|hence|even|"
    r"for example|for instance|e\.g)\b",
    re.IGNORECASE,
)

_SIGNED = re.compile(r"(?:[^\W\d_a-zß-ÿ][^\n.?!:]{0,38}[^\n.?!:,]\n){1,4}[^\W\d_a-zß-ÿ][^\n.?!:]{0,40}")
"""Lines like a name, a role and a firm at the end of a letter that closes without a set phrase."""


def split(text: str) -> tuple[Statement, ...]:
    """Return the statements of a text in their order; they do not overlap.

    Greetings, signatures, quoted mails, disclaimers and an agent's set phrases are left out, unless
    nothing else is there. A text with anything but blanks has at least one statement.

    >>> [one.text for one in split("Export is slow. ")]
    ['Export is slow.']
    """
    if not text.strip():
        return ()
    if len(text.split(None, SHORT)) <= SHORT:
        return (_statement(text, _trimmed(text, _body(text))),)
    passages = [span for lines in paragraphs(text) for span in _passages(text, lines)]
    cut = [_trimmed(text, piece) for span in passages for piece in _short_enough(text, span)]
    found = [_statement(text, span) for span in cut if span[0] < span[1]]
    if not any(_has_word(one.text) for one in found):
        whole = _trimmed(text, (0, len(text)))
        return tuple(_statement(text, _trimmed(text, piece)) for piece in _short_enough(text, whole))
    if len(found) > 1 and _SIGNED.fullmatch(found[-1].text):
        found.pop()
    return tuple(found)


def _body(text: str) -> Span:
    """Return what a short text says: of several lines, those between greeting and signature."""
    if "\n" not in text.strip():
        return 0, len(text)
    kept = [span for lines in paragraphs(text) for span in lines if _has_word(text[slice(*span)])]
    return (kept[0][0], kept[-1][1]) if kept else (0, len(text))


def _passages(text: str, lines: list[Span]) -> Iterator[Span]:
    """Take the sentences of a paragraph together as long as they make one point."""
    current: Span | None = None
    words = 0
    for piece, begins in _sentences(text, lines):
        sentence = text[slice(*piece)]
        if EMPTY_SENTENCE.match(sentence[:240]) or _LEAD_IN.fullmatch(sentence[:80]):
            if current:
                yield current
            current = None
            continue
        count = len(sentence.split())
        tiny = min(count, words) < TINY and words + count <= ROOM + TINY
        goes_on = words + count <= (2 * ROOM if _CARRIES_ON.match(sentence) else ROOM)
        if current and not begins and (tiny or (goes_on and not _NEW_POINT.match(sentence))):
            current, words = (current[0], piece[1]), words + count
        else:
            if current:
                yield current
            current, words = piece, count
    if current:
        yield current


def _sentences(text: str, lines: list[Span]) -> Iterator[tuple[Span, bool]]:
    """Yield the sentences of a paragraph and whether a list item begins with each.

    A line that ends without a full stop goes on in the next one, as in a wrapped mail.
    """
    run: Span | None = None
    for start, end in lines:
        bullet = _BULLET.match(text, start, end)
        if bullet or run is None:
            if run:
                yield from _cut(text, run, False)
            if bullet:
                yield from _cut(text, (bullet.end(), end), True)
                run = None
                continue
            run = (start, end)
        else:
            run = (run[0], end)
    if run:
        yield from _cut(text, run, False)


def _cut(text: str, span: Span, begins: bool) -> Iterator[tuple[Span, bool]]:
    """Cut a span at the ends of its sentences."""
    start, end = span
    for stop in _SENTENCE_END.finditer(text, start, end):
        if _ABBREVIATION.search(text, max(start, stop.start() - 12), stop.end()):
            continue
        piece = _trimmed(text, (start, stop.end()))
        if piece[0] < piece[1]:
            yield piece, begins
            begins = False
        start = stop.end()
    piece = _trimmed(text, (start, end))
    if piece[0] < piece[1]:
        yield piece, begins


def _short_enough(text: str, span: Span) -> Iterator[Span]:
    """Cut a passage without full stops after so many words that the encoder reads all of it."""
    start, end = span
    count = 0
    for word in re.finditer(r"\S{1,200}", text[start:end]):
        if count == LONGEST:
            yield start, span[0] + word.start()
            start, count = span[0] + word.start(), 0
        count += 1
    yield start, end


def _trimmed(text: str, span: Span) -> Span:
    """Return the span without outer blanks."""
    start, end = span
    part = text[start:end]
    left = len(part) - len(part.lstrip())
    return start + min(left, len(part)), start + max(left, len(part.rstrip()))


def _statement(text: str, span: Span) -> Statement:
    return Statement(text[slice(*span)], *span)


def _has_word(text: str) -> bool:
    return any(character.isalnum() for character in text) and not GREETING.fullmatch(text)
