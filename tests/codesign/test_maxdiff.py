"""MaxDiff equals the published numbers, shows options evenly, and finds what was put in."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize

from ideaflow.codesign.counting.ballots import Ballot, by_segment
from ideaflow.codesign.counting.figures import Hidden, NotEnough, Plan
from ideaflow.codesign.instruments import maxdiff_logit as logit
from ideaflow.codesign.instruments.maxdiff import SetAnswer, is_hurried, is_straight_lined, problems
from ideaflow.codesign.instruments.maxdiff_designs import design, sets_for
from ideaflow.codesign.instruments.maxdiff_tally import counts, tally, utilities_of_each
from tests.codesign.casting import with_aliases

# Table 6 of Lipovetsky and Conklin 2014.
SHOWN = [7145, 7144, 7144, 7144, 7145, 7145, 7144, 7146, 8166, 7145, 7144, 7144, 7145, 7144, 7145, 7144, 7146]
BEST = [1733, 968, 5218, 2704, 2307, 692, 1816, 689, 2483, 1422, 362, 2589, 4158, 825, 829, 859, 966]
WORST = [1324, 2139, 113, 1010, 772, 3986, 1438, 2397, 1041, 1538, 4597, 966, 305, 2875, 2256, 2259, 1604]

TRUE = np.array([1.6, 1.0, 0.6, 0.2, 0.0, -0.3, -0.9, -2.2])
OPTIONS = [f"option {place}" for place in range(8)]
SETS = design(len(OPTIONS))


def cast(accounts, seed=1, **settings):
    """Let people of ``TRUE`` tastes answer."""
    random = np.random.default_rng(seed)
    worth = dict(zip(OPTIONS, TRUE, strict=True))
    ballots = []
    for account in range(accounts):
        answers = []
        for shown in sets_for(SETS, OPTIONS, f"{account}", seed):
            best = shown[int(np.argmax([worth[one] + random.gumbel() for one in shown]))]
            rest = [one for one in shown if one != best]
            worst = rest[int(np.argmax([-worth[one] + random.gumbel() for one in rest]))]
            answers.append(SetAnswer(shown, best, worst, 6.0))
        ballots.append(Ballot(f"account {account}", tuple(answers), **settings))
    return ballots


def test_the_seventeen_items_of_lipovetsky_and_conklin():
    table = [np.array(one, dtype=float) for one in (SHOWN, BEST, WORST)]
    b, error = logit.utility(*table), logit.standard_error(*table)
    assert (b[0], error[0]) == pytest.approx((0.115, 0.017), abs=5e-4)
    assert (b[2], b[12], b[10]) == pytest.approx((1.793, 1.206, -1.364), abs=5e-4)
    assert logit.shares(b)[[2, 12, 10]] == pytest.approx([0.2565, 0.1426, 0.0109], abs=5e-5)
    assert sum(BEST) == sum(WORST)


def test_forty_best_and_ten_worst_of_a_hundred():
    table = [np.array([value]) for value in (100.0, 40.0, 10.0)]
    assert logit.utility(*table)[0] == pytest.approx(0.619, abs=5e-4)
    assert logit.standard_error(*table)[0] == pytest.approx(0.148, abs=5e-4)


@pytest.mark.parametrize("count", range(8, 21))
@pytest.mark.parametrize("times", [3, 4])
def test_every_option_is_shown_as_often_and_every_pair_as_evenly_as_can_be(count, times):
    found = design(count, times=times)
    assert all(len(set(one)) == 4 for one in found.sets)
    assert found.balance.shown[0] >= times
    assert found.balance.shown[1] <= times + 1
    assert found.balance.together[1] - found.balance.together[0] <= 2
    assert found == design(count, times=times)


def test_thirteen_options_shown_four_times_meet_exactly_once():
    balance = design(13, times=4).balance
    assert (balance.sets, balance.shown, balance.together, balance.apart) == (13, (4, 4), (1, 1), 0)


def test_four_options_make_no_sets_of_four():
    with pytest.raises(ValueError, match="add some"):
        design(4)


def test_places_and_orders_are_drawn_for_each_participant_and_stay():
    plan = design(12)
    options = [str(place) for place in range(12)]
    mine = sets_for(plan, options, "me", 5)
    assert mine == sets_for(plan, options, "me", 5)
    assert mine != sets_for(plan, options, "you", 5)
    first = [one[0] for person in range(400) for one in sets_for(plan, options, f"p{person}", 5)]
    share = np.array([first.count(option) for option in options]) / len(first)
    assert share == pytest.approx(np.full(12, 1 / 12), abs=0.02)


def test_the_tastes_put_in_come_out_in_order_and_both_ways_agree():
    found = tally(cast(150), OPTIONS, Plan(1))
    assert [one.option for one in found.items] == OPTIONS
    assert sum(one.share.value for one in found.items) == pytest.approx(1)
    assert sum(one.share.by_person for one in found.items) == pytest.approx(1)
    assert [one.logit_share for one in found.items] == pytest.approx(list(logit.shares(TRUE)), abs=0.04)
    for place, one in enumerate(found.items, 1):
        assert one.share.low <= one.share.value <= one.share.high
        assert one.best_rank <= one.rank == place <= one.worst_rank


def test_the_logit_is_the_maximum_a_second_optimiser_finds():
    ballots = cast(30)
    answers = [(one, 0.5 + place % 3) for ballot in ballots for place, one in enumerate(ballot.answers)]

    def loss(b):
        worth = dict(zip(OPTIONS, b, strict=True))
        total = logit.RIDGE / 2 * b @ b
        for answer, weight in answers:
            rest = [one for one in answer.shown if one != answer.best]
            total -= weight * (worth[answer.best] - np.logaddexp.reduce([worth[one] for one in answer.shown]))
            total -= weight * (-worth[answer.worst] - np.logaddexp.reduce([-worth[one] for one in rest]))
        return total

    other = minimize(loss, np.zeros(8), method="BFGS").x
    assert logit.conditional_logit(answers, OPTIONS) == pytest.approx(other - other.mean(), abs=2e-3)


def test_sets_held_back_are_foretold_better_than_by_chance():
    found = tally(cast(60), OPTIONS, Plan(1, 50))
    assert found.held == 60
    assert found.hits > 60 / 4 + 3 * (60 * 3 / 16) ** 0.5
    assert logit.holdout_hits([[cast(1)[0].answers[0]]], [1.0], OPTIONS) == (0, 0)


def test_one_participant_is_drawn_towards_all_by_empirical_bayes():
    ballots = cast(10)
    shown, best, worst = np.split(counts(ballots, OPTIONS), 3, axis=1)
    own = (shown + best - worst) / (2 * shown)
    everybody = (shown.sum(0) + best.sum(0) - worst.sum(0)) / (2 * shown.sum(0))
    own = np.where(own == 0, 0.01, np.where(own == 1, 0.99, own))
    p = own / 1.1 + everybody * 0.1 / 1.1
    found = utilities_of_each(ballots, OPTIONS)[3]
    assert list(found.values()) == pytest.approx(list(np.log(p[3] / (1 - p[3]))))


@settings(max_examples=15, deadline=None)
@given(aliases=st.integers(2, 30), seed=st.integers(0, 50))
def test_aliases_of_one_account_do_not_move_an_account_weighted_rank(aliases, seed):
    ballots = cast(8, seed)
    before, after = (
        tally(one, OPTIONS, Plan(1, 50)) for one in (ballots, with_aliases(ballots, "account 2", aliases))
    )
    assert [(one.option, one.rank) for one in after.items] == [(one.option, one.rank) for one in before.items]
    for one, other in zip(before.items, after.items, strict=True):
        assert (other.share.value, other.share.high) == pytest.approx((one.share.value, one.share.high))


def test_thirty_dissenting_aliases_weigh_no_more_than_one_dissenter():
    ballots = cast(20)
    against = tuple(SetAnswer(one.shown, one.worst, one.best) for one in ballots[0].answers)
    alone = tally([*ballots, Ballot("x", against)], OPTIONS, Plan(1, 50))
    many = tally([*ballots, *[Ballot("x", against)] * 30], OPTIONS, Plan(1, 50))
    assert [one.share.value for one in many.items] == pytest.approx([one.share.value for one in alone.items])


def test_speeders_are_flagged_and_the_result_without_them_stands_beside():
    found = tally([*cast(20), *cast(3, 9, is_speeding=True)], OPTIONS, Plan(1, 50))
    assert found.care.speeding == 3
    assert [one.careful_share for one in found.items] == pytest.approx(
        [
            {one.option: one.share.value for one in tally(cast(20), OPTIONS, Plan(1, 50)).items}[item.option]
            for item in found.items
        ]
    )
    assert tally(cast(20), OPTIONS, Plan(1, 50)).items[0].careful_share is None


def test_a_hurried_or_thoughtless_ballot_is_known_by_its_answers():
    quick = [SetAnswer(("a", "b", "c", "d"), "a", "d", 1.1)] * 5
    assert is_hurried(quick)
    assert is_straight_lined(quick)
    assert problems(SetAnswer(("a", "b"), "a", "a")) == [
        "The most and the least important are the same: choose two different ones."
    ]
    assert problems(SetAnswer(("a", "b"), "a", "z")) != []
    assert problems(quick[0]) == []


def test_segments_stand_beside_and_small_ones_are_hidden():
    ballots = cast(12, segment="DACH") + cast(8, 2, segment="UK") + cast(3, 3, segment="Nordics")
    found = by_segment(ballots, lambda some: tally(some, OPTIONS, Plan(1, 50)))
    assert found["Nordics"] == Hidden()
    assert found["UK"] == Hidden()
    assert found["DACH"].care.persons == 12


def test_under_five_accounts_there_is_no_rank():
    assert tally(cast(4), OPTIONS, Plan(1)) == NotEnough(4, 4)
