"""Alarms that somebody dismissed: the theme stays, its alarm is quiet up to the level it had."""

from ideaflow.audit import Actor
from ideaflow.errors import Conflict
from ideaflow.themes.corrections.change import changing, set_values
from ideaflow.themes.models import CorrectionKind, ThemeCorrection
from ideaflow.themes.runs.trending import judge
from ideaflow.themes.trends.terms import SIGNALS, Trend
from ideaflow.themes.typed import reason_of


def dismiss_alarm(theme_id: int, reason: str, *, version: int | None = None, by: Actor) -> ThemeCorrection:
    """Say that a theme's alarm is none, and why: it comes back only above the level it has now.

    :raises Invalid: no reason is given.
    :raises Conflict: there is no alarm, or it is dismissed already.
    """
    reason = reason_of(reason)
    with changing(theme_id, version) as theme:
        if Trend(theme.trend) not in SIGNALS or theme.is_quiet:
            raise Conflict(f"“{theme.title}” raises no alarm now.")
        made = set_values(
            CorrectionKind.QUIET, theme, by, reason, quieted_ratio=theme.trend_ratio, quieted_reason=reason
        )
        judge([theme.id])
    return made
