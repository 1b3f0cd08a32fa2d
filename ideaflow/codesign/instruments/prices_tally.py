"""Where the price curves cross, with intervals, and what would be sold. Pure; loads numpy.

Curves are shares of accounts: too cheap and cheap below the price one named, expensive from it on, too
expensive above it. They cross where the difference of two changes its sign, on straight lines between the
prices that were named.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ideaflow.codesign.counting.ballots import Ballot, own, proxies, too_few
from ideaflow.codesign.counting.figures import Care, Estimate, Figure, NotEnough, Plan, Undefined
from ideaflow.codesign.counting.sampling import Floats, care, drawn, interval, sample
from ideaflow.codesign.instruments.prices import CALIBRATED, PriceAnswer

NO_OVERLAP = "Nobody's “too cheap” lies above another's “too expensive”: the two curves do not cross."
GRID = 200


@dataclass(frozen=True)
class Curves:
    """The four curves at every price that was named; shares of accounts, 0 to 1."""

    prices: tuple[float, ...]
    too_cheap: tuple[float, ...]
    cheap: tuple[float, ...]
    expensive: tuple[float, ...]
    too_expensive: tuple[float, ...]


@dataclass(frozen=True)
class Demand:
    """What would be bought: the price of most buyers and the one of most revenue, each with its interval.

    :ivar trial: at each price of ``prices`` the mean likelihood of buying; ``revenue`` is price times that.
    """

    prices: tuple[float, ...]
    trial: tuple[float, ...]
    most_bought_at: Estimate
    most_revenue_at: Estimate

    @property
    def revenue(self) -> tuple[float, ...]:
        return tuple(price * share for price, share in zip(self.prices, self.trial, strict=True))


@dataclass(frozen=True)
class PricesTally:
    """The four points of the price band, in the session's currency.

    :ivar lowest: PMC, where as many find it too cheap as find it not cheap.
    :ivar highest: PME, where as many find it too expensive as find it not expensive.
    :ivar indifferent: IDP, where as many find it cheap as expensive.
    :ivar optimal: OPP, where as many find it too cheap as too expensive; undefined where these never meet.
    :ivar intransitive_share: of persons, those whose four prices do not rise; they are not counted.
    :ivar demand: None when likelihoods were not asked of enough accounts.
    """

    care: Care
    lowest: Figure
    highest: Figure
    indifferent: Figure
    optimal: Figure
    intransitive_share: float
    curves: Curves
    demand: Demand | None
    proxy: "PricesTally | NotEnough"


def tally(ballots: Sequence[Ballot[PriceAnswer]], plan: Plan) -> PricesTally | NotEnough:
    """Add up prices of one currency; accounts weigh 1, shared by their respondents."""
    everybody, beside = own(ballots), proxies(ballots)
    counted = [ballot for ballot in everybody if ballot.answers.is_transitive]
    few = too_few(counted)
    if few:
        return few
    answers = np.array([one.answers.prices for one in counted], dtype=np.float64)
    grid: Floats = np.unique(answers)
    rows = _shares_at(grid, answers).reshape(len(counted), -1)
    accounts = sample(counted).by_account(rows)
    lowest, highest, indifferent, optimal = (_figure(place, accounts, rows, grid, plan) for place in range(4))
    curves = (accounts.sum(axis=0) / len(accounts)).reshape(4, -1)
    return PricesTally(
        care(counted, len(beside), plan),
        lowest,
        highest,
        indifferent,
        optimal,
        1 - len(counted) / len(everybody),
        Curves(tuple(map(float, grid)), *(tuple(map(float, curve)) for curve in curves)),
        _demand([one for one in counted if one.answers.intent_cheap and one.answers.intent_expensive], plan),
        tally(beside, plan),
    )


def crossings(sums: Floats, grid: Floats) -> Floats:
    """Return PMC, PME, IDP, OPP of curves; not a number where two do not cross.

    :param sums: the four curves one after the other, times the number of accounts; shape ``(…, 4 · prices)``.
    """
    too_cheap, cheap, expensive, too_expensive = np.moveaxis(
        sums.reshape(*sums.shape[:-1], 4, len(grid)), -2, 0
    )
    # Each account is below or from its own prices on, so at the dearest price all find it expensive.
    whole = np.maximum(expensive[..., -1:], 1e-12)
    return np.stack(
        [
            _crossing(too_cheap + cheap - whole, grid),
            _crossing(whole - expensive - too_expensive, grid),
            _crossing(cheap - expensive, grid),
            np.where(_overlap(too_cheap, too_expensive), _crossing(too_cheap - too_expensive, grid), np.nan),
        ],
        axis=-1,
    )


def _crossing(difference: Floats, grid: Floats) -> Floats:
    """Return the price at which a falling difference first is 0, on a straight line between prices."""
    ends = difference <= 1e-9
    first = ends.argmax(axis=-1)
    before = np.maximum(first - 1, 0)
    high = np.take_along_axis(difference, before[..., None], -1)[..., 0]
    low = np.take_along_axis(difference, first[..., None], -1)[..., 0]
    part = np.where(high - low > 1e-12, high / np.maximum(high - low, 1e-12), 1.0)
    found = grid[before] + (grid[first] - grid[before]) * np.clip(part, 0, 1)
    return np.where(ends.any(axis=-1), found, np.nan)


def _overlap(too_cheap: Floats, too_expensive: Floats) -> npt.NDArray[np.bool_]:
    """Say where some price is below what one finds too cheap and above what another finds too expensive."""
    doubted, refused = too_cheap > 1e-9, too_expensive > 1e-9
    first_refused = np.where(refused.any(axis=-1), refused.argmax(axis=-1), refused.shape[-1])
    return np.asarray(doubted.sum(axis=-1) >= first_refused)


def _shares_at(grid: Floats, answers: Floats) -> Floats:
    """Return 0 or 1 of each answer at each price, for each curve; shape ``(answers, 4, prices)``."""
    low, cheap, dear, high = answers.T[:, :, None]
    curves = [grid < low, grid < cheap, grid >= dear, grid > high]
    return np.stack(curves, axis=1).astype(np.float64)


def _figure(place: int, accounts: Floats, rows: Floats, grid: Floats, plan: Plan) -> Figure:
    value = crossings(accounts.sum(axis=0), grid)[place]
    if np.isnan(value):
        return Undefined(NO_OVERLAP)
    low, high = interval(crossings(drawn(accounts, plan), grid)[:, place], value)
    return Estimate(float(value), float(low), float(high), float(crossings(rows.sum(axis=0), grid)[place]))


def _demand(ballots: Sequence[Ballot[PriceAnswer]], plan: Plan) -> Demand | None:
    """Mean of everybody's own line of likelihood, and its best prices."""
    if too_few(ballots):
        return None
    answers = np.array([one.answers.prices for one in ballots], dtype=np.float64)
    # The line of each bends at prices that were named, so the most is bought, and earned, near one of them.
    grid = (
        np.unique(answers)
        if len(np.unique(answers)) <= GRID
        else np.linspace(answers.min(), answers.max(), GRID)
    )
    rows = np.array([_line(one.answers, grid) for one in ballots])
    accounts = sample(ballots).by_account(rows)
    trial = accounts.mean(axis=0)
    draws = drawn(accounts, plan)

    def best(weight: Floats | float) -> Estimate:
        value = grid[(accounts.sum(axis=0) * weight).argmax()]
        low, high = interval(grid[(draws * weight).argmax(axis=1)], value)
        return Estimate(
            float(value), float(low), float(high), float(grid[(rows.sum(axis=0) * weight).argmax()])
        )

    return Demand(tuple(map(float, grid)), tuple(map(float, trial)), best(1.0), best(grid))


def _line(answer: PriceAnswer, grid: Floats) -> Floats:
    points = [0.0, CALIBRATED[answer.intent_cheap or 1], CALIBRATED[answer.intent_expensive or 1], 0.0]
    return np.asarray(np.interp(grid, answer.prices, points, left=0.0, right=0.0), dtype=np.float64)
