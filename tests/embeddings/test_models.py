"""Other models than the one that comes with ideaflow: any sentence-transformers model by name or folder."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from embeddings import export, sources
from embeddings.encode import Encoder
from embeddings.records import EngineError
from tests.embeddings import corpus, tiny

TEXTS = [*corpus.TEXTS[:40], " ".join(corpus.TEXTS[:30]), "dark mode"]


def original(folder, texts, prompt=""):
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(folder), device="cpu")
    return model.encode([prompt + text for text in texts], normalize_embeddings=True, prompt="")


def likeness(encoder, folder, prompt=""):
    return (original(folder, TEXTS, prompt) * encoder.encode(TEXTS).mean).sum(axis=1)


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """A small model of BERT's kind, made once; tests that break it take a copy."""
    return tiny.make(tmp_path_factory.mktemp("small"))


@pytest.fixture
def copied(small, tmp_path):
    return Path(shutil.copytree(small, tmp_path / "own"))


@pytest.mark.parametrize("kind", ["bert", "xlm-roberta", "mpnet", "modernbert"])
def test_other_kinds_of_transformers_give_the_vectors_they_give_elsewhere(tmp_path, kind):
    folder = tiny.make(tmp_path, kind, hidden=48)
    encoder = Encoder(tmp_path / "homes", model=str(folder))
    assert encoder.dimensions == 48
    assert likeness(encoder, folder).min() > 0.98


@pytest.mark.parametrize("pooling", ["cls", "max", "lasttoken"])
def test_each_way_of_pooling_is_the_models_own(tmp_path, pooling):
    folder = tiny.make(tmp_path, pooling=pooling)
    encoder = Encoder(tmp_path / "homes", model=str(folder))
    assert likeness(encoder, folder).min() > 0.98


def test_layers_behind_the_pooling_and_prompts_are_kept(tmp_path):
    folder = tiny.make(tmp_path, dense=16, prompts={"query": "query: ", "passage": "passage: "})
    encoder = Encoder(tmp_path / "homes", model=str(folder))
    assert (encoder.dimensions, encoder.about.prompt) == (16, "query: ")
    assert likeness(encoder, folder, "query: ").min() > 0.98


def test_the_default_prompt_of_a_model_goes_first(tmp_path):
    folder = tiny.make(tmp_path, prompts={"query": "query: ", "topic": "about: "})
    tiny.change(folder, "config_sentence_transformers.json", default_prompt_name="topic")
    assert Encoder(tmp_path / "homes", model=str(folder)).about.prompt == "about: "


def test_a_text_has_one_vector_in_any_company_and_on_any_number_of_cores(encoder):
    texts = [*TEXTS, *corpus.TEXTS[40:90]]
    together = encoder.encode(texts).mean
    alone = np.stack([encoder.encode([text]).mean[0] for text in texts])
    assert np.array_equal(together, alone)
    assert np.array_equal(encoder.encode(texts[::-1]).mean[::-1], together)


def test_versions_differ_with_the_weights_and_follow_a_changed_folder(tmp_path, copied):
    homes = tmp_path / "homes"
    first = Encoder(homes, model=str(copied)).version
    assert first != export.VERSION
    assert Encoder(homes, model=str(copied)).version == first
    weights = load_file(copied / "model.safetensors")
    save_file(
        {name: one * 1.5 for name, one in weights.items()}, copied / "model.safetensors", {"format": "pt"}
    )
    assert Encoder(homes, model=str(copied)).version != first


def test_a_converted_model_needs_its_own_files_no_more(tmp_path, copied):
    homes = tmp_path / "homes"
    before = Encoder(homes, model=str(copied)).encode(["dark mode"]).mean
    shutil.rmtree(copied)
    assert np.array_equal(Encoder(homes, model=str(copied)).encode(["dark mode"]).mean, before)
    assert [one.name for one in export.kept(homes)] == [str(copied)]


def test_a_name_not_on_this_machine_says_how_to_bring_it(tmp_path, monkeypatch):
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    with pytest.raises(EngineError, match=r"hf download somebody/no-such-model .*IDEAFLOW_MODEL"):
        Encoder(tmp_path, model="somebody/no-such-model")
    with pytest.raises(EngineError, match="neither a folder nor the name"):
        Encoder(tmp_path, model="no such/name at all")
    with pytest.raises(EngineError, match="There is no folder /no/such"):
        Encoder(tmp_path, model="/no/such/folder")


def test_a_model_in_the_hugging_face_cache_is_found_by_name(tmp_path, small, monkeypatch):
    cache = tmp_path / "hub"
    snapshot = cache / "models--somebody--small" / "snapshots" / "abc"
    shutil.copytree(small, snapshot)
    (snapshot.parents[1] / "refs").mkdir()
    (snapshot.parents[1] / "refs" / "main").write_text("abc")
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(cache))
    assert sources.find("somebody/small").folder.resolve() == snapshot.resolve()
    blob = cache / "models--somebody--small" / "blobs" / ("0" * 64)
    blob.parent.mkdir()
    (snapshot / "model.safetensors").rename(blob)
    (snapshot / "model.safetensors").symlink_to(blob)
    with pytest.raises(EngineError, match="cut off or damaged"):
        sources.find("somebody/small")


