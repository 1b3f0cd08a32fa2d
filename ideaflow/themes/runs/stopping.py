"""A run under way: it tells how far it is, and ends where it is once a person has stopped it."""

from __future__ import annotations

import time
from collections.abc import Callable

from sqlalchemy import select, update

from ideaflow import audit
from ideaflow.audit import Actor
from ideaflow.clock import now
from ideaflow.db import db, transaction
from ideaflow.errors import Conflict, NotFound
from ideaflow.feedback.queries import statements_counting
from ideaflow.themes.models import RunState, ThemeRun
from ideaflow.themes.turns import take_turn

Told = Callable[[str, int, int], None]
TELL_SECONDS = 0.5


class Stopped(Exception):
    """Somebody stopped the run; what it had read is kept, what it had found is not."""


def stop_run(run_id: int, *, by: Actor) -> ThemeRun:
    """Stop a run that waits or is under way: the themes stay those of the run before.

    What it had read and encoded is kept. Its process ends it at the next step it tells.

    :raises NotFound: there is no such run.
    :raises Conflict: it has ended already.
    """
    with transaction() as session:
        take_turn()
        run = session.get(ThemeRun, run_id, populate_existing=True)
        if run is None:
            raise NotFound(f"There is no run {run_id}.")
        if run.is_over:
            raise Conflict(f"Run {run_id} has ended already; there is nothing left to stop.")
        before = run.state
        run.state, run.finished_at, run.error = RunState.STOPPED, now(), f"{by.name} stopped it."
        # So much lay before it: the next run begins by itself when much more has come.
        run.statement_count = statement_count()
        audit.record(by, "runs.stop", run, before={"state": before}, after={"state": run.state})
    return run


def make_sure(run_id: int) -> ThemeRun:
    """Return the run, inside a transaction that holds its turn.

    :raises Stopped: somebody stopped it meanwhile.
    """
    run = db.session.get_one(ThemeRun, run_id, populate_existing=True)
    if run.state != RunState.RUNNING:
        raise Stopped
    return run


def teller(run_id: int, progress: Told | None) -> Told:
    """Return what keeps the run's progress for the page, a few times a second at most.

    What is returned raises ``Stopped`` once somebody has stopped the run.
    """
    last: tuple[str, float] = ("", 0.0)

    def tell(step: str, done: int, total: int) -> None:
        nonlocal last
        if progress is not None:
            progress(step, done, total)
        moment = time.monotonic()
        if step == last[0] and done < total and moment - last[1] < TELL_SECONDS:
            return
        last = (step, moment)
        mine = (ThemeRun.id == run_id, ThemeRun.state == RunState.RUNNING)
        told = update(ThemeRun).where(*mine).values(step=step, done_count=done, total_count=total)
        with transaction() as session:
            goes_on = session.execute(told.returning(ThemeRun.id)).first()
        if goes_on is None:
            raise Stopped

    return tell


def statement_count() -> int:
    """Return how many statements count."""
    return db.session.scalar(select(statements_counting())) or 0
