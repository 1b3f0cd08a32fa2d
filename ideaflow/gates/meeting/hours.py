"""Hours on the clock of a time zone, and the moments they are. Pure: no database, no browser."""

from datetime import UTC, datetime
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

STANDARD = "UTC"


@cache
def zones() -> tuple[str, ...]:
    """Return the time zones people live in, by name: “Europe/Berlin”; UTC first."""
    places = sorted(name for name in available_timezones() if "/" in name and not name.startswith("Etc/"))
    return (STANDARD, *places)


def is_zone(name: str) -> bool:
    """Return whether there is such a time zone."""
    return name in zones()


def moment_of(day: str, hour: str, zone: str) -> datetime | None:
    """Return the moment, in UTC, when the clocks of a zone show this; None where they never do.

    Where clocks show an hour twice, in autumn, it is the first time.

    >>> moment_of("2027-07-01", "14:00", "Europe/Berlin").isoformat()
    '2027-07-01T12:00:00+00:00'
    >>> moment_of("2027-03-28", "02:30", "Europe/Berlin")  # That night clocks go from 2 to 3.
    """
    try:
        shown = datetime.fromisoformat(f"{day}T{hour}")
    except ValueError:
        return None
    if shown.tzinfo is not None or not is_zone(zone):
        return None
    moment = shown.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    return moment if moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None) == shown else None


def local(moment: datetime, zone: str) -> datetime:
    """Return a moment as the clocks of a zone show it."""
    return moment.astimezone(ZoneInfo(zone if is_zone(zone) else STANDARD))
