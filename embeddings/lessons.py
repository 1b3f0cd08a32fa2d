"""What a human decided about some statements, and what followed from it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Lesson:
    """A human's decision that like statements follow.

    :ivar number: the caller's number of the decision; later ones are larger.
    :ivar rows: the statements that were put into the theme.
    :ivar source: key of the theme they were taken out of.
    """

    number: int
    rows: frozenset[int]
    source: int


@dataclass(frozen=True, slots=True)
class Learned:
    """A row that follows a human's decision.

    :ivar key: the ``Known`` theme it went to.
    :ivar lesson: the number of the decision.
    :ivar because_rows: the rows of the decision it is most like, the likest first.
    """

    row: int
    key: int
    lesson: int
    because_rows: tuple[int, ...]
