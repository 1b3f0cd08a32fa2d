"""When what commitments depend on will come: each kind of thing has a source; later ones register theirs.

forecasts.add("cell_id", cells_of)  # (ids, today) -> Delivery of each, asked once for all of them
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from ideaflow.db import db
from ideaflow.gates.models import Journey, StageRun
from ideaflow.gates.policy import Event, State
from ideaflow.gates.process import publishing
from ideaflow.gates.process.definition import Definition
from ideaflow.launch.commitments.cells import of_cells
from ideaflow.launch.commitments.forecasting import Ahead, Delivery, Ground, Past, forecast
from ideaflow.launch.commitments.models import Commitment
from ideaflow.proposals.models import Proposal

DAY = 86_400.0
MOST_STAYS = 2_000
"""So many finished stays, the newest, are history enough."""
WENT_ON = (Event.GO.value, Event.CONDITIONAL_GO.value)
STOPPED = (State.KILLED, State.WITHDRAWN, State.MERGED)
DELIVERED = (State.LAUNCHED, State.POST_LAUNCH, State.CLOSED)

Source = Callable[[Sequence[int], date], Mapping[int, Delivery]]
_sources: dict[str, Source] = {}


def add(column: str, source: Source) -> None:
    """Let ``source`` say when things come that commitments name in ``column``; the first added goes first."""
    _sources[column] = source


def of_commitments(commitments: Collection[Commitment], day: date) -> dict[int, Delivery]:
    """Return the forecast of each commitment that depends on something, by its id."""
    found: dict[int, Delivery] = {}
    for column, source in _sources.items():
        wanted = {one.id: getattr(one, column) for one in commitments if getattr(one, column) is not None}
        known = source(sorted(set(wanted.values())), day) if wanted else {}
        for commitment_id, number in wanted.items():
            if number in known:
                found.setdefault(commitment_id, known[number])
    return found


def of_proposals(proposal_ids: Sequence[int], day: date) -> dict[int, Delivery]:
    """Return when proposals will be delivered, by how long stages took before; in four statements."""
    query = (
        select(Proposal, Journey)
        .outerjoin(Journey, Journey.proposal_id == Proposal.id)
        .where(Proposal.id.in_(proposal_ids))
        .options(joinedload(Journey.process_version))
    )
    rows = db.session.execute(query).all()
    runs = _last_runs(proposal_ids)
    past = _past(day)
    standard = publishing.published()
    return {
        proposal.id: _of_proposal(
            proposal, journey, runs.get(proposal.id), past, day, standard.content if standard else None
        )
        for proposal, journey in rows
    }


def _of_proposal(
    proposal: Proposal, journey: Journey | None, run: StageRun | None, past: Past, day: date,
    standard: Definition | None,
) -> Delivery:  # fmt: skip
    state = journey.where if journey is not None else State.DRAFT
    if state in DELIVERED:
        when = run.exited_at.date() if run is not None and run.exited_at else day
        return Delivery(when, when, Ground.DONE, f"{proposal.label} was launched.")
    if state in STOPPED or not proposal.is_live:
        where = f" It lives on in P-{proposal.merged_into_id}." if proposal.merged_into_id else ""
        return Delivery(None, None, Ground.NONE, f"{proposal.label} is not worked on any more.{where}")
    content = journey.content if journey is not None else standard
    if content is None:
        return Delivery(None, None, Ground.NONE, "No process is published, so no day can be said.")
    key = journey.stage_key if journey is not None else content.stage_keys[0]
    begins = max(day, journey.revisit_on or day) if journey and state is State.ON_HOLD else day
    lasted = (day - run.entered_at.date()).days if run is not None and run.exited_at is None else 0
    return forecast(_ahead(content, key), max(lasted, 0), past, begins, proposal.id)


def _ahead(content: Definition, stage_key: str) -> list[Ahead]:
    """Return the stages from the present one up to the last gate, which lets it go to the market."""
    stages = content.stages[content.stage_keys.index(stage_key) :]
    found = []
    for stage in stages:
        found.append(Ahead(stage.key, stage.name, stage.days_p50, stage.days_p85))
        if any(gate.after == stage.key and gate.is_final for gate in content.gates):
            break
    return found


def _last_runs(proposal_ids: Sequence[int]) -> dict[int, StageRun]:
    query = select(StageRun).where(StageRun.proposal_id.in_(proposal_ids))
    return {
        run.proposal_id: run for run in db.session.scalars(query.order_by(StageRun.entered_at, StageRun.id))
    }


def _past(day: date) -> Past:
    """Return how long stages took that ended well: those that a proposal left to go on."""
    query = (
        select(StageRun, Journey)
        .join(Journey, Journey.proposal_id == StageRun.proposal_id)
        .where(StageRun.exited_at.is_not(None), StageRun.exited_at <= day)
        .options(joinedload(Journey.process_version))
        .order_by(StageRun.exited_at.desc(), StageRun.id.desc())
        .limit(MOST_STAYS)
    )
    stays: dict[str, list[float]] = defaultdict(list)
    slips = []
    for run, journey in db.session.execute(query):
        if run.exit_reason not in WENT_ON:
            continue
        days = (run.active_seconds + run.wait_seconds + run.hold_seconds) / DAY
        stays[run.stage_key].append(days)
        planned = {stage.key: stage.days_p50 for stage in journey.content.stages}.get(run.stage_key)
        if planned:
            slips.append(days / planned)
    return Past(stays, slips)


add("cell_id", of_cells)
add("proposal_id", of_proposals)
