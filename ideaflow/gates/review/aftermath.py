"""What follows from a signed decision: the move, the conditions it puts, who tells the customers."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ideaflow import audit
from ideaflow.accounts.models import Account, Contact
from ideaflow.audit import Actor
from ideaflow.clock import now
from ideaflow.db import db, transaction
from ideaflow.errors import Conflict, Forbidden, NotFound
from ideaflow.feedback.models import FeedbackItem, Statement
from ideaflow.gates.models import GateReview, Journey
from ideaflow.gates.moving import move
from ideaflow.gates.policy import Decision, Event, State
from ideaflow.gates.review.models import Condition, Notice
from ideaflow.gates.review.verdicts import Verdict
from ideaflow.proposals import service as proposals
from ideaflow.proposals.numbers import theme_ids_of
from ideaflow.themes.models import ThemeMembership

MOST_CONTACTS = 2000


def follow(
    session: Session, review: GateReview, journey: Journey, decision: Decision, verdict: Verdict, by: Actor
) -> None:
    """Carry a signed decision out: move the proposal, write down what it asks for, free or close it."""
    for one in verdict.conditions if decision is Decision.CONDITIONAL_GO else ():
        session.add(
            Condition(
                review_id=review.id, proposal_id=review.proposal_id, text=one.text.strip(),
                owner_id=one.owner_id, due_on=one.due_on, consequence=one.consequence, state="open",
            )
        )  # fmt: skip
    if decision is Decision.KILL and verdict.notice is not None:
        plan = verdict.notice
        session.add(
            Notice(
                review_id=review.id, proposal_id=review.proposal_id, teller_id=plan.teller_id,
                due_on=plan.due_on, words=plan.words.strip(), contacts=contacts_of(review.proposal_id),
            )
        )  # fmt: skip
    gate = review.gate
    before = {"state": journey.state, "stage": journey.stage_key}
    goes_to = (
        gate.before if decision.is_go else verdict.target_stage if decision is Decision.RECYCLE else None
    )
    goal = move(session, journey, Event(decision.value), stage_key=goes_to)
    journey.revisit_on, journey.wake_rule = review.revisit_on, dict(review.wake_rule)
    journey.woken_at, journey.woken_by, journey.kill_review = None, "", ""
    journey.hold_expiries = 0
    journey.changes = list(review.changes)
    after = {
        "state": journey.state, "stage": journey.stage_key, "decision": decision.value, "score": review.score,
        "pack": review.pack_hash, "record": review.record_hash, "override": review.is_override,
    }  # fmt: skip
    audit.record(by, "gates.decide", review, before=before, after=after, reason=review.reason)
    told = f"{gate.name}: {decision.words.lower()}"
    if goal in (State.KILLED, State.LAUNCHED):
        proposals.close(review.proposal_id, told, by=by)
    else:
        proposals.unlock(review.proposal_id, told, by=by)


def contacts_of(proposal_id: int) -> list[dict[str, Any]]:
    """Return who said what a proposal rests on, by account and name; each once."""
    query = (
        select(Contact.id, Contact.name, Account.name)
        .select_from(ThemeMembership)
        .join(Statement, Statement.id == ThemeMembership.statement_id)
        .join(FeedbackItem, FeedbackItem.id == Statement.item_id)
        .join(Contact, Contact.id == FeedbackItem.contact_id)
        .outerjoin(Account, Account.id == Contact.account_id)
        .where(ThemeMembership.theme_id.in_(theme_ids_of(proposal_id)), FeedbackItem.counts)
        .distinct()
        .order_by(Account.name, Contact.name, Contact.id)
        .limit(MOST_CONTACTS)
    )
    return [
        {"contact_id": row[0], "name": row[1], "account": row[2] or ""} for row in db.session.execute(query)
    ]


def told(notice_id: int, *, by: Actor) -> Notice:
    """Say that the customers behind a stopped proposal have been told.

    :raises Forbidden: somebody else is to tell them.
    :raises Conflict: they have been told already.
    """
    with transaction() as session:
        notice = session.get(Notice, notice_id, with_for_update=True, populate_existing=True)
        if notice is None:
            raise NotFound(f"There is no notice {notice_id}.")
        if by.id != notice.teller_id:
            raise Forbidden("Somebody else tells these customers; ask them to say when it is done.")
        if notice.done_at is not None:
            raise Conflict("These customers have been told already.")
        notice.done_at, notice.done_by_id = now(), by.id
        audit.record(by, "gates.tell_customers", notice, after={"told": len(notice.contacts)})
    return notice
