"""Who is who after a new run: themes followed by the statements they share.

The rules, for an old theme a and a new cluster b: contain(a→b) = |a∩b| / |a| and the Jaccard index
J = |a∩b| / |a∪b|, counted over statements that were there in both runs or in one.

- split: at least two children hold .25 of the parent each and .7 of it together;
- merge: at least two parents have half of themselves in the child;
- continue: best pairs by J (Hungarian), J ≥ .3 and contain ≥ .5;
- die, birth: what is left on either side.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Mapping

import numpy as np
from scipy.optimize import linear_sum_assignment

from embeddings.records import Event, EventKind, Matching

CHILD, CHILDREN = 0.25, 0.7
PARENT = 0.5
CONTINUE_JACCARD, CONTINUE_SHARE = 0.3, 0.5
HEIR = 0.7
"""After a split the larger child keeps the number only with this much of the parent."""


class _Overlaps:
    """Shared statements of every pair that shares any."""

    def __init__(self, old: Mapping[int, set[Hashable]], new: Mapping[int, set[Hashable]]) -> None:
        self.old, self.new = old, new
        where: dict[Hashable, list[int]] = {}
        for key, members in new.items():
            for member in members:
                where.setdefault(member, []).append(key)
        self.shared: dict[int, dict[int, int]] = {key: {} for key in old}
        for key, members in old.items():
            for member in members:
                for child in where.get(member, ()):
                    self.shared[key][child] = self.shared[key].get(child, 0) + 1

    def contain(self, parent: int, child: int) -> float:
        """Return which part of the parent is in the child."""
        return self.shared[parent].get(child, 0) / len(self.old[parent])

    def jaccard(self, parent: int, child: int) -> float:
        """Return the shared part of both together."""
        both = self.shared[parent].get(child, 0)
        return both / (len(self.old[parent]) + len(self.new[child]) - both)


def match(
    old: Mapping[int, Collection[Hashable]],
    new: Mapping[int, Collection[Hashable]],
    pinned: Collection[int] = (),
    settled: Mapping[int, int] | None = None,
) -> Matching:
    """Follow themes from one run to the next.

    :param old: theme key → ids of its statements before. A theme without statements dies.
    :param new: cluster key → ids of its statements now.
    :param pinned: old keys that a human named or promoted: when themes merge, the number of a
        pinned one survives; of several or none, the largest, then the lowest number.
    :param settled: new key → old key where a human's decisions already say who it is
        (``Cluster.key``); they continue whatever they share.
    :returns: every old and every new key is in exactly one event.

    >>> match({1: "abcd"}, {0: "abce"}).kept
    {0: 1}
    """
    story = _Story(old, new, settled or {})
    story.split()
    story.merge(pinned)
    story.go_on()
    return story.end()


class _Story:
    """The fates told so far, and the themes whose fate is still open."""

    def __init__(
        self,
        old: Mapping[int, Collection[Hashable]],
        new: Mapping[int, Collection[Hashable]],
        settled: Mapping[int, int],
    ) -> None:
        self.overlaps = _Overlaps(
            {key: set(members) for key, members in old.items() if len(members)},
            {key: set(members) for key, members in new.items() if len(members)},
        )
        self.kept = dict(settled)
        self.parents: dict[int, tuple[int, ...]] = {}
        self.redirects: dict[int, int] = {}
        self.events = [
            Event(EventKind.CONTINUE, (parent,), (child,)) for child, parent in sorted(settled.items())
        ]
        self.unsettled_old = [key for key in old if key not in settled.values()]
        self.unsettled_new = [key for key in new if key not in settled]
        self.open_old = dict.fromkeys(sorted(set(self.unsettled_old) & set(self.overlaps.old)))
        self.open_new = dict.fromkeys(sorted(set(self.unsettled_new) & set(self.overlaps.new)))

    def _tell(self, kind: EventKind, old: tuple[int, ...], new: tuple[int, ...]) -> None:
        self.events.append(Event(kind, old, new))
        for key in old:
            self.open_old.pop(key, None)
            self.unsettled_old.remove(key)
        for key in new:
            self.open_new.pop(key, None)
            self.unsettled_new.remove(key)

    def split(self) -> None:
        """Tell which themes fell apart."""
        for parent, children in _splits(self.overlaps, list(self.open_old), self.open_new):
            heir = children[0] if self.overlaps.contain(parent, children[0]) >= HEIR else None
            for child in children:
                if child == heir:
                    self.kept[child] = parent
                else:
                    self.parents[child] = (parent,)
            self._tell(EventKind.SPLIT, (parent,), children)

    def merge(self, pinned: Collection[int]) -> None:
        """Tell which themes grew together."""
        for child, joined in _merges(self.overlaps, self.open_old, self.open_new):
            sizes = {key: len(self.overlaps.old[key]) for key in joined}
            survivor = min(joined, key=lambda key: (key not in pinned, -sizes[key], key))
            self.kept[child] = survivor
            self.redirects.update({key: survivor for key in joined if key != survivor})
            self._tell(EventKind.MERGE, joined, (child,))

    def go_on(self) -> None:
        """Tell which themes are still the same."""
        for parent, child in _continues(self.overlaps, list(self.open_old), list(self.open_new)):
            self.kept[child] = parent
            self._tell(EventKind.CONTINUE, (parent,), (child,))

    def end(self) -> Matching:
        """Tell of the rest that it died or was born."""
        self.events += [Event(EventKind.DIE, (key,), ()) for key in sorted(self.unsettled_old)]
        self.events += [Event(EventKind.BIRTH, (), (key,)) for key in sorted(self.unsettled_new)]
        return Matching(tuple(self.events), self.kept, self.parents, self.redirects)


def _splits(
    overlaps: _Overlaps, open_old: Collection[int], open_new: Collection[int]
) -> list[tuple[int, tuple[int, ...]]]:
    """Return parents that fell apart with their children, largest part first; a child has one parent.

    A child that holds most of another theme too is a meeting of both, no plain part of one: it is
    left for the merges.
    """
    result = []
    taken: set[int] = set()
    for parent in open_old:
        parts = [
            child
            for child in overlaps.shared[parent]
            if child in open_new and child not in taken and overlaps.contain(parent, child) >= CHILD
        ]
        parts.sort(key=lambda child: (-overlaps.contain(parent, child), child))
        own = [child for child in parts if not _belongs_to_another(overlaps, parent, child)]
        if len(own) >= 2 and sum(overlaps.contain(parent, child) for child in own) >= CHILDREN:
            result.append((parent, tuple(own)))
            taken.update(own)
    return result


def _belongs_to_another(overlaps: _Overlaps, parent: int, child: int) -> bool:
    return any(
        other != parent
        and overlaps.contain(other, child) >= PARENT
        and overlaps.jaccard(other, child) > overlaps.jaccard(parent, child)
        for other in overlaps.old
    )


def _merges(
    overlaps: _Overlaps, open_old: Collection[int], open_new: Collection[int]
) -> list[tuple[int, tuple[int, ...]]]:
    """Return children that took in several parents; a parent goes to one child."""
    found: dict[int, list[int]] = {}
    for parent in open_old:
        homes = [
            c for c in overlaps.shared[parent] if c in open_new and overlaps.contain(parent, c) >= PARENT
        ]
        if homes:
            best = min(homes, key=lambda child: (-overlaps.contain(parent, child), child))
            found.setdefault(best, []).append(parent)
    return [(child, tuple(joined)) for child, joined in sorted(found.items()) if len(joined) >= 2]


def _continues(overlaps: _Overlaps, old: list[int], new: list[int]) -> list[tuple[int, int]]:
    """Return the pairs that are the same theme, by the best total Jaccard index."""
    if not old or not new:
        return []
    table = np.array([[_fit(overlaps, parent, child) for child in new] for parent in old])
    rows, columns = linear_sum_assignment(-table)
    return [
        (old[row], new[column]) for row, column in zip(rows, columns, strict=True) if table[row, column] > 0
    ]


def _fit(overlaps: _Overlaps, parent: int, child: int) -> float:
    jaccard = overlaps.jaccard(parent, child)
    enough = jaccard >= CONTINUE_JACCARD and overlaps.contain(parent, child) >= CONTINUE_SHARE
    return jaccard if enough else 0.0
