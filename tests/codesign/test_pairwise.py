"""Bradley–Terry equals the published numbers and choix; pairs are chosen fairly."""

from random import Random

import choix
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ideaflow.codesign.counting.ballots import Ballot
from ideaflow.codesign.counting.figures import NotEnough, Plan
from ideaflow.codesign.instruments import bradley_terry as bt
from ideaflow.codesign.instruments.pairwise import Duel, Standing, is_straight_lined, next_pair, quick_score
from ideaflow.codesign.instruments.pairwise_tally import capped, side_of, standing, tally, ties
from tests.codesign.casting import with_aliases

# Citations among four journals of statistics (Stigler; Agresti, p. 448): row cited by column.
STIGLER = np.array([[714, 730, 498, 221], [33, 425, 68, 17], [320, 813, 1072, 142], [284, 276, 325, 188.0]])
np.fill_diagonal(STIGLER, 0)
# Baseball, American League 1987 (Agresti, table 10.11): Baltimore, Boston, Cleveland, Detroit, Milwaukee,
# New York, Toronto; the row won.
BASEBALL = np.array([
    [0, 1, 7, 4, 2, 3, 1], [12, 0, 7, 2, 6, 7, 6], [6, 6, 0, 4, 4, 6, 5], [9, 11, 9, 0, 6, 5, 7],
    [11, 7, 9, 7, 0, 7, 9], [10, 6, 7, 8, 6, 0, 6], [12, 7, 8, 6, 4, 7, 0.0],
])  # fmt: skip
OPTIONS = ["fast", "quiet", "cheap", "blue"]


def pairs_of(wins):
    return [
        (i, j) for i in range(len(wins)) for j in range(len(wins)) for _ in range(int(wins[i, j])) if i != j
    ]


def cast(accounts, seed=1, duels=12):
    random, ballots = Random(seed), []
    worth = dict(zip(OPTIONS, (1.5, 0.5, -0.5, -1.5), strict=True))
    for account in range(accounts):
        answers = []
        for _ in range(duels):
            left, right = random.sample(OPTIONS, 2)
            p = 1 / (1 + np.exp(worth[right] - worth[left]))
            answers.append(Duel(left, right, left if random.random() < p else right))
        ballots.append(Ballot(f"account {account}", tuple(answers)))
    return ballots


def contrast_error(covariance, reference):
    """The standard errors of strengths relative to one option, as they were published."""
    return np.sqrt(np.diag(covariance) + covariance[reference, reference] - 2 * covariance[reference])


def deviance(wins, strength):
    """How far a table is from what the strengths expect, 2 Σ w ln(w / expected)."""
    expected, some = (wins + wins.T) * bt.beats(strength), wins > 0
    return 2 * (wins[some] * np.log(wins[some] / expected[some])).sum()


def test_citations_of_statistics_journals():
    b = bt.strengths(STIGLER, 0)
    assert b[1:] - b[0] == pytest.approx([-2.94907, -0.47957, 0.26895], abs=5e-6)
    error = contrast_error(bt.covariance(STIGLER, b, 0), 0)
    assert error[1:] == pytest.approx([0.10255, 0.06059, 0.07083], abs=5e-6)
    assert deviance(STIGLER, b) == pytest.approx(4.293, abs=5e-4)
    assert bt.display_scores(b) / 100 == pytest.approx([0.667, 0.055, 0.542, 0.736], abs=5e-4)


def test_baseball_of_1987():
    b = bt.strengths(BASEBALL, 0)
    assert sorted(b - b[0], reverse=True) == pytest.approx([1.58, 1.44, 1.29, 1.25, 1.11, 0.68, 0], abs=5e-3)
    assert contrast_error(bt.covariance(BASEBALL, b, 0), 0)[1:] == pytest.approx(np.full(6, 0.34), abs=0.04)


