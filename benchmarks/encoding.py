"""How fast texts become vectors, and what that costs in quality, beside sentence-transformers in one run.

    python -m benchmarks.encoding DATA.jsonl [--texts 2000] [--long 200] [--json]

DATA has JSON lines with ``text`` and ``label``. Processor seconds count, not the clock: other programs on the
machine slow both. Long texts are 100 words drawn from DATA. V-measures are those of KMeans told the number of
labels (mean of three seeds) and of our own themes, on the vectors of each.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.cluster import KMeans
from sklearn.metrics import v_measure_score

from benchmarks.scoring import read, table
from embeddings import sources
from embeddings.encode import Encoder
from embeddings.engine import discover
from embeddings.quick import QuickEncoder
from embeddings.records import Encoded

COLUMNS = ("texts", "method", "texts/s", "CPU ms", "ratio", "cosine", "least", "V KMeans", "V themes")
WORDS, SEEDS = 100, 3
Row = dict[str, Any]


def timed(encode: Callable[[list[str]], Any], texts: list[str]) -> tuple[Any, Row]:
    """Return the vectors, texts a second and processor milliseconds a text."""
    encode(texts[:32])
    wall, own = time.perf_counter(), time.process_time()
    vectors = encode(texts)
    wall, own = time.perf_counter() - wall, time.process_time() - own
    return vectors, {"texts/s": round(len(texts) / wall), "CPU ms": round(1000 * own / len(texts), 3)}


def quality(vectors: Encoded, texts: list[str], truth: list[str]) -> Row:
    """Return V-measures of KMeans and of our own themes."""
    count = len(set(truth))
    means = [
        v_measure_score(truth, KMeans(count, n_init=1, random_state=seed).fit_predict(vectors.mean))
        for seed in range(SEEDS)
    ]
    themes = v_measure_score(truth, discover(texts, vectors=vectors).labels)
    return {"V KMeans": round(float(np.mean(means)), 4), "V themes": round(float(themes), 4)}


def long_texts(texts: list[str], count: int, seed: int = 0) -> list[str]:
    """Return texts of 100 words, drawn from short ones."""
    rng, found = np.random.default_rng(seed), []
    for _ in range(count):
        words: list[str] = []
        while len(words) < WORDS:
            words += texts[rng.integers(len(texts))].split()
        found.append(" ".join(words[:WORDS]))
    return found


def compare(name: str, texts: list[str], truth: list[str] | None, methods: dict[str, Any]) -> list[Row]:
    """Measure each method on the same texts; the first one is the yardstick."""
    rows: list[Row] = []
    right = None
    for method, encode in methods.items():
        vectors, costs = timed(encode, texts)
        row: Row = {"texts": name, "method": method, **costs}
        if right is None:
            right, slow = vectors.mean, costs["CPU ms"]
        row["ratio"] = round(slow / costs["CPU ms"], 1)
        if vectors.mean.shape == right.shape:
            cosine = (vectors.mean * right).sum(axis=1)
            row |= {"cosine": round(float(cosine.mean()), 4), "least": round(float(cosine.min()), 4)}
        rows.append(row | (quality(vectors, texts, truth) if truth else {}))
    return rows


def main() -> None:
    """Print the table, or JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--texts", type=int, default=2000)
    parser.add_argument("--long", type=int, default=200)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    from sentence_transformers import SentenceTransformer

    texts, truth = read(given.data)
    picked = np.random.default_rng(0).permutation(len(texts))[: given.texts]
    some, labels = [texts[row] for row in picked], [truth[row] for row in picked]
    original = SentenceTransformer(str(sources.packaged()), device="cpu")
    encoder, quick = Encoder(model=sources.DEFAULT), QuickEncoder(base=sources.DEFAULT)

    def full(some_texts: list[str]) -> Encoded:
        vectors = original.encode(some_texts, normalize_embeddings=True)
        return Encoded(vectors, vectors)

    methods = {"sentence-transformers, default": full, "ideaflow": encoder.encode, "first look": quick.encode}
    rows = compare("short", some, labels, methods)
    rows += compare(f"{WORDS} words", long_texts(texts, given.long), None, methods)
    print(json.dumps(rows, indent=1) if given.json else table(rows, COLUMNS))


if __name__ == "__main__":
    main()
