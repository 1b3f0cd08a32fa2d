"""Each formula behind trends equals its published number."""

import itertools
import math

import numpy as np
import pytest

from ideaflow.themes.trends.rates import compare, false_discovery_rates, score
from ideaflow.themes.trends.statistics import baseline, changes, kleinberg, shrinkage

HOCHBERG_1995 = [
    0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719, 0.6528,
    0.7590, 1.0,
]  # fmt: skip
# The data of R's package bursts.
OFFSETS = [
    0, 100, 200, 300, 400, 410, 415, 420, 425, 430, 435, 440, 445, 450, 451, 453, 455, 457, 459, 461,
    463, 465, 467, 469, 480, 485, 490, 495, 500, 505, 510, 515, 520, 525, 530, 535, 540, 545, 550, 555,
    560, 565, 570, 575, 580, 585, 590, 595, 600, 700, 710, 715, 720, 725, 730, 735, 740, 745, 750, 755,
    760, 765, 770, 775, 780, 785, 790, 795, 800, 900, 1000,
]  # fmt: skip
# Coal-mine disasters in Britain by year, 1851 to 1962 (Jarrett, Biometrika 66, 1979).
DISASTERS = [
    4, 5, 4, 0, 1, 4, 3, 4, 0, 6, 3, 3, 4, 0, 2, 6, 3, 3, 5, 4, 5, 3, 1, 4, 4, 1, 5, 5, 3, 4, 2, 5, 2,
    2, 3, 4, 2, 1, 3, 2, 2, 1, 1, 1, 1, 3, 0, 0, 1, 0, 1, 1, 0, 0, 3, 1, 0, 3, 2, 2, 0, 1, 1, 1, 0, 1,
    0, 1, 0, 0, 0, 2, 1, 0, 0, 0, 1, 1, 0, 2, 3, 3, 1, 1, 2, 1, 1, 1, 1, 2, 4, 2, 0, 0, 1, 4, 0, 0, 0,
    1, 0, 0, 0, 0, 0, 1, 0, 0, 1, 0, 1, 0,
]  # fmt: skip


def test_nine_in_480_against_24_in_5200_is_four_times_the_usual_rate():
    rates = compare(9, 480, 24, 5200)
    assert rates.ratio == pytest.approx(4.06, abs=0.005)
    assert rates.low == pytest.approx(1.66, abs=0.005)
    assert rates.high == pytest.approx(9.05, abs=0.005)
    assert rates.p_up == pytest.approx(0.00079, abs=0.000005)
    second = score(9, 480, 24, 5200)
    assert (second.low, second.high) == (pytest.approx(1.92, abs=0.005), pytest.approx(8.59, abs=0.005))


@pytest.mark.parametrize(
    ("counts", "ratio", "z", "low", "high"),
    [
        ((60, 51_477.5, 30, 54_308.7), 2.110, 3.417, 1.366, 3.259),
        ((41, 28_010, 15, 19_017), 1.856, 2.082, 1.036, 3.325),
    ],
)
def test_the_score_test_agrees_with_gu_and_others_2008(counts, ratio, z, low, high):
    found = score(*counts)
    assert compare(*counts).ratio == pytest.approx(ratio, abs=0.0005)
    assert found.z == pytest.approx(z, abs=0.0005)
    assert (found.low, found.high) == (pytest.approx(low, abs=0.0005), pytest.approx(high, abs=0.0005))


def test_the_score_test_of_60_against_30_has_p_00063():
    assert score(60, 51_477.5, 30, 54_308.7).p == pytest.approx(0.00063, abs=0.000005)


def test_leaving_out_the_account_that_made_seven_of_nine_leaves_nothing():
    without = compare(2, 480, 24, 5200)
    assert without.ratio == pytest.approx(0.90, abs=0.005)
    assert without.p_up == pytest.approx(0.52, abs=0.005)


def test_nothing_said_compares_without_fault():
    rates = compare(0, 480, 0, 5200)
    assert (rates.ratio, rates.high, rates.p_up) == (0.0, None, 1.0)
    assert score(0, 480, 0, 5200).p == 1.0


def test_the_false_share_rejects_four_of_the_fifteen_of_1995_where_bonferroni_rejects_three():
    rates = false_discovery_rates(HOCHBERG_1995)
    assert sum(rate <= 0.05 for rate in rates) == 4
    assert sum(p <= 0.05 / 15 for p in HOCHBERG_1995) == 3
    assert rates == sorted(rates)


def test_the_gamma_poisson_prediction_of_nine_where_2_26_are_expected():
    expected = 24.5 / 5200 * 480
    assert expected == pytest.approx(2.26, abs=0.005)
    assert baseline.tail(9, expected, 1 / 24.5, of_this=1) == pytest.approx(0.00115, abs=0.000005)
    assert baseline.usual(expected, 1 / 24.5) == (0, 6)


def test_a_count_where_next_to_nothing_was_expected_is_a_wonder_and_no_crash():
    assert baseline.tail(1, 1e-18, 0.5, of_this=1) == pytest.approx(0, abs=1e-15)
    assert baseline.tail(0, 1e-18, 0.5, of_this=1) == 1.0
    assert baseline.tail(3, 1e-9, 1e-12, of_this=1) < 1e-20


@pytest.mark.parametrize("dispersion", [1e-9, 0.1, 2.0])
def test_the_chances_of_a_negative_binomial_add_up(dispersion):
    ups = [baseline.tail(count, 3.0, dispersion, of_this=1) for count in range(400)]
    assert ups[0] == pytest.approx(1)
    assert sum(ups[1:]) == pytest.approx(3.0, rel=1e-6)
    for count in range(5):
        down = baseline.tail(count, 3.0, dispersion, up=False, of_this=1)
        assert down + ups[count + 1] == pytest.approx(1)


