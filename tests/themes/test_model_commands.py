"""Language models in the terminal: what is there, whether one works, and changing to it."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import psycopg
import pytest
from click.testing import CliRunner
from safetensors.numpy import load_file, save_file

from embeddings import export
from embeddings.encode import Encoder
from ideaflow.cli import ideaflow
from ideaflow.errors import IdeaflowError
from ideaflow.themes import engine, engine_models, queries, service
from ideaflow.themes.statements import rereading
from tests.embeddings import tiny
from tests.embeddings.conftest import encoder, models_folder
from tests.themes.test_models import kept, two_models
from tests.themes.test_runs import left, members, numbers, small_company, start, waiting_jobs

__all__ = ["encoder", "small_company", "two_models"]


@pytest.fixture
def home(tmp_path, monkeypatch, encoder):
    """A home folder in which the default model lies ready, and no other."""
    models = tmp_path / "home" / "models"
    models.mkdir(parents=True)
    (models / export.VERSION).symlink_to(models_folder() / export.VERSION)
    monkeypatch.setenv("IDEAFLOW_HOME", str(models.parent))
    engine_models.open_model.cache_clear()
    yield models
    engine_models.open_model.cache_clear()


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """A small model of one's own, made once; tests that break it take a copy."""
    return tiny.make(tmp_path_factory.mktemp("small"), prompts={"query": "query: "})


@pytest.fixture
def own(small, tmp_path):
    return Path(shutil.copytree(small, tmp_path / "our-model"))


@pytest.fixture
def command(session):
    def run(*words, **rest):
        return CliRunner().invoke(ideaflow, [str(word) for word in words], **rest)

    return run


@pytest.fixture
def measured_by_hand(two_models, monkeypatch):
    """Let models made by hand say of what version they are."""
    monkeypatch.setattr(engine, "about", lambda: {"version": engine.model(), "dimensions": 384})
    return two_models


def refused(done):
    """Return the line a person reads who is told that it did not work."""
    assert done.exit_code == 1
    assert isinstance(done.exception, IdeaflowError), done.exception
    assert done.stdout == ""
    return str(done.exception)


def spoil(folder, value):
    """Give every weight of a model the same value."""
    weights = load_file(folder / "model.safetensors")
    same = {name: np.full_like(one, value) for name, one in weights.items()}
    save_file(same, folder / "model.safetensors", metadata={"format": "pt"})


def test_list_shows_what_lies_ready_and_what_is_wanted(home, command, own, monkeypatch):
    assert command("models", "list").stdout == f"all-MiniLM-L6-v2  ({export.VERSION}): wanted\n"
    monkeypatch.setenv("IDEAFLOW_MODEL", str(own))
    lines = command("models", "list").stdout.splitlines()
    assert lines == [
        f"all-MiniLM-L6-v2  ({export.VERSION})",
        f"{own}: wanted, made ready at the first use",
    ]
    assert command("models", "check").exit_code == 0
    lines = command("models", "list").stdout.splitlines()
    assert lines[0].startswith(f"{own}  (our-model-") and lines[0].endswith("): wanted")


def test_list_shows_the_model_the_themes_are_made_with_even_if_it_is_gone(home, heard, command):
    assert "by-hand: in use, not on this machine" in command("models", "list").stdout


def test_check_says_what_a_model_is(home, command, own):
    done = command("models", "check", own)
    assert done.exit_code == 0, done.output
    assert done.stdout.startswith(f"{own} works (")
    for line in ("dimensions: 32", "tokens read of a text: 64", "put before each text: 'query: '"):
        assert line in done.stdout
    assert "all-MiniLM-L6-v2 works" in command("models", "check").stdout


def test_check_makes_no_change(home, command, own):
    assert command("models", "check", own).exit_code == 0
    assert rereading.wanted() == engine.DEFAULT
    assert "themes.refresh" not in waiting_jobs()


