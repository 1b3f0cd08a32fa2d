"""What duels say. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from ideaflow.codesign.counting.figures import NotEnough
from ideaflow.codesign.findings.words import Finding, not_enough, put, quoted
from ideaflow.wording import chance, share

if TYPE_CHECKING:
    from ideaflow.codesign.instruments.pairwise_tally import DuelTally, PairwiseTally

MANY_UNDECIDED = 0.2


def finding(tally: PairwiseTally | NotEnough, names: Mapping[str, str]) -> Finding:
    """Say which option matters most, and how sure its place is.

    :param names: of options, as they were shown.
    """
    if isinstance(tally, NotEnough):
        return not_enough(tally)
    return put(
        _lead(tally, names),
        [
            "" if tally.is_connected else
            "Some options were never compared with the others, so ranks across them are not sure.",
            _new(tally, names),
            _undecided(tally),
            _side(tally),
        ],
        tally.care,
    )  # fmt: skip


def level_with_first(tally: PairwiseTally) -> list[DuelTally]:
    """Return the options whose intervals reach that of the first, it included."""
    first = tally.options[0]
    return [one for one in tally.options if one.score.high >= first.score.low]


def _lead(tally: PairwiseTally, names: Mapping[str, str]) -> str:
    level = level_with_first(tally)
    first = level[0]
    if len(level) == len(tally.options):
        return "No option stands out: all intervals overlap."
    if len(level) > 1:
        return f"{quoted([names[one.option] for one in level])} lead; their order is not sure."
    score = first.score
    return (
        f"“{names[first.option]}” matters most: it would win {score.value:.0f} of 100 comparisons"
        f" ({score.low:.0f}–{score.high:.0f})."
    )


def _new(tally: PairwiseTally, names: Mapping[str, str]) -> str:
    """Name options too new to be judged."""
    young = [one for one in tally.options if one.wins + one.losses < tally.care.accounts]
    if not young:
        return ""
    which = quoted([names[one.option] for one in young])
    return f"Too new to judge, compared less than once an account: {which}."


def _undecided(tally: PairwiseTally) -> str:
    if tally.undecided_share < MANY_UNDECIDED:
        return ""
    return f"In {share(tally.undecided_share)} of pairs people could not decide."


def _side(tally: PairwiseTally) -> str:
    if not tally.side.is_biased:
        return ""
    part = share(tally.side.left / tally.side.decided)
    how = chance(tally.side.p).replace("q", "p", 1)
    return f"The left side won {part} of the time ({how}); sides are drawn by lot, so no option gains by it."
