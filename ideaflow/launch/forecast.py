"""From which day a cell can sell, by how late checks were before: resampled, with its seed kept. Pure.

A check that has not passed comes on its planned day plus a slip drawn from past ones (actual − planned
days, of the same function). A cell comes with the last check it needs. A slip is drawn once a check and
draw, so cells that wait for the same check move together. The draws of a check hang on the seed and
the check alone: adding another moves no day that does not depend on it.

What is overdue is drawn from the slips at least as long as it is late already; where none was, or too few
slips are known and the planned day has passed, no day can be said.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Days = npt.NDArray[np.int32]

DRAWS = 10_000
SEED = 7
LEAST_SLIPS = 5
"""With fewer past slips than this the planned day stands."""
NEVER = 1_000_000
"""So many days from now stand for no day that can be said."""
MIDDLE, LATE = 0.50, 0.85


class Ground(StrEnum):
    """What a check's day rests on."""

    OWN = "own"  # Slips of its function.
    ALL = "all"  # Slips of all functions; its own has too few.
    PLAN = "plan"  # The planned day: too few slips anywhere.


@dataclass(frozen=True)
class Pending:
    """One check that has not passed."""

    check_id: int
    function: str
    planned_on: date


@dataclass(frozen=True)
class Forecast:
    """The days by which half, and 85 %, of all draws are over; None: no day can be said."""

    p50: date | None
    p85: date | None
    ground: Ground


class Slips:
    """Past slips in days, by function; late is above 0, early below.

    >>> slips = Slips([("finance", 3), ("finance", 0), ("sales", -1), ("sales", 2), ("sales", 9)])
    >>> slips.count, slips.for_function("finance")
    (5, ([-1, 0, 2, 3, 9], <Ground.ALL: 'all'>))
    """

    def __init__(self, past: Iterable[tuple[str, int]]) -> None:
        self._of: dict[str, list[int]] = defaultdict(list)
        for function, days in past:
            self._of[function].append(days)
        self._all = sorted(days for known in self._of.values() for days in known)

    @property
    def count(self) -> int:
        return len(self._all)

    def for_function(self, function: str) -> tuple[list[int], Ground]:
        """Return the slips to draw from for a check of ``function``, and whose they are."""
        own = sorted(self._of.get(function, ()))
        if len(own) >= LEAST_SLIPS:
            return own, Ground.OWN
        return (self._all, Ground.ALL) if self.count >= LEAST_SLIPS else ([], Ground.PLAN)


class Simulation:
    """Draws of the day on which each cell has all it needs, as days from ``today``."""

    def __init__(self, pending: Iterable[Pending], slips: Slips, today: date, seed: int = SEED) -> None:
        self.today, self.seed, self.slips = today, seed, slips
        self._pending = {one.check_id: one for one in pending}
        self._drawn: dict[int, tuple[Days, Ground]] = {}

    def grounds(self) -> dict[str, tuple[int, Ground]]:
        """Return from how many slips the checks of each function were drawn, and whose they are."""
        functions = sorted({self._pending[check_id].function for check_id in self._drawn})
        found = {function: self.slips.for_function(function) for function in functions}
        return {function: (len(past), ground) for function, (past, ground) in found.items()}

    def days(self, check_ids: Iterable[int]) -> Days:
        """Return on which day each draw has all of these checks; none needed: today."""
        import numpy as np

        found: Days = np.zeros(DRAWS, dtype=np.int32)
        for check_id in check_ids:
            np.maximum(found, self._draws(check_id)[0], out=found)
        return found

    def forecast(self, check_ids: Sequence[int]) -> Forecast:
        """Return P50 and P85 of the day on which all of these checks pass."""
        grounds = [self._draws(check_id)[1] for check_id in check_ids]
        weakest = max(grounds, key=list(Ground).index, default=Ground.OWN)
        days = self.days(check_ids)
        return Forecast(day_at(days, MIDDLE, self.today), day_at(days, LATE, self.today), weakest)

    def _draws(self, check_id: int) -> tuple[Days, Ground]:
        if check_id not in self._drawn:
            one = self._pending[check_id]
            past, ground = self.slips.for_function(one.function)
            self._drawn[check_id] = _drawn(one, past, self.today, self.seed), ground
        return self._drawn[check_id]


def day_at(days: Days, part: float, today: date) -> date | None:
    """Return the first day by which ``part`` of all draws are over; None: no day can be said."""
    import numpy as np

    place = math.ceil(part * len(days)) - 1
    offset = int(np.partition(days, place)[place])
    return None if offset >= NEVER else today + timedelta(days=offset)


def slips_of(passed: Iterable[tuple[str, date, date]]) -> Slips:
    """Return past slips from (function, planned day, day it first passed)."""
    return Slips((function, (actual - planned).days) for function, planned, actual in passed)


def burn_up(
    planned: Sequence[date], turned: Mapping[date, int], first: date, last: date, today: date
) -> list[tuple[date, int, int | None]]:
    """Return for each day how many checks were planned to pass by then, and how many stood green.

    :param turned: by day, how many turned green less those that turned red.
    :returns: days to come have no count of green ones.

    >>> on = [date(2026, 11, day) for day in (2, 3, 3)]
    >>> found = burn_up(on, {on[0]: 2, on[1]: -1}, date(2026, 11, 1), date(2026, 11, 4), on[1])
    >>> [row[1:] for row in found]
    [(0, 0), (1, 2), (3, 1), (3, None)]
    """
    rows: list[tuple[date, int, int | None]] = []
    green = sum(change for day, change in turned.items() if day < first)
    for step in range((last - first).days + 1):
        day = first + timedelta(days=step)
        green += turned.get(day, 0)
        rows.append((day, sum(one <= day for one in planned), green if day <= today else None))
    return rows


def _drawn(one: Pending, past: Sequence[int], today: date, seed: int) -> Days:
    import numpy as np

    ahead = (one.planned_on - today).days
    # It has not passed yet: slips that would have brought it before today are ruled out.
    left = [slip for slip in past if ahead + slip >= 0] if ahead < 0 else list(past)
    if not past and ahead >= 0:
        left = [0]
    if not left:
        return np.full(DRAWS, NEVER, dtype=np.int32)
    random = np.random.default_rng([seed, one.check_id])
    # One number a draw, into the sorted slips: longer slips never make a draw come earlier.
    places = (random.random(DRAWS) * len(left)).astype(np.int32)
    return np.maximum(np.array(sorted(left), dtype=np.int32)[places] + ahead, 0)


def needed_by(cells: Mapping[int, Sequence[int]]) -> dict[tuple[int, ...], list[int]]:
    """Group cells that need the same checks; those share every draw.

    >>> needed_by({1: [7], 2: [], 3: [7]})
    {(7,): [1, 3], (): [2]}
    """
    groups: dict[tuple[int, ...], list[int]] = defaultdict(list)
    for cell_id, check_ids in cells.items():
        groups[tuple(sorted(check_ids))].append(cell_id)
    return dict(groups)
