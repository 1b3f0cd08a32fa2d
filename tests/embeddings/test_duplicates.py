"""Texts that say the same count once; texts that only look the same do not."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from embeddings import duplicates
from embeddings.encode import unit

EQUAL = np.tile(unit(np.ones((1, 8))), (40, 1))


def are_one(one, two, vectors=EQUAL):
    _, group = duplicates.collapse([one, two], None if vectors is None else vectors[:2])
    return group[0] == group[1]


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("I cannot log in to the portal", "I can log in to the portal"),
        ("I can't log in to the portal", "I can log in to the portal"),
        ("the label printer is not working today", "the label printer is working today"),
        ("we need 2 units in the order list", "we need 3 units in the order list"),
        ("the limit of two seats is too low for us", "the limit of three seats is too low for us"),
        ("error 404 when opening the report page", "error 500 when opening the report page"),
        ("please connect the calendar with Outlook for us", "please connect the calendar with Gmail for us"),
        ("sign in with Okta fails every morning here", "sign in with Azure fails every morning here"),
        ("the light stays on after the alarm", "the light stays off after the alarm"),
        ("please enable the nightly sync of prices", "please disable the nightly sync of prices"),
        ("import of orders from the shop is slow", "export of orders from the shop is slow"),
        ("Der Export der Liste geht nicht mehr", "Der Export der Liste geht mehr"),
        ("L'export de la liste ne marche pas", "L'export de la liste marche"),
        ("the price for a van in winter is odd", "the charge for a van in winter is odd"),
        ("why was my charge so high this month", "why was my change so high this month"),
    ],
)
def test_what_means_something_else_never_collapses_however_alike_the_vectors(one, two):
    assert not are_one(one, two)


def test_a_negation_is_seen_in_a_long_text_too():
    one = (
        "since the last update of the handheld client our pickers in hall three do see the second label line"
    )
    assert not are_one(one, one.replace("do see", "do not see"), None)
    assert not are_one(one, one.replace("three", "four"), None)


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("Please add a dark mode to the app", "add dark mode to the app please"),
        ("The nightly report of all open orders fails", "the nightly reports of all open orders fail"),
        ("How do I link my new card?", "How do I link a new card?"),
    ],
)
def test_the_same_with_words_that_mean_nothing_is_one(one, two):
    assert are_one(one, two)
    assert not are_one(one, two, np.eye(2, dtype=np.float32))


def test_a_slip_of_the_pen_is_one_where_the_right_word_is_usual():
    texts = [
        f"the scanner loses connection in {hall}" for hall in ("aisle", "dock", "yard", "office", "lift")
    ]
    _, group = duplicates.collapse([*texts, "the scanner loses conection in aisle"], EQUAL[:6])
    assert group[5] == group[0] and len(set(group.tolist())) == 5


def test_many_copies_with_small_changes_make_one():
    base = "our team cannot print the new pallet label from the handheld".split()  # noqa: SIM905
    texts = [
        " ".join([*base[:at], word, *base[at:]]) for at in range(12) for word in ("please", "still", "just")
    ]
    stands, group = duplicates.collapse(texts, EQUAL[:36])
    assert len(stands) == 1 and set(group.tolist()) == {0}


WORDS = st.sampled_from("cannot can log in to the portal please again now export not 2 3".split())  # noqa: SIM905


@given(st.lists(st.lists(WORDS, min_size=4, max_size=9).map(" ".join), max_size=14), st.randoms())
def test_groups_do_not_depend_on_the_order_of_texts(texts, random):
    order = list(range(len(texts)))
    random.shuffle(order)
    vectors = EQUAL[: len(texts)]
    stands, group = duplicates.collapse(texts, vectors)
    shuffled_stands, shuffled = duplicates.collapse([texts[row] for row in order], vectors)
    assert shuffled.tolist() == group[order].tolist()
    assert [texts[order[row]] for row in shuffled_stands] == [texts[row] for row in stands]
    for one, two in [(a, b) for a in range(len(texts)) for b in range(a)]:
        if group[one] == group[two]:
            assert ("not" in texts[one].split()) == ("not" in texts[two].split())
            assert ("cannot" in texts[one].split()) == ("cannot" in texts[two].split())


def test_no_pair_that_shares_enough_words_is_passed_over():
    rng = np.random.default_rng(0)
    keys = [" ".join(map(str, rng.choice(90, rng.integers(4, 40), replace=False))) for _ in range(300)]
    keys += [f"{one} x x" for one in keys[:100]]
    one, two = np.array(list(combinations(range(len(keys)), 2))).T
    words = duplicates._Words.of(keys)
    sets = [frozenset(key.split()) for key in keys]
    pairs = zip(one.tolist(), two.tolist(), strict=True)
    truth = np.array([len(sets[a] & sets[b]) >= duplicates.SHARED * len(sets[a] | sets[b]) for a, b in pairs])
    assert words.share(one, two).tolist() == truth.tolist()
    assert words.may_share(one, two)[truth].all()
    assert words.may_share(one, two).mean() < 0.1
