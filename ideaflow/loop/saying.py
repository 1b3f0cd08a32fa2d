"""What a notice says, in the language of who reads it: in the portal's list and in mails."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ideaflow.ideas.policy import Status
from ideaflow.ideas.telling import statuses
from ideaflow.loop import asked
from ideaflow.loop.models import ContactNotice
from ideaflow.loop.pace import DIGEST, Event, Pace
from ideaflow.loop.steps import GOES
from ideaflow.loop.telling import further_words, short_day
from ideaflow.portal.languages import text


@dataclass(frozen=True)
class Line:
    """A notice in words.

    :param quote: the reader's own words it answers; ``quote_intro``: when they said them.
    """

    id: int
    title: str
    words: str
    quote: str
    quote_intro: str
    path: str
    happened_at: datetime
    is_new: bool
    verb: str


def line_of(notice: ContactNotice) -> Line:
    """Return a notice in words."""
    values: dict[str, Any] = notice.values
    quote = str(values.get("quote", ""))
    said_at = values.get("said_at")
    intro = ""
    if quote and said_at:
        intro = text("You said on %(day)s:", day=short_day(datetime.fromisoformat(str(said_at))))
    event = Event(notice.event)
    words = str(values.get("words", ""))
    if event in asked.ASKING:
        words = asked.words(event, values)
    elif event is Event.POOL:
        words = asked.pool_words(values)
    elif "step" in values:
        words = further_words(str(values["step"]), int(values.get("count", 0)))
    return Line(
        notice.id, _title(event, values), words, quote, intro, notice.path, notice.happened_at,
        notice.seen_at is None, _verb(event),
    )  # fmt: skip


def _verb(event: Event) -> str:
    if event is Event.LAUNCHED:
        return str(text("Say whether it solved it"))
    return str(text("Begin") if event in asked.ASKING else text("Read it in the portal"))


def event_words(event: Event) -> str:
    """Return what a contact is told of, as they choose it."""
    words: dict[Event, str] = {
        Event.HEARD: text("What I said has come further"),
        Event.DECISION: text("We decided about what I asked"),
        Event.LAUNCHED: text("What I asked for can be bought"),
        Event.OFFICIAL_ANSWER: text("An official answer to an idea I stand behind"),
        Event.IDEA_STATUS: text("An idea I stand behind has a new status"),
        Event.COMMENT: text("A comment on my idea"), Event.INVITATION: text("An invitation to help design"),
        Event.REMINDER: text("A reminder of it"),
        Event.POOL: text("What I pay for together with others is nearly paid for"),
        Event.ANNOUNCEMENT: text("Announcements"),
    }  # fmt: skip
    return words[event]


def pace_words(pace: Pace) -> str:
    """Return how soon a mail comes, as a contact chooses it."""
    words: dict[Pace, str] = {
        Pace.NOW: text("At once"), Pace.DAILY: text("Once a day"), Pace.WEEKLY: text("On Mondays"),
        Pace.OFF: text("No mail"),
    }  # fmt: skip
    return words[pace]


def mails_words(mails: str) -> str:
    """Return what a link in a mail ends: mails of one event, or digests."""
    if mails == DIGEST:
        return str(text("Daily and weekly mails"))
    return event_words(Event(mails))


def _title(event: Event, values: dict[str, Any]) -> str:
    title = str(values.get("title", ""))
    known: dict[Event, str] = {
        Event.DECISION: _decision(str(values.get("decision", ""))),
        Event.LAUNCHED: text("You asked: %(title)s", title=title),
        Event.HEARD: _further(title, is_result=bool(values.get("is_result"))),
        Event.OFFICIAL_ANSWER: text("An answer to “%(title)s”", title=title),
        Event.IDEA_STATUS: _status(title, str(values.get("status", ""))),
        Event.COMMENT: text("A comment on “%(title)s”", title=title),
        Event.INVITATION: text("Help design: %(title)s", title=title),
        Event.REMINDER: asked.still_open(values), Event.POOL: _pooled(values), Event.ANNOUNCEMENT: title,
    }  # fmt: skip
    return known[event]


def _pooled(values: dict[str, Any]) -> str:
    option = str(values.get("option", ""))
    if values.get("missing"):
        return str(text("“%(option)s” is nearly paid for", option=option))
    return str(text("“%(option)s” is paid for", option=option))


def _further(title: str, *, is_result: bool) -> str:
    if is_result:
        return str(text("What came out: %(title)s", title=title))
    return str(text("What you said has come further"))


def _status(title: str, status: str) -> str:
    words = statuses().get(Status(status)) if status in set(Status) else ""
    return str(text("“%(title)s”: %(status)s", title=title, status=words))


def _decision(decision: str) -> str:
    if decision == "kill":
        return str(text("You asked, and we decided against it"))
    return str(text("You asked, and we do it") if decision in GOES else text("You asked, and it has to wait"))
