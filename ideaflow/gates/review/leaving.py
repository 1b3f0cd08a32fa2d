"""Gate seats of somebody who leaves: theirs, those they are deputy for, and their part in open reviews."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, Executable, func, or_, select
from sqlalchemy.orm import joinedload

from ideaflow import audit
from ideaflow.audit import Actor
from ideaflow.clock import now, today
from ideaflow.db import db, transaction
from ideaflow.errors import Conflict
from ideaflow.gates.models import GateReview, Scorecard
from ideaflow.gates.moving import review_for_change
from ideaflow.gates.process import publishing
from ideaflow.gates.process.definition import Gate
from ideaflow.gates.process.versions import Gatekeeper, Process
from ideaflow.gates.review import tally
from ideaflow.gates.review.reviewing import reveal_when_complete
from ideaflow.gates.review.rows import progress_of
from ideaflow.gates.review.weighing import cards_of
from ideaflow.proposals.models import Proposal
from ideaflow.users.leaving import Held, Kind
from ideaflow.users.models import User
from ideaflow.users.policy import Right
from ideaflow.wording import plural

Key = tuple[int, str]
WAITING = (Scorecard.submitted_at.is_(None), Scorecard.recused_at.is_(None))


def kinds() -> list[Kind]:
    """Return what of seats and reviews is in somebody's hands."""
    return [
        Kind("reviews", "Scorecards that open reviews wait for", ("scorecards.gatekeeper_id",),
             Right.DECIDE, _cards, _take_card),
        Kind("seats", "Gate seats", ("gatekeepers.user_id",), Right.DECIDE, _seats, _take_seat, _near),
        Kind("deputies", "Seats they are deputy for", ("gatekeepers.deputy_id", "scorecards.deputy_id"),
             Right.DECIDE, _deputed, _take_deputy),
    ]  # fmt: skip


def step_back(proposal_id: int, owner: User, by: Actor) -> str:
    """Let a new owner out of the open review of what is theirs now: nobody decides about their own."""
    review_id = db.session.scalar(
        select(GateReview.id).where(GateReview.proposal_id == proposal_id, GateReview.state == "open")
    )
    if review_id is None:
        return ""
    with transaction() as session:
        review, journey = review_for_change(session, review_id)
        card = next((one for one in cards_of(review) if one.gatekeeper_id == owner.id), None)
        if card is None or card.recused_at is not None:
            return ""
        if review.is_revealed:
            raise Conflict(
                f"{owner.name} has scored {review.name}, and scores are revealed. Let somebody else own it, "
                "or wait for the decision."
            )
        recuse_card(review, card, "owns the proposal now", by)
        reveal_when_complete(session, review, journey, by)
        return f"{owner.name} steps back from {review.name}; {_quorum(review)}."


def recuse_card(review: GateReview, card: Scorecard, reason: str, by: Actor) -> None:
    """Take a scorecard out of a review, for a reason everybody reads; its deputy may take the seat."""
    card.points, card.answers, card.notes, card.vote, card.submitted_at = {}, {}, {}, None, None
    card.recused_at, card.recused_reason = now(), reason
    review.version += 1
    audit.record(by, "gates.recuse", review, after={"recused": card.gatekeeper.name}, reason=reason)


def _cards(user: User) -> list[Held]:
    query = (
        select(Scorecard, GateReview, Proposal)
        .join(GateReview, GateReview.id == Scorecard.review_id)
        .join(Proposal, Proposal.id == GateReview.proposal_id)
        .where(Scorecard.gatekeeper_id == user.id, GateReview.state == "open", *WAITING)
        .order_by(GateReview.due_on, Scorecard.id)
    )
    return [
        Held(card.id, f"{review.name}: {proposal.title}", f"/gates/reviews/{review.id}",
             f"scores by {review.due_on:%-d %b}", proposal.arena or "")
        for card, review, proposal in db.session.execute(query)
    ]  # fmt: skip


def _take_card(card_id: int, leaver: User, to: User, by: Actor) -> str:
    """Seat the successor at an open review; who may not sit there lets the quorum be counted anew."""
    with transaction() as session:
        review, journey = review_for_change(session, session.get_one(Scorecard, card_id).review_id)
        cards = {card.gatekeeper_id: card for card in cards_of(review)}
        card = cards.get(leaver.id)
        if card is None or not card.waits:
            return ""
        owner_id = session.get_one(Proposal, review.proposal_id).owner_id
        if to.id in cards or to.id == owner_id or review.is_revealed:
            why = (
                "scores are revealed" if review.is_revealed
                else f"{to.name} owns the proposal" if to.id == owner_id else f"{to.name} sits there already"
            )  # fmt: skip
            recuse_card(review, card, f"has left; {why}", by)
            reveal_when_complete(session, review, journey, by)
            return f"{review.name} goes on without this seat ({why}); {_quorum(review)}."
        card.gatekeeper_id, card.for_id, card.for_reason = to.id, leaver.id, "has left"
        card.points, card.answers, card.notes, card.vote = {}, {}, {}, None
        card.deputy_id = None if card.deputy_id == to.id else card.deputy_id
        review.version += 1
        session.flush()
        after = {"seat": to.name, "on_behalf_of": leaver.name}
        audit.record(by, "gates.hand_over_scorecard", review, before={"seat": leaver.name}, after=after)
        return f"{to.name} scores {review.name} in the place of {leaver.name}; {_quorum(review)}."


def _quorum(review: GateReview) -> str:
    """Say what the quorum of an open review is now."""
    db.session.flush()
    at = progress_of(review, cards_of(review))
    words = f"{at.in_hand} of {plural(at.expected, 'scorecard')} in, {at.needed} needed"
    return words if at.expected >= at.needed else f"{words}: too few are left, so cancel it and seat somebody"


