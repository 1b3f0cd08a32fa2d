"""A process as data: stages, gates and criteria read from JSON, checked, and hashed. Pure rules."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

from ideaflow.errors import Invalid
from ideaflow.gates.policy import Decision


@dataclass(frozen=True)
class DeliverableRule:
    """What must lie on the table at the gate after a stage."""

    key: str
    name: str
    hint: str
    is_required: bool
    can_be_waived: bool


@dataclass(frozen=True)
class Step:
    """Something to do in a stage, by whom, and the function it is done with (empty: none bound)."""

    key: str
    name: str
    role: str = ""
    function: str = ""


@dataclass(frozen=True)
class Stage:
    """Work between two gates; days are calendar days, the median and the 85th percentile aimed at."""

    key: str
    name: str
    purpose: str
    days_p50: int
    days_p85: int
    wip_limit: int
    activities: tuple[str, ...]
    deliverables: tuple[DeliverableRule, ...]
    steps: tuple[Step, ...] = ()
    roles: tuple[str, ...] = ()
    outcome: str = ""


@dataclass(frozen=True)
class Criterion:
    """A question at a gate: must-meet (yes or not) or should-meet (0–10, with anchors).

    ``auto`` holds conditions on facts, all of which must hold; empty when people answer.
    """

    key: str
    kind: str
    name: str
    question: str
    anchors: Mapping[str, str]
    auto: tuple[Mapping[str, Any], ...]
    can_be_condition: bool

    @property
    def is_must(self) -> bool:
        return self.kind == "must"


@dataclass(frozen=True)
class Quorum:
    """How many scorecards a gate needs: a number and a share of those who may score."""

    min_count: int
    min_fraction: float
    mandatory_roles: tuple[str, ...] = ()


@dataclass(frozen=True)
class Gate:
    """Where a decision is due: after one stage, before another (None: before the market)."""

    key: str
    number: int
    name: str
    after: str
    before: str | None
    purpose: str
    question: str
    decisions: tuple[Decision, ...]
    must: tuple[Criterion, ...]
    should: tuple[Criterion, ...]
    weights: Mapping[str, int]
    pass_score: float
    floor: float
    quorum: Quorum
    deadline_days: int
    allows_conditions: bool
    max_conditions: int
    max_condition_days: int
    max_recycles: int
    vote_rule: str = "majority"
    roles: tuple[str, ...] = ()
    outcome: str = ""
    signatures: tuple[str, ...] = ("decides",)  # What each signature under a decision means.
    signature_days: int = 7
    allows_deputies: bool = True

    @property
    def is_final(self) -> bool:
        return self.before is None

    @property
    def manual_must(self) -> tuple[Criterion, ...]:
        """Return the must-meet criteria people answer; the others are filled from evidence."""
        return tuple(criterion for criterion in self.must if not criterion.auto)


@dataclass(frozen=True)
class Definition:
    """Stages and gates in their order."""

    key: str
    name: str
    purpose: str
    stages: tuple[Stage, ...]
    gates: tuple[Gate, ...]
    object_types: tuple[str, ...] = ()  # The types of proposals it is meant for; none named: all.

    @cached_property
    def stage_keys(self) -> tuple[str, ...]:
        return tuple(stage.key for stage in self.stages)

    def stage(self, key: str) -> Stage:
        """Return a stage by its key.

        :raises KeyError: the process has no such stage.
        """
        return next((stage for stage in self.stages if stage.key == key), None) or _missing(key)

    def gate(self, key: str) -> Gate:
        """Return a gate by its key.

        :raises KeyError: the process has no such gate.
        """
        return next((gate for gate in self.gates if gate.key == key), None) or _missing(key)

    def gate_after(self, stage_key: str) -> Gate:
        """Return the gate at the end of a stage."""
        return next((gate for gate in self.gates if gate.after == stage_key), None) or _missing(stage_key)

    def stages_up_to(self, key: str) -> tuple[Stage, ...]:
        """Return the stages from the first to ``key``, where recycling may lead back to."""
        return self.stages[: self.stage_keys.index(key) + 1]


def canonical(document: Mapping[str, Any]) -> str:
    """Return JSON that is the same for the same content: keys sorted, no spaces, no escapes.

    >>> canonical({"b": 1, "a": "é"})
    '{"a":"é","b":1}'
    """
    return json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def digest(content: str) -> str:
    """Return the SHA-256 of a text in UTF-8, as 64 hexadecimal digits."""
    return hashlib.sha256(content.encode()).hexdigest()


def digest_of_bytes(content: bytes) -> str:
    """Return the SHA-256 of a file, as 64 hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()


