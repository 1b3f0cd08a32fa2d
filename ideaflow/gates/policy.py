"""The way of a proposal: its states, what moves it from one to the next, and which decisions there are.

Pure: no database, no clock. The table below is the whole state machine; nothing else changes a state.
"""

from dataclasses import dataclass
from enum import StrEnum

from ideaflow.proposals.policy import OWNER_ALONE


class State(StrEnum):
    """Where a proposal stands on its way."""

    DRAFT = "draft"
    WORKING = "working"
    GATE_READY = "gate_ready"
    IN_REVIEW = "in_review"
    TALLIED = "tallied"
    ON_HOLD = "on_hold"
    LAUNCHED = "launched"
    POST_LAUNCH = "post_launch"
    CLOSED = "closed"
    KILLED = "killed"
    WITHDRAWN = "withdrawn"
    MERGED = "merged"

    @property
    def words(self) -> str:
        """Return what people read."""
        return _STATE_WORDS[self]

    @property
    def tone(self) -> str:
        """Return the tone of the dot beside the words."""
        return _STATE_TONES.get(self, "")


_STATE_WORDS = {
    State.DRAFT: "Draft",
    State.WORKING: "In work",
    State.GATE_READY: "Ready for the gate",
    State.IN_REVIEW: "In review, locked",
    State.TALLIED: "Scores revealed",
    State.ON_HOLD: "On hold",
    State.LAUNCHED: "Launched",
    State.POST_LAUNCH: "After launch",
    State.CLOSED: "Closed",
    State.KILLED: "Killed",
    State.WITHDRAWN: "Withdrawn",
    State.MERGED: "Merged",
}
_STATE_TONES = {
    State.DRAFT: "hollow",
    State.WORKING: "hollow",
    State.GATE_READY: "accent",
    State.IN_REVIEW: "accent",
    State.TALLIED: "accent",
    State.ON_HOLD: "watch",
    State.LAUNCHED: "go",
    State.POST_LAUNCH: "go",
    State.KILLED: "stop",
}


class Event(StrEnum):
    """What may happen to a proposal on its way."""

    START = "start"
    DECLARE_READY = "declare_ready"
    RECALL = "recall"
    OPEN_REVIEW = "open_review"
    CANCEL = "cancel"
    REVEAL = "reveal"
    SCORE_AGAIN = "score_again"
    GO = "go"
    CONDITIONAL_GO = "conditional_go"
    HOLD = "hold"
    RECYCLE = "recycle"
    KILL = "kill"
    RESUME = "resume"
    WITHDRAW = "withdraw"
    MERGE = "merge"
    LAPSE_HOLD = "lapse_hold"
    LAPSE_RECYCLE = "lapse_recycle"
    KILL_REVIEW = "kill_review"
    RESUME_AT_GATE = "resume_at_gate"
    FIRST_SALE = "first_sale"
    CLOSE = "close"


class Decision(StrEnum):
    """What a gate may decide: Cooper's four, and go with conditions."""

    GO = "go"
    CONDITIONAL_GO = "conditional_go"
    HOLD = "hold"
    RECYCLE = "recycle"
    KILL = "kill"

    @property
    def words(self) -> str:
        """Return what people read."""
        return self.value.replace("_", " ").capitalize()

    @property
    def tone(self) -> str:
        """Return the colour this decision stands in."""
        return {"go": "go", "conditional_go": "go", "kill": "stop"}.get(self.value, "watch")

    @property
    def is_go(self) -> bool:
        return self in (Decision.GO, Decision.CONDITIONAL_GO)


class Consequence(StrEnum):
    """What follows when a condition is not met by its day."""

    HOLD = "hold"
    RECYCLE = "recycle"
    KILL_REVIEW = "kill_review"

    @property
    def words(self) -> str:
        return self.value.replace("_", " ")


class DeliverableStatus(StrEnum):
    """How far a deliverable is."""

    OPEN = "open"
    DONE = "done"
    WAIVED = "waived"
    NA = "na"

    @property
    def words(self) -> str:
        return {"open": "open", "done": "done", "waived": "waived", "na": "not needed here"}[self.value]

    @property
    def lets_pass(self) -> bool:
        """Return whether a gate can open with it."""
        return self is not DeliverableStatus.OPEN


@dataclass(frozen=True)
class Transition:
    """One line of the state machine.

    :param goal: the state after it; None when the stage decides (a final go launches, another goes on).
    :param moves_stage: whether the stage may change with it.
    """

    source: State
    event: Event
    goal: State
    moves_stage: bool = False


