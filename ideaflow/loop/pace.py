"""When somebody is told by mail: at once, daily, weekly or never, and not in quiet hours. Pure rules."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo


class Event(StrEnum):
    """What a contact may be told of."""

    HEARD = "heard"  # What they said has come further.
    DECISION = "decision"
    LAUNCHED = "launched"  # What they asked for can be bought.
    OFFICIAL_ANSWER = "official_answer"
    IDEA_STATUS = "idea_status"
    COMMENT = "comment"
    INVITATION = "invitation"
    REMINDER = "reminder"
    POOL = "pool"  # An option they pay for with others came near its price.
    ANNOUNCEMENT = "announcement"


class Pace(StrEnum):
    """How soon a mail follows. In the portal everything stands at once."""

    NOW = "now"
    DAILY = "daily"
    WEEKLY = "weekly"
    OFF = "off"


DIGEST_HOUR = 8
MONDAY = 0
DEFAULTS: Mapping[Event, Pace] = {
    Event.HEARD: Pace.DAILY, Event.DECISION: Pace.NOW, Event.LAUNCHED: Pace.NOW,
    Event.OFFICIAL_ANSWER: Pace.NOW,
    Event.IDEA_STATUS: Pace.DAILY, Event.COMMENT: Pace.DAILY, Event.INVITATION: Pace.NOW,
    Event.REMINDER: Pace.NOW, Event.POOL: Pace.NOW, Event.ANNOUNCEMENT: Pace.WEEKLY,
}  # fmt: skip
DIGEST = "digest"
"""The list that mails of more than one notice belong to: what comes daily or weekly."""


@dataclass(frozen=True)
class Wishes:
    """What a contact wants by mail.

    :param quiet_from: hours of their day between which nothing comes; the same twice: no quiet hours.
    """

    time_zone: str = "UTC"
    quiet_from: int = 20
    quiet_until: int = 7
    choices: Mapping[str, str] = field(default_factory=dict)

    def pace_of(self, event: Event | str) -> Pace:
        """Return how soon a mail follows an event."""
        return Pace(self.choices.get(event) or DEFAULTS[Event(event)])

    def without(self, mails: str) -> dict[str, str]:
        """Return the choices of one who does not want these mails: of one event, or all digests."""
        gathered = (Pace.DAILY, Pace.WEEKLY)
        ended = [one for one in Event if one == mails or (mails == DIGEST and self.pace_of(one) in gathered)]
        return {**self.choices, **{one.value: Pace.OFF.value for one in ended}}


def mail_at(moment: datetime, pace: Pace, wishes: Wishes) -> datetime | None:
    """Return when a mail about something that happens at ``moment`` leaves; None: never.

    >>> mail_at(datetime(2026, 11, 20, 23, tzinfo=UTC), Pace.NOW, Wishes("Europe/Berlin"))
    datetime.datetime(2026, 11, 21, 6, 0, tzinfo=datetime.timezone.utc)
    """
    if pace is Pace.OFF:
        return None
    local = moment.astimezone(ZoneInfo(wishes.time_zone))
    if pace is not Pace.NOW:
        local = _next_digest(local, weekly=pace is Pace.WEEKLY)
    return _after_quiet(local, wishes).astimezone(UTC)


def _next_digest(local: datetime, *, weekly: bool) -> datetime:
    day = local.date()
    if local.time() >= time(DIGEST_HOUR):
        day += timedelta(days=1)
    while weekly and day.weekday() != MONDAY:
        day += timedelta(days=1)
    return datetime.combine(day, time(DIGEST_HOUR), local.tzinfo)


def _after_quiet(local: datetime, wishes: Wishes) -> datetime:
    begin, end = wishes.quiet_from, wishes.quiet_until
    is_quiet = begin <= local.hour < end if begin <= end else local.hour >= begin or local.hour < end
    if not is_quiet:
        return local
    day = local.date() + timedelta(days=1 if local.hour >= end else 0)
    return datetime.combine(day, time(end), local.tzinfo)
