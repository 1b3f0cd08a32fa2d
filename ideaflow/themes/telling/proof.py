"""Why a theme has its label: what was asked of it, in order, with the numbers. No database, no clock."""

from dataclasses import dataclass
from typing import Any

from ideaflow.themes.models import Theme
from ideaflow.themes.telling.alarm import artefact_words, week_words
from ideaflow.themes.trends.terms import (
    FALSE_SHARE,
    LEAST_ACCOUNTS,
    NEW_ACCOUNTS,
    NEW_LIKENESS,
    NEW_WEEKS,
    RISES,
    SEASON_WEEKS,
    Trend,
)
from ideaflow.wording import count, decimal, plural, share, times


@dataclass(frozen=True)
class Step:
    """One question a label was asked, with what answers it.

    :ivar decides: whether the label rests on this answer.
    """

    question: str
    answer: str
    decides: bool = False


def steps_of(theme: Theme) -> list[Step]:
    """Return what was asked of a theme, in the order of precedence."""
    detail, trend = theme.trend_detail, Trend(theme.trend)
    if "p_up" not in detail:
        return []
    loud = bool(detail.get("is_loud"))
    listened = artefact_words(detail) or "Not so that it would explain this."
    return [
        Step("Does one account say most of it?", _voices(detail), loud),
        Step("Is it new?", _new(detail), trend is Trend.NEW),
        Step("Is there enough to tell?", _enough(detail), trend is Trend.TOO_FEW),
        Step("Is it more than usual, beyond chance?", _chance(theme, detail)),
        Step("Without the largest account?", _without(detail), trend is Trend.ONE_CUSTOMER and not loud),
        Step("Has it jumped, climbed or burst?", _shape(detail), trend in RISES),
        Step("Did the listening change?", listened, trend is Trend.ARTEFACT),
        Step("Is it the season?", _season(detail), trend is Trend.SEASONAL),
        Step("Is it less than usual, beyond chance?", _less(theme, detail), trend is Trend.FADING),
    ]


def numbers_of(theme: Theme) -> list[tuple[str, str]]:
    """Return the numbers behind the label, as labels and values."""
    detail = theme.trend_detail
    if "p_up" not in detail:
        return []
    exact = f"{times(theme.trend_ratio)} ({_interval(theme.trend_low, theme.trend_high)})"
    second = f"{_interval(detail['score_low'], detail['score_high'])}, p {_p(detail['score_p'])}"
    return [
        ("Now", f"{count(detail['count'])} in {count(int(detail['exposure']))} account-weeks"),
        ("Before", f"{count(detail['base_count'])} in {count(int(detail['base_exposure']))} account-weeks"),
        ("Rate ratio, exact 95 %", exact),
        ("Chance if nothing changed, exact (mid-p)", _p(detail["exact_up"])),
        ("Interval by score", second),
        ("Expected by the regression", f"{detail['nb_expected']:.2f}"),
        ("Variance beyond chance", decimal(detail["nb_dispersion"], 3)),
        ("Chance by the strictest test, rise", _p(detail["p_up"])),
        ("Chance by the strictest test, fall", _p(detail["p_down"])),
        ("False among flags this strong, rise", f"q {_p(detail['q_up'])}"),
        ("False among flags this strong, fall", f"q {_p(detail['q_down'])}"),
        ("Themes tested together", count(detail["tested_count"])),
        ("Shrunk ratio, EBGM and EB05", f"{times(detail['ebgm'])}, at least {times(detail['eb05'])}"),
        ("Weeks listened to", count(detail["listened_weeks"])),
    ]


def _voices(detail: dict[str, Any]) -> str:
    name = detail.get("top_account_name") or "the largest account"
    voices = f"{detail['effective_accounts']:.1f}"
    return (
        f"{plural(detail['all_account_count'], 'account')} as loud as {voices} equal ones; "
        f"the loudest says {share(detail['top_share'])}. Most in these weeks: {name}."
    )


def _new(detail: dict[str, Any]) -> str:
    born, kin = int(detail["born_weeks_ago"]), float(detail.get("kin", 0))
    like = f"; an older theme is {decimal(kin)} like it (limit {decimal(NEW_LIKENESS)})" if kin else ""
    return (
        f"First said {plural(born, 'week')} ago, by {plural(detail['all_account_count'], 'account')} so far; "
        f"new is within {NEW_WEEKS} weeks, by {NEW_ACCOUNTS} or more{like}."
    )


def _enough(detail: dict[str, Any]) -> str:
    return (
        f"{plural(detail['all_account_count'], 'account')}, {detail['expected']:.1f} expected, "
        f"{count(detail['count'])} came; it takes {LEAST_ACCOUNTS} accounts, and one expected or "
        f"{LEAST_ACCOUNTS} that came."
    )


def _chance(theme: Theme, detail: dict[str, Any]) -> str:
    return (
        f"{times(theme.trend_ratio)} ({_interval(theme.trend_low, theme.trend_high)}); "
        f"q {_p(detail['q_up'])} among {plural(detail['tested_count'], 'theme')}, "
        f"limit {decimal(FALSE_SHARE)}."
    )


def _less(theme: Theme, detail: dict[str, Any]) -> str:
    high = "no upper end" if theme.trend_high is None else f"at most {times(theme.trend_high)}"
    return f"{high}; q {_p(detail['q_down'])}, limit {decimal(FALSE_SHARE)}."


def _without(detail: dict[str, Any]) -> str:
    name = detail.get("top_account_name") or "the largest account"
    return (
        f"Without {name}: {plural(detail['without_count'], 'request')}, {times(detail['without_ratio'])} "
        f"({_interval(detail['without_low'], detail['without_high'])}), p {_p(detail['without_p'])}."
    )


def _shape(detail: dict[str, Any]) -> str:
    if "change_week" not in detail:
        return "Asked only of a rise."
    first, last = (week_words(detail, int(detail[f"change_{end}_week"])) for end in ("high", "low"))
    when = f"between {first} and {last}" if first != last else f"in the week of {first}"
    burst = (
        f"a burst of level {detail['burst_level']} is open" if detail["burst_level"] else "no burst is open"
    )
    return (
        f"Changed within 12 weeks with a chance of {share(detail['change_chance'])}, {when} (95 %); "
        f"{'a jump' if detail['is_step'] else 'no lasting jump'} fits better; the window before was at "
        f"{times(detail['before_ratio'])} (p {_p(detail['before_p'])}); {burst}."
    )


def _season(detail: dict[str, Any]) -> str:
    if not detail.get("has_season"):
        weeks = plural(detail["listened_weeks"], "week")
        return f"{weeks} of words; a season takes {SEASON_WEEKS}, and enough said."
    return (
        f"The same weeks of earlier years were at {times(detail['season_ratio'])} "
        f"(p {_p(detail['season_p'])}); with the season {detail['nb_expected']:.1f} would be usual."
    )


def _interval(low: float | None, high: float | None) -> str:
    return f"{low or 0:.2f}–{high:.2f}" if high is not None and high < 1e5 else f"{low or 0:.2f} and more"


def _p(value: float) -> str:
    return "under .00001" if value < 0.00001 else decimal(value, 5 if value < 0.001 else 3)
