"""Dense groups among texts that are in no cluster: what might be a new theme."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from embeddings import cluster, graph, name
from embeddings.duplicates import collapse
from embeddings.encode import Encoder
from embeddings.records import LEAST, NOISE, Labels, Vectors

SLACK = 0.1
"""A text may lie so much looser than a pocket on the whole and still be looked at."""
NEAR = 2
"""A text with fewer neighbours in reach than this is in no pocket."""
BLOCK = 2048


@dataclass(frozen=True, eq=False)
class Pocket:
    """One dense group.

    :ivar rows: its texts, most central first.
    :ivar quote_row: the row of the central text that says best what sets it apart.
    :ivar likeness: mean cosine of its texts to their centre, 0–1.
    :ivar apart: mean cosine of the other texts of the pool to that centre: what it stands out from.
    """

    rows: tuple[int, ...]
    title: str
    quote_row: int
    likeness: float
    apart: float


def find(
    texts: Sequence[str],
    mean: Vectors,
    cohesion: float,
    encoder: Encoder | None = None,
    *,
    forbidden: Collection[str] = (),
    taken: Collection[str] = (),
) -> tuple[Pocket, ...]:
    """Return the dense groups of a pool of texts, largest first, with names.

    :param mean: their vectors; shape ``(texts, dimensions)``.
    :param cohesion: mean cosine to its centre that a pocket needs: as tight as a weak cluster.
    :param encoder: encodes title candidates; without it titles are chosen by words.
    :param forbidden: names and mail addresses of people, which stand in no title.
    :param taken: titles that are given already.
    """
    mean = mean.astype(np.float32)
    labels = _labels(texts, mean, cohesion)
    if (labels == NOISE).all():
        return ()
    embed = None if encoder is None else lambda some: encoder.encode(some).mean
    names = name.names(list(texts), mean, labels, embed, forbidden=forbidden, taken=taken)
    centres = cluster.centroids(mean, labels)
    total = mean.sum(axis=0, dtype=np.float64)
    found = []
    for label, named in enumerate(names):
        rows = np.flatnonzero(labels == label)
        likeness = mean[rows] @ centres[label]
        order = rows[np.argsort(-likeness, kind="stable")]
        rest = float((total @ centres[label] - likeness.sum()) / max(len(mean) - len(rows), 1))
        found.append(
            Pocket(
                rows=tuple(order.tolist()),
                title=named.title,
                quote_row=named.quote_row,
                likeness=float(np.clip(likeness.mean(), 0, 1)),
                apart=float(np.clip(rest, 0, 1)),
            )
        )
    return tuple(found)


def _labels(texts: Sequence[str], mean: Vectors, cohesion: float) -> Labels:
    """Return the pocket of each text, largest pocket first, or ``NOISE``."""
    stands, group = collapse(list(texts))
    copies = np.bincount(group, minlength=len(stands))
    some = mean[stands]
    found = np.full(len(stands), NOISE, np.int64)
    # HDBSCAN compares all with all in one thread: only what has company in reach is worth that.
    rows = np.flatnonzero(_has_company(some, cohesion**2 - SLACK))
    if len(rows) >= 2 * LEAST:
        found[rows] = cluster.pockets(some[rows], LEAST, cohesion)
    elif len(rows) >= LEAST and float(np.linalg.norm(some[rows].mean(axis=0))) >= cohesion:
        found[rows] = 0  # Too few to be more than one group.
    often = np.flatnonzero((found == NOISE) & (copies >= LEAST))
    found[often] = found.max(initial=NOISE) + 1 + np.arange(len(often))
    wordless = np.array([not any(map(str.isalpha, texts[row])) for row in stands], np.bool_)
    found[wordless] = NOISE
    for label in range(int(found.max(initial=NOISE)) + 1):
        if graph.background(some[found == label], alone=1.0) < cohesion**2:
            found[found == label] = NOISE
    labels, _ = cluster.by_size(found[group], LEAST)
    return labels


def _has_company(mean: Vectors, reach: float) -> NDArray[np.bool_]:
    """Return which texts have at least two others within a cosine of ``reach``."""
    count = np.zeros(len(mean), np.int64)
    for start in range(0, len(mean), BLOCK):
        table = mean[start : start + BLOCK] @ mean.T
        count[start : start + BLOCK] = (table >= reach).sum(axis=1) - 1  # But for itself.
    enough: NDArray[np.bool_] = count >= NEAR
    return enough
