"""One run of the engine: texts in, named clusters out."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from embeddings import cluster, correct, graph, groups, name, noise
from embeddings.duplicates import collapse, normalise
from embeddings.encode import Encoder
from embeddings.records import (
    NOISE,
    Cluster,
    Discovery,
    Encoded,
    Group,
    Known,
    Labels,
    LeftOut,
    Level,
    Progress,
    Report,
    StepProgress,
    Strengths,
    Vectors,
)

SMALL = 50
"""With fewer texts two alike make a cluster, and density says too little to call a text noise."""
LEAST, LEAST_SMALL = 4, 2
"""Texts that a cluster needs, as three may be chance, and what it needs in a small collection."""
WEAK = 0.1
"""A pocket must be as tight as the clusters at this quantile."""


def discover(
    texts: Sequence[str],
    *,
    vectors: Encoded | None = None,
    encoder: Encoder | None = None,
    known: Sequence[Known] = (),
    excluded: Collection[int] = (),
    seed: int = 0,
    progress: StepProgress | None = None,
    forbidden: Collection[str] = (),
) -> Discovery:
    """Find the clusters of a collection and name them.

    The same texts, decisions and seed give the same clusters, whatever the order of the texts.

    :param texts: one statement each.
    :param vectors: what ``Encoder.encode`` gave for these texts, when the caller kept it.
    :param encoder: encodes texts and title candidates. Without it one is opened where ``vectors``
        are missing; with ``vectors`` alone the titles are chosen by words.
    :param known: the themes of earlier runs, with what humans decided about them.
    :param excluded: rows that humans took out of everything; they stay noise.
    :param progress: called as ``progress(step, done, total)``.
    :param forbidden: names and mail addresses of people, which stand in no title.
    :raises EngineError: the encoder cannot be opened.
    :raises ValueError: vectors or decisions do not fit the texts.
    """
    if vectors is None:
        encoder = encoder or Encoder()
        vectors = encoder.encode(texts, _step(progress, "Reading"))
    if not len(texts) == len(vectors.mean) == len(vectors.mean4):
        raise ValueError(f"{len(texts)} texts, but {len(vectors.mean)} and {len(vectors.mean4)} vectors.")
    correct.check(known, excluded, len(texts))
    # Everything happens in the order of the words, so that the caller's order cannot matter.
    order = np.array(sorted(range(len(texts)), key=lambda row: (normalise(texts[row]), texts[row])), np.int64)
    place = np.empty_like(order)
    place[order] = np.arange(len(order))
    found = _discover(
        [texts[row] for row in order],
        Encoded(vectors.mean[order].astype(np.float32), vectors.mean4[order].astype(np.float32)),
        encoder,
        [_moved(theme, place) for theme in known],
        frozenset(place[list(excluded)].tolist()) if excluded else frozenset(),
        seed,
        progress,
        forbidden,
    )
    return replace(
        found,
        labels=found.labels[place],
        strengths=found.strengths[place],
        clusters=tuple(_restored(one, order) for one in found.clusters),
        levels=tuple(replace(level, labels=level.labels[place]) for level in found.levels),
        areas=tuple(_group_restored(one, order) for one in found.areas),
        parts=tuple(_group_restored(one, order) for one in found.parts),
        vectors=vectors,
    )


def _discover(
    texts: list[str],
    vectors: Encoded,
    encoder: Encoder | None,
    known: Sequence[Known],
    excluded: frozenset[int],
    seed: int,
    progress: StepProgress | None,
    forbidden: Collection[str],
) -> Discovery:
    fresh = _partition(texts, vectors, seed, progress)
    obeyed = correct.obey(fresh.labels, vectors.mean, known, excluded)
    labels, number = cluster.by_size(obeyed.labels)
    strengths = fresh.strengths(labels)
    strengths[obeyed.fixed] = 1.0
    decided = {theme.key for theme in known if theme.fixed or theme.barred or theme.whole}
    keys = {number[home]: key for key, home in obeyed.homes.items() if key in decided}
    embed = None if encoder is None else _phrases(encoder)
    naming = _step(progress, "Naming")
    names = name.names(texts, vectors.mean, labels, embed, naming, forbidden=forbidden)
    clusters = _clusters(names, vectors.mean, labels, strengths)
    told = tuple(
        replace(one, key=keys.get(one.label), is_pocket=bool(fresh.is_pocket[list(one.rows)].all()))
        for one in clusters
    )
    tree = groups.Tree(fresh.matrix, fresh.stands, fresh.group, labels, told)
    arranging = _step(progress, "Arranging")
    areas, parts = groups.groups(tree, texts, vectors.mean, seed, embed, arranging, forbidden)
    report = _report(fresh, labels, told, excluded, seed)
    return Discovery(labels, strengths, told, fresh.levels, vectors, seed, areas, parts, report)


def _report(
    fresh: _Partition, labels: Labels, clusters: Sequence[Cluster], excluded: frozenset[int], seed: int
) -> Report:
    """Return what the run says about itself."""
    outside = labels == NOISE
    out = np.zeros(len(labels), np.bool_)
    out[list(excluded)] = True
    wordless = outside & fresh.wordless & ~out
    left_out = {
        LeftOut.EXCLUDED: int((outside & out).sum()),
        LeftOut.WORDLESS: int(wordless.sum()),
        LeftOut.ALONE: int((outside & ~out & ~wordless).sum()),
    }
    sizes = np.array([one.size for one in clusters], float)
    cohesion = float(np.average([one.cohesion for one in clusters], weights=sizes)) if clusters else 0.0
    again = cluster.communities(fresh.matrix, fresh.chosen.resolution, seed + 1)
    stability = cluster.likeness(fresh.chosen.labels, again.labels)
    return Report(len(labels), len(labels) - len(fresh.stands), left_out, cohesion, stability, seed)


def _clusters(
    names: Sequence[name.Name], mean: Vectors, labels: Labels, strengths: Strengths
) -> list[Cluster]:
    """Put together what is known of each cluster."""
    centres = cluster.centroids(mean, labels)
    clusters = []
    for label, named in enumerate(names):
        rows = np.flatnonzero(labels == label)
        likeness = mean[rows] @ centres[label]
        strongest = rows[np.lexsort((-likeness, -strengths[rows]))]
        clusters.append(
            Cluster(
                label=label,
                title=named.title,
                quote_row=named.quote_row,
                key_rows=named.key_rows,
                rows=tuple(strongest.tolist()),
                centroid=centres[label],
                cohesion=float(np.clip(likeness.mean(), 0, 1)),
                keywords=named.keywords,
            )
        )
    return clusters


@dataclass(frozen=True, eq=False)
class _Partition:
    """What the graph says, before human decisions; one entry a text, but one node a group of copies."""

    labels: Labels
    is_pocket: NDArray[np.bool_]
    levels: tuple[Level, ...]
    chosen: Level
    matrix: Any
    stands: NDArray[np.int64]
    group: NDArray[np.int64]
    wordless: NDArray[np.bool_]

    def strengths(self, labels: Labels) -> Strengths:
        """Return how firmly each text sits where ``labels`` put it."""
        firm = cluster.strengths(self.matrix, labels[self.stands])[self.group]
        return np.where(labels == NOISE, np.float32(0), firm)


def _partition(texts: list[str], vectors: Encoded, seed: int, progress: StepProgress | None) -> _Partition:
    stands, group = collapse(texts)
    some = [texts[row] for row in stands]
    copies = np.bincount(group, minlength=len(stands))
    mean, mean4 = vectors.mean[stands], vectors.mean4[stands]
    k = graph.neighbour_count(len(stands))
    near = (graph.neighbours(mean, k, _step(progress, "Comparing")), graph.neighbours(mean4, k))
    matrix = graph.three_views(some, (mean, mean4), near)
    levels = cluster.partitions(matrix, seed, _step(progress, "Clustering"))
    chosen = cluster.choose(levels)
    labels = chosen.labels.copy()
    least = LEAST if len(texts) >= SMALL else LEAST_SMALL
    if len(texts) >= SMALL:
        labels[noise.outside(labels, (mean, mean4), (near[0][1], near[1][1]), seed)] = NOISE
    wordless = np.array([not any(map(str.isalpha, text)) for text in some], np.bool_)
    labels[wordless] = NOISE
    full, _ = cluster.by_size(labels[group], least)
    labels = full[stands]
    pockets = _pockets(mean, labels, copies, least)
    pockets[wordless] = NOISE
    is_pocket = pockets != NOISE
    labels[is_pocket] = labels.max(initial=NOISE) + 1 + pockets[is_pocket]
    spread = tuple(replace(level, labels=level.labels[group]) for level in levels)
    return _Partition(labels[group], is_pocket[group], spread, chosen, matrix, stands, group, wordless[group])


def _pockets(mean: NDArray[np.float32], labels: Labels, copies: NDArray[np.int64], least: int) -> Labels:
    """Find dense groups, and texts said often enough on their own, among what is in no cluster."""
    pockets = np.full(len(labels), NOISE, np.int64)
    rows = np.flatnonzero(labels == NOISE)
    if not len(rows):
        return pockets
    centres = cluster.centroids(mean, labels)
    inside = labels != NOISE
    likeness = np.einsum("ij,ij->i", mean[inside], centres[labels[inside]])
    cohesions = np.bincount(labels[inside], likeness) / np.maximum(np.bincount(labels[inside]), 1)
    tight = float(np.quantile(cohesions, WEAK)) if len(cohesions) else 1.0
    pockets[rows] = cluster.pockets(mean[rows], least, tight)
    alone = rows[(pockets[rows] == NOISE) & (copies[rows] >= least)]
    pockets[alone] = pockets.max() + 1 + np.arange(len(alone))
    return pockets


def _moved(theme: Known, place: NDArray[np.int64]) -> Known:
    def moved(rows: frozenset[int]) -> frozenset[int]:
        return frozenset(int(place[row]) for row in rows)

    return replace(theme, rows=moved(theme.rows), fixed=moved(theme.fixed), barred=moved(theme.barred))


def _restored(one: Cluster, order: NDArray[np.int64]) -> Cluster:
    return replace(
        one,
        quote_row=int(order[one.quote_row]),
        key_rows=tuple(order[list(one.key_rows)].tolist()),
        rows=tuple(order[list(one.rows)].tolist()),
    )


def _group_restored(one: Group, order: NDArray[np.int64]) -> Group:
    rows = np.sort(order[list(one.rows)])
    return replace(one, quote_row=int(order[one.quote_row]), rows=tuple(rows.tolist()))


def _phrases(encoder: Encoder) -> name.Embed:
    return lambda phrases: encoder.encode(phrases).mean


def _step(progress: StepProgress | None, step: str) -> Progress | None:
    if progress is None:
        return None
    return lambda done, total: progress(step, done, total)
