"""Questions about the way of proposals: where they stand, what was decided, what waits."""

from collections.abc import Sequence

from sqlalchemy import select

from ideaflow.db import db
from ideaflow.gates.models import Journey, StageRun


def journey_of(proposal_id: int) -> Journey | None:
    """Return a proposal's way, or None before it has been started."""
    return db.session.get(Journey, proposal_id)


def runs_of(proposal_id: int) -> Sequence[StageRun]:
    """Return the stays in stages, oldest first."""
    return db.session.scalars(
        select(StageRun).where(StageRun.proposal_id == proposal_id).order_by(StageRun.entered_at, StageRun.id)
    ).all()
