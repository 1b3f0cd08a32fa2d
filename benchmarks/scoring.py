"""Scores of a partition against the truth, labelled texts from files, and what work costs."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment
from sklearn.metrics import adjusted_rand_score, normalized_mutual_info_score, v_measure_score

from embeddings.records import Encoded

NOISE = -1
Cell = str | int | float | None


def read(path: Path) -> tuple[list[str], list[str]]:
    """Return texts and labels of a file of JSON lines."""
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


def kept(file: Any) -> Encoded:
    """Return the vectors ``mean`` and ``mean4`` of an opened ``.npz``."""
    return Encoded(file["mean"].astype(np.float32), file["mean4"].astype(np.float32))


def scores(truth: Sequence[str], found: Any, vectors: Any) -> dict[str, Cell]:
    """Return how well labels agree with the truth.

    ``ARI`` and the like count noise as one cluster of its own, as an inbox shows it; ``ARI assigned``
    first puts each text of the noise to the nearest centroid, which flatters methods that leave much out.

    :param found: the cluster of each text, or -1.
    :param vectors: unit vectors of the texts, for the nearest centroid.
    """
    labels = np.asarray(found, np.int64)
    assigned = nearest(labels, np.asarray(vectors, np.float32))
    return {
        "ARI": float(adjusted_rand_score(truth, labels)),
        "NMI": float(normalized_mutual_info_score(truth, labels)),
        "V": float(v_measure_score(truth, labels)),
        "ACC": accuracy(truth, labels),
        "ARI assigned": float(adjusted_rand_score(truth, assigned)),
        "NMI assigned": float(normalized_mutual_info_score(truth, assigned)),
        "clusters": len(set(labels.tolist()) - {NOISE}),
        "noise": float(np.mean(labels == NOISE)),
    }


def accuracy(truth: Sequence[str], found: NDArray[np.int64]) -> float:
    """Return the share of texts that are right under the best one-to-one naming of clusters.

    >>> accuracy(["a", "a", "b"], np.array([1, 1, 0]))
    1.0
    """
    _, rows = np.unique(np.asarray(truth), return_inverse=True)
    _, columns = np.unique(found, return_inverse=True)
    table = np.zeros((rows.max() + 1, columns.max() + 1), np.int64)
    np.add.at(table, (rows, columns), 1)
    best = linear_sum_assignment(-table)
    return float(table[best].sum() / len(found))


def nearest(labels: NDArray[np.int64], vectors: NDArray[np.float32]) -> NDArray[np.int64]:
    """Return labels where each text of the noise has gone to the nearest centroid.

    >>> nearest(np.array([0, -1]), np.eye(2, dtype=np.float32)).tolist()
    [0, 0]
    """
    outside = labels == NOISE
    if not outside.any() or outside.all():
        return labels
    numbers, column = np.unique(labels[~outside], return_inverse=True)
    centres = np.zeros((len(numbers), vectors.shape[1]), np.float32)
    np.add.at(centres, column, vectors[~outside])
    centres /= np.maximum(np.linalg.norm(centres, axis=1, keepdims=True), 1e-12)
    filled = labels.copy()
    filled[outside] = numbers[np.argmax(vectors[outside] @ centres.T, axis=1)]
    return filled


def measured(work: Callable[[], Any]) -> tuple[Any, dict[str, Cell]]:
    """Run something; return its result, its seconds, and the most memory the process held meanwhile."""
    over = threading.Event()
    peak = [_resident()]

    def watch() -> None:
        while not over.wait(0.05):
            peak[0] = max(peak[0], _resident())

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    wall, cpu = time.perf_counter(), time.process_time()
    try:
        result = work()
    finally:
        costs: dict[str, Cell] = {
            "CPU s": time.process_time() - cpu,
            "wall s": time.perf_counter() - wall,
        }
        over.set()
        watcher.join()
    return result, {**costs, "peak MB": max(peak[0], _resident())}


def _resident() -> float:
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return pages * 4096 / 2**20


def table(rows: Sequence[dict[str, Cell]], columns: Sequence[str], words: int = 2) -> str:
    """Return rows as a table for the terminal; the first ``words`` columns stand to the left."""

    def cell(value: Cell) -> str:
        if value is None:
            return ""
        if isinstance(value, float):
            return f"{value:.3f}" if abs(value) < 1 else f"{value:,.1f}"
        return f"{value:,}" if isinstance(value, int) else value

    lines = [list(columns), *([cell(row.get(column)) for column in columns] for row in rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    lines.insert(1, ["-" * width for width in widths])
    return "\n".join(
        "  ".join(
            text.ljust(width) if place < words else text.rjust(width)
            for place, (text, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    )
