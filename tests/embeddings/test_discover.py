"""What one run of the engine promises."""

import numpy as np
import pytest
from sklearn.metrics import adjusted_rand_score

from embeddings.engine import discover
from embeddings.records import NOISE, Encoded
from tests.embeddings import corpus


@pytest.fixture(scope="module")
def found(encoder):
    return discover(corpus.TEXTS, encoder=encoder)


def test_paraphrases_of_a_need_land_together(found):
    assert adjusted_rand_score(corpus.TRUTH, found.labels) > 0.85


def test_every_title_is_readable_and_unlike_the_others(found):
    titles = [one.title for one in found.clusters]
    assert len(set(map(str.casefold, titles))) == len(titles)
    for title in titles:
        assert 1 <= len(title.split()) <= 6
        assert title[0].isupper()
        assert not any(character.isdigit() or character == "@" for character in title)


def test_quotes_and_members_belong_to_their_cluster(found):
    for one in found.clusters:
        assert found.labels[list(one.rows)].tolist() == [one.label] * one.size
        assert one.quote_row in one.rows
        assert one.key_rows and set(one.key_rows) <= set(one.rows)
        assert np.linalg.norm(one.centroid) == pytest.approx(1, abs=1e-5)
        assert 0 < one.cohesion <= 1
    assert sum(one.size for one in found.clusters) == (found.labels != NOISE).sum()
    assert [one.size for one in found.clusters] == sorted((one.size for one in found.clusters), reverse=True)


def test_the_same_seed_gives_the_same_themes(found, encoder):
    again = discover(corpus.TEXTS, encoder=encoder)
    assert again.labels.tolist() == found.labels.tolist()
    assert [one.title for one in again.clusters] == [one.title for one in found.clusters]


def test_themes_do_not_depend_on_the_order_of_texts(found, encoder):
    order = np.random.default_rng(1).permutation(len(corpus.TEXTS))
    shuffled = discover([corpus.TEXTS[row] for row in order], encoder=encoder)
    assert shuffled.labels.tolist() == found.labels[order].tolist()
    for one, two in zip(found.clusters, shuffled.clusters, strict=True):
        assert one.title == two.title
        assert set(one.rows) == {int(order[row]) for row in two.rows}
        assert np.array_equal(one.centroid, two.centroid)


def test_strengths_lie_between_none_and_all(found):
    assert found.strengths.min() >= 0 and found.strengths.max() <= 1
    assert (found.strengths[found.labels == NOISE] == 0).all()
    assert (found.strengths[found.labels != NOISE] > 0).all()


def test_levels_go_from_coarse_to_fine(found):
    counts = [len(np.unique(level.labels)) for level in found.levels]
    assert counts[0] <= counts[-1]
    assert [level.resolution for level in found.levels] == sorted(level.resolution for level in found.levels)


@pytest.mark.parametrize("texts", [[], ["one"], [""], ["", "  "], ["a", "b"], ["?!", "…"]])
def test_hardly_any_text_is_no_theme_and_no_failure(encoder, texts):
    found = discover(texts, encoder=encoder)
    assert len(found.labels) == len(texts)
    assert len(found.clusters) <= len(texts) // 2


@pytest.mark.parametrize("count", [2, 3, 60])
def test_identical_texts_are_one_theme(encoder, count):
    found = discover(["Please add a dark mode"] * count, encoder=encoder)
    assert found.labels.tolist() == [0] * count
    assert found.strengths.tolist() == [1.0] * count
    assert found.clusters[0].title


def test_copies_do_not_tear_a_theme_apart(encoder):
    many = corpus.TEXTS + ["Please add a dark mode!"] * 200
    found = discover(many, encoder=encoder)
    assert len(set(found.labels[len(corpus.TEXTS) :])) == 1
    assert adjusted_rand_score(corpus.TRUTH, found.labels[: len(corpus.TEXTS)]) > 0.8


def test_vectors_kept_as_float16_give_the_same_themes(encoder, found):
    kept = Encoded(found.vectors.mean.astype(np.float16), found.vectors.mean4.astype(np.float16))
    again = discover(corpus.TEXTS, vectors=kept, encoder=encoder)
    assert adjusted_rand_score(found.labels, again.labels) > 0.95


def test_vectors_must_fit_the_texts(encoder, found):
    with pytest.raises(ValueError, match="2 texts"):
        discover(["a", "b"], vectors=found.vectors, encoder=encoder)


def test_progress_reaches_the_end_of_every_step(encoder):
    seen = {}
    discover(corpus.TEXTS, encoder=encoder, progress=lambda *told: seen.update({told[0]: told[1:]}))
    assert list(seen) == ["Reading", "Comparing", "Clustering", "Naming", "Arranging"]
    assert all(done == total for done, total in seen.values())
