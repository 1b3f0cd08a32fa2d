"""Opinion groups: agree, disagree or pass on statements. Pure.

Source: C. Small and others, Polis, Recerca 26 (2021); the formulas of its open implementation.
"""

from collections.abc import Mapping, Sequence
from enum import IntEnum
from random import Random

LEAST_VOTES = 7
"""Who voted on fewer statements is in no group."""


class Stance(IntEnum):
    """What one thinks of a statement."""

    DISAGREE = -1
    PASS = 0
    AGREE = 1


Stances = Mapping[str, Stance]
"""By statement; one that was not shown has none."""


def next_statement(shown: Mapping[str, int], seen: Sequence[str], random: Random) -> str | None:
    """Return the statement to show next, of those shown least so far; None when all were seen.

    :param shown: how often each was shown to anybody.
    """
    left = [statement for statement in shown if statement not in seen]
    return min(left, key=lambda one: (shown[one], random.random())) if left else None
