"""Which options are shown together: each as often as the others, each pair as evenly as can be. Pure.

A balanced incomplete block design shows each option r times and each pair λ times; for most numbers of
options there is none in so few sets, so the nearest is searched for and how near it is is reported. Where
one set developed cyclically does it (R. Bose, Annals of Eugenics 9 (1939) 353–399: difference sets), as for
13 options, it is exact.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from math import ceil
from random import Random

SIZE = 4
TIMES = 3
ROUNDS = 30
SWAPS = 1_500


@dataclass(frozen=True)
class Balance:
    """How even a design is.

    :ivar shown: fewest and most sets an option is in.
    :ivar together: fewest and most sets a pair is in; equal: a balanced incomplete block design.
    :ivar apart: how many pairs never meet; they are compared by way of others.
    """

    sets: int
    shown: tuple[int, int]
    together: tuple[int, int]
    apart: int


@dataclass(frozen=True)
class Design:
    """Sets of places 0 … ``count`` − 1, to which each participant's options are drawn anew."""

    count: int
    sets: tuple[tuple[int, ...], ...]

    @cached_property
    def balance(self) -> Balance:
        shown = Counter(place for one in self.sets for place in one)
        pairs = Counter(pair for one in self.sets for pair in combinations(sorted(one), 2))
        met = [pairs[pair] for pair in combinations(range(self.count), 2)]
        times = [shown[place] for place in range(self.count)]
        return Balance(len(self.sets), (min(times), max(times)), (min(met), max(met)), met.count(0))


def design(count: int, *, size: int = SIZE, times: int = TIMES, seed: int = 0) -> Design:
    """Return sets in which each option is shown ``times`` times, some once more where it does not divide.

    :param count: number of options, more than ``size``.
    :raises ValueError: there are too few options to leave any out.

    >>> design(13, times=4).balance.together
    (1, 1)
    """
    if count <= size:
        raise ValueError(f"{count} options make no sets of {size}: add some, or show fewer at once.")
    found = [_cyclic(count, size)] if times == size else []
    sets = ceil(count * times / size)
    random = Random(seed)  # noqa: S311 - evenness, not secrecy
    found += [_searched(count, size, sets, random) for _ in range(ROUNDS)]
    best = min(found, key=_unevenness)
    return Design(count, tuple(tuple(one) for one in best))


def sets_for(plan: Design, options: Sequence[str], participant: str, seed: int) -> list[tuple[str, ...]]:
    """Return what one participant sees, in order: the same at every visit, unlike anybody else's.

    Options are drawn to the places of the design, sets and what is in them put in random order, so that over
    participants no option profits from its place and unevenness of pairs falls on all alike.

    :param participant: any name of the participant that stays the same.
    """
    random = Random(f"{seed}:{participant}")  # noqa: S311 - order, not secrecy
    drawn = random.sample(list(options), len(options))
    shown = [tuple(random.sample([drawn[place] for place in one], len(one))) for one in plan.sets]
    random.shuffle(shown)
    return shown


def _cyclic(count: int, size: int) -> list[list[int]]:
    """Develop the first set whose differences are most even, modulo ``count``."""
    starts = ([0, *rest] for rest in combinations(range(1, count), size - 1))
    best = min(starts, key=lambda one: _square_sum(one, count))
    return [[(place + step) % count for place in best] for step in range(count)]


def _square_sum(one: Sequence[int], count: int) -> int:
    differences = Counter((a - b) % count for a in one for b in one if a != b)
    return sum(times * times for times in differences.values())


def _searched(count: int, size: int, sets: int, random: Random) -> list[list[int]]:
    """Deal options into sets evenly, then swap two of two sets as long as pairs become more even."""
    dealt = _dealt(count, size, sets, random)
    pairs = Counter(pair for one in dealt for pair in combinations(sorted(one), 2))
    for _ in range(SWAPS):
        first, second = random.sample(range(sets), 2)
        here, there = random.randrange(size), random.randrange(size)
        a, b = dealt[first][here], dealt[second][there]
        if a in dealt[second] or b in dealt[first]:
            continue
        one, other = [x for x in dealt[first] if x != a], [x for x in dealt[second] if x != b]
        lost = [*(_pair(a, x) for x in one), *(_pair(b, x) for x in other)]
        won = [*(_pair(b, x) for x in one), *(_pair(a, x) for x in other)]
        # Half the change of the sum of squares: c² becomes (c + 1)² for pairs won, (c − 1)² for pairs lost.
        if sum(pairs[pair] for pair in won) + len(won) <= sum(pairs[pair] for pair in lost):
            dealt[first][here], dealt[second][there] = b, a
            pairs.subtract(lost)
            pairs.update(won)
    return dealt


def _dealt(count: int, size: int, sets: int, random: Random) -> list[list[int]]:
    """Fill sets one by one with the options shown least so far."""
    shown = [0] * count
    dealt = []
    for _ in range(sets):
        order = sorted(range(count), key=lambda place: (shown[place], random.random()))
        dealt.append(order[:size])
        for place in order[:size]:
            shown[place] += 1
    return dealt


def _pair(a: int, b: int) -> tuple[int, int]:
    return (a, b) if a < b else (b, a)


def _unevenness(sets: Sequence[Sequence[int]]) -> int:
    pairs = Counter(pair for one in sets for pair in combinations(sorted(one), 2))
    return sum(times * times for times in pairs.values())
