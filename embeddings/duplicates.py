"""Texts that say the same in the same words: one of each is enough to find themes.

Hundreds of copies of a reminder would fill each other's neighbour lists and fall apart from the
rest, so copies are taken together before the graph is made and share one cluster afterwards.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from embeddings.records import Vectors
from embeddings.sameness import SHARED, are_same, names

PERMUTATIONS = 125
BANDS_NEAR, BANDS_SHARED = 25, 41
"""Of two texts that share nine tenths of their words one pair in a million is missed; of two that share six
tenths (three rows a band instead of five) one in ten thousand."""
MIN_WORDS = 8
"""With fewer distinct words one other word is already another text."""
MIN_WORDS_SEEN = 4
"""The same where vectors confirm it."""
ALIKE = 0.9
"""Cosine from which two texts that share most words may be one."""
CHUNK = 100_000
_NOT_WORD = re.compile(r"[\W_]+")


def normalise(text: str) -> str:
    """Return the words of a text: small letters, single spaces, no signs.

    >>> normalise("  Where's my CARD?! ")
    'where s my card'
    """
    words = _NOT_WORD.sub(" ", unicodedata.normalize("NFKC", text).casefold()).strip()
    return words or " ".join(text.split())


def collapse(
    texts: Sequence[str], vectors: Vectors | None = None, keys: Sequence[str] | None = None
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Find one row for each group of texts that say the same.

    Nine tenths of the words must be shared; with vectors six tenths, where the others mean nothing ("please",
    another ending, a slip of the pen). Negations, numbers, names and opposites never differ within a group.
    The groups and which text stands for them do not depend on the order of the texts.

    :param vectors: unit vectors of the texts, shape ``(texts, dimensions)``: what is taken together must be
        alike in them too.
    :param keys: the words of each text, where the caller has them; see ``normalise``.
    :returns: the rows that stand for the groups, in the order of their words; and the group of each
        text, counted from 0; shapes ``(groups,)`` and ``(texts,)``.
    """
    keys = [normalise(text) for text in texts] if keys is None else keys
    first: dict[str, int] = {}
    for row in sorted(range(len(texts)), key=lambda row: (keys[row], texts[row])):
        first.setdefault(keys[row], row)
    distinct = list(first)  # In sorted order.
    rows = np.fromiter(first.values(), np.int64, count=len(first))
    seen = None if vectors is None else np.asarray(vectors)[rows]
    parent = _joined(len(distinct), distinct, [texts[row] for row in rows], seen)
    heads = sorted(set(parent))
    number = {head: group for group, head in enumerate(heads)}
    place = {key: number[parent[index]] for index, key in enumerate(distinct)}
    stands = np.fromiter((first[distinct[head]] for head in heads), np.int64, count=len(heads))
    return stands, np.fromiter((place[key] for key in keys), np.int64, count=len(keys))


def _candidates(words: Sequence[list[str]], bands: int) -> NDArray[np.int64]:
    """Return pairs of rows with a band of their sketches in common, each once, shape ``(pairs, 2)``.

    Of many rows with the same band each is paired with the first and with the one before it: that
    joins them all and does not grow with the square of their number.
    """
    import rensa

    size = PERMUTATIONS // bands
    table = np.empty((bands, len(words)), np.uint64)
    for start in range(0, len(words), CHUNK):
        some = words[start : start + CHUNK]
        digests = np.array(rensa.RMinHash.digests_from_token_sets(some, PERMUTATIONS, 1), np.uint32)
        columns = np.ascontiguousarray(digests.T)
        for band in range(bands):
            mixed = np.full(len(some), band + 1, np.uint64)
            for column in columns[band * size : (band + 1) * size]:
                mixed = (mixed ^ column) * np.uint64(0x9E3779B97F4A7C15)
                mixed ^= mixed >> np.uint64(29)
            table[band, start : start + len(some)] = mixed
    found = []
    for keys in table:
        order = np.argsort(keys, kind="stable")
        ranked = keys[order]
        same = np.flatnonzero(ranked[1:] == ranked[:-1]) + 1
        begins = np.searchsorted(ranked, ranked[same])
        second = order[same]
        # A pair is one number: whole rows take ten times as long to sort. The lower row comes first already.
        found += [order[same - 1] * len(words) + second, order[begins] * len(words) + second]
    pairs = np.sort(np.concatenate(found))
    return np.stack(np.divmod(pairs[np.diff(pairs, prepend=-1) > 0], len(words)), axis=1)


def _pairs(
    keys: Sequence[str], texts: Sequence[str], vectors: NDArray[np.floating] | None
) -> Iterator[tuple[int, int]]:
    """Yield pairs of distinct texts that say the same."""
    least = MIN_WORDS if vectors is None else MIN_WORDS_SEEN
    words = [frozenset(key.split()) for key in keys]
    long = np.array([index for index, some in enumerate(words) if len(some) >= least], np.int64)
    if len(long) < 2:
        return
    bands = BANDS_NEAR if vectors is None else BANDS_SHARED
    pairs = long[_candidates([list(words[index]) for index in long], bands)]
    pairs = pairs[_may_share(words, pairs)]
    often = None
    if vectors is not None:
        often = Counter(word for some in words for word in some)
        starts = range(0, len(pairs), CHUNK)
        likeness = [
            np.einsum("ij,ij->i", vectors[one], vectors[two], dtype=np.float32)
            for one, two in (pairs[start : start + CHUNK].T for start in starts)
        ]
        pairs = pairs[np.concatenate([*likeness, np.zeros(0)]) >= ALIKE]
    for one, two in pairs.tolist():
        mine, theirs = words[one], words[two]
        if min(len(mine), len(theirs)) < SHARED * max(len(mine), len(theirs)):
            continue
        if len(mine & theirs) < SHARED * len(mine | theirs):
            continue
        if are_same(mine, theirs, often) and not (mine ^ theirs) & (names(texts[one]) | names(texts[two])):
            yield one, two


def _may_share(words: Sequence[frozenset[str]], pairs: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Return which pairs can share ``SHARED`` of their words, without looking at a word.

    Each word sets one bit of 64 in the mark of a text. Where the marks of two texts differ in so many bits,
    so many words at least stand in one of them only: no pair that shares enough is lost, and most others are.

    :param pairs: rows; shape ``(pairs, 2)``.
    """
    bit: dict[str, int] = {}
    marks = np.zeros(len(words), np.uint64)
    for row, some in enumerate(words):
        mark = 0
        for word in some:
            mark |= 1 << bit.setdefault(word, len(bit) % 64)
        marks[row] = mark
    sizes = np.array([len(some) for some in words], np.int64)
    one, two = pairs.T
    both = sizes[one] + sizes[two]
    apart = np.maximum(np.bitwise_count(marks[one] ^ marks[two]), np.abs(sizes[one] - sizes[two]))
    may: NDArray[np.bool_] = both - apart >= SHARED * (both + apart)
    return may


def _joined(
    count: int, keys: Sequence[str], texts: Sequence[str], vectors: NDArray[np.floating] | None
) -> list[int]:
    """Return the first member of the group of each text."""
    parent = list(range(count))

    def head(index: int) -> int:
        while parent[index] != index:
            parent[index] = parent[parent[index]]
            index = parent[index]
        return index

    for one, two in _pairs(keys, texts, vectors):
        low, high = sorted((head(one), head(two)))
        parent[high] = low
    return [head(index) for index in range(count)]
