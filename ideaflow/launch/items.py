"""What a readiness template asks for: its items, what is wrong with one, how two versions differ. Pure."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import isfinite
from typing import Any

from ideaflow import wording

FUNCTIONS = ("sales", "marketing", "support", "legal", "finance", "partners")
CHANNELS = {
    "all": "every cell",
    "own": "cells we sell in ourselves",
    "partner": "cells others sell in for us",
}
EVIDENCE = "evidence"
LONGEST_TITLE, LONGEST_WORDS, MOST_DAYS = 120, 300, 365


@dataclass(frozen=True)
class Measure:
    """Something records tell by themselves, so that nobody needs to show it.

    :param is_count: whether its threshold is a number of things, not a share.
    :param is_of_price: whether it makes sense only for what has a price entry.
    :param course_tail: what the course’s name has after the offering’s, where the rule names no course.
    """

    name: str
    words: str
    threshold: float
    is_count: bool = False
    is_of_price: bool = False
    course_tail: str = ""


MEASURES = {
    "price_entry": Measure(
        "price entry active in the cell’s price book",
        "entry active and valid on launch day; read from the price book", 1, is_of_price=True,
    ),
    "sellers_trained": Measure(
        "share of sellers trained", "trained of required sellers at least {}; from training records", 0.8
    ),
    "partners_certified": Measure(
        "share of partners certified", "certified of active partners at least {}; from certificates", 0.6
    ),
    "agents_trained": Measure(
        "trained agents", "at least {} trained agents; from training records", 2,
        is_count=True, course_tail=" support",
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Item:
    """One thing that must be true before a launch of some tiers.

    :param needs_price: whether it is left out for an offering without a price entry.
    :param kind: ``evidence`` (a file or link, checked by a second person), or the key of a measure.
    :param threshold: what passes: a share, or a number for measures that count; ½ or 1 for evidence.
    :param words: what must be shown, said so that two people agree whether it is.
    :param course: which course a measure of training asks for; empty: the one named like the offering.
    """

    key: str
    title: str
    function: str
    tiers: tuple[int, ...] = (1, 2, 3)
    due_days_before: int = 14
    weight: float = 1.0
    is_blocking: bool = False
    channels: str = "all"
    needs_price: bool = False
    kind: str = EVIDENCE
    threshold: float = 1.0
    words: str = ""
    course: str = ""

    @property
    def rule(self) -> dict[str, Any]:
        """Return its pass rule as a check keeps it."""
        said = {"kind": self.kind, "threshold": self.threshold, "words": self.words}
        return {**said, "course": self.course} if self.course else said

    def plain(self) -> dict[str, Any]:
        """Return it as JSON holds it."""
        return {
            "key": self.key, "title": self.title, "function": self.function, "tiers": list(self.tiers),
            "due_days_before": self.due_days_before, "weight": self.weight, "is_blocking": self.is_blocking,
            "channels": self.channels, "needs_price": self.needs_price, "rule": self.rule,
        }  # fmt: skip


def read(raw: Mapping[str, Any]) -> Item:
    """Return an item from what JSON holds; what is odd in it shows in its problems."""
    said_rule = raw.get("rule")
    rule: Mapping[str, Any] = said_rule if isinstance(said_rule, Mapping) else {}
    tiers = raw.get("tiers", (1, 2, 3))
    return Item(
        key=str(raw.get("key", "")), title=str(raw.get("title", "")).strip(),
        function=str(raw.get("function", "")),
        tiers=tuple(tier for tier in (1, 2, 3) if tier in tiers) if isinstance(tiers, list | tuple) else (),
        due_days_before=_whole(raw.get("due_days_before", 14)), weight=_number(raw.get("weight", 1)),
        is_blocking=raw.get("is_blocking") is True, channels=str(raw.get("channels", "all")),
        needs_price=raw.get("needs_price") is True, kind=str(rule.get("kind", EVIDENCE)),
        threshold=_number(rule.get("threshold", 1)), words=str(rule.get("words", "")).strip(),
        course=str(rule.get("course", "")).strip(),
    )  # fmt: skip


def rule_problems(rule: Mapping[str, Any], title: str) -> list[dict[str, object]]:
    """Return what is wrong with a pass rule, by field."""
    kind, threshold = str(rule.get("kind", "")), _number(rule.get("threshold", 0))
    measure = MEASURES.get(kind)
    told: list[tuple[str, str]] = []
    if measure is None and kind != EVIDENCE:
        told.append(
            ("kind", f"“{title}” has no rule. Choose evidence or a measure that says when it passes.")
        )
    elif measure is None and not str(rule.get("words", "")).strip():
        told.append(("words", f"“{title}” has no rule. Say what must be shown for it to pass."))
    if measure is None and kind == EVIDENCE and threshold not in (0.5, 1):
        told.append(("threshold", f"“{title}”: evidence shows it whole (1) or half (0.5)."))
    if measure and measure.is_count and not (threshold >= 1 and threshold == int(threshold)):
        told.append(("threshold", f"“{title}” needs a whole number from 1 on."))
    if measure and not measure.is_count and not 0 < threshold <= 1:
        told.append(("threshold", f"“{title}” needs a share above 0 and up to 100 %."))
    if len(str(rule.get("words", ""))) > LONGEST_WORDS:
        told.append(("words", f"“{title}”: say the rule in at most {LONGEST_WORDS} characters."))
    return [{"field": name, "reason": reason} for name, reason in told]


def item_problems(item: Item) -> list[dict[str, object]]:
    """Return what is wrong with one item, by field."""
    name = item.title or item.key or "A check"
    told: list[tuple[str, str]] = []
    if not item.title or len(item.title) > LONGEST_TITLE:
        told.append(("title", f"Name the check “{name[:30]}” in 1 to {LONGEST_TITLE} characters."))
    if item.function not in FUNCTIONS:
        told.append(("function", f"Choose who carries “{name}”: {', '.join(FUNCTIONS)}."))
    if not item.tiers:
        told.append(("tiers", f"Choose for which tiers “{name}” is asked."))
    if not 0 <= item.due_days_before <= MOST_DAYS:
        told.append(("due_days_before", f"“{name}” is due 0 to {MOST_DAYS} days before launch."))
    if not 0 < item.weight <= 10:
        told.append(("weight", f"The weight of “{name}” lies above 0 and up to 10."))
    if item.channels not in CHANNELS:
        told.append(("channels", f"Choose in which cells “{name}” applies."))
    named: list[dict[str, object]] = [{"field": field_, "reason": reason} for field_, reason in told]
    return named + rule_problems(item.rule, name)


def problems(items: Sequence[Item]) -> list[dict[str, object]]:
    """Return everything that keeps a template from being published, with the item's key."""
    told = [{**one, "item": item.key} for item in items for one in item_problems(item)]
    keys = [item.key for item in items]
    told += [
        {"field": "key", "item": key, "reason": f"Two checks have the key “{key}”."}
        for key in sorted({key for key in keys if keys.count(key) > 1})
    ]
    if not any(item.is_blocking for item in items):
        told.append({"field": "items", "reason": "Nothing blocks: mark at least one check as blocking."})
    return told