def test_the_regression_agrees_with_statsmodels():
    counts = [
        4, 0, 4, 2, 3, 2, 5, 6, 1, 3, 9, 7, 6, 5, 8, 5, 10, 4, 3, 2, 4, 1, 0, 2, 3, 6, 2, 0, 1, 2, 4, 3,
        7, 6, 9, 12, 8, 5, 7, 4, 2, 3, 1, 0, 2, 4, 1, 2, 0, 3, 1, 5,
    ]  # fmt: skip
    turn = 2 * np.pi * np.arange(52) / 52
    terms = np.column_stack([np.ones(52), np.sin(turn), np.cos(turn)])
    offset = np.log(np.arange(100.0, 152.0))
    flat = baseline.regress(np.array(counts, float), terms[:, :1], offset)
    # sm.NegativeBinomial(counts, terms, exposure=...).fit(), statsmodels 0.15.0.
    assert list(flat.coefficients) == pytest.approx([-3.47693321], abs=1e-5)
    assert (flat.dispersion, flat.log_likelihood) == pytest.approx((0.34253918, -123.41589415), abs=1e-5)
    season = baseline.regress(np.array(counts, float), terms, offset)
    assert list(season.coefficients) == pytest.approx([-3.48853192, 0.20514926, -0.17040942], abs=1e-5)
    assert (season.dispersion, season.log_likelihood) == pytest.approx((0.306597, -121.97068311), abs=1e-5)


def test_counts_without_more_spread_than_chance_make_a_poisson_baseline():
    found = baseline.fit([2, 3] * 26, [100] * 52, list(range(52)), season=False)
    assert found.dispersion == 0
    assert found.means([3], [100]) == [pytest.approx(2.5)]


def test_kleinberg_finds_the_bursts_of_the_published_data():
    two = {(one.level, one.begins, one.ends) for one in kleinberg.bursts(OFFSETS)}
    assert two == {(1, 410, 600), (1, 710, 800), (2, 450, 469)}
    three = {(one.level, one.begins, one.ends) for one in kleinberg.bursts(OFFSETS, s=3)}
    assert three == {(1, 410, 600), (1, 710, 800)}
    hard = {(one.level, one.begins, one.ends) for one in kleinberg.bursts(OFFSETS, gamma=3)}
    assert hard == {(1, 410, 600)}


def test_kleinberg_finds_the_cheapest_of_all_sequences():
    offsets = [0, 10, 11, 12, 13, 24, 40]
    gaps = [10, 1, 1, 1, 11, 16]
    rates = [2**state * 6 / 40 for state in range(7)]

    def cost(states):
        climbs = sum(max(0, b - a) for a, b in itertools.pairwise((0, *states)))
        fit = sum(rates[one] * gap - math.log(rates[one]) for one, gap in zip(states, gaps, strict=True))
        return climbs * math.log(6) + fit

    best = min(itertools.product(range(7), repeat=6), key=cost)
    assert cost(tuple(kleinberg.levels(offsets))) == pytest.approx(cost(best))


def test_events_at_one_time_are_refused():
    with pytest.raises(ValueError, match="no two"):
        kleinberg.levels([1, 2, 2])
    assert kleinberg.levels([1]) == []


def test_the_coal_mine_data_change_after_1891():
    found = changes.best_change(DISASTERS, [1] * 112)
    assert 1851 + found.at - 1 == 1891  # The last year of the old rate.
    assert found.before == pytest.approx(3.10, abs=0.005)
    assert found.after == pytest.approx(0.90, abs=0.005)


def test_the_posterior_of_the_coal_mine_change_is_the_published_one():
    found = changes.posterior(DISASTERS, [1] * 112)
    years = [1851 + place - 1 for place in (found.mode, *(found.quantile(q) for q in (0.5, 0.025, 0.975)))]
    assert years == [1891, 1890, 1886, 1896]


def test_steady_counts_have_probably_not_changed():
    assert changes.posterior([2, 3] * 20, [1] * 40, prior=0.5).none > 0.5
    assert changes.posterior([0] * 10, [1] * 10, prior=0.5).none == 1.0


def test_a_jump_is_told_from_a_climb():
    assert changes.is_step([2] * 40 + [9] * 8, [1] * 48, 24)
    assert not changes.is_step([2] * 40 + [3, 4, 6, 7, 8, 9, 11, 12], [1] * 48, 24)


@pytest.mark.parametrize(
    ("count", "expected", "ebgm", "eb05"), [(1, 0.01, 2.08, 0.33), (3, 0.1, 13.6, 1.94), (20, 10, 1.78, 1.22)]
)
def test_shrinkage_agrees_with_dumouchel(count, expected, ebgm, eb05):
    found = shrinkage.shrink(count, expected)
    assert found.ebgm == pytest.approx(ebgm, rel=0.003)
    assert found.eb05 == pytest.approx(eb05, abs=0.005)


def test_a_table_of_its_own_teaches_how_far_to_shrink():
    alike = shrinkage.fit_prior([(round(one), one) for one in np.linspace(2, 40, 60)])
    few = shrinkage.fit_prior([(1, 1.0)] * 5)
    assert few == shrinkage.DUMOUCHEL
    assert shrinkage.shrink(3, 1.0, alike).ebgm < shrinkage.shrink(3, 1.0).ebgm
