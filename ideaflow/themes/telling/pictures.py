"""The numbers of a theme's pictures, and the sentence that stands for each. No database, no clock."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from ideaflow.themes.models import Theme
from ideaflow.themes.trends.expecting import band
from ideaflow.themes.trends.shapes import SURE
from ideaflow.themes.trends.terms import SIGNALS, WINDOW_WEEKS, Trend
from ideaflow.wording import MONTHS, times


@dataclass(frozen=True)
class Picture:
    """What charts.js draws, and what it shows in words."""

    data: dict[str, Any]
    label: str


def weeks_picture(theme: Theme) -> Picture:
    """Return accounts by week for a year, with what would be usual and where the rate changed."""
    detail = theme.trend_detail
    counts, active = detail.get("weeks") or theme.weekly, detail.get("active", [])
    reference = date.fromisoformat(detail.get("reference_on") or theme.last_said_at.date().isoformat())
    begins = [reference - timedelta(days=7 * (len(counts) - place) - 1) for place in range(len(counts))]
    usual: list[tuple[float, int, int] | None] = [None] * len(counts)
    if detail.get("level"):
        found = band(detail["level"], detail["weekly_dispersion"], active[::-1])[::-1]
        usual[len(counts) - len(found) :] = found
    marks = _marks(detail, len(counts))
    data = {
        "x": [f"{day.day} {MONTHS[day.month - 1]}" for day in begins],
        "y": counts,
        "lo": [one[1] if one else 0 for one in usual],
        "hi": [one[2] if one else 0 for one in usual],
        "exp": [round(one[0], 2) if one else None for one in usual],
        "on": Trend(theme.trend) in SIGNALS and not theme.is_quiet,
        "last": WINDOW_WEEKS,
        **marks,
    }
    before = counts[:-WINDOW_WEEKS] or [0]
    label = (
        f"Accounts by week over {len(counts)} weeks: up to {max(before)} in one week before, "
        f"{sum(counts[-WINDOW_WEEKS:])} in the last {WINDOW_WEEKS} weeks together"
    )
    if usual and usual[-1]:
        label += f"; {usual[-1][1]} to {usual[-1][2]} a week would be usual"
    if "change" in marks:
        label += f"; the rate changed in the week of {data['x'][marks['change']]}"
    if "bursts" in marks:
        label += f"; a burst began in the week of {data['x'][marks['bursts'][-1][0]]}"
    return Picture(data, f"{label}.")


def _marks(detail: dict[str, Any], weeks: int) -> dict[str, Any]:
    """Return where to draw a change of the rate, and bursts, as places in the row of weeks."""
    marks: dict[str, Any] = {}
    if detail.get("change_chance", 0) >= SURE and detail["change_week"] < weeks:
        marks["change"] = weeks - 1 - detail["change_week"]
    spans = [
        [weeks - 1 - first, weeks - 1 - last]
        for level, first, last in detail.get("bursts", ())
        if level == 1 and first < weeks
    ]
    return {**marks, "bursts": spans} if spans else marks


def ratio_picture(theme: Theme) -> Picture | None:
    """Return how many times the usual rate, with intervals; None where too little was said to tell."""
    detail = theme.trend_detail
    if not theme.trend_ratio or theme.trend_low is None or theme.trend_high is None:
        return None
    on = Trend(theme.trend) in SIGNALS
    rows = [_ratio("All accounts", theme.trend_ratio, theme.trend_low, theme.trend_high, on)]
    ratio, low, high = (detail.get(f"without_{part}") for part in ("ratio", "low", "high"))
    if ratio and low is not None and high is not None:
        rows.append(
            _ratio(f"Without {detail.get('top_account_name') or 'the largest account'}", ratio, low, high, on)
        )
    label = ". ".join(f"{row['name']}: {row['text']} the usual rate" for row in rows)
    return Picture({"rows": rows}, f"{label}. Intervals are 95 %.")


def months_picture(theme: Theme, months: Sequence[tuple[int, int, int]]) -> Picture:
    """Return statements by calendar month; ``months``: (year, month, count), oldest first, no gaps."""
    names = [f"{MONTHS[month - 1]} {year % 100:02d}" for year, month, _ in months]
    counts = [count for _, _, count in months]
    on = [len(counts) - 1] if counts and Trend(theme.trend) in SIGNALS else []
    most = max(range(len(counts)), key=lambda place: counts[place]) if counts else 0
    label = (
        f"Statements by month from {names[0]} to {names[-1]}, most in {names[most]}: {counts[most]}."
        if counts
        else "No statements yet."
    )
    return Picture({"x": names, "y": counts, "on": on, "unit": "statements"}, label)


def _ratio(name: str, ratio: float, low: float, high: float, on: bool) -> dict[str, Any]:
    text = f"{times(ratio)} ({low:.1f}–{high:.1f})"
    # A log axis has no zero: an interval that reaches it is drawn to the edge.
    return {"name": name, "v": ratio, "lo": max(low, 0.05), "hi": high, "text": text, "on": on}
