"""Which process a proposal takes: rules in an order, of which the first that fits decides. Pure rules.

How much governance a proposal gets follows its risk, not who asks; the risk is counted from what the
proposal says, and every point has its reason.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ideaflow import wording

LEVELS = ("low", "moderate", "high")
TYPES = {
    "improve": "improve", "new_offering": "new offering", "process": "process", "service": "service",
}  # fmt: skip
STRATEGIES = {"satisfy": "satisfy", "redefine": "redefine"}
LISTS = ("types", "strategies", "segments", "regions")
LONGEST_LIST = 50
MOST_SPEND = 10**12


@dataclass(frozen=True)
class Facts:
    """What rules look at.

    :param spend: the sum asked for; None when nothing is said.
    :param effort: person-months until launch; None when nothing is said.
    """

    type: str
    strategy: str = "satisfy"
    segments: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    spend: float | None = None
    effort: float | None = None

    def plain(self) -> dict[str, Any]:
        """Return the facts with the risk counted from them, as values JSON can hold."""
        risk = risk_of(self)
        return {
            "type": self.type, "strategy": self.strategy, "segments": list(self.segments),
            "regions": list(self.regions), "spend": self.spend, "effort": self.effort,
            "risk": risk.level, "risk_because": list(risk.reasons),
        }  # fmt: skip


@dataclass(frozen=True)
class Risk:
    """Low, moderate or high, with what made it so."""

    level: str
    points: int
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class Step:
    """What one rule said when it was tried: whether it fits, and the first thing that did not."""

    name: str
    fits: bool
    why: str


def risk_of(facts: Facts) -> Risk:
    """Count the risk of a proposal: 0 or 1 point is low, 2 to 4 moderate, 5 and more high.

    >>> risk_of(Facts("improve", spend=20_000)).level, risk_of(Facts("new_offering", "redefine")).level
    ('low', 'moderate')
    >>> risk_of(Facts("new_offering", "redefine", spend=600_000)).level
    'high'
    """
    spend, effort = facts.spend or 0, facts.effort or 0
    counted = [
        (2 if facts.type == "new_offering" else 1 if facts.type in ("process", "service") else 0,
         f"it is a new {facts.type.removeprefix('new_')}"),
        (2 if facts.strategy == "redefine" else 0, "it redefines what customers ask for"),
        (2 if spend >= 500_000 else 1 if spend >= 100_000 else 0, f"it asks for {wording.count(int(spend))}"),
        (2 if effort >= 36 else 1 if effort >= 12 else 0, f"it takes {effort:g} person-months"),
        (1 if len(facts.regions) >= 3 else 0, f"it touches {len(facts.regions)} regions"),
    ]  # fmt: skip
    points = sum(count for count, _ in counted)
    level = "high" if points >= 5 else "moderate" if points >= 2 else "low"
    return Risk(level, points, tuple(words for count, words in counted if count))


def misfit(conditions: Mapping[str, Any], facts: Facts) -> str:
    """Return the first condition that does not hold, in words; empty when all do.

    >>> misfit({"types": ["improve"], "spend_below": 50000}, Facts("improve", spend=10))
    ''
    >>> misfit({"risk_at_most": "low"}, Facts("new_offering"))
    'its risk is moderate'
    """
    if conditions.get("meant_for") and facts.type not in conditions["meant_for"]:
        return f"its process is not meant for “{TYPES.get(facts.type, facts.type)}”"
    for name, mine in (("types", (facts.type,)), ("strategies", (facts.strategy,))):
        if conditions.get(name) and mine[0] not in conditions[name]:
            return f"it is “{TYPES.get(mine[0], mine[0])}”"
    for name, word, held in (("segments", "segment", facts.segments), ("regions", "region", facts.regions)):
        wanted = {one.casefold() for one in conditions.get(name) or ()}
        if wanted and not wanted & {one.casefold() for one in held}:
            return f"nobody in {' or '.join(conditions[name])} asks" if held else f"no {word} is known"
    level = LEVELS.index(risk_of(facts).level)
    if level > LEVELS.index(conditions.get("risk_at_most") or "high"):
        return f"its risk is {LEVELS[level]}"
    if level < LEVELS.index(conditions.get("risk_at_least") or "low"):
        return f"its risk is {LEVELS[level]}"
    return _spend_misfit(conditions, facts.spend)


def choose(rules: Sequence[tuple[str, Mapping[str, Any]]], facts: Facts) -> tuple[int | None, list[Step]]:
    """Try rules in their order; return the place of the first that fits, and what each one said up to it."""
    steps = []
    for place, (name, conditions) in enumerate(rules):
        why = misfit(conditions, facts)
        steps.append(Step(name, not why, why))
        if not why:
            return place, steps
    return None, steps


def words_of(conditions: Mapping[str, Any], money: Any = None) -> str:
    """Say what a rule asks: “improve or process; risk at most low; asks for less than 50,000”.

    >>> words_of({"types": ["improve", "process"], "risk_at_most": "low", "spend_below": 50000})
    'improve or process; risk low; asks for less than 50,000'
    >>> words_of({})
    'every proposal'
    """
    shown = money or (lambda amount: wording.count(int(amount)))
    said = [" or ".join(TYPES.get(one, one) for one in conditions.get(name) or ()) for name in LISTS[:2]]
    for name, word in (("segments", "segment"), ("regions", "region")):
        if conditions.get(name):
            said.append(f"{word} {' or '.join(conditions[name])}")
    low, high = conditions.get("risk_at_least") or "low", conditions.get("risk_at_most") or "high"
    between = LEVELS[LEVELS.index(low) : LEVELS.index(high) + 1]
    if len(between) < len(LEVELS):
        said.append(f"risk {' or '.join(between)}")
    if conditions.get("spend_from") is not None:
        said.append(f"asks for {shown(conditions['spend_from'])} or more")
    if conditions.get("spend_below") is not None:
        said.append(f"asks for less than {shown(conditions['spend_below'])}")
    return "; ".join(one for one in said if one) or "every proposal"


def problems_of(conditions: Mapping[str, Any]) -> Iterable[dict[str, object]]:
    """Yield what is wrong with the conditions of a rule, each with its field."""
    for name, known in (("types", TYPES), ("strategies", STRATEGIES)):
        for one in conditions.get(name) or ():
            if one not in known:
                yield {"field": name, "reason": f"“{one}” is none of {', '.join(known.values())}."}
    for name in ("segments", "regions"):
        listed = conditions.get(name) or ()
        if len(listed) > LONGEST_LIST or any(len(one) > 300 for one in listed):
            yield {"field": name, "reason": f"At most {LONGEST_LIST} names of 300 characters."}
    levels = [conditions.get("risk_at_least") or "low", conditions.get("risk_at_most") or "high"]
    if any(level not in LEVELS for level in levels):
        yield {"field": "risk_at_most", "reason": f"Choose one of {', '.join(LEVELS)}."}
    elif LEVELS.index(levels[0]) > LEVELS.index(levels[1]):
        yield {"field": "risk_at_most", "reason": f"No risk is {levels[0]} or more and {levels[1]} or less."}
    least, most = conditions.get("spend_from"), conditions.get("spend_below")
    if any(amount is not None and not 0 <= amount <= MOST_SPEND for amount in (least, most)):
        yield {"field": "spend_below", "reason": "A sum is 0 or more, at most 1,000 billion."}
    elif least is not None and most is not None and least >= most:
        yield {"field": "spend_below", "reason": "The upper limit must lie above the lower one."}


def _spend_misfit(conditions: Mapping[str, Any], spend: float | None) -> str:
    least, most = conditions.get("spend_from"), conditions.get("spend_below")
    # A sum nobody named yet is no reason for less governance: it fits only rules that ask for no limit.
    if spend is None:
        return "" if least is None and most is None else "it names no sum yet"
    if least is not None and spend < least:
        return f"it asks for {wording.count(int(spend))} only"
    if most is not None and spend >= most:
        return f"it asks for {wording.count(int(spend))}"
    return ""
