"""Texts that say the same in the same words: one of each is enough to find themes.

Hundreds of copies of a reminder would fill each other's neighbour lists and fall apart from the
rest, so copies are taken together before the graph is made and share one cluster afterwards.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import cast

import numpy as np
from numpy.typing import NDArray

NEAR = 0.9
"""Shared part of all distinct words from which two texts count as one."""
PERMUTATIONS, BANDS = 128, 16
"""At a shared part of .9 a pair is missed once in ten thousand."""
MIN_WORDS = 8
"""With fewer distinct words one other word is already another text."""
_NOT_WORD = re.compile(r"[\W_]+")


def normalise(text: str) -> str:
    """Return the words of a text: small letters, single spaces, no signs.

    >>> normalise("  Where's my CARD?! ")
    'where s my card'
    """
    words = _NOT_WORD.sub(" ", unicodedata.normalize("NFKC", text).casefold()).strip()
    return words or " ".join(text.split())


def collapse(texts: Sequence[str]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Find one row for each group of texts that say the same.

    The groups and which text stands for them do not depend on the order of the texts.

    :returns: the rows that stand for the groups, in the order of their words; and the group of each
        text, counted from 0; shapes ``(groups,)`` and ``(texts,)``.
    """
    keys = [normalise(text) for text in texts]
    first: dict[str, int] = {}
    for row in sorted(range(len(texts)), key=lambda row: (keys[row], texts[row])):
        first.setdefault(keys[row], row)
    distinct = list(first)  # In sorted order.
    parent = _joined(len(distinct), _near_pairs(distinct))
    heads = sorted(set(parent))
    number = {head: group for group, head in enumerate(heads)}
    place = {key: number[parent[index]] for index, key in enumerate(distinct)}
    stands = np.fromiter((first[distinct[head]] for head in heads), np.int64, count=len(heads))
    return stands, np.fromiter((place[key] for key in keys), np.int64, count=len(keys))


def _near_pairs(texts: Sequence[str]) -> Iterable[tuple[int, int]]:
    """Yield pairs of texts whose sets of words are nearly the same."""
    words = [set(text.split()) for text in texts]
    long = [index for index, some in enumerate(words) if len(some) >= MIN_WORDS]
    if len(long) < 2:
        return
    import rensa

    sketches = rensa.RMinHash.from_token_sets([sorted(words[index]) for index in long], PERMUTATIONS, 1)
    table = rensa.RMinHashLSH(NEAR, PERMUTATIONS, BANDS)
    table.insert_many(sketches)
    for place, found in enumerate(table.query_all(sketches)):
        mine = words[long[place]]
        for other in cast(list[int], found):
            theirs = words[long[other]]
            if other > place and len(mine & theirs) >= NEAR * len(mine | theirs):
                yield long[place], long[other]


def _joined(count: int, pairs: Iterable[tuple[int, int]]) -> list[int]:
    """Return the first member of the group of each index."""
    parent = list(range(count))

    def head(index: int) -> int:
        while parent[index] != index:
            parent[index] = parent[parent[index]]
            index = parent[index]
        return index

    for one, two in pairs:
        low, high = sorted((head(one), head(two)))
        parent[high] = low
    return [head(index) for index in range(count)]
