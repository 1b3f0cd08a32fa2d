"""The door to what the engine knows of words, without a model: what they are about, and whom they name."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any


def content(text: str) -> frozenset[str]:
    """Return the stems of the words that say what a text is about."""
    from embeddings.habits import content as stems
    from embeddings.phrases import runs

    return stems(" ".join(word for some in runs(text) for word in some))


def masked(text: str) -> str:
    """Return a text with words in brackets where addresses and numbers of a person stood."""
    from embeddings.private import masked as mask

    return mask(text)


def without_people(texts: Sequence[str], people: Collection[str]) -> list[str]:
    """Return texts with words in brackets where people, their addresses and their numbers stood.

    :param people: names and mail addresses that are known.
    """
    from embeddings.persons import Persons, hidden
    from embeddings.private import masked as mask

    persons = Persons(people)
    for text in texts:
        persons.learn(text)
    return [hidden(mask(text), persons) for text in texts]


def is_private(title: str) -> bool:
    """Return whether a title holds a number, an address or a common first name."""
    from embeddings.first_names import FIRST_NAMES
    from embeddings.private import without

    return without(title) != title or any(word.lower() in FIRST_NAMES for word in title.split())


def titles(texts: Sequence[str], vectors: Any, labels: Sequence[int], people: Collection[str]) -> list[str]:
    """Return what sets each of a few groups of texts apart, in their own words.

    :param labels: the group of each text, counted from 0.
    :param people: names and mail addresses, which stand in no title.
    """
    import numpy as np

    from embeddings.name import names

    numbers = np.array(labels, np.int64)
    return [one.title for one in names(texts, vectors, numbers, forbidden=people)]
