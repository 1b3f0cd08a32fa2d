"""Whether we are first: our days against those a competitor is believed to come on. Pure.

What we believe of a competitor is an interval of days and how sure we are, c. In each draw its day lies,
with probability c, evenly in the interval; else it is as likely to come earlier, evenly between today and
the interval's begin, as later, after all our days. We are first when our day lies before theirs.

One uniform number a draw decides each of the two, so that every result moves one way: a later interval never
lowers the chance to be first, a later day of ours never raises it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING
from zlib import crc32

from ideaflow.launch.forecast import DRAWS, NEVER, SEED

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Days = npt.NDArray[np.int32]


@dataclass(frozen=True)
class Claim:
    """When a competitor is believed to be on sale; ``sureness`` 0 to 1."""

    competitor: str
    begins_on: date
    until_on: date
    sureness: float


@dataclass(frozen=True)
class Lead:
    """How our day stands to theirs.

    :param first_share: in how many of the draws we are first.
    :param low, middle, high: their day minus ours, in days, at 10, 50 and 90 % of the draws in which both
        have a day; None: too few have.
    """

    first_share: float
    low: int | None
    middle: int | None
    high: int | None


def their_days(claims: Sequence[Claim], today: date, seed: int = SEED) -> Days:
    """Return on which day from today the first competitor comes, in each draw; ``NEVER``: none does."""
    import numpy as np

    found: Days = np.full(DRAWS, NEVER, dtype=np.int32)
    for claim in claims:
        np.minimum(found, _days_of(claim, today, seed), out=found)
    return found


def lead(ours: Days, theirs: Days) -> Lead:
    """Return how surely, and by how much, we come first."""
    import numpy as np

    first = float(np.mean(ours < theirs))
    both = (ours < NEVER) & (theirs < NEVER)
    if int(both.sum()) * 10 < DRAWS:
        return Lead(first, None, None, None)
    gaps = np.quantile((theirs - ours)[both], [0.1, 0.5, 0.9], method="inverted_cdf")
    return Lead(first, *(int(gap) for gap in gaps))


def journey_days(
    stages: Sequence[str], elapsed: float, past: Mapping[str, Sequence[float]], seed: int = SEED
) -> Days | None:
    """Return how many days a proposal still needs for its stages, resampled from past stays.

    :param stages: the stage it is in, and those to come, by key.
    :param elapsed: days spent in the first of them; stays shorter than that are ruled out.
    :param past: days of completed stays by stage.
    :returns: None where a stage has no past stay to draw from.
    """
    import numpy as np

    found = np.zeros(DRAWS)
    for place, key in enumerate(stages):
        spent = elapsed if place == 0 else 0.0
        left = sorted(days - spent for days in past.get(key, ()) if days >= spent)
        if not left:
            return None
        random = np.random.default_rng([seed, crc32(key.encode()), place])
        found += np.array(left)[(random.random(DRAWS) * len(left)).astype(np.int32)]
    return np.ceil(found).astype(np.int32)


def _days_of(claim: Claim, today: date, seed: int) -> Days:
    import numpy as np

    random = np.random.default_rng([seed, crc32(claim.competitor.casefold().encode())])
    whether, when = random.random(DRAWS), random.random(DRAWS)
    begins, until = (claim.begins_on - today).days, (claim.until_on - today).days
    if until >= 0:
        begins = max(begins, 0)  # Had they come before today, we would have written that down.
    inside = begins + np.floor(when * (until - begins + 1))
    before = np.floor(when * max(begins, 0)) if begins > 0 else np.full(DRAWS, float(begins))
    earlier = whether >= 1 - (1 - claim.sureness) / 2
    later = (whether >= claim.sureness) & ~earlier
    return np.where(later, NEVER, np.where(earlier, before, inside)).astype(np.int32)
