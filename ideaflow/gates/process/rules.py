"""What a process must be before it can be published: said in words, each with the place to mend it.

Pure. A draft may be saved and reviewed with any of these open; only publishing refuses.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ideaflow.gates.process import editing, functions
from ideaflow.gates.process.editing import modern


@dataclass(frozen=True)
class Want:
    """One thing missing or wrong.

    :param part: where to mend it: ``process``, ``stage:scoping``, ``gate:gate_2``.
    """

    part: str
    words: str


@dataclass(frozen=True)
class History:
    """What keys have meant in the versions published so far.

    :param retired: kind and key of what the newest version has no more, with the name it had.
    :param kinds: what each criterion was: must or should.
    """

    retired: Mapping[tuple[str, str], str] = field(default_factory=dict)
    kinds: Mapping[str, str] = field(default_factory=dict)


def history_of(versions: Sequence[Mapping[str, Any]]) -> History:
    """Return what keys have meant, from the published documents, oldest first."""
    known: dict[tuple[str, str], str] = {}
    kinds: dict[str, str] = {}
    for document in versions:
        known.update(_names(document))
        kinds.update({one["key"]: one["kind"] for one in document["criteria"]})
    newest = _names(versions[-1]) if versions else {}
    return History({place: name for place, name in known.items() if place not in newest}, kinds)


def wants_of(document: Mapping[str, Any], history: History | None = None) -> list[Want]:
    """Return everything that keeps a draft from being published, in the order of the process."""
    plain = modern(document)
    found = [*_process(plain), *_keys(plain)]
    for number, stage in enumerate(plain["stages"]):
        found += _stage(stage)
        if number < len(plain["gates"]):
            gate = plain["gates"][number]
            following = plain["stages"][number + 1]["key"] if number + 1 < len(plain["stages"]) else None
            found += _gate(gate, stage["key"], following, plain)
    found += _history(plain, history or History())
    return found


def unbound_steps(document: Mapping[str, Any]) -> int:
    """Return how many steps have no function yet."""
    steps = [step for stage in modern(document)["stages"] for step in stage["activities"]]
    return sum(not functions.is_known(step["function"]) for step in steps)


def _process(document: Mapping[str, Any]) -> Iterable[Want]:
    if not document["purpose"].strip():
        yield Want("process", "Say what the process is for.")
    if not document["stages"]:
        yield Want("process", "A process needs at least one stage.")
    if len(document["stages"]) != len(document["gates"]):
        yield Want(
            "process",
            f"Each stage needs one gate after it: {len(document['stages'])} stages,"
            f" {len(document['gates'])} gates.",
        )


def _keys(document: Mapping[str, Any]) -> Iterable[Want]:
    for what, rows in _kinds(document):
        for key, count in Counter(key for key, _ in rows).items():
            if count > 1:
                yield Want("process", f"The {what} key “{key}” stands for {count} different things.")


def _stage(stage: Mapping[str, Any]) -> Iterable[Want]:
    part, name = f"stage:{stage['key']}", stage["name"]
    for field_name, words in (
        ("purpose", "say what it is for"),
        ("outcome", "say what is there when it is over"),
    ):
        if not stage[field_name].strip():
            yield Want(part, f"{name}: {words}.")
    if not stage["roles"]:
        yield Want(part, f"{name}: say who works in it.")
    days = stage["target_days"]
    if days["p50"] > days["p85"]:
        yield Want(part, f"{name}: half in {days['p50']} days, but most in {days['p85']}; most takes longer.")
    for step in stage["activities"]:
        if not functions.is_known(step["function"]):
            yield Want(part, f"{name}: no function is bound to “{step['name']}”.")


def _gate(
    gate: Mapping[str, Any], stage: str, following: str | None, document: Mapping[str, Any]
) -> Iterable[Want]:
    part, name = f"gate:{gate['key']}", gate["name"]
    if gate["after"] != stage or gate["before"] != following:
        goal = f"and before “{following}”" if following else "as the last one, before the market"
        yield Want(part, f"{name}: it must stand after “{stage}” {goal}.")
    for field_name, words in (
        ("purpose", "say what it is for"), ("question", "say what it asks"), ("outcome", "say what it gives"),
    ):  # fmt: skip
        if not gate[field_name].strip():
            yield Want(part, f"{name}: {words}.")
    if not gate["roles"]:
        yield Want(part, f"{name}: say who decides.")
    yield from _criteria(gate, part, {one["key"]: one for one in document["criteria"]})
    if "kill" not in gate["decisions"]:
        yield Want(part, f"{name}: a gate that cannot kill has no teeth; let it decide “kill”.")
    if "go" not in gate["decisions"]:
        yield Want(part, f"{name}: nothing can pass; let it decide “go”.")
    if following is None and "conditional_go" in gate["decisions"]:
        yield Want(part, f"{name}: the last gate takes no conditions; take “conditional go” away.")
    if ("conditional_go" in gate["decisions"]) != gate["conditional"]["allowed"] and following is not None:
        yield Want(part, f"{name}: “conditional go” and the number of conditions do not fit.")


def _criteria(gate: Mapping[str, Any], part: str, known: Mapping[str, Mapping[str, Any]]) -> Iterable[Want]:
    name = gate["name"]
    asked = [*gate["must"], *(one["criterion"] for one in gate["should"])]
    for key, count in Counter(asked).items():
        if count > 1:
            yield Want(part, f"{name}: it asks “{known.get(key, {}).get('name', key)}” {count} times.")
    for kind, keys in (("must", gate["must"]), ("should", [one["criterion"] for one in gate["should"]])):
        for key in keys:
            if key not in known or known[key]["kind"] != kind:
                yield Want(part, f"{name}: there is no {kind}-meet criterion “{key}”.")
    total = sum(one["weight"] for one in gate["should"])
    if not gate["should"]:
        yield Want(part, f"{name}: it scores nothing. Give it a scored criterion; the weights add up to 100.")
    elif total != 100:
        yield Want(part, f"{name}: the weights add up to {total}, not to 100.")
    for one in gate["should"]:
        criterion = known.get(one["criterion"])
        if criterion is None:
            continue
        open_ends = [points for points in ("0", "10") if not criterion["anchors"].get(points, "").strip()]
        if open_ends:
            yield Want(
                part, f"{name}: say what {' and '.join(open_ends)} points mean for “{criterion['name']}”."
            )


def _history(document: Mapping[str, Any], history: History) -> Iterable[Want]:
    for (what, key), name in _names(document).items():
        before = history.retired.get((what, key))
        if before is not None and _meaning(before) != _meaning(name):
            yield Want(
                "process",
                f"The {what} key “{key}” meant “{before}” in an earlier version;"
                f" give “{name}” a key of its own.",
            )
    for one in document["criteria"]:
        if history.kinds.get(one["key"], one["kind"]) != one["kind"]:
            yield Want(
                "process",
                f"“{one['name']}” was a {history.kinds[one['key']]}-meet criterion in an earlier version;"
                " a key keeps its meaning, so add a new criterion.",
            )


def _meaning(name: str) -> str:
    # “Gate 3” says where a gate stands, which changes with every stage put before it.
    return "gate" if editing.NUMBERED.fullmatch(name) else name.strip().lower()


def _kinds(document: Mapping[str, Any]) -> Iterable[tuple[str, list[tuple[str, str]]]]:
    stages = document["stages"]
    yield "stage", [(one["key"], one["name"]) for one in stages]
    yield "gate", [(one["key"], one["name"]) for one in document["gates"]]
    yield "criterion", [(one["key"], one["name"]) for one in document["criteria"]]
    yield "deliverable", [(one["key"], one["name"]) for stage in stages for one in stage["deliverables"]]
    yield "step", [(one["key"], one["name"]) for stage in stages for one in stage["activities"]]


def _names(document: Mapping[str, Any]) -> dict[tuple[str, str], str]:
    return {(what, key): name for what, rows in _kinds(modern(document)) for key, name in rows}
