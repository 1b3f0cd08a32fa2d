"""What is planned when: meetings with their agenda, reviews that are due, and what is new on the screen."""

import calendar as months
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import func, select, text
from sqlalchemy.orm import joinedload

from ideaflow.clock import now, today
from ideaflow.db import db, fingerprint
from ideaflow.errors import NotFound
from ideaflow.gates.meeting.models import GateMeeting, MeetingItem
from ideaflow.gates.models import Condition, GateReview, Journey, Scorecard
from ideaflow.gates.policy import CLOCKS, State
from ideaflow.gates.review import seating
from ideaflow.proposals.models import Proposal
from ideaflow.users.models import User


@dataclass(frozen=True)
class Entry:
    """Something on a day: a meeting, a review or a condition that is due, a held proposal that wakes."""

    kind: str
    words: str
    day: date
    at: datetime | None = None
    meeting_id: int | None = None
    review_id: int | None = None
    proposal_id: int | None = None
    count: int = 0


@dataclass(frozen=True)
class Month:
    """The weeks of a month from Monday on, each day with its entries."""

    first: date
    weeks: list[list[tuple[date, list[Entry]]]]
    entries: list[Entry]

    @property
    def before(self) -> str:
        return (self.first - timedelta(days=1)).strftime("%Y-%m")

    @property
    def after(self) -> str:
        return (self.first + timedelta(days=32)).strftime("%Y-%m")


@dataclass(frozen=True)
class AgendaLine:
    """A proposal on the agenda: where it stands, and its open review with how far that is."""

    item: MeetingItem
    proposal: Proposal
    journey: Journey | None
    review: GateReview | None
    decided: GateReview | None
    in_hand: int = 0
    expected: int = 0
    begins_at: datetime | None = None

    @property
    def words(self) -> str:
        """Say where it stands, for the list of the agenda."""
        if self.review is not None:
            if self.review.is_signing:
                return "waits for signatures"
            return (
                "scores revealed" if self.review.is_revealed else f"{self.in_hand} of {self.expected} scored"
            )
        if self.decided is not None:
            return self.decided.verdict.words.lower() if self.decided.verdict else "cancelled"
        if self.journey is None:
            return "not started"
        if self.journey.where is State.GATE_READY:
            return f"ready for {self.journey.gate.name}"
        return self.journey.where.words.lower()


@dataclass(frozen=True)
class MeetingSheet:
    """A meeting with its agenda, and who keeps the gates on it."""

    meeting: GateMeeting
    lines: list[AgendaLine]
    guests: list[User] = field(default_factory=list)

    def line_of(self, item_id: int | None) -> AgendaLine | None:
        """Return the line asked for, else the first under review, else the first that is not decided."""
        chosen = next((line for line in self.lines if line.item.id == item_id), None)
        under_review = [line for line in self.lines if line.review is not None]
        undecided = [line for line in self.lines if line.decided is None]
        return chosen or next(iter(under_review or undecided or self.lines), None)


def month_of(word: str | None) -> Month:
    """Return a month of the calendar, in a constant number of statements.

    :param word: “2027-01”; this month when it is none.
    """
    first = _first_of(word)
    begin, end = first - timedelta(days=6), first + timedelta(days=37)
    entries = sorted(_entries(begin, end), key=_moment)
    by_day: dict[date, list[Entry]] = {}
    for entry in entries:
        by_day.setdefault(entry.day, []).append(entry)
    weeks = [
        [(day, by_day.get(day, [])) for day in week]
        for week in months.Calendar().monthdatescalendar(first.year, first.month)
    ]
    return Month(first, weeks, [entry for entry in entries if entry.day.month == first.month])


def meeting_sheet(meeting_id: int) -> MeetingSheet:
    """Return a meeting with its agenda, in a constant number of statements.

    :raises NotFound: there is none with this number.
    """
    query = select(GateMeeting).where(GateMeeting.id == meeting_id)
    meeting = db.session.scalar(query.options(joinedload(GateMeeting.called_by)))
    if meeting is None:
        raise NotFound("There is no such meeting.")
    items = db.session.scalars(
        select(MeetingItem)
        .where(MeetingItem.meeting_id == meeting_id)
        .options(joinedload(MeetingItem.proposal).joinedload(Proposal.owner))
        .order_by(MeetingItem.position, MeetingItem.id)
    ).all()
    lines = _lines(meeting, items)
    return MeetingSheet(meeting, lines, _guests(lines))


def coming(days: int) -> list[GateMeeting]:
    """Return the meetings of the next days, the nearest first."""
    query = select(GateMeeting).where(
        GateMeeting.state == "planned",
        GateMeeting.starts_at > now() - timedelta(hours=4),
        GateMeeting.starts_at < now() + timedelta(days=days),
    )
    return list(db.session.scalars(query.order_by(GateMeeting.starts_at)))


def candidates() -> list[Proposal]:
    """Return proposals that stand at a gate or are under review, for an agenda."""
    query = (
        select(Proposal)
        .join(Journey, Journey.proposal_id == Proposal.id)
        .where(Journey.state.in_((State.GATE_READY, State.IN_REVIEW, State.TALLIED, State.ON_HOLD)))
        .where(Proposal.withdrawn_at.is_(None), Proposal.closed_at.is_(None))
    )
    return list(db.session.scalars(query.order_by(Proposal.id)))


