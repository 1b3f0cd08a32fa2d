"""Which texts speak for a cluster: the quote under its title, and a few more that do not repeat it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from embeddings import rank
from embeddings.habits import content, language, main_language
from embeddings.persons import Persons
from embeddings.phrases import runs, said
from embeddings.pleasantries import says_nothing
from embeddings.private import tells
from embeddings.rank import Embed
from embeddings.records import Vectors

READ = 150
"""Most central texts that are looked at."""
CENTRAL_SHARE, CENTRAL_LEAST, CENTRAL_MOST = 0.1, 6, 30
WORD, LONG = 0.004, 30
"""What each word costs a quote, for a short one is read, and the words above which one is taken only where
all are long."""
QUOTED = 8
"""Quotes of which it is asked what they say together with the title: each needs a vector more."""
QUOTES = 5
BRIEF = 5
"""A quote of fewer words hardly makes a point."""
ALIKE = 0.85


@dataclass(frozen=True, eq=False)
class Voices:
    """The texts of all clusters.

    :ivar vectors: the ``mean`` vectors of the texts; shape ``(texts, dimensions)``.
    :ivar centres: one cluster a row; see ``cluster.centroids``.
    :ivar persons: who is known to be a person.
    :ivar embed: gives the vectors of phrases; without it nothing is read together with a title.
    """

    texts: Sequence[str]
    vectors: Vectors
    centres: Vectors
    persons: Persons
    embed: Embed | None

    def quote(self, rows: Sequence[int], label: int, title: str) -> int:
        """Return the text that says best, and briefly, what sets a cluster apart.

        The best by themselves are read once more together with the title, and both count: what stands
        under a title should be of the same theme as it is, and say more than it says.

        :param rows: the rows of the cluster, most central first.
        """
        main = main_language(language(self.texts[row]) for row in rows[:READ])
        about = content(said(title))
        few = rows[: min(CENTRAL_MOST, CENTRAL_LEAST + int(len(rows) * CENTRAL_SHARE))]
        alone = rank.telling(self.vectors[few], self.centres, label)
        score = dict(zip(few, alone.tolist(), strict=True))
        best = self._ordered(score, main, about)[:QUOTED]
        if self.embed is not None and len(best) > 1:
            vectors = self.embed([f"{title}: {self.texts[row]}" for row in best])
            for row, together in zip(best, rank.telling(vectors, self.centres, label), strict=True):
                score[row] = (score[row] + float(together)) / 2
            best = self._ordered({row: score[row] for row in best}, main, about)
        return best[0]

    def spread_out(self, rows: Sequence[int]) -> tuple[int, ...]:
        """Return a few central rows that do not repeat each other, those with a person's data last."""
        chosen: list[int] = []
        near = rows[: max(QUOTES, len(rows) // 2)][:READ]
        private: list[int] = []
        for row in near:
            if any(float(self.vectors[row] @ self.vectors[other]) >= ALIKE for other in chosen):
                continue
            if self._is_private(self.texts[row]):
                private.append(row)
                continue
            chosen.append(row)
            if len(chosen) == QUOTES:
                break
        return tuple(chosen or private[:QUOTES])

    def _ordered(self, score: dict[int, float], main: str, about: frozenset[str]) -> list[int]:
        """Return rows, the best quote first.

        One with a person's name, a number or an address comes after all others, and one that does not
        speak of what the title says after those that do.

        :param score: how well each row sets the cluster apart.
        :param main: the language of the cluster.
        :param about: the stems of the title.
        """

        def order(row: int) -> tuple[bool, bool, bool, bool, bool, bool, float]:
            text = self.texts[row].strip()
            strange = language(text) not in ("", main)
            length = len(text.split())
            hanging = text.endswith((":", ",")) or length < BRIEF
            misses = len(about & content(said(text))) * 2 < len(about)
            private = self._is_private(text)
            rest = (strange, hanging, length > LONG, misses, WORD * length - score[row])
            return says_nothing(text), private, *rest

        return sorted(score, key=order)

    def _is_private(self, text: str) -> bool:
        """Return whether a text names a person, or holds a number or an address of one."""
        return tells(text) or any(self.persons.is_person(word) for run in runs(text) for word in run)
