"""The job queue: Procrastinate on the same PostgreSQL, so that work and what it is about commit together."""

import asyncio
import json
import logging
import signal
import threading
from collections.abc import Callable
from functools import wraps
from typing import Any

import procrastinate
from flask import Flask
from procrastinate.exceptions import UniqueViolation
from procrastinate.jobs import Status
from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import IntegrityError

from ideaflow.db import db
from ideaflow.hooks import Hook

log = logging.getLogger(__name__)
STALLED_SECONDS = 15
LONG = ["default"]
"""The queue of jobs that may take minutes; ``live`` is that of short ones somebody waits for."""

# The connector is replaced when a worker starts; deferring goes through our own session.
jobs = procrastinate.App(connector=procrastinate.PsycopgConnector())
_flask: list[Flask] = []


def job(name: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Declare a function as the job ``name``; a worker runs it inside the application's context."""

    def declare(function: Callable[..., None]) -> Callable[..., None]:
        @wraps(function)
        def run(**arguments: Any) -> None:
            with _flask[-1].app_context():
                function(**arguments)

        # Once more after a worker died or the database was away; a job must bear being repeated.
        jobs.task(name=name, retry=procrastinate.RetryStrategy(max_attempts=3, wait=5))(run)
        return function

    return declare


def every(cron: str, name: str) -> Callable[[Callable[[], object]], Callable[[], object]]:
    """Declare a function as the job ``name`` that workers do at each of these times, one of them each time.

    :param cron: minute, hour, day, month, weekday. A time that no worker was up at is left out.
    """

    def declare(function: Callable[[], object]) -> Callable[[], object]:
        @wraps(function)
        def run(timestamp: int) -> None:
            with _flask[-1].app_context():
                function()

        jobs.periodic(cron=cron)(jobs.task(name=name, queueing_lock=name)(run))
        return function

    return declare


def defer(
    name: str,
    *,
    alone: str = "",
    in_order: str = "",
    queue: str = "default",
    after_seconds: float = 0,
    **arguments: Any,
) -> bool:
    """Queue the job ``name`` in the current transaction; it can start once that commits.

    :param alone: at most one job with this word waits; a second one is not queued.
    :param in_order: jobs with this word run one after the other.
    :param queue: ``live`` for short jobs somebody waits for: they never queue behind long ones.
    :param after_seconds: how long it waits at least.
    :returns: whether it was queued (False: one was waiting already).
    """
    session = db.session()
    try:
        with session.begin_nested():
            session.execute(
                text(
                    "INSERT INTO procrastinate_jobs"
                    " (queue_name, task_name, lock, queueing_lock, args, scheduled_at)"
                    " VALUES (:queue, :name, :lock, :queueing_lock, CAST(:arguments AS jsonb),"
                    " CASE WHEN :wait > 0 THEN now() + make_interval(secs => :wait) END)"
                ),
                {
                    "queue": queue,
                    "wait": float(after_seconds),
                    "name": name,
                    "lock": in_order or None,
                    "queueing_lock": alone or None,
                    "arguments": json.dumps(arguments),
                },
            )
    except IntegrityError:
        return False
    return True


def is_waiting(name: str) -> bool:
    """Return whether a job of this name waits or runs."""
    statement = text(
        "SELECT EXISTS (SELECT FROM procrastinate_jobs"
        " WHERE task_name = :name AND status IN ('todo', 'doing'))"
    )
    return bool(db.session.execute(statement, {"name": name}).scalar_one())


def waiting() -> int:
    """Return how many jobs wait or run."""
    statement = text("SELECT count(*) FROM procrastinate_jobs WHERE status IN ('todo', 'doing')")
    return int(db.session.execute(statement).scalar_one())


at_start = Hook[Callable[[], None]]()
"""Let a worker do this once when it starts, beside its first jobs: load what the first of them needs."""


def work(flask: Flask, *, until_empty: bool = False, concurrency: int = 1) -> None:
    """Run jobs until stopped (or until none is left, for commands and tests).

    :param concurrency: how many long jobs run side by side. One more place is kept for the queue ``live``.
    """
    _flask.append(flask)
    url = make_url(flask.config["SQLALCHEMY_DATABASE_URI"]).set(drivername="postgresql")
    connector = procrastinate.PsycopgConnector(
        conninfo=url.render_as_string(hide_password=False), min_size=1, max_size=6
    )
    with jobs.replace_connector(connector) as app:
        if not until_empty:
            threading.Thread(target=_prepare, args=(flask,), daemon=True).start()
            asyncio.run(_work(app, concurrency))
            return
        app.run_worker(wait=False, listen_notify=False, concurrency=concurrency, **_OPTIONS)
    # What the last job queued came after the worker had looked for more.
    if _is_due(flask):
        work(flask, until_empty=True, concurrency=concurrency)


_OPTIONS: Any = {
    "fetch_job_polling_interval": 1.0,
    "delete_jobs": "successful",
    "install_signal_handlers": False,
    "update_heartbeat_interval": 5,
    "stalled_worker_timeout": STALLED_SECONDS,
}


async def _work(app: procrastinate.App, concurrency: int) -> None:
    """Run two workers until a signal comes; then they end the jobs they have begun."""
    async with app.open_async():
        workers = [
            asyncio.create_task(
                app.run_worker_async(queues=queues, concurrency=places, name=name, **_OPTIONS)
            )
            for name, queues, places in (("live", ["live"], 1), ("long", LONG, concurrency))
        ]
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, lambda: [one.cancel() for one in workers])
        over, going = await asyncio.wait(workers, return_when=asyncio.FIRST_EXCEPTION)
        for one in going:
            one.cancel()
        results = await asyncio.gather(*over, *going, return_exceptions=True)
        for result in results:
            if isinstance(result, Exception):
                raise result  # Whoever watches this process starts it anew.


def _prepare(flask: Flask) -> None:
    for prepare in at_start:
        try:
            with flask.app_context():
                prepare()
        except Exception:  # The job that needs it will say so where people look.
            log.exception("The worker could not prepare itself.")


def _is_due(flask: Flask) -> bool:
    """Return whether a job could start now."""
    statement = text(
        "SELECT EXISTS (SELECT 1 FROM procrastinate_jobs job"
        " WHERE status = 'todo' AND (scheduled_at IS NULL OR scheduled_at <= now())"
        " AND NOT EXISTS (SELECT 1 FROM procrastinate_jobs other"
        " WHERE other.lock = job.lock AND other.status = 'doing'))"
    )
    with flask.app_context():
        return bool(db.session.execute(statement).scalar_one())


@jobs.periodic(cron="* * * * * */10")
@jobs.task(name="queue.rescue", queueing_lock="queue.rescue", pass_context=True)
async def rescue(context: procrastinate.JobContext, timestamp: int) -> None:
    """Give the jobs of a worker that died to the next one."""
    for stalled in await jobs.job_manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_SECONDS):
        if stalled.id == context.job.id:
            continue  # This worker lives, if too busy to say so.
        try:
            await jobs.job_manager.retry_job(stalled)
            log.warning("The worker of job %s (%s) died; it runs again.", stalled.id, stalled.task_name)
        except UniqueViolation:  # Somebody asked for the same meanwhile; that one runs.
            log.warning("The worker of job %s (%s) died; its like waits.", stalled.id, stalled.task_name)
            await jobs.job_manager.finish_job(stalled, Status.ABORTED, delete_job=True)
