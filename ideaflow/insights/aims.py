"""Which targets of a dimension make sense. Pure."""

from collections.abc import Mapping

from ideaflow import wording
from ideaflow.insights.mix import PARTS, Dimension

LITTLE = 1e-9


def target_problems(dimension: Dimension, shares: Mapping[str, float]) -> list[dict[str, object]]:
    """Return what is wrong with targets, one mapping with ``field`` and ``reason`` each.

    >>> target_problems(Dimension.STRATEGY, {"satisfy": 0.7, "redefine": 0.4})[0]["reason"]
    'All targets together are 110\\u202f%; they can be at most 100 %.'
    """
    problems: list[dict[str, object]] = [
        {"field": part, "reason": f"There is no part “{part[:40]}”."}
        for part in shares
        if part not in PARTS.get(dimension, ())
    ]
    problems += [
        {"field": part, "reason": "A target lies between 0 and 100 %."}
        for part, share in shares.items()
        if not 0 <= share <= 1
    ]
    whole = sum(shares.values())
    if not problems and whole > 1 + LITTLE:
        reason = f"All targets together are {wording.share(whole)}; they can be at most 100 %."
        problems.append({"field": next(iter(shares)), "reason": reason})
    return problems
