"""Chats and ticket threads: who speaks when, and who of them is the agent."""

from __future__ import annotations

import re
from dataclasses import dataclass

from embeddings.sheet import Sheet

AGENT = "agent"
NAME = "name of a speaker"
FEWEST = 4
"""Turns of a chat at least, where nobody is called customer or agent."""
MOST_SPEAKERS = 6

_TIME = r"(?:[\[(]?\d{1,2}[:.]\d{2}(?:[:.]\d{2})?(?:[ ]?[ap]\.?m\b\.?)?[\])]?)"
_INLINE = re.compile(
    rf"(?:{_TIME}[ \t]*[-–]?[ \t]*)?(?P<who>[^\W\d_][^:>\n<\[\]]{{0,40}}?)[ \t]*(?:{_TIME})?[ "
    rf"\t]*[:>](?:[ \t]+|$)"
)
_HEADING = re.compile(
    r"(?P<who>[^\W\d_][^,\n]{0,50}(?:,[^,\d\n]{0,30})?),[ \t]+(?:[A-Z][a-z]{2,8}\.? \d{1,2},? \d{4}|"
    r"\d{1,2}[./ ][\w.]{1,10}"
    r"[./ ]\d{2,4}|\d{4}-\d{2}-\d{2})\b[^\n]{0,20}$"
)
_ONLY_TIME = re.compile(rf"(?:{_TIME}|(?:yesterday|today)\b.{{0,12}})$", re.IGNORECASE)
_THEIRS = re.compile(
    r"\b(?:customer|client|caller|user|visitor|requester|end[ -]user|tenant|patient|guest|member|kunde|"
    r"kundin|"
    r"cliente|resident)\b",
    re.IGNORECASE,
)
_OURS = re.compile(
    r"\b(?:agent|support|representative|rep|csr|operator|bot|chatbot|system|advisor|assistant|helpdesk|"
    r"service|"
    r"care|team|buddy|moderator)\b|@|\bfrom\b|[ ][-–|][ ]|[\U0001F300-\U0001FAFF]",
    re.IGNORECASE,
)
_SAYS = re.compile(
    r"thank(?:s| you) for (?:contacting|reaching|chatting|calling|holding|waiting|getting in touch|"
    r"being an?|the details|"
    r"your (?:message|patience|feedback|e-?mail|reply|review|understanding))|how (?:can|may) (?:i|"
    r"we) (?:help|assist)"
    r"|(?:help|assist) you (?:with anything|today)|anything else|(?:you are|you're) (?:speaking|talking|"
    r"chatting) (?:with|to)"
    r"|(?:this is|my name is) \w+ from|let me (?:check|look)|bear with me|one moment please|hold on while"
    r"|may i (?:ask|have)|could you (?:please )?(?:confirm|provide|restart|send|tell|share)"
    r"|i(?:'ve|'ll| have| will) (?:noted?|forward|pass|create|raise|release|correct|waive|sent|lift|add|"
    r"let the team|"
    r"leave a note|escalate)|(?:completely |totally )?understand (?:how|your)|i (?:completely |"
    r"totally )?understand[.!]?$"
    r"|i(?:'m| am) (?:very |so )?(?:sorry (?:to|about|for)|afraid|connecting|transferring)|happy to help"
    r"|unfortunately,? (?:this|not|that|only)|keep you posted|your ticket (?:number|id)|(?:our )?office hours"
    r"|welcome to|please find|did you know|product team|we(?:'re| are) aware|we have received your|"
    r"within (?:two|\d+) working"
    r"|have a (?:lovely|nice|great|wonderful) (?:day|evening|weekend)|merci de contacter|puis-je|"
    r"je comprends|"
    r"je transmets|vielen dank für ihre (?:anfrage|nachricht)|wie kann ich|gracias por contactar|"
    r"en qué puedo",
    re.IGNORECASE,
)


@dataclass
class _Speaker:
    turns: int = 0
    said_as_agent: int = 0


def mark(sheet: Sheet) -> None:
    """Leave out what agents say, and the names before what customers say."""
    starts = _starts(sheet)
    if not starts:
        return
    speakers: dict[str, _Speaker] = {}
    turns = []
    for place, (number, who, length) in enumerate(starts):
        end = starts[place + 1][0] if place + 1 < len(starts) else len(sheet)
        said = " ".join(
            [sheet.line(number)[length:], *(sheet.line(at) for at in range(number + 1, min(end, number + 6)))]
        )
        speaker = speakers.setdefault(who, _Speaker())
        speaker.turns += 1
        speaker.said_as_agent += _SAYS.search(said) is not None
        turns.append((number, end, who, length))
    agents = _agents(speakers)
    for number, end, who, length in turns:
        if who in agents:
            for at in range(number, end):
                sheet.leave(at, AGENT)
        else:
            sheet.cut(number, length, NAME)
            sheet.breaks.add(number)
            for at in range(number, end):
                if _ONLY_TIME.match(sheet.line(at, 40)):
                    sheet.leave(at, NAME)


def _starts(sheet: Sheet) -> list[tuple[int, str, int]]:
    """Return where turns begin: line, speaker, and how many characters name him."""
    lines = [(number, sheet.line(number, 160)) for number in sheet.kept()]
    inline = [
        (number, found["who"].strip().lower(), found.end())
        for number, line in lines
        if (found := _INLINE.match(line)) and len(found["who"].split()) <= 5
    ]
    who = [one[1] for one in inline]
    often = {one for one in who if who.count(one) > 1} if len(who) < 2000 else set(who[:50])
    named = [one for one in inline if one[1] in often or _THEIRS.match(one[1]) or _OURS.search(one[1])]
    speakers = {one[1] for one in named}
    parted = any(map(_THEIRS.match, speakers)) and any(map(_OURS.match, speakers))
    if 2 <= len(speakers) <= MOST_SPEAKERS and (
        (len(named) >= FEWEST and often) or (parted and len(named) > 2)
    ):
        return named
    headings = [
        (number, found["who"].strip().lower(), found.end())
        for number, line in lines
        if (found := _HEADING.match(line))
    ]
    return headings or _repeated(lines)


def _repeated(lines: list[tuple[int, str]]) -> list[tuple[int, str, int]]:
    """Return short lines that come again and again, as a messenger's names do, with times between."""
    if sum(_ONLY_TIME.match(line[:40]) is not None for _, line in lines) < 3:
        return []
    short = [
        (number, line)
        for number, line in lines
        if len(line.split()) <= 5 and not line.endswith((".", "?", "!"))
    ]
    names = [line for _, line in short if not _ONLY_TIME.match(line[:40])]
    often = {name for name in names[:200] if names.count(name) > 1}
    return (
        [(number, line.lower(), len(line)) for number, line in short if line in often]
        if len(often) > 1
        else []
    )


def _agents(speakers: dict[str, _Speaker]) -> set[str]:
    """Return who is no customer; somebody always is one, unless only one speaks and sounds like an agent."""
    agents = {
        who
        for who, one in speakers.items()
        if not _THEIRS.search(who)
        and (
            _OURS.search(who) is not None
            or (
                ("(" in who or "," in who)
                and any("(" not in other and "," not in other for other in speakers)
            )
            or one.said_as_agent * 3 >= one.turns > 0
        )
    }
    if len(agents) == len(speakers) and len(speakers) > 1:
        agents.remove(min(agents, key=lambda who: (speakers[who].said_as_agent / speakers[who].turns, who)))
    return agents
