"""How time and memory grow with the number of texts.

    python -m benchmarks.scale DATA [MORE ...] [--sizes 25000,100000,250000,1000000] [--json] [--seed 0]
    python -m benchmarks.scale DATA [MORE ...] --sizes 100000 --method themes --method "UMAP + HDBSCAN"

DATA has JSON lines with ``text`` and ``label``, or is an ``.npz`` with ``text``, ``label`` and the
vectors ``mean`` and ``mean4``. From it any number of statements is made by recombination: the first
part of one text and the last part of another of the same label, with the mean of their vectors in
the same proportion. Each size runs in a process of its own, from vectors to labels, without names.
ARI is against the labels of the sources. The last line gives the growth exponent of processor time.
``--method``, as often as you like, takes peers of the optional group ``peers`` on the same vectors.
"""

from __future__ import annotations

import argparse
import json
import math
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import adjusted_rand_score, normalized_mutual_info_score

from benchmarks.peers import PEERS, Method
from benchmarks.scoring import kept, read
from embeddings import engine
from embeddings.encode import Encoder
from embeddings.records import Encoded

ROOT = Path(__file__).resolve().parent.parent
SIZES = "25000,100000,250000,1000000"
COLUMNS = ("n", "method", "wall s", "CPU s", "peak MB", "clusters", "noise", "ARI", "NMI")


def sources(paths: list[Path]) -> tuple[list[str], NDArray[Any], Encoded]:
    """Return texts, labels and vectors of the files, which may not share a label."""
    texts: list[str] = []
    labels: list[NDArray[Any]] = []
    vectors: list[Encoded] = []
    for path in paths:
        if path.suffix == ".npz":
            held = np.load(path, allow_pickle=True)
            some, names = [str(one) for one in held["text"]], [str(one) for one in held["label"]]
            both = kept(held)
        else:
            some, names = read(path)
            both = Encoder().encode(some)
        texts += some
        labels.append(np.array([f"{path.stem} {name}" for name in names], object))
        vectors.append(both)
    mean = np.vstack([one.mean for one in vectors])
    return texts, np.concatenate(labels), Encoded(mean, np.vstack([one.mean4 for one in vectors]))


def recombined(
    texts: list[str], labels: NDArray[Any], vectors: Encoded, count: int, seed: int
) -> tuple[list[str], NDArray[np.int64], Encoded]:
    """Return ``count`` statements, each of two sources of one label, as float16 vectors."""
    rng = np.random.default_rng(seed)
    _, label = np.unique(labels.astype(str), return_inverse=True)
    order = np.argsort(label, kind="stable")
    ends = np.searchsorted(label[order], np.arange(int(label.max()) + 2))
    first = rng.integers(0, len(texts), count)
    start, end = ends[label[first]], ends[label[first] + 1]
    second = order[start + rng.integers(0, 2**31, count) % (end - start)]
    share = rng.uniform(0.35, 0.65, count).astype(np.float32)
    made = []
    for one, other, part in zip(first.tolist(), second.tolist(), share.tolist(), strict=True):
        head, tail = texts[one].split(), texts[other].split()
        made.append(" ".join(head[: math.ceil(part * len(head))] + tail[math.ceil(part * len(tail)) :]))
    views = []
    for view in (vectors.mean, vectors.mean4):
        mixed = np.empty((count, view.shape[1]), np.float16)
        for begin in range(0, count, 65_536):
            rows = slice(begin, begin + 65_536)
            part = share[rows, None]
            both = part * view[first[rows]] + (1 - part) * view[second[rows]]
            mixed[rows] = both / np.linalg.norm(both, axis=1, keepdims=True)
        views.append(mixed)
    return made, label[first], Encoded(views[0], views[1])


def themes(texts: list[str], vectors: Encoded, seed: int) -> Any:
    """Return the labels of the engine."""
    steps: dict[str, float] = {}

    def tell(step: str, done: int, total: int) -> None:
        if step not in steps:
            steps[step] = time.perf_counter()
            print(f"  {len(texts):,} texts: {step} …", file=sys.stderr)

    return engine.labels(texts, vectors, seed=seed, progress=tell)


