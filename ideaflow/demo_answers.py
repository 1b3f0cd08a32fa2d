"""How contacts of the demo company answer: what a form would hold, by how much each option matters."""

from collections.abc import Mapping, Sequence
from random import Random
from typing import Any

PAIRS = 11
"""So many pairs a participant decides; one may go on as long as one likes."""


def form(instrument: str, data: Mapping[str, Any], own: Sequence[float], random: Random) -> dict[str, str]:
    """Return what a form would hold.

    :param data: of the step. :param own: how much each option matters to who answers, by its number.
    """
    return _FORMS[instrument](data, own, random)


def weight_of(key: str, own: Sequence[float]) -> float:
    """Return how much an option matters; one that a customer added matters as much as the second."""
    return own[int(key[1:]) - 1] if key.startswith("o") else own[1] + 0.3


def _maxdiff(data: Mapping[str, Any], own: Sequence[float], _random: Random) -> dict[str, str]:
    shown = sorted((one["key"] for one in data["shown"]), key=lambda key: weight_of(key, own))
    return {"best": shown[-1], "worst": shown[0]}


def _kano(data: Mapping[str, Any], own: Sequence[float], random: Random) -> dict[str, str]:
    weight = weight_of(data["option"]["key"], own)
    there = (
        "expect" if 0.5 < weight < 1.5 else "like" if weight >= 1.5 or random.random() < 0.3 else "neutral"
    )
    absent = "dislike" if weight > 0.6 else "live_with" if weight > -0.6 else "neutral"
    return {
        "functional": there, "dysfunctional": absent,
        "importance": str(min(9, max(1, round(5 + 2 * weight)))),
    }  # fmt: skip


def _pairwise(data: Mapping[str, Any], own: Sequence[float], random: Random) -> dict[str, str]:
    if random.random() < 0.06:
        return {"cannot": random.choice(("alike", "unsure"))}
    return {"winner": max((one["key"] for one in data["sides"]), key=lambda key: weight_of(key, own))}


def _opinions(data: Mapping[str, Any], own: Sequence[float], random: Random) -> dict[str, str]:
    weight = weight_of(data["statement"]["key"], own)
    return {"stance": "pass" if abs(weight) < 0.25 else "agree" if weight > 0 else "disagree"}


def _prices(data: Mapping[str, Any], own: Sequence[float], random: Random) -> dict[str, str]:
    if "names" not in data:
        return {"cheap": str(random.choice((4, 5, 5))), "expensive": str(random.choice((1, 2, 3)))}
    steps = zip(("too_cheap", "cheap", "expensive", "too_expensive"), (0.45, 0.75, 1.15, 1.5), strict=True)
    fair = 10 * round(own[0] * 10)
    return {name: str(round(fair * part / 5) * 5) for name, part in steps}


def _buying(data: Mapping[str, Any], own: Sequence[float], random: Random) -> dict[str, str]:
    """Pay a part of what matters most, as far as the budget goes and, pooling, as an option lacks it."""
    left, given, least = max(0, int(data["left"])), dict[str, int](), 0.1 if data["is_open"] else 0.3
    order = sorted(data["options"], key=lambda one: -weight_of(one["key"], own))
    for one in order[:2]:
        lacks = one["price"] - data["pooled"][one["key"]] if data["is_open"] else one["price"]
        amount = min(left, lacks, round(one["price"] * random.uniform(least, 2 * least)))
        given[one["key"]] = max(0, amount)
        left -= given[one["key"]]
    return {f"for-{key}": str(amount) for key, amount in given.items()}


_FORMS = {
    "maxdiff": _maxdiff, "kano": _kano, "pairwise": _pairwise, "opinions": _opinions, "prices": _prices,
    "buying": _buying,
}  # fmt: skip
