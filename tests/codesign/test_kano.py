"""Kano answers equal the published numbers, and one account stays one account."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ideaflow.codesign.counting.ballots import Ballot
from ideaflow.codesign.counting.figures import NotEnough, Plan
from ideaflow.codesign.instruments.kano import Category, KanoAnswer, Reply, category_of, is_straight_lined
from ideaflow.codesign.instruments.kano_tally import better_worse, fong_limit, ranked, tally
from tests.codesign.casting import one_each, with_aliases

L, E, N, W, D = Reply
THIRTY = [(L, D)] * 9 + [(L, N)] * 12 + [(E, D)] * 3 + [(N, N)] * 5 + [(N, L)]


def feature(pairs):
    return one_each({"alarm": KanoAnswer(*pair)} for pair in pairs)


def test_every_pair_of_replies_has_its_category():
    table = {first: "".join(category_of(first, second) for second in Reply) for first in Reply}
    assert table == {L: "QAAAO", E: "RIIIM", N: "RIIIM", W: "RIIIM", D: "RRRRQ"}
    assert category_of(E, E, is_strict=True) is Category.QUESTIONABLE
    assert category_of(N, N, is_strict=True) is Category.INDIFFERENT


def test_thirty_answers_give_the_published_numbers():
    result = tally(feature(THIRTY), ["alarm"], Plan(1))
    [alarm] = result.features
    assert {str(one): count for one, count in alarm.counts.items()} == {
        "A": 12, "O": 9, "M": 3, "I": 5, "R": 1, "Q": 0,
    }  # fmt: skip
    assert alarm.better.value == pytest.approx(0.7241, abs=5e-5)
    assert alarm.worse.value == pytest.approx(-0.4138, abs=5e-5)
    assert alarm.better.by_person == pytest.approx(alarm.better.value)
    assert not alarm.is_clear
    assert alarm.label == "A/O"
    assert (alarm.dysfunctional.value, alarm.dysfunctional.error) == pytest.approx((1.533, 0.380), abs=5e-4)
    assert (alarm.functional.value, alarm.functional.error) == pytest.approx((3.000, 0.299), abs=5e-4)
    assert alarm.category_strength == pytest.approx(0.10)
    assert alarm.total_strength == pytest.approx(0.80)
    assert alarm.is_strong
    assert not alarm.harms
    assert alarm.importance is None


def test_the_limit_of_fong_for_twelve_and_nine_of_thirty():
    assert fong_limit(12, 9, 30) == pytest.approx(6.096, abs=5e-4)


@pytest.mark.parametrize(
    ("shares", "better", "worse", "category"),
    [
        ({"A": 7.0, "O": 32.3, "M": 49.3, "I": 9.5}, 0.401, -0.832, "M"),
        ({"A": 10.4, "O": 45.1, "M": 30.5, "I": 11.5}, 0.569, -0.775, "O"),
        ({"A": 63.8, "O": 21.6, "M": 2.9, "I": 8.5}, 0.882, -0.253, "A"),
    ],
)
def test_the_skis_of_sauerwein_and_others(shares, better, worse, category):
    import numpy as np

    sums = np.array([shares[one] for one in "MOAI"] + [0.0, 0.0])
    assert better_worse(sums) == pytest.approx([better, worse], abs=6e-4)
    assert ranked({one: shares.get(str(one), 0.0) for one in Category})[0] == category


def test_ties_go_to_what_would_be_missed_most():
    result = tally(feature([(E, D)] * 3 + [(L, D)] * 3 + [(L, N)] * 3 + [(N, N)] * 3), ["alarm"], Plan(1))
    assert (result.features[0].category, result.features[0].second) == ("M", "O")


def test_thirty_aliases_of_one_account_move_nothing():
    cast = feature(THIRTY)
    before, after = (tally(one, ["alarm"], Plan(5)) for one in (cast, with_aliases(cast, "account 3", 30)))
    assert after.features[0].better.value == pytest.approx(before.features[0].better.value)
    assert after.features[0].better.low == pytest.approx(before.features[0].better.low)
    assert after.features[0].better.by_person != pytest.approx(before.features[0].better.by_person)
    assert (after.care.accounts, after.care.persons) == (30, 59)


def test_a_proxy_is_never_counted_in():
    cast = feature(THIRTY)
    proxies = [Ballot("seller's", {"alarm": KanoAnswer(D, L)}, is_proxy=True)] * 3
    before, after = (tally(one, ["alarm"], Plan(5)) for one in (cast, cast + proxies))
    assert after.features == before.features
    assert after.care.proxies == 3
    assert after.proxy == NotEnough(accounts=1, persons=3)


def test_a_feature_that_few_accounts_answered_has_no_number():
    cast = [*feature(THIRTY), Ballot("x", {"rare": KanoAnswer(L, D, 7)})]
    result = tally(cast, ["alarm", "rare"], Plan(1))
    assert result.too_few == ("rare",)
    assert tally(cast[:4], ["alarm"], Plan(1)) == NotEnough(4, 4)


def test_the_same_reply_throughout_is_flagged():
    assert is_straight_lined({str(place): KanoAnswer(L, N) for place in range(6)})
    assert not is_straight_lined({"a": KanoAnswer(L, N), "b": KanoAnswer(L, D)})


REPLIES = st.tuples(st.sampled_from(Reply), st.sampled_from(Reply), st.integers(0, 8))


@settings(max_examples=30, deadline=None)
@given(replies=st.lists(REPLIES, min_size=9, max_size=40))
def test_shares_add_up_and_intervals_hold_the_estimate(replies):
    cast = [Ballot(f"a{account}", {"x": KanoAnswer(one, two)}) for one, two, account in replies]
    result = tally(cast, ["x"], Plan(1, 100))
    if isinstance(result, NotEnough):
        assert result.accounts < 5
        return
    [found] = result.features
    assert sum(found.shares.values()) == pytest.approx(1)
    assert found.better.low <= found.better.value <= found.better.high
    assert -1 <= found.worse.low <= found.worse.value <= found.worse.high <= 0
