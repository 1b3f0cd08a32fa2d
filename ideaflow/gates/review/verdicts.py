"""A decision with all that belongs to it, as values; whether it can be taken as it stands.

Pure but for the day: who and what is known comes in as values.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from ideaflow.gates.policy import Consequence, Decision
from ideaflow.gates.process.definition import Gate

LONGEST = 2000
Problems = list[dict[str, object]]
KILL_REASONS = {
    "no_demand": "too few customers want it",
    "no_advantage": "no advantage over what they can buy",
    "not_feasible": "we cannot build it",
    "too_costly": "it costs more than it brings",
    "overtaken": "a competitor or our own work overtook it",
    "strategy": "it no longer fits our strategy",
    "risk": "law, safety or data protection",
    "other": "another reason, said below",
}
HOLD_REASONS = {
    "resources": "no people or money now",
    "timing": "the wrong time",
    "priority": "others go first",
}


@dataclass(frozen=True)
class Wanted:
    """What a conditional go asks for: who does what by when, and what follows if not."""

    text: str
    owner_id: int
    due_on: date
    consequence: str = Consequence.HOLD


@dataclass(frozen=True)
class NoticePlan:
    """Who tells the customers behind a stopped proposal, what, and by when."""

    teller_id: int
    due_on: date
    words: str


@dataclass(frozen=True)
class Verdict:
    """A decision with all that belongs to it.

    :param revisit_on: for hold, the day it is looked at again; ``wake_rule``: what wakes it before that day,
        ``{"trend": "growing"}`` or ``{"accounts": 12}``.
    :param target_stage: for recycle, where back to; ``changes``: what for.
    :param conditions: for a conditional go.
    :param granted_amount: for a go, the money it grants, and ``granted_people``; what was asked for when left
        out. ``next_gate_on``: when the next gate is planned.
    :param is_override: a go although a must-meet, the score or the floor is against it: two sign it.
    :param reason_code: for kill (``KILL_REASONS``) and hold (``HOLD_REASONS``); ``salvage``: what of a killed
        proposal is kept, and where; ``notice``: how its customers learn of it.
    """

    decision: str
    reason: str
    revisit_on: date | None = None
    target_stage: str | None = None
    changes: Sequence[str] = ()
    conditions: Sequence[Wanted] = field(default=())
    granted_amount: Decimal | None = None
    granted_people: int | None = None
    next_gate_on: date | None = None
    is_override: bool = False
    reason_code: str = ""
    salvage: str = ""
    notice: NoticePlan | None = None
    wake_rule: Mapping[str, Any] = field(default_factory=dict)

    def plain(self) -> dict[str, Any]:
        """Return it as values JSON can hold."""
        values = asdict(self)
        values["changes"] = [change.strip() for change in self.changes if change.strip()]
        values["wake_rule"] = dict(self.wake_rule)
        return {key: _plain(value) for key, value in values.items()}


def read(values: Mapping[str, Any]) -> Verdict:
    """Return the verdict that ``plain`` wrote down."""
    notice = values["notice"]
    amount = values["granted_amount"]
    return Verdict(
        **{
            **values,
            "revisit_on": _day(values["revisit_on"]),
            "next_gate_on": _day(values["next_gate_on"]),
            "granted_amount": None if amount is None else Decimal(amount),
            "notice": NoticePlan(**{**notice, "due_on": _day(notice["due_on"])}) if notice else None,
            "conditions": [
                Wanted(**{**one, "due_on": date.fromisoformat(one["due_on"])}) for one in values["conditions"]
            ],
        }
    )


def problems_of(
    verdict: Verdict, decision: Decision, gate: Gate, stages: Mapping[str, str], people: set[int], day: date
) -> Problems:
    """Return what keeps a verdict from being taken: each with its field and what to do.

    :param stages: where it may go back to, name by key; ``people``: who can still sign in; ``day``: today.
    """
    checks = {
        Decision.HOLD: lambda: _hold_problems(verdict, day),
        Decision.RECYCLE: lambda: _recycle_problems(verdict, stages),
        Decision.KILL: lambda: _kill_problems(verdict, people, day),
        Decision.GO: lambda: _go_problems(verdict, day),
        Decision.CONDITIONAL_GO: lambda: (
            _go_problems(verdict, day) + _condition_problems(verdict.conditions, gate, people, day)
        ),
    }
    return checks[decision]()


def _go_problems(verdict: Verdict, day: date) -> Problems:
    found: Problems = []
    if verdict.granted_amount is None or not 0 <= verdict.granted_amount < 10**12:
        found.append(_problem("granted_amount", "Name the money it grants; 0 if it needs none."))
    if verdict.granted_people is None or not 0 <= verdict.granted_people <= 10_000:
        found.append(_problem("granted_people", "Name how many people it grants; 0 if it needs none."))
    if verdict.next_gate_on is not None and verdict.next_gate_on <= day:
        found.append(_problem("next_gate_on", "The next gate is on a day after today."))
    return found


def _hold_problems(verdict: Verdict, day: date) -> Problems:
    found: Problems = []
    if verdict.revisit_on is None or verdict.revisit_on <= day:
        found.append(_problem("revisit_on", "Name a day after today when it is looked at again."))
    if verdict.reason_code and verdict.reason_code not in HOLD_REASONS:
        found.append(_problem("reason_code", f"Choose what it waits for: {', '.join(HOLD_REASONS)}."))
    rule = verdict.wake_rule
    accounts = rule.get("accounts", 1)
    is_known = set(rule) <= {"trend", "accounts"} and rule.get("trend", "growing") == "growing"
    if (
        not is_known
        or isinstance(accounts, bool)
        or not isinstance(accounts, int)
        or not 0 < accounts < 10**6
    ):
        found.append(_problem("wake_rule", "It wakes when a theme grows, or at a number of accounts."))
    return found


def _recycle_problems(verdict: Verdict, stages: Mapping[str, str]) -> Problems:
    found: Problems = []
    if verdict.target_stage not in stages:
        found.append(_problem("target_stage", f"Choose a stage to go back to: {', '.join(stages.values())}."))
    if not [change for change in verdict.changes if change.strip()]:
        found.append(_problem("changes", "List what has to change, one on each line."))
    return found


def _kill_problems(verdict: Verdict, people: set[int], day: date) -> Problems:
    found: Problems = []
    if verdict.reason_code not in KILL_REASONS:
        found.append(_problem("reason_code", f"Choose why: {', '.join(KILL_REASONS)}."))
    if not verdict.salvage.strip() or len(verdict.salvage) > LONGEST:
        found.append(_problem("salvage", "Say what is worth keeping, and where it lies; or that nothing is."))
    plan = verdict.notice
    if plan is None or not plan.words.strip() or len(plan.words) > LONGEST:
        found.append(_problem("notice", "Say what the customers who asked for it are told."))
    elif plan.teller_id not in people:
        found.append(_problem("notice", "Choose somebody who tells them."))
    elif plan.due_on < day:
        found.append(_problem("notice", "Name a day from today on by when they are told."))
    return found


def _condition_problems(conditions: Sequence[Wanted], gate: Gate, people: set[int], day: date) -> Problems:
    if not conditions:
        return [_problem("conditions", "Name at least one condition: what, who, by when.")]
    if len(conditions) > gate.max_conditions:
        return [_problem("conditions", f"At most {gate.max_conditions} conditions; hold it instead.")]
    last = day + timedelta(days=gate.max_condition_days)
    found: Problems = []
    for one in conditions:
        if not one.text.strip() or len(one.text) > 600:
            found.append(_problem("conditions", "A condition says what has to be true."))
        if one.owner_id not in people:
            found.append(_problem("conditions", f"“{one.text}” needs somebody who does it."))
        if not day < one.due_on <= last:
            words = f"“{one.text}” is due after today, at most {gate.max_condition_days} days from now."
            found.append(_problem("conditions", words))
        if one.consequence not in set(Consequence):
            found.append(_problem("conditions", f"“{one.text}”: else hold, recycle or kill review."))
    return found


def _problem(field_name: str, reason: str) -> dict[str, object]:
    return {"field": field_name, "reason": reason}


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal | Consequence) else value
