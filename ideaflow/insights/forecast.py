"""What proposals were forecast to be worth at each gate, beside the first gate that heard it, and now. Pure.

``drift = (later − first) / |first|``, for the net present value and for the expected value.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ideaflow.insights.terms import LEAST, TOO_FEW, Case, Figure, Unit, Way, change, median
from ideaflow.wording import THIN

MEASURES = {"npv": "Net present value", "expected": "Expected value"}


@dataclass(frozen=True)
class Worth:
    """What a proposal is taken to be worth; None: its people did not say enough to tell."""

    npv: float | None = None
    expected: float | None = None

    @property
    def is_told(self) -> bool:
        return self.npv is not None or self.expected is not None


@dataclass(frozen=True)
class Packed:
    """What the pack of one decision said; in the order of the decisions."""

    proposal_id: int
    gate_key: str
    gate_name: str
    worth: Worth


@dataclass(frozen=True)
class Course:
    """One proposal's forecast from the first gate that heard one up to now.

    :param gates: each later gate with the changes to it since the first, net present and expected value.
    """

    proposal_id: int
    title: str
    owner: str
    first: Packed
    gates: tuple[tuple[Packed, float | None, float | None], ...]
    now: Worth
    npv: float | None
    expected: float | None


@dataclass(frozen=True)
class Forecasts:
    """Every course, most drift first; the middle of now, at each gate after the first, and by owner."""

    courses: list[Course]
    now: list[Figure]
    gates: list[Figure]
    owners: list[Figure]


def forecasts(live: Sequence[Way], packs: Sequence[Packed], now: Mapping[int, Worth]) -> Forecasts:
    """Return how forecasts of live proposals moved since the first gate that heard one."""
    heard: dict[int, list[Packed]] = defaultdict(list)
    for pack in packs:
        if pack.worth.is_told:
            heard[pack.proposal_id].append(pack)
    courses = [_course(way, heard[way.id], now.get(way.id, Worth())) for way in live if way.id in heard]
    owners = sorted({one.owner for one in courses})
    return Forecasts(
        sorted(courses, key=lambda one: (-abs(one.npv or one.expected or 0.0), one.proposal_id)),
        [
            _middle(f"forecast.{name}", f"{words} since the first gate",
                    [(one.proposal_id, getattr(one, name)) for one in courses])
            for name, words in MEASURES.items()
        ],
        _at_gates(courses),
        [
            _middle(f"forecast.npv.{owner}", f"{MEASURES['npv']} since the first gate, proposals of {owner}",
                    [(one.proposal_id, one.npv) for one in courses if one.owner == owner])
            for owner in owners
        ],
    )  # fmt: skip


def _course(way: Way, packs: Sequence[Packed], now: Worth) -> Course:
    first = packs[0]

    def since(worth: Worth) -> tuple[float | None, float | None]:
        return change(first.worth.npv, worth.npv), change(first.worth.expected, worth.expected)

    later = tuple((pack, *since(pack.worth)) for pack in packs[1:])
    return Course(way.id, way.title, way.owner, first, later, now, *since(now))


def _at_gates(courses: Sequence[Course]) -> list[Figure]:
    """Return the middle at each gate, of its last decision on each proposal."""
    found: dict[str, dict[int, float | None]] = defaultdict(dict)
    names: dict[str, str] = {}
    for course in courses:
        for pack, npv, _ in course.gates:
            found[pack.gate_key][course.proposal_id] = npv
            names[pack.gate_key] = pack.gate_name
    return [
        _middle(
            f"forecast.at.{key}", f"{MEASURES['npv']} at {names[key]} since the first gate", list(of.items())
        )
        for key, of in sorted(found.items())
    ]


def _middle(key: str, label: str, changes: Sequence[tuple[int, float | None]]) -> Figure:
    told = [(proposal_id, value) for proposal_id, value in changes if value is not None]
    cases = tuple(Case(proposal_id, f"{100 * value:+.0f}{THIN}%") for proposal_id, value in told)
    enough = len(told) >= LEAST
    value = median([value for _, value in told]) if enough else None
    return Figure(key, label, Unit.CHANGE, value, cases, note="" if enough else TOO_FEW)
