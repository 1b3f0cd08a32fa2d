"""From which day a cell can sell, and whether we are first: resampled, and checked against exact answers."""

from datetime import date, timedelta
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ideaflow.launch.forecast import DRAWS, NEVER, Ground, Pending, Simulation, Slips, slips_of
from ideaflow.launch.race import Claim, journey_days, lead, their_days

TODAY = date(2026, 11, 19)
FINANCE = [0, 0, 3, 7, 21]


def day(offset: int) -> date:
    return TODAY + timedelta(days=offset)


def simulated(*pending: Pending, past=(), seed=7) -> Simulation:
    return Simulation(pending, Slips(past), TODAY, seed)


def test_cell_comes_with_its_last_check_as_the_exact_answer_says():
    """Two checks of five past slips each: 25 equally likely pairs, of which the maximum is counted."""
    checks = [Pending(1, "finance", day(10)), Pending(2, "sales", day(12))]
    past = [("finance", days) for days in FINANCE] + [("sales", days) for days in (-2, 0, 1, 4, 9)]
    exact = sorted(max(10 + a, 12 + b) for a, b in product(FINANCE, (-2, 0, 1, 4, 9)))
    found = simulated(*checks, past=past)
    days = found.days([1, 2])
    for value in sorted(set(exact)):
        share = sum(one <= value for one in exact) / 25
        assert float(np.mean(days <= value)) == pytest.approx(share, abs=0.02)
    forecast = found.forecast([1, 2])
    assert (forecast.p50, forecast.p85) == (day(exact[12]), day(exact[21]))
    assert forecast.ground is Ground.OWN


def test_too_few_slips_leave_the_planned_day_and_say_so():
    forecast = simulated(Pending(1, "legal", day(5)), past=[("finance", 9)] * 4).forecast([1])
    assert (forecast.p50, forecast.p85, forecast.ground) == (day(5), day(5), Ground.PLAN)


def test_a_function_with_few_slips_of_its_own_draws_from_all():
    past = [("finance", 2)] * 5
    forecast = simulated(Pending(1, "legal", day(5)), past=past).forecast([1])
    assert (forecast.p50, forecast.ground) == (day(7), Ground.ALL)


def test_what_is_overdue_does_not_come_yesterday_and_longer_than_ever_has_no_day():
    past = [("finance", days) for days in FINANCE]
    overdue = simulated(Pending(1, "finance", day(-5)), past=past)
    assert set(overdue.days([1])) == {2, 16}  # Of slips 7 and 21; the shorter ones are over.
    lost = simulated(Pending(1, "finance", day(-30)), past=past).forecast([1])
    assert (lost.p50, lost.p85) == (None, None)
    unplanned = simulated(Pending(1, "finance", day(-1))).forecast([1])
    assert unplanned.p50 is None


def test_same_seed_same_days_and_another_check_moves_none():
    past = [("finance", days) for days in FINANCE]
    one, two = Pending(1, "finance", day(3)), Pending(2, "finance", day(9))
    alone = simulated(one, past=past).days([1])
    assert np.array_equal(alone, simulated(one, two, past=past).days([1]))
    assert not np.array_equal(alone, simulated(one, past=past, seed=8).days([1]))


def test_each_function_says_from_how_many_slips_it_was_drawn():
    checks = [Pending(1, "sales", day(1)), Pending(2, "legal", day(1))]
    found = simulated(*checks, past=[("sales", 2)] * 6)
    found.forecast([1])
    assert found.grounds() == {"sales": (6, Ground.OWN)}  # Nobody asked for the other.
    found.forecast([1, 2])
    assert found.grounds() == {"sales": (6, Ground.OWN), "legal": (6, Ground.ALL)}


def test_slips_are_days_from_plan_to_passing():
    slips = slips_of([("sales", day(0), day(4)), ("sales", day(3), day(1))] * 3)
    assert slips.for_function("sales") == ([-2, -2, -2, 4, 4, 4], Ground.OWN)


offsets = st.integers(0, 60)


@settings(max_examples=30, deadline=None)
@given(offsets, st.integers(0, 30), st.lists(st.integers(-5, 40), min_size=5, max_size=9))
def test_later_plans_longer_slips_and_more_checks_never_come_earlier(planned, more, slips):
    def days(plan, past, *ids):
        checks = [Pending(1, "sales", day(plan)), Pending(2, "sales", day(planned))]
        return simulated(*checks, past=[("sales", slip) for slip in past]).days(ids or (1,))

    base = days(planned, slips)
    assert (days(planned + more, slips) >= base).all()
    assert (days(planned, [slip + more for slip in slips]) >= base).all()
    assert (days(planned, slips, 1, 2) >= base).all()


def claim(begins: int, until: int, sureness: float, name: str = "Stowline") -> Claim:
    return Claim(name, day(begins), day(until), sureness)


def ours(value: int) -> np.ndarray:
    return np.full(DRAWS, value, dtype=np.int32)


def test_chance_to_be_first_is_what_the_interval_says():
    """Stowline between 12 January and 9 February, .7 sure; we sell on 1 December, 12 days from now."""
    theirs = their_days([claim(54, 82, 0.7)], TODAY)
    # Only the .15 that they come early can beat us: evenly over 54 days, of which 13 are not after ours.
    assert lead(ours(12), theirs).first_share == pytest.approx(1 - 0.15 * 13 / 54, abs=0.01)
    # In the middle of the interval: early ones and half of those inside are before us.
    assert lead(ours(68), theirs).first_share == pytest.approx(1 - 0.15 - 0.7 * 15 / 29, abs=0.015)
    assert lead(ours(NEVER), theirs).first_share == 0


def test_sure_day_is_won_before_it_and_lost_on_it():
    theirs = their_days([claim(20, 20, 1.0)], TODAY)
    assert [lead(ours(value), theirs).first_share for value in (19, 20)] == [1.0, 0.0]
    assert lead(ours(6), theirs).middle == 14


def test_the_first_of_several_competitors_counts():
    near, far = claim(20, 20, 1.0), claim(60, 60, 1.0, "Palletry")
    assert set(their_days([far, near], TODAY)) == {20}
    assert set(their_days([], TODAY)) == {NEVER}


def test_who_is_on_sale_already_was_first():
    assert lead(ours(1), their_days([claim(-30, -30, 1.0)], TODAY)).first_share == 0


def test_an_interval_under_way_counts_from_today():
    assert min(their_days([claim(-30, 10, 1.0)], TODAY)) >= 0


@settings(max_examples=30, deadline=None)
@given(st.integers(-40, 80), offsets, st.integers(0, 40), offsets, st.floats(0, 1))
def test_later_rivals_never_lower_and_later_days_of_ours_never_raise_it(begins, span, more, own, sureness):
    def first(shift, value):
        theirs = their_days([claim(begins + shift, begins + span + shift, sureness)], TODAY)
        return lead(ours(value), theirs).first_share

    assert first(more, own) >= first(0, own)
    assert first(0, own + more) <= first(0, own)
    assert 0 <= first(0, own) <= 1


def test_a_proposal_needs_its_stages_as_long_as_past_ones_took():
    past = {"build": [10, 20, 30, 40], "test": [5]}
    days = journey_days(["build", "test"], 15, past)
    assert set(days) == {10, 20, 30}  # 20, 30, 40 less the 15 days spent, and 5 more.
    assert journey_days(["build"], 50, past) is None
    assert journey_days(["build", "pilot"], 0, past) is None
