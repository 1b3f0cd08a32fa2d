"""What stands in mails, chats and tickets without making a point: found line by line.

Every rule here would rather keep a line too many than lose what a customer said.
"""

from __future__ import annotations

import re

from embeddings import forms, quotes, signatures, templates, turns
from embeddings.forms import LISTED
from embeddings.sheet import Sheet, word_count

GREETED, FOOTER = "greeting", "footer"

_NAME = r"(?:[ \t]+[^\W\d_][\w.'’-]*){0,4}"
GREETING = re.compile(
    r"(?:hi|hello|hey|dear|good[ \t]+(?:morning|afternoon|evening|day)|greetings|hallo)"
    rf"(?:[ \t]+(?:there|all|team|everyone|sir|madam|support))?{_NAME}[ \t]*(?:[,!:–-]|$)[ \t]*",
    re.IGNORECASE,
)
SENT_FROM = re.compile(
    r"(?:sent from my|sent from (?:outlook|mail|yahoo|gmail)|sent via|get outlook for|"
    r"(?:gesendet )?von meinem|gesendet (?:mit|von)|diese nachricht wurde von meinem|"
    r"envoyé (?:de|depuis) m(?:on|a)|envoyé (?:de|depuis) (?:outlook|yahoo)|"
    r"enviado desde (?:mi|outlook|yahoo)|obtener outlook para|télécharger outlook pour|"
    r"outlook für \w+ beziehen)\b",
    re.IGNORECASE,
)
_GREETING_ENDS = (",", "!", ":", "，", "、", "！", "：")
_FOOTER = re.compile(
    r"(?:##-|this e-?mail (?:is a service|was scanned)|delivered by|powered by|unsubscribe\b|"
    r"view in browser|follow us|folgen sie uns|"
    r"please do not reply|do not reply|(?:opening|office) hours|sprechzeiten|öffnungszeiten|"
    r"need help faster|to stop receiving|"
    r"\d+ people found|report abuse|was this review|reviewed (?:on )?\d|reviewer validated|"
    r"version reviewed|rated \d|posted by|posts:|"
    r"verfasst am|response collected|submitted via|the form was sent|this form was sent|attachments?:|"
    r"page visited|browser:|"
    r"chat (?:started|ended|transcript)|conversation closed|participants:|---- ?(?:your|end of) message|"
    r"\[[A-Z0-9]{4,8}-[A-Z0-9]{3,6}\]$|"
    r"[-_=*]{4,}.{0,40}$|thank you for (?:helping us|taking part|contacting)|we have received your|"
    r"your request \(\d+\))",
    re.IGNORECASE,
)
_LEGAL = re.compile(
    r"\b(?:intended (?:only|solely|recipient)|legally privileged|may be privileged|"
    r"authori[sz]ed and regulated|confidential and|"
    r"accepts? no liability|environment before printing|medio ambiente|vertrauliche informationen|"
    r"nicht der richtige adressat|"
    r"sont confidentiels|destinataires?\b.{0,40}\b(?:erreur|exclusive)|originated outside of your|"
    r"do not click links|"
    r"never change our bank details|by submitting this)\b",
    re.IGNORECASE,
)
_ANSWER = re.compile(
    r"\b(?:(?:developer response|response (?:from|of) (?:the )?(?:developer|owner)|"
    r"reply from (?:the )?\w+)\b[^:\n]{0,30}:)",
    re.IGNORECASE,
)
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
    r"|(?:two|three|four|a few|some|several|quick)(?: (?:more|short|quick))? (?:things|questions|points|"
    r"list|remarks)\b.{0,60}"
    r"|as (?:discussed|requested|promised|agreed)\b.{0,100}|further to (?:our|my|your) .{0,100}|"
    r"please see below.{0,40}"
    r"|thank(?:s| you)(?: (?:so|very) much)? for (?:looking into|reading|everything|listening|all)\b.{0,60}"
    r"|sorry for the (?:long|late|caps)\b.{0,60}|(?:please )?(?:confirm|acknowledge) receipt.{0,30}|"
    r"hope you(?:'re| are) all .{0,20}"
    r"|(?:please )?(?:answer|reply|call me|advise|fix this|fix)\b.{0,30}(?:thank you|asap|soon|urgently)?"
    r"|(?:fwd|fw):.{0,60}|fyi\b.{0,60}|voici nos remarques.{0,60}|nous vous remercions.{0,60}"
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


def clean(text: str, known: frozenset[int] = frozenset()) -> Sheet:
    """Return the lines of a text; those that make no point are marked with why.

    Quoted mails, signatures, disclaimers, greetings, the agent's turns in a chat, labels of a form.

    :param known: templates of the collection (``templates.find``).
    """
    sheet = Sheet.of(text)
    quotes.mark(sheet)
    turns.mark(sheet)
    templates.mark(sheet, known)
    forms.mark(sheet)
    _footers(sheet)
    signatures.mark(sheet)
    _greetings(sheet)
    return sheet


def _footers(sheet: Sheet) -> None:
    for number in sheet.kept():
        line = sheet.line(number)
        if SENT_FROM.match(line) or _DISCLAIMER.match(line) or _LEGAL.search(line) or _FOOTER.match(line):
            sheet.leave(number, FOOTER)
        elif answer := _ANSWER.search(line):
            sheet.cut_end(number, answer.start(), turns.AGENT)
            if answer.start() == 0:
                sheet.leave(number, turns.AGENT)


def _greetings(sheet: Sheet) -> None:
    """Leave out greetings: by their words, and a short first line that ends with a comma."""
    first, kept = True, sheet.kept()
    for number in kept:
        line = sheet.line(number, 120)
        alone = number + 1 >= len(sheet) or sheet.is_blank(number + 1)
        if first and alone and len(kept) > 1 and _opens(line):
            sheet.leave(number, GREETED)
        elif greeted := GREETING.match(line[:80]):
            sheet.cut(number, greeted.end(), GREETED)
        first = number + 1 in sheet.breaks


def _opens(line: str) -> bool:
    """Return whether a line that stands alone above all others is a greeting."""
    words = word_count(line)
    return not LISTED.match(line) and ((words <= 6 and line.endswith(_GREETING_ENDS)) or words <= 2)
