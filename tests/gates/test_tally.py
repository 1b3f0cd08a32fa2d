"""What scorecards add up to: check numbers, quorum, and when a decision is closed."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ideaflow.gates.policy import Decision
from ideaflow.gates.process import definition
from ideaflow.gates.process.definition import Quorum
from ideaflow.gates.review.tally import Card, advise, check_auto, quorum_needed, score_of, tally
from ideaflow.resources import PACKAGE

FULL = definition.read((PACKAGE / "gates" / "process" / "shipped" / "full.json").read_text())
GATE = FULL.gate("gate_2")
FACTS = {
    "accounts": 19, "segments": 5, "accounts_without_largest": 18, "largest_share": 0.17,
    "arena_named": True, "benefit_complete": True, "owner_named": True,
    "both_halves": True, "strategy_proven": True,
}  # fmt: skip
POINTS = ((8, 7, 6, 9, 5, 6), (7, 8, 7, 8, 6, 5), (9, 6, 5, 9, 4, 7))


def card(points, keeper=1, feasible=True, vote=Decision.GO):
    return Card(keeper, dict(zip(GATE.weights, points, strict=True)), {"feasible": feasible}, vote)


def cards():
    return [card(points, keeper) for keeper, points in enumerate(POINTS)]


def closed(result, gate=GATE, **more):
    return {option.decision: option.closed for option in advise(gate, result, **more)}


def test_the_score_of_the_check_example_is_68_and_a_half():
    result = tally(GATE, cards(), eligible=3, facts=FACTS)
    assert list(GATE.weights.values()) == [20, 20, 15, 15, 15, 15]
    assert [round(one.mean, 3) for one in result.criteria] == [8, 7, 6, 8.667, 5, 6]
    assert round(result.score, 6) == 68.5
    assert [round(value, 6) for value in result.by_keeper.values()] == [69, 69, 67.5]


def test_a_good_score_with_all_musts_met_may_go():
    result = tally(GATE, cards(), eligible=3, facts=FACTS)
    assert set(closed(result).values()) == {""}


def test_one_failed_must_closes_go_whatever_the_points_say():
    result = tally(GATE, [card((10,) * 6, feasible=False)], eligible=1, facts=FACTS)
    reasons = closed(result)
    assert reasons[Decision.GO] == "1 must-meet is not met"
    assert reasons[Decision.CONDITIONAL_GO] == "“Can be built” is not met and cannot be a condition"
    assert reasons[Decision.KILL] == reasons[Decision.HOLD] == reasons[Decision.RECYCLE] == ""


def test_a_must_that_may_be_a_condition_leaves_conditional_go_open():
    result = tally(GATE, cards(), eligible=3, facts={**FACTS, "arena_named": False})
    reasons = closed(result)
    assert reasons[Decision.GO] == "1 must-meet is not met"
    assert reasons[Decision.CONDITIONAL_GO] == ""


def test_an_unknown_fact_counts_as_not_met():
    result = tally(GATE, cards(), eligible=3, facts={})
    assert closed(result)[Decision.GO] == "6 must-meets are not met"


def test_a_score_below_the_pass_mark_closes_go():
    reasons = closed(tally(GATE, [card((5, 5, 5, 5, 5, 5))], eligible=1, facts=FACTS))
    assert reasons[Decision.GO] == reasons[Decision.CONDITIONAL_GO] == "the score is below 60"


def test_one_criterion_below_the_floor_closes_go():
    reasons = closed(tally(GATE, [card((10, 10, 10, 10, 2, 10))], eligible=1, facts=FACTS))
    assert reasons[Decision.GO] == "Technical feasibility is below 3"


def test_no_quorum_closes_go():
    result = tally(GATE, cards()[:1], eligible=4, facts=FACTS)
    assert not result.has_quorum
    assert closed(result)[Decision.GO] == "no quorum"


@pytest.mark.parametrize(
    ("votes", "reason"),
    [
        ((Decision.GO, Decision.KILL), "the votes are a tie"),
        ((Decision.GO, Decision.KILL, Decision.HOLD), "only 1 of 3 would go"),
        ((Decision.GO, Decision.CONDITIONAL_GO, Decision.KILL), ""),
        ((None, None), "nobody has voted for it"),
        ((Decision.GO, None, None), ""),
    ],
)
def test_a_tie_never_goes(votes, reason):
    voted = [card(POINTS[0], keeper, vote=vote) for keeper, vote in enumerate(votes)]
    assert closed(tally(GATE, voted, eligible=3, facts=FACTS))[Decision.GO] == reason


def test_recycling_ends_when_it_was_done_often_enough():
    result = tally(GATE, cards(), eligible=3, facts=FACTS)
    assert closed(result, recycles=1)[Decision.RECYCLE] == ""
    assert closed(result, recycles=2)[Decision.RECYCLE] == "sent back 2 times already, the most there may be"


def test_open_conditions_of_the_last_gate_close_go():
    result = tally(GATE, cards(), eligible=3, facts=FACTS)
    assert closed(result, open_conditions=1)[Decision.GO] == "1 condition of the last gate not met"


def test_disagreement_is_talked_about_from_a_deviation_of_two():
    apart = [card((8, 8, 8, 8, points, 8), keeper) for keeper, points in enumerate((8, 3, 7, 4))]
    result = tally(GATE, apart, eligible=4, facts=FACTS)
    assert [one.key for one in result.criteria if one.needs_talk] == ["feasibility"]
    assert round(result.criteria[4].deviation, 1) == 2.4


def test_the_last_gate_offers_no_conditional_go():
    assert Decision.CONDITIONAL_GO not in FULL.gate("launch_gate").decisions


def test_quorum_is_a_number_and_a_share():
    assert quorum_needed(Quorum(3, 0.6), 5) == 3
    assert quorum_needed(Quorum(1, 0.6), 10) == 6
    assert quorum_needed(Quorum(0, 0), 0) == 1


def test_facts_fill_a_must_only_when_they_are_known():
    alone = next(one for one in GATE.must if one.key == "stands_without_largest")
    assert check_auto(alone, {"accounts_without_largest": 2, "largest_share": 0.6}) is True
    assert check_auto(alone, {"accounts_without_largest": 2, "largest_share": 0.7}) is False
    assert check_auto(alone, {"accounts_without_largest": 2}) is None


points_of_all = st.lists(st.lists(st.integers(0, 10), min_size=6, max_size=6), min_size=1, max_size=7)


@given(points_of_all)
def test_the_score_lies_between_the_scorecards(points):
    result = tally(GATE, [card(one, keeper) for keeper, one in enumerate(points)], eligible=7, facts=FACTS)
    assert min(result.by_keeper.values()) - 1e-9 <= result.score <= max(result.by_keeper.values()) + 1e-9


@given(points_of_all, st.booleans(), st.integers(0, 20))
def test_go_is_never_open_without_quorum_or_with_a_failed_must(points, feasible, absent):
    given_cards = [card(one, keeper, feasible) for keeper, one in enumerate(points)]
    result = tally(GATE, given_cards, eligible=len(points) + absent, facts=FACTS)
    if not closed(result)[Decision.GO]:
        assert result.has_quorum and feasible and result.score >= GATE.pass_score - 0.05


def test_weights_need_not_add_up_to_one_hundred_for_the_formula():
    assert score_of({"a": 2, "b": 1}, {"a": 10, "b": 1}) == pytest.approx(70)


def test_a_stricter_gate_closes_what_a_lenient_one_leaves_open():
    result = tally(GATE, cards(), eligible=3, facts=FACTS)
    assert closed(result, replace(GATE, pass_score=69))[Decision.GO] == "the score is below 69"
