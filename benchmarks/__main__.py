"""All benchmarks from one door.

    python -m benchmarks [DATA.jsonl ...]      themes beside the peers on all DATA, then the product's speed
    python -m benchmarks NAME [ARGUMENTS]      one of them; --help says what it takes
    python -m benchmarks NAME --quick          a small sample that shows that it runs; the figures say little
    python -m benchmarks --quick               the samples of all of them
    python -m benchmarks --list                what there is

DATA has JSON lines with ``text`` and ``label``. The table of the themes is also written to
``bench-results/themes.json``.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks.catalogue import BENCHMARKS, SAMPLE, Benchmark

ROOT = Path(__file__).resolve().parent.parent
RESULTS = Path("bench-results")


def main(words: Sequence[str]) -> int:
    """Run what is asked for; returns the exit status."""
    if not words or words[0].endswith((".jsonl", ".npz")) or Path(words[0]).exists():
        return _all(words)
    if words[0] in ("--list", "--help", "-h"):
        print(__doc__ if words[0] != "--list" else listing())
        return 0
    if words[0] == "--quick":
        return max(_sample(one) for one in BENCHMARKS.values())
    if words[0] not in BENCHMARKS:
        print(f"There is no benchmark “{words[0]}”, and no such file.\n\n{listing()}", file=sys.stderr)
        return 2
    if "--quick" in words:
        return _sample(BENCHMARKS[words[0]])
    return _run(["-m", f"benchmarks.{words[0]}", *words[1:]])


def listing() -> str:
    """Return what there is, how long it takes and how to run it."""
    lines = ["make bench-NAME, or python -m benchmarks NAME:"]
    for one in BENCHMARKS.values():
        data = " DATA" if one.data else ""
        lines.append(f"  {one.name + data:17} {one.measures} ({one.takes})")
    return "\n".join(lines)


def _all(data: Sequence[str]) -> int:
    """Measure the themes on all files in one process, then the product; say what else there is."""
    missing = [path for path in data if not Path(path).is_file()]
    if missing:
        print(f"{missing[0]}: there is no such file.", file=sys.stderr)
        return 2
    status = 0
    if data:
        RESULTS.mkdir(exist_ok=True)
        files = [str(Path(path).resolve()) for path in data]
        out = (RESULTS / "themes.json").resolve()
        status = _run(["-m", "benchmarks.themes", *files, "--out", str(out)])
        print(f"The same as JSON: {RESULTS / 'themes.json'}\n", flush=True)
    status = _run(["-m", "benchmarks.product"]) or status
    asked = "" if data else 'Themes beside the peers: make bench DATA="file.jsonl …". '
    print(f"\n{asked}The others: {listing()}")
    return status


def _sample(one: Benchmark) -> int:
    """Run the smallest form of a benchmark, in a home of its own that has the model."""
    began = time.perf_counter()
    print(f"{one.name}: {one.measures}", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        from embeddings.export import ready

        models = ready().resolve().parent
        (Path(folder) / "models").symlink_to(models)
        inside = {**os.environ, "IDEAFLOW_HOME": folder}
        inside.pop("DATABASE_URL", None)
        words = [word.replace("DATA", str(SAMPLE)).replace("HERE", folder) for word in one.sample]
        status = 0
        for command in (*one.before, ("-m", f"benchmarks.{one.name}", *words)):
            status = status or _run(command, inside)
    print(f"{one.name}: {'failed' if status else 'ran'}, {time.perf_counter() - began:.1f} s\n", flush=True)
    return status


def _run(words: Sequence[str], inside: dict[str, str] | None = None) -> int:
    """Run Python with these words from the root of the project, files named from where one stands."""
    path = os.pathsep.join(one for one in (str(ROOT), os.environ.get("PYTHONPATH", "")) if one)
    return subprocess.run(
        [sys.executable, *words], env={**(inside or os.environ), "PYTHONPATH": path}, check=False
    ).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
