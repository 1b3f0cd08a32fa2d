"""What changes in the portfolio: the targets that work is meant to meet."""

from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from ideaflow import audit
from ideaflow.audit import Actor
from ideaflow.clock import now
from ideaflow.db import transaction
from ideaflow.errors import Invalid, NotFound, Overtaken
from ideaflow.insights.aims import target_problems
from ideaflow.insights.mix import PARTS, Dimension
from ideaflow.insights.models import BalanceTarget

__all__ = ["Overtaken", "set_targets"]


def set_targets(dimension: str, shares: Mapping[str, float], version: int, *, by: Actor) -> BalanceTarget:
    """Say which share each part of a dimension is meant to get; the same again changes nothing.

    :param shares: 0 to 1 by part; a part left out has no target.
    :param version: the one that was looked at, 0 before the first.
    :raises NotFound: there is no such dimension, or its targets are kept elsewhere.
    :raises Invalid: a share is none, or all together exceed 1.
    :raises Overtaken: somebody else set them since.
    """
    if dimension not in PARTS:
        raise NotFound("There are no such targets. Those of arenas are kept with the arenas.")
    wanted = dict(shares)
    problems = target_problems(Dimension(dimension), wanted)
    if problems:
        told = " ".join(str(problem["reason"]) for problem in problems)
        raise Invalid(f"The targets were not saved. {told}", problems)
    with transaction() as session:
        # The first two who set them at once find one row to take turns at.
        empty = {"dimension": dimension, "shares": {}, "version": 0, "changed_at": now()}
        session.execute(insert(BalanceTarget).values(**empty).on_conflict_do_nothing())
        query = select(BalanceTarget).where(BalanceTarget.dimension == dimension).with_for_update()
        target = session.scalars(query.execution_options(populate_existing=True)).one()
        before = dict(target.shares)
        if before == wanted:
            return target
        if target.version != version:
            raise Overtaken(f"“{target.name}”", target.version, before, wanted)
        target.shares, target.changed_at = wanted, now()
        target.version += 1
        audit.record(by, "portfolio.set_targets", target, before=before, after=wanted)
    return target
