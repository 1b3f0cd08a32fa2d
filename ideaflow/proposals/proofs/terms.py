"""What studies and competitors' moves are spoken of in, and the bounds of their fields. Pure rules."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Any

from ideaflow.proposals import policy


class StudyMethod(StrEnum):
    """How customers were asked, or what they tried."""

    INTERVIEWS = "interviews"
    SURVEY = "survey"
    CONCEPT_TEST = "concept_test"
    USABILITY_TEST = "usability_test"
    LEAD_USERS = "lead_users"
    FIELD_TEST = "field_test"

    @property
    def words(self) -> str:
        return self.value.replace("_", " ")

    @property
    def tries_it(self) -> bool:
        """Return whether customers had the thing itself before them, not only questions about their work."""
        return self in (StudyMethod.CONCEPT_TEST, StudyMethod.LEAD_USERS, StudyMethod.FIELD_TEST)


class Outcome(StrEnum):
    """What a study says about the proposal."""

    FOR = "for"
    MIXED = "mixed"
    AGAINST = "against"

    @property
    def words(self) -> str:
        return {"for": "speaks for it", "mixed": "mixed", "against": "speaks against it"}[self.value]


class MoveKind(StrEnum):
    """How far a competitor has come."""

    RUMOUR = "rumour"
    ANNOUNCED = "announced"
    BETA = "beta"
    ON_SALE = "on_sale"
    PRICE = "price"

    @property
    def words(self) -> str:
        return {"on_sale": "on sale", "price": "price change"}.get(self.value, self.value)

    @property
    def tells_sale(self) -> bool:
        """Return whether its days are those from which customers can buy it."""
        return self in (MoveKind.RUMOUR, MoveKind.ANNOUNCED, MoveKind.ON_SALE)


STUDY_FIELDS = (
    "title", "method", "outcome", "finding", "participant_count", "account_count", "held_on", "url",
)  # fmt: skip
MOVE_FIELDS = (
    "competitor",
    "title",
    "kind",
    "begins_on",
    "until_on",
    "sureness",
    "source",
    "url",
    "theme_id",
)
_SAID = {
    "title": "Say in a line what it is.",
    "finding": "Say in a sentence what came out.",
    "competitor": "Name the competitor.",
}
_CHOICES: dict[str, type[StrEnum]] = {"method": StudyMethod, "outcome": Outcome, "kind": MoveKind}
_DAYS = {"held_on": "the day it was held", "begins_on": "the day, or the first day it may be"}


def problems_of(values: Mapping[str, Any], today: date) -> list[dict[str, object]]:
    """Return what is wrong with a study or a move, one mapping with ``field`` and ``reason`` each.

    :param values: all fields; days as dates, None where none could be read.
    """
    problems: list[dict[str, object]] = [
        {"field": field, "reason": reason}
        for field, value in values.items()
        if (reason := _reason(field, value))
    ]
    people, accounts = values.get("participant_count"), values.get("account_count")
    if isinstance(people, int) and isinstance(accounts, int) and accounts > people:
        reason = "There cannot be more accounts than people who took part."
        problems.append({"field": "account_count", "reason": reason})
    held, begins, until = values.get("held_on"), values.get("begins_on"), values.get("until_on")
    if held is not None and held > today:
        problems.append(
            {"field": "held_on", "reason": "A study counts once it was held; this day is to come."}
        )
    if begins is not None and until is not None and until < begins:
        problems.append({"field": "until_on", "reason": "The last day lies before the first."})
    return problems


def _reason(field: str, value: Any) -> str:
    if field in _SAID:
        if not str(value or "").strip():
            return _SAID[field]
        if len(str(value)) > policy.LONGEST_LINE:
            return f"At most {policy.LONGEST_LINE} characters; these are {len(str(value)):,}."
    if field == "source" and len(str(value or "")) > policy.LONGEST_LINE:
        return f"At most {policy.LONGEST_LINE} characters; these are {len(str(value)):,}."
    if field in _CHOICES and value not in set(_CHOICES[field]):
        words = [one.words for one in _CHOICES[field]]  # type: ignore[attr-defined]
        return f"Choose one of: {', '.join(words)}."
    if field in ("participant_count", "account_count") and not (
        isinstance(value, int) and 0 <= value <= 1_000_000
    ):
        return "Write a whole number, 0 or more."
    if field in _DAYS and value is None:
        return f"Say {_DAYS[field]}, for instance 2026-10-30."
    if field == "sureness" and not (isinstance(value, int | float) and 0 <= value <= 1):
        return "How sure lies between 0 and 1, for instance 0.7 or 70 %."
    if (
        field == "url"
        and value
        and not (policy.is_web_address(str(value)) and len(str(value)) <= policy.LONGEST_ADDRESS)
    ):
        return "The address begins with https:// and names a host, for instance https://wiki.example/study."
    return ""
