"""How well long texts are split into statements, on the labelled ones in ``tests/embeddings/long_texts``.

    python -m benchmarks.statements [--half development|judging] [--kinds] [--json]

A point is *found* when one statement holds seven tenths of it and less than a tenth of any other point. A
statement is *precise* when seven tenths of it (what the customer says besides not counted) lie in one point.
*Borders* are the F1 of where points begin and end, ten characters this way or that. *Leaked* is the share of
greetings, signatures, quotes and templates that stands in statements; *lost* the share of the customer's own
words that stands in none. All by characters that are no blanks.
"""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from embeddings import statements, templates
from embeddings.pleasantries import says_nothing

ROOT = Path(__file__).resolve().parent.parent
TEXTS = ROOT / "tests" / "embeddings" / "long_texts"
HALVES = ("development", "judging")
MOST, TOUCHED, TOLERANCE = 0.7, 0.1, 10
COLUMNS = ("found", "precise", "borders", "leaked", "lost")
Span = tuple[int, int]
Splitter = Callable[[dict[str, Any]], list[Span]]


@dataclass
class Tally:
    """What was counted over some texts."""

    texts: int = 0
    points: int = 0
    found: int = 0
    statements: int = 0
    precise: int = 0
    borders: list[int] = field(default_factory=lambda: [0, 0, 0])  # Hit, told, true.
    chrome: list[int] = field(default_factory=lambda: [0, 0])
    words: list[int] = field(default_factory=lambda: [0, 0])

    def shares(self) -> dict[str, float]:
        """Return the five measures."""
        return {
            "found": self.found / max(self.points, 1),
            "precise": self.precise / max(self.statements, 1),
            "borders": 2 * self.borders[0] / max(self.borders[1] + self.borders[2], 1),
            "leaked": self.chrome[0] / max(self.chrome[1], 1),
            "lost": self.words[0] / max(self.words[1], 1),
        }

    def add(self, record: dict[str, Any], spans: Sequence[Span]) -> None:
        """Count one text and the statements found in it."""
        text, points, context = record["text"], _spans(record["points"]), _spans(record["context"])
        solid = [not character.isspace() for character in text]
        told, own = _marked(len(text), spans), _marked(len(text), [*points, *context])
        beside = _marked(len(text), context)
        self.texts += 1
        self.points += len(points)
        for point in points:
            self.found += any(
                _share(solid, point, one) >= MOST
                and all(_share(solid, other, one) < TOUCHED for other in points if other != point)
                for one in spans
            )
        for start, end in spans:
            counted = sum(solid[at] and not beside[at] for at in range(start, end))
            if counted:
                self.statements += 1
                most = max((_common(solid, point, (start, end)) for point in points), default=0)
                self.precise += most >= MOST * counted
        self._count_borders(points, [one for one in spans if not all(beside[one[0] : one[1]])])
        for at in range(len(text)):
            if solid[at]:
                kind, hit = (self.words, not told[at]) if own[at] else (self.chrome, told[at])
                kind[0] += hit
                kind[1] += 1

    def _count_borders(self, points: Sequence[Span], spans: Sequence[Span]) -> None:
        for side in (0, 1):
            true, told = sorted(one[side] for one in points), sorted(one[side] for one in spans)
            self.borders[1] += len(told)
            self.borders[2] += len(true)
            for place in told:
                near = next((one for one in true if abs(one - place) <= TOLERANCE), None)
                if near is not None:
                    true.remove(near)
                    self.borders[0] += 1


def _spans(marked: Iterable[dict[str, Any]]) -> list[Span]:
    return [(one["start"], one["start"] + len(one["text"])) for one in marked]


def _marked(length: int, spans: Iterable[Span]) -> list[bool]:
    marks = [False] * length
    for start, end in spans:
        marks[start:end] = [True] * (end - start)
    return marks


def _common(solid: Sequence[bool], one: Span, other: Span) -> int:
    return sum(solid[max(one[0], other[0]) : min(one[1], other[1])])


def _share(solid: Sequence[bool], point: Span, statement: Span) -> float:
    """Return how much of a point stands in a statement."""
    return _common(solid, point, statement) / max(sum(solid[slice(*point)]), 1)


def whole(record: dict[str, Any]) -> list[Span]:
    """Return the text as one statement."""
    return [(0, len(record["text"]))]


def sentences(record: dict[str, Any]) -> list[Span]:
    """Return every line and sentence as a statement."""
    found = re.finditer(r"[^\s](?:[^\n.!?]|[.!?](?!\s))*[.!?]*", record["text"])
    return [one.span() for one in found]


def read(half: str) -> list[dict[str, Any]]:
    """Return the labelled texts of a half."""
    lines = (TEXTS / f"{half}.jsonl").read_text("utf-8").splitlines()
    return [json.loads(line) for line in lines]


def ours(record: dict[str, Any]) -> list[Span]:
    """Return the statements, knowing this text alone."""
    return _drawn(record["text"], frozenset())


def knowing(records: Sequence[dict[str, Any]]) -> Splitter:
    """Return what splits knowing the lines that recur in a collection; nothing of the labels."""
    known = templates.find((record["text"], record["account"]) for record in records)
    return lambda record: _drawn(record["text"], known)


def _drawn(text: str, known: frozenset[int]) -> list[Span]:
    return [(one.start, one.end) for one in statements.split(text, known) if not says_nothing(one.text)]


def score(records: Sequence[dict[str, Any]], splitter: Splitter) -> dict[str, Tally]:
    """Return what was counted, per kind of text and for all of them."""
    tallies = {"all": Tally()}
    for record in records:
        spans = splitter(record)
        for kind in ("all", record["kind"]):
            tallies.setdefault(kind, Tally()).add(record, spans)
    return tallies


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--half", choices=HALVES, help="one half alone")
    parser.add_argument("--kinds", action="store_true", help="per kind of text as well")
    parser.add_argument("--json", action="store_true", help="print JSON")
    given = parser.parse_args()
    everything = [record for half in HALVES for record in read(half)]
    methods: dict[str, Splitter] = {
        "whole text": whole,
        "lines and sentences": sentences,
        "statements": ours,
        "statements, knowing the collection": knowing(everything),
    }
    rows = []
    for half in [given.half] if given.half else HALVES:
        for name, splitter in methods.items():
            for kind, tally in score(read(half), splitter).items():
                if kind == "all" or given.kinds:
                    counts = {"texts": tally.texts, "points": tally.points}
                    rows.append({"half": half, "method": name, "kind": kind, **counts, **tally.shares()})
    if given.json:
        print(json.dumps(rows, indent=2))
        return
    heads = " ".join(f"{column:>8}" for column in COLUMNS)
    print(f"{'half':<12} {'method':<35} {'kind':<17} {'texts':>5} {'points':>6} {heads}")
    for row in rows:
        shares = " ".join(f"{row[column]:>8.3f}" for column in COLUMNS)
        print(
            f"{row['half']:<12} {row['method']:<35} {row['kind']:<17} {row['texts']:>5} "
            f"{row['points']:>6} {shares}"
        )


if __name__ == "__main__":
    main()
