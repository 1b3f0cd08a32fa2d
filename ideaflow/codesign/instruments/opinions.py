"""Opinion groups: agree, disagree or pass on statements. Pure.

Source: C. Small and others, Polis, Recerca 26 (2021); the formulas of its open implementation.
"""

from collections.abc import Mapping
from enum import IntEnum

LEAST_VOTES = 7
"""Who voted on fewer statements is in no group."""


class Stance(IntEnum):
    """What one thinks of a statement."""

    DISAGREE = -1
    PASS = 0
    AGREE = 1


Stances = Mapping[str, Stance]
"""By statement; one that was not shown has none."""
