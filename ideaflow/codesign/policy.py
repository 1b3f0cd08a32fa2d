"""What a co-design session may become, and how ballots are kept in each mode. Pure."""

from datetime import datetime, timedelta
from enum import StrEnum

LONGEST_TITLE, LONGEST_INTRO = 160, 1_000
REMIND_BEFORE = timedelta(days=3)
LONGEST_DAYS = 120


class State(StrEnum):
    """Where a session stands."""

    DRAFT = "draft"
    OPEN = "open"
    CLOSED = "closed"
    PUBLISHED = "published"

    @property
    def words(self) -> str:
        return {"closed": "closed, frozen"}.get(self.value, self.value)

    @property
    def tone(self) -> str:
        return {"draft": "hollow", "open": "accent", "closed": "watch", "published": "go"}[self.value]

    @property
    def is_over(self) -> bool:
        return self in (State.CLOSED, State.PUBLISHED)


class Mode(StrEnum):
    """What can be known of who answered how."""

    CONFIDENTIAL = (
        "confidential"  # Kept with the name, for those who evaluate; can be changed until the close.
    )
    ANONYMOUS = "anonymous"  # Participation and ballot cannot be joined; cast once.

    @property
    def words(self) -> str:
        return self.value

    @property
    def told(self) -> str:
        """Return what the mode means, for staff who choose it."""
        return {
            "confidential": "Ballots are kept with the name, for evaluation only; they can be changed until "
            "the close.",
            "anonymous": "Who took part and what was answered cannot be joined, not by us either; cast once, "
            "with a receipt.",
        }[self.value]


def is_open(state: str, closes_at: datetime | None, now: datetime) -> bool:
    """Return whether ballots count now: the clock closes before the job that carries it out."""
    return state == State.OPEN and (closes_at is None or now < closes_at)


def deadline_problem(closes_at: datetime | None, now: datetime) -> str:
    """Return what is wrong with a deadline; empty: nothing.

    >>> from datetime import UTC
    >>> deadline_problem(datetime(2026, 1, 2, tzinfo=UTC), datetime(2026, 1, 5, tzinfo=UTC))
    'The last day has passed already. Choose one to come.'
    """
    if closes_at is None:
        return "Say until when answers count, for instance 2026-12-11."
    if closes_at <= now:
        return "The last day has passed already. Choose one to come."
    if closes_at > now + timedelta(days=LONGEST_DAYS):
        return f"A session is open for at most {LONGEST_DAYS} days; choose a nearer day."
    return ""


def reminder_is_due(closes_at: datetime | None, opened_at: datetime, now: datetime) -> bool:
    """Return whether silent participants are reminded: in the last days, not within a day of opening."""
    if closes_at is None:
        return False
    begins = max(closes_at - REMIND_BEFORE, opened_at + timedelta(days=1))
    return begins <= now < closes_at
