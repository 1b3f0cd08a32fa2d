"""Phrases of one to six words that could stand alone, as customers wrote them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field

from embeddings.private import without
from embeddings.words import ADJECTIVES, DOERS, EDGES, INNER_TROUBLE, NEGATIONS, PARTICLES

LONGEST = 6
_TOKEN = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_BREAK = re.compile(r"[.!?;:,()\[\]{}<>\"“”„»«|/\n\r\t=+*#]+|\s[-–—]+\s")
DENIED = 3
"""Words before a phrase in which "not" turns its meaning round."""

Runs = list[list[str]]
"""A text as the words between two signs, in small letters."""


@dataclass(slots=True)
class Phrase:
    """How a phrase was used in some texts.

    :ivar texts: texts it stands in.
    :ivar carriers: texts that have all its words, wherever they stand.
    :ivar whole: uses in which a small word, a sign or the end stands on both sides: it is not a
        piece torn out of a longer phrase.
    :ivar denied: uses shortly after a "not", without which it says the opposite.
    """

    texts: int = 0
    carriers: float = 0.0
    uses: int = 0
    whole: int = 0
    denied: int = 0

    @property
    def whole_share(self) -> float:
        """Return the share of uses in which it is not part of a longer phrase."""
        return self.whole / self.uses if self.uses else 0.0

    @property
    def denied_share(self) -> float:
        """Return the share of uses in which what the phrase says is denied."""
        return self.denied / self.uses if self.uses else 0.0


@dataclass(slots=True)
class Spelling:
    """How words are written in the middle of a sentence, so that ATM and Apple Pay keep their letters."""

    forms: dict[str, Counter[str]] = field(default_factory=dict)

    def learn(self, text: str) -> None:
        """Count the forms in a text, leaving out shouted ones and first words."""
        if text.isupper():
            return
        for part in _BREAK.split(text):
            for word in _TOKEN.findall(part)[1:]:
                self.forms.setdefault(plain(word), Counter())[word] += 1

    def title(self, phrase: str) -> str:
        """Return a phrase in sentence case, names and abbreviations as they are mostly written."""
        words = [self._form(word) for word in phrase.split()]
        words[0] = words[0][0].upper() + words[0][1:]
        return " ".join(words)

    def is_name(self, word: str) -> bool:
        """Return whether a word is mostly written with a capital in the middle of a sentence."""
        found = self.forms.get(word)
        if not found or word in EDGES:
            return False
        return sum(many for form, many in found.items() if form[0].isupper()) * 2 > sum(found.values())

    def _form(self, word: str) -> str:
        found = self.forms.get(word)
        if not found or word in EDGES:
            return "I" if word == "i" else word
        form, count = max(found.items(), key=lambda pair: (pair[1], pair[0]))
        # A word in capitals is an abbreviation if many write it so: others are too lazy to.
        shouted = found[word.upper()]
        if len(word) <= 5 and shouted * 3 >= sum(found.values()) and shouted > 1:
            return word.upper()
        return form if count * 2 > sum(found.values()) and form[0].isupper() else word


def plain(word: str) -> str:
    """Return a word in small letters with a plain apostrophe."""
    return word.replace("’", "'").lower()


def count(texts: Sequence[Runs]) -> dict[str, Phrase]:
    """Return the phrases of texts and how they are used."""
    found: dict[str, Phrase] = {}
    for text in texts:
        seen = set()
        for phrase, whole, denied in _phrases(text):
            entry = found.get(phrase)
            if entry is None:
                entry = found[phrase] = Phrase()
            entry.uses += 1
            entry.whole += whole
            entry.denied += denied
            if phrase not in seen:
                entry.texts += 1
                seen.add(phrase)
    return found


def opening(text: Runs, barred: Collection[str] = ()) -> str:
    """Return the first words of a text, for one without any phrase; may be empty.

    :param barred: words that stand in no title.
    """
    words = [word for run in text for word in run if word not in barred][:LONGEST]
    while len(words) > 1 and _bare(words[-1]) in EDGES:
        words.pop()
    return " ".join(words)


def trouble(phrase: str) -> int:
    """Return how many words inside a phrase make it read like a piece of a sentence."""
    inner = [_bare(word) for word in phrase.split()[1:-1]]
    return sum((word in INNER_TROUBLE) + 2 * (word in DOERS) for word in inner)


def denies(phrase: str) -> bool:
    """Return whether a phrase says "not" itself."""
    return any(word in NEGATIONS for word in phrase.split())


def runs(text: str) -> Runs:
    """Return the words between two signs, in small letters; addresses and numbers are left out."""
    parts = ([plain(word) for word in _TOKEN.findall(part)] for part in _BREAK.split(without(text)))
    return [words for words in parts if words]


def said(text: str) -> str:
    """Return the words of a text in small letters, without signs, addresses and numbers."""
    return " ".join(word for some in runs(text) for word in some)


def _phrases(text: Runs) -> Iterator[tuple[str, bool, bool]]:
    """Yield the phrases of a text, whether each stands alone there and whether it is denied."""
    for words in text:
        small = [_bare(word) in EDGES for word in words]
        for start, first in enumerate(words):
            # "How long does it take" must not become "long does it take".
            if (small[start] and first not in NEGATIONS) or (start and words[start - 1] == "how"):
                continue
            left = start == 0 or small[start - 1]
            denied = any(word in NEGATIONS for word in words[max(0, start - DENIED) : start])
            for end in range(start + 1, min(start + LONGEST, len(words)) + 1):
                after = words[end] if end < len(words) else ""
                # "Long on my transfer": an adjective that lost its noun.
                if end - start > 1 and small[end - 1] and words[end - 2] in ADJECTIVES:
                    break
                if _may_end(words[start:end], small[end - 1], after):
                    yield " ".join(words[start:end]), left and (not after or small[end]), denied


def _may_end(words: list[str], is_small: bool, after: str) -> bool:
    """Return whether a phrase may end with its last word when another follows."""
    if words[-1] in PARTICLES:
        return len(words) > 1 and _bare(words[-2]) not in EDGES
    if words[-1] in ADJECTIVES and after:
        return False
    return not is_small and len(words[-1]) > 1 and after not in PARTICLES


def _bare(word: str) -> str:
    return word.replace("'", "")
