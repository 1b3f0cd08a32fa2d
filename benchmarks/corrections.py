"""What answers are worth: a simulated manager answers the questions of the product, one in twenty wrongly.

    python benchmarks/corrections.py DATA.jsonl [MORE.jsonl ...] [--npz FOLDER] [--answers 400] [--again]

The questions are those of ``/themes/questions``: does this group belong to its theme, or to which? Is this
theme one of its own, or the same as which? The manager sees what the page shows, three statements, and knows
what each theme on her list is about: the label that most of its three most central statements have. Where
her answer is not among the five themes offered, the page asks whether she means it; that counts as an
answer more. Groups are moved and themes merged as the page does it; nothing else is learned from an answer.
ARI counts statements of no theme as a theme of their own. ``--again`` ends with a full run of the engine
over her decisions; ``--json`` prints all of it.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from sklearn.metrics import adjusted_rand_score

from benchmarks.scoring import kept, read
from embeddings.cluster import centroids
from embeddings.encode import Encoder
from embeddings.engine import discover
from embeddings.questions import Ground, Kind, Question, ask
from embeddings.records import NOISE, Encoded, Known

ERRORS = 0.05
AT_ONCE, KEPT = 10, 30
ALIKE = 0.5
SHOWN = (0, 10, 20, 50, 100, 200, 300, 400)


class Manager:
    """Answers questions by the truth, sometimes wrongly, and keeps what was answered.

    :ivar about: what each theme is about, by its number in ``labels``.
    :ivar count: answers given.
    """

    def __init__(self, ground: Ground, vectors: Any, labels: Any, truth: Sequence[str], seed: int) -> None:
        self.ground, self.labels, self.truth = ground, labels.copy(), truth
        self.chance = np.random.default_rng(seed)
        self.names = sorted(set(truth))
        self.about = [self._seen(rows) for rows in _central(vectors, labels)]
        self.groups: list[set[int]] = []
        self.whole: set[int] = set()
        self.moved: set[int] = set()
        self.kept: set[int] = set()
        self.merged: set[int] = set()
        self.told: dict[int, tuple[int, int]] = {}
        self.count = 0

    def _seen(self, rows: Sequence[int]) -> str:
        said = [self.truth[row] for row in rows]
        return Counter(said).most_common(1)[0][0]

    def questions(self) -> list[Question]:
        """Return the next ten questions that were not answered before; labels are those of now."""
        numbers, dense = np.unique(self.labels[self.labels != NOISE], return_inverse=True)
        packed = np.full(len(self.labels), NOISE, np.int64)
        packed[self.labels != NOISE] = dense
        of = {int(number): label for label, number in enumerate(numbers)}
        told = {of[theme]: said for theme, said in self.told.items() if theme in of}
        found: list[Question] = []
        limit = KEPT + len(self.groups) + len(self.whole)  # as the product does
        for one in ask(self.ground, packed, self.moved, told, limit=limit):
            theme = int(numbers[one.label])
            rows = set(one.rows)
            if one.kind == Kind.SAME and theme in self.whole:
                continue
            if one.kind == Kind.BELONGS and any(
                len(rows & old) > ALIKE * len(rows | old) for old in self.groups
            ):
                continue
            near = tuple(int(numbers[label]) for label in one.candidates)
            found.append(Question(one.kind, theme, one.rows, one.examples, one.beside, near))
            if len(found) == AT_ONCE:
                break
        return found

    def answer(self, one: Question) -> None:
        """Say where a group or a theme belongs; it goes there."""
        if one.kind == Kind.SAME:
            self.whole.add(one.label)
            target = self._choose(one, self.about[one.label])
            if isinstance(target, int) and target != one.label:
                self.labels[self.labels == one.label] = target
                self.merged.add(target)
            return
        self.groups.append(set(one.rows))
        target = self._choose(one, self._seen(one.examples))
        if target is None:
            return
        belong, not_so = self.told.get(one.label, (0, 0))
        stays = target == one.label
        self.told[one.label] = (belong + stays, not_so + (not stays))
        if stays:
            self.kept.update(one.rows)
            return
        if isinstance(target, str):
            self.about.append(target)
            target = len(self.about) - 1
        self.labels[list(one.rows)] = target
        self.moved.update(one.rows)

    def _choose(self, one: Question, right: str) -> int | str | None:
        """Return a theme, or what a new one is about; nothing where two answers contradict."""
        first = self._say(one, right)
        if not isinstance(first, int) or first == one.label or first in one.candidates:
            return first
        second = self._say(one, right)  # "It is not among the nearest. Do you mean it?"
        if second == first or not isinstance(second, int) or second in (one.label, *one.candidates):
            return second
        return None

    def _say(self, one: Question, right: str) -> int | str:
        self.count += 1
        if self.chance.random() < ERRORS:
            right = str(self.chance.choice([name for name in self.names if name != right]))
        if one.kind == Kind.BELONGS and self.about[one.label] == right:
            return one.label
        here = set(self.labels.tolist())
        fits = [
            theme
            for theme, about in enumerate(self.about)
            if about == right and theme in here and theme != one.label
        ]
        if not fits:
            return one.label if one.kind == Kind.SAME else right
        offered = [theme for theme in one.candidates if theme in fits]
        return offered[0] if offered else fits[0]


def _central(vectors: Any, labels: Any) -> list[list[int]]:
    centres = centroids(vectors, labels)
    found = []
    for label, centre in enumerate(centres):
        rows = np.flatnonzero(labels == label)
        found.append(rows[np.argsort(-(vectors[rows] @ centre), kind="stable")[:3]].tolist())
    return found


def curve(manager: Manager, truth: Sequence[str], answers: int) -> list[float]:
    """Return the ARI after 0, 10, 20 … answers, between questions by straight lines."""
    at, scores = [0], [adjusted_rand_score(truth, manager.labels)]
    while manager.count < answers:
        asked = manager.questions()
        if not asked:
            break
        for one in asked:
            manager.answer(one)
        at.append(manager.count)
        scores.append(adjusted_rand_score(truth, manager.labels))
    return np.interp(np.arange(0, answers + 1, AT_ONCE), at, scores).tolist()


def again(texts: Sequence[str], vectors: Encoded, manager: Manager) -> Any:
    """Return the labels of a full run that knows what the manager decided."""
    themes = [int(label) for label in np.unique(manager.labels) if label != NOISE]
    known = [
        Known(
            theme,
            frozenset(np.flatnonzero(manager.labels == theme).tolist()),
            frozenset(row for row in manager.moved | manager.kept if manager.labels[row] == theme),
            frozenset(),
            theme in manager.merged,
        )
        for theme in themes
    ]
    return discover(texts, vectors=vectors, known=known).labels


def vectors_of(path: Path, texts: list[str], folder: Path | None) -> Encoded:
    """Return the vectors of a file: kept ones where the folder has them, else made now."""
    file = folder / f"{path.stem}.npz" if folder else None
    if file is None or not file.is_file():
        return Encoder().encode(texts)
    return kept(np.load(file))


def arguments() -> argparse.Namespace:
    """Read the command line."""
    form = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=form)
    parser.add_argument("data", nargs="+", type=Path)
    parser.add_argument(
        "--npz", type=Path, help="folder with NAME.npz: mean and mean4 of each text, in order"
    )
    parser.add_argument("--answers", type=int, default=400)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--again", action="store_true", help="a full run at the end of each curve")
    parser.add_argument("--json", action="store_true")
    return parser.parse_args()


def main() -> None:
    """Read the arguments, simulate, print."""
    chosen = arguments()
    results = []
    for path in chosen.data:
        texts, truth = read(path)
        vectors = vectors_of(path, texts, chosen.npz)
        labels = discover(texts, vectors=vectors).labels
        ground = Ground(texts, vectors)
        managers = [Manager(ground, vectors.mean, labels, truth, seed) for seed in range(chosen.seeds)]
        runs = [curve(manager, truth, chosen.answers) for manager in managers]
        mean = np.mean(runs, axis=0)
        lowest = float(min(min(run) - run[0] for run in runs))
        result = {"data": path.stem, "ARI": mean.tolist(), "lowest below the start": lowest}
        if chosen.again:
            ends = [adjusted_rand_score(truth, again(texts, vectors, one)) for one in managers]
            result["ARI after a full run"] = float(np.mean(ends))
        results.append(result)
        if not chosen.json:
            shown = [f"{at}: {mean[at // AT_ONCE]:.3f}" for at in SHOWN if at <= chosen.answers]
            ended = f"  full run {result['ARI after a full run']:.3f}" if chosen.again else ""
            print(f"{path.stem}  {'  '.join(shown)}  lowest {lowest:+.3f} from the start{ended}", flush=True)
    if chosen.json:
        print(json.dumps(results, indent=1))


if __name__ == "__main__":
    main()
