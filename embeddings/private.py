"""What belongs to one person and to no title: addresses, numbers and how to leave them out.

Two uses. ``without`` cuts them out of a text before phrases are drawn from it, and cuts too much
rather than too little: "3D Secure" and "ISO 9001" lose their first or last part. ``masked`` puts a word
in brackets where they stood, for a text that is sent to another machine.
"""

from __future__ import annotations

import re

_CAPITAL = r"[A-ZÀ-ÖØ-ÞŁŚŻČŠŽ][\w'’-]*"
_ENDINGS = (
    "com|org|net|de|io|eu|co|uk|fr|es|it|nl|ch|at|be|pl|se|dk|no|us|ca|au|in|jp|cn|ru|br|mx|ie|pt|cz|example|"
    "app|dev|info|biz|cloud|shop|online|local|test"
)
MAIL = re.compile(r"[^\s<>()\[\],;:]+\s?(?:@|\[at\]|\(at\))\s?[^\s<>()\[\],;:]+")
SPOKEN_MAIL = re.compile(rf"\b[\w.-]+\s+at\s+[\w-]+(?:\s+dot\s+[\w-]+)*\s+dot\s+(?:{_ENDINGS})\b", re.I)
LINK = re.compile(rf"(?:https?|ftp)://\S+|www\.\S+|\b[\w-]+(?:\.[\w-]+)*\.(?:{_ENDINGS})\b(?:/\S*)?", re.I)
IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?:[ -]?[A-Z0-9]{4}){2,7}(?:[ -]?[A-Z0-9]{1,3})?\b")
CARD = re.compile(r"(?<![\w+])\d(?:[ -]?\d){11,18}\b")
PHONE = re.compile(
    r"(?<![\w.,])(?:\+|00?|\()\d[\d\s()/.-]{5,}\d|(?<![\w.,])\d{3,5}[\s/-]\d{3,}(?:[\s/-]?\d+)*"
)
STREET = re.compile(
    rf"(?:\b\d+\w?,?\s+)?(?:\b{_CAPITAL}\s+){{1,3}}(?:Street|St|Road|Rd|Avenue|Ave|Lane|Ln|Drive|Square|"
    r"Boulevard|Blvd|Court|Terrace|Place)\b\.?(?:,?\s+\d+\w?)?"
    r"|(?i:\b\d+\w?,?\s+(?:[\w'-]+\s+){1,3}(?:street|road|avenue|lane|boulevard)\b)"
    r"|(?i:\b[\w-]{2,}(?:straße|strasse|str\.|allee|gasse|platz|damm|ufer|weg)\s+\d+\s?[a-z]?\b)"
    r"|(?i:\b\d+\w?,?\s+(?:rue|avenue|boulevard|chemin|impasse|calle)\s+(?:d[eu]s?\s+|la\s+|l['’])*[\w-]+)"
    r"|(?i:\b(?:calle|rue)\s+(?:d[eu]s?\s+|la\s+)*[\w-]+,?\s+\d+\b)"
)
TOWN = re.compile(rf"\b(?:[A-Z]{{1,2}}-)?\d{{4,5}}\s+{_CAPITAL}(?:\s+{_CAPITAL})?")
CODE = re.compile(r"(?<!\S)[^\s\d_@#²³¹½¼¾⅓⅔№Ⅰ-ↈ①-⓿]*[\d_@#²³¹½¼¾⅓⅔№Ⅰ-ↈ①-⓿]\S*")
"""Whole words, so that no half of an order's number is left."""
BANK = re.compile(r"\b(?:BIC|SWIFT)(?:[ -]?(?:code|nr|no)\.?)?[:\s]+[A-Z]{6}[A-Z0-9]{2,5}\b")
LONG_NUMBER = re.compile(r"\b(?=[\w-]*\d[\w-]*\d[\w-]*\d[\w-]*\d)[A-Za-z]*[\d-]{4,}[\w-]*\b")

READ = 4000
"""Characters of a text that are looked at: more say nothing new for a name."""


def without(text: str) -> str:
    """Return the beginning of a text with a break wherever an address, a number or a code stood."""
    text = text[:READ]
    if not _SUSPECT.search(text):
        return text
    for pattern in (MAIL, SPOKEN_MAIL, IBAN, BANK, STREET, TOWN):
        text = pattern.sub(" , ", text)
    return CODE.sub(" , ", LINK.sub(" , ", text))


_SUSPECT = re.compile(
    r"[\d_@#²³¹½¼¾⅓⅔№Ⅰ-ↈ①-⓿]|://|www\.|\bdot\b|\w\.\w|\b(?:St|Rd|Ave|Street|Road|Avenue|Lane|Drive|Square|"
    r"Boulevard|Court|Terrace|Place|BIC|SWIFT)\b|\((?:at)\)|\[at\]",
    re.I,
)


def masked(text: str) -> str:
    """Return the beginning of a text in which addresses and numbers are replaced by what they were."""
    text = text[:READ]
    text = SPOKEN_MAIL.sub("[mail]", MAIL.sub("[mail]", text))
    text = LINK.sub("[link]", text)
    text = IBAN.sub(lambda found: "[account]" if is_iban(found[0]) else _number(found[0]), text)
    text = BANK.sub("[account]", text)
    text = CARD.sub(lambda found: "[card]" if is_card(found[0]) else "[number]", text)
    text = PHONE.sub("[phone]", text)
    text = TOWN.sub("[address]", STREET.sub("[address]", text))
    return LONG_NUMBER.sub("[number]", text)


def tells(text: str) -> bool:
    """Return whether a text holds an address or a number that belongs to somebody."""
    return masked(text) != text[:READ]


def is_iban(text: str) -> bool:
    """Return whether the check digits of an account number are right (ISO 7064, modulus 97)."""
    plain = re.sub(r"[\s-]", "", text).upper()
    if not re.fullmatch(r"[A-Z]{2}\d{2}[A-Z0-9]{10,30}", plain):
        return False
    turned = plain[4:] + plain[:4]
    return int("".join(str(int(one, 36)) for one in turned)) % 97 == 1


def is_card(text: str) -> bool:
    """Return whether the check digit of a card number is right (Luhn)."""
    digits = [int(one) for one in text if one.isdigit()]
    doubled = [2 * one - 9 * (one > 4) for one in digits[-2::-2]]
    return len(digits) >= 12 and (sum(digits[::-2]) + sum(doubled)) % 10 == 0


def _number(text: str) -> str:
    return "[number]" if sum(map(str.isdigit, text)) >= 4 else text
