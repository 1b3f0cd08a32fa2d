import datetime as dt
import doctest

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ideaflow import wording

THIN = "\N{NARROW NO-BREAK SPACE}"
NOW = dt.datetime(2026, 11, 19, 11, 0, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        (None, "–"),
        (0, "–"),
        (850, "€850"),
        (4_200, f"€4.2{THIN}k"),
        (9_960, f"€10{THIN}k"),
        (410_400, f"€410{THIN}k"),
        (999_700, f"€1{THIN}M"),
        (1_300_000, f"€1.3{THIN}M"),
        (6_921_000, f"€6.92{THIN}M"),
        (41_600_000, f"€41.6{THIN}M"),
        (612_000_000, f"€612{THIN}M"),
        (2_100_000_000, f"€2.1{THIN}bn"),
        (-410_000, f"−€410{THIN}k"),
    ],
)
def test_money_is_rounded_for_reading(amount, text):
    assert wording.money(amount) == text


def test_money_names_a_currency_without_a_sign_of_its_own():
    assert wording.money(250_000, "USD") == f"$250{THIN}k"
    assert wording.money(250_000, "SEK") == f"SEK\N{NO-BREAK SPACE}250{THIN}k"


def test_a_small_share_is_never_written_as_nothing_nor_a_large_one_as_all():
    assert [wording.share(x) for x in (0, 0.001, 0.78, 0.999, 1)] == [
        f"0{THIN}%",
        f"under 1{THIN}%",
        f"78{THIN}%",
        f"99{THIN}%",
        f"100{THIN}%",
    ]


def test_a_number_below_one_drops_its_zero():
    assert [wording.decimal(x) for x in (0.71, 0.999, 1, 0, -0.2, None)] == [
        ".71",
        "1",
        "1",
        "0",
        "−.20",
        "–",
    ]


def test_a_day_shows_its_year_only_when_it_is_another():
    today = NOW.date()
    assert wording.day(dt.date(2026, 11, 17), today) == "17 Nov"
    assert wording.day(dt.date(2025, 6, 8), today) == "8 Jun 2025"
    assert wording.day(None, today) == "–"


@pytest.mark.parametrize(
    ("back", "text"),
    [
        (dt.timedelta(seconds=5), "just now"),
        (dt.timedelta(minutes=1), "1 minute ago"),
        (dt.timedelta(minutes=59), "59 minutes ago"),
        (dt.timedelta(hours=8, minutes=50), "today 02:10"),
        (dt.timedelta(hours=20), "yesterday 15:00"),
        (dt.timedelta(days=2), "17 Nov"),
        (dt.timedelta(days=400), "15 Oct 2025"),
        (-dt.timedelta(hours=3), "today 14:00"),
    ],
)
def test_a_moment_is_told_as_one_would_say_it(back, text):
    assert wording.ago(NOW - back, NOW) == text


def test_nouns_follow_their_number():
    assert wording.plural(1, "account") == "1 account"
    assert wording.plural(0, "account") == "0 accounts"
    assert wording.plural(7, "opportunity") == "7 opportunities"
    assert wording.plural(3, "day") == "3 days"
    assert wording.plural(2, "person", "people") == "2 people"


def test_initials_are_of_the_first_and_last_name():
    assert wording.initials("Maren Holt") == "MH"
    assert wording.initials("Anna van der Berg") == "AB"
    assert wording.initials("élise") == "É"
    assert wording.initials("") == "?"
    assert wording.initials(None) == "?"


def test_a_text_is_cut_after_a_word():
    assert wording.shorten("The pick list is gone again", 16) == "The pick list…"
    assert wording.shorten("The pick list", 13) == "The pick list"
    assert wording.shorten("Unbelievablylongword here", 8) == "Unbelie…"


@given(st.text(), st.integers(2, 60))
def test_a_cut_text_is_never_longer_than_asked(text, limit):
    assert len(wording.shorten(text, limit)) <= limit


@given(st.floats(-1e12, 1e12))
def test_money_of_any_size_stays_short(amount):
    assert len(wording.money(amount)) <= 12


def test_counts_and_ratios():
    assert wording.count(9412) == "9,412"
    assert wording.count(None) == "–"
    assert wording.times(4.06) == "4.1×"


def test_the_examples_in_the_docstrings_hold():
    assert doctest.testmod(wording).failed == 0
