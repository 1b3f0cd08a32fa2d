"""How a draft of a process changes: each function takes a document and returns a new one. Pure.

Keys are made once, from the first name, and never change afterwards; names are display only.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from copy import deepcopy
from typing import Any

from ideaflow.errors import NotFound

Document = dict[str, Any]
NUMBERED = re.compile(r"Gate \d+")
NEW_GATE: Mapping[str, Any] = {
    "purpose": "", "question": "", "outcome": "", "roles": ["Gatekeepers"],
    "decisions": ["go", "conditional_go", "hold", "recycle", "kill"],
    "must": [], "should": [], "pass_score": 60, "floor": 3,
    "quorum": {"min_count": 1, "min_fraction": 0.5, "mandatory_roles": []},
    "vote_rule": "majority", "blind_scoring": True, "deadline_days": 14, "deputy_allowed": True,
    "conditional": {"allowed": True, "max_conditions": 3, "max_days": 60}, "max_recycles": 2,
}  # fmt: skip


def modern(document: Mapping[str, Any]) -> Document:
    """Return a document with everything the editor speaks of, empty where an older one says nothing."""
    plain = deepcopy(dict(document))
    plain.setdefault("object_types", [])
    taken: set[str] = {
        step["key"] for stage in plain["stages"] for step in stage["activities"] if isinstance(step, dict)
    }
    for stage in plain["stages"]:
        stage.setdefault("roles", [])
        stage.setdefault("outcome", "")
        stage["activities"] = [_step(one, taken) for one in stage["activities"]]
    for gate in plain["gates"]:
        gate.setdefault("roles", [])
        gate.setdefault("outcome", "")
        gate.setdefault("vote_rule", "majority")
        gate.setdefault("signatures", [])
        gate.setdefault("signature_days", 7)
        gate.setdefault("deputy_allowed", True)
        gate["quorum"].setdefault("mandatory_roles", [])
    for criterion in plain["criteria"]:
        criterion.setdefault("conditionable", False)
        criterion.setdefault("anchors", {})
        criterion.setdefault("auto", [])
    return plain


FIRST_STAGE = "First stage"


def new_process(key: str, name: str) -> Document:
    """Return the draft of a process that has one stage and its gate, to begin with."""
    empty: Document = {
        "key": key, "name": name, "purpose": "", "object_types": [], "stages": [], "gates": [],
        "criteria": [],
    }  # fmt: skip
    return add_stage(empty, FIRST_STAGE, frozenset())


def slug(name: str) -> str:
    """Return a key for a name: small letters, digits and _.

    >>> slug("Legal & data protection"), slug("Prüfung"), slug("第一")
    ('legal_data_protection', 'prufung', 'entry')
    """
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    key = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[:50]
    return key if key[:1].isalpha() else f"entry_{key}".strip("_")


def fresh_key(name: str, taken: Iterable[str]) -> str:
    """Return a key for a name that nothing has, or ever had.

    >>> fresh_key("Scoping", {"scoping"})
    'scoping_2'
    """
    known, key, number = set(taken), slug(name), 1
    while (made := key if number == 1 else f"{key}_{number}") in known:
        number += 1
    return made


def add_stage(document: Document, name: str, reserved: Iterable[str], after: str = "") -> Document:
    """Add a stage with its gate behind ``after``; at the end when nothing is named.

    :param reserved: stage and gate keys of earlier versions, which stand for what they stood for then.
    """
    plain = modern(document)
    keys = [stage["key"] for stage in plain["stages"]]
    taken = {*reserved, *keys, *(gate["key"] for gate in plain["gates"])}
    key = fresh_key(name, taken)
    gate_key = fresh_key(f"gate {name}", {*taken, key})
    place = keys.index(after) + 1 if after in keys else len(keys)
    plain["stages"].insert(place, {
        "key": key, "kind": "work", "name": name, "purpose": "", "outcome": "", "roles": [],
        "target_days": {"p50": 14, "p85": 30}, "wip_limit": 5, "loops_min": 0, "activities": [],
        "deliverables": [], "bindings": [],
    })  # fmt: skip
    plain["gates"].insert(place, {"key": gate_key, "name": "Gate 0", **deepcopy(dict(NEW_GATE))})
    return _joined(plain)


def remove_stage(document: Document, key: str) -> Document:
    """Remove a stage, its gate, and the criteria that no other gate asks.

    :raises NotFound: there is no such stage.
    """
    plain = modern(document)
    place = _place(plain["stages"], key, "stage")
    del plain["stages"][place]
    del plain["gates"][place : place + 1]
    return without_unasked(_joined(plain))


def move_stage(document: Document, key: str, steps: int) -> Document:
    """Move a stage with its gate by so many places; the ends hold it.

    :raises NotFound: there is no such stage.
    """
    plain = modern(document)
    place = _place(plain["stages"], key, "stage")
    goal = min(max(place + steps, 0), len(plain["stages"]) - 1)
    for rows in (plain["stages"], plain["gates"]):
        rows.insert(goal, rows.pop(place))
    return _joined(plain)


def set_process(document: Document, values: Mapping[str, Any]) -> Document:
    """Say what the process is called and for, and which types of proposals it takes."""
    return {**modern(document), **values}


def set_stage(document: Document, key: str, values: Mapping[str, Any]) -> Document:
    """Say what a stage is.

    :raises NotFound: there is no such stage.
    """
    plain = modern(document)
    plain["stages"][_place(plain["stages"], key, "stage")].update(deepcopy(dict(values)))
    return plain


def settle_key(document: Document, key: str, reserved: Iterable[str]) -> Document:
    """Give the stage that a new process began with, and its gate, the keys of the name it got since.

    A key stands for one thing in every process; “first_stage” would be another thing in each.
    """
    plain = modern(document)
    place = _place(plain["stages"], key, "stage")
    stage, gate = plain["stages"][place], plain["gates"][place]
    if key != slug(FIRST_STAGE) or stage["name"] == FIRST_STAGE:
        return plain
    taken = {*reserved, *(one["key"] for one in (*plain["stages"], *plain["gates"]))}
    stage["key"] = fresh_key(stage["name"], taken)
    gate["key"] = fresh_key(f"gate {stage['name']}", {*taken, stage["key"]})
    return _joined(plain)


def set_gate(
    document: Document, key: str, values: Mapping[str, Any], criteria: Iterable[Mapping[str, Any]] = ()
) -> Document:
    """Say what a gate is and asks; ``criteria`` are written into the list all gates share.

    :raises NotFound: there is no such gate.
    """
    plain = modern(document)
    plain["gates"][_place(plain["gates"], key, "gate")].update(deepcopy(dict(values)))
    known = {one["key"]: one for one in plain["criteria"]}
    for criterion in criteria:
        known[criterion["key"]] = {**known.get(criterion["key"], {}), **deepcopy(dict(criterion))}
    plain["criteria"] = list(known.values())
    return without_unasked(plain)


def without_unasked(document: Document) -> Document:
    """Drop the criteria that no gate asks."""
    asked = {key for gate in document["gates"] for key in gate["must"]}
    asked |= {one["criterion"] for gate in document["gates"] for one in gate["should"]}
    document["criteria"] = [one for one in document["criteria"] if one["key"] in asked]
    return document


def _joined(document: Document) -> Document:
    """Put each gate between its stage and the next, number them, and close the last one to conditions."""
    stages = [stage["key"] for stage in document["stages"]]
    for place, gate in enumerate(document["gates"]):
        is_last = place + 1 >= len(stages)
        gate["number"] = place + 1
        gate["after"] = stages[place] if place < len(stages) else gate.get("after", "")
        gate["before"] = None if is_last else stages[place + 1]
        gate["is_final"] = is_last
        if NUMBERED.fullmatch(gate["name"]):
            gate["name"] = f"Gate {place + 1}"
        if is_last:
            gate["decisions"] = [one for one in gate["decisions"] if one != "conditional_go"]
            gate["conditional"]["allowed"] = False
    return document


def _step(entry: str | Mapping[str, Any], taken: set[str]) -> dict[str, Any]:
    if isinstance(entry, str):
        key = fresh_key(entry, taken)
        taken.add(key)
        return {"key": key, "name": entry, "role": "", "function": ""}
    return {"role": "", "function": "", **entry}


def _place(rows: list[dict[str, Any]], key: str, what: str) -> int:
    for place, row in enumerate(rows):
        if row["key"] == key:
            return place
    raise NotFound(f"The draft has no {what} “{key}” any more. Open the draft anew to see what it holds.")
