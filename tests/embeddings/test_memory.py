"""What the engine was told of earlier runs keeps themes still, and no stiller than the texts allow."""

import numpy as np

from embeddings import engine
from embeddings.encode import unit
from embeddings.records import Encoded, Known


def blurred(seed=0):
    """Return vectors of eight groups that run into each other, with texts."""
    rng = np.random.default_rng(seed)
    centres = unit(rng.normal(size=(8, 384)))
    truth = np.repeat(np.arange(8), 50)
    points = unit(centres[truth] + 1.7 * unit(rng.normal(size=(400, 384))))
    return Encoded(points, points), [f"{chr(97 + row % 26)}{'x' * (row // 26)}" for row in range(400)]


def remembered(labels):
    found = sorted(set(labels.tolist()) - {-1})
    return [Known(label, frozenset(np.flatnonzero(labels == label).tolist())) for label in found]


def test_a_run_with_another_seed_hardly_moves_what_is_known():
    vectors, texts = blurred()
    before = engine.labels(texts, vectors)
    after = engine.labels(texts, vectors, known=remembered(before), seed=9)
    assert np.mean(before == after) > 0.97


def test_themes_that_the_texts_tell_apart_do_not_stay_one(blobs):
    vectors, truth = blobs([60, 60, 60], spread=0.7)
    texts = [f"{chr(97 + row % 26)}{'x' * (row // 26)}" for row in range(180)]
    joined = [Known(1, frozenset(range(120))), Known(2, frozenset(range(120, 180)))]
    found = engine.labels(texts, vectors, known=joined)
    for label in set(found.tolist()):
        assert len(set(truth[found == label].tolist())) == 1


def test_themes_that_the_texts_hold_together_do_not_stay_apart(blobs):
    vectors, _ = blobs([100, 80], spread=0.7)
    texts = [f"{chr(97 + row % 26)}{'x' * (row // 26)}" for row in range(180)]
    torn = [Known(1, frozenset(range(0, 100, 2))), Known(2, frozenset(range(1, 100, 2)))]
    found = engine.labels(texts, vectors, known=torn)
    for label in set(found[:100].tolist()):
        rows = np.flatnonzero(found == label)
        assert 0 < np.mean(rows % 2) < 1