@pytest.mark.parametrize("wins", [STIGLER / 10 // 1, BASEBALL])
@pytest.mark.parametrize("ridge", [0.01, 0.5])
def test_choix_finds_the_same_strengths(wins, ridge):
    other = choix.opt_pairwise(len(wins), pairs_of(wins), alpha=ridge, tol=1e-9)
    assert bt.strengths(wins, ridge) == pytest.approx(other - other.mean(), abs=1e-5)


def test_many_tables_at_once_give_what_each_gives_alone():
    tables = np.random.default_rng(3).integers(1, 9, size=(450, 4, 4)).astype(float)
    together = bt.strengths(tables)
    assert together[[0, 201, 449]] == pytest.approx(
        np.array([bt.strengths(tables[i]) for i in (0, 201, 449)])
    )


def test_two_groups_that_never_met_are_found_and_do_not_break_the_fit():
    wins = np.zeros((4, 4))
    wins[0, 1] = wins[1, 0] = wins[2, 3] = 3
    assert not bt.is_connected(wins)
    assert np.isfinite(bt.strengths(wins)).all()
    assert bt.is_connected(STIGLER, strongly=True)
    assert bt.is_connected(np.triu(np.ones((4, 4)), 1))
    assert not bt.is_connected(np.triu(np.ones((4, 4)), 1), strongly=True)


def test_the_order_put_in_comes_out_and_intervals_hold_the_scores():
    found = tally(cast(60), OPTIONS, Plan(1, 400))
    assert [one.option for one in found.options] == OPTIONS
    assert found.is_connected
    assert all(one.score.low <= one.score.value <= one.score.high for one in found.options)
    assert sum(one.score.value for one in found.options) / 4 == pytest.approx(50)
    assert ties(found.options) == []
    assert not found.side.is_biased


@settings(max_examples=15, deadline=None)
@given(aliases=st.integers(2, 30), seed=st.integers(0, 30))
def test_aliases_of_one_account_move_no_rank(aliases, seed):
    ballots = cast(8, seed)
    before, after = (
        tally(one, OPTIONS, Plan(1, 50)) for one in (ballots, with_aliases(ballots, "account 3", aliases))
    )
    assert [one.option for one in after.options] == [one.option for one in before.options]
    for one, other in zip(before.options, after.options, strict=True):
        assert (other.score.value, other.score.low) == pytest.approx(
            (one.score.value, one.score.low), abs=1e-6
        )


def test_an_account_that_answers_a_thousand_pairs_counts_for_as_many_as_the_one_in_the_middle():
    patient = tuple(Duel("blue", "fast", "blue") for _ in range(1_000))
    found = tally([*cast(20), Ballot("patient", patient)], OPTIONS, Plan(1, 50))
    assert [one.option for one in found.options] == OPTIONS
    assert capped(np.array([[4.0], [6.0], [900.0]]))[:, 0] == pytest.approx([4, 6, 6])
    by_person = sorted(found.options, key=lambda one: -one.score.by_person)
    assert by_person[0].option == "blue"


def test_pairs_nobody_can_decide_are_counted_and_lean_to_nobody():
    ballots = [Ballot(one.account, (*one.answers, Duel("fast", "blue", None, "depends"))) for one in cast(10)]
    found = tally(ballots, OPTIONS, Plan(1, 50))
    assert found.undecided_share == pytest.approx(1 / 13)
    assert {one.option: one.undecided for one in found.options} == {
        "fast": 10,
        "blue": 10,
        "quiet": 0,
        "cheap": 0,
    }
    assert [one.score.value for one in found.options] == pytest.approx(
        [one.score.value for one in tally(cast(10), OPTIONS, Plan(1, 50)).options]
    )


def test_a_left_side_chosen_too_often_is_told():
    assert side_of(60, 100).p == pytest.approx(0.0569, abs=5e-5)
    assert side_of(700, 1000).is_biased
    assert side_of(0, 0).p == side_of(5, 10).p == 1
    assert is_straight_lined([Duel("a", "b", "a")] * 4)


def test_a_new_option_is_shown_first_and_then_the_pair_that_tells_most():
    cov = tuple(tuple(float(i == j) for j in range(4)) for i in range(4))
    young = Standing(tuple(OPTIONS), (9, 9, 9, 0), (0.0,) * 4, cov)
    assert all("blue" in next_pair(young, set(), Random(seed)) for seed in range(9))
    even = Standing(tuple(OPTIONS), (9,) * 4, (3.0, 0.1, 0.0, -3.0), cov)
    assert max(((i, j) for i in range(4) for j in range(i)), key=lambda pair: even.information(*pair)) == (
        2,
        1,
    )
    sides = {next_pair(even, set(), Random(seed)) for seed in range(60)}
    assert ("fast", "quiet") in sides and ("quiet", "fast") in sides


def test_nobody_sees_a_pair_twice_and_exposure_stays_even():
    seen, exposure, random = set(), [0] * 4, Random(1)
    while pair := next_pair(
        Standing(tuple(OPTIONS), tuple(exposure), (0.0,) * 4, ((0.0,) * 4,) * 4), seen, random
    ):
        assert frozenset(pair) not in seen
        seen.add(frozenset(pair))
        for one in pair:
            exposure[OPTIONS.index(one)] += 1
    assert len(seen) == 6
    assert exposure == [3] * 4


def test_what_is_known_so_far_says_what_to_ask_next():
    known = standing(cast(5), OPTIONS)
    assert sum(known.exposure) == 5 * 12 * 2
    assert known.strength[0] > known.strength[3]
    assert known.information(0, 1) > 0


def test_the_quick_score_begins_at_fifty():
    assert quick_score(0, 0) == 50
    assert quick_score(8, 1) == pytest.approx(900 / 11)


def test_under_five_accounts_there_is_no_score():
    assert tally(cast(4), OPTIONS, Plan(1)) == NotEnough(4, 4)
