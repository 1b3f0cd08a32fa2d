"""Text of the proposal forms to typed values."""

import re
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from werkzeug.datastructures import MultiDict

from ideaflow import typed
from ideaflow.errors import Invalid
from ideaflow.proposals import policy
from ideaflow.proposals.scores.methods import Input
from ideaflow.proposals.scores.ranges import Span
from ideaflow.proposals.triggers.terms import MEASURES

TEXTS = ("title", "value", "type", "strategy", "arena", *policy.BENEFIT_FIELDS)
UNITS = {"": 1, "k": 1_000, "m": 1_000_000, "bn": 1_000_000_000}
AMOUNT = re.compile(r"([0-9][0-9.,]*|[.,][0-9]+)(k|m|bn)?")
DIGITS = re.compile(r"[0-9.,]+")
GROUPED = re.compile(r"[0-9]{1,3}([.,][0-9]{3})+")


def read_changes(form: Mapping[str, str]) -> dict[str, Any]:
    """Return the fields of a proposal that ``form`` holds, as typed values.

    :raises Invalid: some are no number; names each field.
    """
    changes: dict[str, Any] = {name: _line(form[name]) for name in TEXTS if name in form}
    if "problem" in form:
        changes["problem"] = form["problem"].replace("\r\n", "\n").strip()
    problems: list[dict[str, object]] = []
    for name, read in (
        ("impact", _float),
        ("confidence", _share),
        ("effort_months", _float),
        ("asked_amount", _money),
        ("asked_people", _int),
    ):
        if name in form:
            try:
                changes[name] = read(form[name].strip())
            except (ValueError, InvalidOperation, OverflowError):
                reason = f"“{form[name].strip()[:40]}” is no number. Write it like {_example(name)}."
                problems.append({"field": name, "reason": reason})
    if problems:
        told = " ".join(str(problem["reason"]) for problem in problems)
        raise Invalid(f"The proposal was not saved. {told}", problems)
    return changes


def read_study(form: Mapping[str, str]) -> dict[str, Any]:
    """Return the fields of a study; a number that cannot be read is None, which its bounds refuse.

    :raises Invalid: its day is none.
    """
    texts = {name: _line(form.get(name, "")) for name in ("title", "method", "outcome", "finding", "url")}
    counts = {name: _try(_int, form.get(name, "")) for name in ("participant_count", "account_count")}
    return {**texts, **counts, "held_on": typed.day(form.get("held_on", ""), "held_on")}


def read_move(form: Mapping[str, str]) -> dict[str, Any]:
    """Return the fields of a competitor's move; how sure we are is None where it cannot be read.

    :raises Invalid: one of its days is none.
    """
    texts = {name: _line(form.get(name, "")) for name in ("competitor", "title", "kind", "source", "url")}
    days = {name: typed.day(form.get(name, ""), name) for name in ("begins_on", "until_on")}
    theme = form.get("theme_id", "").strip().removeprefix("#")
    theme_id = (_try(_int, theme) or 0) if theme else None  # No theme has the number 0.
    return {**texts, **days, "sureness": _try(_share, form.get("sureness", "")), "theme_id": theme_id}


def read_arena(form: Mapping[str, str]) -> dict[str, Any]:
    """Return the fields of an arena.

    :raises Invalid: the target is no number.
    """
    text = form.get("target_share", "").strip()
    share = _try(_share, text)
    if text and share is None:
        reason = f"“{text[:40]}” is no number. Write it like 0.3 or 30 %."
        raise Invalid(f"The arena was not saved. {reason}", [{"field": "target_share", "reason": reason}])
    # 30 without a sign can only mean 30 %.
    share = share / 100 if share is not None and 1 < share <= 100 else share
    return {
        "name": _line(form.get("name", "")),
        "purpose": _line(form.get("purpose", "")),
        "target_share": share,
    }


def read_rule(form: MultiDict[str, str]) -> dict[str, Any]:
    """Return a rule that opens drafts: its conditions typed, empty ones left out.

    :raises Invalid: a number cannot be read; names each.
    """
    conditions: dict[str, Any] = {"trends": form.getlist("trends")}
    conditions |= {name: _line(form.get(name, "")) for name in ("segment", "region")}
    problems: list[dict[str, object]] = []
    reads: dict[str, Callable[[str], Any]] = {one.field: _money if one.is_money else _int for one in MEASURES}
    for name, read in {**reads, "least_there": _int}.items():
        text = form.get(name, "").strip()
        number = _try(read, text)
        if text and number is None:
            reason = (
                f"“{text[:40]}” is no number. Write it like {'50k' if reads.get(name) is _money else '5'}."
            )
            problems.append({"field": name, "reason": reason})
        conditions[name] = None if number is None else float(number)
    if problems:
        told = " ".join(str(problem["reason"]) for problem in problems)
        raise Invalid(f"The rule cannot be read. {told}", problems)
    values = {name: _line(form.get(name, "")) for name in ("name", "type", "strategy", "arena")}
    return {**values, "conditions": conditions, "owner_id": typed.number(form.get("owner_id"))}


