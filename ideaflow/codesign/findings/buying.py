"""What was bought, in words. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from ideaflow.codesign.counting.figures import NotEnough
from ideaflow.codesign.findings.words import (
    Finding,
    not_enough,
    of_hundred,
    put,
    quoted,
    share_with_doubt,
    with_doubt,
)
from ideaflow.wording import plural, share

if TYPE_CHECKING:
    from ideaflow.codesign.instruments.buying_tally import BuyingTally, OfferTally, VotesTally

FEW_VOICES = 2.0
"""Money of fewer equal voices than that hangs on one account."""

UNSURE = 0.8
"""Funded in fewer draws than that: another set of accounts might not have."""


def finding(tally: BuyingTally | NotEnough, names: Mapping[str, str]) -> Finding:
    """Say what one round funded, how surely, on whose money, and what was dropped.

    :param names: of options, as they were shown.
    """
    if isinstance(tally, NotEnough):
        return not_enough(tally)
    funded = tally.funded
    many = (
        f"{len(funded)} of {plural(len(tally.offers), 'option')} {'is' if len(funded) == 1 else 'are'} funded"
    )
    lead = f"{many}: {quoted([names[one.option] for one in funded])}." if funded else "Nothing is funded."
    return put(
        lead,
        [_first(tally.offers[0], names), _unsure(tally, names), _few(tally, names), _closest(tally, names),
         _regret(tally)],
        tally.care,
    )  # fmt: skip


def between_rounds(solo: BuyingTally, pooled: BuyingTally, names: Mapping[str, str]) -> str:
    """Say what pooling in the open changed; empty: nothing."""
    before, after = ({one.option for one in tally.funded} for tally in (solo, pooled))
    order = [one.option for one in pooled.offers]
    won = [names[key] for key in order if key in after - before]
    lost = [names[key] for key in order if key in before - after]
    said = [f"Pooling funded {quoted(won)}, which budgets alone did not."] if won else []
    said += [f"{quoted(lost)} had been funded alone and fell out when accounts agreed."] if lost else []
    return " ".join(said)


def votes_finding(votes: tuple[VotesTally, ...] | NotEnough, names: Mapping[str, str]) -> Finding:
    """Say what quadratic votes want most, and what they split on."""
    if isinstance(votes, NotEnough):
        return not_enough(votes)
    first = votes[0]
    if first.votes.low <= 0:
        return Finding("No option is wanted more than chance has it.")
    lead = f"“{names[first.option]}” is wanted most: {with_doubt(first.votes)} votes an account."
    split = [
        one
        for one in votes
        if min(one.for_count, one.against_count) * 3 >= max(one.for_count, one.against_count, 1)
    ]
    rest = [
        f"“{names[one.option]}” splits them: {one.for_count} for, {one.against_count} against."
        for one in split[:2]
    ]
    return Finding(lead, " ".join(rest))


def _first(offer: OfferTally, names: Mapping[str, str]) -> str:
    if not offer.pledged:
        return "Nobody pledged anything."
    return (
        f"“{names[offer.option]}” has {share_with_doubt(offer.share)} of the money, from"
        f" {plural(offer.accounts, 'account')}."
    )


def _unsure(tally: BuyingTally, names: Mapping[str, str]) -> str:
    unsure = [one for one in tally.funded if one.funded_share < UNSURE]
    if not unsure:
        return ""
    least = min(unsure, key=lambda one: one.funded_share)
    return f"“{names[least.option]}” is funded by a little: in {of_hundred(least.funded_share)} resamples."


def _few(tally: BuyingTally, names: Mapping[str, str]) -> str:
    narrow = [one for one in tally.funded if one.concentration and 1 / one.concentration < FEW_VOICES]
    hang = "hangs" if len(narrow) == 1 else "hang"
    return f"{quoted([names[one.option] for one in narrow])} {hang} on one account’s money." if narrow else ""


def _closest(tally: BuyingTally, names: Mapping[str, str]) -> str:
    open_ones = [one for one in tally.offers if not one.is_funded and one.pledged]
    if not open_ones:
        return ""
    near = max(open_ones, key=lambda one: one.pledged / one.price)
    return f"“{names[near.option]}” came closest of the rest, with {near.pledged:,} of {near.price:,}."


def _regret(tally: BuyingTally) -> str:
    spent = sum(one.pledged for one in tally.offers)
    if not tally.regret:
        return ""
    return f"{share(tally.regret / spent)} of all money went to what is not funded."
