"""`ideaflow demo` as its users run it: all is there after the first time, the second changes nothing."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture
def run_demo(fresh_database, tmp_path):
    """Run the demo on a database of its own, with the language model as the user's cache has it."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "ideaflow" / "models"
    cache.mkdir(parents=True, exist_ok=True)
    (tmp_path / "models").symlink_to(cache)
    environment = {**os.environ, "IDEAFLOW_HOME": str(tmp_path), "DATABASE_URL": fresh_database}

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "ideaflow", "demo", *words],
            cwd=ROOT, env=environment, capture_output=True, text=True,
        )  # fmt: skip

    return run


def _counts(url: str) -> dict[str, int]:
    tables = ("accounts", "feedback_items", "statements", "themes", "theme_runs", "proposals", "gate_reviews")
    with psycopg.connect(url) as connection:
        return {
            table: connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
            for table in (*tables, "audit_events", "users")
        }


def test_the_demo_is_whole_after_once_and_the_same_after_twice(run_demo, fresh_database):
    first = run_demo("--no-serve")
    assert first.returncode == 0, first.stderr
    assert "Theme" in first.stdout
    for person in ("Product manager", "Gatekeeper", "Sales", "Service", "Administrator"):
        assert person in first.stdout
    there = _counts(fresh_database)
    assert there["accounts"] >= 60
    assert there["themes"] >= 25
    assert there["proposals"] >= 10
    with psycopg.connect(fresh_database) as connection:
        halves = "SELECT count(*) FROM (SELECT theme_id FROM sub_themes GROUP BY 1 HAVING count(*) > 1) t"
        assert connection.execute(halves).fetchone()[0] >= 2, "no theme to split by its parts"
        states = {row[0] for row in connection.execute("SELECT state FROM journeys")}
    assert {"working", "gate_ready", "in_review", "on_hold", "killed"} <= states

    second = run_demo("--no-serve")
    assert second.returncode == 0, second.stderr
    assert second.stdout == first.stdout
    assert _counts(fresh_database) == there


def test_a_port_in_use_is_told_before_anything_is_set_up(run_demo, fresh_database):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        done = run_demo("--port", str(taken.getsockname()[1]))
    assert done.returncode == 1
    assert "choose another" in done.stderr
    assert _counts(fresh_database)["accounts"] == 0
