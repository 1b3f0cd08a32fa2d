"""From what a browser sends to typed values."""

from collections.abc import Mapping
from datetime import UTC, datetime, time
from typing import Any

from ideaflow import typed
from ideaflow.codesign.kinds.contract import Instrument
from ideaflow.errors import Invalid


def read_edit(form: Any, instrument: Instrument) -> dict[str, Any]:
    """Return the fields of the editor (a MultiDict) as the service takes them, but for the last day."""
    return {
        "title": " ".join(form.get("title", "").split()),
        "intro": form.get("intro", "").strip(),
        "definition": dict(instrument.read(form)),
        "mode": form.get("mode", ""),
        "criterion_key": form.get("criterion", "")[:60] or None,
    }


def read_last_day(form: Mapping[str, str]) -> datetime | None:
    """Return the end of the last day in UTC; None where none is typed.

    :raises Invalid: it is no day.

    >>> read_last_day({"closes_on": "2026-12-11"}).isoformat()
    '2026-12-11T23:59:59+00:00'
    """
    day = typed.day(form.get("closes_on", ""), "closes_at")
    return datetime.combine(day, time(23, 59, 59), UTC) if day else None


def read_version(form: Mapping[str, str]) -> int:
    """Return the version a page was made of.

    :raises Invalid: there is none.
    """
    found = typed.number(form.get("version"))
    if found is None:
        raise Invalid("This page is incomplete. Reload it and try again.")
    return found
