"""Believable answers to co-design sessions, for tests."""

from random import Random
from typing import Any

from ideaflow.codesign.instruments.kano import REPLIES
from ideaflow.codesign.kinds.registry import INSTRUMENTS

NAMES = (
    "Lock one bin, not the bay", "Settle differences in the shift", "Plan counts by value and turnover",
    "Recount only what differs", "Blind counting", "Report the auditor accepts", "See progress by hall",
    "Count by voice",
)  # fmt: skip
OPTIONS = [{"key": f"o{n}", "name": name, "note": ""} for n, name in enumerate(NAMES, start=1)]


def definition_of(key: str) -> dict[str, Any]:
    """Return a definition that can open."""
    return {**INSTRUMENTS[key].blank(), "options": OPTIONS}


def answer_to(key: str, step: Any, random: Random, best: str = "") -> dict[str, Any]:
    """Return what a form holds that answers a step; ``best``, where it is shown, is liked most."""
    if key == "kano":
        there, absent = random.choice(REPLIES[:2]), random.choice(REPLIES[2:])
        return {"functional": there.value, "dysfunctional": absent.value, "importance": "7"}
    shown = [one["key"] for one in step.data["shown"]]
    # The further up in the list, the likelier the best.
    order = sorted(shown, key=lambda option: (option != best, int(option[1:]) + random.random() * 4))
    return {"best": order[0], "worst": order[-1]}


def answers_of(key: str, definition: dict[str, Any], random: Random, best: str = "") -> dict[str, Any]:
    """Return the answers of one ballot."""
    one = INSTRUMENTS[key]
    return {
        step.key: one.read_answer(definition, step, answer_to(key, step, random, best))
        for step in one.steps(definition, random.randrange(10**6), {})
    }
