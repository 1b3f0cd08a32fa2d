"""What the team does with a proposal between gates: start, deliver, declare ready, recall."""

from urllib.parse import urlsplit

from sqlalchemy import select
from sqlalchemy.orm import Session

from ideaflow import audit
from ideaflow.audit import Actor
from ideaflow.clock import now, today
from ideaflow.db import transaction
from ideaflow.errors import Conflict, Invalid, NotFound
from ideaflow.gates.models import Deliverable, Journey
from ideaflow.gates.moving import enter, journey_for_change, move
from ideaflow.gates.policy import DeliverableStatus, Event, State
from ideaflow.gates.process import routes
from ideaflow.gates.review import packing
from ideaflow.proposals.change import editable

LONGEST_NOTE = 2000


def start(proposal_id: int, *, by: Actor) -> Journey:
    """Send a proposal on its way: into the first stage of the process its routing rule says, which it keeps.

    Starting again changes nothing.

    :raises NotFound: there is no such proposal.
    :raises Conflict: it was withdrawn or closed.
    """
    with transaction() as session:
        proposal = editable(session, proposal_id)
        journey = session.get(Journey, proposal_id)
        if journey is not None:
            return journey
        choice = routes.choose_for(proposal.id)
        version = choice.version
        first, at = version.content.stages[0].key, now()
        journey = Journey(
            proposal_id=proposal.id, process_version=version, state=State.WORKING, stage_key=first,
            version=1, started_at=at, state_since=at, routed=choice.plain(),
        )  # fmt: skip
        session.add(journey)
        session.flush()
        enter(session, journey, first)
        audit.record(
            by,
            "gates.start",
            journey,
            after={"process": version.name, "stage": first, "routed": choice.plain()},
        )
    return journey


def set_deliverable(
    proposal_id: int, key: str, status: str, note: str = "", link: str = "", reason: str = "", *, by: Actor
) -> Deliverable:
    """Say how far a deliverable of the present stage is.

    :param link: where it lies, an http or https address.
    :param reason: why it is waived, or not needed here.
    :raises Invalid: the status is unknown, the reason missing, the link no address.
    :raises NotFound: the stage asks for no such deliverable.
    :raises Conflict: the proposal is under review or ended.
    """
    note, link, reason = note.strip(), link.strip(), reason.strip()
    with transaction() as session:
        editable(session, proposal_id)
        journey = journey_for_change(session, proposal_id)
        if journey.where not in (State.WORKING, State.GATE_READY):
            raise Conflict(
                f"P-{proposal_id} is “{journey.where.words.lower()}”; its deliverables rest until then."
            )
        _check_deliverable(journey, key, status, note, link, reason)
        row = session.scalar(
            select(Deliverable).where(Deliverable.proposal_id == proposal_id, Deliverable.key == key)
        )
        if row is None:
            row = Deliverable(proposal_id=proposal_id, key=key, status=DeliverableStatus.OPEN)
            session.add(row)
        before = {"key": key, "status": row.status}
        row.status, row.note, row.link, row.waived_reason = status, note, link, reason
        row.changed_by_id, row.changed_at = by.id, now()
        audit.record(
            by,
            "gates.set_deliverable",
            journey,
            before=before,
            after={"key": key, "status": status},
            reason=reason,
        )
        # A gate must not find open what was done when the proposal was handed to it.
        if (
            journey.where is State.GATE_READY
            and not journey.kill_review
            and packing.missing_deliverables(journey)
        ):
            move(session, journey, Event.RECALL)
    return row


def declare_ready(proposal_id: int, *, by: Actor) -> Journey:
    """Hand a proposal to its gate. Declaring it again changes nothing.

    :raises Invalid: a required deliverable is missing; names each.
    :raises Conflict: a condition is overdue, or the proposal is not in work.
    """
    with transaction() as session:
        editable(session, proposal_id)
        journey = journey_for_change(session, proposal_id)
        if journey.where is State.GATE_READY:
            return journey
        missing = packing.missing_deliverables(journey)
        if missing:
            raise Invalid(
                f"{journey.gate.name} needs what is not there yet: {', '.join(missing)}. "
                "Mark each as done, or waive it and say why; of what must be there, say how it is met.",
                [{"field": name, "reason": "still open"} for name in missing],
            )
        overdue = [one for one in packing.conditions_of(proposal_id) if one.is_overdue(today())]
        if overdue:
            raise Conflict(f"The condition “{overdue[0].text}” is overdue. Settle it before the next gate.")
        move(session, journey, Event.DECLARE_READY)
        audit.record(by, "gates.declare_ready", journey, after={"gate": journey.gate.key})
    return journey


