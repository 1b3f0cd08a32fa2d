"""Runs: what is new is read, joined to themes at once, and from time to time everything is looked at anew."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from sqlalchemy import delete, func, insert, select, update

from ideaflow import audit, config, queue
from ideaflow.audit import SYSTEM, Actor
from ideaflow.clock import now
from ideaflow.db import db, transaction
from ideaflow.errors import IdeaflowError, Unavailable
from ideaflow.feedback.models import FeedbackItem, Statement
from ideaflow.themes import encoding, engine, recurring, rereading
from ideaflow.themes.asking import among
from ideaflow.themes.figures import recount, recount_money
from ideaflow.themes.models import (
    LIVE_STATES,
    RunState,
    StatementVector,
    Theme,
    ThemeMembership,
    ThemeRun,
)
from ideaflow.themes.people import known_names
from ideaflow.themes.places import place_on_map
from ideaflow.themes.snapshot import mean_vectors, placements, take_snapshot
from ideaflow.themes.swap import swap
from ideaflow.themes.turns import alone, take_turn

Told = Callable[[str, int, int], None]
GROWTH = 0.2
"""So much more to look at since the last run asks for another one."""
TELL_SECONDS = 0.5
UNFINISHED = (RunState.QUEUED, RunState.RUNNING)


def queue_refresh(seed: int | None = None, *, model_name: str = "") -> ThemeRun:
    """Ask for a full run; the one that waits or runs already is returned instead of a second one.

    :param model_name: the language model to read with from now on; the run after a running one does.
    """
    with transaction() as session:
        take_turn()
        run = _unfinished()
        if run is None:
            run = ThemeRun(state=RunState.QUEUED, seed=config.read().seed if seed is None else seed)
            session.add(run)
        if model_name:
            run.model_name = model_name
        session.flush()
        queue.defer("themes.refresh", alone="themes.refresh", in_order="themes")
    return run


def use_model(name: str, *, by: Actor = SYSTEM) -> ThemeRun:
    """Read with this model from now on: queues the run that reads everything again."""
    with transaction():
        before = rereading.wanted()
        run = queue_refresh(model_name=name)
        audit.record(by, "models.use", run, before={"model": before}, after={"model": name})
    return run


def refresh(
    *,
    seed: int | None = None,
    progress: Told | None = None,
    only_waiting: bool = False,
    model_name: str = "",
) -> ThemeRun | None:
    """Look at all statements anew; readers see the old themes until the new ones are complete.

    A run whose process died is taken up again; what it had read and encoded is kept.

    :param seed: other seeds cut the borders of themes a little differently.
    :param progress: called as ``progress(step, done, total)``.
    :param only_waiting: run only when somebody asked for it and nobody has done it meanwhile.
    :param model_name: read with this model; ``quick``: a first look, the exact reading is queued after it.
    :returns: the run, or None when none was waiting.
    :raises Unavailable: the theme engine cannot be opened.
    """
    with alone():
        run_id = _begin(seed, only_waiting, model_name)
        if run_id is None:
            return None
        try:
            _run(run_id, progress)
        except Exception as error:
            db.session.rollback()
            _fail(run_id, error)
            raise
    _follow_wishes()
    return db.session.get_one(ThemeRun, run_id)


def _unfinished() -> ThemeRun | None:
    query = select(ThemeRun).where(ThemeRun.state.in_(UNFINISHED)).order_by(ThemeRun.id).limit(1)
    return db.session.scalar(query)


def _begin(seed: int | None, only_waiting: bool, model_name: str) -> int | None:
    """Return the run to do. We are alone: one that says it is running has lost its process."""
    with transaction() as session:
        run = _unfinished()
        if run is None:
            if only_waiting:
                return None
            run = ThemeRun(state=RunState.QUEUED, seed=config.read().seed)
            session.add(run)
        if seed is not None:
            run.seed = seed
        if model_name:
            run.model_name = model_name
        run.state, run.started_at, run.error = RunState.RUNNING, now(), ""
        session.flush()
        return run.id


def _run(run_id: int, progress: Told | None) -> None:
    tell = _teller(run_id, progress)
    name = rereading.name_for(db.session.get_one(ThemeRun, run_id))
    with engine.using(name):
        rereading.forget_others()
        recurring.learn()
        encoding.read_new(tell)
        snapshot = take_snapshot()
        seed = db.session.get_one(ThemeRun, run_id).seed
        forbidden = known_names()
        db.session.rollback()  # Nothing is held open while the engine works.
        known, excluded = snapshot.known()
        found = engine.discover(snapshot.texts, snapshot.vectors, known, excluded, seed, tell, forbidden)
        tell("Saving", 0, 1)
        swap(run_id, snapshot, found)


def _follow_wishes() -> None:
    """Queue the run that reads with the wanted model, where the themes are made of another one's vectors."""
    try:
        is_due = rereading.is_due()
    except Unavailable:
        # The run that cannot open it says on the page why; one is enough.
        newest = db.session.scalar(select(ThemeRun.state).order_by(ThemeRun.id.desc()).limit(1))
        is_due = newest != RunState.FAILED
    if is_due:
        queue_refresh()


