"""The finding on top of a theme: what changed, and how far one may trust it. No database, no clock."""

from dataclasses import dataclass
from typing import Any

from ideaflow.themes.models import Theme
from ideaflow.themes.trends import WINDOW_WEEKS, Trend
from ideaflow.wording import chance, plural, times


@dataclass(frozen=True)
class Alarm:
    """The finding of a theme: what is said, what that is beside the usual, and the verdict.

    :ivar tone: ``quiet`` unless the trend survived its tests.
    """

    lead: str
    more: str
    verdict: str
    note: str
    tone: str = "quiet"


def alarm_of(theme: Theme) -> Alarm:
    """Say what the last four weeks of a theme tell, and how far one may trust it."""
    detail = theme.trend_detail
    lead, more = _lead(theme, detail), _more(theme, detail)
    trend = Trend(theme.trend)
    if trend is Trend.GROWING:
        verdict = "a trend, not one customer"
    else:
        verdict = {
            Trend.NEW: "new, and from several accounts",
            Trend.FADING: "fading",
            Trend.ONE_CUSTOMER: "one customer’s issue, not a trend",
            Trend.TOO_FEW: "too few to say",
        }.get(trend, "as usual")
    tone = "" if trend in (Trend.GROWING, Trend.NEW) else "quiet"
    return Alarm(lead, more, verdict, _doubt(theme, detail), tone)


def _lead(theme: Theme, detail: dict[str, Any]) -> str:
    requests, accounts = int(detail.get("count", 0)), int(detail.get("account_count", 0))
    said = f"{plural(requests, 'request')} from {plural(accounts, 'account')}" if requests else "No request"
    lead = f"{said} in the last {detail.get('window_weeks', WINDOW_WEEKS)} weeks"
    if Trend(theme.trend) is Trend.NEW:
        born = int(detail.get("born_weeks_ago", 0))
        first = f"{plural(born, 'week')} ago" if born else "this week"
        return f"{lead}; the first came {first}."
    expected = float(detail.get("expected", 0))
    return f"{lead}; we would expect {_about(expected)}."


def _about(expected: float) -> str:
    if expected < 0.5:
        return "hardly one"
    return f"about {round(expected)}"


def _more(theme: Theme, detail: dict[str, Any]) -> str:
    if Trend(theme.trend) is Trend.NEW:
        return ""
    if not detail.get("count") or not theme.trend_ratio:
        return ""
    interval = ""
    if theme.trend_low is not None and theme.trend_high is not None:
        interval = f" (95 %: {theme.trend_low:.1f}–{theme.trend_high:.1f})"
    sentence = f"That is {times(theme.trend_ratio)} the usual rate{interval}."
    largest = detail.get("top_account_name") or "the largest account"
    without, left = detail.get("without_ratio"), int(detail.get("without_count", 0))
    if without is None:
        return sentence
    if Trend(theme.trend) is Trend.GROWING:
        return f"{sentence} Without {largest} it is still {times(without)}."
    if Trend(theme.trend) is Trend.ONE_CUSTOMER:
        return f"{sentence} Without {largest}: {plural(left, 'request')}, {times(without)} the usual rate."
    return sentence


def _doubt(theme: Theme, detail: dict[str, Any]) -> str:
    tested, q = int(detail.get("tested_count", 0)), theme.trend_q
    counted = "An account counts once a week."
    if Trend(theme.trend) in (Trend.GROWING, Trend.FADING) and q is not None and tested:
        share = f"about 1 in {max(2, round(1 / q)):,}" if q > 0.0005 else "fewer than 1 in 2,000"
        return (
            f"If you acted on every flag this strong among the {plural(tested, 'theme')} tested, "
            f"{share} would be chance ({chance(q)}). {counted}"
        )
    if Trend(theme.trend) is Trend.TOO_FEW:
        return f"Below five accounts, or where less than one request is usual, no test can tell. {counted}"
    return counted
