"""What a check's evidence or measure says of one cell: p, whether it passes, by what, until when. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Protocol

from ideaflow import wording
from ideaflow.launch.items import MEASURES


@dataclass(frozen=True)
class Shown:
    """One piece of evidence for a check: how much of it is shown, and until when.

    :param share: ½ or 1; a waiver that was agreed to is 1.
    :param is_confirmed: whether a second person looked at it; before that it counts for nothing.
    """

    id: int
    share: float
    is_confirmed: bool
    valid_until_on: date | None = None
    is_waiver: bool = False


@dataclass(frozen=True)
class Reading:
    """What records say of one cell, for one measure.

    :param value: a share from 0 to 1, or a number of things for measures that count.
    :param words: why it does not pass, or how well it does: “10 of 14, 71 %”.
    """

    value: float
    words: str
    facts: dict[str, Any] = field(default_factory=dict)
    expires_on: date | None = None


@dataclass(frozen=True)
class Standing:
    """Where a check stands in a cell."""

    share: float
    is_passed: bool
    words: str
    facts: dict[str, Any] = field(default_factory=dict)
    expires_on: date | None = None
    is_measured: bool = False
    is_waived: bool = False
    evidence_id: int | None = None


def stand(
    rule: Mapping[str, Any], evidence: Sequence[Shown], reading: Reading | None, today: date
) -> Standing:
    """Return where a check stands: an agreed waiver first, then its measure, else its best evidence."""
    threshold = float(rule.get("threshold", 1))
    alive = [one for one in evidence if one.valid_until_on is None or one.valid_until_on >= today]
    waivers = [one for one in alive if one.is_confirmed and one.is_waiver]
    if waivers:
        best = max(waivers, key=_lasts)
        return Standing(
            1.0, True, "waived", expires_on=best.valid_until_on, is_waived=True, evidence_id=best.id
        )
    measure = MEASURES.get(str(rule.get("kind")))
    if measure is not None:
        if reading is None:
            return Standing(0.0, False, "not measured yet", is_measured=True)
        share = min(1.0, reading.value / threshold) if measure.is_count else min(1.0, reading.value)
        is_passed = reading.value >= threshold
        words = reading.words
        if not is_passed and not measure.is_of_price:
            needs = f"{threshold:g}" if measure.is_count else wording.share(threshold)
            words = f"{words}, needs {needs}"
        return Standing(share, is_passed, words, dict(reading.facts), reading.expires_on, is_measured=True)
    return _by_evidence(threshold, [one for one in evidence if not one.is_waiver], today)


def _by_evidence(threshold: float, evidence: Sequence[Shown], today: date) -> Standing:
    confirmed = [one for one in evidence if one.is_confirmed]
    alive = [one for one in confirmed if one.valid_until_on is None or one.valid_until_on >= today]
    if alive:
        best = max(alive, key=lambda one: (one.share, _lasts(one)))
        is_passed = best.share >= threshold
        words = "shown and checked" if is_passed else "half shown"
        return Standing(
            best.share, is_passed, words, expires_on=best.valid_until_on,
            evidence_id=best.id if is_passed else None,
        )  # fmt: skip
    if any(not one.is_confirmed for one in evidence):
        return Standing(0.0, False, "evidence waits for a second person")
    if confirmed:
        last = max(one.valid_until_on for one in confirmed if one.valid_until_on)
        return Standing(0.0, False, f"evidence expired on {wording.day(last, today)}")
    return Standing(0.0, False, "no evidence yet")


class Stands(Protocol):
    """A standing as it is kept."""

    words: Any
    facts: Any
    is_passed: Any
    expires_on: Any


def told(standing: Stands, now: datetime) -> str:
    """Return how a check stands, with the moment records name: “price entry inactive since 10:02”.

    Past its last day it says so, whether it has been measured since or not.
    """
    if standing.is_passed and standing.expires_on is not None and standing.expires_on < now.date():
        return f"expired on {wording.day(standing.expires_on, now.date())}"
    at = standing.facts.get("at") if standing.facts else None
    return str(standing.words) if at is None or standing.is_passed else since_words(standing.words, at, now)


def since_words(words: str, at: str, now: datetime) -> str:
    """Return words with a moment: the hour on the same day, else the day.

    >>> from datetime import UTC
    >>> noon = datetime(2026, 11, 22, 12, tzinfo=UTC)
    >>> since_words("price entry inactive", "2026-11-22T10:02:00+00:00", noon)
    'price entry inactive since 10:02'
    """
    since = datetime.fromisoformat(at).astimezone(now.tzinfo)
    is_today = since.date() == now.date()
    return (
        f"{words} since {since:%H:%M}"
        if is_today
        else f"{words} since {wording.day(since.date(), now.date())}"
    )


def _lasts(one: Shown) -> date:
    return one.valid_until_on or date.max
