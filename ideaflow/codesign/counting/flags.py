"""Answers that were given without reading: flagged and shown apart, never thrown away in silence. Pure."""

from collections.abc import Sequence

HURRIED_SECONDS = 2.0
"""Who chooses in less has not read the set."""

LEAST_ANSWERS = 4
"""From so many answers on, always the same place is no chance."""


def hurried_share(seconds: Sequence[float]) -> float:
    """Return the share of questions answered in under two seconds; 0 of none.

    >>> hurried_share([1.2, 0.8, 6.0, 9.5])
    0.5
    """
    return sum(one < HURRIED_SECONDS for one in seconds) / len(seconds) if seconds else 0.0


def is_speeding(seconds: Sequence[float]) -> bool:
    """Say whether most questions were answered in under two seconds."""
    return hurried_share(seconds) > 0.5


def is_straight(places: Sequence[object]) -> bool:
    """Say whether the same place (or pair of places) was chosen throughout.

    >>> is_straight([(0, 3)] * 6), is_straight([(0, 3), (1, 2), (0, 3), (0, 3)]), is_straight([0, 0])
    (True, False, False)
    """
    return len(places) >= LEAST_ANSWERS and len(set(places)) == 1
