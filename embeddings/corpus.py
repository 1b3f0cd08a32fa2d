"""The texts of one run with their vectors, in an order that the caller's order cannot change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from embeddings.duplicates import normalise
from embeddings.records import Encoded, EngineError, Vectors

BLOCK = 65_536


@dataclass(frozen=True, eq=False)
class Corpus:
    """The texts in the order of their words, so that the caller's order cannot matter.

    :ivar keys: their words; see ``duplicates.normalise``.
    :ivar mean: their ``mean`` vectors as float32.
    :ivar given: both vectors as the caller keeps them, in the caller's order.
    :ivar order: the caller's row of each text.
    """

    texts: Sequence[str]
    keys: Sequence[str]
    mean: Vectors
    given: Encoded
    order: NDArray[np.int64]

    def places(self) -> NDArray[np.int64]:
        """Return where in the order of the words each row of the caller stands."""
        place = np.empty_like(self.order)
        place[self.order] = np.arange(len(self.order))
        return place


def corpus(texts: Sequence[str], vectors: Encoded) -> Corpus:
    """Put texts and vectors into the order of the words.

    :raises EngineError: vectors hold no numbers.
    :raises ValueError: the vectors do not fit the texts.
    """
    if not len(texts) == len(vectors.mean) == len(vectors.mean4):
        raise ValueError(f"{len(texts)} texts, but {len(vectors.mean)} and {len(vectors.mean4)} vectors.")
    _numbers(texts, vectors)
    keys = [normalise(text) for text in texts]
    order = np.array(sorted(range(len(texts)), key=lambda row: (keys[row], texts[row])), np.int64)
    mean = vectors.mean[order].astype(np.float32, copy=False)
    return Corpus([texts[row] for row in order], [keys[row] for row in order], mean, vectors, order)


def _numbers(texts: Sequence[str], vectors: Encoded) -> None:
    """Refuse vectors of a broken model: among them nothing is near to anything.

    :raises EngineError: says how many there are and what to do.
    """
    for start in range(0, len(texts), BLOCK):
        block = slice(start, start + BLOCK)
        sound = np.isfinite(vectors.mean[block]).all(axis=1) & np.isfinite(vectors.mean4[block]).all(axis=1)
        if not sound.all():
            row = start + int(np.argmin(sound))
            raise EngineError(
                f"Text {row + 1:,} ({texts[row][:60]!r}) has a vector without numbers (NaN or infinite): no "
                "themes can be found. Read it again with a model that works; “ideaflow models check” tells "
                "which does."
            )