def _seats(user: User) -> list[Held]:
    query = select(Gatekeeper, Process).join(Process, Process.id == Gatekeeper.process_id)
    query = query.where(Gatekeeper.user_id == user.id, _to_come()).order_by(Gatekeeper.id)
    gates = _gates()
    return [_held(seat, process, gates) for seat, process in db.session.execute(query)]


def _near() -> Executable:
    area = func.coalesce(func.nullif(Gatekeeper.arena, ""), Gatekeeper.region)
    query = select(area, Gatekeeper.user_id, func.count()).where(_to_come())
    return query.group_by(Gatekeeper.arena, Gatekeeper.region, Gatekeeper.user_id)


def _take_seat(seat_id: int, leaver: User, to: User, by: Actor) -> str:
    """Give a seat to somebody else; who has it already keeps one, and leads if it led."""
    with transaction() as session:
        seat = session.get_one(Gatekeeper, seat_id, with_for_update=True, populate_existing=True)
        if seat.user_id != leaver.id:
            return ""
        process = session.get_one(Process, seat.process_id)
        own = session.scalar(
            select(Gatekeeper).where(
                Gatekeeper.process_id == seat.process_id, Gatekeeper.gate_key == seat.gate_key,
                Gatekeeper.arena == seat.arena, Gatekeeper.region == seat.region, Gatekeeper.user_id == to.id,
            )
        )  # fmt: skip
        before = {"gate": seat.gate_key, "user": leaver.name}
        if own is None:
            seat.user_id = to.id
            seat.deputy_id = None if seat.deputy_id == to.id else seat.deputy_id
            audit.record(by, "gates.hand_over_seat", process, before=before,
                         after={"gate": seat.gate_key, "user": to.name})  # fmt: skip
            return ""
        own.is_chair, own.role = own.is_chair or seat.is_chair, own.role or seat.role
        session.delete(seat)
        audit.record(by, "gates.end_seat", process, before=before, after={"gate": seat.gate_key})
        return f"{to.name} sits at {_gate_name(seat, _gates())} already, so one seat ends; {_left(seat)}."


def _left(seat: Gatekeeper) -> str:
    """Say how many seats a gate keeps, and how many scorecards it needs of them."""
    db.session.flush()
    count = db.session.scalar(
        select(func.count(func.distinct(Gatekeeper.user_id))).where(
            Gatekeeper.process_id == seat.process_id, Gatekeeper.gate_key == seat.gate_key, _to_come()
        )
    )
    gate = _gates().get((seat.process_id, seat.gate_key))
    needed = tally.quorum_needed(gate.quorum, int(count or 0)) if gate else 1
    return f"{plural(int(count or 0), 'person', 'people')} sit there, {needed} must score"


def _deputed(user: User) -> list[Held]:
    query = (
        select(Gatekeeper, Process)
        .join(Process, Process.id == Gatekeeper.process_id)
        .where(Gatekeeper.deputy_id == user.id, _to_come())
        .options(joinedload(Gatekeeper.user))
        .order_by(Gatekeeper.id)
    )
    gates = _gates()
    return [
        _held(seat, process, gates, f"for {seat.user.name}") for seat, process in db.session.execute(query)
    ] + [
        Held(-card.id, f"{review.name}, for {card.gatekeeper.name}", f"/gates/reviews/{review.id}")
        for card, review in db.session.execute(
            select(Scorecard, GateReview)
            .join(GateReview, GateReview.id == Scorecard.review_id)
            .where(Scorecard.deputy_id == user.id, GateReview.state == "open")
            .options(joinedload(Scorecard.gatekeeper))
            .order_by(Scorecard.id)
        )
    ]  # fmt: skip


def _take_deputy(number: int, leaver: User, to: User, by: Actor) -> str:
    """Name another deputy: of a seat, or of a scorecard (its number below 0); never who sits there."""
    with transaction() as session:
        table: Any = Scorecard if number < 0 else Gatekeeper
        held = session.get_one(table, abs(number), with_for_update=True, populate_existing=True)
        if held.deputy_id != leaver.id:
            return ""
        holder_id = held.gatekeeper_id if number < 0 else held.user_id
        held.deputy_id = None if holder_id == to.id else to.id
        about: Any = GateReview if number < 0 else Process
        subject = session.get_one(about, held.review_id if number < 0 else held.process_id)
        after = {"deputy": to.name if held.deputy_id else None}
        audit.record(by, "gates.hand_over_deputy", subject, before={"deputy": leaver.name}, after=after)
        return "" if held.deputy_id else f"A seat of {to.name} has no deputy any more; name one on Seats."


def _held(seat: Gatekeeper, process: Process, gates: Mapping[Key, Gate], note: str = "") -> Held:
    scope = seat.arena or seat.region
    words = [note] if note else []
    words += ["chair"] if seat.is_chair else []
    words += [scope] if scope else []
    return Held(
        seat.id, f"{_gate_name(seat, gates)} of {process.name}", f"/gates/seats#{seat.gate_key}",
        ", ".join(words), scope,
    )  # fmt: skip


def _gates() -> dict[Key, Gate]:
    return {
        (version.process_id, gate.key): gate
        for version in publishing.newest(with_retired=True)
        for gate in version.content.gates
    }


def _gate_name(seat: Gatekeeper, gates: Mapping[Key, Gate]) -> str:
    gate = gates.get((seat.process_id, seat.gate_key))
    return gate.name if gate else f"gate {seat.gate_key}"


def _to_come() -> ColumnElement[bool]:
    return or_(Gatekeeper.until_on.is_(None), Gatekeeper.until_on >= today())
