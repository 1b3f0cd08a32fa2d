"""The stages and gates of several process versions in one order. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any

from ideaflow.gates.process.definition import Definition
from ideaflow.insights.terms import Frame, GateWord, StageWord

DEVELOPMENT = "development"
LATE_NUMBER = 4


def frame_of(versions: Sequence[tuple[str, Definition, Mapping[str, Any]]]) -> Frame:
    """Return stages and gates by their keys, each named as in the first version that has it.

    A key that only a later version knows stands after the one it follows there.

    :param versions: (key of the process, definition, its document), the one that names things first.
    """
    stages: list[StageWord] = []
    gates: list[GateWord] = []
    places: dict[tuple[str, str], int] = {}
    late = {key for _, content, document in versions for key in late_gates(content, document)}
    for process, content, _ in versions:
        before = before_gate = -1
        for stage in content.stages:
            keys = [one.key for one in stages]
            if stage.key not in keys:
                word = StageWord(stage.key, stage.name, stage.days_p50, stage.days_p85, stage.roles)
                stages.insert(before + 1, word)
                keys.insert(before + 1, stage.key)
            before = keys.index(stage.key)
            places.setdefault((process, stage.key), stage.wip_limit)
        for gate in content.gates:
            keys = [one.key for one in gates]
            if gate.key not in keys:
                gates.insert(before_gate + 1, GateWord(gate.key, gate.name, gate.key in late))
                keys.insert(before_gate + 1, gate.key)
            before_gate = keys.index(gate.key)
    return Frame(tuple(stages), tuple(gates), places)


def late_gates(content: Definition, document: Mapping[str, Any]) -> list[str]:
    """Return the gates at and after the end of development; without one, from the fourth on."""
    kinds = [stage.get("kind") for stage in document.get("stages", ())]
    if DEVELOPMENT in kinds:
        return [gate.key for gate in content.gates[kinds.index(DEVELOPMENT) :]]
    return [gate.key for gate in content.gates if gate.number >= LATE_NUMBER]
