"""The portfolio in words and pictures. No database, no clock."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import ceil
from typing import Any

from ideaflow import wording
from ideaflow.insights.flow import LAUNCH, FlowSheet, Passage
from ideaflow.insights.mix import DIMENSION_WORDS, Balance, MixSheet
from ideaflow.insights.pace import PaceSheet
from ideaflow.insights.passing import Curve
from ideaflow.insights.terms import LEAST, Figure, Unit
from ideaflow.wording import plural, share

MOST_POINTS = 160
LITTLE = 1e-9


@dataclass(frozen=True)
class Picture:
    """What a chart draws, and the sentence that stands for it."""

    data: dict[str, Any]
    label: str


def value_words(figure: Figure) -> str:
    """Return a number as one reads it, or why there is none."""
    if figure.value is None:
        return figure.note or wording.NONE
    return _written(figure.unit, figure.value)


def doubt_words(figure: Figure) -> str:
    """Return the 95 % interval as one reads it; empty when there is none."""
    if figure.value is None or (figure.low is None and figure.high is None):
        return ""
    if figure.unit is Unit.SHARE:
        return f"{100 * (figure.low or 0):.0f}–{share(figure.high)}"
    low = f"{figure.low:.0f}" if figure.low is not None else "0"
    return f"{low}–{figure.high:.0f} d" if figure.high is not None else f"{low} d or more"


def _written(unit: Unit, value: float) -> str:
    if unit is Unit.SHARE:
        return share(value)
    if unit is Unit.DAYS:
        return f"{value:.0f} d" if value >= 10 else f"{value:.1f} d"
    if unit is Unit.CHANGE:
        return change_words(value)
    return f"{value:.1f}" if unit is Unit.RATIO else wording.count(round(value))


def change_words(value: float | None) -> str:
    """Return a change with its sign: +12 %, −3 %, 0 %."""
    if value is None:
        return wording.NONE
    sign = "+" if value >= 0.005 else "−" if value <= -0.005 else ""
    return f"{sign}{abs(100 * value):.0f}{wording.THIN}%"


def flow_lead(sheet: FlowSheet) -> tuple[str, str]:
    """Return what becomes of proposals in a sentence, and the gate that lets fewest through."""
    begun, launched = sheet.reached[0].count.count, sheet.reached[-1].count.count
    many = plural(launched, "is", "are") if launched else "none is"
    lead = f"Of {plural(begun, 'proposal')} begun, {many} launched."
    if not begun:
        lead = "No proposal was begun in this period."
    told = [one for one in sheet.gates if one.passed.value is not None]
    more = ""
    if sheet.reached[0].per_launch.value is not None:
        more = f"For each one launched, {sheet.reached[0].per_launch.value:.1f} were begun. "
    if told:
        hard = min(told, key=lambda one: one.passed.value or 0.0)
        more += (
            f"{hard.gate.name} lets fewest through: {share(hard.passed.value)} ({doubt_words(hard.passed)})."
        )
    elif sheet.gates:
        more += f"No gate has decided {LEAST} times yet: too few to say which one is strict."
    return lead, more


def pace_lead(sheet: PaceSheet) -> tuple[str, str]:
    """Return how much of the time is work, and the stage that takes longest."""
    whole = sheet.active_share + sheet.wait_share + sheet.hold_share
    lead = (
        f"{share(sheet.active_share)} of the time is work, {share(sheet.wait_share)} waiting for a decision, "
        f"{share(sheet.hold_share)} on hold."
        if whole
        else "No time has been counted yet."
    )
    told = [one for one in sheet.stages if one.work.value is not None]
    if not told:
        return lead, f"No stage has ended {LEAST} times yet: too few to say how long one takes."
    slow = max(told, key=lambda one: one.work.value or 0.0)
    more = f"{slow.stage.name} takes the most work: {value_words(slow.work)} in the middle"
    return lead, more + (
        f", {value_words(slow.work_most)} at most for 85 of 100." if slow.work_most.value is not None else "."
    )


def mix_lead(sheet: MixSheet, currency: str) -> tuple[str, str]:
    """Return what live proposals ask for, and how far that is from what was meant."""
    lead = (
        f"{plural(sheet.live.count, 'live proposal')} ask for {wording.money(sheet.asked_amount, currency)}."
    )
    if sheet.live.count == 1:
        lead = f"One live proposal asks for {wording.money(sheet.asked_amount, currency)}."
    off = [one for one in sheet.balances if one.off.value is not None]
    if not off:
        return lead, "No targets are set yet, so nothing can lie elsewhere than meant."
    parts = [f"{share(one.off.value)} by {DIMENSION_WORDS[one.dimension].lower()}" for one in off]
    return lead, f"Of that lies elsewhere than meant: {', '.join(parts)}."


def attrition_picture(sheet: FlowSheet) -> Picture:
    """Return how many proposals got how far."""
    rows = [{"name": one.name, "v": one.count.count, "text": str(one.count.count)} for one in sheet.reached]
    said = ", ".join(f"{row['name']} {row['text']}" for row in rows)
    return Picture({"rows": rows}, f"How many proposals got how far: {said}.")


def gates_picture(sheet: FlowSheet) -> Picture:
    """Return the share each gate lets through, with intervals; those with too few decisions only by name."""
    rows = [
        {
            "name": one.gate.name, "v": one.passed.value, "lo": one.passed.low, "hi": one.passed.high,
            "text": f"{value_words(one.passed)}, {one.passed.count} of {one.passed.of}",
        }
        for one in sheet.gates
    ]  # fmt: skip
    said = "; ".join(f"{row['name']}: {row['text']}" for row in rows)
    return Picture({"rows": rows}, f"Which share gates let through: {said}. Intervals are 95 %.")


def curves_picture(passage: Passage) -> Picture:
    """Return who has gone on and who was stopped, by days since the stage was entered."""
    advanced, killed, left = passage.curves
    last = float(ceil(max(_last_change(curve) for curve in passage.curves) * 1.05))
    lines = [
        {"name": "went on", "tone": "go", "points": _points(advanced, last), **_band(advanced, last)},
        {"name": "killed", "tone": "stop", "points": _points(killed, last)},
    ]
    if left.last > 0:
        lines.append({"name": "withdrawn, merged", "tone": "quiet", "points": _points(left, last)})
    label = (
        f"From {passage.from_name} to {passage.to_name}, by days since it was entered: "
        f"{share(advanced.last)} went on, {share(killed.last)} were killed, until day {last:.0f}."
    )
    return Picture({"lines": lines, "last": last}, label)


def divided_picture(sheet: PaceSheet) -> Picture:
    """Return how the days of an average stay divide, by stage."""
    rows = [
        {
            "name": one.stage.name, "active": round(one.active_days, 1), "wait": round(one.wait_days, 1),
            "hold": round(one.hold_days, 1),
        }
        for one in sheet.stages
    ]  # fmt: skip
    said = "; ".join(f"{row['name']}: {row['active']}, {row['wait']}, {row['hold']}" for row in rows)
    return Picture({"rows": rows}, f"Days of an average stay, of work, waiting and hold. {said}.")


def balance_picture(found: Balance) -> Picture:
    """Return the shares of one dimension with their targets."""
    rows = [
        {
            "name": one.name,
            "v": one.part.actual_share,
            "target": one.part.target_share,
            "text": _beside(one.part),
        }
        for one in found.slices
    ]
    said = "; ".join(f"{row['name']}: {row['text']}" for row in rows)
    return Picture({"rows": rows}, f"Shares by {DIMENSION_WORDS[found.dimension].lower()}. {said}.")


def chosen_passage(passages: Sequence[Passage], from_key: str, to_key: str) -> Passage | None:
    """Return the passage asked for; else the first one to the next stage of which something can be said."""
    asked = [one for one in passages if one.from_key == from_key and one.to_key == (to_key or one.to_key)]
    told = [one for one in passages if one.advanced.value is not None]
    return next(iter([*asked, *told, *passages]), None)


def by_start(passages: Sequence[Passage]) -> list[tuple[str, str, dict[str, Passage]]]:
    """Return the passages as rows of a table: key and name of the stage, and where from there."""
    rows: dict[str, tuple[str, str, dict[str, Passage]]] = {}
    for one in passages:
        rows.setdefault(one.from_key, (one.from_key, one.from_name, {}))[2][one.to_key] = one
    return list(rows.values())


def goals_of(passages: Sequence[Passage]) -> list[tuple[str, str]]:
    """Return where passages lead, in the order of the stages, launch last."""
    found = dict.fromkeys((one.to_key, one.to_name) for one in passages)
    return sorted(found, key=lambda goal: goal[0] == LAUNCH)


def _beside(part: Any) -> str:
    target = part.target_share
    return share(part.actual_share) + ("" if target is None else f" of {share(target)} meant")


def _points(curve: Curve, last: float) -> list[list[float]]:
    pairs = list(zip(curve.times.tolist(), curve.share.tolist(), strict=True))
    steps = [one for before, one in pairwise([(0.0, 0.0), *pairs]) if one[1] - before[1] > LITTLE]
    thin = steps[:: max(1, len(steps) // MOST_POINTS)]
    ends = [steps[-1]] if steps and thin[-1] != steps[-1] else []
    end = [(last, curve.last)] if last else []
    return [[round(day, 2), round(value, 4)] for day, value in [(0.0, 0.0), *thin, *ends, *end]]


def _last_change(curve: Curve) -> float:
    pairs = pairwise([0.0, *curve.share.tolist()])
    changed = [
        day for day, (before, after) in zip(curve.times.tolist(), pairs, strict=True) if after != before
    ]
    return float(changed[-1]) if changed else 0.0


def _band(curve: Curve, last: float) -> dict[str, Any]:
    every = max(1, len(curve.times) // MOST_POINTS)
    rows = zip(
        curve.times.tolist()[::every], curve.low.tolist()[::every], curve.high.tolist()[::every], strict=True
    )
    band = [[round(day, 2), round(low, 4), round(high, 4)] for day, low, high in rows if day <= last]
    return {"band": [*band, [last, *band[-1][1:]]] if band else []}
