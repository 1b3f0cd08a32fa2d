"""MaxDiff (best–worst, case 1): of four options shown, the most and the least important. Pure.

Source: J. Louviere, T. Flynn and A. Marley, Best-Worst Scaling, 2015.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from ideaflow.codesign.counting.flags import is_speeding, is_straight


@dataclass(frozen=True)
class SetAnswer:
    """One set as it was shown, and what was chosen of it.

    :ivar shown: options in the order of the screen.
    :ivar seconds: from showing to choosing; None when not measured.
    """

    shown: tuple[str, ...]
    best: str
    worst: str
    seconds: float | None = None


MaxDiffAnswers = Sequence[SetAnswer]


def problems(answer: SetAnswer) -> list[str]:
    """Say what is wrong with an answer and what to do; empty: nothing."""
    found = []
    if answer.best == answer.worst:
        found.append("The most and the least important are the same: choose two different ones.")
    if not {answer.best, answer.worst} <= set(answer.shown):
        found.append("What was chosen was not shown in this set: load the page again.")
    return found


def is_hurried(answers: MaxDiffAnswers) -> bool:
    """Say whether most sets were answered in under two seconds."""
    return is_speeding([one.seconds for one in answers if one.seconds is not None])


def is_straight_lined(answers: MaxDiffAnswers) -> bool:
    """Say whether best and worst were in the same places of every set."""
    return is_straight([(one.shown.index(one.best), one.shown.index(one.worst)) for one in answers])
