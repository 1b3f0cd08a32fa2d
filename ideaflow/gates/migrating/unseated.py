"""Gates that could not decide after a move: nobody sits there for such a proposal, or too few do."""

from collections.abc import Mapping
from dataclasses import dataclass

from ideaflow import wording
from ideaflow.gates.process.definition import Gate
from ideaflow.gates.process.plans import MigrationPlan
from ideaflow.gates.review import seating
from ideaflow.gates.review.seating import Scope

FIRST = 5
MOST_NAMES = 3


@dataclass(frozen=True)
class Short:
    """One gate of the new version that lacks people for some of the proposals.

    :param why: what is missing: “needs 2 scorecards, and only 1 can come from …”.
    :param scopes: what seats are chosen by, of each proposal concerned by its number.
    """

    gate: Gate
    why: str
    scopes: Mapping[int, Scope]

    @property
    def first(self) -> list[int]:
        return sorted(self.scopes)[:FIRST]

    @property
    def for_words(self) -> str:
        """Say which proposals: “arena Yard, asked for in EMEA, asking for 20,000 to 90,000”."""
        arenas = sorted({one.arena for one in self.scopes.values() if one.arena})
        regions = sorted({region for one in self.scopes.values() for region in one.regions})
        sums = sorted({int(one.amount) for one in self.scopes.values() if one.amount})
        said = [f"arena {_some(arenas)}"] if arenas else []
        said += [f"asked for in {_some([one.upper() for one in regions])}"] if regions else []
        if sums:
            span = (sums[0], sums[-1]) if len(sums) > 1 else sums
            said.append(f"asking for {' to '.join(wording.count(one) for one in span)}")
        return ", ".join(said)


def unseated(plan: MigrationPlan, stages: Mapping[int, str]) -> list[Short]:
    """Return the gates that could not decide on what a plan moves, in the order of the new version.

    :param stages: the stage each proposal would go on in; those without one are left out.
    """
    version = plan.to_version
    gates, keys = version.content.gates, version.content.stage_keys
    ahead = {number: gates[keys.index(stage) :] for number, stage in stages.items() if stage}
    found: dict[tuple[str, str], dict[int, Scope]] = {}
    for number, gate_key, scope, why in seating.shortages(version, ahead):
        found.setdefault((gate_key, why), {})[number] = scope
    order = [gate.key for gate in gates]
    return [
        Short(version.content.gate(key), why, scopes)
        for (key, why), scopes in sorted(found.items(), key=lambda one: order.index(one[0][0]))
    ]


def _some(names: list[str]) -> str:
    more = len(names) - MOST_NAMES
    return " or ".join(names[:MOST_NAMES]) + (f" or {more} others" if more > 0 else "")
