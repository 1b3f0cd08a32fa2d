"""Texts that say the same in the same words: one of each is enough to find themes.

Hundreds of copies of a reminder would fill each other's neighbour lists and fall apart from the
rest, so copies are taken together before the graph is made and share one cluster afterwards.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

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
CHUNK, FEW = 100_000, 500
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


def numbered(keys: Sequence[str]) -> tuple[dict[str, int], NDArray[np.int64], NDArray[np.int64]]:
    """Number the words of texts in the order of their first use.

    :returns: the number of each word; the numbers of all words, text after text; and how many words each
        text has, shape ``(texts,)``.
    """
    known: dict[str, int] = {}
    lengths = np.empty(len(keys), np.int64)
    flat: list[int] = []
    for row, key in enumerate(keys):
        words = key.split()
        lengths[row] = len(words)
        flat.extend([known.setdefault(word, len(known)) for word in words])
    return known, np.array(flat, np.int64), lengths


@dataclass(frozen=True, eq=False)
class _Words:
    """Which words stand in which text.

    Each word sets one bit of 64 in the mark of a text. Where the marks of two texts differ in so many bits,
    so many words at least stand in one of them only: that tells at once of most pairs that share too few.

    :ivar known: every word, and its number in the order of first use.
    :ivar table: 1 where a word stands in a text; CSR of shape ``(texts, words)``.
    :ivar marks: of each text.
    """

    known: dict[str, int]
    table: Any
    marks: NDArray[np.uint64]

    @classmethod
    def of(cls, keys: Sequence[str]) -> _Words:
        """Read the words of each text."""
        known, flat, lengths = numbered(keys)
        ends = np.concatenate([np.zeros(1, np.int64), np.cumsum(lengths)])
        ones = np.ones(len(flat), np.int32)
        table = sparse.csr_matrix((ones, flat.astype(np.int32), ends), (len(keys), len(known)))
        table.sum_duplicates()
        table.data[:] = 1
        bits = np.uint64(1) << (table.indices % 64).astype(np.uint64)
        marks = np.zeros(len(keys), np.uint64)
        some = np.diff(table.indptr) > 0
        if some.any():
            marks[some] = np.bitwise_or.reduceat(bits, table.indptr[:-1][some])
        return cls(known, table, marks)

    @cached_property
    def sizes(self) -> NDArray[np.int64]:
        """Return how many different words each text has."""
        sizes: NDArray[np.int64] = np.diff(self.table.indptr).astype(np.int64)
        return sizes

    def may_share(self, one: NDArray[np.int64], two: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Return which pairs of texts may share ``SHARED`` of their words."""
        sizes = self.sizes
        both = sizes[one] + sizes[two]
        unlike = np.bitwise_count(self.marks[one] ^ self.marks[two])
        apart = np.maximum(unlike, np.abs(sizes[one] - sizes[two]))
        may: NDArray[np.bool_] = both - apart >= SHARED * (both + apart)
        return may

    def share(self, one: NDArray[np.int64], two: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Return which pairs of texts do."""
        shared = np.asarray(self.table[one].multiply(self.table[two]).sum(axis=1)).ravel()
        sizes = self.sizes
        enough: NDArray[np.bool_] = shared >= SHARED * (sizes[one] + sizes[two] - shared)
        return enough

    def often(self) -> Counter[str]:
        """Return in how many texts each word stands."""
        uses = np.bincount(self.table.indices, minlength=len(self.known)).tolist()
        return Counter(dict(zip(self.known, uses, strict=True)))


def _sketches(words: _Words, rows: NDArray[np.int64], bands: int) -> NDArray[np.uint64]:
    """Return the bands of the sketch of each text: the more words two texts share, the more of these.

    :returns: shape ``(bands, rows)``.
    """
    from rensa import RMinHash

    size = PERMUTATIONS // bands
    word = np.array(RMinHash.hash_token_sets([list(words.known)])[0], np.uint64)
    found = np.empty((bands, len(rows)), np.uint64)
    for start in range(0, len(rows), FEW):  # Few at a time, as each number is an object for a moment.
        some = words.table[rows[start : start + FEW]]
        ends = some.indptr.astype(np.uint64)
        made = RMinHash.digest_matrix_from_flat_token_hashes(word[some.indices], ends, PERMUTATIONS, 1)
        sketch = np.array(made.to_rows(), np.uint64)[:, : bands * size].reshape(-1, bands, size)
        mixed = np.broadcast_to(np.arange(1, bands + 1, dtype=np.uint64), sketch.shape[:2])
        for place in range(size):
            mixed = (mixed ^ sketch[:, :, place]) * np.uint64(0x9E3779B97F4A7C15)
            mixed ^= mixed >> np.uint64(29)
        found[:, start : start + FEW] = mixed.T
    return found


def _candidates(words: _Words, rows: NDArray[np.int64], bands: int) -> NDArray[np.int64]:
    """Return pairs of texts with a band of their sketches in common that share enough words, each once.

    Of many texts with the same band each is paired with the first and with the one before it: that
    joins them all and does not grow with the square of their number.

    :param rows: the texts looked at, in their order.
    :returns: the lower row first; shape ``(pairs, 2)``.
    """
    count = words.table.shape[0]
    width = np.uint64(len(rows).bit_length())
    last = (np.uint64(1) << width) - np.uint64(1)
    found = [np.zeros(0, np.int64)]
    for band in _sketches(words, rows, bands):
        # The place in the last bits of its band: to sort such numbers is quicker than to ask for their order.
        both = np.sort(band & ~last | np.arange(len(band), dtype=np.uint64))
        row = rows[(both & last).astype(np.int64)]
        same = both[1:] >> width == both[:-1] >> width
        begins = np.maximum.accumulate(np.where(np.append(True, ~same), np.arange(len(row)), 0))
        second = np.flatnonzero(same) + 1
        for first in (second - 1, begins[second]):
            one, two = row[first], row[second]
            may = words.may_share(one, two)
            found.append(one[may] * count + two[may])
    one, two = np.divmod(np.unique(np.concatenate(found)), count)
    pairs = np.stack([one, two], axis=1)
    return pairs[words.share(one, two)]


def _pairs(
    keys: Sequence[str], texts: Sequence[str], vectors: NDArray[np.floating] | None
) -> Iterator[tuple[int, int]]:
    """Yield pairs of distinct texts that say the same."""
    words = _Words.of(keys)
    long = np.flatnonzero(words.sizes >= (MIN_WORDS if vectors is None else MIN_WORDS_SEEN))
    if len(long) < 2:
        return
    pairs = _candidates(words, long, BANDS_NEAR if vectors is None else BANDS_SHARED)
    often = None
    if vectors is not None:
        often = words.often()
        starts = range(0, len(pairs), CHUNK)
        likeness = [
            np.einsum("ij,ij->i", vectors[one], vectors[two], dtype=np.float32)
            for one, two in (pairs[start : start + CHUNK].T for start in starts)
        ]
        pairs = pairs[np.concatenate([*likeness, np.zeros(0)]) >= ALIKE]
    for one, two in pairs.tolist():
        mine, theirs = frozenset(keys[one].split()), frozenset(keys[two].split())
        if are_same(mine, theirs, often) and not (mine ^ theirs) & (names(texts[one]) | names(texts[two])):
            yield one, two


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
