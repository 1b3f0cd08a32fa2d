"""Signatures: closing words with a name, role and telephone below them, or a visiting card without any."""

from __future__ import annotations

import re

from embeddings.forms import LISTED
from embeddings.sheet import Sheet, has_no_spaces

SIGNATURE = "signature"
_CLOSING = re.compile(
    r"(?:(?:best|kind|kindest|warm|many|with)[ \t]+)*(?:regards|wishes|thanks|sincerely|cheers|br|kr|rgds|"
    r"take[ \t]+care|respectfully|grüße|gruß|grüsse|gruss|cordialement|saludos|atentamente|groetjes|"
    r"groet(?:en)?|mvh|ta|"
    r"(?:mit[ \t]+|viele[ \t]+|freundlichen?[ \t]+|besten?[ \t]+|lieben?[ \t]+|liebi[ \t]+|"
    r"herzlichen?[ \t]+|schöne[ \t]+){1,3}(?:grüße[n]?|grüsse[n]?|gruß|grüess)|grüessli|hochachtungsvoll|"
    r"pfiat[ \t]+eich|"
    r"cordiali[ \t]+saluti|distinti[ \t]+saluti|(?:un[ \t]+)?cordial(?:es)?[ \t]+saludos?|"
    r"saludos[ \t]+cordiales|"
    r"hilsen|(?:med[ \t]+)?(?:vennlig|venlig)[ \t]+hilsen|hälsningar|pagarbiai|brgds|rgrds|warmly|lg|gr|"
    r"gracias[ \t]+por[ \t]+todo|"
    r"on[ \t]+behalf[ \t]+of|veuillez[ \t]+agréer.{0,120}|με[ \t]+εκτίμηση|בברכה|감사합니다|谢谢！?|"
    r"よろしくお願い.{0,10}|"
    r"merci(?:[ \t]+(?:beaucoup|d'avance|vilmal))?|muchas[ \t]+gracias|vielen[ \t]+dank|"
    r"(?:kind|best|warm)(?:est)?[ \t]+(?:regards|wishes)[ \t]+from[ \t].{0,40}|(?:greetings|kisses|"
    r"regards)[ \t]+from[ \t].{0,40}|"
    r"tx|thanks[ \t]+so[ \t]+much[ \t]+for[ \t].{0,40}|"
    r"(?:met[ \t]+)?vriendelijke[ \t]+groet(?:en)?|bien[ \t]+cordialement|bien[ \t]+à[ \t]+vous|"
    r"un[ \t]+saludo|"
    r"thx|thank[ \t]+you|yours(?:[ \t]+(?:sincerely|faithfully|truly))?|sincerely[ \t]+yours|best)"
    r"(?:[ \t]+(?:and[ \t]+(?:best[ \t]+)?regards|in[ \t]+advance|again|so[ \t]+much|very[ \t]+much|"
    r"a[ \t]+lot))?"
    r"[ \t]*[,.!]*[ \t]*(?P<name>[\w .'’-]{0,40})$",
    re.IGNORECASE,
)
_DASHES = re.compile(r"(?:--|—|__+|\*\*\*+|==+)[ \t]*$")
_PARTICLES = frozenset(
    [
        "de",
        "van",
        "von",
        "der",
        "den",
        "of",
        "the",
        "and",
        "und",
        "y",
        "et",
        "e",
        "a.s.",
        "di",
        "da",
        "la",
        "x",
    ]
)
_CARD = re.compile(
    r"\b(?:t|tel|phone|fax|mobile?|mob|cell|m|ext|hrb|hra|nipc)\b[.:]*[ \t]*[+(\d]|\+\d{2}[\d ()/-]{6}|"
    r"www\.|https?://|[\w.-]+@[\w-]+\.\w"
    r"|[^|]\|[^|]|[ ]·[ ]|\b(?:gmbh|ltd|llp|inc|s\.a\.|b\.v\.|sas|lda)\b",
    re.IGNORECASE,
)
_SIGNATURE_LINES = 8
_SIGNATURE_WORDS = 9


def mark(sheet: Sheet) -> None:
    """Leave out closing lines with the short lines below them, and a tail that looks like a signature."""
    for number in sheet.kept():
        line = sheet.line(number, 81)
        if len(line) <= 80 and not sheet.is_left(number) and (_is_signed(line) or _DASHES.match(line)):
            for at in _below(sheet, number):
                sheet.leave(at, SIGNATURE)
    kept = sheet.kept()
    tail: list[int] = []
    for number in reversed(kept[1:][-_SIGNATURE_LINES:]):
        if not _is_card(sheet.line(number, 200)):
            break
        tail.append(number)
    while tail and not _stands_apart(sheet, tail[-1], kept):
        tail.pop()
    for number in tail:
        sheet.leave(number, SIGNATURE)


def _below(sheet: Sheet, number: int) -> list[int]:
    """Return a closing line and the short lines below it (name, role, telephone)."""
    found = [number]
    for at in range(number + 1, min(number + 1 + _SIGNATURE_LINES, len(sheet))):
        line = sheet.line(at)
        words = line.split()
        if not line or sheet.is_left(at):
            continue
        if len(words) > _SIGNATURE_WORDS and not _CARD.search(line):
            break
        if line.endswith(("?", "!")) or (
            line.endswith(".") and sum(word[0].islower() for word in words) * 2 > len(words)
        ):
            break
        found.append(at)
    return found


def _is_card(line: str) -> bool:
    """Return whether a line looks like one of a visiting card: a name, a role, a number, an address."""
    words = line.split()
    if _CARD.search(line) and len(words) <= 16:
        return True
    if len(words) > 6 or line.endswith((".", "?", "!", ":", ";")) or LISTED.match(line):
        return False
    if has_no_spaces(line):
        return len(line) <= 12
    if line.upper() == line.lower():
        return len(words) <= 3
    small = sum(word[0].islower() for word in words if word not in _PARTICLES)
    return (small * 3 <= len(words) and not line.isupper()) or (line.isupper() and len(words) <= 3)


def _stands_apart(sheet: Sheet, number: int, kept: list[int]) -> bool:
    """Return whether something ends above a line: a blank line, a line left out, a full stop."""
    above = sheet.line(number - 1, 100_000) if number else ""
    return (
        not above
        or sheet.is_left(number - 1)
        or number in sheet.breaks
        or above.endswith((".", "!", "?", ",", ")"))
    )


def _is_signed(line: str) -> bool:
    """Return whether a line only closes a letter, perhaps with a short name after it."""
    found = _CLOSING.match(line)
    return found is not None and len(found["name"].split()) <= 3
