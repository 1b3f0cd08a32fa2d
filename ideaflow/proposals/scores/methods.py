"""Ways to score: three that come with ideaflow, and what an administrator's formula is made of. Pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import isfinite
from typing import Any

from ideaflow.proposals.scores import expression
from ideaflow.proposals.scores.expression import Node, Unreadable

KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")
MOST_INPUTS = 12


@dataclass(frozen=True)
class Input:
    """One number a formula works with.

    :param least: and ``most``, its bounds; None: no bound.
    :param is_fact: it comes from evidence or the proposal's own fields; nobody types it here.
    """

    key: str
    label: str
    hint: str = ""
    least: float | None = 0.0
    most: float | None = None
    is_money: bool = False
    is_fact: bool = False


@dataclass(frozen=True)
class Method:
    """A way to score, the best first when the value is high."""

    key: str
    name: str
    purpose: str
    formula: str
    asks: tuple[Input, ...] = ()
    is_money: bool = False

    @cached_property
    def node(self) -> Node:
        return expression.read(self.formula)

    @cached_property
    def inputs(self) -> tuple[Input, ...]:
        """Return the inputs in the order the formula names them."""
        known = {**{one.key: one for one in FACTS}, **{one.key: one for one in self.asks}}
        return tuple(known[name] for name in expression.names(self.node))

    @property
    def own(self) -> tuple[Input, ...]:
        """Return the inputs that people estimate for it."""
        return tuple(one for one in self.inputs if not one.is_fact)

    def value(self, values: Mapping[str, float]) -> float | None:
        """Return the score, or None while an input is missing or the formula has no value there."""
        if any(one.key not in values for one in self.inputs):
            return None
        result = float(expression.work_out(self.node, values))
        return result if isfinite(result) else None


def _fact(
    key: str, label: str, hint: str = "", *, most: float | None = None, is_money: bool = False
) -> Input:
    return Input(key, label, hint, most=most, is_money=is_money, is_fact=True)


FACTS = (
    _fact("accounts", "Accounts that ask", "from evidence, now"),
    _fact("revenue", "Their revenue a year", "from evidence, now", is_money=True),
    _fact("open_pipeline", "Their open pipeline", "from evidence, now", is_money=True),
    _fact("lost_pipeline", "Their lost pipeline", "from evidence, now", is_money=True),
    _fact("impact", "Impact", "0.25 to 3"),
    _fact("confidence", "Confidence", "0 to 1", most=1.0),
    _fact("effort_months", "Effort", "person-months"),
    _fact("asked_amount", "Sum asked for", is_money=True),
    _fact("asked_people", "People asked for"),
)
"""What every formula may use without asking anybody."""

VALUE_INPUTS = (
    Input("present_value", "Present value", "of its sales, if all goes well", is_money=True),
    Input("chance_commercial", "Chance it sells", "0 to 1, once it is built", most=1.0),
    Input("launch_cost", "Cost of launch", "", is_money=True),
    Input("chance_technical", "Chance it can be built", "0 to 1", most=1.0),
    Input("development_cost", "Cost of development", "", is_money=True),
)
REMAINING = Input(
    "remaining_cost", "Scarce resource still needed", "what is still to be spent of what runs out",
    least=1e-9, is_money=True,
)  # fmt: skip
EXPECTED = "(present_value * chance_commercial - launch_cost) * chance_technical - development_cost"

RICE = Method(
    "rice", "RICE", "Reach, impact and confidence for each month of work.",
    "accounts * impact * confidence / effort_months",
)  # fmt: skip
ECV = Method(
    "ecv", "Expected value",
    "Expected commercial value: what it brings, weighed by the chances, less its cost.",
    EXPECTED, VALUE_INPUTS, is_money=True,
)  # fmt: skip
PRODUCTIVITY = Method(
    "productivity", "Productivity", "Expected value for each unit of the scarce resource still needed.",
    f"({EXPECTED}) / remaining_cost", (*VALUE_INPUTS, REMAINING),
)  # fmt: skip
SHIPPED = (RICE, ECV, PRODUCTIVITY)


def input_of(plain: Mapping[str, Any]) -> Input:
    """Read an input of a formula as it is kept."""
    return Input(
        str(plain["key"]), str(plain["label"]), str(plain.get("hint") or ""),
        plain.get("least"), plain.get("most"),
    )  # fmt: skip


def formula_problems(values: Mapping[str, Any]) -> list[dict[str, object]]:
    """Return what is wrong with an administrator's formula, one mapping with ``field`` and ``reason`` each.

    :param values: ``name``, ``purpose``, ``formula``, and ``inputs``: key, label, least, most each.
    """
    problems: list[dict[str, object]] = []
    if not 1 <= len(str(values.get("name") or "")) <= 120:
        problems.append({"field": "name", "reason": "A name has 1 to 120 characters."})
    if len(str(values.get("purpose") or "")) > 600:
        problems.append({"field": "purpose", "reason": "At most 600 characters."})
    inputs: Sequence[Mapping[str, Any]] = values.get("inputs") or ()
    problems += _input_problems(inputs)
    try:
        used = expression.names(expression.read(str(values.get("formula") or "")))
    except Unreadable as error:
        return [*problems, {"field": "formula", "reason": str(error)}]
    known = {one.key for one in FACTS} | {str(one["key"]) for one in inputs}
    unknown = [name for name in used if name not in known]
    if unknown:
        reason = f"The formula uses “{unknown[0]}”, which is no fact. Add it as an input below."
        problems.append({"field": "formula", "reason": reason})
    idle = [str(one["key"]) for one in inputs if one["key"] not in used]
    if idle:
        problems.append({"field": "inputs", "reason": f"The formula does not use “{idle[0]}”."})
    if not used:
        problems.append({"field": "formula", "reason": "The formula is the same for every proposal."})
    return problems


def _input_problems(inputs: Sequence[Mapping[str, Any]]) -> list[dict[str, object]]:
    taken = {one.key for one in (*FACTS, *VALUE_INPUTS, REMAINING)}
    problems: list[dict[str, object]] = []
    if len(inputs) > MOST_INPUTS:
        problems.append({"field": "inputs", "reason": f"At most {MOST_INPUTS} inputs."})
    for one in inputs:
        key, least, most = str(one["key"]), one.get("least"), one.get("most")
        reason = ""
        if not KEY.fullmatch(key) or key in expression.FUNCTIONS:
            reason = f"“{key}” cannot be a name: small letters, digits and _, a letter first."
        elif key in taken:
            reason = f"“{key}” is there already."
        elif not str(one.get("label") or "").strip():
            reason = f"Say what “{key}” means."
        elif least is not None and most is not None and least >= most:
            reason = f"“{key}”: the least must lie below the most."
        if reason:
            problems.append({"field": "inputs", "reason": reason})
        taken.add(key)
    return problems
