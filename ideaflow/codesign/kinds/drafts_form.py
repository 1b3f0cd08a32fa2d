"""What a kit is, as its editor fills it in and as it is stored; and the kit it means. Pure.

A definition holds ``options`` (key, name, note, module, price, days, amount), ``modules`` (key, name, takes),
``rules`` (text, why), and of the whole: currency, per, price, days, is_sequential, amount, budget.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from ideaflow.codesign.configurator.listing import Advisor
from ideaflow.codesign.configurator.parts import Kit, Module, Option, Rule
from ideaflow.codesign.configurator.parts import problems as faults_of
from ideaflow.codesign.configurator.phrases import Unclear, names_twice, read_rule
from ideaflow.codesign.kinds.contract import Definition, Problem

LONGEST_NAME, LONGEST_NOTE, LONGEST_RULE = 80, 200, 300
MOST_MODULES, MOST_OPTIONS, MOST_RULES = 12, 72, 40
MOST_COUNTED = 1_000
KEY = "design"
"""Of a ballot: the answer that holds the design."""
TAKES = {"one": "exactly one", "maybe": "one or none", "some": "at least one", "any": "any number"}
CURRENCIES = ("EUR", "USD", "GBP", "CHF", "SEK", "PLN")


def read(form: Any) -> dict[str, Any]:
    """Return the definition the editor's form holds; lines without a name are left out."""
    modules = list(_modules(form))
    keys = {one["key"] for one in modules}
    currency = form.get("currency", "EUR")
    return {
        "options": [one for one in _options(form) if one["module"] in keys],
        "modules": modules,
        "rules": [
            {"text": text, "why": why}
            for text, why in zip(_lines(form, "rule_text"), _lines(form, "rule_why"), strict=False)
            if text
        ],
        "currency": currency if currency in CURRENCIES else "EUR",
        "per": " ".join(form.get("per", "").split())[:60],
        "price": _number(form.get("kit_price", "")),
        "days": _number(form.get("kit_days", "")),
        "is_sequential": bool(form.get("is_sequential")),
        "amount": " ".join(form.get("amount", "").split())[:40],
        "budget": _number(form.get("budget", "")),
        "is_anonymous": form.get("mode") == "anonymous",
    }


def blank() -> dict[str, Any]:
    """Return the definition of a kit nobody wrote yet."""
    return {
        "options": [], "modules": [], "rules": [], "currency": "EUR", "per": "", "price": 0, "days": 0,
        "is_sequential": False, "amount": "", "budget": 0, "is_anonymous": False,
    }  # fmt: skip


def modules_of(definition: Definition) -> tuple[Module, ...]:
    """Return the modules with their options; those without any are left out."""
    found = []
    for one in definition["modules"]:
        options = tuple(
            Option(each["key"], each["name"], each["price"], each["days"], _amounts(definition, each))
            for each in definition["options"]
            if each["module"] == one["key"]
        )
        least = 1 if one["takes"] in ("one", "some") else 0
        most = 1 if one["takes"] in ("one", "maybe") else len(options)
        if options:
            found.append(Module(one["key"], one["name"], options, least, most))
    return tuple(found)


def rules_of(definition: Definition) -> tuple[list[Rule], list[str]]:
    """Return the rules, and what is to be said of sentences that are none yet."""
    modules, rules, unclear = modules_of(definition), list[Rule](), list[str]()
    for one in definition["rules"]:
        try:
            rules.append(read_rule(one["text"], one["why"], modules, definition["amount"]))
        except Unclear as error:
            unclear.append(str(error))
    return rules, unclear


def kit_of(definition: Definition) -> Kit:
    """Return the kit a definition means; sentences that are no rule yet do not hold."""
    return Kit(
        modules_of(definition), tuple(rules_of(definition)[0]), definition["price"], definition["days"],
        definition["is_sequential"],
    )  # fmt: skip


def advisor_of(definition: Definition) -> Advisor:
    """Return what answers about a kit; kits asked about lately are kept."""
    return _advisor(json.dumps(definition, sort_keys=True))


@lru_cache(maxsize=32)
def _advisor(text: str) -> Advisor:
    return Advisor(kit_of(json.loads(text)))


