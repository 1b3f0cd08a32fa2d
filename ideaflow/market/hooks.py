"""What later slices do when records of the market change: they register, so that markets need not know them.

Each listener is called inside the transaction of the change; what it measures or queues is saved with it.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from ideaflow.audit import Actor
from ideaflow.hooks import Hook

Cell = tuple[int, int]
"""A channel's and a region's number."""


class What(StrEnum):
    """Which records changed."""

    PRICES = "prices"
    TRAINING = "training"
    PARTNERS = "partners"
    SELLERS = "sellers"


@dataclass(frozen=True)
class Change:
    """Records of the market changed.

    :param cells: exactly those that may measure otherwise now.
    :param names: product codes (prices) or courses (training, partners); empty: whatever is sold or taught.
    """

    what: What
    cells: frozenset[Cell]
    names: frozenset[str]
    by: Actor


@dataclass(frozen=True)
class Said:
    """Who says so, in words that a page can show (“Maren Holt”, “import of prices.csv”), and when."""

    by: Actor
    words: str
    at: datetime


Listener = Callable[[Change], None]

on_change = Hook[Listener]()
"""Call ``listener(change)`` when records of the market change."""


def tell(what: What, cells: Iterable[Cell], names: Iterable[str] = (), *, by: Actor) -> None:
    """Tell everybody who asked, unless no cell is concerned. What changed has to be flushed."""
    change = Change(what, frozenset(cells), frozenset(names), by)
    if change.cells:
        for listener in on_change:
            listener(change)
