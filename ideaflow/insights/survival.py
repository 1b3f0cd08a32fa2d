"""Shares with their doubt, and times of which some are not over yet: Wilson, Kaplan–Meier.

Pure. Times are durations since the begin of each case; a case that is not over is censored at what was
seen of it. At equal times, events come before censoring, as is the custom.

Sources: E. B. Wilson, J. Am. Stat. Assoc. 22 (1927) 209–212; E. L. Kaplan and P. Meier, ibid. 53 (1958)
457–481, variance of M. Greenwood (1926); R. Brookmeyer and J. Crowley, Biometrics 38 (1982) 29–41.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ideaflow.intervals import Z95
from ideaflow.intervals import wilson as wilson

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Survival:
    """Which share is not over after each time at which one came to its end; one entry a distinct time."""

    times: Floats
    share: Floats
    low: Floats
    high: Floats

    def quantile(self, part: float) -> float | None:
        """Return the time after which ``part`` of all are over; None when that was not seen."""
        return _first(self.times, self.share <= 1 - part + 1e-12)

    def quantile_interval(self, part: float) -> tuple[float | None, float | None]:
        """Return between which times ``part`` are over, with 95 % confidence; None: not seen."""
        left = 1 - part + 1e-12
        return _first(self.times, self.low <= left), _first(self.times, self.high <= left)


def kaplan_meier(times: Sequence[float], is_over: Sequence[bool]) -> Survival:
    """Return the share not over after each time; intervals on the log(−log) scale.

    :param times: how long each case was seen, 0 or more.
    :param is_over: whether it came to its end then; else it was still running.
    """
    import numpy as np

    seen, ended = np.asarray(times, dtype=np.float64), np.asarray(is_over, dtype=bool)
    ends, over = np.unique(seen[ended], return_counts=True)
    at_risk = (len(seen) - np.searchsorted(np.sort(seen), ends, side="left")).astype(np.float64)
    share: Floats = np.asarray(np.cumprod(1 - over / at_risk), dtype=np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        greenwood = np.cumsum(over / (at_risk * (at_risk - over)))
        deviation = share * np.sqrt(greenwood)
    low, high = log_log(share, np.where(share > 0, deviation, 0.0))
    return Survival(ends, share, low, high)


def log_log(share: Floats, deviation: Floats) -> tuple[Floats, Floats]:
    """Return 95 % intervals of shares that stay between 0 and 1."""
    import numpy as np

    inside = (share > 0) & (share < 1)
    safe = np.where(inside, share, 0.5)
    reach = Z95 * deviation / (safe * np.abs(np.log(safe)))
    with np.errstate(over="ignore"):
        low = np.where(inside, safe ** np.exp(reach), share)
        high = np.where(inside, safe ** np.exp(-reach), share)
    return low, high


def _first(times: Floats, is_met: npt.NDArray[Any]) -> float | None:
    return float(times[is_met][0]) if is_met.any() else None
