"""A kit as it is stored: values JSON can hold, the same again when read. Pure."""

from collections.abc import Mapping
from typing import Any

from ideaflow.codesign.configurator.parts import Count, Excludes, Kit, Limit, Module, Option, Requires, Rule

Stored = Mapping[str, Any]


def stored(kit: Kit) -> dict[str, Any]:
    """Return a kit as values JSON can hold; sets of options in the order of their keys."""
    return {
        "price": kit.price,
        "days": kit.days,
        "is_sequential": kit.is_sequential,
        "modules": [_stored_module(module) for module in kit.modules],
        "rules": [_stored_rule(rule) for rule in kit.rules],
    }


def read(values: Stored) -> Kit:
    """Return a kit as it was stored.

    :raises KeyError: a value is missing.
    :raises ValueError: a rule is of no known kind.
    """
    return Kit(
        modules=tuple(_module(one) for one in values["modules"]),
        rules=tuple(_rule(one) for one in values.get("rules", ())),
        price=int(values.get("price", 0)),
        days=int(values.get("days", 0)),
        is_sequential=bool(values.get("is_sequential", False)),
    )


def _stored_module(module: Module) -> dict[str, Any]:
    options = [
        {"key": one.key, "name": one.name, "price": one.price, "days": one.days, "amounts": dict(one.amounts)}
        for one in module.options
    ]
    bounds = {"least": module.least, "most": module.most}
    return {"key": module.key, "name": module.name, **bounds, "options": options}


def _stored_rule(rule: Rule) -> dict[str, Any]:
    match rule:
        case Requires():
            return {
                "kind": "requires",
                "name": rule.name,
                "when": sorted(rule.when),
                "then": sorted(rule.then),
            }
        case Excludes():
            return {
                "kind": "excludes",
                "name": rule.name,
                "when": sorted(rule.when),
                "never": sorted(rule.never),
            }
        case Count():
            options = sorted(rule.options)
            return {
                "kind": "count",
                "name": rule.name,
                "options": options,
                "least": rule.least,
                "most": rule.most,
            }
        case Limit():
            return {"kind": "limit", "name": rule.name, "amount": rule.amount, "most": rule.most}


def _module(values: Stored) -> Module:
    options = tuple(
        Option(
            str(one["key"]),
            str(one["name"]),
            int(one.get("price", 0)),
            int(one.get("days", 0)),
            {str(name): int(amount) for name, amount in one.get("amounts", {}).items()},
        )
        for one in values["options"]
    )
    return Module(
        str(values["key"]),
        str(values["name"]),
        options,
        int(values.get("least", 1)),
        int(values.get("most", 1)),
    )


def _rule(values: Stored) -> Rule:
    kind, name = values["kind"], str(values.get("name", ""))
    if kind == "requires":
        return Requires(name, frozenset(values["when"]), frozenset(values["then"]))
    if kind == "excludes":
        return Excludes(name, frozenset(values["when"]), frozenset(values["never"]))
    if kind == "count":
        most = values.get("most")
        least = int(values.get("least", 0))
        return Count(name, frozenset(values["options"]), least, None if most is None else int(most))
    if kind == "limit":
        return Limit(name, str(values["amount"]), int(values["most"]))
    raise ValueError(f"a rule of kind {kind!r}: known are requires, excludes, count and limit")