def read_estimates(form: Mapping[str, str], asked: Sequence[Input]) -> dict[str, Span | None]:
    """Return low, likely and high of each input in ``form``; without a range all three are the same.

    :raises Invalid: a number cannot be read, or a range has no likely value; names each.
    """
    found: dict[str, Span | None] = {}
    problems: list[dict[str, object]] = []
    for one in (one for one in asked if one.key in form):
        texts = [form.get(f"{one.key}{end}", "").strip() for end in ("_low", "", "_high")]
        read = _share if one.most == 1 else _signed
        numbers = [_try(read, text) if text else None for text in texts]
        wrong = [text for text, number in zip(texts, numbers, strict=True) if text and number is None]
        low, likely, high = numbers
        if wrong:
            problems.append({"field": one.key, "reason": f"{one.label}: “{wrong[0][:40]}” is no number."})
        elif likely is None and (low is not None or high is not None):
            reason = f"{one.label}: say what is likely, not only from where to where."
            problems.append({"field": one.key, "reason": reason})
        elif likely is None:
            found[one.key] = None
        else:
            found[one.key] = Span(*(float(likely if end is None else end) for end in (low, likely, high)))
    if problems:
        told = " ".join(str(problem["reason"]) for problem in problems)
        raise Invalid(f"The estimates were not saved. {told}", problems)
    return found


def read_formula(form: MultiDict[str, str]) -> dict[str, Any]:
    """Return a formula with its inputs, one for each row that has a name or a meaning."""
    columns = [form.getlist(f"input_{name}") for name in ("key", "label", "least", "most")]
    inputs = [
        {
            "key": _line(key).lower().replace(" ", "_"), "label": _line(label),
            "least": _try(lambda text: float(_signed(text)), least) if least.strip() else None,
            "most": _try(lambda text: float(_signed(text)), most) if most.strip() else None,
        }
        for key, label, least, most in zip(*columns, strict=False)
        if key.strip() or label.strip()
    ]  # fmt: skip
    values = {name: form.get(name, "") for name in ("name", "purpose", "formula")}
    return {**values, "inputs": inputs}


def read_budget(text: str) -> float | None:
    """Return a sum, or None when there is none to be read."""
    amount = _try(_money, text)
    return None if amount is None else float(amount)


def _try(read: Callable[[str], Any], text: str) -> Any:
    try:
        return read(text.strip())
    except (ValueError, InvalidOperation, OverflowError):
        return None


def read_number(text: str | None, what: str) -> int:
    """Return a whole number such as a version or an id.

    :raises Invalid: it is none.
    """
    found = typed.number((text or "").strip().removeprefix("P-"))
    if found is None:
        raise Invalid(f"{what} is missing or no number. Go back, reload the page and try again.")
    return found


def read_numbers(texts: list[str], what: str) -> list[int]:
    """Return whole numbers in the order given, each once."""
    return list(dict.fromkeys(read_number(text, what) for text in texts))


def _line(text: str) -> str:
    return " ".join(text.split())


def _float(text: str) -> float | None:
    """Read 2.5 and 2,5 alike; nothing is grouped, as months are few."""
    return float(_plain(text)) if text else None


def _signed(text: str) -> Decimal:
    """Read an amount that may lie below 0."""
    found = -(_money(text[1:].strip()) or 0) if text[:1] in ("-", "−") else _money(text)
    return Decimal(found or 0)


def _share(text: str) -> float | None:
    """Read .8, 0,8 and 80 % alike."""
    if not text:
        return None
    if text.endswith("%"):
        return float(_plain(text.removesuffix("%").strip()) / 100)
    return float(_plain(text))


def _money(text: str) -> Decimal | None:
    return _amount(re.sub(r"[€$£¥]|^[A-Z]{3}\b|\b[A-Z]{3}$", "", text)) if text else None


def _int(text: str) -> int | None:
    if not text:
        return None
    number = _amount(text)
    if number != int(number):
        raise ValueError(text)
    return int(number)


def _amount(text: str) -> Decimal:
    """Read 480000, 480,000, 480.000, 1.5, 1,5, 480k and 1.2 M: a point before three digits groups them."""
    compact = re.sub(r"[\s\u00a0\u2009\u202f']", "", text).lower()
    found = AMOUNT.fullmatch(compact)
    if not found:
        raise ValueError(text)
    digits, unit = found[1], found[2] or ""
    if GROUPED.fullmatch(digits) and not unit:
        return Decimal(re.sub("[.,]", "", digits))
    return _plain(digits) * UNITS[unit]


def _plain(text: str) -> Decimal:
    if not DIGITS.fullmatch(text):
        raise ValueError(text)
    if text.count(",") and text.count("."):
        # The one that comes last parts the decimals: 1,234.50 and 1.234,50.
        groups, point = (",", ".") if text.rindex(".") > text.rindex(",") else (".", ",")
        text = text.replace(groups, "").replace(point, ".")
    return Decimal(text.replace(",", "."))


def _example(name: str) -> str:
    return {
        "impact": "2",
        "confidence": "0.8 or 80 %",
        "effort_months": "12 or 2.5",
        "asked_amount": "480,000 or 480k",
        "asked_people": "5",
    }[name]
