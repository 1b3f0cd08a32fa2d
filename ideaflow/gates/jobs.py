"""Jobs of the gates: what falls due is done by the clock, a few minutes after each hour."""

import logging

from ideaflow import queue
from ideaflow.db import db
from ideaflow.errors import Conflict
from ideaflow.gates.migrating import carrying, outgrown
from ideaflow.gates.process import publishing
from ideaflow.gates.review import keeping
from ideaflow.users.models import User

log = logging.getLogger(__name__)


@queue.job(carrying.JOB)
def carry_out(plan_id: int, actor_id: int) -> None:
    """Move what is left of a plan; when it is cut off, pressing the button again goes on."""
    try:
        carrying.carry_out(plan_id, by=db.session.get_one(User, actor_id).actor)
    except Conflict as error:
        log.info("Plan %s moves no more: %s", plan_id, error)


@queue.job(publishing.RECOUNT)
def count_outgrown() -> None:
    """Note which proposals the rules would send a longer way now."""
    outgrown.recount()


@queue.every("7 * * * *", "gates.keep_time")
def keep_time() -> None:
    """Do what is due: remind, carry out lapsed conditions, wake what is held, note what outgrew."""
    keeping.keep_time()
    outgrown.recount()
