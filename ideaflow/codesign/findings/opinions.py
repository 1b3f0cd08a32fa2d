"""What groups of opinion say. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from ideaflow.codesign.counting.figures import NotEnough
from ideaflow.codesign.findings.words import Finding, not_enough, put, quoted
from ideaflow.wording import decimal, in_words, plural, share

if TYPE_CHECKING:
    from ideaflow.codesign.instruments.opinions_tally import OpinionsTally, StatementTally

APART_FROM = 0.25
"""Groups of a smaller silhouette hardly stand apart."""

PARTED = 0.4
"""Agreement of two groups that differs by so much is worth telling."""


def finding(tally: OpinionsTally | NotEnough, names: Mapping[str, str]) -> Finding:
    """Say how many groups there are, what all of them agree on, and on what they part.

    :param names: the statements in full.
    """
    if isinstance(tally, NotEnough):
        return not_enough(tally)
    return put(_lead(tally, names), [_parted(tally, names), _apart(tally), _outside(tally)], tally.care)


def agreed_by_all(tally: OpinionsTally) -> list[StatementTally]:
    """Return the statements every group agrees on, the surest first; none while a group is hidden."""
    return [one for one in tally.statements if one.is_agreed_by_all]


def _lead(tally: OpinionsTally, names: Mapping[str, str]) -> str:
    agreed = agreed_by_all(tally)
    if None in tally.sizes:
        return "Groups were found, but are too small to be told of."
    if len(tally.sizes) == 1:
        told = [names[one.statement] for one in agreed[:2]]
        return (
            f"There is one opinion, not several: {quoted(told)}."
            if told
            else "There is one opinion, not several."
        )
    sizes = " and ".join(str(size) for size in tally.sizes)
    who = f"{in_words(len(tally.sizes))} groups ({sizes} people)"
    if not agreed:
        return f"{who} agree on nothing."
    more = f", and on {plural(len(agreed) - 2, 'more statement')}" if len(agreed) > 2 else ""
    return f"{who} all agree on {quoted([names[one.statement] for one in agreed[:2]])}{more}."


def _parted(tally: OpinionsTally, names: Mapping[str, str]) -> str:
    """Name the statement the groups part on most."""
    widest, words = PARTED, ""
    for one in tally.statements:
        told = [stance.agreement for stance in one.groups if stance]
        if len(told) > 1 and max(told) - min(told) > widest:
            widest = max(told) - min(told)
            words = (
                f"They part most on “{names[one.statement]}”: {share(max(told))} of one group agree,"
                f" {share(min(told))} of another."
            )
    return words


def _apart(tally: OpinionsTally) -> str:
    if len(tally.sizes) < 2 or tally.separation >= APART_FROM:
        return ""
    return (
        f"The groups hardly stand apart (silhouette {decimal(tally.separation)}): read them as shades of one."
    )


def _outside(tally: OpinionsTally) -> str:
    if not tally.ungrouped:
        return ""
    return f"{plural(tally.ungrouped, 'person', 'people')} with fewer than seven votes are in no group."
