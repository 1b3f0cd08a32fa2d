"""Where things of one version go in another: by their stable key, or as a map says. Pure rules."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from ideaflow.gates.policy import LOCKED, State
from ideaflow.gates.process.definition import Definition

KINDS = ("stage", "gate", "criterion", "deliverable")
LEFT = ""  # What a map says of a key that has no place in the new version.


class Verdict(StrEnum):
    """Whether a proposal can move now."""

    CAN_MOVE = "can_move"
    NEEDS_MAP = "needs_map"
    IN_REVIEW = "in_review"
    AT_GATE = "at_gate"
    MOVED = "moved"

    @property
    def words(self) -> str:
        return {
            "can_move": "can move", "needs_map": "needs a map", "in_review": "is in review",
            "at_gate": "waits at its gate", "moved": "has moved",
        }[self.value]  # fmt: skip

    @property
    def plural(self) -> str:
        """Return the words for several of them."""
        return {
            "needs_map": "need a map", "in_review": "are in review",
            "at_gate": "wait at their gates", "moved": "have moved",
        }.get(self.value, self.words)  # fmt: skip

    @property
    def tone(self) -> str:
        return {"can_move": "go", "moved": "", "needs_map": "watch"}.get(self.value, "stop")


@dataclass(frozen=True)
class Stand:
    """Where a proposal stands and what it has: enough to say what a move does to it.

    :param deliverables: the status of each it has said something about, by key.
    :param criteria: the criteria its evidence speaks to.
    :param recycled: the gates that sent it back.
    """

    state: State
    stage: str
    deliverables: Mapping[str, str]
    criteria: frozenset[str] = frozenset()
    recycled: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Outcome:
    """What a move would do to one proposal.

    :param stage: the key of the stage it goes on in; empty when nobody said.
    :param blocks: what stands in the way, in words.
    :param notes: what one should know, in words.
    """

    verdict: Verdict
    stage: str
    blocks: tuple[str, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Maps:
    """The maps of a plan: old key to new key, or to nothing."""

    stage: Mapping[str, str]
    gate: Mapping[str, str]
    criterion: Mapping[str, str]
    deliverable: Mapping[str, str]

    def of(self, kind: str) -> Mapping[str, str]:
        """Return the map of stages, gates, criteria or deliverables."""
        return {"stage": self.stage, "gate": self.gate, "criterion": self.criterion}.get(
            kind, self.deliverable
        )

    def plain(self) -> dict[str, dict[str, str]]:
        """Return all four as values JSON can hold."""
        return {kind: dict(self.of(kind)) for kind in KINDS}


def names_of(definition: Definition, kind: str) -> dict[str, str]:
    """Return keys and names of one kind of thing, in the order of the process."""
    if kind == "stage":
        return {stage.key: stage.name for stage in definition.stages}
    if kind == "gate":
        return {gate.key: gate.name for gate in definition.gates}
    if kind == "deliverable":
        return {rule.key: rule.name for stage in definition.stages for rule in stage.deliverables}
    return {one.key: one.name for gate in definition.gates for one in (*gate.must, *gate.should)}


def goal_of(key: str, known: Mapping[str, str], said: Mapping[str, str]) -> str | None:
    """Return the new key of an old one: as the map says, else the same; None when nobody knows.

    >>> goal_of("a", {"a": "A"}, {}), goal_of("b", {"a": "A"}, {"b": "a"}), goal_of("c", {"a": "A"}, {})
    ('a', 'a', None)
    >>> goal_of("c", {"a": "A"}, {"c": ""})
    ''
    """
    if key in said:
        return said[key]
    return key if key in known else None


def homeless(before: Definition, after: Definition, kind: str) -> dict[str, str]:
    """Return keys and names of what the new version does not have under the same key."""
    known = names_of(after, kind)
    return {key: name for key, name in names_of(before, kind).items() if key not in known}


def outcome_of(before: Definition, after: Definition, maps: Maps, stand: Stand) -> Outcome:
    """Say what a move would do to a proposal."""
    stage = goal_of(stand.stage, names_of(after, "stage"), maps.stage) or ""
    notes = tuple(_notes(before, after, maps, stand, stage))
    if stand.state in LOCKED:
        gate = before.gate_after(stand.stage).name
        return Outcome(Verdict.IN_REVIEW, stage, (f"{gate} decides on it; it moves after that.",), notes)
    unmapped = tuple(_unmapped(before, after, maps, stand, stage))
    if unmapped:
        return Outcome(Verdict.NEEDS_MAP, stage, unmapped, notes)
    if stand.state is State.GATE_READY:
        missing = _newly_missing(after, maps, stand, stage)
        if missing:
            words = (
                f"It is handed to its gate, and the new version asks for {_listed(missing.values())} there."
            )
            return Outcome(Verdict.AT_GATE, stage, (f"{words} Take it back from the gate first.",), notes)
    return Outcome(Verdict.CAN_MOVE, stage, (), notes)


def problems_of(before: Definition, after: Definition, maps: Maps) -> list[dict[str, object]]:
    """Return what is wrong with the maps of a plan, one mapping with ``field`` and ``reason`` each."""
    found: list[dict[str, object]] = []
    for kind in KINDS:
        old, new = names_of(before, kind), names_of(after, kind)
        goals: dict[str, str] = {}
        for key, goal in maps.of(kind).items():
            field = f"{kind}-{key}"
            if key not in old:
                found.append({"field": field, "reason": f"The old version has no {kind} “{key}”."})
            elif goal and goal not in new:
                found.append({"field": field, "reason": f"The new version has no {kind} “{goal}”."})
            elif kind == "stage" and goal == LEFT:
                found.append({"field": field, "reason": f"{old[key]}: a proposal must stand in some stage."})
        if kind == "deliverable":
            for key in old:
                goal = goal_of(key, new, maps.deliverable) or ""
                if goal and goal in goals:
                    found.append({
                        "field": f"{kind}-{key}",
                        "reason": f"{old[key]} and {old[goals[goal]]} cannot both become {new[goal]}.",
                    })  # fmt: skip
                goals.setdefault(goal, key)
    return found


def moved_deliverables(after: Definition, maps: Maps, held: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    """Yield old and new key of each deliverable that gets another key."""
    known = names_of(after, "deliverable")
    for key in held:
        goal = goal_of(key, known, maps.deliverable)
        if goal and goal != key:
            yield key, goal


def still_ahead(before: Definition, stage: str) -> dict[str, set[str]]:
    """Return the keys that still matter to a proposal in ``stage``: of this stage and those after it.

    What was handed in, answered or counted in stages before is history, and stays under the key it had.
    """
    place = before.stage_keys.index(stage)
    stages, gates = before.stages[place:], before.gates[place:]
    return {
        "deliverable": {rule.key for one in stages for rule in one.deliverables},
        "criterion": {one.key for gate in gates for one in (*gate.must, *gate.should)},
        "gate": {gate.key for gate in gates},
    }


def _unmapped(before: Definition, after: Definition, maps: Maps, stand: Stand, stage: str) -> Iterable[str]:
    if not stage:
        yield f"It stands in {before.stage(stand.stage).name}, which the new version does not have."
    ahead = still_ahead(before, stand.stage)
    names, known = names_of(before, "deliverable"), names_of(after, "deliverable")
    for key, status in stand.deliverables.items():
        if status != "open" and key in ahead["deliverable"] and goal_of(key, known, maps.deliverable) is None:
            yield f"“{names[key]}” is {status} and has no place in the new version."
    for key, goal in moved_deliverables(after, maps, stand.deliverables):
        if goal in stand.deliverables and goal_of(goal, known, maps.deliverable) == goal:
            yield f"“{names.get(key, key)}” would become “{known[goal]}”, of which something is said already."
    names, known = names_of(before, "criterion"), names_of(after, "criterion")
    for key in sorted(stand.criteria & ahead["criterion"]):
        if goal_of(key, known, maps.criterion) is None:
            yield f"Evidence speaks to “{names[key]}”, which the new version does not ask."
    names, known = names_of(before, "gate"), names_of(after, "gate")
    for key in sorted(stand.recycled & ahead["gate"]):
        if goal_of(key, known, maps.gate) is None:
            yield f"{names[key]} sent it back once; the new version has no such gate to count on."


def _notes(before: Definition, after: Definition, maps: Maps, stand: Stand, stage: str) -> Iterable[str]:
    if not stage:
        return
    was, now = before.stage(stand.stage), after.stage(stage)
    if was.name != now.name:
        yield f"goes on in {now.name}"
    place_was, place_now = before.stage_keys.index(stand.stage), after.stage_keys.index(stage)
    skipped = [key for key in after.stage_keys[:place_now] if key not in before.stage_keys[: place_was + 1]]
    if skipped:
        yield f"does not go through {_listed(after.stage(key).name for key in skipped)}"
    missing = _newly_missing(after, maps, stand, stage)
    had = {rule.key for rule in was.deliverables}
    fresh = [name for key, name in missing.items() if key not in had]
    if fresh:
        yield f"owes {_listed(fresh)} as well"
    ahead = still_ahead(before, stand.stage)["deliverable"] & set(stand.deliverables)
    left = [key for key, goal in maps.deliverable.items() if goal == LEFT and key in ahead]
    if left:
        yield f"leaves {_listed(names_of(before, 'deliverable').get(key, key) for key in left)} behind"


def _newly_missing(after: Definition, maps: Maps, stand: Stand, stage: str) -> dict[str, str]:
    known = names_of(after, "deliverable")
    held = {
        goal: status
        for key, status in stand.deliverables.items()
        if (goal := goal_of(key, known, maps.deliverable))
    }
    return {
        rule.key: rule.name
        for rule in after.stage(stage).deliverables
        if rule.is_required and held.get(rule.key, "open") == "open"
    }


def _listed(names: Iterable[str]) -> str:
    listed: Sequence[str] = list(names)
    return " and ".join([", ".join(listed[:-1]), listed[-1]]) if len(listed) > 1 else "".join(listed)
