"""The price band equals the published numbers, and says where it does not exist."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ideaflow.codesign.counting.ballots import Ballot
from ideaflow.codesign.counting.figures import NotEnough, Plan, Undefined
from ideaflow.codesign.instruments.prices import PriceAnswer, problems
from ideaflow.codesign.instruments.prices_tally import tally
from tests.codesign.casting import one_each, with_aliases

TOO_CHEAP = [10, 12, 15, 18, 20, 22, 25, 28, 32, 40]
CHEAP = [20, 24, 26, 30, 32, 34, 36, 40, 44, 52]
EXPENSIVE = [28, 32, 36, 40, 42, 46, 48, 52, 56, 64]
TOO_EXPENSIVE = [36, 42, 46, 50, 54, 58, 62, 66, 72, 84]


def ten(**more):
    prices = zip(TOO_CHEAP, CHEAP, EXPENSIVE, TOO_EXPENSIVE, strict=True)
    return one_each(PriceAnswer(*four, **more) for four in prices)


def points(found):
    return [one.value for one in (found.lowest, found.highest, found.indifferent, found.optimal)]


def test_ten_answers_give_the_published_points():
    found = tally(ten(), Plan(1))
    assert points(found) == pytest.approx([26, 48, 36, 38])
    assert found.intransitive_share == 0
    assert found.demand is None
    for one in (found.lowest, found.highest, found.indifferent, found.optimal):
        assert one.low <= one.value <= one.high
        assert one.by_person == pytest.approx(one.value)


def test_curves_fall_and_rise():
    curves = tally(ten(), Plan(1)).curves
    assert list(curves.too_cheap) == sorted(curves.too_cheap, reverse=True)
    assert list(curves.too_expensive) == sorted(curves.too_expensive)
    assert curves.expensive[-1] == 1


def test_prices_out_of_order_are_refused_in_words_and_their_share_is_told():
    assert problems(PriceAnswer(10, 20, 20, 18)) == [
        "“expensive” (20) is not above “a bargain” (20): raise it, or lower the other.",
        "“too expensive” (18) is not above “expensive” (20): raise it, or lower the other.",
    ]
    assert problems(PriceAnswer(0, 20, 30, 40)) == ["“too cheap” must be above 0."]
    wrong = [Ballot(f"w{place}", PriceAnswer(9, 8, 7, 6)) for place in range(10)]
    found = tally(ten() + wrong, Plan(1))
    assert found.intransitive_share == pytest.approx(0.5)
    assert points(found) == pytest.approx([26, 48, 36, 38])


def test_where_too_cheap_and_too_expensive_never_meet_there_is_no_optimal_price():
    apart = one_each(PriceAnswer(10 + place, 20, 30, 60 + place) for place in range(6))
    found = tally(apart, Plan(1))
    assert isinstance(found.optimal, Undefined)
    assert "do not cross" in found.optimal.reason
    assert found.lowest.value < found.highest.value


def test_thirty_aliases_of_one_account_move_no_price():
    before, after = (tally(one, Plan(1)) for one in (ten(), with_aliases(ten(), "account 9", 30)))
    assert points(after) == pytest.approx(points(before))
    assert after.lowest.by_person != pytest.approx(before.lowest.by_person)


def test_what_is_bought_and_earned_follows_the_likelihoods():
    found = tally(one_each([PriceAnswer(10, 20, 30, 40, 5, 3)] * 6), Plan(1)).demand
    assert dict(zip(found.prices, found.trial, strict=True)) == pytest.approx(
        {10: 0, 20: 0.7, 30: 0.3, 40: 0}
    )
    assert found.revenue == pytest.approx((0, 14, 9, 0))
    assert (found.most_bought_at.value, found.most_revenue_at.value) == (20, 20)


@settings(max_examples=30, deadline=None)
@given(
    rows=st.lists(st.lists(st.integers(1, 200), min_size=4, max_size=4, unique=True), min_size=5, max_size=20)
)
def test_points_lie_among_the_prices_named_and_in_their_intervals(rows):
    found = tally(one_each(PriceAnswer(*sorted(row)) for row in rows), Plan(1, 100))
    for one in (found.lowest, found.highest, found.indifferent, found.optimal):
        if isinstance(one, Undefined):
            continue
        assert min(map(min, rows)) <= one.value <= max(map(max, rows))
        assert one.low <= one.value <= one.high
    assert np.isfinite(found.curves.cheap).all()


def test_under_five_accounts_there_is_no_price():
    assert tally(ten()[:4], Plan(1)) == NotEnough(4, 4)
