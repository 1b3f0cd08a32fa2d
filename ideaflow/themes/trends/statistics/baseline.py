"""What counts would be usual: a negative-binomial regression with an exposure offset and the season.

Variance = mean + dispersion × mean² (NB2; Hilbe, Negative Binomial Regression, 2011, chapter 8); the mean is
exposure × exp(level + season), the season one sine and one cosine a year, as in Farrington and others, JRSS A
159 (1996) and R's surveillance. Coefficients by Fisher scoring, the dispersion by maximum likelihood in turn.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

YEAR_WEEKS = 365.25 / 7
ROUNDS = 60


@dataclass(frozen=True, eq=False)
class Baseline:
    """A fitted baseline.

    :ivar coefficients: level, and with season the sine and the cosine (logarithms).
    :ivar dispersion: 0 means Poisson.
    :ivar covariance: of the coefficients.
    """

    coefficients: Any
    dispersion: float
    covariance: Any
    log_likelihood: float

    def means(self, weeks: Sequence[int], exposures: Sequence[float]) -> list[float]:
        """Return what is usual in these exposures in the weeks so many before the reference day."""
        import numpy as np

        logarithms = _terms(weeks, len(self.coefficients) > 1) @ self.coefficients
        return [float(mean) for mean in np.exp(logarithms) * np.asarray(exposures, float)]


def fit(counts: Sequence[int], exposures: Sequence[float], weeks: Sequence[int], *, season: bool) -> Baseline:
    """Fit a baseline to weekly counts; weeks without exposure are left out.

    :param weeks: each count's week, counted back from the reference day.
    """
    import numpy as np

    kept = [place for place, exposure in enumerate(exposures) if exposure > 0]
    y = np.array([counts[one] for one in kept], float)
    offset = np.log([exposures[one] for one in kept])
    return regress(y, _terms([weeks[one] for one in kept], season), offset)


def regress(y: Any, terms: Any, offset: Any) -> Baseline:
    """Fit a negative-binomial regression; arrays of counts, of terms (a row a count) and of log exposures."""
    import numpy as np
    from scipy.optimize import minimize_scalar

    width = terms.shape[1]
    beta = np.zeros(width)
    beta[0] = math.log((y.sum() + 0.5) / np.exp(offset).sum())
    alpha = 0.0
    for _ in range(ROUNDS):
        beta, covariance = _score(y, terms, offset, beta, alpha)
        mu = np.exp(np.clip(terms @ beta + offset, -30, 30))
        before = alpha
        least, calm = 1e-6, _log_likelihood(y, mu, 0.0)
        found = minimize_scalar(
            lambda log_alpha, mu=mu: -_log_likelihood(y, mu, math.exp(log_alpha)),
            bounds=(math.log(least), 4.0), method="bounded", options={"xatol": 1e-6},
        )  # fmt: skip
        alpha = math.exp(found.x) if -found.fun > calm + 1e-9 else 0.0
        if abs(alpha - before) < 1e-7:
            break
    return Baseline(beta, alpha, covariance, _log_likelihood(y, mu, alpha))


def tail(count: int, expected: float, dispersion: float, *, up: bool = True, of_this: float = 0.5) -> float:
    """Return the chance of so many or more (or of so few or fewer) where a negative binomial holds.

    :param dispersion: of the count to come, with what is not known about ``expected`` included.
    :param of_this: how much of the chance of this very count is counted in; a half makes it a mid-p.

    >>> round(tail(9, 24.5 / 5200 * 480, 1 / 24.5, of_this=1), 5)
    0.00115
    """
    from scipy.special import betainc, gammaln

    if expected <= 0:
        return 1.0 if not count or not up else 0.0
    size = 1 / max(dispersion, 1e-9)
    share = size / (size + expected)
    at_most = float(betainc(size, count + 1, share))
    log_here = gammaln(size + count) - gammaln(size) - gammaln(count + 1)
    # Not log(1 − share): next to nothing expected makes share 1 to the last digit.
    log_here += count * math.log(expected / (size + expected)) - size * math.log1p(expected / size)
    here = math.exp(log_here)
    return min(1.0, 1 - at_most + of_this * here) if up else max(0.0, at_most - (1 - of_this) * here)


def usual(expected: float, dispersion: float, share: float = 0.95) -> tuple[int, int]:
    """Return from where to where a count would be usual: the middle ``share`` of a negative binomial."""
    if expected <= 0:
        return 0, 0
    size = 1 / max(dispersion, 1e-9)
    fail = math.log(expected / (size + expected))
    log_here, total, low, count = size * math.log(size / (size + expected)), 0.0, -1, 0
    while True:
        total += math.exp(log_here)
        if low < 0 and total >= (1 - share) / 2:
            low = count
        if total >= (1 + share) / 2 or count > 20 * expected + 1000:
            return max(low, 0), count
        log_here += fail + math.log((size + count) / (count + 1))
        count += 1


def moments(counts: Sequence[int], means: Sequence[float]) -> float:
    """Return the dispersion by the method of moments, at least 0: cheaper than a fit, and rougher."""
    mass = sum(mean * mean for mean in means)
    excess = sum((count - mean) ** 2 - mean for count, mean in zip(counts, means, strict=True))
    return max(0.0, excess / mass) if mass else 0.0


def _terms(weeks: Sequence[int], season: bool) -> Any:
    import numpy as np

    turn = 2 * np.pi * np.asarray(weeks, float) / YEAR_WEEKS
    ones = np.ones(len(weeks))
    return np.column_stack([ones, np.sin(turn), np.cos(turn)]) if season else ones[:, None]


def _score(y: Any, terms: Any, offset: Any, beta: Any, alpha: float) -> tuple[Any, Any]:
    """Return the coefficients that fit best at this dispersion, and their covariance."""
    import numpy as np

    ridge = 1e-9 * np.eye(terms.shape[1])
    for _ in range(ROUNDS):
        mu = np.exp(np.clip(terms @ beta + offset, -30, 30))
        weight = mu / (1 + alpha * mu)
        information = terms.T @ (terms * weight[:, None]) + ridge
        step = np.linalg.solve(information, terms.T @ ((y - mu) / (1 + alpha * mu)))
        step = np.clip(step, -2, 2)
        beta = beta + step
        if np.abs(step).max() < 1e-9:
            break
    return beta, np.linalg.inv(information)


def _log_likelihood(y: Any, mu: Any, alpha: float) -> float:
    import numpy as np
    from scipy.special import gammaln, xlogy

    if alpha < 1e-8:
        return float(np.sum(xlogy(y, mu) - mu - gammaln(y + 1)))
    size = 1 / alpha
    ways = gammaln(y + size) - gammaln(size) - gammaln(y + 1)
    return float(np.sum(ways - size * np.log1p(alpha * mu) + xlogy(y, alpha * mu / (1 + alpha * mu))))
