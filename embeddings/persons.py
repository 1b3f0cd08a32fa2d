"""Who is a person: told by how words stand in the collection, by common first names, and by the caller.

There is no model behind it. A name follows a greeting, a closing formula, "Mr" or "spoke to"; a common word
also stands behind an article. Where the two disagree often enough, the article wins: a theme about invoices
may be called so though somebody wrote "Thanks. Invoices!".
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable
from itertools import pairwise

from embeddings.first_names import FIRST_NAMES
from embeddings.words import ADJECTIVES, EDGES, GROUPS, TIMES

_NAME = r"[^\W\d_]+(?:['’-][^\W\d_]+)*"
_CAPITAL = r"(?-i:[A-ZÀ-ÖØ-ÞŁŚŻČŠŽ])[^\W\d_]*(?:['’-][^\W\d_]+)*\.?"
_HELLO = (
    "hi|hello|hey|dear|hallo|liebe[rs]?|moin|servus|bonjour|chère?|hola|estimad[oa]|querid[oa]|ciao|beste|"
    "good (?:morning|afternoon|evening|day)|guten (?:morgen|tag|abend)"
)
_BYE = (
    "regards|thanks|thank you|thx|cheers|sincerely|yours|wishes|best|gr(?:uß|üße|uss|üsse|uesse)|vg|lg|mfg|"
    "danke|merci|cordialement|salutations|saludos|groet(?:en)?|hälsningar"
)
_FORMAL = (
    "mrs?|(?-i:Ms)|miss|dr|prof|herrn?|frau|mme|madame|mlle|monsieur|señora?|sra?|dhr|mevrouw|meneer|signora?"
)
_CALLED = (
    "my name is|mein name ist|ich heiße|je m['’]appelle|me llamo|named|"
    "(?:spoke|talked|speak|talk|met) (?:to|with)|on behalf of|signed by|attn:?|"
    "contact(?: person)?:|c/o|ask for|name:|signed,?|cc:?"
)
_CONTEXTS = tuple(
    re.compile(pattern, re.I)
    for pattern in (
        rf"\b(?:{_HELLO}) ({_NAME}(?: {_CAPITAL}){{0,2}}) ?(?=[,!\n])",
        rf"\b(?:{_HELLO}) ({_CAPITAL}(?: {_CAPITAL}){{0,2}})",
        rf"(?:{_BYE})\s*[,!.–-]*\s*({_CAPITAL}(?: {_CAPITAL}){{0,2}})\s*(?=[\n,(.|/]|$)",
        rf"(?:\n|[,!.–-] ?)({_NAME}(?: {_CAPITAL})?)\s*$",
        rf"\b(?:{_FORMAL})\.? ({_CAPITAL}(?: {_CAPITAL})?)",
        rf"\b(?:{_CALLED}) ({_CAPITAL}(?: {_CAPITAL})?)",
        rf"\b(?:this is|it['’]s|here is|hier ist) ({_CAPITAL}(?: {_CAPITAL})?) (?:from|at|of|von|speaking)\b",
        rf"({_CAPITAL} {_CAPITAL}) (?:says|said|told|called|asked|wrote|mentioned|here)\b",
    )
)
_LAST = 3
"""The pattern for a text's last word alone: only a first name counts there."""
_DEEDS = "says|said|told|called|asked|wrote|mentioned|promised|replied|confirmed|thinks|answered|explained"
_WEAK = re.compile(
    rf"\b({_CAPITAL}) (?:{_DEEDS})\b|\b(?:told|asked|tell|ask) ({_CAPITAL})(?=[\s,.!?]|$)", re.I
)
_WORD = re.compile(_NAME)
_OWNS = re.compile(r"['’]s?$")
_BEFORE_THINGS = re.compile(
    rf"\b(?:a|an|the|this|that|these|those|no|any|some|each|every|my|our|your|their|its) ({_NAME})"
    r"|\b(?:der|die|das|den|dem|des|ein|eine[nmrs]?|kein[enmrs]{0,2}|unser[enmrs]{0,2}|mein[enmrs]{0,2}|ihre?[nmrs]?|le|la|les|un|"
    rf"une|el|los|las|una|notre|nuestr[oa]|het|de|een|onze) ({_NAME})",
    re.I,
)
COMMON = 2
"""Uses behind an article that make a word a common one."""
COMMON_SHARE = 0.1
OFTEN = 5
"""So many uses in small letters for each one as a name: a common word, too."""


