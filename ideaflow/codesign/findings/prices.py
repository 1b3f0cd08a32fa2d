"""What prices say. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ideaflow.codesign.counting.figures import Estimate, Figure, NotEnough, Undefined
from ideaflow.codesign.findings.words import Finding, not_enough, price, put
from ideaflow.wording import share

if TYPE_CHECKING:
    from ideaflow.codesign.instruments.prices_tally import PricesTally

MANY_OUT_OF_ORDER = 0.1


def finding(tally: PricesTally | NotEnough, currency: str) -> Finding:
    """Say which prices are acceptable, where resistance is least, and what was not counted."""
    if isinstance(tally, NotEnough):
        return not_enough(tally)
    return put(
        _band(tally.lowest, tally.highest, currency),
        [
            _point("As many find {} cheap as expensive", tally.indifferent, currency),
            _point("Resistance is least at {}", tally.optimal, currency),
            _demand(tally, currency),
            _order(tally.intransitive_share),
        ],
        tally.care,
    )


def _band(lowest: Figure, highest: Figure, currency: str) -> str:
    if isinstance(lowest, Undefined) or isinstance(highest, Undefined):
        return "No band of acceptable prices can be read: the curves do not cross."
    if lowest.value >= highest.value:
        return (
            "No price is acceptable to most: what is not cheap for some is too expensive for others already."
        )
    outer = f"{price(lowest.low, currency)}–{price(highest.high, currency)}"
    return (
        f"{price(lowest.value, currency)} to {price(highest.value, currency)} is acceptable (95 %: {outer})."
    )


def _point(words: str, figure: Figure, currency: str) -> str:
    if isinstance(figure, Undefined):
        return figure.reason
    return f"{words.format(price(figure.value, currency))} ({_between(figure, currency)})."


def _between(figure: Estimate, currency: str) -> str:
    return f"{price(figure.low, currency)}–{price(figure.high, currency)}"


def _demand(tally: PricesTally, currency: str) -> str:
    if tally.demand is None:
        return ""
    most = tally.demand.most_revenue_at
    where = f"{price(most.value, currency)} earns most ({_between(most, currency)})"
    return f"By what people say they would buy, {where}."


def _order(part: float) -> str:
    if part < MANY_OUT_OF_ORDER:
        return ""
    return f"In {share(part)} of answers the four prices did not rise; these are not counted."
