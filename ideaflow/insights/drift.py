"""What has changed since proposals were last decided on, and whose forecasts drift most. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ideaflow.insights.terms import LEAST, TOO_FEW, Case, Figure, Unit, Way, change, median
from ideaflow.wording import THIN


@dataclass(frozen=True)
class Numbers:
    """What customers say for a live proposal now."""

    accounts: int = 0
    revenue: float = 0.0


@dataclass(frozen=True)
class Then:
    """What the pack of the last decision held."""

    proposal_id: int
    gate_name: str
    asked_amount: float | None
    effort_months: float | None
    accounts: int
    revenue: float


@dataclass(frozen=True)
class Drift:
    """What changed since the pack of the last decision, as a share of what it was then; None: not known."""

    proposal_id: int
    title: str
    owner: str
    gate_name: str
    asked: float | None
    effort: float | None
    accounts: float | None
    revenue: float | None


def drifts_of(live: Sequence[Way], packs: Sequence[Then], numbers: Mapping[int, Numbers]) -> list[Drift]:
    """Return by how much each live proposal moved since it was last decided on: (now − then) / |then|."""
    by_id = {way.id: way for way in live}
    found = []
    for then in packs:
        way = by_id.get(then.proposal_id)
        if way is not None:
            now = numbers.get(way.id, Numbers())
            found.append(
                Drift(
                    way.id, way.title, way.owner, then.gate_name,
                    change(then.asked_amount, way.asked_amount),
                    change(then.effort_months, way.effort_months),
                    change(then.accounts, now.accounts), change(then.revenue, now.revenue),
                )
            )  # fmt: skip
    return found


MEASURES = {
    "asked": "Sum asked for", "effort": "Effort", "accounts": "Accounts that ask", "revenue": "Their revenue",
}  # fmt: skip


def known(drift: Drift) -> list[float]:
    """Return the changes that are known."""
    return [value for name in MEASURES if (value := getattr(drift, name)) is not None]


def middle(name: str, words: str, drifts: Sequence[Drift], owner: str = "") -> Figure:
    """Return the change in the middle of all, or of one owner's."""
    found = [(one, value) for one in drifts if (value := getattr(one, name)) is not None]
    cases = tuple(Case(one.proposal_id, f"{100 * value:+.0f}{THIN}%") for one, value in found)
    enough = len(found) >= LEAST
    value = median([value for _, value in found]) if enough else None
    key = f"drift.{name}" + (f".{owner}" if owner else "")
    label = f"{words} since the last decision" + (f", proposals of {owner}" if owner else "")
    return Figure(key, label, Unit.CHANGE, value, cases, note="" if enough else TOO_FEW)


def bias(drifts: Sequence[Drift]) -> list[Figure]:
    """Return for each owner by how much what they asked for moved, the middle of theirs."""
    owners = sorted({one.owner for one in drifts})
    return [
        middle("asked", MEASURES["asked"], [one for one in drifts if one.owner == name], name)
        for name in owners
    ]
