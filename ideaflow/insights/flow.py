"""What becomes of proposals: how many get how far, what gates decide, who goes on and who is stopped.

Pure. Conversions take those still under way for what they are: neither gone on nor stopped yet.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from ideaflow.insights import passing
from ideaflow.insights.passing import Curve, End, Passing
from ideaflow.insights.terms import (
    LEAST,
    TOO_FEW,
    Case,
    Figure,
    Frame,
    GateWord,
    Review,
    StageWord,
    Unit,
    Way,
    in_days,
    number,
    share,
)

ENDS = {"kill": End.STOPPED, "withdraw": End.LEFT, "merge": End.LEFT}
LAUNCH = "launched"


@dataclass(frozen=True)
class Reached:
    """How many proposals got as far as a stage, and how many that is for each one launched."""

    key: str
    name: str
    count: Figure
    per_launch: Figure
    elsewhere: tuple[str, ...] = ()


@dataclass(frozen=True)
class GateRate:
    """What one gate decided."""

    gate: GateWord
    passed: Figure
    held: Figure
    recycled: Figure
    killed: Figure


@dataclass(frozen=True)
class Passage:
    """From one stage to another: who gets there, who is killed on the way, and the naive ratio.

    ``curves`` are by days since the first stage was entered: got there, killed before, left before.
    """

    from_key: str
    to_key: str
    from_name: str
    to_name: str
    advanced: Figure
    killed: Figure
    naive: float
    curves: tuple[Curve, Curve, Curve]


@dataclass(frozen=True)
class FlowSheet:
    """All numbers of the first page."""

    reached: list[Reached]
    gates: list[GateRate]
    late_kills: Figure
    overrides: Figure
    spend_killed: Figure
    passages: list[Passage]


def flow_sheet(
    frame: Frame, ways: Sequence[Way], reviews: Sequence[Review], since: datetime | None, at: datetime
) -> FlowSheet:
    """Return what becomes of proposals.

    :param since: proposals begun, stages entered and decisions taken before it do not count.
    """
    begun = [way for way in ways if way.started_at and (since is None or way.started_at >= since)]
    decided = [one for one in reviews if one.decided_at and (since is None or one.decided_at >= since)]
    return FlowSheet(
        reached=attrition(frame, begun),
        gates=[rate for gate in frame.gates if (rate := gate_rate(gate, decided)).passed.of],
        late_kills=_late_kills(frame, decided),
        overrides=_overrides(decided),
        spend_killed=_spend_killed(ways, decided),
        passages=passages(frame, ways, since, at),
    )


def attrition(frame: Frame, begun: Sequence[Way]) -> list[Reached]:
    """Return for each stage how many got that far; who went past it, or began after it, got there too."""
    launched = [Case(way.id, "launched") for way in begun if way.has_launched]
    got = [(_furthest(frame, way), Case(way.id, _where(frame, way))) for way in begun]
    rows = []
    for place, stage in enumerate(frame.stages):
        cases = [case for furthest, case in got if furthest >= place]
        rows.append(_reached(stage.key, stage.name, cases, len(launched), stage.elsewhere))
    return [*rows, _reached(LAUNCH, "Launched", launched, len(launched))]


def gate_rate(gate: GateWord, decided: Sequence[Review]) -> GateRate:
    """Return the shares of a gate's decisions; go and conditional go are passed."""
    here = [one for one in decided if one.gate_key == gate.key]

    def of(name: str, words: str, *decisions: str) -> Figure:
        yes = [_decision(one) for one in here if one.decision in decisions]
        no = [_decision(one) for one in here if one.decision not in decisions]
        return share(f"gate.{gate.key}.{name}", f"{words} {gate.name}", yes, no)

    return GateRate(
        gate,
        of("passed", "Passed", "go", "conditional_go"),
        of("held", "Put on hold at", "hold"),
        of("recycled", "Sent back by", "recycle"),
        of("killed", "Killed at", "kill"),
    )


def passages(frame: Frame, ways: Sequence[Way], since: datetime | None, at: datetime) -> list[Passage]:
    """Return every passage from a stage that somebody entered to a later one or to launch."""
    goals = [(stage.key, stage.name) for stage in frame.stages] + [(LAUNCH, "launched")]
    found = []
    for place, stage in enumerate(frame.stages):
        seen = [
            (way, course(frame, way, entry, at))
            for way in ways
            if (entry := _entry(way, stage.key, since)) is not None
        ]
        further = goals[place + 1 :]
        curves = passing.passing([_counted_from(one, place) for _, one in seen], len(further))
        if seen:
            found += [
                _passage(stage, goal, place + 1 + number, seen, _curves(curves, number))
                for number, goal in enumerate(further)
            ]
    return found


def course(frame: Frame, way: Way, entry: datetime, at: datetime) -> passing.Case:
    """Return how a proposal went on since ``entry``: stages by their place, one past the last is launch.

    A migration that moves it on decides nothing: it is seen until then.
    """
    moves: list[tuple[float, int]] = []
    reason = ""
    for stay in way.stays:
        if stay.entered_at > entry:
            days = in_days((stay.entered_at - entry).total_seconds())
            if reason == "migrate" and frame.index(stay.stage_key) > _place_at(frame, way, stay.entered_at):
                return passing.Case(tuple(moves), days, None)
            moves.append((days, frame.index(stay.stage_key)))
        reason = stay.exit_reason
    last = way.stays[-1]
    if last.exited_at is None:
        return passing.Case(tuple(moves), in_days((at - entry).total_seconds()), None)
    days = in_days((last.exited_at - entry).total_seconds())
    if way.has_launched:
        return passing.Case((*moves, (days, len(frame.stages))), days, None)
    return passing.Case(tuple(moves), days, ENDS.get(reason))


