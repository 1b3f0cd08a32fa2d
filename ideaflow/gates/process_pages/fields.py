"""What comes from the forms of the process editor: as it was typed, and as the values of a process."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from werkzeug.datastructures import MultiDict

from ideaflow.errors import Invalid
from ideaflow.gates.process import editing
from ideaflow.gates.process.shape import DECISIONS

Form = MultiDict[str, str]
Row = dict[str, Any]
STEP = ("key", "name", "role", "function")
DELIVERABLE = ("key", "name", "hint", "required", "waivable")
MUST = ("key", "name", "question", "conditionable", "filled", "least")
SHOULD = ("key", "name", "question", "weight", "anchor0", "anchor5", "anchor10")
FILLED = {
    "people": "people",
    "accounts": "accounts",
    "segments": "segments",
    "accounts_without_largest": "accounts but one",
    "problem_stated": "a problem",
    "arena_named": "an arena",
    "benefit_complete": "the benefit",
    "owner_named": "an owner",
    "worth_a_look": "first signs",
    "both_halves": "both halves",
    "strategy_proven": "its strategy",
    "type_proven": "its type",
}
COUNTED = ("accounts", "segments", "accounts_without_largest")


class Reader:
    """Turns typed words into values and collects what could not be read."""

    def __init__(self) -> None:
        self.problems: list[dict[str, object]] = []

    def number(self, text: Any, field: str, label: str, *, is_whole: bool = True) -> Any:
        """Return a number; a wrong one is kept as it is and told."""
        plain = str(text).strip().replace(",", ".")
        try:
            value = float(plain)
            if value != value or abs(value) > 1e9 or (is_whole and value != int(value)):
                raise ValueError(plain)
        except ValueError:
            what = "a whole number" if is_whole else "a number"
            self.problems.append({"field": field, "reason": f"{label}: “{plain[:20]}” is not {what}."})
            return text
        return int(value) if value == int(value) else value

    def finish(self) -> None:
        """Refuse the form when something could not be read.

        :raises Invalid: names each field.
        """
        if self.problems:
            words = " ".join(str(one["reason"]) for one in self.problems)
            raise Invalid(f"The draft was not saved. {words}", self.problems)


def rows(form: Form, prefix: str, names: Sequence[str]) -> list[Row]:
    """Return the rows of a table in a form, in the order asked for, without removed and empty ones."""
    columns = [form.getlist(f"{prefix}-{name}") for name in (*names, "place")]
    removed = set(form.getlist(f"{prefix}-remove"))
    found = []
    for at, values in enumerate(zip(*columns, strict=False)):
        row: Row = dict(zip((*names, "place"), (value.strip() for value in values), strict=True))
        if row["name"] and str(at) not in removed:
            place = float(row["place"]) if row["place"].replace(".", "", 1).isdecimal() else 1e9
            found.append((place, at, row))
    return [row for _, _, row in sorted(found, key=lambda one: one[:2])]


def typed_process(form: Form) -> dict[str, Any]:
    """Return name, purpose and the types of proposals a process takes."""
    return {
        "name": form.get("name", "").strip(),
        "purpose": form.get("purpose", "").strip(),
        "object_types": form.getlist("object_types"),
    }


def typed_stage(form: Form, stage: Mapping[str, Any], reserved: Iterable[str]) -> dict[str, Any]:
    """Return what a form says of a stage; new rows get keys of their own.

    :raises Invalid: a number cannot be read.
    """
    reader, taken = Reader(), set(reserved)
    values: dict[str, Any] = {name: form.get(name, "").strip() for name in ("name", "purpose", "outcome")}
    values["roles"] = _names(form.get("roles", ""))
    values["target_days"] = {
        "p50": reader.number(form.get("p50", ""), "p50", "Half in"),
        "p85": reader.number(form.get("p85", ""), "p85", "Most in"),
    }
    values["wip_limit"] = reader.number(form.get("wip_limit", ""), "wip_limit", "At a time")
    values["loops_min"] = reader.number(form.get("loops_min", "0"), "loops_min", "Loops")
    values["activities"] = [
        {**_keyed(row, taken), "role": row["role"], "function": row["function"]}
        for row in rows(form, "step", STEP)
    ]
    values["deliverables"] = [
        {
            **_keyed(row, taken),
            "hint": row["hint"],
            "required": row["required"] == "yes",
            "waivable": row["waivable"] == "yes",
        }
        for row in rows(form, "deliverable", DELIVERABLE)
    ]
    reader.finish()
    return {**values, "key": stage["key"]}


def typed_gate(
    form: Form, gate: Mapping[str, Any], known: Mapping[str, Mapping[str, Any]], reserved: Iterable[str]
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Return what a form says of a gate, and of the criteria it asks.

    :param known: the criteria of the draft by key.
    :raises Invalid: a number cannot be read.
    """
    reader, taken = Reader(), {*reserved, *known}
    values: dict[str, Any] = {
        name: form.get(name, "").strip() for name in ("name", "purpose", "question", "outcome", "vote_rule")
    }
    values["roles"] = _names(form.get("roles", ""))
    chosen = form.getlist("decisions")
    values["decisions"] = [one for one in DECISIONS if one in chosen]
    values["signatures"] = [{"meaning": one} for one in _names(form.get("signatures", ""))]
    values["deputy_allowed"] = form.get("deputy_allowed") == "1"
    for name, label in (
        ("pass_score", "Pass score"), ("floor", "Floor"), ("deadline_days", "Days to decide"),
        ("max_recycles", "Times sent back"), ("signature_days", "Days to sign"),
    ):  # fmt: skip
        is_whole = name not in ("pass_score", "floor")
        values[name] = reader.number(form.get(name, ""), name, label, is_whole=is_whole)
    share = reader.number(form.get("min_share", ""), "min_share", "Share of the seats", is_whole=False)
    values["quorum"] = {
        "min_count": reader.number(form.get("min_count", ""), "min_count", "Scorecards"),
        "min_fraction": round(share / 100, 4) if isinstance(share, (int, float)) else share,
        "mandatory_roles": _names(form.get("mandatory_roles", "")),
    }
    values["conditional"] = {
        "allowed": "conditional_go" in chosen,
        "max_conditions": reader.number(form.get("max_conditions", ""), "max_conditions", "Conditions"),
        "max_days": reader.number(form.get("max_days", ""), "max_days", "Days for a condition"),
    }
    criteria = [_must(row, known, taken, reader) for row in rows(form, "must", MUST)]
    values["must"] = [one["key"] for one in criteria]
    values["should"] = []
    for row in rows(form, "should", SHOULD):
        criterion = _should(row, known, taken)
        weight = reader.number(row["weight"], f"weight-{criterion['key']}", f"Weight of {row['name']}")
        values["should"].append({"criterion": criterion["key"], "weight": weight})
        criteria.append(criterion)
    _ask_too(form, known, values)
    reader.finish()
    return {**values, "key": gate["key"]}, criteria


