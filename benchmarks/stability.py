"""How still the themes hold: another seed on the same texts, and a twentieth more texts.

    python -m benchmarks.stability DATA [MORE ...] [--json] [--seed 0] [--repeats 3]

DATA has JSON lines with ``text`` (labels are not looked at), or is an ``.npz`` as for ``benchmarks.scale``.
"other seed" is the adjusted Rand index of two runs that differ in their seed alone: the second is told
the themes of the first, as every run after the first is in the product, or ("fresh") knows of none. "stay"
runs the engine on 95 % of the texts, then on all, once told and once not; it follows the themes by ``match``
and gives the share of the memberships of the first run that are in the theme of the same key in the second.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import adjusted_rand_score

from benchmarks.scale import sources
from embeddings import engine
from embeddings.match import match
from embeddings.records import NOISE, Encoded, Known

ADDED = 0.05
COLUMNS = (
    "data", "texts", "other seed ARI", "fresh", "least fresh", "5 % more: stay", "stay, not told",
)  # fmt: skip


def members(labels: NDArray[np.int64], rows: NDArray[np.int64]) -> dict[int, list[int]]:
    """Return the rows of each cluster; row numbers as the second run counts them."""
    return {int(label): rows[labels == label].tolist() for label in np.unique(labels[labels != NOISE])}


def known(themes: dict[int, list[int]]) -> list[Known]:
    """Return themes as a later run is told of them."""
    return [Known(key, frozenset(rows)) for key, rows in themes.items()]


def stayed(before: NDArray[np.int64], rows: NDArray[np.int64], after: NDArray[np.int64]) -> float:
    """Return the share of memberships that keep the key of their theme."""
    old, new = members(before, rows), members(after, np.arange(len(after)))
    shift = 1_000_000  # New keys must not look like old ones.
    kept = match(old, {shift + key: some for key, some in new.items()}).kept
    inside = before != NOISE
    now = after[rows[inside]]
    key = np.array([kept.get(shift + int(label), -2) for label in now])
    return float(np.mean(key == before[inside]))


def measure(texts: list[str], vectors: Encoded, seed: int, repeats: int) -> dict[str, float]:
    """Run the engine on all and on parts of the texts."""
    whole = engine.labels(texts, vectors, seed=seed)
    themes = known(members(whole, np.arange(len(texts))))
    other, fresh, stay, cold = [], [], [], []
    for turn in range(1, repeats + 1):
        told = engine.labels(texts, vectors, known=themes, seed=seed + turn)
        other.append(adjusted_rand_score(whole, told))
        fresh.append(adjusted_rand_score(whole, engine.labels(texts, vectors, seed=seed + turn)))
        rng = np.random.default_rng(turn - 1)
        most = round(len(texts) / (1 + ADDED))
        rows = np.sort(rng.choice(len(texts), most, replace=False))
        some = Encoded(vectors.mean[rows], vectors.mean4[rows])
        before = engine.labels([texts[row] for row in rows], some, seed=seed)
        some_themes = known(members(before, rows))
        stay.append(stayed(before, rows, engine.labels(texts, vectors, known=some_themes, seed=seed)))
        cold.append(stayed(before, rows, whole))
    means = [float(np.mean(values)) for values in (other, fresh, stay, cold)]
    means.insert(2, float(min(fresh)))
    return dict(zip(COLUMNS[2:], means, strict=True))


def main() -> None:
    """Read the arguments, measure, print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", nargs="+", type=Path)
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--texts", type=int, help="so many of the texts, chosen at random")
    chosen = parser.parse_args()
    rows: list[dict[str, Any]] = []
    for path in chosen.data:
        texts, _, vectors = sources([path])
        if chosen.texts and chosen.texts < len(texts):
            some = np.random.default_rng(0).choice(len(texts), chosen.texts, replace=False)
            texts, vectors = [texts[row] for row in some], Encoded(vectors.mean[some], vectors.mean4[some])
        figures = measure(texts, vectors, chosen.seed, chosen.repeats)
        rows.append({"data": path.stem, "texts": len(texts), **figures})
    if chosen.json:
        print(json.dumps(rows, indent=1))
        return
    print("  ".join(COLUMNS))
    for row in rows:
        figures = [f"{row[name]:>{len(name)}.3f}" for name in COLUMNS[2:]]
        print("  ".join([str(row["data"]), f"{row['texts']:,}", *figures]))


if __name__ == "__main__":
    main()
