"""The finding on top of a theme: what changed, and how far one may trust it. No database, no clock."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from ideaflow.themes.models import Theme
from ideaflow.themes.trends.terms import RISES, SIGNALS, WINDOW_WEEKS, Trend
from ideaflow.wording import MONTHS, chance, plural, times

SOURCES = {"zendesk": "Zendesk", "hubspot": "HubSpot", "salesforce": "Salesforce"}
PARTS = {
    "description": "cases", "comment": "comments", "call_note": "call notes", "lost_reason": "lost reasons",
    "won_reason": "won reasons",
}  # fmt: skip


@dataclass(frozen=True)
class Alarm:
    """The finding of a theme: what is said, what that is beside the usual, and the verdict.

    :ivar tone: ``quiet`` unless the trend survived its tests and nobody dismissed it.
    :ivar dismissed: at which level somebody dismissed it, in words; empty when nobody did.
    :ivar can_dismiss: whether there is an alarm to dismiss.
    """

    lead: str
    more: str
    verdict: str
    note: str
    tone: str = "quiet"
    dismissed: str = ""
    can_dismiss: bool = False


def alarm_of(theme: Theme) -> Alarm:
    """Say what the last four weeks of a theme tell, and how far one may trust it."""
    detail, trend = theme.trend_detail, Trend(theme.trend)
    is_signal = trend in SIGNALS and not theme.is_quiet
    return Alarm(
        lead=_lead(theme, detail),
        more=_more(theme, detail),
        verdict=_verdict(theme, detail),
        note=_doubt(theme, detail),
        tone="" if is_signal else "quiet",
        dismissed=_dismissed(theme, detail),
        can_dismiss=is_signal,
    )


def week_words(detail: dict[str, Any], weeks_ago: int) -> str:
    """Return the day on which the week so many before the reference day began: 14 Sep."""
    reference = date.fromisoformat(detail.get("reference_on", "2000-01-01"))
    day = reference - timedelta(days=7 * weeks_ago + 6)
    return f"{day.day} {MONTHS[day.month - 1]}"


def source_words(instrument: dict[str, Any]) -> str:
    """Name a way in as people do: call notes from HubSpot."""
    source = SOURCES.get(instrument["source"], instrument["source"])
    part = PARTS.get(instrument["part"], "")
    return f"{part} from {source}" if part else source


def _verdict(theme: Theme, detail: dict[str, Any]) -> str:
    match Trend(theme.trend):
        case Trend.GROWING:
            return "a trend, not one customer"
        case Trend.BURSTING:
            return "a burst, and not one customer’s"
        case Trend.STEP_CHANGE:
            return f"a new level since about {week_words(detail, int(detail.get('change_week', 0)))}"
        case Trend.NEW:
            return "new, and from several accounts"
        case Trend.ARTEFACT:
            return f"the instrument, not the customers: {_artefact_word(detail)}"
        case Trend.SEASONAL:
            return "the season, as in earlier years"
        case Trend.FADING:
            return "fading"
        case Trend.ONE_CUSTOMER:
            return "one customer’s issue, not a trend"
        case Trend.TOO_FEW:
            return "too few to say"
    return "as usual"


def _artefact_word(detail: dict[str, Any]) -> str:
    instrument = detail.get("instrument", {})
    return {
        "source": "a new source", "form": "a new form", "import": "a late import",
        "more": "more of everything", "less": "less of everything", "silent": "a source that fell silent",
    }.get(instrument.get("kind", ""), "how it was heard")  # fmt: skip


def _lead(theme: Theme, detail: dict[str, Any]) -> str:
    requests, accounts = int(detail.get("count", 0)), int(detail.get("account_count", 0))
    said = f"{plural(requests, 'request')} from {plural(accounts, 'account')}" if requests else "No request"
    lead = f"{said} in the last {detail.get('window_weeks', WINDOW_WEEKS)} weeks"
    if Trend(theme.trend) is Trend.NEW:
        born = int(detail.get("born_weeks_ago", 0))
        first = f"{plural(born, 'week')} ago" if born else "this week"
        return f"{lead}; the first came {first}."
    return f"{lead}; we would expect {_about(float(detail.get('expected', 0)))}."


def _about(expected: float) -> str:
    if expected < 0.5:
        return "hardly one"
    return f"about {round(expected)}"


def _more(theme: Theme, detail: dict[str, Any]) -> str:
    trend = Trend(theme.trend)
    if trend is Trend.ARTEFACT:
        return artefact_words(detail)
    if trend is Trend.NEW or not detail.get("count"):
        return ""
    sentence = _ratio(theme, detail)
    if not sentence:
        return ""
    if trend is Trend.SEASONAL:
        return f"{sentence} The same weeks of earlier years were at {times(detail.get('season_ratio'))} too."
    largest = detail.get("top_account_name") or "the largest account"
    without, left = detail.get("without_ratio"), int(detail.get("without_count", 0))
    if without is None or not detail.get("base_count", 1):
        return sentence
    if trend in RISES:
        return f"{sentence} Without {largest} it is still {times(without)}."
    if trend is Trend.ONE_CUSTOMER:
        return f"{sentence} Without {largest}: {plural(left, 'request')}, {times(without)} the usual rate."
    return sentence


def _ratio(theme: Theme, detail: dict[str, Any]) -> str:
    if not theme.trend_ratio:
        return "" if not theme.trend_low else f"That is more than {times(theme.trend_low)} the usual rate."
    interval = ""
    if theme.trend_low is not None and theme.trend_high is not None:
        interval = f" (95 %: {theme.trend_low:.1f}–{theme.trend_high:.1f})"
    return f"That is {times(theme.trend_ratio)} the usual rate{interval}."


def artefact_words(detail: dict[str, Any]) -> str:
    """Say what about the listening has changed, and what is left without it."""
    found = detail.get("instrument")
    if not found:
        return ""
    way = source_words(found)
    ratio = f", {times(found['ratio'])} the usual rate" if found["ratio"] else ""
    left = f"Without that: {plural(int(found['left_count']), 'request')}{ratio}."
    beside = f"on all themes. Beside that{ratio or ' it is usual'}."
    match found["kind"]:
        case "source" | "form":
            came = plural(int(found["count"]), "request")
            return f"{came} came as {way}, which brought nothing before. {left}"
        case "import":
            return f"An import of {found['day']} brought {way} late, {beside}"
        case "silent":
            return f"Nothing at all came as {way}: import the newest to see what customers say."
        case "less":
            return f"Less than usual came as {way}, {beside}"
    return f"More than usual came as {way}, {beside}"


def _dismissed(theme: Theme, detail: dict[str, Any]) -> str:
    level = theme.quieted_ratio
    if level is None or Trend(theme.trend) not in SIGNALS:
        return ""
    at = f"at {times(level)}" if level else "when it was new"
    reason = f" ({theme.quieted_reason})" if theme.quieted_reason else ""
    if theme.is_quiet:
        return f"This alarm was dismissed {at}{reason}. It comes back above that."
    return f"An alarm was dismissed {at}{reason}; it is {times(theme.trend_ratio)} now."


def _doubt(theme: Theme, detail: dict[str, Any]) -> str:
    tested, q, trend = int(detail.get("tested_count", 0)), theme.trend_q, Trend(theme.trend)
    counted = "An account counts once a week."
    if trend in (*RISES, Trend.FADING) and q is not None and tested:
        share = f"about 1 in {max(2, round(1 / q)):,}" if q > 0.0005 else "fewer than 1 in 2,000"
        return (
            f"If you acted on every flag this strong among the {plural(tested, 'theme')} tested, "
            f"{share} would be chance ({chance(q)}). {counted}"
        )
    if trend is Trend.TOO_FEW:
        return f"Below five accounts, or where less than one request is usual, no test can tell. {counted}"
    return counted