def test_a_model_file_cut_in_half_is_named_with_what_to_do(home, command, own):
    weights = own / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[: weights.stat().st_size // 2])
    said = refused(command("models", "check", own))
    assert str(weights) in said and "cut off or damaged" in said
    assert "Delete it and download or copy the model again" in said
    assert [path.name for path in home.iterdir() if path.is_dir()] == [export.VERSION]


def test_a_converted_file_cut_in_half_is_made_again_where_the_model_is_there(home, command, own):
    assert command("models", "check", own).exit_code == 0
    [graph] = [path for path in home.glob(f"*/{export.GRAPH}") if not path.parent.is_symlink()]
    graph.write_bytes(graph.read_bytes()[: graph.stat().st_size // 2])
    engine_models.open_model.cache_clear()
    assert command("models", "check", own).exit_code == 0
    graph.write_bytes(graph.read_bytes()[: graph.stat().st_size // 2])
    engine_models.open_model.cache_clear()
    shutil.rmtree(own)
    said = refused(command("models", "check", own))
    assert str(own) in said and "Name the folder" in said


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 0.0])
def test_a_model_that_gives_no_numbers_is_refused_with_what_to_do(home, command, own, value):
    spoil(own, value)
    said = refused(command("models", "check", own))
    assert str(own) in said and "without numbers" in said and "choose another model" in said


def test_a_model_that_is_not_here_says_how_to_bring_it(home, command, monkeypatch):
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    assert "hf download somebody/no-model" in refused(command("models", "check", "somebody/no-model"))
    assert "There is no folder /no/model" in refused(command("models", "check", "/no/model"))


def test_use_says_what_it_takes_and_changes_nothing_without_a_yes(measured_by_hand, heard, command):
    done = command("models", "use", "second", input="n\n")
    assert done.exit_code == 1
    assert "48 statements to read with second: about 1 minute." in done.stdout
    assert "Until then the themes stay as they are" in done.stdout
    assert rereading.wanted() == engine.DEFAULT
    assert "themes.refresh" not in waiting_jobs()


def test_use_queues_a_run_and_the_old_themes_stay_until_it_is_done(
    measured_by_hand, heard, command, about, maren
):
    wifi, label = about("wifi"), about("label")
    moved = queries.statements(wifi.id).rows[0].id
    service.move_statements(wifi.id, [moved], label.id, by=maren)
    service.rename(label.id, "Printing labels", by=maren)
    before = numbers()
    done = command("models", "use", "second", "--yes")
    assert done.exit_code == 0, done.output
    assert "Queued." in done.stdout and "ideaflow models use OTHER" in done.stdout
    assert "themes.refresh" in waiting_jobs()
    assert (numbers(), kept()) == (before, {(engine.DEFAULT, 384)})

    service.refresh(only_waiting=True)
    assert {model for model, _ in kept()} == {"second"}
    assert queries.theme(label.id).title == "Printing labels"
    assert moved in members(label.id)
    assert "are made with second already" in command("models", "use", "second").stdout


def test_a_change_half_wished_for_can_be_taken_back(measured_by_hand, heard, command):
    command("models", "use", "second", "--yes")
    assert rereading.wanted() == "second"
    assert "made with all-MiniLM-L6-v2 already" in command("models", "use", engine.DEFAULT, "--yes").stdout
    service.refresh(only_waiting=True)
    assert kept() == {(engine.DEFAULT, 384)}


def test_a_model_that_cannot_be_opened_is_never_used(home, command, own):
    spoil(own, float("nan"))
    assert "without numbers" in refused(command("models", "use", own, "--yes"))
    assert rereading.wanted() == engine.DEFAULT
    assert "themes.refresh" not in waiting_jobs()


def test_the_setting_comes_first_and_use_says_so(measured_by_hand, heard, command, monkeypatch):
    monkeypatch.setenv("IDEAFLOW_MODEL", "third")
    said = refused(command("models", "use", "second", "--yes"))
    assert "IDEAFLOW_MODEL names third" in said


def test_a_first_look_is_asked_for_in_the_terminal(measured_by_hand, heard, command):
    done = command("themes", "refresh", "--quick")
    assert done.exit_code == 0, done.output
    assert {model for model, _ in kept()} == {f"{engine.QUICK}:{engine.DEFAULT}"}
    assert "themes.refresh" in waiting_jobs()


def test_a_person_reads_one_line_and_no_traceback(small_company, tmp_path, own):
    weights = own / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:1000])
    done = start(small_company, tmp_path / "home", words=("models", "check", str(own)))
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.startswith("ideaflow: ") and done.stderr.count("\n") == 1


@pytest.mark.slow
def test_a_company_changes_its_model_by_commands_alone(small_company, tmp_path, own):
    def say(*words):
        done = start(small_company, tmp_path / "home", words=words)
        assert done.returncode == 0, done.stderr
        return done.stdout

    say("themes", "refresh")
    before = left(small_company)["places"]
    assert "72 statements to read" in say("models", "use", str(own), "--yes")
    assert left(small_company)["places"] == before
    say("worker", "--until-empty")
    with psycopg.connect(small_company) as connection:
        query = "SELECT DISTINCT vector_dims(mean) FROM statement_vectors"
        assert connection.execute(query).fetchall() == [(32,)]
    assert f"{own}  (our-model-" in say("models", "list")


@pytest.fixture
def doctor(fresh_database, home):
    """Call the doctor to an instance as people do, with these settings."""

    def look(**settings):
        environment = {**os.environ, "DATABASE_URL": fresh_database, "IDEAFLOW_HOME": str(home.parent)}
        return subprocess.run(
            [sys.executable, "-m", "ideaflow", "doctor"], env=environment | settings,
            capture_output=True, text=True, cwd=Path(__file__).resolve().parents[2],
        )  # fmt: skip

    return look


def test_the_doctor_lets_the_chosen_model_read(doctor, own):
    assert "ok   language model all-MiniLM-L6-v2: reads" in doctor().stdout
    assert f"ok   language model {own}: made ready at the first use" in doctor(IDEAFLOW_MODEL=str(own)).stdout
    Encoder(model=str(own))
    done = doctor(IDEAFLOW_MODEL=str(own))
    assert done.returncode == 0, done.stdout
    assert f"ok   language model {own}: reads" in done.stdout


def test_the_doctor_says_what_to_do_about_a_chosen_model_cut_in_half(doctor, own):
    weights = own / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[: weights.stat().st_size // 2])
    done = doctor(IDEAFLOW_MODEL=str(own))
    assert done.returncode == 1
    assert f"BAD  language model {own}" in done.stdout
    assert "Delete it and download or copy the model again" in done.stdout


def test_the_doctor_misses_models_that_are_not_here_and_downloads_none(doctor, fresh_database):
    with psycopg.connect(fresh_database) as connection:
        connection.execute(
            "INSERT INTO feedback_items (id, text, part, source, source_id, said_at) VALUES"
            " (1, 'Dark', 'text', 'csv', '1', now())"
        )
        connection.execute(
            "INSERT INTO statements (id, item_id, position, text, begins_at, ends_at)"
            " VALUES (1, 1, 0, 'Dark', 0, 4)"
        )
        connection.execute(
            "INSERT INTO statement_vectors (statement_id, mean, mean4, model)"
            " VALUES (1, '[1,0]', '[1,0]', 'gone-1')"
        )
    done = doctor(IDEAFLOW_MODEL="somebody/no-model")
    assert done.returncode == 1
    assert "Bring it with: ideaflow models check somebody/no-model" in done.stdout
    assert "BAD  the model of the themes, gone-1, is on this machine – new words wait" in done.stdout
