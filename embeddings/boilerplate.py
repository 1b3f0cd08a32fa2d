"""What stands in mails, chats and tickets without making a point: found line by line.

Every rule here would rather keep a line too many than lose what a customer said.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

Span = tuple[int, int]
"""Start and end in the original text."""

_NAME = r"(?:[ \t]+[^\W\d_][\w.'’-]*){0,4}"
GREETING = re.compile(
    r"(?:hi|hello|hey|dear|good[ \t]+(?:morning|afternoon|evening|day)|greetings|hallo)"
    rf"(?:[ \t]+(?:there|all|team|everyone|sir|madam|support))?{_NAME}[ \t]*(?:[,!:–-]|$)[ \t]*",
    re.IGNORECASE,
)
_CLOSING = re.compile(
    r"(?:(?:best|kind|kindest|warm|many|with)[ \t]+)*(?:regards|wishes|thanks|sincerely|cheers|br|kr|rgds|"
    r"take[ \t]+care|respectfully|grüße|gruß|grüsse|gruss|cordialement|saludos|atentamente|groetjes|"
    r"groet(?:en)?|mvh|ta|"
    r"(?:mit[ \t]+|viele[ \t]+|freundlichen?[ \t]+|beste[ \t]+|liebe[ \t]+|"
    r"herzliche[ \t]+){1,3}(?:grüße[n]?|grüsse[n]?|gruß)|"
    r"(?:met[ \t]+)?vriendelijke[ \t]+groet(?:en)?|bien[ \t]+cordialement|bien[ \t]+à[ \t]+vous|"
    r"un[ \t]+saludo|"
    r"thx|thank[ \t]+you|yours(?:[ \t]+(?:sincerely|faithfully|truly))?|sincerely[ \t]+yours|best)"
    r"(?:[ \t]+(?:and[ \t]+(?:best[ \t]+)?regards|in[ \t]+advance|again|so[ \t]+much|very[ \t]+much|"
    r"a[ \t]+lot))?"
    r"[ \t]*[,.!]*[ \t]*(?P<name>[\w .'’-]{0,40})$",
    re.IGNORECASE,
)
_DASHES = re.compile(r"(?:--|—|__+|\*\*\*+|==+)[ \t]*$")
SENT_FROM = re.compile(
    r"(?:sent from my|sent from (?:outlook|mail|yahoo|gmail)|sent via|get outlook for|"
    r"(?:gesendet )?von meinem|gesendet (?:mit|von)|diese nachricht wurde von meinem|"
    r"envoyé (?:de|depuis) m(?:on|a)|envoyé (?:de|depuis) (?:outlook|yahoo)|"
    r"enviado desde (?:mi|outlook|yahoo)|obtener outlook para|télécharger outlook pour|"
    r"outlook für \w+ beziehen)\b",
    re.IGNORECASE,
)
_WROTE = re.compile(r"(?:on|am|le)\b.{4,200}\b(?:wrote|writes|schrieb|a écrit)[ \t]*:[ \t]*$", re.IGNORECASE)
_ORIGINAL = re.compile(
    r"[-_ \t]{0,40}(?:original message|forwarded message|begin forwarded message|ursprüngliche nachricht|"
    r"message d'origine)[-_: \t]{0,40}$",
    re.IGNORECASE,
)
_HEADER = re.compile(
    r"(?:from|sent|to|cc|bcc|subject|date|reply-to|von|an|betreff)[ \t]*:[ \t]*\S", re.IGNORECASE
)
_SPEAKER = re.compile(
    r"(?:[\[(]?\d{1,2}:\d{2}(?::\d{2})?(?:[ \t]*[ap]m)?[\])]?[ \t]*-?[ \t]*)?"
    r"(?P<who>customer|client|caller|user|visitor|requester|end[ -]user|"
    r"agent|support|representative|rep|csr|operator|bot|system|advisor|assistant)"
    r"(?:[ \t]*\([^)\n]{0,40}\))?[ \t]*[:>][ \t]*",
    re.IGNORECASE,
)
_THEIRS = frozenset({"customer", "client", "caller", "user", "visitor", "requester", "end user", "end-user"})
EMPTY_SENTENCE = re.compile(
    r"(?:thank(?:s| you)(?: (?:so|very) much)?(?: again)?(?: in advance)?"
    r"(?: for (?:contacting|reaching out|calling|your (?:e-?mail|message|patience|time|help|"
    r"support|quick (?:reply|response)|understanding|reply|response|interest|enquiry|inquiry|call))\b"
    r".{0,80})?"
    r"|(?:i )?hope (?:this|you(?:'re| are)?|all is)\b.{0,60}(?:well|fine|good|great)"
    r"|(?:please )?(?:let (?:me|us) know)(?: (?:if|should) you (?:have|need)\b.{0,80}|(?: your)? thoughts)?"
    r"|(?:please )?(?:do not|don't) hesitate to\b.{0,80}"
    r"|(?:please )?(?:feel free to)\b.{0,80}"
    r"|if you have any (?:further |other |more )?questions\b.{0,120}"
    r"|(?:is|was) there anything else\b.{0,60}"
    r"|how (?:can|may) (?:i|we) (?:help|assist)(?: you)?(?: today)?"
    r"|(?:my name is|this is) [^\W\d_]+(?: [^\W\d_]+)?(?: (?:from|with|at) .{0,40})?"
    r"|(?:we|i) (?:look|am looking|are looking)? ?forward to (?:hearing|your)\b.{0,60}"
    r"|looking forward to\b.{0,60}"
    r"|we (?:have |'ve )?received your (?:request|e-?mail|message|ticket|enquiry|inquiry)\b.{0,120}"
    r"|(?:your )?(?:ticket|case|request|reference)(?: (?:number|id|no\.?))?(?: is)?:? ?#?[\w-]*\d[\w-]*"
    r"(?: has been .{0,60})?"
    r"|(?:please )?do not reply to this (?:e-?mail|message)\b.{0,80}"
    r"|this is an automat(?:ed|ic) (?:message|reply|response|e-?mail)\b.{0,80}"
    r"|have a (?:great|nice|good|lovely|wonderful) (?:day|one|week|weekend|evening)\b.{0,30}"
    r"|(?:you|we)(?: are|'re)? receiv(?:ed|ing) this (?:e-?mail|message) because\b.{0,120}"
    r"|(?:click here )?to unsubscribe\b.{0,80}"
    r"|(?:no|yes|ok(?:ay)?|great|perfect|sure)(?:,? (?:thanks|thank you))?"
    r"|(?:good )?(?:morning|afternoon|evening)|hi|hello|hey|cheers|regards|(?:best|kind) regards)"
    r"[ \t]*[.!?,:;)]*$",
    re.IGNORECASE,
)
_DISCLAIMER = re.compile(
    r"(?:this (?:e-?mail|message|communication)[^.\n]{0,80}"
    r"\b(?:confidential|privileged|intended (?:only|solely))"
    r"|(?:the )?(?:information|contents?)[^.\n]{0,80}\bconfidential"
    r"|confidentiality notice|disclaimer:|if you are not the intended recipient"
    r"|if you have received this (?:e-?mail|message|communication) in error"
    r"|please consider the environment|registered (?:office|in england)|company (?:number|registration))",
    re.IGNORECASE,
)
_SIGNATURE_LINES = 8
_SIGNATURE_WORDS = 9


def lines(text: str) -> Iterator[Span]:
    """Yield the lines of a text without their ends and outer blanks; empty lines too."""
    start = 0
    for line in text.splitlines(keepends=True):
        inner = line.strip()
        begin = start + (line.find(inner) if inner else 0)
        yield begin, begin + len(inner)
        start += len(line)


def paragraphs(text: str) -> list[list[Span]]:
    """Return what remains of a text, paragraph by paragraph, each a list of lines.

    Quoted mails, signatures, disclaimers, greetings, the agent's turns in a chat are left out.
    """
    spans = list(lines(text))
    dropped = _agent_turns(text, spans)
    number, quoting = 0, False
    while number < len(spans):
        line = text[slice(*spans[number])]
        if _WROTE.match(line[:260]) or _ORIGINAL.match(line[:120]) or _is_header_block(text, spans, number):
            quoting = True
        elif line.startswith((">", "|>")):
            dropped.add(number)
        elif _DASHES.match(line[:80]) and quoting:
            quoting = False  # A rule between messages ends a quotation.
        if quoting or SENT_FROM.match(line[:80]) or _DISCLAIMER.match(line[:200]):
            dropped.add(number)
        elif len(line) <= 80 and (_is_signed(line) or _DASHES.match(line)):
            dropped.update(_signature(text, spans, number))
        number += 1
    result: list[list[Span]] = [[]]
    for index, (start, end) in enumerate(spans):
        if index in dropped or start == end:
            result.append([])
            continue
        begin = start
        if spoken := _SPEAKER.match(text, begin, end):
            begin = spoken.end()
            result.append([])
        if greeted := GREETING.match(text, begin, min(end, begin + 80)):
            begin = greeted.end()
        if begin < end:
            result[-1].append((begin, end))
    return [some for some in result if some]


def _agent_turns(text: str, spans: list[Span]) -> set[int]:
    """Return the lines an agent spoke, where a customer's turns are marked as well."""
    speaker: list[str | None] = []
    for start, end in spans:
        found = _SPEAKER.match(text, start, end)
        speaker.append(found["who"].lower() if found else None)
    if not any(who in _THEIRS for who in speaker):
        return set()
    turns, theirs = set(), True
    for number, who in enumerate(speaker):
        if who is not None:
            theirs = who in _THEIRS
        if not theirs:
            turns.add(number)
    return turns


def _is_header_block(text: str, spans: list[Span], number: int) -> bool:
    """Return whether a copied mail header (From, Sent, To, Subject) begins here."""
    some = [text[slice(*span)][:200] for span in spans[number : number + 4]]
    found = [bool(_HEADER.match(line)) for line in some]
    return found[0] and some[0].lower().startswith(("from", "von")) and sum(found) >= 3


def _is_signed(line: str) -> bool:
    """Return whether a line only closes a letter, perhaps with a short name after it."""
    found = _CLOSING.match(line)
    return found is not None and len(found["name"].split()) <= 3


def _signature(text: str, spans: list[Span], number: int) -> set[int]:
    """Return a closing line and the short lines below it (name, role, telephone)."""
    found = {number}
    for index in range(number + 1, min(number + 1 + _SIGNATURE_LINES, len(spans))):
        line = text[slice(*spans[index])]
        if not line:
            continue
        if len(line.split()) > _SIGNATURE_WORDS or line.endswith(("?", "!")) or _SPEAKER.match(line):
            break
        words = line.split()
        if line.endswith(".") and sum(word[0].islower() for word in words) * 2 > len(words):
            break
        found.add(index)
    return found
