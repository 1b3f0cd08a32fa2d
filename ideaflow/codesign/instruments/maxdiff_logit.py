"""Utilities of best–worst choices: in closed form, and by conditional logit. Pure; loads numpy.

Closed form: S. Lipovetsky and M. Conklin, J. Choice Modelling 10 (2014) 60–68, equations 4, 7, 10, 12, 13.
Of one participant, by empirical Bayes: the same, Advances in Adaptive Data Analysis 7 (2015), equations 8
and 10, with their E = .01 and α = .1. Conditional logit: D. McFadden 1974; the worst is chosen of what the
best left.
"""

from collections.abc import Sequence

import numpy as np

from ideaflow.codesign.counting.sampling import Floats
from ideaflow.codesign.instruments.maxdiff import SetAnswer

EDGE = 0.01
MIXING = 0.1
RIDGE = 1e-3
STEPS = 50


def choice_share(shown: Floats, best: Floats, worst: Floats) -> Floats:
    """Return p = (N + B − W) / 2N of each option; .5 where it was never shown.

    >>> choice_share(np.array([100.0]), np.array([40.0]), np.array([10.0]))
    array([0.65])
    """
    return np.where(shown > 0, (shown + best - worst) / np.maximum(2 * shown, 1e-12), 0.5)


def utility(shown: Floats, best: Floats, worst: Floats) -> Floats:
    """Return b = ln(p / (1 − p)); p is kept 1 / (2N + 2) from its ends, so that b is a number.

    >>> utility(np.array([100.0]), np.array([40.0]), np.array([10.0])).round(3)
    array([0.619])
    """
    edge = 1 / (2 * shown + 2)
    p = np.clip(choice_share(shown, best, worst), edge, 1 - edge)
    return np.asarray(np.log(p / (1 - p)), dtype=np.float64)


def standard_error(shown: Floats, best: Floats, worst: Floats) -> Floats:
    """Return √(1 / 2N p(1 − p)): as if all sets were answered independently, which people's are not.

    >>> standard_error(np.array([100.0]), np.array([40.0]), np.array([10.0])).round(3)
    array([0.148])
    """
    edge = 1 / (2 * shown + 2)
    p = np.clip(choice_share(shown, best, worst), edge, 1 - edge)
    return np.asarray(np.sqrt(1 / (2 * np.maximum(shown, 1e-12) * p * (1 - p))), dtype=np.float64)


def shares(utilities: Floats) -> Floats:
    """Return exp(b) / Σ exp(b): how a choice among all options would fall."""
    power = np.exp(utilities - utilities.max(axis=-1, keepdims=True))
    return np.asarray(power / power.sum(axis=-1, keepdims=True), dtype=np.float64)


def individual(shown: Floats, best: Floats, worst: Floats) -> Floats:
    """Return the utilities of each participant, drawn towards those of all.

    :param shown: shape ``(participants, options)``.
    """
    own = choice_share(shown, best, worst)
    own = np.where(own <= 0, EDGE, np.where(own >= 1, 1 - EDGE, own))
    everybody = choice_share(shown.sum(axis=0), best.sum(axis=0), worst.sum(axis=0))
    p = np.where(shown > 0, (own + MIXING * everybody) / (1 + MIXING), everybody)
    p = np.clip(p, 1e-9, 1 - 1e-9)
    return np.asarray(np.log(p / (1 - p)), dtype=np.float64)


def conditional_logit(answers: Sequence[tuple[SetAnswer, float]], options: Sequence[str]) -> Floats:
    """Fit utilities to every choice, the sets as they were, by Newton's method; they add up to 0.

    A small ridge keeps the utility of an option finite that always won.

    :param answers: each with its weight.
    """
    members, chosen, sign, weights = _choices(answers, options)
    b = np.zeros(len(options))
    for _ in range(STEPS):
        gradient, curvature = -RIDGE * b, RIDGE * np.eye(len(options))
        scores = np.where(members, sign[:, None] * b[None, :], -np.inf)
        p = np.exp(scores - scores.max(axis=1, keepdims=True))
        p /= p.sum(axis=1, keepdims=True)
        gradient = gradient + ((chosen - p) * (sign * weights)[:, None]).sum(axis=0)
        weighted = p * weights[:, None]
        curvature = curvature + np.diag(weighted.sum(axis=0)) - weighted.T @ p
        step = np.linalg.solve(curvature, gradient)
        b = b + np.clip(step, -2, 2)
        if np.abs(step).max() < 1e-9:
            break
    return np.asarray(b - b.mean(), dtype=np.float64)


def holdout_hits(
    sets: Sequence[Sequence[SetAnswer]], weights: Sequence[float], options: Sequence[str]
) -> tuple[int, int]:
    """Return in how many of the sets held back the logit on the others names the best, and how many there
    are.

    Of each participant the last set is held back; by chance one of four is right.

    :param sets: of each participant, in the order they were answered.
    """
    known = [(one, weight) for mine, weight in zip(sets, weights, strict=True) for one in mine[:-1]]
    held = [mine[-1] for mine in sets if len(mine) > 1]
    if not known or not held:
        return 0, 0
    worth = dict(zip(options, conditional_logit(known, options), strict=True))
    return sum(max(one.shown, key=lambda option: worth[option]) == one.best for one in held), len(held)


def _choices(
    answers: Sequence[tuple[SetAnswer, float]], options: Sequence[str]
) -> tuple[Floats, Floats, Floats, Floats]:
    """Return, of each choice (best, then worst): what there was, what was taken, the sign, the weight."""
    column = {option: place for place, option in enumerate(options)}
    members = np.zeros((2 * len(answers), len(options)))
    chosen = np.zeros_like(members)
    for place, (answer, _) in enumerate(answers):
        members[2 * place, [column[one] for one in answer.shown]] = 1
        members[2 * place + 1] = members[2 * place]
        members[2 * place + 1, column[answer.best]] = 0
        chosen[2 * place, column[answer.best]] = 1
        chosen[2 * place + 1, column[answer.worst]] = 1
    weights = np.repeat([weight for _, weight in answers], 2)
    return members, chosen, np.tile([1.0, -1.0], len(answers)), weights
