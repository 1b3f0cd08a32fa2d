"""What an area is called: by a phrase its themes share, else by a word of each of its largest themes.

An area holds themes that lie near each other and may yet speak of different things. A phrase of one of them
says nothing of the others; a word of each says what is inside.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from math import log

from embeddings.habits import Habits, content
from embeddings.persons import Persons
from embeddings.phrases import Spelling, runs
from embeddings.records import Cluster, Group

READ = 60
"""Texts of a theme that are read for its words."""
SPEAKS = 0.15
"""A theme speaks of a word that stands in so many of its texts."""
SHARED = 0.5
"""A phrase names an area if so many of its themes speak of one of its words."""
HEADS = 3
TITLED = 2.0
"""What a word counts more that stands in its theme's own title."""
RARE = 0.01


@dataclass(frozen=True, eq=False)
class Said:
    """How often the words of themes are said.

    :ivar shares: for each theme, the share of its texts with a word, by stem.
    :ivar everywhere: the mean of that over all texts.
    :ivar forms: how each stem is mostly written.
    """

    shares: Sequence[dict[str, float]]
    everywhere: dict[str, float]
    forms: dict[str, str]
    habits: Habits
    spelling: Spelling


def name_areas(
    areas: Sequence[Group], clusters: Sequence[Cluster], texts: Sequence[str], forbidden: Collection[str] = ()
) -> list[Group]:
    """Return the areas under names that speak for their themes; one whose phrase does so keeps it.

    No word stands in the names of two areas that are called by words.
    """
    said = _listen(clusters, texts, forbidden)
    keeps = [len(one.clusters) < 2 or _is_shared(one, said) for one in areas]
    used = {
        stem for one, kept in zip(areas, keeps, strict=True) if kept for stem in content(one.title.lower())
    }
    return [
        one if kept else _called(one, clusters, said, used) for one, kept in zip(areas, keeps, strict=True)
    ]


def _listen(clusters: Sequence[Cluster], texts: Sequence[str], forbidden: Collection[str]) -> Said:
    habits, spelling, persons = Habits(), Spelling(), Persons(forbidden)
    written: dict[str, Counter[str]] = defaultdict(Counter)
    shares: list[dict[str, float]] = []
    everywhere: dict[str, float] = defaultdict(float)
    for one in clusters:
        rows = one.rows[:: max(1, len(one.rows) // READ)]
        some = list(dict.fromkeys(texts[row] for row in rows))
        found = Counter[str]()
        for text in some:
            spelling.learn(text)
            persons.learn(text)
            parsed = runs(text)
            habits.learn(parsed)
            stems = {word: stem for words in parsed for word in words for stem in content(word)}
            found.update(set(stems.values()))
            for word, stem in stems.items():
                written[stem][word] += 1
        own = {stem: many / len(some) for stem, many in found.items() if many > 1}
        shares.append(own)
        for stem, share in own.items():
            everywhere[stem] += share * one.size
    total = sum(one.size for one in clusters) or 1
    forms = {stem: min(words, key=lambda word: (-words[word], word)) for stem, words in written.items()}
    kept = {stem: word for stem, word in forms.items() if len(word) > 2 and not persons.is_person(word)}
    return Said(shares, {stem: many / total for stem, many in everywhere.items()}, kept, habits, spelling)


def _is_shared(area: Group, said: Said) -> bool:
    """Return whether enough themes of an area speak of a word of its phrase."""
    return any(
        _speakers(area, stem, said) >= max(2, SHARED * len(area.clusters))
        for stem in content(area.title.lower())
    )


def _speakers(area: Group, stem: str, said: Said) -> int:
    return sum(said.shares[label].get(stem, 0) >= SPEAKS for label in area.clusters)


def _called(area: Group, clusters: Sequence[Cluster], said: Said, used: set[str]) -> Group:
    """Return an area under a word of each of its largest themes, none of those used, and note them."""
    total = sum(one.size for one in clusters)
    heads: list[str] = []
    for label in sorted(area.clusters, key=lambda label: (-clusters[label].size, label)):
        ranked = _ranked(clusters[label], said, total)
        fresh = next((stem for stem in ranked if stem not in used), None)
        if fresh is not None:
            heads.append(fresh)
            used.add(fresh)
        if len(heads) == HEADS:
            break
    if len(heads) < 2:
        return area
    return replace(
        area, title=said.spelling.title(" ".join(said.forms[one] for one in heads)).replace(" ", ", ")
    )


def _ranked(one: Cluster, said: Said, total: int) -> list[str]:
    """Return the stems that tell a theme from the others and name a thing, the best first."""
    titled = content(one.title.lower())
    worth = {}
    for stem, share in said.shares[one.label].items():
        if stem not in said.forms:
            continue
        rest = (said.everywhere[stem] * total - share * one.size) / max(1, total - one.size)
        thing = 1 - said.habits.fault(said.forms[stem])
        worth[stem] = thing * share * log((share + RARE) / (rest + RARE)) * (TITLED if stem in titled else 1)
    return sorted((stem for stem in worth if worth[stem] > 0), key=lambda stem: (-worth[stem], stem))
