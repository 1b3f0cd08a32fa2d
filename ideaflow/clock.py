"""The one place that asks for the time. A test stops it here."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime

_stopped_at: ContextVar[datetime | None] = ContextVar("stopped_at", default=None)


def now() -> datetime:
    """Return the present moment in UTC, with its time zone."""
    return _stopped_at.get() or datetime.now(UTC)


def today() -> date:
    """Return the present day in UTC."""
    return now().date()


@contextmanager
def stopped(moment: datetime) -> Iterator[None]:
    """Hold the clock at ``moment`` while the block runs."""
    token = _stopped_at.set(moment.astimezone(UTC))
    try:
        yield
    finally:
        _stopped_at.reset(token)
