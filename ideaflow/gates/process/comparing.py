"""What changed from one version of a process to another, in words. Matched by key, never by name."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ideaflow.gates.process import functions
from ideaflow.gates.process.editing import modern
from ideaflow.wording import THIN

ADDED, REMOVED, CHANGED = "added", "removed", "changed"
STAGE_FIELDS = {
    "name": "name", "purpose": "purpose", "outcome": "outcome", "roles": "roles",
    "target_days": "days aimed at", "wip_limit": "proposals at a time", "loops_min": "loops with customers",
}  # fmt: skip
GATE_FIELDS = {
    "name": "name", "purpose": "purpose", "question": "question", "outcome": "outcome", "roles": "roles",
    "decisions": "decisions", "pass_score": "pass score", "floor": "floor of a criterion",
    "quorum": "quorum", "vote_rule": "vote rule", "signatures": "signatures",
    "signature_days": "days to sign", "deputy_allowed": "deputies may step in",
    "deadline_days": "days to decide",
    "conditional": "conditions", "max_recycles": "times sent back",
}  # fmt: skip
CRITERION_FIELDS = {
    "name": "name", "question": "question", "anchors": "anchors", "auto": "filled from evidence",
    "conditionable": "may be a condition",
}  # fmt: skip
DELIVERABLE_FIELDS = {"name": "name", "hint": "hint", "required": "required", "waivable": "may be waived"}
STEP_FIELDS = {"name": "name", "role": "who does it", "function": "function"}


@dataclass(frozen=True)
class Change:
    """One thing added, removed or changed.

    :param what: stage, gate, criterion, deliverable, step, order, process.
    :param where: the stage or gate it belongs to; empty for the whole.
    :param details: field, what was, what is.
    """

    kind: str
    what: str
    key: str
    name: str
    where: str = ""
    details: tuple[tuple[str, str, str], ...] = ()

    @property
    def words(self) -> str:
        """Return it in a line: “Deliverable “Concept test” added to Business case”."""
        place = f" {'to' if self.kind == ADDED else 'from' if self.kind == REMOVED else 'in'} {self.where}"
        return f"{self.what.capitalize()} “{self.name}” {self.kind}{place if self.where else ''}"

    @property
    def tone(self) -> str:
        return {ADDED: "go", REMOVED: "stop"}.get(self.kind, "watch")


def changes_between(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Change]:
    """Return every change, the whole first, then in the order of the process."""
    old, new = modern(before), modern(after)
    found = [*_whole(old, new), *_stages(old, new), *_gates(old, new)]
    found += _rows("criterion", old["criteria"], new["criteria"], CRITERION_FIELDS)
    return found


def count_words(changes: Sequence[Change]) -> str:
    """Say how many: “2 added, 1 changed”.

    >>> count_words([])
    'nothing changed'
    """
    counts = [(kind, sum(one.kind == kind for one in changes)) for kind in (ADDED, REMOVED, CHANGED)]
    return ", ".join(f"{count} {kind}" for kind, count in counts if count) or "nothing changed"


def _whole(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterable[Change]:
    details = _details(old, new, {"name": "name", "purpose": "purpose", "object_types": "types it takes"})
    if details:
        yield Change(CHANGED, "process", new["key"], new["name"], details=details)
    was, now = ([one["key"] for one in plain["stages"]] for plain in (old, new))
    order = [[key for key in keys if key in set(was) & set(now)] for keys in (was, now)]
    if order[0] != order[1]:
        names = {one["key"]: one["name"] for one in (*old["stages"], *new["stages"])}
        told = [", ".join(names[key] for key in keys) for keys in order]
        yield Change(CHANGED, "order", "stages", "stages", details=(("order", told[0], told[1]),))


def _stages(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterable[Change]:
    yield from _rows("stage", old["stages"], new["stages"], STAGE_FIELDS)
    for what, field, fields in (
        ("deliverable", "deliverables", DELIVERABLE_FIELDS),
        ("step", "activities", STEP_FIELDS),
    ):
        yield from _rows(what, _placed(old, field), _placed(new, field), fields)


def _placed(document: Mapping[str, Any], field: str) -> list[dict[str, Any]]:
    return [{**row, "_where": stage["name"]} for stage in document["stages"] for row in stage[field]]


def _gates(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterable[Change]:
    yield from _rows("gate", old["gates"], new["gates"], GATE_FIELDS)
    names = {one["key"]: one["name"] for one in (*old["criteria"], *new["criteria"])}
    gates = {gate["key"]: gate for gate in old["gates"]}
    for gate in new["gates"]:
        before = gates.get(gate["key"])
        if before is None:
            continue
        was, now = _asked(before), _asked(gate)
        for key in dict.fromkeys((*was, *now)):
            if was.get(key) == now.get(key):
                continue
            if key in was and key in now:
                detail = (("weight", str(was[key]), str(now[key])),)
                yield Change(CHANGED, "weight", key, names[key], gate["name"], detail)
            else:
                kind = ADDED if key in now else REMOVED
                yield Change(kind, "question", key, names.get(key, key), gate["name"])


def _asked(gate: Mapping[str, Any]) -> dict[str, Any]:
    return {
        **dict.fromkeys(gate["must"], "must"),
        **{one["criterion"]: one["weight"] for one in gate["should"]},
    }


def _rows(
    what: str,
    old: Sequence[Mapping[str, Any]],
    new: Sequence[Mapping[str, Any]],
    fields: Mapping[str, str],
) -> Iterable[Change]:
    before, after = {row["key"]: row for row in old}, {row["key"]: row for row in new}
    for key, row in before.items():
        if key not in after:
            yield Change(REMOVED, what, key, row["name"], row.get("_where", ""))
    for key, row in after.items():
        if key not in before:
            yield Change(ADDED, what, key, row["name"], row.get("_where", ""))
            continue
        details = _details(before[key], row, fields)
        if row.get("_where") != before[key].get("_where") and what in ("deliverable", "step"):
            details = (*details, ("stage", before[key]["_where"], row["_where"]))
        if details:
            yield Change(CHANGED, what, key, row["name"], row.get("_where", ""), details)


def _details(
    old: Mapping[str, Any], new: Mapping[str, Any], fields: Mapping[str, str]
) -> tuple[tuple[str, str, str], ...]:
    return tuple(
        (label, _said(field, old.get(field)), _said(field, new.get(field)))
        for field, label in fields.items()
        if old.get(field) != new.get(field)
    )


def _said(field: str, value: Any) -> str:
    if field == "function":
        return functions.words_of(value or "")
    if isinstance(value, bool):
        return "yes" if value else "no"
    if field == "target_days" and value:
        return f"half in {value['p50']}, most in {value['p85']}"
    if field == "quorum" and value:
        roles = f", always {', '.join(value['mandatory_roles'])}" if value["mandatory_roles"] else ""
        return f"at least {value['min_count']} and {value['min_fraction'] * 100:g}{THIN}% of the seats{roles}"
    if field == "conditional" and value:
        allowed = f"at most {value['max_conditions']} within {value['max_days']} days"
        return allowed if value["allowed"] else "none"
    if isinstance(value, Mapping):
        return "; ".join(f"{key}: {word}" for key, word in sorted(value.items(), key=_by_number)) or "none"
    if isinstance(value, list):
        return ", ".join(_entry(one) for one in value) or "none"
    return "none" if value in (None, "") else str(value).replace("_", " ")


def _entry(value: Any) -> str:
    if isinstance(value, Mapping):
        return " ".join(f"{key.replace('_', ' ')} {word}" for key, word in value.items())
    return str(value).replace("_", " ")


def _by_number(pair: tuple[str, Any]) -> tuple[int, str]:
    return (int(pair[0]), "") if pair[0].isdigit() else (99, pair[0])