TRANSITIONS: tuple[Transition, ...] = (
    Transition(State.DRAFT, Event.START, State.WORKING, moves_stage=True),
    Transition(State.WORKING, Event.DECLARE_READY, State.GATE_READY),
    Transition(State.GATE_READY, Event.RECALL, State.WORKING),
    Transition(State.GATE_READY, Event.OPEN_REVIEW, State.IN_REVIEW),
    Transition(State.IN_REVIEW, Event.CANCEL, State.WORKING),
    Transition(State.TALLIED, Event.CANCEL, State.WORKING),
    Transition(State.IN_REVIEW, Event.REVEAL, State.TALLIED),
    Transition(State.TALLIED, Event.SCORE_AGAIN, State.IN_REVIEW),
    Transition(State.TALLIED, Event.GO, State.WORKING, moves_stage=True),
    Transition(State.TALLIED, Event.CONDITIONAL_GO, State.WORKING, moves_stage=True),
    Transition(State.TALLIED, Event.HOLD, State.ON_HOLD),
    Transition(State.TALLIED, Event.RECYCLE, State.WORKING, moves_stage=True),
    Transition(State.TALLIED, Event.KILL, State.KILLED),
    Transition(State.ON_HOLD, Event.RESUME, State.WORKING),
    Transition(State.ON_HOLD, Event.RESUME_AT_GATE, State.GATE_READY),
    # What a condition that ran over brings; the stage stays, a recycled one begins its stay anew.
    Transition(State.WORKING, Event.LAPSE_HOLD, State.ON_HOLD),
    Transition(State.GATE_READY, Event.LAPSE_HOLD, State.ON_HOLD),
    Transition(State.WORKING, Event.LAPSE_RECYCLE, State.WORKING, moves_stage=True),
    Transition(State.GATE_READY, Event.LAPSE_RECYCLE, State.WORKING, moves_stage=True),
    Transition(State.WORKING, Event.KILL_REVIEW, State.GATE_READY),
    Transition(State.ON_HOLD, Event.KILL_REVIEW, State.GATE_READY),
    Transition(State.DRAFT, Event.WITHDRAW, State.WITHDRAWN),
    Transition(State.WORKING, Event.WITHDRAW, State.WITHDRAWN),
    Transition(State.ON_HOLD, Event.WITHDRAW, State.WITHDRAWN),
    Transition(State.WORKING, Event.MERGE, State.MERGED),
    Transition(State.ON_HOLD, Event.MERGE, State.MERGED),
    Transition(State.LAUNCHED, Event.FIRST_SALE, State.POST_LAUNCH),
    Transition(State.POST_LAUNCH, Event.CLOSE, State.CLOSED),
)
_TABLE = {(line.source, line.event): line for line in TRANSITIONS}
ENDED = frozenset({State.KILLED, State.WITHDRAWN, State.MERGED, State.CLOSED})
LOCKED = frozenset({State.IN_REVIEW, State.TALLIED})
# Which clock runs in a state: work, waiting for a decision, or hold. The rest is after the last stage.
CLOCKS = {
    State.WORKING: "active",
    State.GATE_READY: "wait",
    State.IN_REVIEW: "wait",
    State.TALLIED: "wait",
    State.ON_HOLD: "hold",
}


def allowed(state: State | str, event: Event | str) -> Transition | None:
    """Return the transition ``event`` makes from ``state``, or None when there is none."""
    return _TABLE.get((State(state), Event(event)))


def goal_of(state: State | str, event: Event | str, *, is_final: bool = False) -> State | None:
    """Return the state after ``event``; a go at the final gate launches.

    >>> goal_of("tallied", "go"), goal_of("tallied", "go", is_final=True), goal_of("working", "go")
    (<State.WORKING: 'working'>, <State.LAUNCHED: 'launched'>, None)
    """
    line = allowed(state, event)
    if line is None:
        return None
    return State.LAUNCHED if is_final and line.event is Event.GO else line.goal


EARLY_STAGES = 2
"""In so many stages at the beginning its owner may withdraw a proposal; later others have a stake in it."""


def may_withdraw(stage_number: int, *, is_owner: bool, sits: bool) -> str:
    """Return why somebody may not withdraw what is under way, or an empty string when they may.

    :param stage_number: counted from 0; ``sits``: whether they have a seat at its next gate.

    >>> may_withdraw(1, is_owner=True, sits=False), may_withdraw(2, is_owner=False, sits=True)
    ('', '')
    """
    if stage_number < EARLY_STAGES:
        return "" if is_owner else OWNER_ALONE
    if sits and not is_owner:
        return ""
    return (
        "Gates have given it people and money, so it is no longer its owner who withdraws it: whoever sits "
        "at its next gate does. Ask one of them."
    )


def may_decide(user_id: int | None, owner_id: int, seats: frozenset[int] | set[int]) -> str:
    """Return why somebody may not score or decide, or an empty string when they may.

    :param seats: the users who sit at this gate.
    """
    if user_id is not None and user_id == owner_id:
        return "You own this proposal; others decide about it."
    if user_id is None or user_id not in seats:
        return "You have no seat at this gate."
    return ""
