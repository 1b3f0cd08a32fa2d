"""How good and how fast the themes are, on labelled texts beside what others use, in one run.

    python -m benchmarks.themes DATA.jsonl [MORE.jsonl ...] [--json] [--out FILE] [--seed 0] [--no-peers]

DATA has JSON lines with ``text`` and ``label``. All methods get the same vectors. Noise counts as a
cluster of its own, as in an inbox; "assigned" puts it to the nearest centroid first. With two files or
more, each is also measured with 10 % of the texts of the next one mixed in, which belong nowhere.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.peers import Method, available, warm
from benchmarks.scoring import Cell, measured, read, scores, table
from embeddings.encode import Encoder
from embeddings.engine import discover
from embeddings.records import Encoded

COLUMNS = (
    "data", "method", "ARI", "NMI", "V", "ACC", "clusters", "noise", "ARI assigned", "NMI assigned",
    "CPU s", "wall s", "peak MB",
)  # fmt: skip
UNRELATED = 0.1
Row = dict[str, Cell]


def run(texts: list[str], truth: list[str], vectors: Encoded, encoder: Encoder, seed: int) -> Row:
    """Measure our own themes."""
    found, costs = measured(lambda: discover(texts, vectors=vectors, encoder=encoder, seed=seed))
    return {"method": "ideaflow, k unknown", **scores(truth, found.labels, vectors.mean), **costs}


def with_unrelated(
    one: tuple[list[str], list[str], Encoded], other: tuple[list[str], list[str], Encoded], *rest: Any
) -> Row:
    """Measure our own themes among texts of another kind, on the texts of the first kind alone."""
    (texts, truth, vectors), (strange, _, foreign) = one, other
    rng = np.random.default_rng(0)
    picked = rng.choice(len(strange), min(len(strange), round(UNRELATED * len(texts))), replace=False)
    mixed = Encoded(
        np.vstack([vectors.mean, foreign.mean[picked]]), np.vstack([vectors.mean4, foreign.mean4[picked]])
    )
    encoder, seed = rest
    all_texts = [*texts, *(strange[row] for row in picked)]
    found, costs = measured(lambda: discover(all_texts, vectors=mixed, encoder=encoder, seed=seed))
    own = found.labels[: len(texts)]
    left_out = float(np.mean(found.labels[len(texts) :] == -1))
    name = f"ideaflow, 10 % unrelated added ({left_out:.0%} of them left out)"
    return {"method": name, **scores(truth, own, vectors.mean), **costs}


def peer(name: str, method: Method, one: tuple[list[str], list[str], Encoded], seed: int) -> Row:
    """Measure what others use."""
    texts, truth, vectors = one
    labels, costs = measured(lambda: method(texts, vectors.mean, len(set(truth)), seed))
    return {"method": name, **scores(truth, labels, vectors.mean), **costs}


def main() -> None:
    """Read the arguments, measure, print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", nargs="+", type=Path)
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    parser.add_argument("--out", type=Path, help="write JSON to this file as well")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--no-peers", action="store_true", help="our own themes and KMeans only")
    chosen = parser.parse_args()
    for path in chosen.data:
        if not path.is_file():
            raise SystemExit(f"{path}: there is no such file.")
    peers = list(available())
    if chosen.no_peers:
        peers = peers[:1]
    warm(peers)
    encoder = Encoder()
    rows: list[Row] = []
    collections = []
    for path in chosen.data:
        texts, truth = read(path)
        vectors, costs = measured(lambda texts=texts: encoder.encode(texts))
        speed = f"{len(texts) / float(costs['wall s'] or 1):,.0f} texts/s"
        rows.append({"data": path.stem, "method": f"reading {len(texts):,} texts, {speed}", **costs})
        collections.append((texts, truth, vectors))
    for place, (path, one) in enumerate(zip(chosen.data, collections, strict=True)):
        found = [run(*one, encoder, chosen.seed)]
        if len(collections) > 1:
            other = collections[(place + 1) % len(collections)]
            found.append(with_unrelated(one, other, encoder, chosen.seed))
        found += [peer(name, method, one, chosen.seed) for name, method in peers]
        rows += [{"data": path.stem, **row} for row in found]
    if chosen.out:
        chosen.out.write_text(json.dumps(rows, indent=1), "utf-8")
    print(json.dumps(rows, indent=1) if chosen.json else table(rows, COLUMNS))


if __name__ == "__main__":
    main()
