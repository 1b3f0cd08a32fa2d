"""What answers are worth: a simulated manager answers the questions of the product, one in twenty wrongly.

    python benchmarks/corrections.py DATA.jsonl [MORE.jsonl ...] [--npz FOLDER] [--answers 400] [--json]

The questions are those of ``/themes/questions``: do these two themes say the same, does this group belong to
its theme. The manager sees what the page shows, three statements a side, and compares the labels that most
of them have. Themes are merged and split as the page does it; nothing else is learned from
an answer. ARI counts statements of no theme as a theme of their own.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from sklearn.metrics import adjusted_rand_score

from benchmarks.themes import read
from embeddings.encode import Encoder
from embeddings.engine import discover
from embeddings.questions import Kind, Question, ask
from embeddings.records import NOISE, Encoded

ERRORS = 0.05
AT_ONCE = 10
ALIKE = 0.5
SHOWN = (0, 10, 20, 50, 100, 200, 300, 400)


class Manager:
    """Answers questions by the truth, sometimes wrongly, and keeps what was answered."""

    def __init__(self, vectors: Any, labels: Any, truth: list[str], seed: int) -> None:
        self.vectors, self.labels, self.truth = vectors, labels.copy(), truth
        self.chance = np.random.default_rng(seed)
        self.pairs: set[frozenset[int]] = set()
        self.groups: list[set[int]] = []
        self.settled: set[int] = set()

    def questions(self) -> list[Question]:
        """Return the next ten questions that were not answered before; labels are those of now."""
        numbers, dense = np.unique(self.labels[self.labels != NOISE], return_inverse=True)
        packed = np.full(len(self.labels), NOISE, np.int64)
        packed[self.labels != NOISE] = dense
        found = []
        for one in ask(self.vectors, packed, self.settled, limit=10_000):
            label = int(numbers[one.label])
            other = None if one.other is None else int(numbers[one.other])
            if other is not None and frozenset((label, other)) in self.pairs:
                continue
            rows = set(one.rows)
            if other is None and any(len(rows & old) > ALIKE * len(rows | old) for old in self.groups):
                continue
            found.append(Question(one.kind, label, other, one.rows, one.examples, one.beside, one.doubt))
            if len(found) == AT_ONCE:
                break
        return found

    def answer(self, one: Question) -> None:
        """Compare what is shown, and merge or split."""
        sides = [
            Counter(self.truth[row] for row in rows).most_common(1)[0][0]
            for rows in (one.examples, one.beside)
        ]
        same = (sides[0] == sides[1]) != (self.chance.random() < ERRORS)
        if one.kind == Kind.SAME:
            self.pairs.add(frozenset((one.label, one.other or 0)))
            if same:
                self.labels[self.labels == one.other] = one.label
            return
        self.groups.append(set(one.rows))
        here = [row for row in one.rows if self.labels[row] == one.label]
        if not same and len(here) < (self.labels == one.label).sum():
            self.labels[here] = self.labels.max() + 1
            self.settled.update(here)


def curve(vectors: Any, labels: Any, truth: list[str], answers: int, seed: int) -> list[float]:
    """Return the ARI after 0, 10, 20 … answers."""
    manager = Manager(vectors, labels, truth, seed)
    scores = [adjusted_rand_score(truth, manager.labels)]
    for _ in range(answers // AT_ONCE):
        for one in manager.questions():
            manager.answer(one)
        scores.append(adjusted_rand_score(truth, manager.labels))
    return scores


def vectors_of(path: Path, texts: list[str], kept: Path | None) -> Encoded:
    """Return the vectors of a file: kept ones where the folder has them, else made now."""
    file = kept / f"{path.stem}.npz" if kept else None
    if file is None or not file.is_file():
        return Encoder().encode(texts)
    found = np.load(file, allow_pickle=True)
    return Encoded(found["mean"].astype(np.float32), found["mean4"].astype(np.float32))


def main() -> None:
    """Read the arguments, simulate, print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", nargs="+", type=Path)
    parser.add_argument(
        "--npz", type=Path, help="folder with NAME.npz: mean and mean4 of each text, in order"
    )
    parser.add_argument("--answers", type=int, default=400)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args()
    results = []
    for path in chosen.data:
        texts, truth = read(path)
        vectors = vectors_of(path, texts, chosen.npz)
        labels = discover(texts, vectors=vectors).labels
        runs = [curve(vectors.mean, labels, truth, chosen.answers, seed) for seed in range(chosen.seeds)]
        mean = np.mean(runs, axis=0)
        lowest = float(min(min(run) - run[0] for run in runs))
        results.append({"data": path.stem, "ARI": mean.tolist(), "lowest below the start": lowest})
        if not chosen.json:
            shown = [f"{at}: {mean[at // AT_ONCE]:.3f}" for at in SHOWN if at <= chosen.answers]
            print(f"{path.stem}  {'  '.join(shown)}  lowest {lowest:+.3f} from the start", flush=True)
    if chosen.json:
        print(json.dumps(results, indent=1))


if __name__ == "__main__":
    main()
