"""Bursts of a stream of events: Kleinberg, Bursty and Hierarchical Structure in Streams, KDD 2002, section 2.

Events come from an automaton whose state ``i`` lets them follow each other at ``s`` to the power of ``i``
times the mean rate; climbing one state costs ``gamma · ln(n)``, falling is free. The cheapest sequence of
states, found by dynamic programming, says when the stream burst, and how strongly.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise


@dataclass(frozen=True)
class Burst:
    """A span of time in which events came at least ``s`` to the power of ``level`` times as fast."""

    level: int
    begins: float
    ends: float


def levels(offsets: Sequence[float], s: float = 2.0, gamma: float = 1.0) -> list[int]:
    """Return the state of the automaton at each event after the first, that is, for each gap.

    :param offsets: when events happened, in order, no two at the same time.
    :param s: how much faster each state is than the one below it.
    :param gamma: how hard it is to climb.
    :raises ValueError: two events happened at once, or ``s`` ≤ 1, or ``gamma`` ≤ 0.
    """
    if s <= 1 or gamma <= 0:
        raise ValueError("A burst needs s above 1 and gamma above 0.")
    gaps = [later - sooner for sooner, later in pairwise(offsets)]
    if not gaps:
        return []
    if min(gaps) <= 0:
        raise ValueError("Events have to be in order, no two at the same time.")
    span, number = sum(gaps), len(gaps)
    states = max(1, math.ceil(1 + math.log(span, s) - math.log(min(gaps), s)))
    climb = gamma * math.log(number)
    rates = [s**state * number / span for state in range(states)]
    costs = [0.0 if state == 0 else math.inf for state in range(states)]
    came_from: list[list[int]] = []
    for gap in gaps:
        costs, froms = _step(costs, climb, rates, gap)
        came_from.append(froms)
    state = min(range(states), key=lambda one: costs[one])
    path = []
    for froms in reversed(came_from):
        path.append(state)
        state = froms[state]
    return path[::-1]


def bursts(offsets: Sequence[float], s: float = 2.0, gamma: float = 1.0) -> list[Burst]:
    """Return the bursts of a stream, the weaker ones first; a burst of level 2 lies within one of level 1.

    >>> calm, busy = list(range(0, 100, 10)), [100 + step / 2 for step in range(20)]
    >>> bursts(calm + busy)[0]
    Burst(level=1, begins=100.0, ends=109.5)
    """
    path = [*levels(offsets, s, gamma), 0]
    found = []
    for level in range(1, max(path) + 1):
        begun: int | None = None
        for place, state in enumerate(path):
            if state >= level and begun is None:
                begun = place
            elif state < level and begun is not None:
                found.append(Burst(level, float(offsets[begun]), float(offsets[place])))
                begun = None
    return found


def _step(
    costs: Sequence[float], climb: float, rates: Sequence[float], gap: float
) -> tuple[list[float], list[int]]:
    """Return the least cost of being in each state after one more gap, and the state it came from.

    One pass up and one pass down do for all pairs, because climbing costs the same for each step.
    """
    count = len(costs)
    best, froms = list(costs), list(range(count))
    for state in range(1, count):
        if best[state - 1] + climb < best[state]:
            best[state], froms[state] = best[state - 1] + climb, froms[state - 1]
    for state in range(count - 2, -1, -1):
        if costs[state + 1] < math.inf and best[state + 1] <= best[state]:
            best[state], froms[state] = best[state + 1], froms[state + 1]
    return [best[one] + rates[one] * gap - math.log(rates[one]) for one in range(count)], froms
