"""How words are used in a collection: which act as verbs, which language a text is in, who shares a phrase.

There is no dictionary behind it. What stands before and after a word tells enough of its part of speech:
"the queue" and "for queues" are things, "we queue" and "please queue" are deeds.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from embeddings.phrases import Runs, plain
from embeddings.words import ADJECTIVES, ARTICLES, EDGES, HELPERS, LANGUAGES, OWNERS, PLACES, PRONOUNS, TIMES

_BEFORE_THINGS = (ARTICLES | OWNERS | PLACES | ADJECTIVES) - {"to", "like"}
_BEFORE_DEEDS = PRONOUNS | HELPERS | {"to", "please", "not", "never", "pls", "also", "only", "just"}
_OBJECTS = ARTICLES | OWNERS | PRONOUNS
_WORDS = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_ENDING = re.compile(r"(?:'s|’s|s)$")
_INFLECTED = re.compile(r"(?:ed|es|s|ing)$")
KNOWN = 2
"""Small words of a language that a text needs before it is taken to be written in it."""
REACH, GAP = 3, 1
"""Words that may stand between those of a phrase, and how many a comma or a full stop counts for."""

CLAUSE, HANGS = 3.0, 0.35
"""What another clause costs, and how often a word leads to its noun if it hangs without it."""
APART = 0.35
"""What a text counts in which the words of a phrase stand apart."""


@dataclass(slots=True)
class Habits:
    """What stands around words, counted over a collection."""

    things: Counter[str] = field(default_factory=Counter)
    deeds: Counter[str] = field(default_factory=Counter)
    objects: Counter[str] = field(default_factory=Counter)
    goes_on: Counter[str] = field(default_factory=Counter)
    uses: Counter[str] = field(default_factory=Counter)

    def learn(self, text: Runs) -> None:
        """Count what stands before and after each word of a text."""
        for words in text:
            for place, word in enumerate(words):
                self.uses[word] += 1
                before = words[place - 1] if place else ""
                after = words[place + 1] if place + 1 < len(words) else ""
                self.deeds[word] += before in _BEFORE_DEEDS
                self.things[word] += before in _BEFORE_THINGS
                self.objects[word] += after in _OBJECTS
                self.goes_on[word] += bool(after) and after.replace("'", "") not in EDGES

    def verb(self, word: str) -> float:
        """Return how far a word acts as a verb, 0–1; 0 for one that is hardly used."""
        return self.deeds[word] / (self.deeds[word] + self.things[word] + 1)

    def waits(self, word: str) -> float:
        """Return how often a word is followed by what it acts upon, 0–1."""
        return self.objects[word] / (self.uses[word] + 1)

    def leads(self, word: str) -> float:
        """Return how often another word of weight follows: "broken" and "managing" wait for their noun."""
        return self.goes_on[word] / (self.uses[word] + 1)

    def fault(self, phrase: str) -> float:
        """Return how much a phrase reads like the middle of a sentence; 0 is a name of a thing."""
        words = phrase.split()
        first, last = words[0], words[-1]
        opens = self.verb(first)
        if opens > 0.3 and _INFLECTED.search(first):
            opens *= 2  # "Allowed to", "Competes with": of a deed, but no call for one.
        closes = max(self.waits(last), 0.5 * self.verb(last), float(last.endswith("ly")), self.leads(last))
        for before, word in pairwise(words):
            # "Goes offline the pick list": nothing takes the article, so another clause begins.
            if word in ARTICLES and before not in EDGES and max(self.verb(before), self.waits(before)) < 0.3:
                closes += CLAUSE
            # "Device with broken": what was broken is missing.
            if before in PLACES and word == last and self.leads(word) > HANGS:
                closes += CLAUSE
            # "Bank to change my pin": what is to be done comes first.
            closes += word == "to" and self.verb(first) < 0.5 and self.verb(_after(words, "to")) > 0.5
        times = 0.7 * ((first in TIMES) + (last in TIMES))
        torn = float(last.endswith("'s")) * 3 + 0.5 * sum(word.endswith("'s") for word in words[:-1])
        return opens + closes + times + torn


def _after(words: Sequence[str], one: str) -> str:
    return words[words.index(one) + 1]


def stem(word: str) -> str:
    """Return a word without plural and ending, so that "label" and "labels" are one."""
    return _ENDING.sub("", word)[:7]


def content(phrase: str) -> frozenset[str]:
    """Return the stems of the words that say what a phrase is about."""
    words = (word.replace("'", "") for word in phrase.split())
    return frozenset(stem(word) for word in words if word not in EDGES and word not in TIMES)


class Carriers:
    """Which texts of one cluster carry a phrase: they have all its words, in any order."""

    def __init__(self, texts: Sequence[Runs]) -> None:
        self._places: dict[str, dict[int, list[int]]] = {}
        for row, text in enumerate(texts):
            place = 0
            for words in text:
                for word in words:
                    one = stem(word.replace("'", ""))
                    self._places.setdefault(one, {}).setdefault(row, []).append(place)
                    place += 1
                place += GAP

    def least(self, phrase: str) -> int:
        """Return how many texts have the word of a phrase that fewest have."""
        return min((len(self._places.get(one, {})) for one in content(phrase)), default=0)

    def count(self, phrase: str) -> float:
        """Return how many texts carry a phrase; one in which its words stand far apart is worth less."""
        some = [self._places.get(one, {}) for one in content(phrase)]
        if not some:
            return 0.0
        rows = set(some[0]).intersection(*some[1:])
        return sum(1.0 if _close([one[row] for one in some]) else APART for row in rows)


def _close(places: list[list[int]]) -> bool:
    """Return whether some place of each word lies within reach of one place of the first."""
    reach = REACH + len(places)
    for first in places[0]:
        for others in places[1:]:
            for other in others:
                if -reach <= other - first <= reach:
                    break
            else:
                break
        else:
            return True
    return False


def language(text: str) -> str:
    """Return the language of a text by its small words; empty when too few of them tell."""
    words = [plain(word) for word in _WORDS.findall(text[:2000])]
    found = {name: sum(map(small.__contains__, words)) for name, small in LANGUAGES.items()}
    best = max(found, key=lambda name: (found[name], name == "en"))
    return best if found[best] >= KNOWN else ""


def main_language(languages: Iterable[str]) -> str:
    """Return the language that most texts are in; empty when none tells."""
    known = Counter(one for one in languages if one)
    return known.most_common(1)[0][0] if known else ""
