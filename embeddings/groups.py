"""The levels above and below the clusters, named and ready to be shown."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from embeddings import heads as heads_of
from embeddings import name, tree
from embeddings.cluster import centroids
from embeddings.records import NOISE, Cluster, Group, Labels, Progress, Vectors


@dataclass(frozen=True, eq=False)
class Tree:
    """What the levels are made from.

    :ivar matrix: the graph; one node a group of copies.
    :ivar stands: the row that stands for each node.
    :ivar node: the node of each row.
    :ivar labels: the cluster of each row, after human decisions.
    """

    matrix: Any
    stands: NDArray[np.int64]
    node: NDArray[np.int64]
    labels: Labels
    clusters: Sequence[Cluster]


def groups(
    made: Tree,
    texts: Sequence[str],
    mean: Vectors,
    seed: int = 0,
    embed: name.Embed | None = None,
    progress: Progress | None = None,
    forbidden: Collection[str] = (),
) -> tuple[tuple[Group, ...], tuple[Group, ...]]:
    """Return the areas and the parts.

    :param texts: the texts of the rows.
    :param mean: their ``mean`` vectors; shape ``(texts, dimensions)``.
    :param embed: gives the vectors of phrases, for the titles.
    :param forbidden: names of people, which stand in no title.
    """
    if not made.clusters:
        return (), ()
    centres = np.stack([one.centroid for one in made.clusters])
    heads = made.labels[made.stands]
    area_of = tree.areas(made.matrix, heads, centres, seed)
    by_area = np.where(made.labels == NOISE, NOISE, area_of[made.labels])
    by_part = _spread(tree.parts(made.matrix, heads, seed), made, mean)
    taken = {one.title.casefold(): frozenset(one.rows) for one in made.clusters}
    levels = []
    for done, labels in enumerate((by_area, by_part)):
        called = name.names(texts, mean, labels, embed, forbidden=forbidden, taken=taken)
        found = _named(labels, called, made, mean)
        if done == 0:
            found = heads_of.name_areas(found, made.clusters, texts, forbidden)
        levels.append(tuple(_unlike(one, made.clusters, taken) for one in found))
        if progress is not None:
            progress(done + 1, 2)
    return levels[0], levels[1]


def _spread(parts: Labels, made: Tree, mean: Vectors) -> Labels:
    """Give each row the part of its node, or the nearest one of its cluster where a human moved a copy.

    Parts are numbered anew without gaps, in the order of their clusters.
    """
    labels = parts[made.node]
    moved = made.labels != made.labels[made.stands][made.node]
    labels[moved] = NOISE
    if (labels == NOISE).all():
        return labels
    found, packed = np.unique(labels, return_inverse=True)
    packed = packed - int(found[0] == NOISE)
    centres = centroids(mean, packed)
    home = np.full(len(centres), NOISE, np.int64)
    home[packed[packed != NOISE]] = made.labels[packed != NOISE]
    for row in np.flatnonzero(moved & (made.labels != NOISE)):
        own = np.flatnonzero(home == made.labels[row])
        if len(own):
            packed[row] = own[np.argmax(centres[own] @ mean[row])]
    return packed


def _named(labels: Labels, called: Sequence[name.Name], made: Tree, mean: Vectors) -> list[Group]:
    centres = centroids(mean, labels)
    order = np.argsort(labels, kind="stable")
    ends = np.searchsorted(labels[order], np.arange(len(centres) + 1))
    found = []
    for number, named in enumerate(called):
        rows = order[ends[number] : ends[number + 1]]
        clusters = np.unique(made.labels[rows])
        found.append(
            Group(
                number=number,
                title=named.title,
                quote_row=named.quote_row,
                rows=tuple(rows.tolist()),
                clusters=tuple(clusters.tolist()),
                centroid=centres[number],
            )
        )
    return [_as_cluster(one, made.clusters) for one in found]


def _as_cluster(one: Group, clusters: Sequence[Cluster]) -> Group:
    """Return a group that is one whole cluster under the name of that cluster."""
    only = clusters[one.clusters[0]]
    if len(one.clusters) > 1 or only.size != one.size:
        return one
    return replace(one, title=only.title, quote_row=only.quote_row)


def _unlike(one: Group, clusters: Sequence[Cluster], taken: dict[str, frozenset[int]]) -> Group:
    """Return a group under a title that stands for no other rows, and note the title as taken."""
    rows = frozenset(one.rows)
    title = one.title
    biggest = clusters[one.clusters[0]]
    for more in biggest.keywords:
        if taken.get(title.casefold(), rows) == rows:
            break
        if more.casefold() not in one.title.casefold():
            title = f"{one.title}: {more}"
    while taken.get(title.casefold(), rows) != rows:
        title += " again"
    taken[title.casefold()] = rows
    return replace(one, title=title)
