"""What work divides over, beside what was meant; who carries it; what has drifted since it was decided.

Pure. These numbers speak of what is live now; no period cuts them.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from ideaflow.insights.drift import MEASURES, Drift, Numbers, Then, bias, drifts_of, known, middle
from ideaflow.insights.forecast import Forecasts, Packed, Worth, forecasts
from ideaflow.insights.load import Keeper, Load, RoleLoad, asks, keepers, owners, roles
from ideaflow.insights.terms import Case, Figure, Frame, Unit, Way, number, share
from ideaflow.proposals.proofs.shares import Part, deviation, divide

LEAST_ACCOUNTS = 5
NO_ARENA = "No arena named"


class Dimension(StrEnum):
    """Over what work divides."""

    ARENA = "arena"
    TYPE = "type"
    STRATEGY = "strategy"
    RISK = "risk"


DIMENSION_WORDS = {
    Dimension.ARENA: "Arena",
    Dimension.TYPE: "Type",
    Dimension.STRATEGY: "Satisfy or redefine",
    Dimension.RISK: "Risk",
}
PARTS = {
    Dimension.TYPE: ("improve", "new_offering", "process", "service"),
    Dimension.STRATEGY: ("satisfy", "redefine"),
    Dimension.RISK: ("low", "moderate", "high"),
}
Targets = Mapping[Dimension, Mapping[str, float | None]]


@dataclass(frozen=True)
class Slice:
    """One part of a whole: its share of what is asked for, beside the target."""

    key: str
    name: str
    part: Part
    count: Figure
    amount: float


@dataclass(frozen=True)
class Balance:
    """How live proposals divide over one dimension."""

    dimension: Dimension
    slices: list[Slice]
    off: Figure


@dataclass(frozen=True)
class MixSheet:
    """All numbers of the third page."""

    live: Figure
    asked_amount: float
    balances: list[Balance]
    roles: list[RoleLoad]
    owners: list[Load]
    keepers: list[Load]
    drifts: list[Drift]
    medians: list[Figure]
    bias: list[Figure]
    forecasts: Forecasts
    coverage: Figure
    revenue: Figure


@dataclass(frozen=True)
class Present:
    """What is known of live proposals beside themselves."""

    numbers: Mapping[int, Numbers]
    risks: Mapping[int, str]
    then: Sequence[Then]
    keepers: Sequence[Keeper]
    targets: Targets
    revenue_covered: float | None = None
    packs: Sequence[Packed] = ()
    worths: Mapping[int, Worth] = field(default_factory=dict)


def mix_sheet(frame: Frame, ways: Sequence[Way], present: Present) -> MixSheet:
    """Return what work divides over, who carries it, what drifted."""
    live = [way for way in ways if way.is_live]
    drifts = drifts_of(live, present.then, present.numbers)
    return MixSheet(
        live=number("live", "Live proposals", [Case(way.id, way.state.replace("_", " ")) for way in live]),
        asked_amount=sum(way.asked_amount or 0.0 for way in live),
        balances=[balance(one, live, present) for one in Dimension],
        roles=roles(frame, live),
        owners=owners(live),
        keepers=keepers(present.keepers),
        drifts=sorted(drifts, key=lambda one: -max(map(abs, known(one)), default=0.0)),
        medians=[middle(name, words, drifts) for name, words in MEASURES.items()],
        bias=bias(drifts),
        forecasts=forecasts(live, present.packs, present.worths),
        coverage=_coverage(live, present),
        revenue=_revenue(live, present),
    )


def balance(dimension: Dimension, live: Sequence[Way], present: Present) -> Balance:
    """Return how what live proposals ask for divides; deviation is ½ Σ |share − target|."""
    grouped: dict[str, list[Way]] = defaultdict(list)
    for way in live:
        grouped[_part_of(dimension, way, present)].append(way)
    amounts = {name: sum(way.asked_amount or 0.0 for way in found) for name, found in grouped.items()}
    targets = dict.fromkeys(PARTS.get(dimension, ())) | dict(present.targets.get(dimension, {}))
    parts = divide(amounts, targets)
    slices = [
        Slice(
            part.name, words_of(part.name), part,
            number(f"part.{dimension}.{part.name}", words_of(part.name), map(asks, grouped[part.name])),
            amounts.get(part.name, 0.0),
        )
        for part in parts
    ]  # fmt: skip
    off = deviation(parts)
    cases = tuple(asks(way) for way in live)
    note = "" if off is not None else "no target is set" if amounts else "nothing is live"
    label = f"Elsewhere than meant, by {DIMENSION_WORDS[dimension].lower()}"
    return Balance(dimension, slices, Figure(f"off.{dimension}", label, Unit.SHARE, off, cases, note=note))


def _part_of(dimension: Dimension, way: Way, present: Present) -> str:
    if dimension is Dimension.RISK:
        return present.risks.get(way.id, "low")
    return str(getattr(way, dimension.value)) or NO_ARENA


def words_of(name: str) -> str:
    """Return a part as one reads it."""
    return name.replace("_", " ") if name in PARTS[Dimension.TYPE] else name


def _coverage(live: Sequence[Way], present: Present) -> Figure:
    def case(way: Way) -> Case:
        return Case(way.id, f"{present.numbers.get(way.id, Numbers()).accounts} accounts")

    heard = [way for way in live if present.numbers.get(way.id, Numbers()).accounts >= LEAST_ACCOUNTS]
    ids = {way.id for way in heard}
    label = f"Live proposals that {LEAST_ACCOUNTS} accounts or more ask for"
    rest = [case(way) for way in live if way.id not in ids]
    return share("coverage", label, [case(way) for way in heard], rest, is_sample=False)


def _revenue(live: Sequence[Way], present: Present) -> Figure:
    """Return which share of all revenue is of accounts that ask for something live."""
    asked = [(way, found) for way in live if (found := present.numbers.get(way.id)) is not None]
    cases = tuple(Case(way.id, f"{found.revenue:,.0f} a year") for way, found in asked)
    label = "Revenue of accounts that ask for something live"
    value = present.revenue_covered
    return Figure(
        "coverage.revenue", label, Unit.SHARE, value, cases, note="" if value is not None else "no revenue"
    )
