"""Each benchmark still runs, on a hundred texts; what it says of so few is not looked at."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.catalogue import BENCHMARKS, SAMPLE
from tests.embeddings.conftest import encoder, models_folder

__all__ = ["encoder"]
ROOT = Path(__file__).resolve().parent.parent
LONG = {"encoding", "scale", "live", "map", "product", "customers", "card", "demo_texts"}


def run(*words, cwd=ROOT, **settings):
    """Run ``python -m benchmarks`` as make does."""
    inside = {**os.environ, "PYTHONPATH": str(ROOT), "IDEAFLOW_HOME": str(models_folder().parent), **settings}
    return subprocess.run(
        [sys.executable, "-m", "benchmarks", *words],
        cwd=cwd, env=inside, capture_output=True, text=True, timeout=600,
    )  # fmt: skip


@pytest.mark.parametrize(
    "name", [pytest.param(one, marks=pytest.mark.slow) if one in LONG else one for one in BENCHMARKS]
)
def test_a_sample_of_each_benchmark_runs(encoder, name):
    done = run(name, "--quick")
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{name}: ran" in done.stdout


def test_every_benchmark_is_in_the_catalogue():
    programs = {
        path.stem
        for path in (ROOT / "benchmarks").glob("*.py")
        if "def main(" in path.read_text("utf-8") and path.stem != "__main__"
    }
    assert programs == set(BENCHMARKS)


def test_all_benchmarks_are_told_with_a_short_way():
    told = run("--list").stdout
    assert "make bench-NAME" in told
    assert all(f"\n  {name}" in told for name in BENCHMARKS)


def test_what_is_no_benchmark_is_told_with_what_there_is(tmp_path):
    done = run("nothing")
    assert done.returncode == 2
    assert "no benchmark “nothing”" in done.stderr and "live DATA" in done.stderr
    assert "Traceback" not in done.stderr
    done = run("missing.jsonl", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (2, "missing.jsonl: there is no such file.\n")


def test_themes_are_measured_on_all_files_at_once_as_a_table_and_as_json(encoder, tmp_path):
    more = tmp_path / "more.jsonl"
    shutil.copy(SAMPLE, more)
    out = tmp_path / "themes.json"
    done = run("themes", str(SAMPLE), str(more), "--no-peers", "--out", str(out))
    assert done.returncode == 0, done.stderr
    rows = json.loads(out.read_text("utf-8"))
    assert {row["data"] for row in rows} == {"sample", "more"}
    for data in ("sample", "more"):
        methods = [row["method"] for row in rows if row["data"] == data]
        assert any(one.startswith("ideaflow") for one in methods) and "KMeans told the true k" in methods
        assert all(re.search(rf"^{data} +{re.escape(one)}", done.stdout, re.M) for one in methods)
    measured = [row for row in rows if row["method"] == "ideaflow, k unknown"]
    assert all(
        {"ARI", "NMI", "V", "ACC", "clusters", "noise", "CPU s", "peak MB"} <= set(row) for row in measured
    )


def test_make_hands_over_every_file():
    make = shutil.which("make")
    assert make, "make is not installed"
    for target, words in (
        ("bench", "benchmarks a.jsonl b.jsonl"),
        ("bench-live", "benchmarks live a.jsonl b.jsonl"),
    ):
        told = subprocess.run(
            [make, "-n", target, "DATA=a.jsonl b.jsonl"], cwd=ROOT, capture_output=True, text=True, check=True
        ).stdout
        assert words in told
