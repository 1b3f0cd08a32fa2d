"""What is unusual, checked against published and recomputed numbers."""

from datetime import date
from itertools import pairwise

import pytest

from ideaflow.themes.rates import compare, exposure_of, false_discovery_rates, usual_range
from ideaflow.themes.trends import Mention, Trend, find, weekly, windows

HOCHBERG_1995 = [
    0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719, 0.6528,
    0.7590, 1.0,
]  # fmt: skip
HEARD = [70] * 100 + [3] * 20  # 120 accounts; 20 of them were first heard in the last four weeks.


def steady(accounts=24, weeks=range(4, 56)):
    """One mention by each of ``accounts``, spread over the weeks before the window."""
    span = list(weeks)
    return [Mention(number, span[number * len(span) // accounts]) for number in range(accounts)]


def test_nine_in_480_against_24_in_5200_is_four_times_the_usual_rate():
    rates = compare(9, 480, 24, 5200)
    assert rates.ratio == pytest.approx(4.06, abs=0.005)
    assert rates.low == pytest.approx(1.66, abs=0.005)
    assert rates.high == pytest.approx(9.05, abs=0.005)
    assert rates.p_up == pytest.approx(0.00079, abs=0.000005)


def test_the_false_share_rejects_four_of_the_fifteen_of_1995():
    rates = false_discovery_rates(HOCHBERG_1995)
    assert sum(rate <= 0.05 for rate in rates) == 4
    assert rates == sorted(rates)


def test_usual_is_what_a_negative_binomial_says():
    expected, low, high = usual_range(24, 5200, 480)
    assert expected == pytest.approx(2.215, abs=0.001)
    assert (low, high) == (0, 6)


def test_an_account_counts_from_the_week_it_was_first_heard():
    assert exposure_of([10, 2, 0], 0, 3) == 4 + 3 + 1
    assert exposure_of([10, 2, 0], 4, 7) == 4


def test_nothing_said_compares_without_fault():
    rates = compare(0, 480, 0, 5200)
    assert (rates.ratio, rates.high, rates.p_up) == (0.0, None, 1.0)


def test_nine_accounts_where_two_are_usual_is_growing():
    rise = [Mention(number, number % 4) for number in range(9)]
    found = find({1: steady() + rise}, HEARD)[1]
    assert found.trend is Trend.GROWING
    assert found.ratio == pytest.approx(4.06, abs=0.005)
    assert found.detail["expected"] == pytest.approx(2.215, abs=0.001)
    assert found.detail["without_ratio"] > 3


def test_a_flag_among_many_quiet_themes_has_to_be_stronger():
    rise = [Mention(number, number % 4) for number in range(8)]
    alone = find({1: steady() + rise}, HEARD)[1]
    crowd = find({1: steady() + rise, **{key: steady() for key in range(2, 90)}}, HEARD)[1]
    assert alone.trend is Trend.GROWING
    assert crowd.trend is Trend.AS_USUAL
    assert crowd.q > alone.q


def test_a_rise_made_by_one_account_is_one_customer_only():
    loud = [Mention(500, week) for week in range(4)] + [Mention(1, 0)]
    found = find({1: steady(12) + loud, **{key: [] for key in range(2, 4)}}, [70] * 121)[1]
    assert found.trend is Trend.ONE_CUSTOMER
    assert found.detail["top_account_id"] == 500
    assert found.detail["without_count"] == 1


def test_an_account_that_says_most_of_all_is_one_customer_only():
    shouted = [Mention(7, week, times=4) for week in range(5, 15)]
    shouted += [Mention(number, 20) for number in range(20, 31)]
    found = find({1: shouted}, HEARD, {7: "Brinkmann"})[1]
    assert found.trend is Trend.ONE_CUSTOMER
    assert found.detail["effective_accounts"] == pytest.approx(1.61, abs=0.01)
    assert found.detail["top_account_name"] == "Brinkmann"


def test_stray_voices_do_not_hide_one_loud_customer():
    shouted = [Mention(7, week, times=2) for week in range(4, 16)]
    strays = [Mention(number, 4 * number % 50 + 4) for number in range(20, 32)]
    assert find({1: shouted + strays}, HEARD)[1].trend is Trend.ONE_CUSTOMER
    few = [Mention(1, 0), Mention(1, 1), Mention(1, 2), Mention(2, 3), Mention(3, 6)]
    assert find({1: few}, HEARD)[1].trend is Trend.NEW


def test_a_theme_that_falls_silent_is_fading():
    found = find({1: steady(100)}, HEARD)[1]
    assert found.trend is Trend.FADING
    assert found.ratio == 0


def test_three_accounts_in_their_first_weeks_are_new():
    assert find({1: [Mention(1, 0), Mention(2, 3), Mention(3, 6)]}, HEARD)[1].trend is Trend.NEW


def test_a_first_import_is_not_all_news():
    young = [5] * 120
    assert find({1: [Mention(1, 0), Mention(2, 3), Mention(3, 5)]}, young)[1].trend is Trend.TOO_FEW


def test_four_accounts_are_too_few_to_say():
    assert find({1: [Mention(n, 10 * n) for n in range(1, 5)]}, HEARD)[1].trend is Trend.TOO_FEW


def test_a_theme_without_mentions_is_too_few_to_say():
    assert find({1: []}, HEARD)[1].trend is Trend.TOO_FEW
    assert find({1: []}, [])[1].trend is Trend.TOO_FEW
    assert find({}, HEARD) == {}


def test_the_sparkline_ends_with_the_latest_week():
    bars = weekly([Mention(1, 0), Mention(2, 0), Mention(1, 25), Mention(1, 26)])
    assert len(bars) == 26
    assert (bars[0], bars[-1], sum(bars)) == (1, 2, 3)


def test_the_chart_shows_fourteen_windows_that_meet():
    weeks = [mention.week for mention in steady(60)] + [0] * 12
    shown = windows(weeks, HEARD, date(2026, 11, 19))
    assert len(shown) == 14
    assert shown[-1].ends_on == date(2026, 11, 19)
    assert shown[-1].count == 12
    assert shown[-1].is_unusual
    assert all((later.begins_on - sooner.ends_on).days == 1 for sooner, later in pairwise(shown))
    assert shown[0].expected is not None
    assert windows([], [3], date(2026, 11, 19))[-1].expected is None
