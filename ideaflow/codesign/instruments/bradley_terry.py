"""Bradley–Terry: strengths from who beat whom, of thousands of tables at once. Pure; loads numpy.

Source: R. Bradley and M. Terry, Biometrika 39 (1952) 324–345; A. Agresti, Categorical Data Analysis, 2nd
ed., 10.6. Newton's method on all draws of the bootstrap together; choix (MIT), which fits one table at a
time, gives the same strengths to five digits and is what the tests compare with. Its ridge is kept: α Σ b²
holds strengths finite where an option always won, or where two groups were never compared.
"""

import numpy as np
import numpy.typing as npt

from ideaflow.codesign.counting.sampling import Floats

RIDGE = 0.01
STEPS = 60
CHUNK = 200


def strengths(wins: Floats, ridge: float = RIDGE) -> Floats:
    """Return the logits of each option; they add up to 0.

    :param wins: how often the row beat the column; shape ``(…, options, options)``.
    :param ridge: 0 for the maximum likelihood, of a strongly connected table only.
    """
    tables = wins.reshape(-1, *wins.shape[-2:])
    chunks = [_fit(tables[start : start + CHUNK], ridge) for start in range(0, len(tables), CHUNK)]
    return np.concatenate(chunks).reshape(wins.shape[:-1])


def covariance(wins: Floats, strength: Floats, ridge: float = RIDGE) -> Floats:
    """Return the covariance of strengths, of one table. Only that of differences means anything."""
    _, curvature = _slope(wins[None], strength[None], ridge)
    return np.asarray(np.linalg.pinv(curvature[0] - 1.0), dtype=np.float64)


def beats(strength: Floats) -> Floats:
    """Return the chance that the row beats the column; shape ``(…, options, options)``."""
    return np.asarray(1 / (1 + np.exp(strength[..., None, :] - strength[..., :, None])), dtype=np.float64)


def display_scores(strength: Floats) -> Floats:
    """Return the mean chance to beat another, times 100: what a participant reads."""
    chance = beats(strength)
    count = strength.shape[-1]
    return np.asarray(100 * (chance.sum(axis=-1) - 0.5) / (count - 1), dtype=np.float64)


def is_connected(wins: Floats, *, strongly: bool = False) -> bool:
    """Say whether every option was compared with every other, by way of others if need be.

    :param strongly: whether each also beat every other by way of others: then strengths are finite without a
        ridge.
    """
    reach: npt.NDArray[np.bool_] = (wins > 0) | np.eye(len(wins), dtype=bool)
    if not strongly:
        reach = reach | reach.T
    for _ in range(max(1, len(wins).bit_length())):
        reach = (reach.astype(int) @ reach.astype(int)) > 0
    return bool(reach.all())


def _fit(wins: Floats, ridge: float) -> Floats:
    strength = np.zeros(wins.shape[:-1])
    for _ in range(STEPS):
        slope, curvature = _slope(wins, strength, ridge)
        step = np.linalg.solve(curvature, slope[..., None])[..., 0]
        strength = strength + np.clip(step, -2, 2)
        if np.abs(step).max() < 1e-9:
            break
    return np.asarray(strength - strength.mean(axis=-1, keepdims=True), dtype=np.float64)


def _slope(wins: Floats, strength: Floats, ridge: float) -> tuple[Floats, Floats]:
    """Return gradient and curvature; ones are added to the latter, so that the sum of strengths stays 0."""
    met = wins + np.swapaxes(wins, -1, -2)
    p = beats(strength)
    slope = (wins - met * p).sum(axis=-1) - 2 * ridge * strength
    weight = met * p * (1 - p)
    own = weight.sum(axis=-1) + 2 * ridge
    return slope, np.eye(wins.shape[-1]) * own[..., None] - weight + 1.0
