"""What people do with launches: one verb, one transaction."""

from ideaflow.audit import Actor
from ideaflow.db import transaction
from ideaflow.launch import planning, templates
from ideaflow.launch.models import Launch
from ideaflow.launch.plans import LaunchPlan

__all__ = ["open_launch", "ship"]
ship = templates.ship


def open_launch(plan: LaunchPlan, *, by: Actor) -> Launch:
    """Open a launch from proposals that passed their last gate, with its cells and the checks of its tier.

    :raises Invalid: names each field that is wrong.
    """
    with transaction() as session:
        return planning.open_launch(session, plan, by=by)
