"""Why an option is blocked, the smallest repair, and which rules clash. Pure; asks the solver."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from ideaflow.codesign.configurator.parts import Design, Kit, Module, Rule, told
from ideaflow.codesign.configurator.solving import (
    Questions,
    cheapest,
    possible,
    valid_designs,
)

Thing = TypeVar("Thing")


class Clashes(Protocol):
    """Knows whether choices (keys) and rules (places) leave a design."""

    def clash(self, things: Sequence[str | int]) -> list[str | int] | None: ...


MOST_COUNTED = 1_000
"""An editor is told “more than” from so many designs on."""


@dataclass(frozen=True)
class Blocked:
    """Why an option cannot be taken: these choices and these rules together, and no fewer, forbid it."""

    option: str
    choices: tuple[str, ...]
    rules: tuple[Rule, ...]
    words: str


@dataclass(frozen=True)
class Change:
    """What a repair changes in one module."""

    module: str
    dropped: tuple[str, ...]
    added: tuple[str, ...]


@dataclass(frozen=True)
class Repair:
    """A valid, whole design near a draft.

    :ivar changes: where it departs from what was chosen; as few as can be, then the lowest price.
    :ivar count: how many choices are changed; options that fill what was still open are none.
    :ivar filled: options that fill what was still open.
    """

    design: Design
    changes: tuple[Change, ...]
    count: int
    filled: tuple[str, ...]
    price: int
    days: int


@dataclass(frozen=True)
class Review:
    """What an editor should know of a kit before it is shown to customers.

    :ivar valid: number of valid designs; ``has_more`` when counting stopped there.
    :ivar clashing: rules that leave no design together, and do without any one of them; empty: no clash.
    :ivar dead: options that are in no valid design.
    """

    combinations: int
    valid: int
    has_more: bool
    cheapest: Design | None
    clashing: tuple[Rule, ...]
    dead: tuple[Blocked, ...]


def blocked(kit: Kit, design: Design, option: str) -> Blocked | None:
    """Say in words why an option cannot be taken beside what is chosen; None when it can."""
    return Reasons(kit).blocked(design, option)


def clashing(kit: Kit) -> tuple[Rule, ...]:
    """Return rules that leave no valid design together, as few as forbid it; empty when there is one."""
    return Reasons(kit).clashing()


class Reasons:
    """A kit to be asked why, more than once."""

    def __init__(self, kit: Kit, asked: Clashes | None = None) -> None:
        """:param asked: what knows whether things clash; None: the solver."""
        self.kit = kit
        self.questions = asked or Questions(kit, is_open=True)

    def blocked(self, design: Design, option: str) -> Blocked | None:
        """Say in words why an option cannot be taken beside what is chosen; None when it can."""
        wanted = self.kit.with_choice(design, option)
        found = self._least([option, *sorted(wanted - {option}), *range(len(self.kit.rules))])
        if found is None:
            return None
        choices = tuple(thing for thing in found if isinstance(thing, str) and thing != option)
        rules = tuple(self.kit.rules[thing] for thing in found if isinstance(thing, int))
        named = option if option in found else None
        return Blocked(option, choices, rules, _words(self.kit, named, choices, rules))

    def clashing(self) -> tuple[Rule, ...]:
        """Return rules that leave no valid design together, as few as forbid it; empty when there is one."""
        found = self._least(list(range(len(self.kit.rules)))) or []
        return tuple(self.kit.rules[thing] for thing in found if isinstance(thing, int))

    def _least(self, things: list[str | int] | list[int]) -> list[str | int] | None:
        """Return as few things as clash, given up in turn: rules first, so that choices are named last."""
        core = self.questions.clash(things)
        if core is None:
            return None
        return least_clash(core, lambda some: self.questions.clash(some) is not None)


def repair(kit: Kit, design: Design, wish: str | None = None) -> Repair | None:
    """Return the valid design that changes the fewest choices of a draft, then the cheapest such.

    A choice that is given up for another counts once; so does an option nobody asked for where nothing was
    missing. Filling what is still open counts nothing.

    :param wish: an option that must be in it; taking it is no change.
    :returns: None when no valid design holds the wish.
    """
    start = kit.with_choice(design, wish) if wish else kit.known(design)
    questions = Questions(kit)
    counts = [_changes(questions, module, start) for module in kit.modules]
    dearest = 1 + sum(abs(option.price) for option in kit.options.values())
    questions.model.minimize(dearest * sum(counts) + questions.price())
    found = questions.one(frozenset({wish}) if wish else frozenset())
    return None if found is None else as_repair(kit, start, found)


def change_count(module: Module, start: Design, found: Design) -> int:
    """Count the changed choices of one module between a draft and a design."""
    keys = {option.key for option in module.options}
    missing = max(0, module.least - len(keys & start))
    return max(len(keys & start - found), len(keys & found - start) - missing, 0)


def review(kit: Kit) -> Review:
    """Look a kit over for its editor."""
    return look_over(
        kit,
        valid_designs(kit, MOST_COUNTED),
        MOST_COUNTED,
        Reasons(kit),
        lambda design: possible(kit, design),
    )


def look_over(
    kit: Kit, valid: Sequence[Design], most: int, reasons: Reasons, ahead: Callable[[Design], frozenset[str]]
) -> Review:
    """Return what an editor should know of a kit.

    :param valid: valid designs, the cheapest first; at ``most`` counting stopped.
    :param ahead: the options that can be taken beside a design.
    """
    alive = ahead(frozenset()) if valid else frozenset(kit.options)
    dead = [reasons.blocked(frozenset(), key) for key in kit.options if key not in alive]
    first = None
    if valid:
        first = valid[0] if len(valid) < most else cheapest(kit)
    return Review(
        combinations=kit.combinations,
        valid=len(valid),
        has_more=len(valid) >= most,
        cheapest=first,
        clashing=() if valid else reasons.clashing(),
        dead=tuple(one for one in dead if one),
    )


def least_clash(things: Sequence[Thing], clashes: Callable[[list[Thing]], bool]) -> list[Thing]:
    """Leave out one thing after the other as long as the rest still clashes: none of what stays can go.

    :param things: clash together.
    """
    kept = list(things)
    for one in things:
        rest = [other for other in kept if other is not one]
        if clashes(rest):
            kept = rest
    return kept


def _changes(questions: Questions, module: Module, start: Design) -> Any:
    """Return the number of changed choices of a module as a variable of the model."""
    keys = [option.key for option in module.options]
    missing = max(0, module.least - sum(key in start for key in keys))
    count = questions.model.new_int_var(0, 2 * len(keys), f"changes of {module.key}")
    questions.model.add(count >= sum(1 - questions.chosen[key] for key in keys if key in start))
    added = [questions.chosen[key] for key in keys if key not in start]
    if added:
        questions.model.add(count >= sum(added) - missing)
    return count


def as_repair(kit: Kit, start: Design, found: Design) -> Repair:
    """Return a valid design as what it changes of a draft."""
    changes, total = list[Change](), 0
    filled: list[str] = []
    for module in kit.modules:
        keys = [option.key for option in module.options]
        dropped = tuple(key for key in keys if key in start - found)
        added = tuple(key for key in keys if key in found - start)
        count = change_count(module, start, found)
        total += count
        if count:
            changes.append(Change(module.key, dropped, added))
        else:
            filled += added
    return Repair(found, tuple(changes), total, tuple(filled), kit.price_of(found), kit.days_of(found))


def _words(kit: Kit, option: str | None, choices: Sequence[str], rules: Sequence[Rule]) -> str:
    """Say what clashes; without an option, what is chosen clashes already."""
    names = [f"“{kit.options[key].name}”" for key in choices]
    module = kit.module_of[option or choices[0]]
    why = "; ".join(told(rule, kit) for rule in rules) or module.words
    if option is None:
        return f"{' and '.join(names)} do not go together: {why}."
    if not names:
        return f"“{kit.options[option].name}” can never be chosen: {why}."
    return f"“{kit.options[option].name}” does not go with {' and '.join(names)}: {why}."