def stamp_of(meeting_id: int) -> str:
    """Return a word that changes with whatever the screen of a meeting shows, by one quick statement.

    :raises NotFound: there is no such meeting.
    """
    stamp = fingerprint(STAMP, meeting_id)
    if not stamp:
        raise NotFound("There is no such meeting.")
    return stamp


STAMP = text(
    "SELECT m.version, m.state, string_agg(concat_ws(':', i.proposal_id, j.version, j.state, r.id, r.version,"
    " r.revealed_at), ',' ORDER BY i.position, i.id)"
    " FROM gate_meetings m LEFT JOIN gate_meeting_items i ON i.meeting_id = m.id"
    " LEFT JOIN journeys j ON j.proposal_id = i.proposal_id"
    " LEFT JOIN gate_reviews r ON r.proposal_id = i.proposal_id AND r.state = 'open'"
    " WHERE m.id = :id GROUP BY m.id"
)


def _lines(meeting: GateMeeting, items: Sequence[MeetingItem]) -> list[AgendaLine]:
    ids = [item.proposal_id for item in items]
    ways = {
        one.proposal_id: one
        for one in db.session.scalars(select(Journey).where(Journey.proposal_id.in_(ids)))
    }
    reviews: dict[int, GateReview] = {}
    decided: dict[int, GateReview] = {}
    query = select(GateReview).where(GateReview.proposal_id.in_(ids)).order_by(GateReview.id)
    for review in db.session.scalars(query):
        if review.is_open:
            reviews[review.proposal_id] = review
        elif review.decided_at is not None and review.decided_at >= meeting.created_at:
            decided[review.proposal_id] = review
    cards = _cards([review.id for review in reviews.values()])
    at, lines = meeting.begins_there, []
    for item in items:
        now_open = reviews.get(item.proposal_id)
        in_hand, expected = cards.get(now_open.id, (0, 0)) if now_open else (0, 0)
        way = ways.get(item.proposal_id)
        done = None if now_open else decided.get(item.proposal_id)
        lines.append(AgendaLine(item, item.proposal, way, now_open, done, in_hand, expected, at))
        at += timedelta(minutes=item.minutes)
    return lines


def _cards(review_ids: Sequence[int]) -> Mapping[int, tuple[int, int]]:
    query = (
        select(Scorecard.review_id, func.count(Scorecard.submitted_at), func.count())
        .where(Scorecard.review_id.in_(review_ids), Scorecard.recused_at.is_(None))
        .group_by(Scorecard.review_id)
    )
    return {row[0]: (row[1], row[2]) for row in db.session.execute(query)}


def _guests(lines: Sequence[AgendaLine]) -> list[User]:
    """Return who sits at the gates on an agenda, each once, by name; an open review keeps its seats."""
    ways = [line.journey for line in lines if line.journey is not None and line.journey.where in CLOCKS]
    coming = seating.keepers_of([way for way in ways if not way.is_locked])
    seated = select(Scorecard).options(joinedload(Scorecard.gatekeeper))
    open_ones = [line.review.id for line in lines if line.review is not None]
    seated = seated.where(Scorecard.review_id.in_(open_ones), Scorecard.recused_at.is_(None))
    found = {user.id: user for keepers in coming.values() for user in keepers}
    found |= {card.gatekeeper_id: card.gatekeeper for card in db.session.scalars(seated)}
    return sorted(found.values(), key=lambda user: (user.name, user.id))


def _entries(begin: date, end: date) -> Iterable[Entry]:
    session = db.session
    first, last = (datetime.combine(day, time(), UTC) for day in (begin, end))
    counted = (
        select(GateMeeting, func.count(MeetingItem.id))
        .outerjoin(MeetingItem, MeetingItem.meeting_id == GateMeeting.id)
        .where(GateMeeting.starts_at >= first, GateMeeting.starts_at < last, GateMeeting.state == "planned")
        .group_by(GateMeeting.id)
    )
    for meeting, count in session.execute(counted):
        yield Entry(
            "meeting",
            meeting.title,
            meeting.begins_there.date(),
            meeting.begins_there,
            meeting.id,
            count=count,
        )
    due = select(GateReview).where(GateReview.state == "open", GateReview.due_on.between(begin, end))
    for review in session.scalars(due):
        yield Entry("review", f"{review.name} is due", review.due_on, review_id=review.id)
    open_ones = select(Condition).where(Condition.state == "open", Condition.due_on.between(begin, end))
    for one in session.scalars(open_ones):
        yield Entry("condition", f"Condition of P-{one.proposal_id}", one.due_on, proposal_id=one.proposal_id)
    held = select(Journey).where(Journey.state == State.ON_HOLD, Journey.revisit_on.between(begin, end))
    for way in session.scalars(held):
        if way.revisit_on is not None:
            yield Entry("hold", f"P-{way.proposal_id} wakes", way.revisit_on, proposal_id=way.proposal_id)
    planned = select(GateReview).where(
        GateReview.next_gate_on.between(begin, end), GateReview.state == "decided"
    )
    for review in session.scalars(planned):
        if review.next_gate_on is not None:
            words = f"Next gate of P-{review.proposal_id} planned"
            yield Entry("planned", words, review.next_gate_on, proposal_id=review.proposal_id)


def _moment(entry: Entry) -> tuple[date, datetime]:
    return entry.day, entry.at or datetime.max.replace(tzinfo=UTC)


def _first_of(word: str | None) -> date:
    try:
        return date.fromisoformat(f"{word}-01") if word else today().replace(day=1)
    except ValueError:
        return today().replace(day=1)
