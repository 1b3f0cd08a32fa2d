"""The nightly look: once a night everything is looked at anew, if something came since the last time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select

from ideaflow import config
from ideaflow.clock import now
from ideaflow.db import db
from ideaflow.errors import Unavailable
from ideaflow.themes.models import RunState, ThemeCorrection, ThemeRun
from ideaflow.themes.runs.refreshing import queue_follow_up, queue_refresh
from ideaflow.themes.runs.stopping import statement_count

NEVER = "never"
ASKED_EVERY = timedelta(minutes=10)
"""How often a worker asks whether the hour has come; a machine that slept then looks when it wakes."""


@dataclass(frozen=True)
class Night:
    """The next nightly look.

    :ivar at: when it is due; None: none is set.
    :ivar statement_count: how many statements came since the last run, or went.
    :ivar decision_count: how many corrections people made since.
    """

    at: datetime | None
    statement_count: int = 0
    decision_count: int = 0

    @property
    def is_needed(self) -> bool:
        return bool(self.statement_count or self.decision_count)


def next_night() -> Night:
    """Return when the next nightly look is due, and what would be new in it."""
    last = _last_done()
    struck = _struck()
    if struck is None or last is None:
        return Night(None)
    decided = select(func.count()).where(ThemeCorrection.made_at > (last.started_at or last.created_at))
    return Night(
        at=struck + timedelta(days=1),
        statement_count=abs(statement_count() - last.statement_count),
        decision_count=db.session.scalar(decided) or 0,
    )


def look_at_night() -> bool:
    """Queue a full run if the hour has struck since the last one was asked for and there is news.

    Without news the figures and trends of the themes are brought up to date: time went on.

    :returns: whether a run was queued.
    """
    struck = _struck()
    asked = db.session.scalar(select(ThemeRun.created_at).order_by(ThemeRun.id.desc()).limit(1))
    if struck is None or asked is None or asked >= struck:
        return False
    if next_night().is_needed:
        queue_refresh()
        return True
    if now() - struck < ASKED_EVERY:
        queue_follow_up()
    return False


def _struck() -> datetime | None:
    """Return when the hour of the nightly look struck last.

    :raises Unavailable: the setting is no time of day.
    """
    hour = config.read().nightly_at
    if hour.lower() == NEVER:
        return None
    try:
        at = datetime.strptime(hour, "%H:%M").time()
    except ValueError as error:
        raise Unavailable(
            f"{config.variable('nightly_at')} is “{hour}”; it takes a time of day in UTC, such as 02:10, "
            f"or “{NEVER}”."
        ) from error
    today = now().replace(hour=at.hour, minute=at.minute, second=0, microsecond=0)
    return today if today <= now() else today - timedelta(days=1)


def _last_done() -> ThemeRun | None:
    done = select(ThemeRun).where(ThemeRun.state == RunState.DONE)
    return db.session.scalar(done.order_by(ThemeRun.id.desc()).limit(1))
