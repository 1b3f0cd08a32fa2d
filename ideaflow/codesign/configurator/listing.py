"""A small kit, answered by listing every combination: exact, at once, without loading the solver. Pure."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from itertools import chain, combinations, product
from threading import Event, Thread

from ideaflow.codesign.configurator.advice import (
    Blocked,
    Reasons,
    Repair,
    Review,
    as_repair,
    change_count,
    look_over,
    repair,
)
from ideaflow.codesign.configurator.parts import Design, Kit
from ideaflow.codesign.configurator.solving import cheapest, possible, valid_designs

MOST = 3_000
"""From so many combinations on the solver is faster; measured, docs/codesign-methods.md."""
_warming = Event()


@dataclass(frozen=True)
class Combination:
    """One option set that fills every module, whatever the rules say; sets as bits of a number."""

    design: Design
    options: int
    broken: int
    price: int


class Listing:
    """Every combination of a kit, the cheapest first; answers what :class:`solving.Questions` answers."""

    def __init__(self, kit: Kit) -> None:
        self.kit = kit
        self.bit = {key: 1 << place for place, key in enumerate(kit.options)}
        each = [
            [
                some
                for count in range(one.least, min(one.most, len(one.options)) + 1)
                for some in combinations([option.key for option in one.options], count)
            ]
            for one in kit.modules
        ]
        found = [self._combination(frozenset(chain.from_iterable(parts))) for parts in product(*each)]
        self.every = sorted(found, key=lambda one: (one.price, sorted(one.design)))
        self.valid = [one for one in self.every if not one.broken]

    def clash(self, things: Sequence[str | int]) -> list[str | int] | None:
        """Return the things when no combination keeps them all; None when one does."""
        options = self._bits(frozenset(thing for thing in things if isinstance(thing, str)))
        rules = sum(1 << thing for thing in things if isinstance(thing, int))
        kept = any(not one.broken & rules and one.options & options == options for one in self.every)
        return None if kept else list(things)

    def one(self, fixed: Design = frozenset()) -> Design | None:
        """Return the cheapest valid design that holds ``fixed``."""
        bits = self._bits(fixed)
        return next((one.design for one in self.valid if one.options & bits == bits), None)

    def possible(self, design: Design) -> frozenset[str]:
        """Return the options that can be taken beside what is chosen."""
        return frozenset(
            key for key in self.kit.options if self.one(self.kit.with_choice(design, key)) is not None
        )

    def repair(self, design: Design, wish: str | None) -> Repair | None:
        """Return the valid design that changes the fewest choices, then the cheapest."""
        start = self.kit.with_choice(design, wish) if wish else self.kit.known(design)
        bits = self._bits(frozenset({wish}) if wish else frozenset())
        held = [one for one in self.valid if one.options & bits == bits]
        if not held:
            return None
        best = min(held, key=lambda one: (self._changes(start, one.design), one.price, sorted(one.design)))
        return as_repair(self.kit, start, best.design)

    def _changes(self, start: Design, found: Design) -> int:
        return sum(change_count(module, start, found) for module in self.kit.modules)

    def _bits(self, keys: Design) -> int:
        return sum(self.bit[key] for key in keys)

    def _combination(self, design: Design) -> Combination:
        broken = sum(
            1 << place for place, rule in enumerate(self.kit.rules) if not rule.holds(design, self.kit)
        )
        return Combination(design, self._bits(design), broken, self.kit.price_of(design))


class Advisor:
    """Answers about one kit: by listing where it is small, else by the solver."""

    def __init__(self, kit: Kit) -> None:
        self.kit = kit
        self.listing = Listing(kit) if kit.combinations <= MOST else None

    @property
    def needs_solver(self) -> bool:
        return self.listing is None

    def warm(self) -> None:
        """Load the solver in a thread of its own, once: some seconds that nobody then waits for."""
        if "ortools.sat.python.cp_model" not in sys.modules and not _warming.is_set():
            _warming.set()
            Thread(target=import_module, args=("ortools.sat.python.cp_model",), daemon=True).start()

    def possible(self, design: Design) -> frozenset[str]:
        """Return the options that can be taken beside what is chosen."""
        return self.listing.possible(design) if self.listing else possible(self.kit, design)

    def cheapest(self, design: Design) -> Design | None:
        """Return the cheapest valid design that holds what is chosen; None when there is none."""
        return (
            self.listing.one(self.kit.known(design))
            if self.listing
            else cheapest(self.kit, self.kit.known(design))
        )

    def blocked(self, design: Design, option: str) -> Blocked | None:
        """Say why an option cannot be taken; None when it can."""
        return Reasons(self.kit, self.listing).blocked(design, option)

    def repair(self, design: Design, wish: str | None = None) -> Repair | None:
        """Return the valid design nearest to what is chosen."""
        return self.listing.repair(design, wish) if self.listing else repair(self.kit, design, wish)

    def review(self, most: int) -> Review:
        """Look the kit over for its editor; designs are counted up to ``most``."""
        listing = self.listing
        valid = [one.design for one in listing.valid] if listing else valid_designs(self.kit, most)
        return look_over(self.kit, valid, most, Reasons(self.kit, self.listing), self.possible)
