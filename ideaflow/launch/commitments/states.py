"""How a commitment may go on: its states, what moves it, who does. Pure."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

GRACE_DAYS = 7
"""So many days after its day nobody has said what became of it, those above hear of it."""


class State(StrEnum):
    """Where a commitment stands."""

    ASKED = "asked"  # Beyond one's own authority: waits for a yes; the customer has heard nothing.
    OPEN = "open"
    AT_RISK = "at_risk"  # What it depends on is likely to come later than promised.
    MET = "met"
    BROKEN = "broken"
    RELEASED = "released"  # The customer lets us off, or it was taken back.
    REFUSED = "refused"  # Whoever had the authority said no.

    @property
    def words(self) -> str:
        return {"asked": "waits for a yes", "at_risk": "at risk"}.get(self.value, self.value)

    @property
    def tone(self) -> str:
        return {
            "asked": "hollow", "open": "accent", "at_risk": "watch", "met": "go", "broken": "stop",
        }.get(self.value, "")  # fmt: skip

    @property
    def is_live(self) -> bool:
        """Return whether we are bound, or about to be."""
        return self in LIVE


class Event(StrEnum):
    """What moves a commitment."""

    APPROVE = "approve"
    REFUSE = "refuse"
    SLIP = "slip"  # P85 is later than the day promised.
    RECOVER = "recover"  # P85 is in time again.
    MEET = "meet"
    BREAK = "break"
    RELEASE = "release"
    REOPEN = "reopen"  # It was settled by mistake.

    @property
    def is_ours(self) -> bool:
        """Return whether a human does it; the clock and forecasts never settle anything."""
        return self not in (Event.SLIP, Event.RECOVER)


LIVE = (State.ASKED, State.OPEN, State.AT_RISK)
BINDING = (State.OPEN, State.AT_RISK)
SETTLED = (State.MET, State.BROKEN, State.RELEASED)
LINES: dict[tuple[State, Event], State] = {
    (State.ASKED, Event.APPROVE): State.OPEN,
    (State.ASKED, Event.REFUSE): State.REFUSED,
    (State.ASKED, Event.RELEASE): State.RELEASED,
    (State.OPEN, Event.SLIP): State.AT_RISK,
    (State.AT_RISK, Event.RECOVER): State.OPEN,
    **{(state, Event.MEET): State.MET for state in BINDING},
    **{(state, Event.BREAK): State.BROKEN for state in BINDING},
    **{(state, Event.RELEASE): State.RELEASED for state in BINDING},
    **{(state, Event.REOPEN): State.OPEN for state in SETTLED},
}


def goal_of(state: State, event: Event) -> State | None:
    """Return where an event leads; None where it cannot happen.

    >>> goal_of(State.AT_RISK, Event.MEET), goal_of(State.MET, Event.SLIP)
    (<State.MET: 'met'>, None)
    """
    return LINES.get((state, event))


def of_forecast(state: State, is_late: bool) -> Event | None:
    """Return what a new forecast does to a commitment; None when it stands as it stood."""
    event = Event.SLIP if is_late else Event.RECOVER
    return event if (state, event) in LINES else None


@dataclass(frozen=True)
class Alarm:
    """What is due to be told because the day is over: ``overdue`` first, ``escalated`` after the grace."""

    kind: str
    days: int


def alarm_of(state: State, due_on: date, today: date) -> Alarm | None:
    """Return what the clock has to say of a commitment: only the gravest, so that it is heard once.

    >>> alarm_of(State.OPEN, date(2027, 3, 1), date(2027, 3, 2)).kind
    'overdue'
    >>> alarm_of(State.AT_RISK, date(2027, 3, 1), date(2027, 3, 9)).kind
    'escalated'
    >>> alarm_of(State.MET, date(2027, 3, 1), date(2027, 3, 9)) is None
    True
    """
    days = (today - due_on).days
    if state not in BINDING or days <= 0:
        return None
    return Alarm("escalated" if days > GRACE_DAYS else "overdue", days)


def was_kept(state: State, due_on: date, met_on: date | None, today: date) -> str:
    """Return ``kept``, ``late`` or ``not`` for what counts in the rate; empty for what does not count yet.

    Past its day and unsettled counts as not kept: a rate must not rest on who remembers to say “broken”.
    """
    if state is State.MET:
        return "kept" if met_on is not None and met_on <= due_on else "late"
    if state is State.BROKEN or (state in BINDING and due_on < today):
        return "not"
    return ""