def _passage(
    stage: StageWord, goal: tuple[str, str], place: int,
    seen: Sequence[tuple[Way, passing.Case]], curves: tuple[Curve, Curve, Curve],
) -> Passage:  # fmt: skip
    there = [(way, days) for way, one in seen if (days := _reached_at(one, place)) is not None]
    ids = {way.id for way, _ in there}
    rest = [(way, one) for way, one in seen if way.id not in ids]
    known = len(there) + sum(one.end is not None for _, one in rest)
    got = [Case(way.id, f"got there after {days:.0f} d") for way, days in there]
    not_yet = [Case(way.id, _rest_words(one)) for way, one in rest if one.end is not End.STOPPED]
    stopped = [Case(way.id, _rest_words(one)) for way, one in rest if one.end is End.STOPPED]

    def figure(name: str, words: str, curve: Curve, yes: Sequence[Case], no: Sequence[Case]) -> Figure:
        key = f"way.{stage.key}.{goal[0]}.{name}"
        if known < LEAST:
            return Figure(key, words, Unit.SHARE, None, tuple(yes), tuple(no), note=TOO_FEW)
        low, high = curve.interval(known)
        return Figure(key, words, Unit.SHARE, curve.last, tuple(yes), tuple(no), low, high)

    words = f"from {stage.name} to {goal[1]}"
    return Passage(
        stage.key, goal[0], stage.name, goal[1],
        figure("advanced", f"Got {words}", curves[0], got, [*stopped, *not_yet]),
        figure("killed", f"Killed on the way {words}", curves[1], stopped, [*got, *not_yet]),
        len(there) / len(seen), curves,
    )  # fmt: skip


def _counted_from(one: passing.Case, place: int) -> passing.Case:
    """Return a course with places counted from that of a stage."""
    return passing.Case(tuple((days, to - place) for days, to in one.moves), one.seen, one.end)


def _curves(found: Passing, number: int) -> tuple[Curve, Curve, Curve]:
    return found.reached[number], found.stopped[number], found.left[number]


def _reached_at(one: passing.Case, place: int) -> float | None:
    return next((days for days, to in one.moves if to >= place), None)


def _rest_words(one: passing.Case) -> str:
    word = {End.STOPPED: "killed after", End.LEFT: "withdrawn or merged after", None: "still there, seen for"}
    return f"{word[one.end]} {one.seen:.0f} d"


def _place_at(frame: Frame, way: Way, moment: datetime) -> int:
    return max((frame.index(stay.stage_key) for stay in way.stays if stay.entered_at < moment), default=-1)


def _entry(way: Way, stage_key: str, since: datetime | None) -> datetime | None:
    first = next((stay.entered_at for stay in way.stays if stay.stage_key == stage_key), None)
    return None if first is None or (since is not None and first < since) else first


def _furthest(frame: Frame, way: Way) -> int:
    if way.has_launched:
        return len(frame.stages)
    return max((frame.index(stay.stage_key) for stay in way.stays), default=0)


def _where(frame: Frame, way: Way) -> str:
    place = _furthest(frame, way)
    got = "launched" if place >= len(frame.stages) else f"got to {frame.stages[place].name}"
    return f"{got}, {way.state}" if way.state in ("killed", "withdrawn", "merged") else got


def _reached(
    key: str, name: str, cases: Sequence[Case], launched: int, elsewhere: tuple[str, ...] = ()
) -> Reached:
    enough = launched >= LEAST
    ratio = Figure(
        f"reached.{key}.per_launch", f"{name}: for each launched", Unit.RATIO,
        len(cases) / launched if enough else None, tuple(cases), note="" if enough else TOO_FEW,
    )  # fmt: skip
    return Reached(key, name, number(f"reached.{key}", f"Got to {name}", cases), ratio, elsewhere)


def _decision(review: Review) -> Case:
    day = f"{review.decided_at:%-d %b %Y}" if review.decided_at else ""
    override = ", against the rules" if review.is_override else ""
    return Case(review.proposal_id, f"{review.decision.replace('_', ' ')} on {day}{override}")


def _late_kills(frame: Frame, decided: Sequence[Review]) -> Figure:
    late = {gate.key for gate in frame.gates if gate.is_late}
    kills = [one for one in decided if one.decision == "kill"]
    return share(
        "kills.late", "Killed after development",
        [_decision(one) for one in kills if one.gate_key in late],
        [_decision(one) for one in kills if one.gate_key not in late],
    )  # fmt: skip


def _overrides(decided: Sequence[Review]) -> Figure:
    goes = [one for one in decided if one.decision in ("go", "conditional_go")]
    return share(
        "goes.overridden", "Let through against the rules",
        [_decision(one) for one in goes if one.is_override],
        [_decision(one) for one in goes if not one.is_override],
    )  # fmt: skip


def _spend_killed(ways: Sequence[Way], decided: Sequence[Review]) -> Figure:
    """Return which share of what gates granted went into proposals that were killed."""
    killed = {way.id for way in ways if way.state == "killed"}
    granted = [one for one in decided if one.granted_amount]
    whole = sum(one.granted_amount for one in granted)
    lost = sum(one.granted_amount for one in granted if one.proposal_id in killed)
    yes = tuple(_granted(one) for one in granted if one.proposal_id in killed)
    no = tuple(_granted(one) for one in granted if one.proposal_id not in killed)
    enough = len(granted) >= LEAST
    return Figure(
        "granted.killed", "Granted to what was killed", Unit.SHARE,
        lost / whole if enough else None, yes, no, note="" if enough else TOO_FEW,
    )  # fmt: skip


def _granted(review: Review) -> Case:
    return Case(review.proposal_id, f"{review.granted_amount:,.0f} granted")