def _must(
    row: Row, known: Mapping[str, Mapping[str, Any]], taken: set[str], reader: Reader
) -> dict[str, Any]:
    made = _keyed(row, taken)
    before = known.get(made["key"], {})
    criterion = {
        **made, "kind": before.get("kind", "must"), "question": row["question"],
        "conditionable": row["conditionable"] == "yes",
    }  # fmt: skip
    if row["filled"] == "people":
        criterion["auto"] = []
    elif row["filled"] in COUNTED:
        least = reader.number(row["least"] or "1", f"least-{made['key']}", f"{row['name']}, at least")
        criterion["auto"] = [{"fact": row["filled"], "at_least": least}]
    elif row["filled"] in FILLED:
        criterion["auto"] = [{"fact": row["filled"], "is": True}]
    return criterion


def _should(row: Row, known: Mapping[str, Mapping[str, Any]], taken: set[str]) -> dict[str, Any]:
    made = _keyed(row, taken)
    before = known.get(made["key"], {})
    anchors = {**before.get("anchors", {}), **{points: row[f"anchor{points}"] for points in ("0", "5", "10")}}
    return {**made, "kind": before.get("kind", "should"), "question": row["question"], "anchors": anchors}


def _ask_too(form: Form, known: Mapping[str, Mapping[str, Any]], values: dict[str, Any]) -> None:
    """Let a gate ask what another one asks already."""
    key = form.get("ask_too", "")
    if key not in known or key in values["must"] or key in [one["criterion"] for one in values["should"]]:
        return
    if known[key]["kind"] == "must":
        values["must"].append(key)
    else:
        values["should"].append({"criterion": key, "weight": 0})


def _keyed(row: Row, taken: set[str]) -> dict[str, Any]:
    key = row["key"] or editing.fresh_key(row["name"], taken)
    taken.add(key)
    return {"key": key, "name": " ".join(row["name"].split())}


def _names(text: str) -> list[str]:
    plain = text.replace("\n", ",").replace(";", ",")
    return list(dict.fromkeys(name.strip() for name in plain.split(",") if name.strip()))
