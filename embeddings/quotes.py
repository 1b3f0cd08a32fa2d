"""Quoted and forwarded mails: a quotation repeats what was said elsewhere, a forwarded mail is "
"what is said."""

from __future__ import annotations

import re

from embeddings.sheet import Sheet, word_count

QUOTED = "quoted mail"
HEAD = "mail header"
_FORWARDED = re.compile(
    r"[-_=> \t]{0,40}(?:(?:begin )?forwarded message|(?:anfang der )?weitergeleiteten? nachricht|"
    r"message transféré|début du message (?:réexpédié|transféré)|mensaje reenviado|doorgestuurd bericht)\b"
    r"[-_=:. \t]{0,40}$",
    re.IGNORECASE,
)
_ORIGINAL = re.compile(
    r"[-_=> \t]{0,40}(?:original(?: message|nachricht)|ursprüngliche nachricht|message d'origine|"
    r"mensaje original|messaggio originale|oorspronkelijk bericht|forwarded by\b.{0,80})[-_=: \t]{0,40}$",
    re.IGNORECASE,
)
_WROTE = re.compile(
    r"(?:on|am|le|el|il|op|den|em)\b.{4,240}\b(?:wrote|writes|schrieb|a écrit|escribió|ha scritto|schreef|"
    r"skrev|escreveu)\b.{0,90}:$",
    re.IGNORECASE,
)
_WROTE_BEGINS = re.compile(r"(?:on|am|le|el|il|op|den|em)\b.{0,200}\d", re.IGNORECASE)
_FROM = re.compile(r"[*_]{0,2}(?:from|von|de|da|van|fra|från|od)[*_]{0,2}[ \t]?:", re.IGNORECASE)
_HEADER = re.compile(
    r"[*_]{0,2}(?:from|sent|to|cc|bcc|subject|date|reply-to|von|an|gesendet|datum|betreff|de|envoyé|à|objet|"
    r"enviado(?: el)?|para|asunto|fecha|da|inviato|a|oggetto|van|verzonden|aan|onderwerp)[*_]{0,2}[ \t]?:"
    r"(?:[ \t]|[*_]|$)",
    re.IGNORECASE,
)
_PASSED_ON = re.compile(
    r"\b(?:fwd?:|fyi\b|forward(?:ed|ing)?\b|pass(?:ing)? (?:it |this |that )?on\b|see (?:it )?below from|"
    r"below from|"
    r"answer this|deal with this|(?:our|my|the) .{1,40} (?:wrote|writes|says)\b|weitergeleitet|weiterleit|"
    r"leite .{0,30}\bweiter\b|je (?:vous )?transmets|reenv[ií]|te paso)",
    re.IGNORECASE,
)
_VENDOR = re.compile(
    r"\b(?:no-?reply|support|service|help|helpdesk|care|success|kundenservice|kundendienst|newsletter|news|"
    r"customer|soporte|atencion|assistance|hello|team|mailer)\b|@(?:mail|info|news)\.",
    re.IGNORECASE,
)
_ABOVE = 90
"""With more words above it, an older mail below is a quotation even if something is passed on."""


def mark(sheet: Sheet) -> None:
    """Leave out quoted mails; of a forwarded one only its header."""
    number = 0
    while number < len(sheet):
        line = sheet.line(number)
        tag = sheet.before[number]
        if not line:
            number += 1
        elif "gmail_quote" in tag or tag.startswith("<blockquote"):
            number = _leave_rest(sheet, number)
        elif begin := _begins(sheet, number):
            number = _older(sheet, number, begin)
        elif line.startswith((">", "|>")):
            sheet.leave(number, QUOTED)
            number += 1
        else:
            number += 1


def _begins(sheet: Sheet, number: int) -> int:
    """Return how many lines say that an older mail begins here; 0 when none does."""
    line = sheet.line(number)
    bare = line.lstrip("> \t")
    if _FORWARDED.match(bare[:120]) or _ORIGINAL.match(bare[:160]):
        return 1
    if line.startswith(">"):
        return 0
    if line.endswith(":") and _WROTE.match(line):
        return 1
    if number + 1 < len(sheet) and _WROTE_BEGINS.match(line):
        below = sheet.line(number + 1)
        if below.endswith(":") and _WROTE.match(f"{line} {below}"[:420]):
            return 2
    return 1 if _is_header(sheet, number) else 0


def _is_header(sheet: Sheet, number: int) -> bool:
    """Return whether a copied mail header (From, Sent, To, Subject) begins here."""
    if not _FROM.match(sheet.line(number, 40)):
        return False
    some = [sheet.line(at, 80) for at in range(number, min(number + 6, len(sheet)))]
    return sum(bool(_HEADER.match(line)) for line in some) >= 3


def _older(sheet: Sheet, number: int, begin: int) -> int:
    """Mark an older mail; returns the line to go on with."""
    line = sheet.line(number).lstrip("> \t")
    body = number + begin - (1 if _FROM.match(line) else 0)
    depth = 0
    while body < len(sheet):
        bare = sheet.line(body, 160).lstrip("> \t")
        if bare and not _HEADER.match(bare):
            break
        depth = max(depth, sheet.line(body, 20).count(">"))
        body += 1
    head = "\n".join(sheet.line(at, 300) for at in range(number, body))
    sender = next((one for one in head.split("\n") if _FROM.match(one.lstrip("> \t"))), line)
    above = [sheet.line(at) for at in range(number) if not sheet.is_left(at)]
    passed_on = _FORWARDED.match(line) is not None or _PASSED_ON.search("\n".join(above)) is not None
    if passed_on and not _VENDOR.search(sender) and word_count(" ".join(above)) <= _ABOVE:
        for at in range(number, body):
            sheet.leave(at, HEAD)
        sheet.breaks.add(body)
        if depth or (body < len(sheet) and sheet.line(body, 2).startswith(">")):
            return _without_marks(sheet, body)
        return body
    for at in range(number, body):
        sheet.leave(at, QUOTED)
    if _WROTE.match(line) and body < len(sheet) and sheet.line(body, 2).startswith(">"):
        return body  # The marks say how far it goes.
    return _leave_rest(sheet, body)


def _without_marks(sheet: Sheet, number: int) -> int:
    """Take one mark of quotation off the lines of a forwarded mail; returns where it began."""
    for at in range(number, len(sheet)):
        if not sheet.line(at, 2).startswith(">"):
            if sheet.line(at, 2):
                break
            continue
        sheet.cut(at, 1, QUOTED)
    return number


def _leave_rest(sheet: Sheet, number: int) -> int:
    for at in range(number, len(sheet)):
        sheet.leave(at, QUOTED)
    return len(sheet)
