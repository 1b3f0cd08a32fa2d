"""What was bought, by how many, and what was dropped. Pure; loads numpy.

Concentration: O. Herfindahl 1950, A. Hirschman 1964: the sum of squared parts, 1 when one account pays all.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ideaflow.codesign.counting.ballots import Ballot, own, proxies, too_few
from ideaflow.codesign.counting.figures import Care, Estimate, NotEnough, Plan
from ideaflow.codesign.counting.sampling import Floats, care, drawn, estimates, sample
from ideaflow.codesign.instruments.buying import Offer, Pledges, Votes


@dataclass(frozen=True)
class OfferTally:
    """One option and who pays for it.

    :ivar pledged: money of all accounts together.
    :ivar share: of all money pledged, over accounts; all add up to 1.
    :ivar funded_share: of the draws of accounts, those in which it is funded.
    :ivar accounts: how many different ones pledged: its contacts at the launch.
    :ivar concentration: 1 / accounts when all pledge alike, 1 when one pays all; None when nobody did.
    :ivar regret: money pledged to an option that is not funded.
    """

    option: str
    price: int
    pledged: int
    share: Estimate
    is_funded: bool
    funded_share: float
    accounts: int
    concentration: float | None

    @property
    def regret(self) -> int:
        return 0 if self.is_funded else self.pledged


@dataclass(frozen=True)
class BuyingTally:
    """One round: the options with the most money first.

    :ivar unspent: budget that no account pledged.
    """

    care: Care
    offers: tuple[OfferTally, ...]
    unspent: int
    proxy: "BuyingTally | NotEnough"

    @property
    def funded(self) -> tuple[OfferTally, ...]:
        return tuple(offer for offer in self.offers if offer.is_funded)

    @property
    def regret(self) -> int:
        return sum(offer.regret for offer in self.offers)


@dataclass(frozen=True)
class VotesTally:
    """Quadratic votes of one option: mean over accounts, each the mean of its respondents."""

    option: str
    votes: Estimate
    for_count: int
    against_count: int


def tally(
    ballots: Sequence[Ballot[Pledges]], offers: Sequence[Offer], budget: int, plan: Plan
) -> BuyingTally | NotEnough:
    """Add up the pledges of one round.

    All people of an account spend its one budget, so money is added up as it is; person-weighted shares give
    each person's split the weight 1. An account that pledged more than its budget is not possible: the money
    is checked when it is pledged.
    """
    counted, beside = own(ballots), proxies(ballots)
    few = too_few(counted)
    if few:
        return few
    rows = np.array([[float(one.answers.get(offer.option, 0)) for offer in offers] for one in counted])
    accounts = _sums(counted, rows)
    spent = rows.sum(axis=1, keepdims=True)
    split = np.divide(rows, spent, out=np.zeros_like(rows), where=spent > 0)
    shares = estimates(accounts, split.sum(axis=0), _shares, plan)
    prices = np.array([float(offer.price) for offer in offers])
    # Draws have as many accounts as answered, so their money can be held against the price as it is.
    funded = (drawn(accounts, plan) >= prices - 1e-9).mean(axis=0)
    found = [
        _offer(offer, accounts[:, place], shares[place], float(funded[place]))
        for place, offer in enumerate(offers)
    ]
    return BuyingTally(
        care(counted, len(beside), plan),
        tuple(sorted(found, key=lambda one: (-one.pledged, one.option))),
        max(0, budget * len(accounts) - int(accounts.sum())),
        tally(beside, offers, budget, plan),
    )


def tally_votes(
    ballots: Sequence[Ballot[Votes]], options: Sequence[str], plan: Plan
) -> tuple[VotesTally, ...] | NotEnough:
    """Add up quadratic votes, most wanted first; accounts weigh 1, shared by their respondents."""
    counted = own(ballots)
    few = too_few(counted)
    if few:
        return few
    rows = np.array([[*(float(one.answers.get(option, 0)) for option in options), 1.0] for one in counted])
    means = estimates(
        sample(counted).by_account(rows), rows.sum(axis=0), lambda sums: sums[..., :-1] / sums[..., -1:], plan
    )
    found = [
        VotesTally(option, means[place], int((rows[:, place] > 0).sum()), int((rows[:, place] < 0).sum()))
        for place, option in enumerate(options)
    ]
    return tuple(sorted(found, key=lambda one: (-one.votes.value, one.option)))


def concentration(parts: Floats) -> float | None:
    """Return the sum of squared parts of a whole; None of nothing.

    >>> concentration(np.array([50.0, 50.0])), concentration(np.array([0.0, 9.0]))
    (0.5, 1.0)
    """
    total = parts.sum()
    return float(((parts / total) ** 2).sum()) if total > 0 else None


def _sums(ballots: Sequence[Ballot[Pledges]], rows: Floats) -> Floats:
    """Add up money by account, unweighted."""
    found = sample(ballots)
    return found.by_account(rows / found.weight[:, None])


def _shares(sums: Floats) -> Floats:
    return np.asarray(sums / np.maximum(sums.sum(axis=-1, keepdims=True), 1e-12), dtype=np.float64)


def _offer(offer: Offer, money: Floats, share: Estimate, funded_share: float) -> OfferTally:
    pledged = round(float(money.sum()))
    return OfferTally(
        option=offer.option,
        price=offer.price,
        pledged=pledged,
        share=share,
        is_funded=pledged >= offer.price,
        funded_share=funded_share,
        accounts=int((money > 0).sum()),
        concentration=concentration(money),
    )
