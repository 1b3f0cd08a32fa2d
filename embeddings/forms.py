"""Forms, surveys, notes and minutes: labels, ticked answers and the frame around what was said."""

from __future__ import annotations

import re

from embeddings.sheet import Sheet, word_count

LABEL = "form label"
ANSWER = "ticked answer"
FRAME = "frame of a note"
HEADING = "heading"
FEWEST = 3
"""Labelled lines next to one another that make a form."""
PROSE = 7
"""With more words, what follows a label was written by a person about something."""

_LABEL = re.compile(r"(?P<label>[^\W_][^:?\n.!;]{0,58}?)[ \t.]*:(?:[ \t]+|$)")
ASKS = re.compile(
    r"\b(?:descri\w+|message|comments?|feedback|issue|problem|details?|fault|question|suggestions?|nachricht|"
    r"beschreibung|mensaje|anliegen|freitext|reasons?|why|what|tell us|improve)\b",
    re.IGNORECASE,
)
_PROMPT = re.compile(
    r"(?:q?\d{1,2}[.:)]?[ \t]+|\(?question \d+(?: of \d+)?\)?[:.]?[ \t]*)?(?:how (?:likely|satisfied|"
    r"easy|urgent|would you rate|"
    r"did you hear)\b|what (?:did|do|is|are|was|would|could|should|happened|"
    r"problems?)\b[^?\n]{0,40}\b(?:you|we|your|instead|"
    r"main reason|improve)\b|why (?:this|that) (?:score|rating)|why\?|may we\b|(?:can|may) we (?:contact|"
    r"call|publish)|would you recommend|"
    r"overall satisfaction|tell us\b|anything else you would like|if you could change|which part of|"
    r"years in profession|"
    r"wie wahrscheinlich|was könnten wir|weiterempfehlung|teilnahme am gewinnspiel)[^?:\n]{0,90}[?:.]?[ \t]*",
    re.IGNORECASE,
)
FRAMED = re.compile(
    r"[-–•*]?[ \t]*(?:next(?: steps?| visit| meeting| appointment)?|to[ -]?dos?|actions?(?: \w{1,12})?|"
    r"follow[ -]?ups?|agreed|attendees?|attending|present|"
    r"participants|excused|apologies|moderator|minutes|chair|quorum|agenda|mood|health|small talk|aob|"
    r"status|offered|escalated|"
    r"re-?engage|teilnehmer|anwesend|entschuldigt|vereinbart|nächste[rs]? (?:schritte?|termin)|aufgaben|"
    r"verteiler|termine|"
    r"protokoll|für das protokoll|eskaliert|competitor(?: price)?|amount|deal size|forecast category|"
    r"reason code|lessons|"
    r"timeline|owner|crm stage|decision makers?|score|partner|homework(?: for [^:\n]{1,30})?|"
    r"duration of cycle|beginn|"
    r"keep in touch|interlocuteur|date)\b[ \t]*[:–—-]",
    re.IGNORECASE,
)
_NOTE = re.compile(
    r"(?:.{0,40}\b)?(?:call|visit|notes?|notiz|gesprächsnotiz|minutes|meeting|protokoll|kurzprotokoll|"
    r"anruf|rückruf|tel\.|telefonat|interview|qbr|jour fixe|"
    r"steering committee|user group|summary|debrief\w*|session \d|closed lost|deal desk|submission|"
    r"help request|contact form|fault report|"
    r"besuchsbericht)\b",
    re.IGNORECASE,
)
LISTED = re.compile(
    r"(?:[-*•–—·‣▪→>]|#?\(?\d{1,2}[.):]|#\d{1,2}|\(?[a-z]\)|[ivx]{1,4}[.)]|(?:bug|wish|top|cr|pt|"
    r"item)[- ]?\d{1,3}[:.]?)[ \t]+",
    re.IGNORECASE,
)
"""How an item of a list begins."""
HEAD_WORDS = 18
FRAME_WORDS = 16


def mark(sheet: Sheet) -> None:
    """Leave out labels, ticked answers and the frame of notes; what was written in a field stays."""
    _forms(sheet)
    _prompts(sheet)
    _frame(sheet)


def _forms(sheet: Sheet) -> None:
    """Find lines "label: answer" that stand together."""
    labelled: list[tuple[int, int, str]] = []
    group: list[tuple[int, int, str]] = []
    for number in sheet.kept():
        line = sheet.line(number)
        found = _LABEL.match(line[:80])
        if found and len(found["label"].split()) <= 9:
            group.append((number, found.end(), found["label"]))
            continue
        short = [one for one in group if word_count(sheet.line(one[0])[one[1] :]) <= PROSE]
        labelled += group if len(short) >= FEWEST else []
        if group and len(group) < FEWEST and not labelled:
            group = []
    short = [one for one in group if word_count(sheet.line(one[0])[one[1] :]) <= PROSE]
    labelled += group if len(short) >= FEWEST else []
    for number, length, label in dict.fromkeys(labelled):
        answer = sheet.line(number)[length:]
        if word_count(answer) > PROSE or (answer and ASKS.search(label)):
            sheet.cut(number, length, LABEL)
            sheet.breaks.add(number)
        else:
            sheet.leave(number, LABEL)


def _prompts(sheet: Sheet) -> None:
    """Find the questions of a survey and the ticks below them."""
    kept = sheet.kept()
    for place, number in enumerate(kept):
        found = _PROMPT.match(sheet.line(number))
        if not found or sheet.is_left(number):
            continue
        rest = sheet.line(number)[found.end() :]
        if word_count(rest) > 3:
            sheet.cut(number, found.end(), LABEL)
            sheet.breaks.add(number)
            continue
        sheet.leave(number, LABEL)
        below = kept[place + 1] if place + 1 < len(kept) else number
        if below == number + 1:
            sheet.breaks.add(below)
            if word_count(sheet.line(below)) <= 3:
                sheet.leave(below, ANSWER)


def _frame(sheet: Sheet) -> None:
    """Find the head of a note and its lines about who, when and what next."""
    kept = sheet.kept()
    head = sheet.line(kept[0]) if len(kept) > 1 else "?"
    if _NOTE.match(head) and word_count(head) <= HEAD_WORDS and not head.endswith(("?", "!")):
        sheet.leave(kept[0], FRAME)
    for place, number in enumerate(kept):
        line = sheet.line(number)
        if FRAMED.match(line) and word_count(line) <= FRAME_WORDS:
            sheet.leave(number, FRAME)
        elif place + 1 < len(kept) and _is_heading(line, sheet.line(kept[place + 1], 20)):
            sheet.leave(number, HEADING)


def _is_heading(line: str, below: str) -> bool:
    """Return whether a line only leads to the list below it."""
    if LISTED.match(line) or not LISTED.match(below):
        return False
    words = word_count(line)
    return words <= 25 if line.endswith(":") else words <= 5 and not line.endswith((".", "?", "!"))
