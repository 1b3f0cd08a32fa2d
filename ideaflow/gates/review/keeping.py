"""What the clock does at the gates: remind, carry out what conditions threatened, wake what was held.

Each step is one transaction and finds nothing left to do the second time, so that it may run as often as
one likes. Nothing is ever killed by the clock: it asks for a review that decides about that.
"""

from collections.abc import Callable, Iterable
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from ideaflow import audit, config, outbox
from ideaflow.audit import SYSTEM
from ideaflow.clock import now, today
from ideaflow.db import db, transaction
from ideaflow.gates.models import GateReview, Journey
from ideaflow.gates.moving import journey_for_change, move, review_for_change
from ideaflow.gates.policy import Consequence, Event, State
from ideaflow.gates.review import deciding, holds, packing
from ideaflow.gates.review.models import Condition, Scorecard
from ideaflow.proposals.models import Proposal
from ideaflow.proposals.numbers import numbers_of
from ideaflow.users.models import User

REMIND_DAYS = 3
GRACE_DAYS = 3
ANSWER_DAYS = 14
IN_WORK = (State.WORKING, State.GATE_READY)


def keep_time() -> int:
    """Do everything that is due; return how many things happened."""
    done = 0
    for ids, act in (
        (_conditions_due(), _keep_condition),
        (_holds(), _keep_hold),
        (_unsigned(), _keep_signatures),
        (_revealed(), _keep_seal),
    ):
        done += sum(_once(act, one) for one in ids)
    return done


def _once(act: Callable[[Session, int], bool], record_id: int) -> bool:
    with transaction() as session:
        return act(session, record_id)


def _conditions_due() -> list[int]:
    query = select(Condition.id).where(
        Condition.state == "open", Condition.due_on <= today() + timedelta(days=REMIND_DAYS)
    )
    return list(db.session.scalars(query.order_by(Condition.due_on, Condition.id)))


def _keep_condition(session: Session, condition_id: int) -> bool:
    """Remind before the day, tell everybody after it, and carry the consequence out some days later."""
    found = session.get_one(Condition, condition_id)
    journey = journey_for_change(session, found.proposal_id)
    condition = session.get_one(Condition, condition_id, with_for_update=True, populate_existing=True)
    if condition.state != "open" or journey.where not in (*IN_WORK, State.ON_HOLD):
        return False
    if not condition.is_overdue(today()):
        if condition.reminded_at is not None:
            return False
        condition.reminded_at = now()
        _tell(
            session, [condition.owner_id], journey,
            f"A condition of P-{journey.proposal_id} is due on {condition.due_on}",
            f"“{condition.text}” is due on {condition.due_on}. Lay down the proof that it is met; otherwise: "
            f"{Consequence(condition.consequence).words}.",
        )  # fmt: skip
        return True
    if condition.told_at is None:
        condition.told_at = now()
        last = condition.due_on + timedelta(days=GRACE_DAYS)
        _tell(
            session, _concerned(session, condition), journey,
            f"A condition of P-{journey.proposal_id} was due on {condition.due_on}",
            f"“{condition.text}” is not met. If no proof is in after {last}, this follows: "
            f"{Consequence(condition.consequence).words}.",
        )  # fmt: skip
        audit.record(SYSTEM, "gates.condition_overdue", condition, after={"due_on": condition.due_on})
        return True
    if today() <= condition.due_on + timedelta(days=GRACE_DAYS) or journey.where is State.ON_HOLD:
        return False
    _carry_out(session, condition, journey)
    return True


def _carry_out(session: Session, condition: Condition, journey: Journey) -> None:
    before = {"state": journey.state, "stage": journey.stage_key}
    condition.state, condition.lapsed_at = "lapsed", now()
    why = f"The condition “{condition.text}” was not met by {condition.due_on}."
    match Consequence(condition.consequence):
        case Consequence.HOLD:
            move(session, journey, Event.LAPSE_HOLD)
            journey.revisit_on = today() + timedelta(days=ANSWER_DAYS)
        case Consequence.RECYCLE:
            move(session, journey, Event.LAPSE_RECYCLE, stage_key=journey.stage_key)
            journey.changes = [condition.text]
        case Consequence.KILL_REVIEW:
            ask_for_kill_review(session, journey, why)
    after = {
        "state": journey.state, "consequence": condition.consequence, "condition": condition.id,
        "kill_review": journey.kill_review,
    }  # fmt: skip
    audit.record(SYSTEM, "gates.condition_lapsed", journey, before=before, after=after, reason=why)
    _tell(
        session, _concerned(session, condition), journey,
        f"P-{journey.proposal_id}: {Consequence(condition.consequence).words}",
        f"{why} So it is “{journey.where.words.lower()}” now.",
    )  # fmt: skip


def ask_for_kill_review(session: Session, journey: Journey, why: str) -> None:
    """Bring a proposal before its gate, which decides whether it ends."""
    if journey.where is not State.GATE_READY:
        move(session, journey, Event.KILL_REVIEW)
    holds.forget(journey)
    journey.kill_review = why


