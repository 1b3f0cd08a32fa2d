"""The numbers of a theme's pictures, and the sentence that stands for each. No database, no clock."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ideaflow.themes.models import Theme
from ideaflow.themes.trends import Trend, Window
from ideaflow.wording import MONTHS, times

SIGNALS = (Trend.GROWING, Trend.NEW)


@dataclass(frozen=True)
class Picture:
    """What charts.js draws, and what it shows in words."""

    data: dict[str, Any]
    label: str


def trend_picture(theme: Theme, windows: Sequence[Window]) -> Picture:
    """Return requests per four weeks with their usual range, oldest first."""
    counts = [window.count for window in windows]
    last = windows[-1]
    names = [f"{MONTHS[window.begins_on.month - 1]} {window.begins_on:%y}" for window in windows[:-1]]
    ticks = list(range(0, len(names) - 1, 4))
    data = {
        "x": [*names, "now"],
        "tick": [*ticks, len(names)],
        "y": counts,
        "lo": [window.low or 0 for window in windows],
        "hi": [window.high if window.high is not None else 0 for window in windows],
        "exp": [None if one.expected is None else round(one.expected, 2) for one in windows],
        "on": Trend(theme.trend) in SIGNALS,
    }
    earlier = counts[:-1] or [0]
    label = (
        f"Requests per four weeks over {len(windows)} windows: between {min(earlier)} and {max(earlier)} "
        f"in all earlier ones, {last.count} in the last one"
    )
    usual = f"; usual is {last.low} to {last.high}" if last.high is not None else ""
    return Picture(data, f"{label}{usual}.")


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