@pytest.mark.parametrize("share", [0.0, 0.5, 0.999])
def test_weights_cut_off_are_told_before_anything_is_made(tmp_path, copied, share):
    weights = copied / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[: int(share * weights.stat().st_size)])
    with pytest.raises(EngineError, match=r"model\.safetensors .*cut off or damaged"):
        Encoder(tmp_path / "homes", model=str(copied))


@pytest.mark.parametrize(
    ("gone", "words"),
    [
        ("tokenizer.json", "no tokenizer"),
        ("model.safetensors", "no weights"),
        ("config.json", "cannot be opened"),
        ("1_Pooling/config.json", "cannot be opened"),
    ],
)
def test_a_missing_file_is_named(tmp_path, copied, gone, words):
    (copied / gone).unlink()
    with pytest.raises(EngineError, match=words):
        Encoder(tmp_path / "homes", model=str(copied))


def test_a_folder_without_a_model_is_refused(tmp_path):
    with pytest.raises(EngineError, match="holds no model"):
        Encoder(tmp_path / "homes", model=str(tmp_path))


def test_a_file_that_is_no_settings_is_told(tmp_path, copied):
    (copied / "config.json").write_text('{"model_type": "bert", ')
    with pytest.raises(EngineError, match="cannot be opened"):
        Encoder(tmp_path / "homes", model=str(copied))


def test_a_pooling_that_has_no_place_in_the_graph_is_refused(tmp_path):
    folder = tiny.make(tmp_path, pooling="weightedmean")
    with pytest.raises(EngineError, match=r"cannot be used .pooling weightedmean"):
        Encoder(tmp_path / "homes", model=str(folder))


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 0.0])
def test_weights_that_are_no_numbers_give_no_vectors(tmp_path, copied, value):
    weights = load_file(copied / "model.safetensors")
    for name in weights:
        if value != 0.0 or "LayerNorm" in name:
            weights[name] = np.full_like(weights[name], value)
    save_file(weights, copied / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(EngineError, match=r"without numbers"):
        Encoder(tmp_path / "homes", model=str(copied))


@pytest.mark.parametrize("value", [float("nan"), float("-inf"), 0.0])
def test_a_graph_that_gives_no_numbers_is_told_when_it_runs(tmp_path, small, value):
    encoder = Encoder(tmp_path / "homes", model=str(small))
    right = encoder._session

    class Broken:
        def run(self, names, given):
            first, second = right.run(names, given)
            first[-1] = value
            return first, second

    encoder._session = Broken()
    with pytest.raises(EngineError, match=r"NaN, infinite or zero.*ideaflow models use"):
        encoder.encode(TEXTS)


def test_a_broken_graph_is_made_again_from_the_model(tmp_path, copied):
    homes = tmp_path / "homes"
    before = Encoder(homes, model=str(copied)).encode(["dark mode"]).mean
    graph = homes / export.folder_name(str(copied)) / export.GRAPH
    graph.write_bytes(graph.read_bytes()[:1000])
    assert np.array_equal(Encoder(homes, model=str(copied)).encode(["dark mode"]).mean, before)


def test_a_folder_nobody_may_write_to_is_told(tmp_path, small, monkeypatch):
    def refuse(*_, **__):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(export.tempfile, "mkdtemp", refuse)
    with pytest.raises(EngineError, match=r"Permission denied. Let this user write there"):
        Encoder(tmp_path / "homes", model=str(small))


def test_a_full_disk_is_told_and_leaves_nothing(tmp_path, small, monkeypatch):
    def full(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(export.convert, "_quantise", full)
    with pytest.raises(EngineError, match=r"No space left on device\. Free some space"):
        Encoder(tmp_path / "homes", model=str(small))
    assert [path for path in (tmp_path / "homes").iterdir() if path.is_dir()] == []


def test_two_processes_make_one_model_once(tmp_path, small):
    code = (
        "import sys; from pathlib import Path; from embeddings.encode import Encoder\n"
        "print(Encoder(Path(sys.argv[1]), model=sys.argv[2]).encode(['dark mode']).mean[0, :4].tolist())"
    )
    command = [sys.executable, "-c", code, str(tmp_path / "homes"), str(small)]
    both = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    said = {process.communicate()[0] for process in both}
    assert len(said) == 1
    assert json.loads(said.pop())
    assert [process.returncode for process in both] == [0, 0]
    assert len([path for path in (tmp_path / "homes").iterdir() if path.is_dir()]) == 1
