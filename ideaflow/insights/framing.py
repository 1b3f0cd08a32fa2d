"""The stages and gates of several process versions in one order. Pure."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ideaflow.gates.process.definition import Definition
from ideaflow.gates.process.functions import FUNCTIONS
from ideaflow.insights.terms import Frame, GateWord, StageWord, Step

DEVELOPMENT = "development"
LATE_NUMBER = 4
NOBODY = "Nobody named"
UNBOUND = "not bound"


def frame_of(versions: Sequence[tuple[str, Definition, Mapping[str, Any]]]) -> Frame:
    """Return stages and gates by their keys, each named as in the first version that has it.

    A key is one thing in every process, whatever each calls it; the other names are kept beside the first.
    A key that only a later version knows stands after the one it follows there.

    :param versions: (key of the process, definition, its document), the one that names things first.
    """
    stages: list[StageWord] = []
    gates: list[GateWord] = []
    places: dict[tuple[str, str], int] = {}
    steps: dict[tuple[str, str], tuple[Step, ...]] = {}
    late = {key for _, content, document in versions for key in late_gates(content, document)}
    called = _names(versions)
    for process, content, _ in versions:
        before = before_gate = -1
        for stage in content.stages:
            keys = [one.key for one in stages]
            if stage.key not in keys:
                others = called("stages", stage.key, stage.name)
                word = StageWord(stage.key, stage.name, stage.days_p50, stage.days_p85, stage.roles, others)
                stages.insert(before + 1, word)
                keys.insert(before + 1, stage.key)
            before = keys.index(stage.key)
            places.setdefault((process, stage.key), stage.wip_limit)
            steps.setdefault((process, stage.key), tuple(map(_step, stage.steps)))
        for gate in content.gates:
            keys = [one.key for one in gates]
            if gate.key not in keys:
                others = called("gates", gate.key, gate.name)
                gate_word = GateWord(gate.key, gate.name, gate.key in late, _asks(gate.purpose), others)
                gates.insert(before_gate + 1, gate_word)
                keys.insert(before_gate + 1, gate.key)
            before_gate = keys.index(gate.key)
    return Frame(tuple(stages), tuple(gates), places, steps)


def _names(
    versions: Sequence[tuple[str, Definition, Mapping[str, Any]]],
) -> Callable[[str, str, str], tuple[str, ...]]:
    """Return a function that says what processes call a key, other than by one name."""
    found: dict[tuple[str, str], dict[str, list[str]]] = {}
    seen: set[tuple[str, str, str]] = set()
    for process, content, _ in versions:
        for kind, listed in (("stages", content.stages), ("gates", content.gates)):
            for one in listed:
                if (process, kind, one.key) not in seen:
                    seen.add((process, kind, one.key))
                    found.setdefault((kind, one.key), {}).setdefault(one.name, []).append(content.name)

    def called(kind: str, key: str, name: str) -> tuple[str, ...]:
        others = found[kind, key].items()
        return tuple(f"{other} in {' and '.join(where)}" for other, where in others if other != name)

    return called


def _step(step: Any) -> Step:
    how = FUNCTIONS.get(step.function)
    return Step(step.name, step.role or NOBODY, how.words.lower() if how else UNBOUND)


def _asks(purpose: str) -> str:
    """Return the question a gate decides, without what is said about it."""
    question, mark, _ = purpose.partition("?")
    return question + mark


def late_gates(content: Definition, document: Mapping[str, Any]) -> list[str]:
    """Return the gates at and after the end of development; without one, from the fourth on."""
    kinds = [stage.get("kind") for stage in document.get("stages", ())]
    if DEVELOPMENT in kinds:
        return [gate.key for gate in content.gates[kinds.index(DEVELOPMENT) :]]
    return [gate.key for gate in content.gates if gate.number >= LATE_NUMBER]
