"""The state machine: what may follow what, and who may decide."""

from hypothesis import given
from hypothesis import strategies as st

from ideaflow.gates.policy import ENDED, TRANSITIONS, Event, State, allowed, goal_of, may_decide

DECISIONS = {Event.GO, Event.CONDITIONAL_GO, Event.HOLD, Event.RECYCLE, Event.KILL}


def test_only_signed_decisions_and_the_start_move_a_stage():
    moving = {line.event for line in TRANSITIONS if line.moves_stage}
    assert moving == {Event.START, Event.GO, Event.CONDITIONAL_GO, Event.RECYCLE, Event.LAPSE_RECYCLE}


def test_a_decision_needs_revealed_scores():
    assert {line.source for line in TRANSITIONS if line.event in DECISIONS} == {State.TALLIED}


def test_nothing_follows_the_end():
    assert not [line for line in TRANSITIONS if line.source in ENDED]


@given(st.sampled_from(State), st.sampled_from(Event))
def test_each_state_answers_an_event_with_one_goal_or_none(state, event):
    lines = [line for line in TRANSITIONS if (line.source, line.event) == (state, event)]
    assert len(lines) <= 1
    assert (goal_of(state, event) is None) == (allowed(state, event) is None) == (not lines)


@given(st.lists(st.sampled_from(Event), max_size=40))
def test_no_way_leads_to_launched_without_a_decision(events):
    state, decided = State.DRAFT, False
    for event in events:
        goal = goal_of(state, event, is_final=True)
        if goal is not None:
            decided = decided or event in DECISIONS
            state = goal
    assert decided or state not in (State.LAUNCHED, State.KILLED)


def test_the_owner_never_decides():
    assert "own this proposal" in may_decide(7, 7, {7, 8})
    assert may_decide(8, 7, {7, 8}) == ""
    assert "no seat" in may_decide(9, 7, {7, 8})
    assert "no seat" in may_decide(None, 7, {7, 8})
