"""What a round of buying, or quadratic votes, comes to as values JSON can hold, and its table. Pure."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ideaflow.codesign.counting.ballots import Ballot, account_count, own
from ideaflow.codesign.counting.figures import NotEnough, Plan
from ideaflow.codesign.kinds.contract import Answers, Result, Table
from ideaflow.wording import share

if TYPE_CHECKING:
    from ideaflow.codesign.instruments.buying_tally import BuyingTally

Names = Mapping[str, str]


def money_result(
    rounds: Mapping[str, "BuyingTally | NotEnough"], main: str, ballots: Sequence[Ballot[Answers]],
    names: Names, budget: int,
) -> Result:  # fmt: skip
    """Return both rounds, as far as enough accounts took part in each, and what pooling changed."""
    from ideaflow.codesign.findings import buying as findings

    found = rounds[main]
    if isinstance(found, NotEnough):
        raise ValueError("The main round has enough accounts.")
    told: dict[str, Any] = {
        name: None if isinstance(one, NotEnough) else _round(one, name, ballots)
        for name, one in rounds.items()
    }
    said, between, solo = findings.finding(found, names), "", rounds["solo"]
    if main == "pool" and not isinstance(solo, NotEnough):
        between = findings.between_rounds(solo, found, names)
    by_person = sorted(found.offers, key=lambda one: -one.share.by_person)
    return {
        "order": [one.option for one in found.offers],
        "order_by_person": [one.option for one in by_person], "main": main, "rounds": told,
        "finding": {"lead": said.lead, "rest": f"{said.rest} {between}".strip()}, "between": between,
        "budget": budget, "accounts": found.care.accounts, "persons": found.care.persons,
    }  # fmt: skip


def _round(tally: "BuyingTally", name: str, ballots: Sequence[Ballot[Answers]]) -> dict[str, Any]:
    counted = [one for one in own(ballots) if name in one.answers]
    rows = [
        {
            "option": one.option, "price": one.price, "pledged": one.pledged, "share": one.share.value,
            "low": one.share.low, "high": one.share.high, "by_person": one.share.by_person,
            "is_funded": one.is_funded, "funded_share": one.funded_share, "accounts": one.accounts,
            "concentration": one.concentration, "regret": one.regret,
            "parts": _parts(counted, name, one.option),
        }
        for one in tally.offers
    ]  # fmt: skip
    return {
        "rows": rows,
        "unspent": tally.unspent,
        "regret": tally.regret,
        "accounts": account_count(counted),
    }


def _parts(ballots: Sequence[Ballot[Answers]], name: str, option: str) -> list[int]:
    """Return what each account pledged to an option, the largest first, without saying whose it is."""
    sums: dict[str, int] = {}
    for one in ballots:
        sums[one.account] = sums.get(one.account, 0) + int(one.answers[name].get(option, 0))
    return sorted((amount for amount in sums.values() if amount), reverse=True)


def money_table(result: Result, names: Names) -> Table:
    """Return the main round, with what the other funded beside."""
    other = "solo" if result["main"] == "pool" else "pool"
    beside = {one["option"]: one for one in (result["rounds"][other] or {"rows": []})["rows"]}
    rows = [
        [
            names[one["option"]], f"{one['price']:,}", f"{one['pledged']:,}",
            "yes" if one["is_funded"] else "", f"{round(100 * one['funded_share'])} of 100", one["accounts"],
            f"{share(one['share'])} ({100 * one['low']:.0f}–{100 * one['high']:.0f})",
            share(one["by_person"]),
            "" if one["concentration"] is None else f"{one['concentration']:.2f}", f"{one['regret']:,}",
            f"{beside[one['option']]['pledged']:,}" if one["option"] in beside else "",
        ]
        for one in result["rounds"][result["main"]]["rows"]
    ]  # fmt: skip
    last = "Alone" if other == "solo" else "Pooled"
    head = ["Option", "Price", "Pledged", "Funded", "In resamples", "Accounts", "Of the money", "By person",
            "HHI", "Regret", last]  # fmt: skip
    return Table(head, rows)


def votes_result(
    ballots: Sequence[Ballot[Mapping[str, int]]], names: Names, plan: Plan
) -> Result | NotEnough:
    """Return quadratic votes, most wanted first."""
    from ideaflow.codesign.findings import buying as findings
    from ideaflow.codesign.instruments import buying_tally

    found = buying_tally.tally_votes(ballots, list(names), plan)
    if isinstance(found, NotEnough):
        return found
    said, counted = findings.votes_finding(found, names), own(ballots)
    rows = [
        {
            "option": one.option, "votes": one.votes.value, "low": one.votes.low, "high": one.votes.high,
            "by_person": one.votes.by_person, "for": one.for_count, "against": one.against_count,
        }
        for one in found
    ]  # fmt: skip
    by_person = sorted(found, key=lambda one: -one.votes.by_person)
    return {
        "order": [one.option for one in found], "order_by_person": [one.option for one in by_person],
        "rows": rows, "finding": {"lead": said.lead, "rest": said.rest},
        "accounts": account_count(counted), "persons": len(counted),
    }  # fmt: skip


def votes_table(result: Result, names: Names) -> Table:
    """Return the numbers behind quadratic votes."""
    rows = [
        [
            names[one["option"]], f"{one['votes']:.1f}", f"{one['low']:.1f} to {one['high']:.1f}",
            f"{one['by_person']:.1f}", one["for"], one["against"],
        ]
        for one in result["rows"]
    ]  # fmt: skip
    return Table(["Option", "Votes an account", "95 %", "By person", "For", "Against"], rows)
