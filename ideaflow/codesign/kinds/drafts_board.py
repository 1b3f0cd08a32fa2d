"""A design under way as a customer sees it: chosen, possible, blocked and why, what it costs. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from ideaflow.codesign.configurator.advice import Blocked, Repair
from ideaflow.codesign.configurator.parts import Design, Module
from ideaflow.codesign.kinds.contract import Definition
from ideaflow.codesign.kinds.drafts_form import advisor_of, modules_of


@dataclass(frozen=True)
class Place:
    """An option in its place.

    :ivar why: names of choices and rules in their words that forbid it; None: it can be taken.
    :ivar fix: the smallest repair that takes it in; None: there is none.
    """

    key: str
    name: str
    note: str
    price: int
    is_chosen: bool
    why: Blocked | None = None
    against: tuple[str, ...] = ()
    fix: "Fix | None" = None


@dataclass(frozen=True)
class Fix:
    """A repair, as one press.

    :ivar swaps: what goes out and what comes in, by name, once a module.
    :ivar price: of the repaired design, the cheapest way where something is still to choose.
    """

    swaps: tuple[tuple[str, str], ...]
    price: int
    design: Design


@dataclass(frozen=True)
class Shelf:
    """A module with its options."""

    module: Module
    places: tuple[Place, ...]


@dataclass(frozen=True)
class Board:
    """A design and all that can be done with it.

    :ivar price: of the design as it stands; the cheapest way to finish it where something is to choose.
    :ivar missing: names of modules that ask for more.
    :ivar nearest: the repair of choices that do not go together as they stand; None: they do.
    """

    design: Design
    shelves: tuple[Shelf, ...]
    price: int
    days: int
    missing: tuple[str, ...]
    nearest: Fix | None
    clash: Blocked | None
    budget: int

    @property
    def is_whole(self) -> bool:
        return not self.missing and self.nearest is None and self.clash is None


def board_of(definition: Definition, chosen: Iterable[str] = ()) -> Board:
    """Lay out a design, whatever was chosen."""
    advisor = advisor_of(definition)
    kit = advisor.kit
    design = kit.known(frozenset(chosen))
    finish = advisor.cheapest(design)
    missing = tuple(
        module.name
        for module in kit.modules
        if sum(option.key in design for option in module.options) < module.least
    )
    nearest, clash = None, None
    if finish is None and kit.options:
        found = advisor.repair(design)
        nearest = _fix(definition, design, found, "") if found else None
        clash = _clash(advisor, design)
    end = finish or (nearest and design) or design
    free = advisor.possible(design) if finish is not None else frozenset(kit.options)
    return Board(
        design=design,
        shelves=_shelves(definition, design, free),
        price=kit.price_of(end),
        days=kit.days_of(end),
        missing=missing,
        nearest=nearest,
        clash=clash,
        budget=definition["budget"],
    )


def take(definition: Definition, chosen: Iterable[str], wish: str) -> Design:
    """Return a design with a wish taken in by the smallest repair; what was open stays open."""
    design = advisor_of(definition).kit.known(frozenset(chosen))
    found = advisor_of(definition).repair(design, wish or None)
    fix = _fix(definition, design, found, wish) if found else None
    return fix.design if fix else design


def _shelves(definition: Definition, design: Design, free: frozenset[str]) -> tuple[Shelf, ...]:
    notes = {one["key"]: one["note"] for one in definition["options"]}
    return tuple(
        Shelf(module, tuple(_place(definition, design, option, notes, free) for option in module.options))
        for module in modules_of(definition)
    )


def _place(
    definition: Definition, design: Design, option: Any, notes: dict[str, str], free: frozenset[str]
) -> Place:
    known = Place(option.key, option.name, notes[option.key], option.price, option.key in design)
    if known.is_chosen or option.key in free:
        return known
    advisor = advisor_of(definition)
    why = advisor.blocked(design, option.key)
    found = advisor.repair(design, option.key)
    names = tuple(advisor.kit.options[key].name for key in why.choices) if why else ()
    fix = _fix(definition, design, found, option.key) if found else None
    return Place(known.key, known.name, known.note, known.price, False, why, names, fix)


def _fix(definition: Definition, design: Design, found: Repair, wish: str) -> Fix:
    kit = advisor_of(definition).kit
    swaps, dropped, added = [], set[str](), {wish} if wish else set[str]()
    if wish and kit.module_of[wish].most == 1:
        dropped |= {one.key for one in kit.module_of[wish].options} & design - {wish}
    for change in found.changes:
        dropped |= set(change.dropped)
        added |= set(change.added)
        out = " + ".join(kit.options[key].name for key in change.dropped)
        swaps.append((out, " + ".join(kit.options[key].name for key in change.added)))
    return Fix(tuple(swaps), found.price, frozenset(design - dropped) | added)


def _clash(advisor: Any, design: Design) -> Blocked | None:
    """Say which choices clash as they stand."""
    for key in sorted(design):
        why: Blocked | None = advisor.blocked(design - {key}, key)
        if why:
            return why
    return None
