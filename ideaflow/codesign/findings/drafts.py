"""What design drafts say. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ideaflow.codesign.configurator.advice import Repair
from ideaflow.codesign.configurator.parts import Kit
from ideaflow.codesign.counting.figures import NotEnough
from ideaflow.codesign.findings.words import (
    Finding,
    not_enough,
    price,
    put,
    quoted,
    share_with_doubt,
    times_as_often,
)
from ideaflow.wording import decimal, plural

if TYPE_CHECKING:
    from ideaflow.codesign.configurator.drafts_tally import DraftsTally, Week

ALIKE_BY = 0.05
"""A likeness that changed by less is the same."""


def finding(
    tally: DraftsTally | NotEnough, kit: Kit, currency: str, weeks: Sequence[Week] = (),
    *, with_shares: bool = True,
) -> Finding:  # fmt: skip
    """Say which design most would take, whether the rules allow it, and whether drafts grow alike.

    :param with_shares: no where they would tell what a few accounts chose.
    """
    if isinstance(tally, NotEnough):
        return not_enough(tally)
    return put(
        _lead(tally, kit, with_shares=with_shares),
        [_allowed(tally, kit, currency), _together(tally, kit) if with_shares else "", _growing(weeks)],
        tally.care,
    )


def _lead(tally: DraftsTally, kit: Kit, *, with_shares: bool) -> str:
    """Name the options most took, the surest first."""
    chosen = sorted(
        (one for one in tally.shares if one.option in tally.modal), key=lambda one: -one.share.value
    )
    told = [
        f"“{kit.options[one.option].name}” {share_with_doubt(one.share) if with_shares else ''}".strip()
        for one in chosen[:3]
    ]
    more = f", and {plural(len(chosen) - 3, 'more choice')}" if len(chosen) > 3 else ""
    return f"The design of most: {', '.join(told)}{more}." if told else "Most drafts are empty."


def _allowed(tally: DraftsTally, kit: Kit, currency: str) -> str:
    if tally.nearest is None:
        return "The rules leave no design at all: look at them."
    if tally.is_modal_valid:
        return f"The rules allow it, for {_cost(tally.nearest, currency)}."
    swaps = [
        f"{quoted([kit.options[key].name for key in one.added]) or 'nothing'} for"
        f" {quoted([kit.options[key].name for key in one.dropped]) or 'nothing'}"
        for one in tally.nearest.changes
        if one.added or one.dropped
    ]
    return (
        f"The rules forbid it; the nearest they allow takes {', '.join(swaps)}, for"
        f" {_cost(tally.nearest, currency)}."
    )


def _cost(design: Repair, currency: str) -> str:
    """Write price and, where there is one, lead time."""
    within = f" in {plural(design.days, 'day')}" if design.days else ""
    return f"{price(design.price, currency)}{within}"


def _together(tally: DraftsTally, kit: Kit) -> str:
    """Name the pair of options that goes together most surely."""
    sure = [pair for pair in tally.pairs if pair.lift.low > 1]
    if not sure:
        return ""
    pair = max(sure, key=lambda one: one.lift.low)
    names = quoted([kit.options[pair.first].name, kit.options[pair.second].name])
    return f"{names} go together {times_as_often(pair.lift)} as often as chance would have it."


def _growing(weeks: Sequence[Week]) -> str:
    """Compare the first week with a number to the last."""
    known = [week.likeness for week in weeks if not isinstance(week.likeness, NotEnough)]
    if len(known) < 2:
        return ""
    first, last = known[0], known[-1]
    if abs(last - first) < ALIKE_BY:
        return f"Drafts stayed as alike as they were ({decimal(last)} of 1)."
    turn = "grew more alike" if last > first else "drifted apart"
    return f"Drafts {turn}: likeness {decimal(first)} in the first week, {decimal(last)} in the last."
