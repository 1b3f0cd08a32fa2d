"""``ideaflow import``: the report as a sentence and as JSON, the dry run, and what is refused."""

import json
import os
import subprocess
import sys

import pytest
from sqlalchemy import select

from ideaflow import schema
from ideaflow.feedback.models import FeedbackItem
from ideaflow.intake.commands import import_files
from ideaflow.intake.models import Import
from tests.intake.exports import written
from tests.intake.test_import import ACCOUNTS, OPPORTUNITIES, count

NOTES = "id,note,date\n1,slow on Mondays,2026-05-01\n2,slower on Tuesdays,2026-02-30\n"


@pytest.fixture
def run(app, session, monkeypatch):
    # The fixture's one connection stands in for the engine that the schema would ask.
    monkeypatch.setattr(schema, "current", schema.newest)

    def invoke(*words):
        return app.test_cli_runner().invoke(import_files, [str(word) for word in words])

    return invoke


def test_the_report_is_a_sentence_that_adds_up(run, tmp_path):
    result = run(written(tmp_path, NOTES, "notes.csv"))
    assert result.exit_code == 0
    assert "2 rows read = 1 accepted + 0 unchanged + 1 rejected. 1 new feedback item." in result.stdout
    assert "Row 3, column “date”: “2026-02-30” is an impossible date." in result.stdout
    assert "Importing" in result.stderr and "Importing" not in result.stdout


def test_json_has_exactly_the_documented_fields(run, tmp_path):
    result = run(written(tmp_path, NOTES, "notes.csv"), "--json")
    assert json.loads(result.stdout) == {
        "read": 2,
        "accepted": 1,
        "unchanged": 0,
        "rejected": 1,
        "errors": [{"row": 3, "column": "date", "reason": "“2026-02-30” is an impossible date."}],
    }


def test_several_files_are_summed_and_errors_name_theirs(run, tmp_path):
    files = [written(tmp_path, NOTES, "notes.csv"), written(tmp_path, ACCOUNTS, "accounts.csv")]
    told = json.loads(run(*files, "--json").stdout)
    assert (told["read"], told["accepted"], told["errors"][0]["file"]) == (4, 3, "notes.csv")


def test_a_dry_run_tells_the_same_and_stores_nothing(run, session, tmp_path):
    path = written(tmp_path, OPPORTUNITIES, "sales.csv")
    dry = json.loads(run(path, "--dry-run", "--json").stdout)
    assert count(session, Import) == count(session, FeedbackItem) == 0
    assert json.loads(run(path, "--json").stdout) == dry
    assert json.loads(run(path, "--dry-run", "--json").stdout)["unchanged"] == 1


def test_a_refused_file_stops_all_and_the_report_is_still_json(run, session, tmp_path):
    files = [written(tmp_path, ACCOUNTS, "a.csv"), written(tmp_path, 'id,note\n1,"open\n', "torn.csv")]
    result = run(*files, "--json")
    told = json.loads(result.stdout)
    assert result.exit_code != 0 and told["accepted"] == 0
    assert told["errors"][0]["file"] == "torn.csv" and "never closed" in told["errors"][0]["reason"]
    assert count(session, Import) == 0


def test_a_mapping_and_a_source_can_be_given(run, session, tmp_path):
    path = written(tmp_path, "blurb,firm\nall is slow here,Brask\n", "visits.csv")
    assert "Say so with --map text=COLUMN" in str(run(path).exception)
    longer = written(tmp_path, "blurb,firm\nall is slow here since the update of May,Brask\n", "longer.csv")
    assert "Say so with --map 'text=blurb'" in str(run(longer).exception)
    assert run(path, "--map", "text=blurb", "--source", "field visits").exit_code == 0
    assert session.scalar(select(FeedbackItem.source)) == "field visits"


@pytest.mark.parametrize("pair", ["text", "=note", "text="])
def test_a_mapping_that_is_none_is_explained(run, tmp_path, pair):
    result = run(written(tmp_path, NOTES, "notes.csv"), "--map", pair)
    assert result.exit_code == 2 and "--map takes FIELD=COLUMN" in result.stderr


def test_what_is_wrong_is_one_line_and_never_a_traceback(fresh_database, tmp_path):
    files = {
        "picture.csv": b"\x89PNG" + bytes(100),
        "empty.csv": b"",
        "torn.csv": b'id,note\n1,"open\n',
    }
    for name, content in files.items():
        done = subprocess.run(
            [sys.executable, "-m", "ideaflow", "import", str(written(tmp_path, content, name))],
            env={**os.environ, "DATABASE_URL": fresh_database, "IDEAFLOW_HOME": str(tmp_path / "home")},
            capture_output=True,
            text=True,
        )
        assert done.returncode == 1 and done.stdout == ""
        assert done.stderr.startswith(f"ideaflow: {name}") and len(done.stderr.splitlines()) == 1
