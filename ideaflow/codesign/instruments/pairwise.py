"""Pairwise wiki survey: which of two matters more, with options that customers add. Pure.

Source: M. Salganik and K. Levy, PLoS ONE 10 (2015) e0123483 (All Our Ideas).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp
from random import Random

from ideaflow.codesign.counting.flags import is_speeding, is_straight

FIRST = 6
"""Until every option was shown so often, exposure is kept equal; then the pair that tells most is shown."""

TOP = 5
"""The next pair is drawn of so many that tell most, so that not everybody sees the same one at once."""


@dataclass(frozen=True)
class Duel:
    """Two options as they were shown, and which was chosen.

    :ivar winner: one of the two; None: cannot decide.
    :ivar reason: why not, in the participant's choice of words.
    """

    left: str
    right: str
    winner: str | None
    reason: str = ""
    seconds: float | None = None


Duels = Sequence[Duel]


@dataclass(frozen=True)
class Standing:
    """What is known so far, to choose the next pair by; all in the order of ``options``.

    :ivar exposure: how often each was shown.
    :ivar strength: Bradley–Terry, in logits.
    :ivar covariance: of the strengths; only differences of it mean anything.
    """

    options: tuple[str, ...]
    exposure: tuple[int, ...]
    strength: tuple[float, ...]
    covariance: tuple[tuple[float, ...], ...]

    def information(self, i: int, j: int) -> float:
        """Return p(1 − p) · var(bᵢ − bⱼ): most where two are close and little compared."""
        p = 1 / (1 + exp(self.strength[j] - self.strength[i]))
        variance = self.covariance[i][i] + self.covariance[j][j] - 2 * self.covariance[i][j]
        return p * (1 - p) * variance


def next_pair(standing: Standing, seen: set[frozenset[str]], random: Random) -> tuple[str, str] | None:
    """Return the next two to show, left and right at random; None when the participant saw every pair.

    :param seen: pairs this participant was shown already.
    """
    count = len(standing.options)
    pairs = [
        (i, j)
        for i in range(count)
        for j in range(i + 1, count)
        if frozenset((standing.options[i], standing.options[j])) not in seen
    ]
    if not pairs:
        return None
    exposure = standing.exposure
    if min(exposure) < FIRST:
        pair = min(pairs, key=lambda one: (sorted(exposure[place] for place in one), random.random()))
    else:
        order = sorted(pairs, key=lambda one: -standing.information(*one))
        pair = random.choice(order[:TOP])
    left, right = random.sample(pair, 2)
    return standing.options[left], standing.options[right]


def quick_score(wins: int, losses: int) -> float:
    """Return (wins + 1) / (wins + losses + 2) · 100: 50 at birth; for the screen while a session runs.

    >>> quick_score(0, 0), quick_score(8, 1)
    (50.0, 81.81818181818183)
    """
    return (wins + 1) / (wins + losses + 2) * 100


def is_hurried(duels: Duels) -> bool:
    """Say whether most pairs were answered in under two seconds."""
    return is_speeding([one.seconds for one in duels if one.seconds is not None])


def is_straight_lined(duels: Duels) -> bool:
    """Say whether the same side was chosen throughout."""
    return is_straight([one.winner == one.left for one in duels if one.winner])
