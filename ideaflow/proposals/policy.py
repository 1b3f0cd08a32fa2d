"""What a proposal may say: its words and the bounds of its numbers. Pure rules."""

from collections.abc import Mapping
from decimal import Decimal
from enum import StrEnum
from math import isfinite
from typing import Any

LONGEST_LINE = 300
LONGEST_TEXT = 20_000
LONGEST_ADDRESS = 2_000


class ProposalType(StrEnum):
    """What kind of thing would be built."""

    IMPROVE = "improve"
    NEW_OFFERING = "new_offering"
    PROCESS = "process"
    SERVICE = "service"

    @property
    def words(self) -> str:
        return self.value.replace("_", " ")


class Strategy(StrEnum):
    """Whether many customers ask for it, or it changes what they ask for."""

    SATISFY = "satisfy"
    REDEFINE = "redefine"

    @property
    def words(self) -> str:
        return self.value


class Origin(StrEnum):
    """Where a proposal came from; it keeps this for good."""

    THEME = "theme"
    TRIGGER = "trigger"
    STRATEGY = "strategy"
    INTERNAL = "internal"

    @property
    def words(self) -> str:
        """Return it as the end of “it came …”."""
        return {
            "theme": "from what customers say", "trigger": "from a rule about what customers say",
            "strategy": "from our strategy", "internal": "from an idea of our own",
        }[self.value]  # fmt: skip

    @property
    def is_of_customers(self) -> bool:
        return self in (Origin.THEME, Origin.TRIGGER)


class EvidenceKind(StrEnum):
    """What a piece of evidence points to."""

    THEME = "theme"
    STATEMENT = "statement"
    ACCOUNT = "account"
    OPPORTUNITY = "opportunity"
    STUDY = "study"
    COMPETITOR_MOVE = "competitor_move"
    DOCUMENT = "document"

    @property
    def words(self) -> str:
        return "competitor’s move" if self is EvidenceKind.COMPETITOR_MOVE else self.value


IMPACTS: dict[float, str] = {0.25: "minimal", 0.5: "low", 1.0: "medium", 2.0: "high", 3.0: "massive"}
"""How much it changes for one account."""

SCORE_FIELDS = ("impact", "confidence", "effort_months")
BENEFIT_FIELDS = ("benefit_who", "benefit_metric", "benefit_baseline", "benefit_target", "benefit_by")
EDITABLE = (
    "title", "problem", "value", "type", "strategy", "arena",
    *BENEFIT_FIELDS, *SCORE_FIELDS, "asked_amount", "asked_people",
)  # fmt: skip
LINES = ("title", "value", "arena", *BENEFIT_FIELDS)


def problems_of(values: Mapping[str, Any]) -> list[dict[str, object]]:
    """Return what is wrong with these fields of a proposal, one mapping with ``field`` and ``reason`` each.

    >>> problems_of({"title": " ", "confidence": 1.2})[1]
    {'field': 'confidence', 'reason': 'Confidence lies between 0 and 1, for instance 0.8.'}
    """
    problems: list[dict[str, object]] = []
    for field, value in values.items():
        reason = _reason(field, value)
        if reason:
            problems.append({"field": field, "reason": reason})
    return problems


def benefit_missing(values: Mapping[str, str]) -> list[str]:
    """Return which parts of the benefit are still to be said: who, metric, baseline, target, by when."""
    words = dict(zip(BENEFIT_FIELDS, ("who", "metric", "baseline", "target", "by when"), strict=True))
    return [word for field, word in words.items() if not values.get(field, "").strip()]


def is_web_address(url: str) -> bool:
    """Return whether ``url`` is one that may stand behind a link: https, a host, no blank.

    >>> is_web_address("https://wiki.example/spike"), is_web_address("javascript:alert(1)")
    (True, False)
    """
    head, sign, rest = url.partition("://")
    host = rest.split("/")[0].split("?")[0].split("#")[0]
    return (
        head.lower() == "https"
        and bool(sign)
        and bool(host)
        and "@" not in host
        and "\\" not in url
        and not any(letter.isspace() or not letter.isprintable() for letter in url)
    )


def _reason(field: str, value: Any) -> str:
    if field not in EDITABLE:
        return "This cannot be edited here."
    if field == "title" and not str(value).strip():
        return "A title is missing."
    if field in LINES and len(str(value or "")) > LONGEST_LINE:
        return f"At most {LONGEST_LINE} characters; these are {len(str(value)):,}."
    if field == "problem" and len(str(value)) > LONGEST_TEXT:
        return f"At most {LONGEST_TEXT:,} characters; these are {len(str(value)):,}."
    if field == "type" and value not in set(ProposalType):
        return f"Choose one of: {', '.join(kind.words for kind in ProposalType)}."
    if field == "strategy" and value not in set(Strategy):
        return f"Choose one of: {', '.join(Strategy)}."
    return _number_reason(field, value) if value is not None else ""


def _number_reason(field: str, value: Any) -> str:
    if field == "impact" and value not in IMPACTS:
        return f"Choose one of: {', '.join(f'{impact:g}' for impact in IMPACTS)}."
    if field == "confidence" and not 0 <= value <= 1:
        return "Confidence lies between 0 and 1, for instance 0.8."
    if field == "effort_months" and not (isfinite(value) and 0 < value <= 10_000):
        return "Effort is a number of person-months above 0, at most 10,000."
    if field == "asked_amount" and not (isfinite(value) and 0 <= value < Decimal(10) ** 12):
        return "The sum asked for is 0 or more, below 1,000 billion."
    if field == "asked_people" and not 0 <= value <= 100_000:
        return "The number of people is 0 or more, at most 100,000."
    return ""


OWNER_ALONE = (
    "Its owner withdraws it while it is young. Ask them, or let them hand it over to you on its page."
)
