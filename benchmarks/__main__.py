"""All benchmarks in one run: ``python -m benchmarks [DATA.jsonl …]``.

On an instance of its own in a temporary folder: the demo company is imported, its themes are found, its
pages are asked for in turns with a bare Flask page. Each DATA file (JSON lines with text and label) adds
the quality of themes.
"""

import csv
import io
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
REPEATED = 20


def main() -> None:
    """Run everything and print tables."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["IDEAFLOW_HOME"] = folder
        began = time.perf_counter()
        _run("-m", "ideaflow", "demo", "--no-serve")
        first = time.perf_counter() - began
        began = time.perf_counter()
        _run("-m", "ideaflow", "demo", "--no-serve")
        print(
            f"demo: {first:.1f} s the first time, {time.perf_counter() - began:.1f} s the second\n",
            flush=True,
        )
        _run("-m", "benchmarks.pages", shown=True)
        print(flush=True)
        _import_speed(Path(folder))
    for data in sys.argv[1:]:
        print(flush=True)
        _run("-m", "benchmarks.themes", str(Path(data).resolve()), shown=True)


def _import_speed(folder: Path) -> None:
    """Import many copies of the demo's tickets under other numbers and print rows a second."""
    lines = (ROOT / "examples" / "fernhall" / "hubspot-tickets.csv").read_text(encoding="utf-8")
    head, *rows = list(csv.reader(io.StringIO(lines)))
    file = folder / "many-tickets.csv"
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(head)
        for copy in range(REPEATED):
            writer.writerows([f"{row[0]}{copy:02}", f"{row[1]}{copy:02}", *row[2:]] for row in rows)
    for again in ("first", "second"):
        began = time.perf_counter()
        _run("-m", "ideaflow", "import", str(file))
        seconds = time.perf_counter() - began
        count = len(rows) * REPEATED
        print(f"import, {again} time: {count:,} rows in {seconds:.1f} s = {count / seconds:,.0f} rows/s")


def _run(*words: str, shown: bool = False) -> None:
    sink = None if shown else subprocess.DEVNULL
    done = subprocess.run([sys.executable, *words], cwd=ROOT, stdout=sink, stderr=sink, check=False)
    if done.returncode:
        raise SystemExit(f"{' '.join(words)} ended with {done.returncode}.")


if __name__ == "__main__":
    main()
