"""Which themes descend from which: what a merge or a split made of one belongs to it. Pure rules."""

from collections import defaultdict
from collections.abc import Iterable


def descendants(roots: Iterable[int], steps: Iterable[tuple[int, int]]) -> set[int]:
    """Return ``roots`` and everything that came of them.

    :param steps: (from, to): a theme that lives on in another, or a part that was split off it.

    >>> sorted(descendants([1], [(1, 2), (2, 3), (4, 2), (5, 6)]))
    [1, 2, 3]
    """
    following: dict[int, list[int]] = defaultdict(list)
    for before, after in steps:
        following[before].append(after)
    found, waiting = set(), list(roots)
    while waiting:
        one = waiting.pop()
        if one not in found:
            found.add(one)
            waiting += following[one]
    return found
