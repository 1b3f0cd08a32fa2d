"""The case of a proposal as gatekeepers see it: facts that fill criteria, and their words.

Pure: everything comes in as plain values, the way the frozen numbers of a proposal hold them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ideaflow import wording
from ideaflow.gates.process.definition import Criterion, Gate
from ideaflow.proposals.proofs import wanted

QUOTES_SHOWN = 3
LONGEST_QUOTE = 220
BENEFIT = {
    "benefit_who": "who", "benefit_metric": "measure", "benefit_baseline": "baseline",
    "benefit_target": "target", "benefit_by": "by when",
}  # fmt: skip


@dataclass(frozen=True)
class Line:
    """A label with its value, for the list of the case."""

    label: str
    value: str


def question_of(gate: Gate, proposal: Mapping[str, Any], currency: str) -> str:
    """Return what a gate asks about a proposal: “Shall we build Live cycle count for €480 k and 5 people?”"""
    amount, people = float(proposal.get("asked_amount") or 0), int(proposal.get("asked_people") or 0)
    asked = [wording.money(amount, currency)] if amount else []
    asked += [wording.plural(people, "person", "people")] if people else []
    words = f" for {' and '.join(asked)}" if asked else ""
    # Not str.format: a title may hold braces of its own.
    return gate.question.replace("{asked}", words).replace("{title}", _said(proposal, "title"))


def facts_of(numbers: Mapping[str, Any], proposal: Mapping[str, Any]) -> dict[str, Any]:
    """Return what criteria that fill themselves are checked against.

    :param numbers: accounts, revenue and quotes of a proposal; amounts as text.
    :param proposal: its words by field name.

    >>> facts_of({"account_count": 5, "segment_count": 2, "top_account_share": 0.4}, {})["accounts"]
    5
    """
    accounts = int(numbers.get("account_count") or 0)
    return {
        "accounts": accounts,
        "segments": int(numbers.get("segment_count") or 0),
        # An account that took part in a study stands behind it as one that asks does.
        "accounts_without_largest": max(wanted.heard_accounts(numbers) - 1, 0),
        "largest_share": float(numbers.get("top_account_share") or 0),
        "problem_stated": bool(_said(proposal, "problem")),
        "arena_named": bool(_said(proposal, "arena")),
        "benefit_complete": not benefit_missing(proposal),
        "owner_named": bool(proposal.get("owner_id")),
        **wanted.facts(numbers, proposal),
    }


def benefit_missing(proposal: Mapping[str, Any]) -> list[str]:
    """Return which parts of the benefit hypothesis are still to be said."""
    return [word for field, word in BENEFIT.items() if not _said(proposal, field)]


def benefit_words(proposal: Mapping[str, Any]) -> str:
    """Return the benefit in a line: what it is measured by, from where to where; or what is missing."""
    missing = benefit_missing(proposal)
    if missing:
        return f"missing: {', '.join(missing)}"
    return (
        f"{_said(proposal, 'benefit_metric')}, {_said(proposal, 'benefit_baseline')}"
        f" to {_said(proposal, 'benefit_target')}"
    )


def proof_of(criterion: Criterion, pack: Mapping[str, Any], currency: str) -> str:
    """Say what a criterion that fills itself was filled with: “19 accounts, 5 segments”."""
    if not criterion.auto:
        return ""
    facts, proposal = pack["facts"], pack["proposal"]
    without = facts["accounts_without_largest"]
    words = {
        "accounts": wording.plural(facts["accounts"], "account"),
        "segments": wording.plural(facts["segments"], "segment"),
        "accounts_without_largest": wording.plural(without, "account"),
        "largest_share": largest_words(pack["numbers"], currency),
        "problem_stated": "stated" if facts["problem_stated"] else "not written yet",
        "arena_named": _said(proposal, "arena") or "no arena named yet",
        "benefit_complete": benefit_words(proposal),
        "owner_named": _said(proposal, "owner"),
        "worth_a_look": _first_signs(pack["numbers"]),
        **{one.key: one.words for one in wanted.wanted(pack["numbers"], proposal)},
    }
    return ", ".join(words[str(rule["fact"])] for rule in criterion.auto)


def _first_signs(numbers: Mapping[str, Any]) -> str:
    """Say what speaks for a first look: accounts, studies, moves of competitors."""
    signs = [wording.plural(int(numbers.get("account_count") or 0), "account")]
    for key, one, many in (
        ("studies", "study", "studies"),
        ("moves", "competitor’s move", "competitors’ moves"),
    ):
        if numbers.get(key):
            signs.append(wording.plural(len(numbers[key]), one, many))
    return ", ".join(signs)


def largest_words(numbers: Mapping[str, Any], currency: str) -> str:
    """Say what revenue stays without the largest account."""
    share = float(numbers.get("top_account_share") or 0)
    if not share:
        return "no revenue known"
    rest = float(numbers.get("revenue_amount") or 0) * (1 - share)
    return f"{wording.money(rest, currency)} without it"


def case_lines(numbers: Mapping[str, Any], currency: str) -> list[Line]:
    """Return the numbers of the case, each with its company: accounts, revenue, pipeline side by side."""
    accounts = wording.plural(int(numbers.get("account_count") or 0), "account")
    revenue = wording.money(_amount(numbers, "revenue_amount"), currency)
    share = float(numbers.get("top_account_share") or 0)
    pipeline = [
        f"{wording.money(_amount(numbers, f'{which}_amount'), currency)} {which}"
        for which in ("open", "lost")
        if _amount(numbers, f"{which}_amount")
    ]
    trend = str(numbers.get("trend") or "")
    return [
        Line("Asked", f"{accounts}, {revenue}"),
        Line("Statements", wording.count(int(numbers.get("statement_count") or 0))),
        Line("Segments", wording.count(int(numbers.get("segment_count") or 0))),
        Line(
            "Largest",
            f"{numbers['top_account_name']}, {wording.share(share)} of that revenue"
            if share
            else wording.NONE,
        ),
        Line("Trend", wording.TREND_WORDS.get(trend, trend.replace("_", " ")) or wording.NONE),
        Line("Pipeline", ", ".join(pipeline) or "none known"),
    ]


def changes_since(frozen: Mapping[str, Any], live: Mapping[str, Any], currency: str) -> str:
    """Say in a few words what has changed since the pack was frozen; empty when nothing has."""
    accounts = int(live.get("account_count") or 0) - int(frozen.get("account_count") or 0)
    revenue = round(_amount(live, "revenue_amount") - _amount(frozen, "revenue_amount"))
    parts = []
    if accounts:
        parts.append(f"{_signed(accounts)} {'account' if abs(accounts) == 1 else 'accounts'}")
    if revenue:
        parts.append(f"{'+' if revenue > 0 else '−'}{wording.money(abs(revenue), currency)}")
    return ", ".join(parts)


def quotes_of(numbers: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return up to three quotes, one an account where that is possible, each with the account's revenue."""
    revenue = {line["name"]: line.get("revenue_amount") for line in numbers.get("accounts") or ()}
    quotes: Sequence[Mapping[str, Any]] = numbers.get("quotes") or ()
    chosen: list[Mapping[str, Any]] = []
    for is_first_of_account in (True, False):
        for quote in quotes:
            known = {one["account_name"] for one in chosen}
            if quote not in chosen and (quote["account_name"] not in known) is is_first_of_account:
                chosen.append(quote)
    return [
        {
            "text": wording.shorten(str(quote["text"]), LONGEST_QUOTE),
            "account_name": quote["account_name"],
            "revenue_amount": revenue.get(quote["account_name"]),
            "said_at": quote.get("said_at"),
        }
        for quote in chosen[:QUOTES_SHOWN]
    ]


def _amount(numbers: Mapping[str, Any], key: str) -> float:
    return float(numbers.get(key) or 0)


def _said(proposal: Mapping[str, Any], field: str) -> str:
    return str(proposal.get(field) or "").strip()


def _signed(number: int) -> str:
    return f"+{number}" if number > 0 else f"−{-number}"
