"""Calling a gate meeting, changing it, and what is on its agenda in which order."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ideaflow import audit, config
from ideaflow.audit import Actor
from ideaflow.clock import now
from ideaflow.db import transaction
from ideaflow.errors import Conflict, Invalid, NotFound
from ideaflow.gates.meeting.hours import is_zone
from ideaflow.gates.meeting.models import GateMeeting, MeetingItem
from ideaflow.proposals.models import Proposal

MOST_ITEMS = 20
ITEM_MINUTES = 20


@dataclass(frozen=True)
class Plan:
    """When and where: ``starts_at`` a moment, ``place`` a room or the address of a call.

    ``zone``: by whose clock it is called and shown; empty, the company's.
    """

    title: str
    starts_at: datetime | None
    minutes: int = 60
    place: str = ""
    zone: str = ""


def call_meeting(plan: Plan, proposal_ids: Sequence[int] = (), *, by: Actor) -> GateMeeting:
    """Call gatekeepers together, over these proposals in this order.

    :raises Invalid: title, day, hour or length make no sense, or there are too many proposals.
    :raises NotFound: there is no such proposal.
    """
    _check(plan, is_new=True)
    with transaction() as session:
        meeting = GateMeeting(called_by_id=by.id, changed_at=now(), state="planned", **_values(plan))
        session.add(meeting)
        session.flush()
        audit.record(by, "gates.call_meeting", meeting, after=_values(plan))
        for proposal_id in dict.fromkeys(proposal_ids):
            _add(session, meeting, proposal_id)
    return meeting


def change_meeting(meeting_id: int, plan: Plan, seen: int, *, by: Actor) -> GateMeeting:
    """Move a meeting, or call it something else.

    :param seen: the version one changed.
    :raises Conflict: somebody else changed it meanwhile, or it is cancelled.
    """
    _check(plan, is_new=False)
    with transaction() as session:
        meeting = _for_change(session, meeting_id, seen)
        before = {key: getattr(meeting, key) for key in _values(plan)}
        for key, value in _values(plan).items():
            setattr(meeting, key, value)
        audit.record(by, "gates.change_meeting", meeting, before=before, after=_values(plan))
    return meeting


def cancel_meeting(meeting_id: int, seen: int, *, by: Actor) -> GateMeeting:
    """Call a meeting off; what was on its agenda is free for another one.

    :raises Conflict: somebody else changed it meanwhile, or it is cancelled already.
    """
    with transaction() as session:
        meeting = _for_change(session, meeting_id, seen)
        meeting.state = "cancelled"
        before, after = {"state": "planned"}, {"state": "cancelled"}
        audit.record(by, "gates.cancel_meeting", meeting, before=before, after=after)
    return meeting


def add_item(meeting_id: int, proposal_id: int, seen: int, *, by: Actor) -> MeetingItem:
    """Put a proposal at the end of an agenda.

    :raises Conflict: it is on it already, or the meeting changed meanwhile.
    """
    with transaction() as session:
        meeting = _for_change(session, meeting_id, seen)
        item = _add(session, meeting, proposal_id)
        audit.record(by, "gates.add_to_agenda", meeting, after={"proposal": proposal_id})
    return item


def change_item(item_id: int, step: int, seen: int, *, by: Actor) -> MeetingItem:
    """Move a proposal up (−1) or down (1) on an agenda, or take it off (0).

    :raises NotFound: it is not on the agenda any more.
    :raises Conflict: the meeting changed meanwhile.
    """
    with transaction() as session:
        meeting_id = session.scalar(select(MeetingItem.meeting_id).where(MeetingItem.id == item_id))
        if meeting_id is None:
            raise NotFound("This proposal is not on the agenda any more.")
        meeting = _for_change(session, meeting_id, seen)
        query = select(MeetingItem).where(MeetingItem.meeting_id == meeting_id)
        items = list(session.scalars(query.order_by(MeetingItem.position, MeetingItem.id)))
        item = next(one for one in items if one.id == item_id)
        before = [one.proposal_id for one in items]
        at = items.index(item)
        items.remove(item)
        if step:
            items.insert(max(0, at + (1 if step > 0 else -1)), item)
        else:
            session.delete(item)
        for number, one in enumerate(items, 1):
            one.position = number
        after = {"agenda": [one.proposal_id for one in items]}
        audit.record(by, "gates.change_agenda", meeting, before={"agenda": before}, after=after)
    return item


def _for_change(session: Session, meeting_id: int, seen: int) -> GateMeeting:
    meeting = session.get(GateMeeting, meeting_id, with_for_update=True, populate_existing=True)
    if meeting is None:
        raise NotFound("There is no such meeting.")
    if not meeting.is_planned:
        raise Conflict(f"{meeting.title} was cancelled. Call another meeting.")
    if meeting.version != seen:
        raise Conflict(
            f"You changed version {seen} of this meeting, it is version {meeting.version} by now. "
            "Look at the agenda again; nothing was changed."
        )
    meeting.version += 1
    meeting.changed_at = now()
    return meeting


def _add(session: Session, meeting: GateMeeting, proposal_id: int) -> MeetingItem:
    proposal = session.get(Proposal, proposal_id)
    if proposal is None or not proposal.is_live:
        raise NotFound(f"There is no proposal P-{proposal_id} to decide about.")
    query = select(func.count(), func.coalesce(func.max(MeetingItem.position), 0))
    count, last = session.execute(query.where(MeetingItem.meeting_id == meeting.id)).one()
    same = select(MeetingItem.id).where(
        MeetingItem.meeting_id == meeting.id, MeetingItem.proposal_id == proposal_id
    )
    if session.scalar(same) is not None:
        raise Conflict(f"P-{proposal_id} is on this agenda already.")
    if count >= MOST_ITEMS:
        _refuse("proposal", f"At most {MOST_ITEMS} proposals fit one meeting; call another one.")
    item = MeetingItem(
        meeting_id=meeting.id, proposal_id=proposal_id, position=last + 1, minutes=ITEM_MINUTES
    )
    session.add(item)
    session.flush()
    return item


def _values(plan: Plan) -> dict[str, Any]:
    return {
        "title": plan.title.strip(), "starts_at": plan.starts_at, "minutes": plan.minutes,
        "place": plan.place.strip(), "zone": plan.zone or config.read().time_zone,
    }  # fmt: skip


def _check(plan: Plan, *, is_new: bool) -> None:
    if not plan.title.strip() or len(plan.title) > 200:
        _refuse("title", "Give the meeting a name of at most 200 characters.")
    if plan.starts_at is None or (is_new and plan.starts_at < now() - timedelta(days=1)):
        _refuse("starts_at", "Name a day and an hour from today on that the clocks there show.")
    zone = plan.zone or config.read().time_zone
    if not is_zone(zone):
        _refuse("zone", f"“{zone[:60]}” is no time zone; choose one such as Europe/Berlin, or UTC.")
    if not 15 <= plan.minutes <= 600:
        _refuse("minutes", "A meeting takes 15 to 600 minutes.")
    if len(plan.place) > 300:
        _refuse("place", "At most 300 characters for the place.")


def _refuse(field: str, reason: str) -> None:
    raise Invalid(f"The meeting is as it was. {reason}", [{"field": field, "reason": reason}])
