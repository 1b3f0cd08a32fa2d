"""How fast the product is: the demo company from its files to themes, its pages, and imports.

    python -m benchmarks.product [--copies 20] [--no-demo]

On an instance of its own in a temporary folder. The demo company is imported and its themes are found,
twice; its pages are asked for in turns with a bare Flask page; its tickets are imported so many times over
under other numbers.
"""

import argparse
import csv
import io
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def main() -> None:
    """Run everything and print tables."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--copies", type=int, default=20, help="of the demo's tickets, for the import")
    parser.add_argument("--no-demo", action="store_true", help="the import alone")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        inside = {**os.environ, "IDEAFLOW_HOME": folder}
        inside.pop("DATABASE_URL", None)
        if not chosen.no_demo:
            demo_speed(inside)
        _run(inside, "-m", "ideaflow", "db", "upgrade")
        import_speed(Path(folder), inside, chosen.copies)


def demo_speed(inside: dict[str, str]) -> None:
    """Make the demo company twice, and ask for its pages."""
    seconds = []
    for _ in range(2):
        began = time.perf_counter()
        _run(inside, "-m", "ideaflow", "demo", "--no-serve")
        seconds.append(time.perf_counter() - began)
    print(f"demo: {seconds[0]:.1f} s the first time, {seconds[1]:.1f} s the second\n", flush=True)
    _run(inside, "-m", "benchmarks.pages", shown=True)
    print(flush=True)


def import_speed(folder: Path, inside: dict[str, str], copies: int) -> None:
    """Import many copies of the demo's tickets under other numbers and print rows a second."""
    lines = (ROOT / "examples" / "fernhall" / "hubspot-tickets.csv").read_text(encoding="utf-8")
    head, *rows = list(csv.reader(io.StringIO(lines)))
    file = folder / "many-tickets.csv"
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(head)
        for copy in range(copies):
            writer.writerows([f"{row[0]}{copy:02}", f"{row[1]}{copy:02}", *row[2:]] for row in rows)
    for again in ("first", "second"):
        began = time.perf_counter()
        _run(inside, "-m", "ideaflow", "import", str(file))
        seconds = time.perf_counter() - began
        count = len(rows) * copies
        print(f"import, {again} time: {count:,} rows in {seconds:.1f} s = {count / seconds:,.0f} rows/s")


def _run(inside: dict[str, str], *words: str, shown: bool = False) -> None:
    """Run a command on the instance; what it says is shown where it is a result, or where it fails."""
    done = subprocess.run(
        [sys.executable, *words], cwd=ROOT, env=inside, text=True, check=False,
        stdout=None if shown else subprocess.PIPE, stderr=None if shown else subprocess.STDOUT,
    )  # fmt: skip
    if done.returncode:
        raise SystemExit(f"{done.stdout or ''}\n{' '.join(words)} ended with {done.returncode}.")


if __name__ == "__main__":
    main()
