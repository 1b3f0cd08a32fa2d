"""Shares, times and incidences equal what is worked out by hand and what is printed in the literature."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ideaflow.insights.passing import Case, End, passing
from ideaflow.insights.survival import kaplan_meier, wilson

seen_ends = st.lists(st.tuples(st.integers(0, 30), st.integers(0, 2)), max_size=40)


def two_ends(times, causes):
    """Who went on (1) and who was stopped (2) from one place; 0: still there."""
    found = passing([_case(time, cause) for time, cause in zip(times, causes, strict=True)], 1)
    return found.reached[0], found.stopped[0]


def _case(time, cause):
    return Case(((time, 1),) if cause == 1 else (), time, End.STOPPED if cause == 2 else None)


@pytest.mark.parametrize(
    ("count", "of", "low", "high"),
    [(8, 10, 0.490, 0.943), (15, 20, 0.531, 0.888), (0, 10, 0, 0.278), (10, 10, 0.722, 1)],
)
def test_a_share_has_the_interval_of_wilson(count, of, low, high):
    assert wilson(count, of) == pytest.approx((low, high), abs=5e-4)


def test_nothing_counted_can_be_any_share():
    assert wilson(0, 0) == (0, 1)


def test_times_equal_the_table_that_every_textbook_prints():
    """Remission of 21 children under 6-MP (Freireich et al., Blood 21, 1963); 12 of them are censored.

    E.g. at 6 weeks three of 21 relapse: 18/21 = .857; at 7 one of 17 (one left at 6): .857 · 16/17 = .807.
    """
    over = [6, 6, 6, 7, 10, 13, 16, 22, 23]
    running = [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]
    found = kaplan_meier([*over, *running], [True] * 9 + [False] * 12)
    assert found.times.tolist() == [6, 7, 10, 13, 16, 22, 23]
    assert found.share == pytest.approx([0.857, 0.807, 0.753, 0.690, 0.627, 0.538, 0.448], abs=5e-4)
    assert found.quantile(0.5) == 23
    assert found.quantile(0.85) is None  # Not seen: 45 % were never seen to end.
    assert found.quantile_interval(0.5) == (13, None)
    # Greenwood at 6: .857 · √(3 / (21 · 18)) = .0764; on the log(−log) scale .620 to .952.
    assert (found.low[0], found.high[0]) == pytest.approx((0.620, 0.952), abs=1e-3)


def test_with_ends_that_compete_each_takes_its_share_of_those_still_there():
    """Eight stays, 1 = went on, 2 = was stopped, 0 = still running.

        time   1    2    2    3    4    4    5    6
        end    1    2    0    1    1    2    0    1

        t  n  went  stopped  there before   F went             F stopped          there after
        1  8   1     0       1              1/8                0                  7/8
        2  7   0     1       7/8            1/8                7/8 · 1/7 = 1/8    6/8
        3  5   1     0       6/8            1/8 + 6/40 = .275  .125               6/8 · 4/5 = .6
        4  4   1     1       .6             .275 + .15 = .425  .125 + .15 = .275  .6 · 2/4 = .3
        6  1   1     0       .3             .725               .275               0

    At 2 one stops and one is censored: who is censored was still there. Counted by those who began, 4 of 8
    = .5 went on: too few, as the two still running count as if they had not.
    """
    went, stopped = two_ends([1, 2, 2, 3, 4, 4, 5, 6], [1, 2, 0, 1, 1, 2, 0, 1])
    assert went.times.tolist() == [1, 2, 3, 4, 6]
    assert went.share == pytest.approx([0.125, 0.125, 0.275, 0.425, 0.725])
    assert stopped.share == pytest.approx([0, 0.125, 0.125, 0.275, 0.275])


def test_the_doubt_of_an_incidence_equals_the_sum_worked_out_by_hand():
    """Three stays: 1 goes on at 1, one is stopped at 2, one still runs at 3.

    F went = 1/3 at t = 1. At t = 2: n = 2, so F went stays 1/3 and its variance that of 1 in 3: 2/27.
    """
    went, _ = two_ends([1, 2, 3], [1, 2, 0])
    bounds = [(1 / 3) ** np.exp(sign * 1.959964 * (2 / 27) ** 0.5 / (1 / 3 * np.log(3))) for sign in (1, -1)]
    assert (went.low[0], went.high[0]) == pytest.approx(bounds, rel=1e-4)
    assert (went.low[1], went.high[1]) == pytest.approx(bounds, rel=1e-4)


def test_over_several_stages_each_counts_where_it_was_last_seen():
    """Five proposals from stage A over B to launch.

        1: B at 2, launched at 5     2: B at 3, still in B at 6     3: killed in A at 4
        4: in A, seen until 1        5: B at 4, killed in B at 7

        t   in A  in B   moves              share in A        in B                launched  killed A  killed B
        2   4     0      1 A→B              3/4               1/4                 0         0         0
        3   3     1      1 A→B              3/4 · 2/3 = 1/2   1/2                 0         0         0
        4   2     2      1 A→B, 1 A→killed  0                 1/2 + 1/4 = 3/4     0         1/4       0
        5   0     3      1 B→launched       0                 3/4 · 2/3 = 1/2     1/4       1/4       0
        7   0     1      1 B→killed         0                 0                   1/4       1/4       1/2

    Reached B: 3/4; launched: 1/4; killed before launch: 3/4. Counted by those who began: 3/5 and 1/5.
    """
    found = passing(
        [
            Case(((2, 1), (5, 2)), 5, None), Case(((3, 1),), 6, None), Case((), 4, End.STOPPED),
            Case((), 1, None), Case(((4, 1),), 7, End.STOPPED),
        ],
        2,
    )  # fmt: skip
    assert found.reached[0].times.tolist() == [2, 3, 4, 5, 7]
    assert found.reached[0].share == pytest.approx([1 / 4, 1 / 2, 3 / 4, 3 / 4, 3 / 4])
    assert found.reached[1].share == pytest.approx([0, 0, 0, 1 / 4, 1 / 4])
    assert found.stopped[0].share == pytest.approx([0, 0, 1 / 4, 1 / 4, 1 / 4])
    assert found.stopped[1].share == pytest.approx([0, 0, 1 / 4, 1 / 4, 3 / 4])


ways = st.lists(
    st.tuples(
        st.lists(st.tuples(st.integers(0, 12), st.integers(1, 3)), max_size=4),
        st.integers(0, 6),
        st.sampled_from([None, End.STOPPED, End.LEFT]),
    ),
    min_size=1,
    max_size=25,
)


def _ways(drawn, ends=None):
    found = []
    for moves, more, end in drawn:
        path = sorted(moves)
        whole = any(place == 3 for _, place in path)
        last = path[-1][0] if path else 0
        found.append(Case(tuple(path), last + more, None if whole else ends or end))
    return found


@given(ways)
@settings(max_examples=150, deadline=None)
def test_nobody_is_counted_twice_and_a_nearer_goal_is_reached_by_no_fewer(drawn):
    found = passing(_ways(drawn), 3)
    for goal in range(3):
        assert (
            found.reached[goal].share + found.stopped[goal].share + found.left[goal].share <= 1 + 1e-9
        ).all()
        if goal:
            assert (found.reached[goal].share <= found.reached[goal - 1].share + 1e-9).all()


@given(ways)
@settings(max_examples=150, deadline=None)
def test_of_ways_that_are_all_over_the_shares_are_the_plain_ones(drawn):
    cases = _ways(drawn, ends=End.STOPPED)
    found = passing(cases, 3)
    for goal in range(3):
        plain = sum(any(place >= goal + 1 for _, place in one.moves) for one in cases) / len(cases)
        assert found.reached[goal].last == pytest.approx(plain)
        if 0 < plain < 1:
            deviation = (plain * (1 - plain) / len(cases)) ** 0.5
            low = plain ** np.exp(1.959964 * deviation / (plain * abs(np.log(plain))))
            assert found.reached[goal].low[-1] == pytest.approx(low)


@given(seen_ends)
@settings(max_examples=150, deadline=None)
def test_ends_and_those_still_there_make_up_the_whole(seen):
    times, causes = [time for time, _ in seen], [cause for _, cause in seen]
    one, two = two_ends(times, causes)
    there = kaplan_meier(times, [cause != 0 for cause in causes])
    assert one.share + two.share + there.share == pytest.approx(1)
    assert one.last + two.last <= 1 + 1e-9
    for kind in (one, two):
        assert (np.diff(kind.share) >= -1e-12).all()
        assert ((kind.low <= kind.share + 1e-9) & (kind.share <= kind.high + 1e-9)).all()


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(1, 2)), min_size=1, max_size=40))
@settings(max_examples=150, deadline=None)
def test_without_censoring_the_share_is_the_plain_one_and_so_is_its_doubt(seen):
    times, causes = [time for time, _ in seen], [cause for _, cause in seen]
    one, _ = two_ends(times, causes)
    plain = causes.count(1) / len(causes)
    assert one.last == pytest.approx(plain)
    if 0 < plain < 1:
        deviation = (plain * (1 - plain) / len(causes)) ** 0.5
        low = plain ** np.exp(1.959964 * deviation / (plain * abs(np.log(plain))))
        assert one.interval(len(causes))[0] == pytest.approx(low)


@given(st.lists(st.integers(0, 60), min_size=1, max_size=40))
@settings(max_examples=100, deadline=None)
def test_without_censoring_the_median_is_the_plain_one(times):
    found = kaplan_meier(times, [True] * len(times)).quantile(0.5)
    assert found == sorted(times)[(len(times) - 1) // 2]


def test_nobody_seen_says_nothing():
    assert kaplan_meier([], []).quantile(0.5) is None
    assert two_ends([], [])[0].last == 0
