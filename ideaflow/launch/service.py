"""What people do with launches: one verb, one transaction."""

from ideaflow.audit import Actor
from ideaflow.db import transaction
from ideaflow.launch import planning, readings, telling  # The two last let measures read and tell.
from ideaflow.launch.models import Launch
from ideaflow.launch.newer import take as take_newer
from ideaflow.launch.plans import LaunchPlan
from ideaflow.launch.preparing import add_check, add_evidence, ask_waiver, assign, confirm, forecast, withdraw
from ideaflow.launch.replanning import (
    add_cells,
    cancel,
    change_cell,
    drop_cell,
    move_day,
    retier,
    write_words,
)
from ideaflow.launch.templates import ship

__all__ = [
    "add_cells", "add_check", "add_evidence", "ask_waiver", "assign", "cancel", "change_cell", "confirm",
    "drop_cell", "forecast", "move_day", "open_launch", "readings", "retier", "ship",
    "take_newer", "telling", "withdraw", "write_words",
]  # fmt: skip


def open_launch(plan: LaunchPlan, *, by: Actor) -> Launch:
    """Open a launch from proposals that passed their last gate, with its cells and the checks of its tier.

    :raises Invalid: names each field that is wrong.
    """
    with transaction() as session:
        return planning.open_launch(session, plan, by=by)
