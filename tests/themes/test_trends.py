"""What each label needs, theme by theme."""

import random

import pytest

from ideaflow.themes.trends.judging import find, voices_of
from ideaflow.themes.trends.terms import Listening, Mention, Trend, Way, active_weeks, weekly


def heard(*firsts):
    """Listen to accounts first heard so many weeks ago."""
    return Listening(active_weeks((first, 0) for first in firsts))


HEARD = heard(*[70] * 100, *[3] * 20)  # 120 accounts; 20 of them were first heard in the last four weeks.
LONG = heard(*[190] * 120)


def steady(accounts=24, weeks=range(4, 56), first=0):
    """One mention by each of ``accounts``, spread over the weeks before the window."""
    span = list(weeks)
    return [Mention(first + number, span[number * len(span) // accounts]) for number in range(accounts)]


def label(mentions, listening=HEARD):
    return find({1: mentions}, listening)[1]


def test_an_account_is_active_from_first_to_last():
    assert active_weeks([(10, 0), (2, 0), (0, 0)])[:4] == [3, 2, 2, 1]
    assert heard(10, 2, 0).exposure(0, 3) == 4 + 3 + 1
    assert heard(10, 2, 0).exposure(4, 7) == 4


def test_nine_accounts_where_two_are_usual_is_a_burst_at_first():
    rise = [Mention(number, number % 4) for number in range(9)]
    found = label(steady() + rise)
    assert found.trend is Trend.BURSTING
    assert found.ratio == pytest.approx(4.06, abs=0.005)
    assert found.detail["expected"] == pytest.approx(2.215, abs=0.001)
    assert found.detail["nb_expected"] == pytest.approx(2.26, abs=0.005)
    assert found.detail["without_ratio"] > 3


def test_a_burst_that_is_still_open_is_dated():
    found = label(steady() + [Mention(number, number % 2) for number in range(16)])
    assert found.detail["burst_level"] >= 1
    assert found.detail["bursts"][0][1:] in ([1, 0], [2, 0])


def test_two_windows_that_climb_are_growing():
    climb = [Mention(number, week) for week, number in ((0, 5), (0, 6), (0, 7), (0, 8), (1, 9), (1, 10))]
    climb += [Mention(11, 1), Mention(12, 2), Mention(13, 2), Mention(14, 2), Mention(15, 3), Mention(16, 3)]
    climb += [Mention(17, 4), Mention(18, 4), Mention(19, 5), Mention(20, 5), Mention(21, 6), Mention(22, 7)]
    assert label(steady(14, range(8, 56)) + climb).trend is Trend.GROWING


def test_a_jump_that_lasts_is_a_new_level_with_its_date():
    jump = [Mention(30 + 5 * week + one, week) for week in range(8) for one in range(4)]
    found = label(steady(40, range(8, 56)) + jump)
    assert found.trend is Trend.STEP_CHANGE
    assert found.detail["change_week"] == 7
    assert found.detail["change_chance"] > 0.95


def test_a_flag_among_many_quiet_themes_has_to_be_stronger():
    rise = [Mention(number, number % 4) for number in range(8)]
    alone = find({1: steady() + rise}, HEARD)[1]
    crowd = find({1: steady() + rise, **{key: steady() for key in range(2, 90)}}, HEARD)[1]
    assert alone.trend is Trend.BURSTING
    assert crowd.trend is Trend.AS_USUAL
    assert crowd.q > alone.q


def test_a_rise_made_by_one_account_is_one_customer_only():
    loud = [Mention(500, week) for week in range(4)] + [Mention(1, 0)]
    found = find({1: steady(12) + loud, **{key: [] for key in range(2, 4)}}, heard(*[70] * 121))[1]
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


def test_twelve_accounts_of_which_one_shouts_are_as_good_as_one_and_a_half():
    voices = voices_of([Mention(1, 3, times=40), *(Mention(number, 3) for number in range(2, 13))])
    assert voices.number == pytest.approx(1.61, abs=0.005)
    assert voices.share == pytest.approx(0.78, abs=0.005)


def test_stray_voices_do_not_hide_one_loud_customer():
    shouted = [Mention(7, week, times=2) for week in range(4, 16)]
    strays = [Mention(number, 4 * number % 50 + 4) for number in range(20, 32)]
    assert label(shouted + strays).trend is Trend.ONE_CUSTOMER
    few = [Mention(1, 0), Mention(1, 1), Mention(1, 2), Mention(2, 3), Mention(3, 6)]
    assert label(few).trend is Trend.NEW


def test_a_theme_that_falls_silent_is_fading():
    found = label(steady(100))
    assert found.trend is Trend.FADING
    assert found.ratio == 0


def test_an_account_that_falls_silent_is_no_fading_theme():
    one = [Mention(7, week) for week in range(4, 56)]
    assert label(one + steady(30, range(4, 56), first=200)[:6]).trend is not Trend.FADING


def test_three_accounts_in_their_first_weeks_are_new_unless_an_older_theme_says_the_same():
    said = [Mention(1, 0), Mention(2, 3), Mention(3, 6)]
    assert label(said).trend is Trend.NEW
    assert find({1: said}, HEARD, kin={1: 0.8})[1].trend is not Trend.NEW


def test_a_first_import_is_not_all_news():
    assert label([Mention(1, 0), Mention(2, 3), Mention(3, 5)], heard(*[5] * 120)).trend is Trend.TOO_FEW


def test_four_accounts_are_too_few_to_say():
    assert label([Mention(n, 10 * n) for n in range(1, 5)]).trend is Trend.TOO_FEW


def test_a_theme_without_mentions_is_too_few_to_say():
    assert label([]).trend is Trend.TOO_FEW
    assert label([], heard()).trend is Trend.TOO_FEW
    assert find({}, HEARD) == {}


def christmas(weeks=190):
    """A theme said three times as often around now, every year."""
    chance = random.Random(4)
    said = []
    for week in range(weeks):
        near = min(week % 52, 52 - week % 52) <= 4
        said += [Mention(account, week) for account in chance.sample(range(120), 6 if near else 1)]
    return said


def test_what_comes_back_each_year_is_the_season():
    found = label(christmas(), LONG)
    assert found.trend is Trend.SEASONAL
    assert found.detail["season_ratio"] > 2


def test_one_year_shows_no_season():
    assert label(christmas(60), heard(*[60] * 120)).trend is not Trend.SEASONAL


def ways(*heard_by):
    return [Way(source, part, weeks) for source, part, weeks in heard_by]


def listening_by(*heard_by):
    return Listening(HEARD.active, ways(*heard_by))


USUAL = ("zendesk", "comment", [20] * 60)


@pytest.mark.parametrize(
    ("source", "part", "kind"), [("web", "description", "source"), ("zendesk", "call_note", "form")]
)
def test_a_rise_that_came_with_a_new_way_in_is_an_artefact(source, part, kind):
    rise = [Mention(number, number % 4, 1, 1) for number in range(9)]
    found = label(steady() + rise, listening_by(USUAL, (source, part, [15] * 4 + [0] * 56)))
    assert found.trend is Trend.ARTEFACT
    assert found.detail["instrument"]["kind"] == kind
    assert (found.detail["instrument"]["source"], found.detail["instrument"]["part"]) == (source, part)
    assert found.detail["instrument"]["left_count"] == 0


def test_a_rise_beside_a_new_way_in_is_a_rise():
    rise = [Mention(number, number % 4) for number in range(9)]
    found = label(steady() + rise, listening_by(USUAL, ("web", "description", [15] * 4 + [0] * 56)))
    assert found.trend is Trend.BURSTING


def test_a_theme_that_only_a_new_source_brings_is_no_news():
    said = [Mention(number, number % 6, 1, 1) for number in range(9)]
    found = label(said, listening_by(USUAL, ("web", "description", [15] * 6 + [0] * 54)))
    assert found.trend is Trend.ARTEFACT


def test_more_of_everything_is_no_rise_of_one_theme():
    rise = [Mention(number, number % 4) for number in range(9)]
    flood = ("hubspot", "description", [80] * 4 + [20] * 56)
    found = label(steady() + rise, listening_by(flood))
    assert found.trend is Trend.ARTEFACT
    assert found.detail["instrument"]["kind"] == "more"


def test_a_late_import_that_brings_more_of_everything_is_named_with_its_day():
    rise = [Mention(number, number % 4) for number in range(9)]
    flood = Way(
        "hubspot", "description", [80] * 4 + [20] * 56, [("2026-11-19", 300, 240), ("2026-11-02", 20, 0)]
    )
    found = label(steady() + rise, Listening(HEARD.active, [flood]))
    assert found.detail["instrument"] == {**found.detail["instrument"], "kind": "import", "day": "2026-11-19"}


def test_a_source_that_fell_silent_makes_nothing_fade():
    found = label(steady(100), listening_by(("hubspot", "description", [0] * 4 + [20] * 56)))
    assert found.trend is Trend.ARTEFACT
    assert found.detail["instrument"]["kind"] == "silent"


def test_the_numbers_of_a_label_can_be_kept_as_json():
    import json

    for mentions in ([], steady(), christmas()):
        for listening in (HEARD, LONG, heard()):
            json.dumps(label(mentions, listening).detail, allow_nan=False)


def test_the_sparkline_ends_with_the_latest_week():
    bars = weekly([Mention(1, 0), Mention(2, 0), Mention(1, 25), Mention(1, 26)])
    assert len(bars) == 26
    assert (bars[0], bars[-1], sum(bars)) == (1, 2, 3)
