"""Van Westendorp's price sensitivity meter: four prices, and how likely one buys at two of them. Pure.

Source: P. van Westendorp, ESOMAR Congress 1976, 139–167. Likelihood: D. Newton, J. Miller and P. Smith, A
market acceptance extension to traditional price sensitivity measurement, 1993.
"""

from dataclasses import dataclass

CALIBRATED = {5: 0.7, 4: 0.5, 3: 0.3, 2: 0.1, 1: 0.0}
"""What share of those who say so buys: 5 very likely … 1 not at all."""


@dataclass(frozen=True)
class PriceAnswer:
    """The four prices, rising, and the likelihood of buying at the middle two, 5 to 1 (None: not asked).

    :ivar too_cheap: below it one would doubt the quality.
    :ivar cheap: below it is a bargain.
    :ivar expensive: from it on one would think twice.
    :ivar too_expensive: above it one would not buy.
    """

    too_cheap: float
    cheap: float
    expensive: float
    too_expensive: float
    intent_cheap: int | None = None
    intent_expensive: int | None = None

    @property
    def prices(self) -> tuple[float, float, float, float]:
        return self.too_cheap, self.cheap, self.expensive, self.too_expensive

    @property
    def is_transitive(self) -> bool:
        return self.too_cheap < self.cheap < self.expensive < self.too_expensive


NAMES = ("too cheap", "a bargain", "expensive", "too expensive")


def problems(answer: PriceAnswer) -> list[str]:
    """Say which two prices are out of order, and what to do; empty: none.

    >>> problems(PriceAnswer(10, 8, 20, 30))
    ['“a bargain” (8) is not above “too cheap” (10): raise it, or lower the other.']
    """
    found = [
        f"“{name}” must be above 0." for name, price in zip(NAMES, answer.prices, strict=True) if price <= 0
    ]
    for place in range(3):
        low, high = answer.prices[place : place + 2]
        if high <= low:
            found.append(
                f"“{NAMES[place + 1]}” ({high:g}) is not above “{NAMES[place]}” ({low:g}):"
                " raise it, or lower the other."
            )
    return found
