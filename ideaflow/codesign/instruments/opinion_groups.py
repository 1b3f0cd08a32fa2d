"""Who thinks alike: the plane of opinions, and groups on it. Pure; loads numpy.

Principal components of votes, statements not voted on taken as their mean, each person moved out from the
middle by √(statements / own votes) so that who voted little is not drawn to it (Polis). Groups by k-means
(S. Lloyd, IEEE Trans. Inf. Theory 28 (1982)), begun from the points farthest apart so that the same votes
give the same groups; their number by the silhouette (P. Rousseeuw, J. Comput. Appl. Math. 20 (1987) 53–65).
Written here because scikit-learn's are two hundred megabytes for thirty lines.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ideaflow.codesign.counting.sampling import Floats

Labels = npt.NDArray[np.int64]
MOST_GROUPS = 5
STEPS = 100
NOBODY = 1_500
"""Silhouettes are taken of so many persons at most, evenly chosen: their distances are a square."""


@dataclass(frozen=True)
class Plane:
    """Persons on the two directions that tell opinions apart best.

    :ivar places: shape ``(persons, 2)``.
    :ivar explained: share of the spread that each direction holds.
    """

    places: Floats
    explained: tuple[float, float]


def plane(votes: Floats, weight: Floats) -> Plane:
    """Place persons by their votes.

    :param votes: −1, 0, 1, or not a number where one did not vote; shape ``(persons, statements)``.
    :param weight: of each person.
    """
    seen = ~np.isnan(votes)
    heard = np.maximum((seen * weight[:, None]).sum(axis=0), 1e-12)
    mean = (np.where(seen, votes, 0) * weight[:, None]).sum(axis=0) / heard
    centred = np.where(seen, votes - mean, 0.0)
    _, sizes, directions = np.linalg.svd(centred * np.sqrt(weight)[:, None], full_matrices=False)
    # The sign of a direction is arbitrary: its largest part points up.
    directions = directions[:2]
    largest = np.abs(directions).argmax(axis=1)
    directions = directions * np.sign(directions[np.arange(len(directions)), largest])[:, None]
    stretch = np.sqrt(votes.shape[1] / np.maximum(seen.sum(axis=1), 1))
    places = np.zeros((len(votes), 2))
    places[:, : len(directions)] = centred @ directions.T * stretch[:, None]
    spread = np.pad(sizes**2, (0, 2))
    total = max(float(spread.sum()), 1e-12)
    return Plane(places, (float(spread[0] / total), float(spread[1] / total)))


def groups(places: Floats, weight: Floats) -> tuple[Labels, float]:
    """Return the group of each person, the largest first, and how well groups stand apart (silhouette, −1 to
    1).

    The number of groups, two to five, is that of the largest silhouette.
    """
    most = min(MOST_GROUPS, len(np.unique(places.round(9), axis=0)))
    if most < 2:
        return np.zeros(len(places), dtype=np.int64), 0.0
    tried = [kmeans(places, weight, count) for count in range(2, most + 1)]
    found = [(labels, silhouette(places, weight, labels)) for labels in tried]
    labels, width = max(found, key=lambda one: round(one[1], 9))
    order = np.argsort(-np.bincount(labels, weights=weight).round(9), kind="stable")
    return np.argsort(order)[labels].astype(np.int64), width


def kmeans(places: Floats, weight: Floats, count: int) -> Labels:
    """Divide persons into groups around centres; the same places give the same groups."""
    centres = _far_apart(places, weight, count)
    labels = np.full(len(places), -1)
    for _ in range(STEPS):
        nearest = _distances(places, centres).argmin(axis=1)
        if (nearest == labels).all():
            break
        labels = nearest
        for group in range(count):
            if (labels == group).any():
                centres[group] = np.average(places[labels == group], axis=0, weights=weight[labels == group])
    return labels.astype(np.int64)


def silhouette(places: Floats, weight: Floats, labels: Labels) -> float:
    """Return the mean of (b − a) / max(a, b): a the distance to one's own group, b to the nearest other.

    An account's weight in its own group is left out of the mean distance there, as a person is from theirs.
    """
    step = max(1, -(-len(places) // NOBODY))
    places, weight, labels = places[::step], weight[::step], labels[::step]
    kinds, mine = np.unique(labels, return_inverse=True)
    if len(kinds) < 2:
        return 0.0
    member = (labels[:, None] == kinds) * weight[:, None]
    sums, sizes = _distances(places, places) @ member, member.sum(axis=0)
    rows = np.arange(len(places))
    own = sums[rows, mine] / np.maximum(sizes[mine] - 1, 1e-9)
    others = sums / sizes
    others[rows, mine] = np.inf
    nearest = others.min(axis=1)
    width = (nearest - own) / np.maximum(np.maximum(nearest, own), 1e-12)
    return float(np.average(np.where(sizes[mine] > 1 + 1e-9, width, 0.0), weights=weight))


def _far_apart(places: Floats, weight: Floats, count: int) -> Floats:
    """Return first centres: the one farthest from the middle, then always the one farthest from all."""
    middle = np.average(places, axis=0, weights=weight)
    chosen = [int(((places - middle) ** 2).sum(axis=1).round(9).argmax())]
    for _ in range(count - 1):
        chosen.append(int(_distances(places, places[chosen]).min(axis=1).round(9).argmax()))
    return places[chosen].copy()


def _distances(one: Floats, other: Floats) -> Floats:
    square = (one**2).sum(axis=1)[:, None] + (other**2).sum(axis=1)[None, :] - 2 * one @ other.T
    return np.asarray(np.sqrt(np.maximum(square, 0)), dtype=np.float64)
