"""What one piece of evidence was when it was added, and what it is now. Pure rules."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from ideaflow import wording
from ideaflow.proposals.policy import EvidenceKind
from ideaflow.proposals.proofs.terms import MoveKind, Outcome, StudyMethod

Seen = Mapping[str, Any]


@dataclass(frozen=True)
class Change:
    """What has changed since, in words; tone up is better than then, down worse."""

    words: str
    tone: str = ""


def summary(kind: str, seen: Seen | None, currency: str) -> str:
    """Return in a line what a piece of evidence says; empty for what only people can read.

    >>> summary("theme", {"account_count": 3, "revenue_amount": "1200000", "trend": "growing"}, "EUR")
    '3 accounts, €1.2 M, growing'
    """
    if not seen:
        return ""
    tellers: dict[str, Callable[[Seen, str], str]] = {
        EvidenceKind.THEME: _theme, EvidenceKind.STATEMENT: _statement, EvidenceKind.ACCOUNT: _account,
        EvidenceKind.OPPORTUNITY: _sale, EvidenceKind.STUDY: _study, EvidenceKind.COMPETITOR_MOVE: _move,
    }  # fmt: skip
    return tellers[kind](seen, currency) if kind in tellers else ""


def changes(kind: str, then: Seen | None, now: Seen | None, currency: str) -> list[Change]:
    """Return what has changed since a piece of evidence was added; nothing when all is as it was.

    :param now: None when the record is gone.
    """
    if not then:
        return []
    if now is None:
        return [Change("gone since", "down")]
    found = [
        change
        for key, change in _compared(then, now, currency)
        if change and (key in then or key == "lives_in")
    ]
    if (
        then.get("name")
        and now.get("name")
        and then["name"] != now["name"]
        and kind != EvidenceKind.STATEMENT
    ):
        found.append(Change(f"was called “{wording.shorten(str(then['name']), 60)}”"))
    return found


def _compared(then: Seen, now: Seen, currency: str) -> list[tuple[str, Change | None]]:
    counts = (("account_count", "account"), ("statement_count", "statement"), ("participant_count", "person"))
    rows: list[tuple[str, Change | None]] = [(key, _count(key, word, then, now)) for key, word in counts]
    money = (("revenue_amount", "a year"), ("amount", ""))
    rows += [(key, _money(key, word, then, now, currency)) for key, word in money]
    shown = {
        "trend": lambda value: wording.TREND_WORDS.get(str(value), str(value)),
        "outcome": lambda value: Outcome(value).words,
        "kind": _kind_words,
        "finding": str,
        "stage": str,
        "begins_on": _day,
        "until_on": _day,
        "sureness": lambda value: wording.share(float(value)),
    }
    rows += [(key, _word(key, show, then, now)) for key, show in shown.items()]
    rows += [("state", _state(then, now)), ("counts", _counts(then, now)), ("lives_in", _lives(now))]
    return rows


def _count(key: str, word: str, then: Seen, now: Seen) -> Change | None:
    before, after = int(then.get(key) or 0), int(now.get(key) or 0)
    if before == after:
        return None
    many = "people" if word == "person" else None
    number = wording.plural(abs(after - before), word, many)
    return Change(f"{number} {'more' if after > before else 'fewer'}", "up" if after > before else "down")


def _money(key: str, word: str, then: Seen, now: Seen, currency: str) -> Change | None:
    before, after = (round(float(one.get(key) or 0)) for one in (then, now))
    if before == after:
        return None
    unit = str(now.get("currency") or currency)
    sign = "+" if after > before else "−"
    told = f"{sign} {wording.money(abs(after - before), unit)} {word}".strip()
    return Change(told, "up" if after > before else "down")


def _word(key: str, show: Any, then: Seen, now: Seen) -> Change | None:
    before, after = then.get(key), now.get(key)
    return Change(f"was {show(before)}") if before and before != after else None


def _state(then: Seen, now: Seen) -> Change | None:
    before, after = then.get("state"), now.get("state")
    if not before or before == after:
        return None
    return Change(f"{after}, was {before}", {"won": "up", "lost": "down"}.get(str(after), ""))


def _counts(then: Seen, now: Seen) -> Change | None:
    return Change("withdrawn since", "down") if then.get("counts") and not now.get("counts") else None


def _lives(now: Seen) -> Change | None:
    return Change(f"lives on in theme {now['lives_in']}") if now.get("lives_in") else None


def _theme(seen: Seen, currency: str) -> str:
    parts = [wording.plural(int(seen.get("account_count") or 0), "account")]
    parts += [wording.money(float(seen["revenue_amount"]), currency)] if seen.get("revenue_amount") else []
    trend = seen.get("trend")
    parts += [wording.TREND_WORDS.get(str(trend), str(trend))] if trend else []
    return ", ".join(parts)


def _statement(seen: Seen, _currency: str) -> str:
    said = str(seen.get("said_at") or "")[:10]
    return ", ".join(part for part in (str(seen.get("account") or ""), _day(said)) if part)


def _account(seen: Seen, currency: str) -> str:
    amount = seen.get("revenue_amount")
    money = f"{wording.money(float(amount), str(seen.get('currency') or currency))} a year" if amount else ""
    return ", ".join(part for part in (str(seen.get("kind") or ""), money) if part)


def _sale(seen: Seen, currency: str) -> str:
    amount = seen.get("amount")
    money = wording.money(float(amount), str(seen.get("currency") or currency)) if amount else ""
    parts = (money, str(seen.get("state") or ""), str(seen.get("stage") or ""))
    return ", ".join(dict.fromkeys(part for part in parts if part))


def _study(seen: Seen, _currency: str) -> str:
    people = wording.plural(int(seen.get("participant_count") or 0), "person", "people")
    accounts = wording.plural(int(seen.get("account_count") or 0), "account")
    return f"{StudyMethod(seen['method']).words}, {people} of {accounts}, {Outcome(seen['outcome']).words}"


def _move(seen: Seen, _currency: str) -> str:
    days = _day(seen.get("begins_on"))
    if seen.get("until_on"):
        days += f" to {_day(seen['until_on'])}"
    return f"{_kind_words(seen['kind'])}, {days}, {wording.share(float(seen['sureness']))} sure"


def _kind_words(value: Any) -> str:
    return MoveKind(value).words if value in set(MoveKind) else str(value)


def _day(value: Any) -> str:
    """Return a day with its year: what is compared may lie years apart."""
    if not value:
        return "no day"
    day = date.fromisoformat(str(value)[:10])
    return f"{day.day} {day:%b %Y}"