def recall(proposal_id: int, reason: str, *, by: Actor) -> Journey:
    """Take a proposal back from its gate before the review opens.

    :raises Invalid: no reason is given.
    :raises Conflict: it is not waiting at a gate.
    """
    reason = needed(reason, "The proposal was not recalled.")
    with transaction() as session:
        journey = journey_for_change(session, proposal_id)
        if journey.kill_review:
            raise Conflict(
                f"{journey.gate.name} looks at whether P-{proposal_id} ends: {journey.kill_review} "
                "It cannot be taken back from that."
            )
        move(session, journey, Event.RECALL)
        audit.record(by, "gates.recall", journey, after={"state": journey.state}, reason=reason)
    return journey


def follow_withdrawal(proposal_id: int, by: Actor) -> None:
    """End the way of a proposal that is withdrawn; one that waits at its gate is recalled first.

    :raises Conflict: it is not in work or on hold.
    """
    _end(proposal_id, Event.WITHDRAW, by)


def follow_merge(source_id: int, target_id: int, by: Actor) -> None:
    """End the way of a proposal that lives on in another; one that waits at its gate is recalled first.

    :raises Conflict: it is neither in work nor on hold.
    """
    _end(source_id, Event.MERGE, by, into=f"P-{target_id}")


def follow_split(proposal_id: int, by: Actor) -> None:
    """Let a proposal be split while it is in work, or before it was started; its own way goes on.

    :raises Conflict: it waits at a gate, or is on hold.
    """
    with transaction() as session:
        if not _has_begun(session, proposal_id):
            return
        journey = journey_for_change(session, proposal_id)
        if journey.where is not State.WORKING:
            raise Conflict(
                f"P-{proposal_id} is “{journey.where.words.lower()}”; it is split while it is in work. "
                "Recall it from its gate, or take it off hold first."
            )


def needed(reason: str, what: str, field: str = "reason") -> str:
    """Return a reason without blanks around it.

    :raises Invalid: it is empty or too long.
    """
    reason = reason.strip()
    if not reason:
        raise Invalid(
            f"{what} Say why, in a sentence.", [{"field": field, "reason": "Say why, in a sentence."}]
        )
    if len(reason) > LONGEST_NOTE:
        words = f"At most {LONGEST_NOTE:,} characters; these are {len(reason):,}."
        raise Invalid(f"{what} {words}", [{"field": field, "reason": words}])
    return reason


def _has_begun(session: Session, proposal_id: int) -> bool:
    return session.scalar(select(Journey.proposal_id).where(Journey.proposal_id == proposal_id)) is not None


def _end(proposal_id: int, event: Event, by: Actor, **more: str) -> None:
    """End the way of a proposal, if it has begun; one that waits at its gate is recalled first."""
    with transaction() as session:
        if not _has_begun(session, proposal_id):
            return
        journey = journey_for_change(session, proposal_id)
        before = {"state": journey.state}
        if journey.where is State.GATE_READY:
            move(session, journey, Event.RECALL)
        move(session, journey, event)
        audit.record(by, "gates.end", journey, before=before, after={"state": journey.state, **more})


def _check_deliverable(journey: Journey, key: str, status: str, note: str, link: str, reason: str) -> None:
    rule = next((one for one in journey.stage.deliverables if one.key == key), None)
    if rule is None:
        raise NotFound(f"The stage {journey.stage.name} asks for no deliverable “{key}”.")
    problems: list[dict[str, object]] = []
    if status not in set(DeliverableStatus):
        problems.append({"field": "status", "reason": f"Choose one of: {', '.join(DeliverableStatus)}."})
    if status in (DeliverableStatus.WAIVED, DeliverableStatus.NA) and not reason:
        problems.append({"field": "reason", "reason": f"Say why {rule.name} is not needed."})
    if status == DeliverableStatus.WAIVED and not rule.can_be_waived:
        problems.append({"field": "status", "reason": f"{rule.name} cannot be waived."})
    if status == DeliverableStatus.NA and rule.is_required:
        problems.append({"field": "status", "reason": f"{rule.name} is required; waive it and say why."})
    if link and not _is_address(link):
        problems.append({"field": "link", "reason": "A link begins with http:// or https://."})
    for field, text in (("note", note), ("link", link), ("reason", reason)):
        if len(text) > LONGEST_NOTE:
            problems.append({"field": field, "reason": f"At most {LONGEST_NOTE:,} characters."})
    if problems:
        raise Invalid(
            f"{rule.name} was not changed. " + " ".join(str(one["reason"]) for one in problems), problems
        )


def _is_address(link: str) -> bool:
    parts = urlsplit(link)
    return parts.scheme in ("http", "https") and bool(parts.netloc) and link.isprintable() and " " not in link
