"""The statements of the demo company with the need each speaks of, for the other benchmarks.

    python benchmarks/demo_texts.py OUT.npz

The company is imported into an instance of its own in a temporary folder. OUT has ``text``, ``label``,
``mean`` and ``mean4`` by statement, ``called`` (a label and its name, a row) and ``people`` (names of
the contacts).
"""

from __future__ import annotations

import csv
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
FERNHALL = ROOT / "examples" / "fernhall"
PLACES = "SELECT s.id, i.source, i.source_id FROM statements s JOIN feedback_items i ON i.id = s.item_id"


def write(out: Path) -> None:
    """Take the statements of the instance in ``IDEAFLOW_HOME`` and write them."""
    from sqlalchemy import text

    from ideaflow.app import create_app
    from ideaflow.db import db
    from ideaflow.themes.statements.snapshot import take_snapshot

    with (FERNHALL / "truth.csv").open(encoding="utf-8", newline="") as file:
        needs = {(row["source"], row["source_id"]): row["need"].split(";")[0] for row in csv.DictReader(file)}
    with create_app().app_context():
        found = take_snapshot()
        places = {row[0]: (row[1], _record(row[2])) for row in db.session.execute(text(PLACES))}
        people = [row[0] for row in db.session.execute(text("SELECT name FROM contacts"))]
    files = [one for one in (FERNHALL / "words").glob("*.txt") if not one.stem.startswith("noise")]
    np.savez(
        out,
        text=found.texts,
        label=[needs.get(places[one], "noise") for one in found.ids],
        mean=found.vectors.mean.astype(np.float16),
        mean4=found.vectors.mean4.astype(np.float16),
        called=sorted((one.stem, one.read_text("utf-8").splitlines()[0].lstrip("# ")) for one in files),
        people=people,
    )


def _record(source_id: str) -> str:
    return source_id.split("#")[0].rsplit(" ", 1)[-1]


def main() -> None:
    """Make the company and write the file, each in a process of its own."""
    if len(sys.argv) != 2:
        raise SystemExit(__doc__)
    out = Path(sys.argv[1]).resolve()
    if os.environ.get("DEMO_TEXTS"):
        write(out)
        return
    with tempfile.TemporaryDirectory() as folder:
        inside = {**os.environ, "IDEAFLOW_HOME": folder, "DEMO_TEXTS": "1"}
        for command in (["-m", "ideaflow", "demo", "--no-serve"], [__file__, str(out)]):
            subprocess.run([sys.executable, *command], cwd=ROOT, env=inside, check=True, stdout=sys.stderr)


if __name__ == "__main__":
    main()
