"""What a rule asks of a theme: conditions as data, whether they are met, and how they read. Pure rules."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite
from typing import Any

from ideaflow import wording
from ideaflow.proposals.policy import LONGEST_LINE, ProposalType, Strategy

TRENDS = ("new", "growing", "bursting", "step_change")
"""Labels a rule may wait for: what speaks for acting. A dismissed alarm counts as none."""


@dataclass(frozen=True)
class Measure:
    """One number of a theme that a rule may ask a least of."""

    field: str
    fact: str
    label: str
    unit: str
    is_money: bool = False


MEASURES = (
    Measure("least_accounts", "accounts", "Accounts that ask", "account"),
    Measure("least_customers", "customers", "Customers among them", "customer"),
    Measure("least_prospects", "prospects", "Prospects among them", "prospect"),
    Measure("least_statements", "statements", "Statements", "statement"),
    Measure("least_renewals", "renewals", "Renewals within 180 days", "renewal within 180 days"),
    Measure("least_revenue", "revenue", "Revenue a year", "of revenue a year", is_money=True),
    Measure("least_open", "open", "Open pipeline", "of open pipeline", is_money=True),
    Measure("least_lost", "lost", "Lost pipeline", "of lost pipeline", is_money=True),
)
FIELDS = ("trends", "segment", "region", "least_there", *(measure.field for measure in MEASURES))


@dataclass(frozen=True)
class ThemeFacts:
    """What a rule looks at.

    :param trend: its label; “as_usual” where its alarm was dismissed.
    :param there: accounts in the segment and region the rule names, if it names one.
    """

    theme_id: int
    title: str
    trend: str
    numbers: Mapping[str, float]
    there: int = 0


@dataclass(frozen=True)
class Conditions:
    """What must be true of a theme, all of it; what is not asked is left out.

    :param trends: one of these labels.
    :param segment: of it, or of the ``region``, or of both, at least ``least_there`` accounts ask.
    :param least: by field of ``MEASURES``, the least it must be.
    """

    trends: tuple[str, ...] = ()
    segment: str = ""
    region: str = ""
    least_there: int = 1
    least: Mapping[str, float] | None = None

    @classmethod
    def of(cls, plain: Mapping[str, Any]) -> "Conditions":
        """Read conditions from what ``plain`` wrote; what is empty asks nothing."""
        least = {
            measure.field: float(plain[measure.field]) for measure in MEASURES if plain.get(measure.field)
        }
        return cls(
            tuple(plain.get("trends") or ()), str(plain.get("segment") or ""), str(plain.get("region") or ""),
            int(plain.get("least_there") or 1), least,
        )  # fmt: skip

    def plain(self) -> dict[str, Any]:
        """Return values JSON can hold; only what is asked."""
        place: dict[str, Any] = {"segment": self.segment, "region": self.region}
        place = {name: value for name, value in place.items() if value}
        if place:
            place["least_there"] = self.least_there
        trends = {"trends": list(self.trends)} if self.trends else {}
        return {**trends, **place, **(self.least or {})}

    @property
    def place(self) -> str:
        return ", ".join(part for part in (self.segment, self.region) if part)


def lacking(conditions: Conditions, facts: ThemeFacts, currency: str) -> list[str]:
    """Return what a theme lacks to meet the conditions, in words; nothing when it meets all.

    >>> facts = ThemeFacts(1, "Live count", "growing", {"accounts": 4, "open": 90_000})
    >>> lacking(Conditions.of({"trends": ["growing"], "least_accounts": 5}), facts, "EUR")
    ['1 account short of 5']
    """
    missing = []
    if conditions.trends and facts.trend not in conditions.trends:
        missing.append(f"is {wording.TREND_WORDS.get(facts.trend, facts.trend)}")
    for measure in MEASURES:
        least = (conditions.least or {}).get(measure.field, 0)
        short = least - facts.numbers.get(measure.fact, 0)
        if short > 0:
            missing.append(_short(measure, short, least, currency))
    if conditions.place and facts.there < conditions.least_there:
        number = wording.plural(facts.there, "account")
        missing.append(f"{number} of {conditions.place}, {conditions.least_there} asked")
    return missing


def words_of(conditions: Conditions, currency: str) -> str:
    """Return conditions in words: “growing, at least 5 accounts, at least €50 k of open pipeline”."""
    parts = []
    if conditions.trends:
        parts.append(" or ".join(wording.TREND_WORDS.get(trend, trend) for trend in conditions.trends))
    for measure in MEASURES:
        least = (conditions.least or {}).get(measure.field, 0)
        if least:
            parts.append(f"at least {_amount(measure, least, currency)}")
    if conditions.place:
        number = wording.plural(conditions.least_there, "account")
        parts.append(f"at least {number} of {conditions.place}")
    return ", ".join(parts)


def problems_of(values: Mapping[str, Any], conditions: Conditions) -> list[dict[str, object]]:
    """Return what is wrong with a rule, one mapping with ``field`` and ``reason`` each."""
    problems: list[dict[str, object]] = []
    name = str(values.get("name") or "")
    if not name or len(name) > LONGEST_LINE:
        problems.append({"field": "name", "reason": f"A name has 1 to {LONGEST_LINE} characters."})
    if not conditions.plain():
        reason = "Ask for something: a rule without conditions would open a draft for every theme."
        problems.append({"field": "trends", "reason": reason})
    unknown = [trend for trend in conditions.trends if trend not in TRENDS]
    if unknown:
        problems.append({"field": "trends", "reason": f"No rule can wait for “{unknown[0]}”."})
    for field, least in (conditions.least or {}).items():
        if not isfinite(least) or least < 0 or least >= 1e12:
            problems.append({"field": field, "reason": "Write a number above 0, or leave it empty."})
    if not 1 <= conditions.least_there <= 100_000:
        problems.append({"field": "least_there", "reason": "Write a whole number from 1 on."})
    if values.get("type") not in set(ProposalType) or values.get("strategy") not in set(Strategy):
        problems.append({"field": "type", "reason": "Choose a type and a strategy for its drafts."})
    return problems


def _short(measure: Measure, short: float, least: float, currency: str) -> str:
    if measure.is_money:
        return f"{wording.money(short, currency)} {measure.unit} short"
    return f"{_amount(measure, short, currency)} short of {least:g}"


def _amount(measure: Measure, number: float, currency: str) -> str:
    if measure.is_money:
        return f"{wording.money(number, currency)} {measure.unit}"
    many = "renewals within 180 days" if measure.field == "least_renewals" else None
    return wording.plural(int(number), measure.unit, many)
