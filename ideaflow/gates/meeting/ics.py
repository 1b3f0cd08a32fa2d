"""A gate meeting as a calendar file (RFC 5545). Pure values."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

LONGEST_LINE = 75


@dataclass(frozen=True)
class Event:
    """What a calendar needs to know; ``guests`` are pairs of name and address, ``version`` counts changes."""

    uid: str
    title: str
    starts_at: datetime
    minutes: int
    place: str
    text: str
    url: str
    version: int
    changed_at: datetime
    guests: Sequence[tuple[str, str]] = ()
    is_cancelled: bool = False


def file_of(event: Event) -> str:
    """Return the calendar file of one meeting, ended lines and all.

    >>> _escape("Gate 1, Gate 2; over")
    'Gate 1\\\\, Gate 2\\\\; over'
    """
    lines = [
        "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//ideaflow//gate meetings//EN", "CALSCALE:GREGORIAN",
        f"METHOD:{'CANCEL' if event.is_cancelled else 'PUBLISH'}", "BEGIN:VEVENT", f"UID:{event.uid}",
        f"DTSTAMP:{_moment(event.changed_at)}", f"DTSTART:{_moment(event.starts_at)}",
        f"DTEND:{_moment(event.starts_at + timedelta(minutes=event.minutes))}",
        f"SEQUENCE:{event.version - 1}", f"SUMMARY:{_escape(event.title)}",
        f"STATUS:{'CANCELLED' if event.is_cancelled else 'CONFIRMED'}",
        *([f"LOCATION:{_escape(event.place)}"] if event.place else []),
        f"DESCRIPTION:{_escape(event.text)}", f"URL:{event.url}",
        *(f'ATTENDEE;CN="{_name(name)}":mailto:{address}' for name, address in event.guests),
        "END:VEVENT", "END:VCALENDAR",
    ]  # fmt: skip
    return "\r\n".join(part for line in lines for part in _folded(line)) + "\r\n"


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def _escape(text: str) -> str:
    plain = text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return plain.replace("\r\n", "\\n").replace("\n", "\\n").replace("\r", "\\n")


def _name(name: str) -> str:
    return "".join(sign for sign in name if sign not in '"\r\n')


def _folded(line: str) -> Iterable[str]:
    """Break a line after 75 bytes, never within a character; the rest begins with a blank."""
    part, size = "", 0
    for sign in line:
        width = len(sign.encode())
        if size + width > LONGEST_LINE:
            yield part
            part, size = " ", 1
        part, size = part + sign, size + width
    yield part
