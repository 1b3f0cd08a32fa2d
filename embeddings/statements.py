"""Long texts to statements: passages that make one point each, marked in the original.

A ticket with several messages or a call note speaks of several things; one vector for all of it
would lie between the themes. Short texts stay whole.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from embeddings.boilerplate import EMPTY_SENTENCE, GREETING, clean
from embeddings.forms import FRAME_WORDS, FRAMED, LISTED
from embeddings.records import Left, Statement
from embeddings.sentences import SENTENCE_END, sentences, stems, trimmed
from embeddings.sheet import Sheet, Span, word_count

SHORT = 50
"""Words up to which a text stays whole."""
ROOM = 30
"""Words up to which sentences are taken together where nobody made paragraphs."""
PARAGRAPH = 110
"""Words up to which a paragraph among others stays together."""
TINY = 5
"""A passage with fewer words joins its neighbour."""
LONGEST = 120
"""Words of a passage at most; the encoder reads about 190."""
_LEAD_IN = re.compile(r"[^\W_][^\s:]*(?:\s+[^\W_][^\s:]*){0,5}\s?:")
_NEW_POINT = re.compile(
    r"(?:(?:and|but|oh,?|please|then|while)[ ,]{1,3}){0,3}(?:also|another|additionally|in addition|"
    r"separately|"
    r"secondly?|thirdly?|"
    r"fourthly|next|finally|lastly|furthermore|besides|apart from that|other than that|on another note|"
    r"one (?:more|last)|plus|"
    r"moreover|meanwhile|the other (?:thing|one)|one wish|by the way|btw|i(?:'d| would) also|"
    r"while i have you|"
    r"außerdem|zudem|ferner|weiterhin|des weiteren|drittens|zweitens|schließlich|und wenn|und noch|"
    r"par ailleurs|en outre|de plus|ensuite|enfin|deuxièmement|también|además|por otro lado|por último|"
    r"verder|daarnaast|ook|inoltre|anche|infine|per i|επίσης|בנוסף|另外|また|加えて)"
    r"(?:\b|(?<=[\u3040-\u9fff]))",
    re.IGNORECASE,
)
_ALSO = re.compile(r"(?:\S+\s+){0,3}(?:also|außerdem|auch noch|aussi|también)\b", re.IGNORECASE)
_AND = re.compile(r"(?:oh,? )?(?:and|und|et|y)\b", re.IGNORECASE)
_CARRIES_ON = re.compile(
    r"(?:it|its|it's|this|that|that's|these|those|they|he|she|him|her|so|because|but|and|or|which|then|"
    r"otherwise|therefore|"
    r"hence|even|for example|for instance|e\.g|there|here|both|such|now|to (?:prove|get|keep|have)|twice|"
    r"not|since then|"
    r"es|das|dies\w*|sie|er|dort|damit|deshalb|darum|dann|aber|sonst|dadurch|der|die|beim|"
    r"cela|ça|il|elle|donc|mais|ils|elles|ce|esto|eso|pero|así|ellos)\b",
    re.IGNORECASE,
)


def split(text: str, known: frozenset[int] = frozenset()) -> tuple[Statement, ...]:
    """Return the statements of a text in their order; they do not overlap.

    Greetings, signatures, quoted mails, disclaimers, labels of forms and an agent's words are left out,
    unless nothing else is there. A text with anything but blanks has at least one statement.

    :param known: templates of the collection, from ``templates.find``.

    >>> [one.text for one in split("Export is slow. ")]
    ['Export is slow.']
    """
    if not text.strip():
        return ()
    is_short = word_count(text[:2000]) <= SHORT and len(text) < 2000
    if is_short and "\n" not in text.strip() and "<" not in text and not known:
        return (_statement(text, trimmed(text, (0, len(text)))),)
    sheet = clean(text, known)
    paragraphs = [
        some
        for lines in sheet.paragraphs()
        if (some := [span for span in lines if _has_word(text[slice(*span)])])
    ]
    if is_short and paragraphs and not _is_broken(sheet):
        return (_statement(text, trimmed(text, (paragraphs[0][0][0], paragraphs[-1][-1][1]))),)
    made = len(paragraphs) >= 2 and sum(_is_prose(text, lines) for lines in paragraphs) * 2 >= len(paragraphs)
    passages = [span for lines in paragraphs for span in _passages(text, lines, made)]
    cut = [trimmed(text, piece) for span in passages for piece in _short_enough(text, span)]
    found = [_statement(text, span) for span in cut if span[0] < span[1]]
    if not any(_has_word(one.text) for one in found):
        # Nothing but set phrases: those, rather than the quotes and forms around them.
        rest = [(lines[0][0], lines[-1][1]) for lines in paragraphs] or [(0, len(text))]
        pieces = (piece for span in rest for piece in _short_enough(text, trimmed(text, span)))
        return tuple(_statement(text, trimmed(text, piece)) for piece in pieces)
    return tuple(found)


def left_out(text: str, known: frozenset[int] = frozenset()) -> tuple[Left, ...]:
    """Return the passages of a text that are in none of its statements, each with why."""
    told = sorted((one.start, one.end) for one in split(text, known))
    found = []
    for one in clean(text, known).left():
        if any(character.isalnum() for character in text[one.start : one.end]) and not any(
            start < one.end and one.start < end for start, end in told
        ):
            found.append(one)
    return tuple(found)


def _is_broken(sheet: Sheet) -> bool:
    """Return whether something between the first and the last line that stays is left out."""
    kept = sheet.kept()
    return any(sheet.is_left(number) for number in range(kept[0], kept[-1])) or any(
        sheet.spans[kept[0]][0] < one.start for one in sheet.cuts
    )


def _is_prose(text: str, lines: Sequence[Span]) -> bool:
    """Return whether a paragraph holds several sentences."""
    return any(SENTENCE_END.search(text, start, min(end, start + 2000)) for start, end in lines)


def _passages(text: str, lines: Sequence[Span], made: bool) -> Iterator[Span]:
    """Take the sentences of a paragraph together as long as they make one point.

    :param made: whether the writer made paragraphs, so that each is taken to make a point.
    """
    current: Span | None = None
    words = 0
    made = made or len(lines) > 1 or LISTED.match(text, *lines[0]) is not None
    for piece, begins in sentences(text, lines):
        sentence = text[slice(*piece)]
        if _is_empty(sentence):
            if current:
                yield current
            current = None
            continue
        count = word_count(sentence)
        if current and not begins and _goes_on(text[slice(*current)], sentence, words, count, made):
            current, words = (current[0], piece[1]), words + count
        else:
            if current:
                yield current
            current, words = piece, count
    if current:
        yield current


def _is_empty(sentence: str) -> bool:
    """Return whether a sentence is a set phrase, leads to a list or frames a note."""
    if EMPTY_SENTENCE.match(sentence[:240]) or _LEAD_IN.fullmatch(sentence[:80]):
        return True
    return FRAMED.match(sentence[:80]) is not None and word_count(sentence) <= FRAME_WORDS


def _goes_on(before: str, sentence: str, words: int, count: int, made: bool) -> bool:
    """Return whether a sentence speaks of the same thing as what stands before it."""
    if min(count, words) < TINY and words + count <= ROOM + TINY:
        return True
    if _NEW_POINT.match(sentence) or _ALSO.match(sentence[:120]):
        return False
    if made:
        return words + count <= PARAGRAPH
    if _AND.match(sentence):
        return False
    if before.endswith("?"):
        return words + count <= ROOM
    if _CARRIES_ON.match(sentence):
        return words + count <= 3 * ROOM
    return words + count <= 2 * ROOM and bool(stems(before) & stems(sentence))


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


def _statement(text: str, span: Span) -> Statement:
    return Statement(text[slice(*span)], *span)


def _has_word(text: str) -> bool:
    return any(character.isalnum() for character in text) and not GREETING.fullmatch(text)
