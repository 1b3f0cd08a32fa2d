"""The score of a proposal, its range, and what would change its place."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ideaflow.proposals.scoring import (
    Rival,
    effort_limit,
    expected_value,
    missing_inputs,
    productivity,
    rank,
    rice,
    sensitivity,
)

reaches = st.integers(0, 100_000)
impacts = st.sampled_from([0.25, 0.5, 1, 2, 3])
confidences = st.floats(0, 1)
efforts = st.floats(0.1, 1_000)


def test_score_of_the_cycle_count():
    score = rice(19, 2, 0.79, 20)
    assert round(score.value, 2) == 1.50
    assert (round(score.confidence_low, 2), score.confidence_high) == (0.53, 1.0)
    assert (round(score.low, 2), round(score.high, 2)) == (0.89, 2.03)


def test_nobody_asks_scores_nothing():
    score = rice(0, 3, 1, 1)
    assert (score.value, score.low, score.high) == (0, 0, 0)


@pytest.mark.parametrize(
    "inputs",
    [
        (None, 2, 0.5, 1),
        (5, None, 0.5, 1),
        (5, 2, None, 1),
        (5, 2, 0.5, None),
        (5, 2, 0.5, 0),
        (5, 2, 1.1, 1),
    ],
)
def test_no_score_while_an_input_is_missing_or_impossible(inputs):
    assert rice(*inputs) is None


def test_missing_inputs_are_named():
    assert missing_inputs(None, 0.5, None) == ["impact", "effort"]


@given(reaches, impacts, confidences, efforts)
def test_the_range_holds_the_score(reach, impact, confidence, effort):
    score = rice(reach, impact, confidence, effort)
    assert 0 <= score.low <= score.value <= score.high


@given(reaches, impacts, confidences, efforts)
def test_one_more_account_never_lowers_the_score(reach, impact, confidence, effort):
    fewer, more = rice(reach, impact, confidence, effort), rice(reach + 1, impact, confidence, effort)
    assert fewer.value <= more.value
    assert fewer.low <= more.low


@given(reaches, impacts, confidences, efforts, efforts)
def test_more_effort_never_raises_the_score(reach, impact, confidence, effort, extra):
    score, dearer = rice(reach, impact, confidence, effort), rice(reach, impact, confidence, effort + extra)
    assert score.value >= dearer.value


@given(st.integers(1, 1_000), impacts, st.floats(0.05, 1), efforts, st.floats(0.001, 100))
def test_at_its_effort_limit_a_proposal_stands_level_with_its_rival(reach, impact, confidence, effort, rival):
    score = rice(reach, impact, confidence, effort)
    limit = effort_limit(score, rival)
    assert rice(reach, impact, confidence, limit).value == pytest.approx(rival)


def test_the_next_one_below_tells_by_which_effort_it_overtakes():
    score = rice(19, 2, 0.79, 20)
    others = [Rival("P-11", 1.25), Rival("P-3", 0.4), Rival("P-2", 3.0)]
    assert sensitivity(score, others) == "Falls behind P-11 if effort exceeds 24."


def test_the_last_one_is_told_how_to_pass_the_next_above():
    assert sensitivity(rice(10, 1, 0.5, 10), [Rival("P-2", 1.0), Rival("P-9", 4.0)]) == (
        "Passes P-2 if effort stays below 5."
    )


def test_alone_there_is_nothing_to_fall_behind():
    assert sensitivity(rice(10, 1, 0.5, 10), []) == ""
    assert sensitivity(rice(10, 1, 0.5, 10), [Rival("P-1", 0.0), Rival("P-2", 0.5)]) == ""


@given(st.lists(st.floats(0, 10), min_size=1))
def test_ranks_begin_at_one_and_equals_share(values):
    ranks = [rank(value, values) for value in values]
    assert min(ranks) == 1
    assert all(
        (values[a] == values[b]) == (ranks[a] == ranks[b]) for a in range(len(values)) for b in range(a)
    )


def test_expected_commercial_value_and_productivity():
    assert expected_value(100, 0.5, 5, 0.8, 10) == pytest.approx(26)
    assert productivity(expected_value(100, 0.5, 5, 0.8, 10), 10) == pytest.approx(2.6)
    assert productivity(26, 0) is None
