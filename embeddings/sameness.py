"""Whether two texts that share most of their words say the same: what must never differ, and what may.

"cannot log in" and "can log in" are near in words and in vectors, so no likeness alone decides.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Sequence

NEAR = 0.9
"""Shared part of all distinct words from which any other words may differ, but for those that never may."""
SHARED = 0.6
"""Shared part that is needed when only words that may differ do."""
RARE, USUAL = 2, 4
"""A slip of the pen stands in so few texts, the word that was meant in so many."""

_FIXED = (
    "no not none nor never without cannot cant dont doesnt didnt isnt arent wasnt werent wont wouldnt "
    "shouldnt couldnt hasnt havent t nothing nobody neither hardly only except unless until instead "
    "nicht kein keine keinen keinem keiner nie niemals ohne nichts niemand kaum ne pas jamais sans "
    "aucun aucune rien personne plus non sin nunca ningún ninguna nada nadie niet geen nooit zonder on "
    "off in out up down before after over under above below more less most least first last old new "
    "enable disable enabled disabled allow deny add remove open close opened closed start stop started "
    "stopped increase decrease import export upload download online offline send receive sent received "
    "buy sell credit debit lock unlock accept reject left right early late fast slow high low can could "
    "will would before since one two three four five six seven eight nine ten eleven twelve hundred "
    "thousand million half double twice once zwei drei vier fünf sechs sieben acht neun zehn deux trois "
    "quatre cinq dos tres cuatro cinco"
)
_LOOSE = (
    "please pls kindly the a an and still again very really just so too also is are was were be been it "
    "its this that there here now then hi hello hey thanks thank you sorry to of for with i we my our "
    "your s m re ve ll d bitte noch wieder immer sehr der die das den dem ein eine einen und ist sind "
    "ich wir hallo danke svp encore toujours très le la les un une et est je nous bonjour merci por "
    "favor todavía muy el los las y es"
)
_NEVER, _MAY = frozenset(_FIXED.split()), frozenset(_LOOSE.split())
_ENDINGS = frozenset(["", "s", "es", "d", "ed", "ing", "n", "en", "e", "ly"])
_TOKEN = re.compile(r"[\w']+")


def names(text: str) -> frozenset[str]:
    """Return the words of a text that may be names: capitals inside a sentence, or digits in them."""
    if text.isupper():
        return frozenset(word.lower() for word in _TOKEN.findall(text) if not word.isalpha())
    found = set()
    for one in _TOKEN.finditer(text):
        word, begins = one.group(), text[max(0, one.start() - 3) : one.start()].rstrip()
        starts = not begins or begins[-1] in ".!?:\n"
        if any(map(str.isdigit, word)) or (not starts and word[0].isupper() and len(word) > 1):
            found.add(word.lower())
    return frozenset(found)


def are_same(mine: Collection[str], theirs: Collection[str], often: Counter[str] | None) -> bool:
    """Return whether two sets of words make the same text, if none that only one of them has is a name.

    :param often: in how many texts each word stands; None where nothing but the share of words counts, as
        no vectors confirm what it says.
    """
    mine, theirs = set(mine), set(theirs)
    less, more = sorted((mine - theirs, theirs - mine), key=len)
    other = less | more
    if any(word in _NEVER or not word.isalpha() for word in other):
        return False
    both = len(mine | theirs)
    if both - len(other) >= NEAR * both:
        return True
    if often is None or both - len(other) < SHARED * both:
        return False
    odd, rest = [word for word in less if word not in _MAY], [word for word in more if word not in _MAY]
    return len(odd) == len(rest) and all(any(_is_twin(one, two, often) for two in rest) for one in odd)


def _is_twin(one: str, two: str, often: Counter[str]) -> bool:
    """Return whether two words are forms of one, or one of them a slip of the pen."""
    if min(len(one), len(two)) < 4:
        return False
    stem = next(
        (at for at, (a, b) in enumerate(zip(one, two, strict=False)) if a != b), min(len(one), len(two))
    )
    if stem >= 4 and one[stem:] in _ENDINGS and two[stem:] in _ENDINGS:
        return True
    few, many = sorted((often[one], often[two]))
    return few <= RARE and many >= USUAL and len(one) > 4 and _is_slip(one, two)


def _is_slip(one: str, two: str) -> bool:
    """Return whether one letter too many, too few, another one or two swapped make the difference."""
    if abs(len(one) - len(two)) > 1:
        return False
    at = next(
        (at for at, (a, b) in enumerate(zip(one, two, strict=False)) if a != b), min(len(one), len(two))
    )
    ends: Sequence[tuple[str, str]] = (
        (one[at + 1 :], two[at + 1 :]),
        (one[at:], two[at + 1 :]),
        (one[at + 1 :], two[at:]),
        (one[at + 2 :], two[at + 2 :]) if sorted(one[at : at + 2]) == sorted(two[at : at + 2]) else ("", "-"),
    )
    return any(a == b for a, b in ends)