class Persons:
    """Gathers who is a person in a collection.

    :param forbidden: names the caller knows: of contacts and users, whole or in parts.
    """

    def __init__(self, forbidden: Collection[str] = ()) -> None:
        self._forbidden = {part for name in forbidden for part in _parts(name)}
        self._strong: Counter[str] = Counter()
        self._weak: Counter[str] = Counter()
        self._common: Counter[str] = Counter()
        self._uses: Counter[str] = Counter()
        self._small: Counter[str] = Counter()

    def learn(self, text: str) -> None:
        """Notice the people of a text."""
        words = _WORD.findall(text)
        for word in words:
            one = _bare(word)
            self._uses[one] += 1
            self._small[one] += word[0].islower()
        for place, pattern in enumerate(_CONTEXTS):
            for found in pattern.finditer(text):
                some = _names_of(found[1])
                if place != _LAST or (some and some[0] in FIRST_NAMES):
                    self._strong.update(some)
        for found in _WEAK.finditer(text):
            self._weak[_bare(found[1] or found[2])] += 1
        for before, word in pairwise(words):
            # A first name takes the family name behind it along.
            if word[0].isupper() and before[0].isupper() and _bare(before) in FIRST_NAMES:
                self._strong[_bare(word)] += 1
        for found in _BEFORE_THINGS.finditer(text):
            english, other = found[1], found[2]
            if english and english[0].islower():
                self._common[_bare(english)] += 1
            if other:
                self._common[_bare(other)] += 1

    def is_person(self, word: str) -> bool:
        """Return whether a word is, or may well be, the name of a person.

        So is what owns something ("Miller's") unless it is a common word or a day.
        """
        if word.endswith(("'s", "’s")) and not self._is_plain(_bare(word)):
            return True
        if word.endswith("s") and word[:-1].lower() in FIRST_NAMES and not self._is_plain(_bare(word)):
            return True
        return any(self._is_person(one) for one in {_bare(word), *_parts(word)})

    def _is_plain(self, word: str) -> bool:
        """Return whether a word is none that a person could have."""
        if word in EDGES or word in GROUPS or word in TIMES or word in ADJECTIVES or len(word) < 2:
            return True
        return self._common[word] >= max(COMMON, COMMON_SHARE * self._uses[word])

    def _is_person(self, word: str) -> bool:
        if self._is_plain(word):
            return False
        if word in FIRST_NAMES or word in self._forbidden:
            return True
        if self._strong[word]:
            return self._small[word] < OFTEN * self._strong[word]
        return self._weak[word] >= COMMON and self._small[word] * OFTEN <= self._uses[word]


def _names_of(found: str) -> list[str]:
    """Return the words of a name; none when one of them is a small word or speaks of a group."""
    words = [_bare(word) for word in _WORD.findall(found)]
    return [] if any(word in EDGES or word in GROUPS for word in words) else words


def _parts(name: str) -> Iterable[str]:
    """Yield the words of a name or of the part of a mail address before the @, in small letters."""
    local = name.split("@")[0]
    return [_bare(word) for word in re.findall(r"[^\W\d_]+", local) if len(word) > 1]


def _bare(word: str) -> str:
    """Return a word in small letters without what makes it a possessive."""
    word = word.rstrip(".").lower()
    if "'" in word or "’" in word:
        return _OWNS.sub("", word).replace("’", "'")
    return word


def hidden(text: str, persons: Persons) -> str:
    """Return a text with "[name]" where a person is named."""
    return _WORD.sub(lambda found: "[name]" if persons.is_person(found[0]) else found[0], text)
