"""The race of proposals on their way: what their stages took before, against competitors."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import func, select

from ideaflow.clock import now, today
from ideaflow.db import among, db
from ideaflow.gates.models import Journey, StageRun
from ideaflow.gates.policy import Event, State
from ideaflow.gates.process.versions import ProcessVersion
from ideaflow.launch.race import Claim, Lead, journey_days, lead, their_days

ON_THE_WAY = (State.WORKING, State.GATE_READY, State.IN_REVIEW, State.TALLIED)
PASSED_ON = (Event.GO.value, Event.CONDITIONAL_GO.value)
LEAST_STAYS = 5
"""With fewer past stays in one of its stages, nothing is said of a proposal's day."""
MOST_STAYS = 5_000


def leads_of(claims: Mapping[int, Sequence[Claim]]) -> dict[int, Lead]:
    """Return the lead of each proposal that is on its way, against the claims it races.

    One that is launched, on hold or over has none, nor one with a stage that too few went through.
    """
    here = _journeys(claims)
    if not here:
        return {}
    stages = _stages({one.process_version_id for one in here.values()})
    entered, past = _entered(here), _past()
    found = {}
    for proposal_id, journey in here.items():
        keys = stages[journey.process_version_id]
        left = keys[keys.index(journey.stage_key) :] if journey.stage_key in keys else []
        if not left or any(len(past.get(key, ())) < LEAST_STAYS for key in left):
            continue
        since = entered.get(proposal_id, journey.state_since)
        days = journey_days(left, (now() - since).total_seconds() / 86_400, past)
        if days is not None:
            found[proposal_id] = lead(days, their_days(claims[proposal_id], today()))
    return found


def _journeys(proposal_ids: Collection[int]) -> dict[int, Journey]:
    query = select(Journey).where(
        among(Journey.proposal_id, list(proposal_ids)), Journey.state.in_(ON_THE_WAY)
    )
    return {one.proposal_id: one for one in db.session.scalars(query)}


def _stages(version_ids: Collection[int]) -> dict[int, list[str]]:
    query = select(ProcessVersion).where(among(ProcessVersion.id, version_ids))
    return {one.id: [stage.key for stage in one.content.stages] for one in db.session.scalars(query)}


def _entered(proposal_ids: Collection[int]) -> dict[int, datetime]:
    query = select(StageRun.proposal_id, StageRun.entered_at).where(
        among(StageRun.proposal_id, list(proposal_ids)), StageRun.exited_at.is_(None)
    )
    return {row[0]: row[1] for row in db.session.execute(query)}


def _past() -> dict[str, list[float]]:
    """Return how many days proposals stayed in each stage that they passed on from, the last ones."""
    days = func.extract("epoch", StageRun.exited_at - StageRun.entered_at) / 86_400
    query = (
        select(StageRun.stage_key, days)
        .where(StageRun.exit_reason.in_(PASSED_ON))
        .order_by(StageRun.exited_at.desc())
        .limit(MOST_STAYS)
    )
    found: dict[str, list[float]] = defaultdict(list)
    for key, stayed in db.session.execute(query):
        found[key].append(float(stayed))
    return found
