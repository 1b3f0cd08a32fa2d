"""Nobody spends more than there is; what is funded, by how many, and what was dropped."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ideaflow.codesign.counting.ballots import Ballot
from ideaflow.codesign.counting.figures import NotEnough, Plan
from ideaflow.codesign.instruments import buying
from ideaflow.codesign.instruments.buying import Offer
from ideaflow.codesign.instruments.buying_tally import tally, tally_votes
from tests.codesign.casting import one_each

OFFERS = [Offer("offline", 100), Offer("alerts", 40), Offer("export", 60)]


def test_a_budget_is_a_third_to_a_half_of_everything_and_says_what_must_be_pooled():
    assert buying.budget_for(OFFERS) == buying.Budget(80, ("offline",))
    assert buying.budget_for(OFFERS, 0.9).amount == 100
    assert buying.budget_for(OFFERS, 0.1).amount == 67
    cheap = [Offer("a", 10), Offer("b", 10), Offer("c", 0)]
    assert buying.problems_of_offers(cheap, buying.budget_for(cheap, 0.5)) == [
        "“c” costs nothing: give it a price.",
        "Every option can be bought by one account alone: raise a price, so that accounts must pool.",
    ]


def test_no_account_can_spend_more_than_it_has_nor_pay_beyond_a_price():
    assert buying.fault_of_pledge({"alerts": 40, "export": 40}, OFFERS, 80) == ""
    assert buying.fault_of_pledge({"alerts": 30}, OFFERS, 80 - 60) == "over 30 10"
    assert buying.fault_of_pledge({"offline": 30}, OFFERS, 80, {"offline": 80}) == "beyond offline 20"
    # Alone, totals are hidden: nobody is told that an option is full.
    assert buying.fault_of_pledge({"alerts": 60}, OFFERS, 80) == ""


def test_what_is_funded_who_paid_and_what_was_dropped():
    pledges = [{"offline": 60, "alerts": 20}] * 2 + [{"alerts": 10}] * 2 + [{"export": 30}, {}]
    found = tally(one_each(pledges), OFFERS, 80, Plan(1))
    offline, alerts, export = found.offers
    assert [(one.option, one.pledged, one.is_funded) for one in found.offers] == [
        ("offline", 120, True), ("alerts", 60, True), ("export", 30, False),
    ]  # fmt: skip
    assert (offline.accounts, offline.concentration) == (2, pytest.approx(0.5))
    assert alerts.concentration == pytest.approx(2 * (1 / 3) ** 2 + 2 * (1 / 6) ** 2)
    assert (export.regret, found.regret, alerts.regret) == (30, 30, 0)
    assert found.unspent == 6 * 80 - 210
    assert offline.share.value == pytest.approx(120 / 210)
    assert 0 < export.funded_share < alerts.funded_share < 1


def test_an_account_has_one_budget_however_many_people_spend_it():
    alone = [*one_each([{"alerts": 20}] * 5), Ballot("big", {"offline": 60})]
    shared = [*one_each([{"alerts": 20}] * 5), *[Ballot("big", {"offline": 2})] * 30]
    one, other = (tally(ballots, OFFERS, 80, Plan(1)).offers for ballots in (alone, shared))
    assert [(x.option, x.pledged, x.share.value) for x in one] == [
        (x.option, x.pledged, x.share.value) for x in other
    ]
    assert other[0].share.by_person != pytest.approx(one[0].share.by_person)


MONEY = st.dictionaries(st.sampled_from([offer.option for offer in OFFERS]), st.integers(0, 26))


@settings(max_examples=30, deadline=None)
@given(pledges=st.lists(MONEY, min_size=5, max_size=12))
def test_shares_of_money_add_up_and_intervals_hold_them(pledges):
    found = tally(one_each(pledges), OFFERS, 80, Plan(1, 100))
    total = sum(one.share.value for one in found.offers)
    assert total == pytest.approx(1) or not any(one.pledged for one in found.offers)
    assert all(one.share.low <= one.share.value <= one.share.high for one in found.offers)
    assert found.unspent == len(pledges) * 80 - sum(one.pledged for one in found.offers)


def test_quadratic_votes_cost_their_squares():
    assert buying.cost({"a": 9, "b": 3}) == 90
    assert buying.cost({"a": 10}) == 100
    assert buying.fault_of_votes({"a": 9, "b": 4}) == ""
    assert buying.fault_of_votes({"a": 10, "b": -1}) == "over 101 1"


def test_quadratic_votes_are_the_mean_of_accounts():
    ballots = [*one_each([{"a": 4}] * 4 + [{"a": -2, "b": 3}]), *[Ballot("account 4", {"a": -2, "b": 3})] * 9]
    found = tally_votes(ballots, ["a", "b"], Plan(1))
    assert [(one.option, one.votes.value) for one in found] == [
        ("a", pytest.approx(2.8)),
        ("b", pytest.approx(0.6)),
    ]
    assert (found[0].for_count, found[0].against_count) == (4, 10)


def test_under_five_accounts_no_money_is_shown():
    assert tally(one_each([{"alerts": 1}] * 4), OFFERS, 80, Plan(1)) == NotEnough(4, 4)
    assert tally_votes(one_each([{"a": 1}] * 4), ["a"], Plan(1)) == NotEnough(4, 4)
