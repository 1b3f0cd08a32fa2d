"""Buy-a-feature: each account has the same budget and buys together what it cannot buy alone. Pure.

Source: L. Hohmann, Innovation Games, 2006. A solo round with hidden totals comes before a pooling round in
the open, and both are reported: what people want, and what they agreed on. The quadratic option: S. Lalley
and G. Weyl, AEA Papers and Proceedings 108 (2018) 33–37; v votes cost v² of 100 credits.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

CREDITS = 100
LEAST_PART, MOST_PART = 1 / 3, 1 / 2


@dataclass(frozen=True)
class Offer:
    """An option and what it costs, in the game's money."""

    option: str
    price: int


Pledges = Mapping[str, int]
"""What one participant pledges, by option."""

Votes = Mapping[str, int]
"""What one participant casts, by option; below 0 is against."""


@dataclass(frozen=True)
class Budget:
    """What each account may spend.

    :ivar beyond: options dearer than one budget, which accounts can only buy together.
    """

    amount: int
    beyond: tuple[str, ...]


def budget_for(offers: Sequence[Offer], part: float = 0.4) -> Budget:
    """Return the budget of each account: a part of the price of everything, a third to a half.

    >>> budget_for([Offer("a", 100), Offer("b", 30), Offer("c", 50)])
    Budget(amount=72, beyond=('a',))
    """
    amount = round(min(max(part, LEAST_PART), MOST_PART) * sum(offer.price for offer in offers))
    return Budget(amount, tuple(offer.option for offer in offers if offer.price > amount))


def problems_of_offers(offers: Sequence[Offer], budget: Budget) -> list[str]:
    """Say what makes a game that decides nothing."""
    found = [f"“{offer.option}” costs nothing: give it a price." for offer in offers if offer.price <= 0]
    if not budget.beyond:
        found.append(
            "Every option can be bought by one account alone: raise a price, so that accounts must pool."
        )
    return found


def fault_of_pledge(
    pledges: Pledges, offers: Sequence[Offer], left: int, pooled: Pledges | None = None
) -> str:
    """Return why pledges cannot stand, as a code: “over 110 30”, “beyond alerts 20”; empty: they can.

    :param left: what the account has not spent yet.
    :param pooled: what others have pledged to each option, in the pooling round: nothing is paid beyond a
        price.
    """
    total = sum(pledges.values())
    if total > left:
        return f"over {total} {total - left}"
    for offer in offers if pooled is not None else ():
        missing = max(0, offer.price - (pooled or {}).get(offer.option, 0))
        if pledges.get(offer.option, 0) > missing:
            return f"beyond {offer.option} {missing}"
    return ""


def cost(votes: Votes) -> int:
    """Return what votes cost: the sum of their squares.

    >>> cost({"a": 9, "b": 3}), cost({"a": 10})
    (90, 100)
    """
    return sum(count * count for count in votes.values())


def fault_of_votes(votes: Votes, credits: int = CREDITS) -> str:
    """Return why votes cannot stand, as a code; empty: they can.

    >>> fault_of_votes({"a": 9, "b": 4}), fault_of_votes({"a": 10, "b": -1})
    ('', 'over 101 1')
    """
    return f"over {cost(votes)} {cost(votes) - credits}" if cost(votes) > credits else ""
