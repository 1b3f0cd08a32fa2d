"""Kano: how a feature is missed when absent, and how it pleases when present. Pure.

Source: N. Kano and others, J. Japanese Soc. Quality Control 14 (1984) 39–48; table and ties by
C. Berger and others, Center for Quality of Management Journal 2 (1993) 3–36.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from ideaflow.codesign.counting.flags import is_straight


class Reply(StrEnum):
    """What one would feel if the feature were there, or were not there."""

    LIKE = "like"
    EXPECT = "expect"
    NEUTRAL = "neutral"
    LIVE_WITH = "live_with"
    DISLIKE = "dislike"


class Category(StrEnum):
    """What a feature is to who answered, in the order in which ties are decided."""

    MUST_BE = "M"
    ONE_DIMENSIONAL = "O"
    ATTRACTIVE = "A"
    INDIFFERENT = "I"
    REVERSE = "R"
    QUESTIONABLE = "Q"


CATEGORIES = tuple(Category)
REPLIES = tuple(Reply)
_TABLE = {
    Reply.LIKE: "QAAAO",
    Reply.EXPECT: "RIIIM",
    Reply.NEUTRAL: "RIIIM",
    Reply.LIVE_WITH: "RIIIM",
    Reply.DISLIKE: "RRRRQ",
}
FUNCTIONAL_POINTS = dict(zip(REPLIES, (4, 2, 0, -1, -2), strict=True))
DYSFUNCTIONAL_POINTS = dict(zip(REPLIES, (-2, -1, 0, 2, 4), strict=True))
"""DuMouchel's scale (Berger and others 1993): replies as numbers, to be averaged."""


@dataclass(frozen=True)
class KanoAnswer:
    """The two replies to one feature.

    :ivar functional: if it were there.
    :ivar dysfunctional: if it were not.
    :ivar importance: 1 to 9; None when not asked.
    """

    functional: Reply
    dysfunctional: Reply
    importance: int | None = None

    @property
    def category(self) -> Category:
        return category_of(self.functional, self.dysfunctional)


KanoAnswers = Mapping[str, KanoAnswer]
"""By option; a feature that was left out has none."""


def category_of(functional: Reply, dysfunctional: Reply, *, is_strict: bool = False) -> Category:
    """Look up what two replies make a feature.

    :param is_strict: call it questionable, too, when one expects it both there and absent, or could live with
        either (Pouliot's variant).

    >>> category_of(Reply.LIKE, Reply.DISLIKE).name, category_of(Reply.EXPECT, Reply.DISLIKE).name
    ('ONE_DIMENSIONAL', 'MUST_BE')
    """
    if is_strict and functional is dysfunctional and functional in (Reply.EXPECT, Reply.LIVE_WITH):
        return Category.QUESTIONABLE
    return Category(_TABLE[functional][REPLIES.index(dysfunctional)])


def is_straight_lined(answers: KanoAnswers) -> bool:
    """Say whether the same two replies were given to every feature."""
    return is_straight([(one.functional, one.dysfunctional) for one in answers.values()])