def _holds() -> list[int]:
    query = select(Journey.proposal_id).where(Journey.state == State.ON_HOLD)
    return list(db.session.scalars(query.order_by(Journey.proposal_id)))


def _keep_hold(session: Session, proposal_id: int) -> bool:
    """Wake a held proposal whose day or rule has come; one that nobody answers goes before its gate."""
    journey = journey_for_change(session, proposal_id)
    if journey.where is not State.ON_HOLD:
        return False
    if journey.woken_at is None:
        return _wake(session, journey)
    if now() - journey.woken_at < timedelta(days=ANSWER_DAYS):
        return False
    before = {"expiries": journey.hold_expiries, "state": journey.state}
    journey.hold_expiries += 1
    if journey.hold_expiries >= holds.MOST_EXPIRIES:
        ask_for_kill_review(session, journey, "It was held, and nobody took it up when its day came, twice.")
    else:
        journey.revisit_on, journey.woken_at = today() + timedelta(days=ANSWER_DAYS), None
        journey.woken_by = ""
    after = {"expiries": journey.hold_expiries, "state": journey.state, "revisit_on": journey.revisit_on}
    audit.record(SYSTEM, "gates.hold_expired", journey, before=before, after=after)
    return True


def _wake(session: Session, journey: Journey) -> bool:
    numbers = numbers_of(journey.proposal_id).snapshot() if journey.wake_rule else {}
    why = holds.wakes(journey.wake_rule, journey.revisit_on, numbers, today())
    if not why:
        return False
    journey.woken_at, journey.woken_by = now(), why
    audit.record(SYSTEM, "gates.wake", journey, after={"because": why})
    last = session.scalar(
        select(GateReview.id)
        .where(GateReview.proposal_id == journey.proposal_id, GateReview.state == "decided")
        .order_by(GateReview.id.desc())
        .limit(1)
    )
    owner_id = session.get_one(Proposal, journey.proposal_id).owner_id
    _tell(
        session, [owner_id, *_keepers(session, last)], journey,
        f"P-{journey.proposal_id} wakes: {why}",
        f"It was on hold, and {why}. A gatekeeper takes it up again or lets it rest until another day; after "
        f"{ANSWER_DAYS} days without an answer it counts as put off.",
    )  # fmt: skip
    return True


def _unsigned() -> list[int]:
    query = select(GateReview.id).where(GateReview.state == "open", GateReview.drafted_at.is_not(None))
    return list(db.session.scalars(query.order_by(GateReview.id)))


def _keep_signatures(session: Session, review_id: int) -> bool:
    review, journey = review_for_change(session, review_id)
    if review.drafted_at is None or now() - review.drafted_at < timedelta(days=review.gate.signature_days):
        return False
    deciding.expire(session, review, journey, f"Not signed by all within {review.gate.signature_days} days.")
    _tell(
        session, _keepers(session, review.id), journey, f"{review.name}: the decision was not signed in time",
        f"It did not find its signatures within {review.gate.signature_days} days. Please score again.",
    )  # fmt: skip
    return True


def _revealed() -> list[int]:
    query = select(GateReview.id).where(GateReview.state == "open", GateReview.revealed_at.is_not(None))
    return list(db.session.scalars(query.order_by(GateReview.id)))


def _keep_seal(session: Session, review_id: int) -> bool:
    """Hide scores that were given on a pack that is not what was frozen; then only cancelling is left."""
    review, journey = review_for_change(session, review_id)
    if not review.is_revealed or packing.is_whole(review):
        return False
    deciding.expire(session, review, journey, "The pack is not what was frozen: its hash no longer fits.")
    _tell(
        session, _keepers(session, review.id), journey, f"{review.name}: its pack is not what was frozen",
        "Its hash no longer fits, so nothing can be scored or decided on it. Cancel this review and open a "
        "new one, and ask your administrator who wrote to the database.",
    )  # fmt: skip
    return True


def _concerned(session: Session, condition: Condition) -> list[int]:
    owner_id = session.get_one(Proposal, condition.proposal_id).owner_id
    return [condition.owner_id, owner_id, *_keepers(session, condition.review_id)]


def _keepers(session: Session, review_id: int | None) -> list[int]:
    query = select(Scorecard.gatekeeper_id).where(Scorecard.review_id == review_id)
    return list(session.scalars(query.where(Scorecard.recused_at.is_(None)).order_by(Scorecard.id)))


def _tell(session: Session, user_ids: Iterable[int], journey: Journey, subject: str, words: str) -> None:
    """Mail each of them once, in the same transaction."""
    title = session.get_one(Proposal, journey.proposal_id).title
    address = f"{config.read().address}/proposals/{journey.proposal_id}"
    for user in session.scalars(select(User).where(User.id.in_(set(user_ids)), User.left_at.is_(None))):
        text = f"Hello {user.first_name},\n\n{title} (P-{journey.proposal_id})\n\n{words}\n\n{address}\n"
        outbox.post(user.email, subject, text)
