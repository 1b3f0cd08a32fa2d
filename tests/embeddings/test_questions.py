"""What is asked: themes that nearly share a centre, groups that stand apart; never what is clear."""

import numpy as np
import pytest

from embeddings.encode import unit
from embeddings.questions import Kind, ask
from embeddings.records import NOISE


def cloud(direction, count, seed, spread=0.3):
    aside = np.random.default_rng(seed).normal(size=(count, 64)).astype(np.float32)
    return unit(unit(np.asarray(direction, np.float32)[None]) + spread * unit(aside))


@pytest.fixture
def axes():
    return np.eye(64, dtype=np.float32)


def test_two_themes_with_nearly_one_centre_are_asked_about_and_distant_ones_are_not(axes):
    vectors = np.concatenate(
        [cloud(axes[0], 20, 1), cloud(axes[0] + 0.2 * axes[1], 12, 2), cloud(axes[5], 20, 3)]
    )
    labels = np.repeat([0, 2, 1], [20, 12, 20])
    pairs = [one for one in ask(vectors, labels) if one.kind == Kind.SAME]
    assert [(one.label, one.other) for one in pairs] == [(0, 2)]
    assert set(pairs[0].rows) == set(range(20, 32)) and set(pairs[0].beside) <= set(range(20))


def test_a_group_that_stands_apart_is_asked_about_first(axes):
    vectors = np.concatenate([cloud(axes[0], 20, 1), cloud(axes[1], 9, 2), cloud(axes[5], 30, 3)])
    labels = np.repeat([0, 1], [29, 30])
    first = ask(vectors, labels)[0]
    assert (first.kind, first.label, set(first.rows)) == (Kind.BELONGS, 0, set(range(20, 29)))
    settled = ask(vectors, labels, settled=range(20, 29))
    assert not any(set(one.rows) == set(range(20, 29)) for one in settled)


def test_nothing_is_asked_where_there_is_nothing(axes):
    vectors = cloud(axes[0], 6, 1)
    assert ask(vectors, np.full(6, NOISE, np.int64)) == []
    assert ask(np.zeros((0, 64), np.float32), np.zeros(0, np.int64)) == []


def test_copies_of_one_text_do_not_fill_the_examples(axes):
    group = cloud(axes[1], 9, 2)
    group[:5] = unit(axes[1][None])
    vectors = np.concatenate([cloud(axes[0], 20, 1), group, cloud(axes[5], 30, 3)])
    first = ask(vectors, np.repeat([0, 1], [29, 30]))[0]
    assert sum(row < 25 for row in first.examples) == 1 and len(first.examples) == 3
