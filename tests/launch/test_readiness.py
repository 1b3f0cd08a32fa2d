"""When a cell can sell, and what the headline says of twelve of them."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ideaflow.launch.readiness import (
    LEAST,
    CellCheck,
    CellState,
    Part,
    headline,
    readiness,
    state_of,
)
from ideaflow.wording import THIN

LAUNCH = date(2026, 12, 1)
# The mockup's matrix: target in thousands, R, and what each cell is.
MATRIX = (
    [(900, 0.97), (560, 0.95), (640, 0.93), (420, 0.96), (240, 0.92), (360, 0.90), (80, 0.91)],
    [(260, 0.91)],
    [(780, 0.94), (500, 0.78), (140, 0.84), (120, 0.82)],
)


def check(number: int, share: float, blocking: bool = False, weight: float = 1, **more) -> CellCheck:
    more.setdefault("is_passed", share >= 0.8)
    return CellCheck(number, f"Check {number}", share, is_blocking=blocking, weight=weight, **more)


def test_headline_of_twelve_cells_says_seven_can_sell_and_64_percent():
    found = headline(
        [
            Part(state, 1000 * target, share)
            for state, cells in zip(CellState, MATRIX, strict=True)
            for target, share in cells
        ]
    )
    assert found.words == f"7 of 12 cells can sell = 64{THIN}% of target revenue"
    assert found.amounts == {"can_sell": 3_200_000, "soon": 260_000, "blocked": 1_540_000}
    assert found.total == 5_000_000
    assert found.mean_share == pytest.approx(0.9025)


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ([], "No cell yet"),
        ([Part(CellState.BLOCKED, 10.0, None)], f"0 of 1 cell can sell = 0{THIN}% of target revenue"),
        ([Part(CellState.CAN_SELL, 0.0, 1.0)], "1 of 1 cell can sell"),
    ],
)
def test_headline_of_no_cell_one_cell_and_no_target(parts, words):
    assert headline(parts).words == words


def test_target_without_rate_is_in_no_sum_and_counted():
    found = headline([Part(CellState.CAN_SELL, 10.0, 1.0), Part(CellState.BLOCKED, None, 0.5)])
    assert (found.total, found.unknown_count) == (10.0, 1)


@pytest.mark.parametrize(("tier", "least"), [(1, 0.90), (2, 0.80), (3, 0.60)])
def test_tier_says_how_high_r_must_be(tier, least):
    exact = [check(1, 1.0, True, weight=least * 100), check(2, 0.0, weight=(1 - least) * 100)]
    assert readiness(exact, tier).is_ready
    below = [check(1, 1.0, True, weight=least * 100 - 1), check(2, 0.0, weight=(1 - least) * 100 + 1)]
    found = readiness(below, tier)
    assert not found.is_ready
    assert [one.title for one in found.needed] == ["Check 2"]


def test_partners_with_r_94_cannot_sell_for_one_price_entry():
    """Deactivate one entry: that cell is held by it and by nothing else, whatever its R."""
    rest = [check(number, 1.0, True, weight=47) for number in (1, 2)]
    price = check(3, 0.0, True, weight=6, words="price entry inactive since 10:02")
    found = readiness([*rest, price], tier=1)
    assert found.share == pytest.approx(0.94)
    assert not found.is_ready
    assert found.held_by == price
    assert readiness([*rest, check(3, 1.0, True, weight=6)], tier=1).is_ready


def test_the_blocker_that_holds_longest_is_named_first():
    early = check(1, 0.0, True, weight=9, due_on=date(2026, 11, 20))
    late = check(2, 0.0, True, due_on=date(2026, 11, 1), forecast_on=date(2027, 1, 14))
    assert readiness([early, late], 1).blockers == (late, early)


def test_after_the_blockers_r_may_still_need_others_those_planned_first():
    blocker = check(1, 0.0, True, weight=80)
    soon, late = (check(n, 0.0, weight=10, due_on=date(2026, 12, n)) for n in (2, 3))
    assert readiness([blocker, late, soon], 1).needed == (blocker, soon)


def test_cell_without_checks_is_not_ready():
    found = readiness([], 3)
    assert (found.is_ready, found.share, found.held_by) == (False, None, None)


def test_state_is_soon_only_when_its_middle_day_is_not_after_launch():
    assert state_of(True, None, LAUNCH) is CellState.CAN_SELL
    assert state_of(False, date(2026, 12, 1), LAUNCH) is CellState.SOON
    assert state_of(False, date(2026, 12, 2), LAUNCH) is CellState.BLOCKED
    assert state_of(False, None, LAUNCH) is CellState.BLOCKED


some_checks = st.lists(
    st.builds(
        check,
        number=st.integers(1, 10**6),
        share=st.floats(0, 1),
        blocking=st.booleans(),
        weight=st.floats(0.1, 100),
        is_passed=st.booleans(),
    ),
    max_size=12,
    unique_by=lambda one: one.check_id,
)


@given(some_checks, st.sampled_from(sorted(LEAST)))
def test_an_average_never_hides_a_blocker(checks, tier):
    found = readiness(checks, tier)
    if any(one.is_blocking and not one.is_passed for one in checks):
        assert not found.is_ready
        assert found.held_by.is_blocking
    assert found.is_ready == (bool(checks) and not found.needed)


@given(some_checks, st.sampled_from(sorted(LEAST)))
def test_passing_all_that_is_needed_makes_a_cell_ready_and_less_does_not(checks, tier):
    found = readiness(checks, tier)
    needed = {one.check_id for one in found.needed}

    def after(passing):
        return [
            check(one.check_id, 1.0, one.is_blocking, one.weight, is_passed=True)
            if one.check_id in passing
            else one
            for one in checks
        ]

    assert readiness(after(needed), tier).is_ready == bool(checks)
    for left in (*found.blockers, *found.lacking[:1]):  # The last one that R needs.
        assert not readiness(after(needed - {left.check_id}), tier).is_ready
