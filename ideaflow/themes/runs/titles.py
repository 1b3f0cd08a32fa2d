"""Which title a theme has after a run: the one people know, as long as it still fits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

SAME = 0.6
"""A theme that shares this much (Jaccard) with itself before is the same to those who know it."""
STILL = 0.95
"""So is one whose middle has moved no farther than this likeness, however many came or went."""
CARRIERS = 2
"""Statements that must still use each word of a title."""
LENGTH = 300


@dataclass(frozen=True)
class Called:
    """A theme before and after a run.

    :ivar title: what it is called until now; empty for a new one.
    :ivar fresh: what the run would call it.
    :ivar keywords: words to tell it from another of the same title.
    :ivar is_fixed: a human gave it its name.
    :ivar shared: Jaccard of its statements before and after, 0–1.
    :ivar likeness: of its centroid before and after; None when one is not known.
    :ivar carriers: statements that use the word of the title that fewest use.
    """

    title: str
    fresh: str
    keywords: Sequence[str] = ()
    is_fixed: bool = False
    shared: float = 0.0
    likeness: float | None = None
    carriers: int = 0


def is_same(one: Called) -> bool:
    """Return whether a theme still means what it meant."""
    return one.shared >= SAME or (one.likeness is not None and one.likeness >= STILL)


def settle(themes: Mapping[int, Called]) -> dict[int, str]:
    """Return the title of each theme, in the order given, the first having the choice; no two are alike.

    A human's name stays. A theme that means the same keeps its title while its statements use its words;
    who is new, or has moved, takes what the run found.
    """
    titles = {key: one.title for key, one in themes.items() if one.is_fixed}
    taken = {title.casefold() for title in titles.values()}
    for key, one in themes.items():
        fits = one.title and is_same(one) and one.carriers >= CARRIERS
        if key not in titles and fits and one.title.casefold() not in taken:
            titles[key] = one.title
            taken.add(one.title.casefold())
    for key, one in themes.items():
        if key not in titles:
            titles[key] = _free(one, taken)
            taken.add(titles[key].casefold())
    return titles


def _free(one: Called, taken: set[str]) -> str:
    """Return the fresh title, with a word more where another theme has it."""
    title = one.fresh[:LENGTH]
    for word in one.keywords:
        if title.casefold() not in taken:
            return title
        if word.casefold() not in one.fresh.casefold():
            title = f"{one.fresh[: LENGTH - len(word) - 2]}: {word}"
    while title.casefold() in taken:
        title = f"{title[: LENGTH - 6]} again"
    return title
