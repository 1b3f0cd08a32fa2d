"""What proof a proposal needs, by where it comes from, its strategy and its type. Pure rules.

The same numbers as the frozen ones of a gate's pack go in, so that page and gate say the same.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ideaflow import wording
from ideaflow.proposals.policy import Origin, ProposalType, Strategy
from ideaflow.proposals.proofs.terms import Outcome, StudyMethod

MANY_ACCOUNTS, MANY_SEGMENTS = 5, 2
FIRST_ACCOUNTS = 3
LEAST_TRIED = 5
"""So many people must have tried it before a study may stand in for many who ask."""


@dataclass(frozen=True)
class Wanted:
    """One thing that must be proven.

    :param key: the fact a gate's criterion may ask for.
    :param name: what is proven, in a few words; ``because``: why it is asked of this proposal.
    :param words: what it rests on, or what would meet it.
    """

    key: str
    name: str
    because: str
    is_met: bool
    words: str


def wanted(numbers: Mapping[str, Any], proposal: Mapping[str, Any]) -> list[Wanted]:
    """Return what a proposal has to prove before its business case, each met or not.

    :param numbers: as ``Numbers.snapshot`` gives them, live or frozen.
    :param proposal: its words by field name.
    """
    return [_halves(numbers, proposal), _strategy(numbers, proposal), _type(numbers, proposal)]


def facts(numbers: Mapping[str, Any], proposal: Mapping[str, Any]) -> dict[str, bool]:
    """Return what criteria of gates may ask for, by name.

    >>> facts({"account_count": 1}, {"origin": "theme"})["both_halves"]
    False
    """
    asks = int(numbers.get("account_count") or 0) >= FIRST_ACCOUNTS
    is_new = proposal.get("strategy") == Strategy.REDEFINE
    first = asks or (is_new and bool(numbers.get("studies") or numbers.get("moves")))
    return {"worth_a_look": first, **{one.key: one.is_met for one in wanted(numbers, proposal)}}


def heard_accounts(numbers: Mapping[str, Any]) -> int:
    """Return how many accounts ask for it, or took part in the largest study not against it."""
    asking = int(numbers.get("account_count") or 0)
    return max([asking, *(int(one["account_count"]) for one in _studies(numbers) if not _is_against(one))])


def _halves(numbers: Mapping[str, Any], proposal: Mapping[str, Any]) -> Wanted:
    """Bottom and top: what customers began needs our strategy, what strategy began needs customers."""
    origin = Origin(proposal.get("origin") or Origin.INTERNAL)
    because = f"it came {origin.words}"
    if origin.is_of_customers:
        arena = str(proposal.get("arena") or "").strip()
        words = arena or "no arena named yet; choose one under Edit"
        return Wanted("both_halves", "Fits an arena of our strategy", because, bool(arena), words)
    accounts = heard_accounts(numbers)
    words = (
        f"{wording.plural(accounts, 'account')} heard"
        if accounts
        else "no customer heard yet; cite a theme, an account or a study"
    )
    return Wanted("both_halves", "Customers were heard on it", because, accounts > 0, words)


def _strategy(numbers: Mapping[str, Any], proposal: Mapping[str, Any]) -> Wanted:
    if proposal.get("strategy") == Strategy.REDEFINE:
        tried = [one for one in _studies(numbers) if _is_passed(one)]
        words = (
            "; ".join(_told(one) for one in tried[:2])
            if tried
            else f"no concept test, lead users or field test with {LEAST_TRIED} people speaks for it yet"
        )
        because = "it redefines what customers ask for, so counting wishes proves nothing"
        return Wanted("strategy_proven", "Customers tried it and want it", because, bool(tried), words)
    accounts, segments = int(numbers.get("account_count") or 0), int(numbers.get("segment_count") or 0)
    is_met = accounts >= MANY_ACCOUNTS and segments >= MANY_SEGMENTS
    words = f"{wording.plural(accounts, 'account')}, {wording.plural(segments, 'segment')}"
    if not is_met:
        words += f"; {MANY_ACCOUNTS} accounts of {MANY_SEGMENTS} segments are needed"
    return Wanted("strategy_proven", "Many ask for it", "it satisfies what customers ask for", is_met, words)


def _type(numbers: Mapping[str, Any], proposal: Mapping[str, Any]) -> Wanted:
    kind = ProposalType(proposal.get("type") or ProposalType.IMPROVE)
    name, is_met, good, lacking = {
        ProposalType.IMPROVE: _improves,
        ProposalType.NEW_OFFERING: _sells,
        ProposalType.PROCESS: _measures,
        ProposalType.SERVICE: _can_be_served,
    }[kind](numbers, proposal)
    return Wanted("type_proven", name, f"its type is {kind.words}", is_met, good if is_met else lacking)


Answer = tuple[str, bool, str, str]


def _improves(numbers: Mapping[str, Any], _proposal: Mapping[str, Any]) -> Answer:
    customers = int(numbers.get("customer_count") or 0)
    lacking = "nobody who has it today asks; prospects alone are no case for improving it"
    words = f"{wording.plural(customers, 'customer')} who have it today"
    return "Those who have it ask", customers > 0, words, lacking


def _sells(numbers: Mapping[str, Any], _proposal: Mapping[str, Any]) -> Answer:
    sales = int(numbers.get("open_count") or 0) + int(numbers.get("lost_count") or 0)
    tried = any(_is_passed(one) for one in _studies(numbers))
    words = f"{wording.plural(sales, 'opportunity')} among those who ask" if sales else "customers tried it"
    lacking = "no opportunity among those who ask, and nobody has tried it"
    return "Somebody would buy it", bool(sales) or tried, words, lacking


def _measures(_numbers: Mapping[str, Any], proposal: Mapping[str, Any]) -> Answer:
    measure, today = (str(proposal.get(f"benefit_{one}") or "").strip() for one in ("metric", "baseline"))
    lacking = "say under Benefit what is measured, and where it stands today"
    return "Today is measured", bool(measure and today), f"{measure}: {today} today", lacking


def _can_be_served(numbers: Mapping[str, Any], _proposal: Mapping[str, Any]) -> Answer:
    documents = int(numbers.get("document_count") or 0)
    tried = any(_is_passed(one) for one in _studies(numbers))
    words = "customers tried it" if tried else f"{wording.plural(documents, 'document')} on how"
    lacking = "cite a document that says who serves it and how, or a field test"
    return "Somebody can serve it", tried or documents > 0, words, lacking


def _studies(numbers: Mapping[str, Any]) -> Iterable[Mapping[str, Any]]:
    return numbers.get("studies") or ()


def _is_passed(study: Mapping[str, Any]) -> bool:
    return (
        study["outcome"] == Outcome.FOR
        and StudyMethod(study["method"]).tries_it
        and int(study["participant_count"]) >= LEAST_TRIED
    )


def _is_against(study: Mapping[str, Any]) -> bool:
    return bool(study["outcome"] == Outcome.AGAINST)


def _told(study: Mapping[str, Any]) -> str:
    people = wording.plural(int(study["participant_count"]), "person", "people")
    return f"{StudyMethod(study['method']).words} with {people}: {study['finding']}"
