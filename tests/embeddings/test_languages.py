"""Languages of short texts, and the first look word by word."""

from pathlib import Path

import numpy as np
import pytest

from embeddings.languages import languages
from embeddings.quick import QuickEncoder
from tests.embeddings import corpus, tiny
from tests.embeddings.conftest import models_folder

LINES = (Path(__file__).parent / "languages.tsv").read_text("utf-8").splitlines()
TOLD = [tuple(line.split("\t")) for line in LINES]


def test_short_texts_are_told_rightly_or_not_at_all():
    found = languages([text for _, text in TOLD])
    wrong = [(right, one) for (right, _), one in zip(TOLD, found, strict=True) if one and one != right]
    assert wrong == []
    assert np.mean([bool(one) for one in found]) > 0.8


def test_english_of_every_day_is_english():
    found = languages(corpus.TEXTS)
    assert set(found) <= {"en", ""}
    assert np.mean([one == "en" for one in found]) > 0.9


@pytest.mark.parametrize("text", ["", "12345", "😀😀😀", "…", "\ud800", "ok"])
def test_what_says_too_little_has_no_language(text):
    assert languages([text]) == [""]


def test_one_very_long_text_has_a_language():
    assert languages(["Die Rechnung fehlt. " * 10_000]) == ["de"]


@pytest.fixture(scope="module")
def quick():
    return QuickEncoder(models_folder())


def test_a_first_look_joins_what_shares_words(quick):
    found = quick.encode(
        ["The CSV export times out", "the csv export timed out again", "Single sign-on loops"]
    )
    assert found.mean[0] @ found.mean[1] > found.mean[0] @ found.mean[2] + 0.2


def test_a_first_look_gives_unit_vectors_whatever_the_text(quick):
    odd = ["", "😀" * 500, "\ud800", "x" * 100_000, "的", "the", "?!"]
    for view in (quick.encode(odd).mean, quick.encode(odd).mean4):
        assert np.allclose(np.linalg.norm(view, axis=1), 1, atol=1e-4)
    alone = np.stack([quick.encode([text]).mean[0] for text in odd])
    assert np.array_equal(alone, quick.encode(odd).mean)


def test_word_vectors_are_drawn_once_and_again_when_broken(tmp_path):
    folder = tiny.make(tmp_path, "xlm-roberta")
    first = QuickEncoder(tmp_path / "homes", base=str(folder))
    [tables] = (tmp_path / "homes").glob("*quick*/tokens.npz")
    made = tables.stat().st_mtime_ns
    assert QuickEncoder(tmp_path / "homes", base=str(folder)).version == first.version
    assert tables.stat().st_mtime_ns == made
    tables.write_bytes(tables.read_bytes()[:500])
    again = QuickEncoder(tmp_path / "homes", base=str(folder))
    assert np.allclose(again.encode(corpus.TEXTS).mean, first.encode(corpus.TEXTS).mean)