def _peer(method: Method) -> Callable[[list[str], Encoded, int], Any]:
    return lambda texts, vectors, seed: method(texts, vectors.mean.astype(np.float32), 0, seed)


METHODS: dict[str, Callable[[list[str], Encoded, int], Any]] = {
    "themes": themes,
    # KMeans would have to be told how many.
    **{name: _peer(method) for name, (needs, method) in PEERS.items() if needs},
}


def one(paths: list[Path], count: int, method: str, seed: int) -> dict[str, Any]:
    """Measure one method at one size in this process."""
    texts, truth, vectors = recombined(*sources(paths), count, seed)
    wall, cpu = time.perf_counter(), time.process_time()
    labels = METHODS[method](texts, vectors, seed)
    return {
        "n": count,
        "method": method,
        "wall s": time.perf_counter() - wall,
        "CPU s": time.process_time() - cpu,
        "peak MB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "clusters": len(set(labels.tolist()) - {-1}),
        "noise": float(np.mean(labels == -1)),
        "ARI": float(adjusted_rand_score(truth, labels)),
        "NMI": float(normalized_mutual_info_score(truth, labels)),
    }


def exponent(rows: list[dict[str, Any]], column: str = "CPU s") -> float:
    """Return the slope of log time over log size."""
    sizes = np.log([row["n"] for row in rows])
    return float(np.polyfit(sizes, np.log([row[column] for row in rows]), 1)[0])


def table(rows: list[dict[str, Any]]) -> str:
    """Return the rows as a table for the terminal."""

    def cell(value: Any) -> str:
        if isinstance(value, float):
            return f"{value:,.3f}" if value < 1 else f"{value:,.1f}"
        return f"{value:,}" if isinstance(value, int) else str(value)

    lines = [list(COLUMNS), *([cell(row[column]) for column in COLUMNS] for row in rows)]
    widths = [max(len(line[i]) for line in lines) for i in range(len(COLUMNS))]
    return "\n".join(
        "  ".join(text.rjust(width) for text, width in zip(line, widths, strict=True)) for line in lines
    )


def main() -> None:
    """Read the arguments, run each size in a new process, print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", nargs="+", type=Path)
    parser.add_argument("--sizes", default=SIZES)
    parser.add_argument("--method", choices=list(METHODS), action="append", help="themes when left out")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--one", type=int, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    methods = chosen.method or ["themes"]
    if chosen.one:
        print(json.dumps(one(chosen.data, chosen.one, methods[0], chosen.seed)))
        return
    rows = []
    for size in (int(size) for size in chosen.sizes.split(",")):
        for method in methods:
            words = [sys.executable, "-m", "benchmarks.scale", *map(str, chosen.data), "--one", str(size)]
            words += ["--method", method, "--seed", str(chosen.seed)]
            done = subprocess.run(words, stdout=subprocess.PIPE, text=True, cwd=ROOT, check=False)
            if done.returncode:
                raise SystemExit(f"{method} ended with {done.returncode} at {size:,} texts.")
            rows.append(json.loads(done.stdout.splitlines()[-1]))
            print(f"{size:,} texts, {method}: {rows[-1]['wall s']:.1f} s", file=sys.stderr)
    by_method = {method: [row for row in rows if row["method"] == method] for method in methods}
    growth = {method: exponent(some) for method, some in by_method.items() if len(some) > 1}
    if chosen.json:
        print(json.dumps({"rows": rows, "exponent": growth}, indent=1))
        return
    print(table(rows))
    for method, slope in growth.items():
        print(f"{method}: processor time grows with n to the power of {slope:.2f}")
    ours = {row["n"]: row for row in by_method.get("themes", ())}
    for row in rows:
        if row["method"] != "themes" and row["n"] in ours:
            ratio = row["CPU s"] / ours[row["n"]]["CPU s"]
            print(f"{row['n']:,} texts: {row['method']} takes {ratio:.1f} times our processor time")


if __name__ == "__main__":
    main()
