"""Titles and quotes of clusters, taken from the texts themselves.

A title is a phrase of two to six words whose words several of the texts share, in the language most of
them are in, which names a thing rather than a piece of a sentence, and whose vector lies near the
cluster's centre and away from the centres of its rivals. ``voices`` finds the quote below it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np

from embeddings import phrases, rank
from embeddings.cluster import centroids
from embeddings.duplicates import normalise
from embeddings.habits import Habits, content, language, main_language
from embeddings.persons import Persons
from embeddings.phrases import Phrase, Runs, Spelling, runs, said
from embeddings.rank import Embed as Embed
from embeddings.rank import Scored
from embeddings.records import Labels, Progress, Vectors
from embeddings.voices import Voices

READ = 150
"""Most central texts of a cluster that are read for phrases."""
HEART = 12
"""Of these most central texts even phrases that stand nowhere else are considered."""
SHARED, SHARED_LEAST = 0.3, 5
"""A name that stands in so many clusters (the product, the vendor) tells none from another."""
NAMELESS = "no words"


@dataclass(frozen=True, slots=True)
class Name:
    """What a cluster is called, and the rows that speak for it."""

    title: str
    keywords: tuple[str, ...]
    quote_row: int
    key_rows: tuple[int, ...]


def names(
    texts: Sequence[str],
    vectors: Vectors,
    labels: Labels,
    embed: Embed | None = None,
    progress: Progress | None = None,
    *,
    forbidden: Collection[str] = (),
    taken: Collection[str] = (),
) -> list[Name]:
    """Name each cluster; no two titles are equal or made of the same words, none holds a person's name.

    :param texts: the texts of the rows.
    :param vectors: their ``mean`` vectors; shape ``(texts, dimensions)``.
    :param labels: ``Labels``.
    :param embed: gives the vectors of phrases; without it words alone decide.
    :param forbidden: names of people, or their mail addresses, that the caller knows.
    :param taken: titles that are given already, to areas or sub-themes.
    """
    centres = centroids(vectors, labels)
    clusters = len(centres)
    central = [_central(vectors, labels, centres, label) for label in range(clusters)]
    spoken = [_spoken([texts[row] for row in rows]) for rows in central]
    read = [[runs(text) for text in some] for some in spoken]
    spelling, habits, persons = Spelling(), Habits(), Persons(forbidden)
    for some, parsed in zip(spoken, read, strict=True):
        for text, words in zip(some, parsed, strict=True):
            spelling.learn(text)
            habits.learn(words)
            persons.learn(text)
    people = {word for word in habits.uses if persons.is_person(word)}
    counted = [_without(phrases.count(some), people) for some in read]
    spread = Counter(phrase for some in counted for phrase in some)
    most = max(SHARED_LEAST, SHARED * clusters)
    vendor = {word for word, many in spread.items() if many > most and spelling.is_name(word)}
    used = [
        rank.usable(_without(some, vendor) or some, parsed)
        for some, parsed in zip(counted, read, strict=True)
    ]
    hearts = [phrases.count(some[:HEART]) for some in read]
    ranked = [rank.by_words(some, heart, spread, clusters) for some, heart in zip(used, hearts, strict=True)]
    scored = rank.by_vectors(ranked, used, habits, centres, embed, progress) if embed is not None else ranked
    voices = Voices(texts, vectors, centres, persons, embed)
    titles = {said(title) for title in taken}
    given = {_about(title) for title in titles}
    result = []
    for label, rows in enumerate(central):
        phrase = _choose(scored[label], given, titles, read[label], people)
        given.add(_about(phrase))
        titles.add(phrase)
        keywords = tuple(phrase for phrase, _ in ranked[label] if " " not in phrase)[:6]
        title = spelling.title(phrase)
        key_rows = voices.spread_out(rows)
        result.append(Name(title, keywords, voices.quote(rows, label, title), key_rows))
    return result


def _without(used: dict[str, Phrase], barred: set[str]) -> dict[str, Phrase]:
    """Return the phrases that have none of the barred words."""
    return {phrase: use for phrase, use in used.items() if barred.isdisjoint(phrase.split())}


def _spoken(texts: Sequence[str]) -> list[str]:
    """Return the texts that are read for a title: no copies, in the language that most are in."""
    distinct = _distinct(texts)
    languages = [language(text) for text in distinct]
    main = main_language(languages)
    return [text for text, one in zip(distinct, languages, strict=True) if one in ("", main)]


def _central(vectors: Vectors, labels: Labels, centres: Vectors, label: int) -> list[int]:
    """Return the rows of a cluster, nearest to its centre first."""
    rows = np.flatnonzero(labels == label)
    likeness = vectors[rows] @ centres[label]
    return [int(row) for row in rows[np.argsort(-likeness, kind="stable")]]


def _distinct(texts: Sequence[str]) -> list[str]:
    """Return the first texts that are not copies of earlier ones: repeating does not make a title."""
    found: dict[str, str] = {}
    for text in texts:
        found.setdefault(normalise(text), text)
        if len(found) == READ:
            break
    return list(found.values())


def _choose(
    scored: Scored, given: set[frozenset[str]], titles: set[str], texts: Sequence[Runs], people: set[str]
) -> str:
    """Return the best phrase that no other cluster has, in small letters."""
    free = [phrase for phrase, _ in scored if _about(phrase) not in given]
    for phrase in free:
        if " " in phrase:
            return phrase
    if free:
        return free[0]
    openings = [phrase for text in texts if (phrase := phrases.opening(text, people))]
    for phrase in openings:
        if _about(phrase) not in given:
            return phrase
    phrase = openings[0] if openings else NAMELESS
    while phrase in titles:
        phrase += " again"
    return phrase


def _about(phrase: str) -> frozenset[str]:
    """Return what two titles must not have in common altogether."""
    return content(phrase) or frozenset(phrase.split())
