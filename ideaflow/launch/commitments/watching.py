"""What the clock does with commitments: forecast, note what turned, warn those who can still do something.

Each commitment is one transaction and finds nothing left to do the second time, so that a job that was
killed goes on where it stopped. The clock settles nothing: whether a promise was kept, a person says.
"""

from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from ideaflow import audit, wording
from ideaflow.audit import SYSTEM
from ideaflow.clock import now, today
from ideaflow.db import db, transaction
from ideaflow.launch.commitments import forecasts, states, telling
from ideaflow.launch.commitments.forecasting import Delivery
from ideaflow.launch.commitments.models import Commitment, CommitmentForecast
from ideaflow.launch.commitments.states import LIVE, Event, State

AT_ONCE = 200
"""So many commitments are forecast with the same look at the past."""


def watch() -> int:
    """Look at every live commitment; return how many had news."""
    ids = list(
        db.session.scalars(select(Commitment.id).where(Commitment.state.in_(LIVE)).order_by(Commitment.id))
    )
    return sum(_watch_some(ids[begin : begin + AT_ONCE]) for begin in range(0, len(ids), AT_ONCE))


def look(session: Session, commitment: Commitment) -> bool:
    """Look at one, its row locked, inside the transaction that made or changed it."""
    return _look(session, commitment, forecasts.of_commitments([commitment], today()))


def _watch_some(ids: list[int]) -> int:
    known = forecasts.of_commitments(
        db.session.scalars(select(Commitment).where(Commitment.id.in_(ids))).all(), today()
    )
    return sum(_watch_one(commitment_id, known) for commitment_id in ids)


def _watch_one(commitment_id: int, known: Mapping[int, Delivery]) -> bool:
    with transaction() as session:
        commitment = session.get_one(
            Commitment, commitment_id, with_for_update={"of": Commitment}, populate_existing=True
        )
        return _look(session, commitment, known) if commitment.stands.is_live else False


def _look(session: Session, commitment: Commitment, known: Mapping[int, Delivery]) -> bool:
    delivery = known.get(commitment.id)
    had_news = keep_forecast(session, commitment, delivery) if delivery is not None else False
    if commitment.due_on < today():  # From here on the day itself is the news.
        return _warn_of_its_day(commitment) or had_news
    event = None
    if delivery is not None:
        event = states.of_forecast(commitment.stands, delivery.is_later_than(commitment.due_on))
    if event is None or delivery is None:
        return had_news
    _turn(session, commitment, event, delivery)
    return True


def keep_forecast(session: Session, commitment: Commitment, delivery: Delivery) -> bool:
    """Keep a forecast with the day it was made, if it says anything new; return whether it did."""
    query = select(CommitmentForecast).where(CommitmentForecast.commitment_id == commitment.id)
    last = session.scalar(query.order_by(CommitmentForecast.made_on.desc()).limit(1))
    if last is not None and last.says(delivery.p50_on, delivery.p85_on, delivery.ground.value):
        return False
    kept = last
    if kept is None or kept.made_on != today():
        kept = CommitmentForecast(commitment_id=commitment.id, made_on=today())
        session.add(kept)
    kept.p50_on, kept.p85_on, kept.ground = delivery.p50_on, delivery.p85_on, delivery.ground.value
    kept.words, kept.stay_count, kept.seed = delivery.words, delivery.count, delivery.seed
    session.flush()
    return True


def _turn(session: Session, commitment: Commitment, event: Event, delivery: Delivery) -> None:
    """Note that a forecast moved it, and warn before the customer is touched."""
    before = commitment.state
    goal = states.goal_of(commitment.stands, event) or commitment.stands
    commitment.state, commitment.state_since = goal.value, now()
    commitment.reason = f"The forecast says {telling.span(delivery)}. {delivery.words}"
    commitment.version += 1
    session.flush()
    audit.record(
        SYSTEM, f"commitments.{event.value}", commitment, before={"state": before},
        after={"state": commitment.state}, reason=commitment.reason,
    )  # fmt: skip
    due = wording.day(commitment.due_on, today())
    if goal is State.AT_RISK:
        subject = f"At risk: {telling.account_of(commitment)}, promised for {due}"
        words = (
            f"This is likely to come later than promised: {telling.span(delivery)}. {delivery.words}\n\n"
            "The customer knows nothing of it yet. Talk with whoever delivers it, then with the customer: "
            "the page has a draft for you to read and send."
        )
    else:
        subject = f"In time again: {telling.account_of(commitment)}, promised for {due}"
        words = f"The forecast is in time again: {telling.span(delivery)}. {delivery.words}"
    telling.warn(
        commitment, goal.value, f"version {commitment.version}", telling.concerned(commitment), subject, words
    )


def _warn_of_its_day(commitment: Commitment) -> bool:
    """Warn once that the day is over, and once those above when nobody has answered for a week."""
    alarm = states.alarm_of(commitment.stands, commitment.due_on, today())
    if alarm is None:
        return False
    people = telling.concerned(commitment)
    days = wording.plural(alarm.days, "day")
    ask = "Say what became of it: met, broken, or released by the customer. ideaflow decides none of it."
    if alarm.kind == "escalated":
        people |= telling.above(commitment)
        subject = f"Nobody answers for a promise to {telling.account_of(commitment)}, {days} overdue"
        words = f"Its day was over {days} ago, and nobody has said whether it was kept. {ask}"
    else:
        subject = f"Overdue: what we promised {telling.account_of(commitment)}"
        words = f"Its day was over {days} ago. {ask} After {states.GRACE_DAYS} days those above hear of it."
    return bool(telling.warn(commitment, alarm.kind, commitment.due_on.isoformat(), people, subject, words))
