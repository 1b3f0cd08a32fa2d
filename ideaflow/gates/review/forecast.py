"""What a pack says about money and time: worth, drift since the last gate, the race. Pure values."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from ideaflow.gates.process.definition import Definition
from ideaflow.proposals.scores.methods import ECV, VALUE_INPUTS
from ideaflow.proposals.scores.ranges import Span

Pack = Mapping[str, Any]
COSTS = ("launch_cost", "development_cost")


def worth_of(spans: Mapping[str, Span]) -> dict[str, Any]:
    """Return what a proposal is worth by what its people estimate, and what is missing to say so.

    Net present value is the present value of its sales less the cost of development and launch; its range
    goes from the least sales at the highest cost to the opposite.

    :param spans: the estimates of a proposal by input.
    """
    wanted = {one.key: one.label for one in VALUE_INPUTS}
    missing = [label for key, label in wanted.items() if key not in spans]
    npv = {}
    if all(key in spans for key in ("present_value", *COSTS)):
        value, costs = spans["present_value"], [spans[key] for key in COSTS]
        npv = {
            "likely": value.likely - sum(one.likely for one in costs),
            "low": value.low - sum(one.high for one in costs),
            "high": value.high - sum(one.low for one in costs),
        }
    expected = ECV.value({key: span.likely for key, span in spans.items()})
    return {"npv": npv, "expected": expected, "missing": missing}


def forecast_of(pack: Pack, last: Pack | None) -> list[dict[str, Any]]:
    """Return what the case rested on at the last gate and rests on now, with the drift as a share."""
    if last is None:
        return []
    rows = [
        _row(name, last[place].get(key), pack[place].get(key))
        for name, place, key in (
            ("Revenue of those who ask", "numbers", "revenue_amount"),
            ("Open pipeline", "numbers", "open_amount"),
            ("Money asked", "proposal", "asked_amount"),
        )
        if float(last[place].get(key) or 0) or float(pack[place].get(key) or 0)
    ]
    then, now = (one.get("worth", {}).get("npv", {}).get("likely") for one in (last, pack))
    return rows if then is None or now is None else [_row("Net present value", then, now), *rows]


def race_of(content: Definition, stage_key: str, moves: Sequence[Pack], day: date) -> dict[str, Any]:
    """Return when we would be there if each stage ahead takes its usual time, and how far behind each move.

    :returns: ``ours_on`` and ``leads``, the days from our day to the move of a competitor; less than 0: they
        are first.
    """
    stages = content.stages[content.stage_keys.index(stage_key) :]
    ours = day + timedelta(days=sum(stage.days_p50 for stage in stages))
    leads = {str(one["name"]): (date.fromisoformat(one["begins_on"]) - ours).days for one in moves}
    return {"ours_on": ours.isoformat(), "leads": leads}


def _row(name: str, then: Any, now: Any) -> dict[str, Any]:
    before, after = float(then or 0), float(now or 0)
    drift = (after - before) / abs(before) if before else None
    return {"name": name, "then": before, "now": after, "drift": drift}
