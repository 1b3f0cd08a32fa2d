"""What is asked: groups that hold together apart from their theme, themes that leak; never what is clear."""

import numpy as np
import pytest

from embeddings.questions import Ground, Kind, ask
from embeddings.records import NOISE, Encoded, EngineError

TOPICS = ("parking", "invoice", "scanner", "gloves", "heating")
SIZE = 40


def words(topic, number):
    letters = "abcdefghijklmnopqrstuvwxyz"
    return f"{topic} {letters[number // 26]}{letters[number % 26]}{topic[::-1]}"


@pytest.fixture(scope="module")
def ground(blobs):
    """Five needs of forty statements each, in this order."""
    vectors, _ = blobs([SIZE] * len(TOPICS))
    return Ground([words(topic, number) for topic in TOPICS for number in range(SIZE)], vectors)


def rows(topic, start=0, end=SIZE):
    place = TOPICS.index(topic) * SIZE
    return set(range(place + start, place + end))


def labels(*themes):
    found = np.full(SIZE * len(TOPICS), NOISE, np.int64)
    for label, some in enumerate(themes):
        found[sorted(some)] = label
    return found


@pytest.fixture
def mixed():
    """Invoices sit in the theme of parking; a few words about gloves are a theme of their own."""
    return labels(
        rows("parking") | rows("invoice"),
        rows("scanner"),
        rows("gloves", 8),
        rows("gloves", 0, 8),
        rows("heating"),
    )


def test_a_need_that_sits_in_the_theme_of_another_is_asked_about_first(ground, mixed):
    first = ask(ground, mixed)[0]
    assert (first.kind, first.label) == (Kind.BELONGS, 0)
    group = set(first.rows)
    assert group <= rows("invoice") or group <= rows("parking")
    assert set(first.examples) <= group and not set(first.beside) & group


def test_the_small_half_of_a_need_is_asked_about_and_the_other_half_offered(ground, mixed):
    whole = next(one for one in ask(ground, mixed) if one.kind == Kind.SAME)
    assert (whole.label, set(whole.rows), whole.candidates[0]) == (3, rows("gloves", 0, 8), 2)
    assert set(whole.examples) <= rows("gloves", 0, 8) and set(whole.beside) <= rows("gloves", 8)


def test_a_group_offers_the_theme_it_belongs_to(ground):
    split = labels(
        rows("parking") | rows("gloves", 0, 12), rows("scanner"), rows("gloves", 12), rows("heating")
    )
    astray = next(one for one in ask(ground, split) if set(one.rows) <= rows("gloves", 0, 12))
    assert (astray.label, astray.candidates[0]) == (0, 2)


def test_a_group_that_another_theme_draws_is_asked_about_before_one_that_belongs_nowhere(ground):
    drawn = rows("parking") | rows("gloves", 0, 12)
    at_a_loss = rows("scanner") | rows("invoice", 0, 12)
    found = labels(at_a_loss, drawn, rows("gloves", 12), rows("heating"))
    groups = [one for one in ask(ground, found) if one.kind == Kind.BELONGS]
    assert set(groups[0].rows) <= rows("gloves", 0, 12)
    assert any(set(one.rows) <= rows("invoice", 0, 12) for one in groups)


def test_what_a_human_placed_is_not_asked_about(ground, mixed):
    placed = rows("invoice") | rows("parking")
    assert not [
        one
        for one in ask(ground, mixed, settled=placed)
        if one.kind == Kind.BELONGS and set(one.rows) & placed
    ]


def test_a_theme_whose_groups_were_said_to_belong_is_asked_about_later(ground):
    both = labels(rows("parking") | rows("invoice"), rows("scanner") | rows("gloves"), rows("heating"))
    for label in (0, 1):
        first = ask(ground, both, told={label: (6, 0)})[0]
        assert first.label == 1 - label


def test_three_questions_of_ten_are_about_whole_themes(ground, mixed):
    kinds = [one.kind for one in ask(ground, mixed)[:10]]
    assert kinds[0] == Kind.BELONGS and 1 <= kinds.count(Kind.SAME) <= 5


def test_examples_are_no_copies_of_each_other(blobs):
    vectors, _ = blobs([30, 30])
    mean = vectors.mean.copy()
    mean[:6] = mean[0]
    texts = [words(topic, number) for topic in TOPICS[:2] for number in range(30)]
    for number in range(6):
        texts[number] = words("parking", 0)
    together = Ground(texts, Encoded(mean, mean))
    for one in ask(together, np.zeros(60, np.int64)):
        assert len({texts[row] for row in one.examples}) == len(one.examples)


def test_the_order_of_the_statements_does_not_matter(ground, mixed, blobs):
    vectors, _ = blobs([SIZE] * len(TOPICS))
    texts = [words(topic, number) for topic in TOPICS for number in range(SIZE)]
    order = np.random.default_rng(1).permutation(len(texts))
    other = Ground([texts[row] for row in order], Encoded(vectors.mean[order], vectors.mean4[order]))
    here, there = ask(ground, mixed), ask(other, mixed[order])
    assert [set(one.rows) for one in here] == [{int(order[row]) for row in one.rows} for one in there]


def test_nothing_is_asked_where_there_is_nothing(ground, blobs):
    assert ask(ground, labels()) == []
    vectors, _ = blobs([2])
    few = Ground(["one", "other"], vectors)
    assert ask(few, np.array([0, 0])) == ask(few, np.array([0, NOISE])) == []


def test_vectors_without_numbers_are_refused(blobs):
    vectors, _ = blobs([4])
    vectors.mean[2, 5] = np.nan
    with pytest.raises(EngineError, match="Text 3 "):
        Ground(["a", "b", "c", "d"], vectors)
