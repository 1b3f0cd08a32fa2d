"""Questions about the way of proposals: where they stand, how they came there, what was decided."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from ideaflow import wording
from ideaflow.clock import now
from ideaflow.db import db
from ideaflow.gates.models import Condition, GateReview, Journey, ProcessVersion, StageRun
from ideaflow.gates.policy import CLOCKS, ENDED, State
from ideaflow.gates.process import publishing
from ideaflow.gates.process.definition import Criterion, Definition, Gate, Stage
from ideaflow.proposals.models import Proposal
from ideaflow.proposals.parts import CriterionWords, Standing, StateWords


@dataclass(frozen=True)
class StageStep:
    """One stage on the bar of a proposal: done, now or ahead; what it took, or how long it usually takes."""

    stage: Stage
    is_done: bool
    is_now: bool
    note: str


def journey_of(proposal_id: int) -> Journey | None:
    """Return a proposal's way, or None before it has been started."""
    return db.session.get(Journey, proposal_id)


def runs_of(proposal_id: int) -> Sequence[StageRun]:
    """Return the stays in stages, oldest first."""
    return db.session.scalars(
        select(StageRun).where(StageRun.proposal_id == proposal_id).order_by(StageRun.entered_at, StageRun.id)
    ).all()


def reviews_of(proposal_id: int) -> Sequence[GateReview]:
    """Return the reviews of a proposal, newest first."""
    query = select(GateReview).where(GateReview.proposal_id == proposal_id).order_by(GateReview.id.desc())
    return db.session.scalars(query.options(joinedload(GateReview.decided_by))).all()


def open_review_of(proposal_id: int) -> GateReview | None:
    """Return the review of a proposal that is open, if one is."""
    return db.session.scalar(
        select(GateReview).where(GateReview.proposal_id == proposal_id, GateReview.state == "open")
    )


def conditions_of(proposal_id: int) -> Sequence[Condition]:
    """Return the conditions put on a proposal with who does them, the next one due first."""
    query = select(Condition).where(Condition.proposal_id == proposal_id).options(joinedload(Condition.owner))
    return db.session.scalars(query.order_by(Condition.due_on, Condition.id)).all()


def states_of(proposal_ids: Sequence[int]) -> Mapping[int, StateWords]:
    """Return where proposals stand, in words for a list; those not started are left out."""
    query = select(Journey).where(Journey.proposal_id.in_(proposal_ids))
    return {
        journey.proposal_id: _words(journey.where, journey.content, journey.stage_key)
        for journey in db.session.scalars(query)
    }


def standings() -> list[Standing]:
    """Return where all started proposals stand that are not withdrawn, counted in one statement."""
    alike = (Journey.process_version_id, Journey.state, Journey.stage_key)
    query = (
        select(*alike, func.count(), func.min(Journey.proposal_id))
        .join(Journey.proposal)
        .where(Proposal.withdrawn_at.is_(None))
        .group_by(*alike)
        .order_by(func.min(Journey.proposal_id))
    )
    rows = db.session.execute(query).all()
    ids = {row[0] for row in rows}
    versions = {
        one.id: one for one in db.session.scalars(select(ProcessVersion).where(ProcessVersion.id.in_(ids)))
    }
    return [
        Standing(
            _words(State(row[1]), versions[row[0]].content, row[2]), row[3], row[4],
            select(Journey.proposal_id).where(
                Journey.process_version_id == row[0], Journey.state == row[1], Journey.stage_key == row[2]
            ),
        )
        for row in rows
    ]  # fmt: skip


def steps_of(journey: Journey) -> list[StageStep]:
    """Return the stages of a proposal's process with the days spent in each."""
    runs = runs_of(journey.proposal_id)
    keys = journey.content.stage_keys
    at = len(keys) if journey.where is State.LAUNCHED else keys.index(journey.stage_key)
    return [
        StageStep(stage, number < at, number == at, _step_note(stage, journey, runs, number - at))
        for number, stage in enumerate(journey.content.stages)
    ]


def criteria_of(proposal: Proposal) -> list[CriterionWords]:
    """Return the criteria of the gates ahead, the next one's first; before its start, of any."""
    journey = db.session.get(Journey, proposal.id)
    if journey is None:
        version = publishing.published()
        gates = version.content.gates if version else ()
    elif journey.where in ENDED:
        return []
    else:
        every = journey.content.gates
        gates = every[every.index(journey.gate) :]
    return [
        _criterion(criterion, gate, is_next=gate is gates[0])
        for gate in gates
        for criterion in (*gate.must, *gate.should)
    ]


def versions(process_id: int) -> Sequence[ProcessVersion]:
    """Return every published or retired version of a process, newest first."""
    query = select(ProcessVersion).where(
        ProcessVersion.status != "draft", ProcessVersion.process_id == process_id
    )
    return db.session.scalars(query.order_by(ProcessVersion.number.desc())).all()


def version_with(version_id: int) -> ProcessVersion | None:
    """Return one version of a process, or None."""
    return db.session.get(ProcessVersion, version_id)


def count_on(version_ids: Sequence[int]) -> Mapping[int, int]:
    """Return how many proposals are pinned to each version."""
    query = (
        select(Journey.process_version_id, func.count())
        .where(Journey.process_version_id.in_(version_ids))
        .group_by(Journey.process_version_id)
    )
    return {row[0]: row[1] for row in db.session.execute(query)}


def running_on(version_ids: Sequence[int]) -> Mapping[int, int]:
    """Return how many proposals run on each version: neither ended nor launched."""
    query = (
        select(Journey.process_version_id, func.count())
        .where(Journey.process_version_id.in_(version_ids), Journey.state.in_(CLOCKS))
        .group_by(Journey.process_version_id)
    )
    return {row[0]: row[1] for row in db.session.execute(query)}


def days_between(begin: datetime, end: datetime | None = None) -> int:
    """Return the whole days from one moment to another, or to now."""
    return max(0, ((end or now()) - begin).days)


def _words(state: State, content: Definition, stage_key: str) -> StateWords:
    if state is State.WORKING:
        return StateWords(content.stage(stage_key).name, state.tone, stage_key)
    if state is State.GATE_READY:
        return StateWords(f"Ready for {content.gate_after(stage_key).name}", state.tone, state.value)
    return StateWords(state.words, state.tone, state.value)


def _step_note(stage: Stage, journey: Journey, runs: Sequence[StageRun], place: int) -> str:
    stays = [run for run in runs if run.stage_key == stage.key]
    if place > 0 or not stays:
        return f"P50 {stage.days_p50}, P85 {stage.days_p85}" if place > 0 else "skipped"
    days = sum(days_between(run.entered_at, run.exited_at) for run in stays)
    words = wording.plural(days, "day")
    if place == 0 and journey.where in CLOCKS:
        return f"{words}, P50 is {stage.days_p50}"
    held = sum(run.hold_seconds for run in stays) >= 86_400
    return words + (
        ", with a hold" if held else f", {wording.plural(len(stays), 'round')}" if len(stays) > 1 else ""
    )


def _criterion(criterion: Criterion, gate: Gate, *, is_next: bool) -> CriterionWords:
    return CriterionWords(
        criterion.key, criterion.name, criterion.question, gate.name, is_next, bool(criterion.auto)
    )