def rule_words(rule: Mapping[str, Any]) -> str:
    """Return when a check passes, as one reads it.

    >>> rule_words({"kind": "agents_trained", "threshold": 2, "words": ""})
    'at least 2 trained agents; from training records'
    """
    measure = MEASURES.get(str(rule.get("kind")))
    words = str(rule.get("words", ""))
    if measure is None:
        return f"{words}; file or link, checked by a second person" if words else "no rule yet"
    if words:
        return words
    threshold = _number(rule.get("threshold", 0))
    told = measure.words.format(int(threshold) if measure.is_count else wording.share(threshold))
    return f"{told}, course “{rule['course']}”" if rule.get("course") else told


def key_for(title: str, taken: Iterable[str]) -> str:
    """Return a key for a new check that no other has.

    >>> key_for("Order code", ["order_code"])
    'order_code_2'
    """
    known = set(taken)
    base = re.sub(r"[^a-z0-9]+", "_", title.lower()).strip("_")[:50] or "check"
    return next(key for key in (base, *(f"{base}_{n}" for n in range(2, 1000))) if key not in known)


@dataclass(frozen=True)
class Change:
    """How one item differs between two versions: added, removed or changed, and what from what to what."""

    kind: str
    item: Item
    fields: list[tuple[str, str, str]] = field(default_factory=list)


def compare(before: Sequence[Item], after: Sequence[Item]) -> list[Change]:
    """Return what changed from one version to another, in the order of the new one; removed items last."""
    old, new = {item.key: item for item in before}, {item.key for item in after}
    changes = []
    for item in after:
        was = old.get(item.key)
        if was is None:
            changes.append(Change("added", item))
        elif was != item:
            changes.append(Change("changed", item, _differences(was, item)))
    return changes + [Change("removed", item) for item in before if item.key not in new]


def _differences(was: Item, now: Item) -> list[tuple[str, str, str]]:
    return [(name, a, b) for (name, a), (_, b) in zip(said(was), said(now), strict=True) if a != b]


def said(item: Item) -> list[tuple[str, str]]:
    """Return what an item says, field by field, as one reads it."""
    return [
        ("title", item.title), ("function", item.function),
        ("tiers", ", ".join(str(tier) for tier in item.tiers)),
        ("due", f"{item.due_days_before} days before launch"), ("weight", f"{item.weight:g}"),
        ("blocking", "blocks" if item.is_blocking else "does not block"),
        ("applies to", CHANNELS.get(item.channels, item.channels)),
        ("asked", "only of what has a price" if item.needs_price else "of every offering"),
        ("passes when", rule_words(item.rule)),
    ]  # fmt: skip


def _number(raw: object) -> float:
    try:
        found = float(str(raw))
    except ValueError:
        return -1.0
    return found if isfinite(found) else -1.0


def _whole(raw: object) -> int:
    number = _number(raw)
    return int(number) if number == int(number) else -1
