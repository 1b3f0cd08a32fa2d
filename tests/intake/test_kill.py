"""Killed at any point, an import goes on where it ended: nothing lost, nothing doubled."""

import os
import random
import signal
import subprocess
import sys
import time

import psycopg
import pytest

ROWS = 1_800
BATCHES = 4


@pytest.fixture(scope="module")
def export(tmp_path_factory):
    """Rows of which every hundredth is rejected and every fiftieth is said twice."""
    path = tmp_path_factory.mktemp("kill") / "notes.csv"
    lines = ["id,note,company,email,date\n"]
    for number in range(ROWS):
        said = number - 1 if number % 50 == 49 else number
        date = "2026-02-30" if number % 100 == 7 else "2026-02-03"
        lines.append(f"n{said},words number {said},Account {said % 90},p{said % 200}@a.example,{date}\n")
    path.write_text("".join(lines))
    return path


def start(export, database, home, failpoint=""):
    environment = {
        **os.environ,
        "DATABASE_URL": database,
        "IDEAFLOW_HOME": str(home),
        "IDEAFLOW_SECRET_KEY": "x",
    }
    return subprocess.Popen(
        [sys.executable, "-m", "ideaflow", "import", str(export)],
        env={**environment, "IDEAFLOW_FAILPOINT": failpoint},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def told(database):
    """Return everything that an import leaves behind, comparable between runs."""
    with psycopg.connect(database) as connection:

        def rows(sql):
            return connection.execute(sql).fetchall()

        return {
            "items": rows("SELECT source_id, text, revision FROM feedback_items ORDER BY 1, 3"),
            "accounts": rows("SELECT name_key FROM accounts ORDER BY 1"),
            "contacts": rows("SELECT email FROM contacts ORDER BY 1"),
            "rejected": rows('SELECT "row", reason FROM rejected_rows ORDER BY 1'),
            "report": rows(
                "SELECT state, read_count, accepted_count, unchanged_count, rejected_count, item_count"
                " FROM imports"
            ),
        }


@pytest.fixture(scope="module")
def whole(export, make_database, worker_id, tmp_path_factory):
    """What an import leaves that nobody disturbed."""
    database = make_database(f"whole_{worker_id}")
    process = start(export, database, tmp_path_factory.mktemp("home"))
    output, errors = process.communicate(timeout=120)
    assert process.returncode == 0, output + errors
    result = told(database)
    assert result["report"] == [("done", 1800, 1746, 36, 18, 1746)]
    return result


def finish(export, database, home):
    process = start(export, database, home)
    output, errors = process.communicate(timeout=120)
    assert process.returncode == 0, output + errors


POINTS = [
    *(f"import.before_commit:{n}" for n in range(1, BATCHES + 1)),
    *(f"import.after_batch:{n}" for n in range(1, BATCHES + 1)),
    "import.after_end:1",
]
SAMPLE = ["import.before_commit:2", "import.after_batch:1", "import.after_batch:4"]


def killed_at(point, export, whole, database, home):
    process = start(export, database, home, point)
    process.communicate(timeout=120)
    assert process.returncode == -signal.SIGKILL
    finish(export, database, home)
    result = told(database)
    if point.startswith("import.after_end"):  # It was over; the second start finds nothing to do.
        result["report"].remove(("done", 1800, 0, 1782, 18, 0))
        result["rejected"] = whole["rejected"]
    assert result == whole


@pytest.mark.parametrize("point", SAMPLE)
def test_an_import_killed_between_batches_is_finished_by_the_next_start(
    point, export, whole, fresh_database, tmp_path
):
    killed_at(point, export, whole, fresh_database, tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("point", POINTS)
def test_an_import_killed_at_every_commit_is_finished_by_the_next_start(
    point, export, whole, fresh_database, tmp_path
):
    killed_at(point, export, whole, fresh_database, tmp_path)


def killed_at_random(seed, kills, export, whole, database, home):
    chance = random.Random(seed)
    for _ in range(kills):
        process = start(export, database, home)
        time.sleep(chance.uniform(0.6, 4.0))
        process.kill()
        process.communicate()
        if process.returncode == 0:
            return  # It was faster; nothing to mend.
    finish(export, database, home)
    result = told(database)
    assert [row for row in result["report"] if row[2]] == whole["report"] or sum(
        row[2] for row in result["report"]
    ) == whole["report"][0][2]
    assert {key: result[key] for key in ("items", "accounts", "contacts")} == {
        key: whole[key] for key in ("items", "accounts", "contacts")
    }


def test_an_import_killed_at_random_loses_and_doubles_nothing(export, whole, fresh_database, tmp_path):
    killed_at_random(7, 2, export, whole, fresh_database, tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(20))
def test_many_imports_killed_at_random_lose_and_double_nothing(seed, export, whole, fresh_database, tmp_path):
    killed_at_random(seed, 2, export, whole, fresh_database, tmp_path)


def test_two_processes_importing_one_file_share_the_work(export, whole, fresh_database, tmp_path):
    both = [start(export, fresh_database, tmp_path) for _ in range(2)]
    for process in both:
        output, errors = process.communicate(timeout=120)
        assert process.returncode == 0, output + errors
    result = told(fresh_database)
    assert sum(row[2] for row in result["report"]) == whole["report"][0][2]
    assert result["items"] == whole["items"] and result["accounts"] == whole["accounts"]