def problems_of(definition: Definition) -> list[Problem]:
    """Return what must be mended before customers can design."""
    problems: list[Problem] = [
        {"field": "modules", "reason": reason} for reason in _module_problems(definition)
    ]
    problems += [{"field": "rules", "reason": reason} for reason in rules_of(definition)[1]]
    if len(definition["rules"]) > MOST_RULES:
        problems.append({"field": "rules", "reason": f"At most {MOST_RULES} rules; these are more."})
    if definition["is_anonymous"]:
        reason = "Drafts are forked and amended, so it must be known whose they are: choose confidential."
        problems.append({"field": "mode", "reason": reason})
    if problems:
        return problems
    kit = kit_of(definition)
    problems += [{"field": "modules", "reason": reason} for reason in faults_of(kit)]
    if not problems and (clash := clash_of(definition)):
        problems.append({"field": "rules", "reason": clash})
    return problems


def clash_of(definition: Definition) -> str:
    """Name the rules that leave no design together; empty: there is a design."""
    found = advisor_of(definition).review(MOST_COUNTED)
    if found.valid:
        return ""
    if not found.clashing:
        return "These modules and rules leave no design at all."
    told = "; ".join(f"“{one.name}”" for one in found.clashing)
    if len(found.clashing) == 1:
        return f"The rule {told} leaves no design at all. Change it, or take it away."
    return f"These rules leave no design together: {told}. Change one; without any of them there is one."


def _module_problems(definition: Definition) -> Iterator[str]:
    modules, options = definition["modules"], definition["options"]
    if not modules or len(options) < 2:
        yield "Write at least one module with two options: what can be chosen, and its price."
    if len(modules) > MOST_MODULES or len(options) > MOST_OPTIONS:
        yield f"At most {MOST_MODULES} modules and {MOST_OPTIONS} options: four minutes on a phone."
    for one in modules:
        if not any(each["module"] == one["key"] for each in options):
            yield f"“{one['name'][:40]}” has no options yet."
    names = [one["name"].casefold() for one in modules]
    if len(set(names)) < len(names):
        yield "Two modules have one name: call one of them something else."
    if twice := names_twice(options):
        yield f"“{twice[:40]}” is there twice in one module."
    for one in [*modules, *options]:
        if len(one["name"]) > LONGEST_NAME or len(one.get("note", "")) > LONGEST_NOTE:
            yield f"“{one['name'][:40]}…” is too long: {LONGEST_NAME} characters, its note {LONGEST_NOTE}."


def _modules(form: Any) -> Iterator[dict[str, Any]]:
    seen: set[str] = set()
    fields = [_lines(form, f"module_{part}") for part in ("key", "name", "takes")]
    for key, name, takes in zip(*fields, strict=False):
        if name and re.fullmatch(r"m\d{1,3}", key) and key not in seen:
            seen.add(key)
            yield {"key": key, "name": name, "takes": takes if takes in TAKES else "one"}


def _options(form: Any) -> Iterator[dict[str, Any]]:
    fields = [_lines(form, f"option_{part}") for part in ("module", "key", "name", "note", "price", "days")]
    amounts = _lines(form, "option_amount") or [""] * len(fields[0])
    taken = {key for key, name in zip(fields[1], fields[2], strict=False) if key and name}
    seen: set[str] = set()
    for module, key, name, note, price, days, amount in zip(*fields, amounts, strict=False):
        if not name:
            continue
        if not re.fullmatch(r"o\d{1,4}", key) or key in seen:
            key = next(f"o{number}" for number in range(1, 9_999) if f"o{number}" not in taken)
            taken.add(key)
        seen.add(key)
        yield {
            "key": key, "name": name, "note": note, "module": module, "price": _number(price),
            "days": _number(days), "amount": _number(amount),
        }  # fmt: skip


def _lines(form: Any, name: str) -> list[str]:
    return [" ".join(one.split())[:LONGEST_RULE] for one in form.getlist(name)]


def _number(typed: str) -> int:
    """Return a whole number as people type it; nothing is 0.

    >>> _number("1,250"), _number("€ 90"), _number("-30"), _number("")
    (1250, 90, -30, 0)
    """
    sign = -1 if typed.strip().startswith(("-", "\N{MINUS SIGN}")) else 1
    return sign * int(re.sub(r"\D", "", re.sub(r"[.,]\d{1,2}$", "", typed.strip()))[:9] or 0)


def _amounts(definition: Definition, option: Mapping[str, Any]) -> dict[str, int]:
    return {definition["amount"]: option["amount"]} if definition["amount"] else {}


def free_module_keys(definition: Definition, count: int) -> Sequence[str]:
    """Return keys for modules that are not written yet."""
    taken = {one["key"] for one in definition["modules"]}
    return [key for key in (f"m{number}" for number in range(1, 999)) if key not in taken][:count]
