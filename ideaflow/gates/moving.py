"""How a proposal moves: the one function that changes a state, with its clocks and its stage runs."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ideaflow.clock import now
from ideaflow.errors import Conflict, NotFound
from ideaflow.gates.models import GateReview, Journey, StageRun
from ideaflow.gates.policy import CLOCKS, ENDED, Event, State, allowed, goal_of
from ideaflow.gates.process.versions import ProcessVersion
from ideaflow.proposals.change import get_for_change


def journey_for_change(session: Session, proposal_id: int) -> Journey:
    """Return a proposal's way; proposal and way are locked until the transaction ends, in this order.

    :raises NotFound: it has not been started.
    """
    get_for_change(session, proposal_id)
    query = select(Journey).where(Journey.proposal_id == proposal_id)
    journey = session.scalar(query.with_for_update(of=Journey).execution_options(populate_existing=True))
    if journey is None:
        raise NotFound(f"P-{proposal_id} has not been started. Start it on its proposal page first.")
    return journey


def review_for_change(session: Session, review_id: int) -> tuple[GateReview, Journey]:
    """Return an open review and its proposal's way, locked after the proposal, as everywhere.

    :raises NotFound: there is no such review.
    :raises Conflict: it is decided or cancelled already.
    """
    proposal_id = session.scalar(select(GateReview.proposal_id).where(GateReview.id == review_id))
    if proposal_id is None:
        raise NotFound()
    journey = journey_for_change(session, proposal_id)
    query = select(GateReview).where(GateReview.id == review_id)
    review = session.scalars(
        query.with_for_update(of=GateReview).execution_options(populate_existing=True)
    ).one()
    if not review.is_open:
        word = f"decided: {review.verdict.words.lower()}" if review.verdict else "cancelled"
        raise Conflict(f"{review.name} is {word} already. Reload the page to see what was decided.")
    return review, journey


def move(session: Session, journey: Journey, event: Event, *, stage_key: str | None = None) -> State:
    """Let ``event`` happen: change the state, count the time, begin a new stay if the stage changes.

    :param stage_key: where it goes on; only for events that may move a stage.
    :raises Conflict: the event cannot happen in the present state.
    """
    line = allowed(journey.state, event)
    goal = goal_of(journey.state, event, is_final=journey.gate.is_final)
    if line is None or goal is None or (stage_key is not None and not line.moves_stage):
        raise Conflict(
            f"P-{journey.proposal_id} is “{journey.where.words.lower()}” now, which leaves no room for this. "
            "Reload the page to see where it stands."
        )
    at = now()
    run = session.scalars(
        select(StageRun).where(StageRun.proposal_id == journey.proposal_id, StageRun.exited_at.is_(None))
    ).one()
    run.add(CLOCKS[journey.where], (at - journey.state_since).total_seconds())
    journey.state, journey.state_since = goal.value, at
    journey.version += 1
    if stage_key is not None or goal in ENDED or goal is State.LAUNCHED:
        run.exited_at, run.exit_reason = at, event.value
        session.flush()
    if stage_key is not None and goal is State.WORKING:
        enter(session, journey, stage_key)
    return goal


def transfer(session: Session, journey: Journey, version: ProcessVersion, stage_key: str) -> None:
    """Put a proposal on another version of a process in the state it is in; used by approved migrations only.

    Where the stage is another one, its time so far is counted and a new stay begins; the clocks run on.
    """
    at, is_elsewhere = now(), stage_key != journey.stage_key
    if is_elsewhere:
        run = session.scalars(
            select(StageRun).where(StageRun.proposal_id == journey.proposal_id, StageRun.exited_at.is_(None))
        ).one()
        run.add(CLOCKS[journey.where], (at - journey.state_since).total_seconds())
        run.exited_at, run.exit_reason = at, "migrate"
        journey.state_since = at
    journey.process_version = version
    journey.is_outgrown = False
    journey.version += 1
    session.flush()
    if is_elsewhere:
        enter(session, journey, stage_key)


def enter(session: Session, journey: Journey, stage_key: str) -> None:
    """Begin a stay in a stage at the moment of the last move; stays are counted from 1 for each stage."""
    stays = session.scalar(
        select(func.count())
        .select_from(StageRun)
        .where(StageRun.proposal_id == journey.proposal_id, StageRun.stage_key == stage_key)
    )
    journey.stage_key, journey.iteration = stage_key, int(stays or 0) + 1
    session.add(
        StageRun(
            proposal_id=journey.proposal_id,
            stage_key=stage_key,
            iteration=journey.iteration,
            entered_at=now(),
        )
    )
    session.flush()