def _teller(run_id: int, progress: Told | None) -> Told:
    """Return what keeps the run's progress for the page, a few times a second at most."""
    last: tuple[str, float] = ("", 0.0)

    def tell(step: str, done: int, total: int) -> None:
        nonlocal last
        if progress is not None:
            progress(step, done, total)
        moment = time.monotonic()
        if step == last[0] and done < total and moment - last[1] < TELL_SECONDS:
            return
        last = (step, moment)
        with transaction() as session:
            session.execute(
                update(ThemeRun)
                .where(ThemeRun.id == run_id)
                .values(step=step, done_count=done, total_count=total)
            )

    return tell


def _fail(run_id: int, error: Exception) -> None:
    what = str(error) if isinstance(error, IdeaflowError) else f"{type(error).__name__}: {error}"
    with transaction() as session:
        run = session.get_one(ThemeRun, run_id)
        run.state, run.error, run.finished_at = RunState.FAILED, what[:2000], now()


def take_in_new(progress: Told | None = None) -> int:
    """Read new feedback items and let their statements join themes, without a full run.

    Queues a full run when there are no themes yet, or when much has come since the last one.

    :returns: how many statements were looked at.
    :raises Unavailable: the theme engine cannot be opened.
    """
    tell = progress or _quiet
    with alone(), rereading.with_model_in_use() as is_open:
        if not is_open:
            queue_refresh()  # What is new waits for the model that comes.
            return 0
        encoding.read_new(tell)
        waiting = encoding.waiting_ids()
        has_themes = bool(db.session.scalar(select(Theme.id).where(Theme.state.in_(LIVE_STATES)).limit(1)))
        if has_themes:
            _join(waiting)
        if (waiting and not has_themes) or _has_grown():
            queue_refresh()
    _follow_wishes()
    return len(waiting)


def _quiet(_step: str, _done: int, _total: int) -> None:
    pass


def _join(waiting: list[int]) -> None:
    """Put statements where their nearest neighbours are; forget those that no longer count."""
    import numpy as np

    places = placements()
    in_themes = {one: place for one, place in places.items() if place.theme_id is not None}
    members, vectors = mean_vectors(in_themes)
    fresh, new_vectors = mean_vectors([one for one in waiting if one not in places])
    labels = np.array([in_themes[one].theme_id for one in members], np.int64)
    found = engine.assign(new_vectors, vectors, labels)
    joined: list[dict[str, Any]] = [
        {"statement_id": one, "theme_id": int(label), "strength": float(strength), "likeness": 0.0}
        for one, label, strength in zip(fresh, found.labels, found.strengths, strict=True)
        if label != engine.NOISE
    ]
    with transaction() as session:
        take_turn()
        live = set(session.scalars(select(Theme.id).where(Theme.state.in_(LIVE_STATES))))
        joined = [row for row in joined if row["theme_id"] in live]
        touched = {row["theme_id"] for row in joined} | _forget_what_no_longer_counts()
        if joined:
            session.execute(insert(ThemeMembership), joined)
        session.execute(
            update(StatementVector)
            .where(among(StatementVector.statement_id, waiting))
            .values(sorted_at=now())
        )
        if touched:
            recount(touched)
            place_on_map()
        recount_money()


def _forget_what_no_longer_counts() -> set[int]:
    """Take statements of withdrawn and superseded items out of their themes; returns these themes."""
    gone = (
        select(Statement.id)
        .join(FeedbackItem)
        .where(FeedbackItem.withdrawn_at.is_not(None) | FeedbackItem.superseded_by_id.is_not(None))
    )
    removed = db.session.execute(
        delete(ThemeMembership)
        .where(ThemeMembership.statement_id.in_(gone))
        .returning(ThemeMembership.theme_id)
    )
    return {row[0] for row in removed if row[0] is not None}


def _has_grown() -> bool:
    """Return whether much more is there to look at than at the last full run."""
    last = db.session.scalar(
        select(ThemeRun.statement_count)
        .where(ThemeRun.state == RunState.DONE)
        .order_by(ThemeRun.id.desc())
        .limit(1)
    )
    if last is None:
        return False
    total = db.session.scalar(
        select(func.count(Statement.id))
        .join(FeedbackItem)
        .where(FeedbackItem.withdrawn_at.is_(None), FeedbackItem.superseded_by_id.is_(None))
    )
    return (total or 0) - last > GROWTH * max(last, 1)