@lru_cache(maxsize=32)
def read(content: str) -> Definition:
    """Read a definition from its JSON text; read once, as published texts never change.

    :raises Invalid: something in it cannot work; names every fault.
    """
    document = json.loads(content)
    faults = list(_faults(document))
    if faults:
        raise Invalid("The process definition cannot be used. " + " ".join(faults))
    criteria = {entry["key"]: _criterion(entry) for entry in document["criteria"]}
    return Definition(
        document["key"],
        document["name"],
        document["purpose"],
        tuple(_stage(entry) for entry in document["stages"]),
        tuple(_gate(entry, criteria) for entry in document["gates"]),
        tuple(document.get("object_types", ())),
    )


def _stage(entry: Mapping[str, Any]) -> Stage:
    deliverables = tuple(
        DeliverableRule(one["key"], one["name"], one["hint"], one["required"], one["waivable"])
        for one in entry["deliverables"]
    )
    days = entry["target_days"]
    steps = tuple(_step(one) for one in entry["activities"])
    return Stage(
        entry["key"], entry["name"], entry["purpose"], days["p50"], days["p85"], entry["wip_limit"],
        tuple(step.name for step in steps), deliverables, steps,
        tuple(entry.get("roles", ())), entry.get("outcome", ""),
    )  # fmt: skip


def _step(entry: str | Mapping[str, Any]) -> Step:
    # A process of the first days says only what to do.
    if isinstance(entry, str):
        return Step(entry, entry)
    return Step(entry["key"], entry["name"], entry.get("role", ""), entry.get("function", ""))


def _criterion(entry: Mapping[str, Any]) -> Criterion:
    return Criterion(
        entry["key"], entry["kind"], entry["name"], entry["question"], entry.get("anchors", {}),
        tuple(entry.get("auto", ())), bool(entry.get("conditionable")),
    )  # fmt: skip


def _gate(entry: Mapping[str, Any], criteria: Mapping[str, Criterion]) -> Gate:
    conditional, quorum = entry["conditional"], entry["quorum"]
    return Gate(
        key=entry["key"],
        number=entry["number"],
        name=entry["name"],
        after=entry["after"],
        before=entry["before"],
        purpose=entry["purpose"],
        question=entry["question"],
        decisions=tuple(Decision(word) for word in entry["decisions"]),
        must=tuple(criteria[key] for key in entry["must"]),
        should=tuple(criteria[one["criterion"]] for one in entry["should"]),
        weights={one["criterion"]: one["weight"] for one in entry["should"]},
        pass_score=entry["pass_score"],
        floor=entry["floor"],
        quorum=Quorum(quorum["min_count"], quorum["min_fraction"], tuple(quorum.get("mandatory_roles", ()))),
        deadline_days=entry["deadline_days"],
        allows_conditions=conditional["allowed"],
        max_conditions=conditional["max_conditions"],
        max_condition_days=conditional["max_days"],
        max_recycles=entry["max_recycles"],
        vote_rule=entry.get("vote_rule", "majority"),
        roles=tuple(entry.get("roles", ())),
        outcome=entry.get("outcome", ""),
        signatures=tuple(one["meaning"] for one in entry.get("signatures", ())) or ("decides",),
        signature_days=entry.get("signature_days", 7),
        allows_deputies=entry.get("deputy_allowed", True),
    )


def _faults(document: Mapping[str, Any]) -> Iterable[str]:
    kinds = {entry["key"]: entry["kind"] for entry in document["criteria"]}
    stages = [entry["key"] for entry in document["stages"]]
    for name, keys in (
        ("stage", stages),
        ("gate", [gate["key"] for gate in document["gates"]]),
        ("criterion", [entry["key"] for entry in document["criteria"]]),
        ("deliverable", [one["key"] for entry in document["stages"] for one in entry["deliverables"]]),
    ):
        for key in sorted({key for key in keys if keys.count(key) > 1}):
            yield f"The {name} “{key}” is there twice."
    if [gate["after"] for gate in document["gates"]] != stages:
        yield "Each stage needs one gate after it, in the same order."
    if [gate["before"] for gate in document["gates"]] != [*stages[1:], None]:
        yield "Each gate must lead to the next stage, the last one to the market."
    for gate in document["gates"]:
        yield from _gate_faults(gate, kinds)


def _gate_faults(gate: Mapping[str, Any], kinds: Mapping[str, str]) -> Iterable[str]:
    name = gate["name"]
    for key in gate["must"]:
        if kinds.get(key) != "must":
            yield f"{name}: there is no must-meet criterion “{key}”."
    for one in gate["should"]:
        if kinds.get(one["criterion"]) != "should":
            yield f"{name}: there is no scored criterion “{one['criterion']}”."
    total = sum(one["weight"] for one in gate["should"])
    if total != 100:
        yield f"{name}: the weights add up to {total}, not to 100."
    unknown = sorted(set(gate["decisions"]) - set(Decision))
    if unknown:
        yield f"{name}: no such decision: {', '.join(unknown)}."
    if gate["before"] is None and "conditional_go" in gate["decisions"]:
        yield f"{name}: the last gate takes no conditions."


def _missing(key: str) -> Any:
    raise KeyError(key)
