"""How work divides over the arenas of our strategy, beside what was meant. Pure rules."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ideaflow import wording

LONGEST_NAME = 120
LONGEST_PURPOSE = 600
LITTLE = 1e-9


@dataclass(frozen=True)
class Part:
    """One arena of the whole: what it is meant to get, what it gets, 0–1."""

    name: str
    target_share: float | None
    actual_share: float

    @property
    def difference(self) -> float | None:
        """Return by how much it gets more than meant; None without a target."""
        return None if self.target_share is None else self.actual_share - self.target_share


def divide(amounts: Mapping[str, float], targets: Mapping[str, float | None]) -> list[Part]:
    """Return each arena's share of what is asked for, in the order of ``targets``, others after them.

    >>> [(part.name, part.actual_share) for part in divide({"Yard": 30, "Hall": 10}, {"Hall": 0.5})]
    [('Hall', 0.25), ('Yard', 0.75)]
    """
    total = sum(amounts.values())
    names = [*targets, *(name for name in sorted(amounts) if name not in targets)]
    return [Part(name, targets.get(name), amounts.get(name, 0.0) / total if total else 0.0) for name in names]


def deviation(parts: Iterable[Part]) -> float | None:
    """Return how far work is from what was meant, 0–1: ½ Σ |actual − target|; None without any target.

    What has no target is meant to get what the targets leave over.

    >>> deviation([Part("new", 0.6, 0.4), Part("old", 0.4, 0.6)])
    0.2
    """
    found = list(parts)
    aimed = [part for part in found if part.target_share is not None]
    if not aimed:
        return None
    rest_target = max(0.0, 1 - sum(part.target_share or 0.0 for part in aimed))
    rest_actual = sum(part.actual_share for part in found if part.target_share is None)
    if not any(part.actual_share for part in found):
        return None
    off = sum(abs(part.difference or 0.0) for part in aimed) + abs(rest_actual - rest_target)
    return round(off / 2, 9)


def arena_problems(
    values: Mapping[str, Any], is_taken: bool, others: Sequence[float]
) -> list[dict[str, object]]:
    """Return what is wrong with an arena, one mapping with ``field`` and ``reason`` each.

    :param others: the targets of the other open arenas.
    """
    problems: list[dict[str, object]] = []
    name, share = str(values.get("name") or ""), values.get("target_share")
    if not name or len(name) > LONGEST_NAME:
        problems.append({"field": "name", "reason": f"A name has 1 to {LONGEST_NAME} characters."})
    elif is_taken:
        problems.append({"field": "name", "reason": f"There is an arena “{name}” already."})
    if len(str(values.get("purpose") or "")) > LONGEST_PURPOSE:
        problems.append({"field": "purpose", "reason": f"At most {LONGEST_PURPOSE} characters."})
    if share is not None and not 0 <= share <= 1:
        problems.append({"field": "target_share", "reason": "A target lies between 0 and 100 %."})
    elif share is not None and values.get("closed_at") is None and share + sum(others) > 1 + LITTLE:
        left = wording.share(max(0.0, 1 - sum(others)))
        reason = f"All targets together exceed 100 %; at most {left} is left for this one."
        problems.append({"field": "target_share", "reason": reason})
    return problems
