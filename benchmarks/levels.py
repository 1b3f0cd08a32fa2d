"""What one sees first in a small inbox, and how soon: ``python -m benchmarks.levels DATA.jsonl [MORE …]``.

    python -m benchmarks.levels DATA.jsonl [--sizes 50,500,5000] [--seeds 3] [--json]

DATA has JSON lines with ``text`` and ``label``. From each file so many texts are drawn; the model is open
already. Measured is everything from the texts to named themes with areas and sub-themes: how many there are
at each level, how many texts an ordinary theme holds, how many labels those texts have, and the seconds.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.scoring import measured, read, scores, table
from embeddings.encode import Encoder
from embeddings.engine import discover

COLUMNS = (
    "data", "texts", "labels", "areas", "themes", "sub-themes", "texts a theme", "noise", "ARI",
    "CPU s", "wall s",
)  # fmt: skip


def look(texts: list[str], truth: list[str], encoder: Encoder, seed: int) -> dict[str, float]:
    """Return the figures of one first look."""
    found, costs = measured(lambda: discover(texts, encoder=encoder, seed=seed))
    sizes = [one.size for one in found.clusters] or [0]
    return {
        "labels": len(set(truth)),
        "areas": len(found.areas),
        "themes": len(found.clusters),
        "sub-themes": len(found.parts),
        "texts a theme": float(np.median(sizes)),
        "noise": float(np.mean(found.labels == -1)),
        "ARI": float(scores(truth, found.labels, found.vectors.mean)["ARI"] or 0),
        "CPU s": float(costs["CPU s"] or 0),
        "wall s": float(costs["wall s"] or 0),
    }


def measure(path: Path, sizes: list[int], seeds: int, encoder: Encoder) -> list[dict[str, Any]]:
    """Return the means over so many samples of each size; sizes beyond the file are left out."""
    texts, truth = read(path)
    rows: list[dict[str, Any]] = []
    for size in (one for one in sizes if one <= len(texts)):
        looks = []
        for seed in range(seeds):
            some = np.random.default_rng(seed).choice(len(texts), size, replace=False)
            looks.append(look([texts[row] for row in some], [truth[row] for row in some], encoder, seed))
        means = {name: round(float(np.mean([one[name] for one in looks])), 3) for name in looks[0]}
        rows.append({"data": path.stem, "texts": size, **means})
    return rows


def main() -> None:
    """Read the arguments, measure, print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", nargs="+", type=Path)
    parser.add_argument("--sizes", default="50,500,5000")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    chosen = parser.parse_args()
    encoder = Encoder()
    encoder.encode(["Open the model."])
    sizes = [int(one) for one in chosen.sizes.split(",")]
    rows = [row for path in chosen.data for row in measure(path, sizes, chosen.seeds, encoder)]
    print(json.dumps(rows, indent=1) if chosen.json else table(rows, COLUMNS))


if __name__ == "__main__":
    main()
