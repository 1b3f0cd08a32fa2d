"""One run of the engine: texts in, named clusters out."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from embeddings import cluster, correct, groups, learn, name, resolutions
from embeddings.corpus import Corpus, corpus
from embeddings.encode import Encoder
from embeddings.partition import Partition, partition
from embeddings.records import (
    NOISE,
    Cluster,
    Discovery,
    Encoded,
    Group,
    Known,
    Labels,
    LeftOut,
    Report,
    StepProgress,
    Strengths,
    Vectors,
    step_of,
)


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
    :raises EngineError: the encoder cannot be opened, or vectors hold no numbers.
    :raises ValueError: vectors or decisions do not fit the texts.
    """
    if vectors is None:
        encoder = encoder or Encoder()
        vectors = encoder.encode(texts, step_of(progress, "Reading"))
    some = corpus(texts, vectors)
    correct.check(known, excluded, len(texts))
    order, place = some.order, some.places()
    found = _discover(
        some,
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
        learned=tuple(learn.restored(one, order) for one in found.learned),
    )


def labels(
    texts: Sequence[str],
    vectors: Encoded,
    *,
    known: Sequence[Known] = (),
    seed: int = 0,
    progress: StepProgress | None = None,
) -> Labels:
    """Return the clusters of a collection as ``discover`` finds them, without names and decisions.

    :param known: the themes of earlier runs: texts lean towards the theme they were in.

    :raises EngineError: vectors hold no numbers.
    :raises ValueError: the vectors do not fit the texts.
    """
    some = corpus(texts, vectors)
    found = np.full(len(texts), NOISE, np.int64)
    moved = [_moved(theme, some.places()) for theme in known]
    found[some.order], _ = cluster.by_size(partition(some, seed, progress, moved).labels)
    return found


def _discover(
    some: Corpus,
    encoder: Encoder | None,
    known: Sequence[Known],
    excluded: frozenset[int],
    seed: int,
    progress: StepProgress | None,
    forbidden: Collection[str],
) -> Discovery:
    texts, mean = some.texts, some.mean
    fresh = partition(some, seed, progress, known)
    obeyed = correct.obey(fresh.labels, mean, known, excluded)
    labels, number = cluster.by_size(obeyed.labels)
    strengths = fresh.strengths(labels)
    strengths[obeyed.fixed] = 1.0
    decided = {theme.key for theme in known if theme.fixed or theme.barred or theme.whole}
    keys = {number[home]: key for key, home in obeyed.homes.items() if key in decided}
    embed = None if encoder is None else _phrases(encoder)
    naming = step_of(progress, "Naming")
    names = name.names(texts, mean, labels, embed, naming, forbidden=forbidden)
    clusters = _clusters(names, mean, labels, strengths)
    told = tuple(
        replace(one, key=keys.get(one.label), is_pocket=bool(fresh.is_pocket[list(one.rows)].all()))
        for one in clusters
    )
    tree = groups.Tree(fresh.matrix, fresh.stands, fresh.group, labels, told)
    arranging = step_of(progress, "Arranging")
    areas, parts = groups.groups(tree, texts, mean, seed, embed, arranging, forbidden)
    report = _report(fresh, labels, told, excluded, seed)
    known_so = (areas, parts, report, obeyed.learned)
    return Discovery(labels, strengths, told, fresh.levels, some.given, seed, *known_so)


def _report(
    fresh: Partition, labels: Labels, clusters: Sequence[Cluster], excluded: frozenset[int], seed: int
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
    again = resolutions.firm(fresh.matrix, fresh.chosen, seed + 1)
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


def _moved(theme: Known, place: NDArray[np.int64]) -> Known:
    def moved(rows: frozenset[int]) -> frozenset[int]:
        return frozenset(int(place[row]) for row in rows)

    lessons = tuple(replace(one, rows=moved(one.rows)) for one in theme.lessons)
    rows, fixed, barred = moved(theme.rows), moved(theme.fixed), moved(theme.barred)
    return replace(theme, rows=rows, fixed=fixed, barred=barred, lessons=lessons)


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
    """Return what gives phrases their vectors, each once: the levels share most of theirs."""
    known: dict[str, Vectors] = {}

    def embed(phrases: Sequence[str]) -> Vectors:
        new = sorted({phrase for phrase in phrases if phrase not in known})
        known.update(zip(new, encoder.encode(new).mean, strict=True))
        return np.stack([known[phrase] for phrase in phrases])

    return embed
