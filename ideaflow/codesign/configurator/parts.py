"""What a design is put together from: modules, options, and the rules between them. Pure."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from math import comb, prod

Design = frozenset[str]
"""The keys of the chosen options; a draft under way has fewer than its modules ask for."""

PRICE = "price"
"""The amount every option has, beside those the editor names (weight, power)."""


@dataclass(frozen=True)
class Option:
    """One of the things a module can be.

    :ivar key: unlike that of any other option of the kit.
    :ivar price: in the smallest unit of the session's currency, or whole units throughout.
    :ivar days: lead time.
    :ivar amounts: what sum limits count, by name: weight, power.
    """

    key: str
    name: str
    price: int = 0
    days: int = 0
    amounts: Mapping[str, int] = field(default_factory=dict)

    def amount(self, name: str) -> int:
        return self.price if name == PRICE else self.amounts.get(name, 0)


@dataclass(frozen=True)
class Module:
    """A part of the design, of which ``least`` to ``most`` options are chosen: mostly exactly one."""

    key: str
    name: str
    options: tuple[Option, ...]
    least: int = 1
    most: int = 1

    @property
    def words(self) -> str:
        if self.least == self.most:
            return f"“{self.name}” takes exactly {self.least}"
        return f"“{self.name}” takes {self.least} to {self.most}"


@dataclass(frozen=True)
class Requires:
    """Whoever takes one of ``when`` needs one of ``then``.

    :ivar name: the rule in the editor's words, as it is told to customers.
    """

    name: str
    when: frozenset[str]
    then: frozenset[str]

    @property
    def options(self) -> frozenset[str]:
        return self.when | self.then

    def holds(self, design: Design, kit: "Kit") -> bool:
        return not (self.when & design) or bool(self.then & design)


@dataclass(frozen=True)
class Excludes:
    """None of ``when`` goes together with any of ``never``."""

    name: str
    when: frozenset[str]
    never: frozenset[str]

    @property
    def options(self) -> frozenset[str]:
        return self.when | self.never

    def holds(self, design: Design, kit: "Kit") -> bool:
        return not (self.when & design and self.never & design)


@dataclass(frozen=True)
class Count:
    """Of ``options`` at least ``least`` and at most ``most`` are chosen (None: as many as one likes)."""

    name: str
    options: frozenset[str]
    least: int = 0
    most: int | None = None

    def holds(self, design: Design, kit: "Kit") -> bool:
        chosen = len(self.options & design)
        return self.least <= chosen and (self.most is None or chosen <= self.most)


@dataclass(frozen=True)
class Limit:
    """The amounts of all chosen options add up to ``most`` or less: weight, power, price."""

    name: str
    amount: str
    most: int

    options: frozenset[str] = frozenset()

    def holds(self, design: Design, kit: "Kit") -> bool:
        return sum(kit.options[key].amount(self.amount) for key in design) <= self.most


Rule = Requires | Excludes | Count | Limit


@dataclass(frozen=True)
class Kit:
    """All a customer designs with.

    :ivar days: what every design takes before its options.
    :ivar is_sequential: lead times of options add up; else they run side by side and the longest counts.
    """

    modules: tuple[Module, ...]
    rules: tuple[Rule, ...] = ()
    price: int = 0
    days: int = 0
    is_sequential: bool = False

    @cached_property
    def options(self) -> dict[str, Option]:
        return {option.key: option for module in self.modules for option in module.options}

    @cached_property
    def module_of(self) -> dict[str, Module]:
        return {option.key: module for module in self.modules for option in module.options}

    @property
    def combinations(self) -> int:
        """How many designs there would be without rules."""
        return prod(
            sum(comb(len(one.options), count) for count in range(one.least, one.most + 1))
            for one in self.modules
        )

    def price_of(self, design: Design) -> int:
        return self.price + sum(self.options[key].price for key in design)

    def days_of(self, design: Design) -> int:
        days = [self.options[key].days for key in design]
        return self.days + (sum(days) if self.is_sequential else max(days, default=0))

    def known(self, design: Design) -> Design:
        """Leave out options the kit no longer has: a draft may be older than its kit."""
        return design & self.options.keys()

    def with_choice(self, design: Design, key: str) -> Design:
        """Take an option: in place of the one chosen before where its module takes one only."""
        module = self.module_of[key]
        others = {one.key for one in module.options} if module.most == 1 else set()
        return frozenset(self.known(design) - others) | {key}


def told(rule: Rule, kit: Kit) -> str:
    """Return a rule in the editor's words, or in plain ones made of its options' names."""
    if rule.name:
        return rule.name
    match rule:
        case Requires():
            return f"{_either(rule.when, kit)} needs {_either(rule.then, kit)}"
        case Excludes():
            return f"{_either(rule.when, kit)} does not go with {_either(rule.never, kit)}"
        case Count():
            most = len(rule.options) if rule.most is None else rule.most
            if most == 0:
                return f"{_either(rule.options, kit)} cannot be taken"
            bounds = f"exactly {most}" if rule.least == most else f"{rule.least} to {most}"
            return f"take {bounds} of {_either(rule.options, kit)}"
        case Limit():
            return f"{rule.amount} adds up to {rule.most:,} at most"


def faults(kit: Kit, design: Design) -> list[str]:
    """Say what keeps a design from being whole and allowed; empty: nothing."""
    broken = (told(rule, kit) for rule in kit.rules if not rule.holds(design, kit))
    return [*_module_faults(kit, design), *broken]


def _either(keys: frozenset[str], kit: Kit) -> str:
    """Name options in the order of the kit: “S” or “M”."""
    return " or ".join(f"“{option.name}”" for key, option in kit.options.items() if key in keys)


def problems(kit: Kit) -> list[str]:
    """Say what is wrong with a kit before any rule is solved: doubles, unknown options, impossible counts."""
    keys = Counter(option.key for module in kit.modules for option in module.options)
    found = [
        f"Two options have the key “{key}”: give one another." for key, count in keys.items() if count > 1
    ]
    for module in kit.modules:
        if not 0 <= module.least <= module.most:
            found.append(
                f"“{module.name}” takes at least {module.least} and at most {module.most}: turn them."
            )
        elif module.least > len(module.options):
            found.append(
                f"“{module.name}” asks for {module.least} of {len(module.options)} options: add some."
            )
    for rule in kit.rules:
        unknown = sorted(rule.options - keys.keys())
        if unknown:
            found.append(
                f"Rule “{told(rule, kit)}” names “{unknown[0]}”, which is no option: choose another."
            )
    return found


def _module_faults(kit: Kit, design: Design) -> Iterator[str]:
    for module in kit.modules:
        chosen = sum(option.key in design for option in module.options)
        if not module.least <= chosen <= module.most:
            yield f"{module.words}, {chosen} chosen"
