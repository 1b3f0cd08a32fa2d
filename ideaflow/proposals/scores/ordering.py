"""The order scores make of proposals, how surely, and which change of an input would turn it. Pure rules."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ideaflow.proposals.scores import expression
from ideaflow.proposals.scores.methods import Input, Method
from ideaflow.proposals.scores.ranges import Draws, Span, chance_above, draws, span_of

REACH = 10.0
"""An input without bounds is looked at up to ten times its value."""
STEPS, ROUNDS = 48, 5
Points = Any
Gap = Callable[[Points], Points]
"""From values of an input to how far both scores lie apart."""


@dataclass(frozen=True)
class Scored:
    """A proposal with the inputs of a method.

    :param values: by input key; ``spans``: of those estimated with a range.
    """

    number: int
    title: str
    values: Mapping[str, float]
    spans: Mapping[str, Span] = field(default_factory=dict)

    @property
    def label(self) -> str:
        return f"P-{self.number}"


@dataclass(frozen=True)
class Turn:
    """The change of one input by which two neighbours change places.

    :param is_doubtful: the input may lie there by its own range.
    """

    mover: Scored
    other: Scored
    input: Input
    before: float
    after: float
    is_up: bool  # Whether the mover passes the other; else it falls behind.
    is_doubtful: bool

    @property
    def share(self) -> float:
        """Return how large the change is, of the value itself; of 1 where that is 0."""
        return abs(self.after - self.before) / (abs(self.before) or 1.0)


@dataclass(frozen=True)
class Place:
    """A proposal in the order.

    :param holds: how often it comes out above the next one, 0–1; None for the last.
    :param turn: the smallest change that makes it fall behind the next one.
    """

    rank: int
    scored: Scored
    value: float
    low: float | None
    high: float | None
    holds: float | None
    turn: Turn | None


@dataclass(frozen=True)
class Waiting:
    """A proposal that has no score yet, and for which inputs it waits."""

    scored: Scored
    missing: list[Input]


def order(
    method: Method, proposals: Sequence[Scored], most: int | None = None
) -> tuple[list[Place], list[Waiting], int]:
    """Return the order of proposals by a method, the best first; those that wait; how many more there are.

    :param most: so many of the best are looked at closely and returned; None: all.
    """
    values = {one.number: method.value(one.values) for one in proposals}
    waiting = [
        Waiting(one, [need for need in method.inputs if need.key not in one.values])
        for one in proposals
        if values[one.number] is None
    ]
    scored = [one for one in proposals if values[one.number] is not None]
    scored.sort(key=lambda one: (-(values[one.number] or 0.0), one.number))
    shown = scored[: len(scored) if most is None else most]
    # The one after the last is drawn too: the last stands above it.
    near = scored[: len(shown) + 1]
    drawn: list[Draws] = [draws(method, one.values, one.spans, one.number) for one in near]
    places: list[Place] = []
    for at, one in enumerate(shown):
        value = values[one.number] or 0.0
        below = near[at + 1] if at + 1 < len(near) else None
        low, high = span_of(drawn[at]) or (None, None)
        rank = places[-1].rank if places and places[-1].value == value else at + 1
        holds = chance_above(drawn[at], drawn[at + 1]) if below else None
        turn = nearest_turn(method, one, below) if below else None
        places.append(Place(rank, one, value, low, high, holds, turn))
    return places, waiting, len(scored) - len(shown)


def nearest_turn(method: Method, above: Scored, below: Scored) -> Turn | None:
    """Return the smallest change of one input, of either of two neighbours, that changes their order."""
    found = [
        turn
        for mover, other, is_up in ((above, below, False), (below, above, True))
        for one in method.inputs
        if (turn := _turn(method, mover, other, one, is_up)) is not None
    ]
    return min(found, key=lambda turn: turn.share, default=None)


def _turn(method: Method, mover: Scored, other: Scored, one: Input, is_up: bool) -> Turn | None:
    """Return where one input of the mover makes both scores equal, nearest to what it is; None: nowhere."""
    target, before = method.value(other.values), mover.values[one.key]
    if target is None:
        return None

    def gap(points: Points) -> Points:
        return expression.work_out(method.node, {**mover.values, one.key: points}) - target

    least, most = _bounds(one, before)
    ends = [end for end in (_crossing(gap, before, least), _crossing(gap, before, most)) if end is not None]
    if not ends:
        return None
    after = min(ends, key=lambda end: abs(end - before))
    if after == before:
        return None
    span = mover.spans.get(one.key)
    is_doubtful = span is not None and span.low <= after <= span.high
    return Turn(mover, other, one, before, after, is_up, is_doubtful)


def _bounds(one: Input, value: float) -> tuple[float, float]:
    far = REACH * (abs(value) or 1.0)
    least = one.least if one.least is not None else value - far
    most = one.most if one.most is not None else max(value + far, far)
    return min(least, value), max(most, value)


def _crossing(gap: Gap, begin: float, end: float) -> float | None:
    """Return where ``gap`` is 0 between two points, nearest to the first; None where it keeps its sign."""
    import numpy as np

    if begin == end:
        return None
    start = np.sign(gap(np.array([begin])))[0]
    for _ in range(ROUNDS):
        points = np.linspace(begin, end, STEPS + 1)
        turned = np.flatnonzero(np.sign(np.where(np.isfinite(here := gap(points)), here, start)) != start)
        if not len(turned):
            return None
        if turned[0] == 0:
            return float(points[0])
        begin, end = float(points[turned[0] - 1]), float(points[turned[0]])
    return end
