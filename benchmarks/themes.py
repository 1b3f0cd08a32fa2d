"""How good and how fast the themes are, on labelled texts beside a plain baseline.

    python benchmarks/themes.py DATA.jsonl [MORE.jsonl ...] [--json] [--seed 0]

DATA has JSON lines with ``text`` and ``label``. Noise counts as a cluster of its own, as it does in
an inbox. The baseline is KMeans on the same vectors, told the true number of labels.
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from sklearn.cluster import KMeans
from sklearn.metrics import (
    adjusted_rand_score,
    normalized_mutual_info_score,
    v_measure_score,
)

from embeddings.encode import Encoder
from embeddings.engine import discover

COLUMNS = ("data", "method", "ARI", "NMI", "V", "clusters", "noise", "CPU s", "peak MB", "texts/s")


def read(path: Path) -> tuple[list[str], list[str]]:
    """Return texts and labels of a file."""
    texts, labels = [], []
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        if not line.strip():
            continue
        try:
            record = json.loads(line)
            texts.append(str(record["text"]))
            labels.append(str(record["label"]))
        except (ValueError, KeyError, TypeError) as error:
            raise SystemExit(
                f"{path}, line {number}: not a JSON object with text and label ({error})."
            ) from None
    if not texts:
        raise SystemExit(f"{path} has no text.")
    return texts, labels


def scores(truth: list[str], found: Any) -> dict[str, Any]:
    """Return how well labels agree with the truth."""
    return {
        "ARI": adjusted_rand_score(truth, found),
        "NMI": normalized_mutual_info_score(truth, found),
        "V": v_measure_score(truth, found),
        "clusters": len(set(np.asarray(found).tolist()) - {-1}),
        "noise": float(np.mean(np.asarray(found) == -1)),
    }


def measured(work: Any) -> tuple[Any, dict[str, Any]]:
    """Run something; return its result and its costs."""
    wall, cpu = time.perf_counter(), time.process_time()
    result = work()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    costs = {"CPU s": time.process_time() - cpu, "wall s": time.perf_counter() - wall, "peak MB": peak}
    return result, costs


def run(path: Path, encoder: Encoder, seed: int) -> list[dict[str, Any]]:
    """Measure encoding, themes and the baseline on one file."""
    texts, truth = read(path)
    vectors, encoding = measured(lambda: encoder.encode(texts))
    found, finding = measured(lambda: discover(texts, vectors=vectors, encoder=encoder, seed=seed))
    k = len(set(truth))
    base, fitting = measured(lambda: KMeans(k, n_init=3, random_state=seed).fit_predict(vectors.mean))
    rows = [
        {"method": "encode", **encoding},
        {"method": "themes (k unknown)", **scores(truth, found.labels), **finding},
        {"method": f"KMeans told k = {k}", **scores(truth, base), **fitting},
    ]
    for row in rows:
        row["data"] = path.stem
        row["texts"] = len(texts)
        row["texts/s"] = len(texts) / max(row["wall s"], 1e-9)
    return rows


def table(rows: list[dict[str, Any]]) -> str:
    """Return the rows as a table for the terminal."""

    def cell(row: dict[str, Any], column: str) -> str:
        value = row.get(column)
        if value is None:
            return ""
        if isinstance(value, float):
            return f"{value:,.3f}" if value < 1 else f"{value:,.1f}"
        return str(value)

    lines = [[cell(row, column) for column in COLUMNS] for row in rows]
    widths = [max(len(line[i]) for line in [list(COLUMNS), *lines]) for i in range(len(COLUMNS))]
    shown = [list(COLUMNS), ["-" * width for width in widths], *lines]
    return "\n".join(
        "  ".join(
            text.ljust(width) if i < 2 else text.rjust(width)
            for i, (text, width) in enumerate(zip(line, widths, strict=True))
        )
        for line in shown
    )


def main() -> None:
    """Read the arguments, measure, print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", nargs="+", type=Path)
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    parser.add_argument("--seed", type=int, default=0)
    chosen = parser.parse_args()
    for path in chosen.data:
        if not path.is_file():
            raise SystemExit(f"{path}: there is no such file.")
    encoder = Encoder()
    rows = [row for path in chosen.data for row in run(path, encoder, chosen.seed)]
    print(json.dumps(rows, indent=1) if chosen.json else table(rows))


if __name__ == "__main__":
    main()
