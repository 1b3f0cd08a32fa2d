"""Who carries live proposals: roles, owners and gatekeepers, demand beside capacity. Pure."""

from collections import defaultdict
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass

from ideaflow.insights.terms import Case, Figure, Frame, StageWord, Way, number

KEEPER_WEEKS = 12


@dataclass(frozen=True)
class Keeper:
    """Somebody who scores at gates: scorecards that wait, and those handed in over ``KEEPER_WEEKS`` weeks."""

    id: int
    name: str
    waiting: tuple[int, ...]
    done: tuple[int, ...]


@dataclass(frozen=True)
class Load:
    """Demand beside capacity of a role, an owner or a gatekeeper."""

    name: str
    demand: Figure
    capacity: float | None
    people: int = 0
    done: int = 0

    @property
    def share(self) -> float | None:
        return self.demand.count / self.capacity if self.capacity else None


@dataclass(frozen=True)
class RoleLoad:
    """What a role carries: proposals in its stages, and what it has to do there, in all and by function."""

    load: Load
    duties: Figure
    functions: list[Figure]


def roles(frame: Frame, live: Sequence[Way]) -> list[RoleLoad]:
    """Return for each role what it has to do: proposals beside places, and the steps that stand open.

    A step of a stage is open for each proposal that is worked on there: not for those on hold or at the gate.
    """
    stages = {stage.key: stage for stage in frame.stages}
    names = dict.fromkeys(role for stage in frame.stages for role in stage.roles)
    processes = {way.process for way in live}
    return [_role(frame, role, live, processes, stages) for role in [*names, *_others(frame, live, names)]]


def _role(
    frame: Frame, role: str, live: Sequence[Way], processes: Container[str], stages: Mapping[str, StageWord]
) -> RoleLoad:
    at = [way for way in live if way.stage_key in stages and role in stages[way.stage_key].roles]
    places = sum(
        limit
        for (process, key), limit in frame.places.items()
        if process in processes and key in stages and role in stages[key].roles
    )
    cases = [Case(way.id, f"in {stages[way.stage_key].name}") for way in at if way.state != "on_hold"]
    by_how: dict[str, list[Case]] = defaultdict(list)
    for way in live:
        for step in frame.steps.get((way.process, way.stage_key), ()):
            if way.state == "working" and step.role == role:
                by_how[step.how].append(Case(way.id, step.name))
    return RoleLoad(
        Load(role, number(f"role.{role}", role, cases), places or None),
        number(f"duties.{role}", f"To do for {role}", [case for found in by_how.values() for case in found]),
        [
            number(f"duties.{role}.{how}", how, found)
            for how, found in sorted(by_how.items(), key=lambda one: (-len(one[1]), one[0]))
        ],
    )


def _others(frame: Frame, live: Sequence[Way], known: Container[str]) -> list[str]:
    """Return the roles that only steps name."""
    named = {step.role for way in live for step in frame.steps.get((way.process, way.stage_key), ())}
    return sorted(role for role in named if role not in known)


def owners(live: Sequence[Way]) -> list[Load]:
    """Return who owns how many live proposals, and how many people they ask for."""
    owned: dict[tuple[str, int], list[Way]] = defaultdict(list)
    for way in live:
        owned[way.owner, way.owner_id].append(way)
    return [
        Load(
            name, number(f"owner.{owner_id}", f"Owned by {name}", [asks(way) for way in ways]), None,
            people=sum(way.asked_people or 0 for way in ways),
        )
        for (name, owner_id), ways in sorted(owned.items(), key=lambda one: -len(one[1]))
    ]  # fmt: skip


def keepers(found: Sequence[Keeper]) -> list[Load]:
    """Return for each gatekeeper what waits beside what they hand in within a week."""
    return [_keeper(one) for one in found]


def _keeper(keeper: Keeper) -> Load:
    cases = [Case(proposal_id, "scorecard waits") for proposal_id in keeper.waiting]
    demand = number(f"keeper.{keeper.id}", f"Waits for {keeper.name}", cases)
    return Load(keeper.name, demand, len(keeper.done) / KEEPER_WEEKS, done=len(keeper.done))


def asks(way: Way) -> Case:
    """Return a proposal with what it asks for."""
    return Case(way.id, f"asks for {way.asked_amount:,.0f}" if way.asked_amount else "asks for nothing yet")
