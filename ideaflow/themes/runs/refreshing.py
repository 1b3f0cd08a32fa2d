"""Runs: what is new is read, joined to themes at once, and from time to time everything is looked at anew."""

from __future__ import annotations

from sqlalchemy import delete, not_, select

from ideaflow import audit, config, queue
from ideaflow.audit import SYSTEM, Actor
from ideaflow.clock import now
from ideaflow.db import db, transaction
from ideaflow.errors import IdeaflowError, Unavailable
from ideaflow.feedback.models import FeedbackItem, Statement
from ideaflow.intake.failpoint import reach
from ideaflow.themes import engine
from ideaflow.themes.asking.people import known_names
from ideaflow.themes.models import (
    LIVE_STATES,
    RunState,
    Theme,
    ThemeMembership,
    ThemeRun,
)
from ideaflow.themes.runs import live, pockets
from ideaflow.themes.runs.counted import tell_counted
from ideaflow.themes.runs.figures import recount, recount_all
from ideaflow.themes.runs.stopping import Stopped, Told, statement_count, teller
from ideaflow.themes.runs.swap import swap
from ideaflow.themes.statements import encoding, nearness, recurring, rereading
from ideaflow.themes.statements.snapshot import take_snapshot
from ideaflow.themes.turns import JOIN_LOCK, alone, take_turn

GROWTH = 0.2
"""So much more to look at since the last run asks for another one."""
READ_AT_ONCE, READ_LATEST, JOIN_AT_ONCE = 100, 40, 200
"""Items read at a time, how many of them are the latest, and statements that join in one transaction."""
MANY, CALM_SECONDS = 20, 20
"""So many that joined are followed up at once; fewer wait a while for others to come."""
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

    A run whose process died is taken up again; what it had read and encoded is kept. One that somebody
    stops is returned as ``stopped``: the themes stay as they were.

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
        except Stopped:
            db.session.rollback()
            return db.session.get_one(ThemeRun, run_id)
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
    tell = teller(run_id, progress)
    name = rereading.name_for(db.session.get_one(ThemeRun, run_id))
    with engine.using(name):
        rereading.forget_others()
        nearness.make_way(encoding.unread_count())
        recurring.learn()
        encoding.read_new(tell)
        snapshot = take_snapshot()
        seed = db.session.get_one(ThemeRun, run_id).seed
        forbidden = known_names()
        db.session.rollback()  # Nothing is held open while the engine works.
        known, excluded = snapshot.known()
        found = engine.discover(snapshot.texts, snapshot.vectors, known, excluded, seed, tell, forbidden)
        tell("Saving", 0, 1)
        nearness.make_way(max(len(encoding.waiting_ids()), rereading.coming_count()))
        swap(run_id, snapshot, found)


def _follow_wishes() -> None:
    """Queue the run that reads with the wanted model, where the themes are made of another one's vectors.

    Not after one that somebody stopped: asking for a run again is theirs to do.
    """
    newest = db.session.scalar(select(ThemeRun.state).order_by(ThemeRun.id.desc()).limit(1))
    try:
        is_due = rereading.is_due()
    except Unavailable:
        # The run that cannot open it says on the page why; one is enough.
        is_due = newest != RunState.FAILED
    if is_due and newest != RunState.STOPPED:
        queue_refresh()


def _fail(run_id: int, error: Exception) -> None:
    what = str(error) if isinstance(error, IdeaflowError) else f"{type(error).__name__}: {error}"
    with transaction() as session:
        run = session.get_one(ThemeRun, run_id, populate_existing=True)
        if run.state == RunState.RUNNING:
            run.state, run.error, run.finished_at = RunState.FAILED, what[:2000], now()


def take_in_new(progress: Told | None = None) -> int:
    """Read new feedback items and let their statements join themes, without a full run.

    A few at a time, and each time some of the latest: a word said now does not wait for a long import.
    Queues a full run when there are no themes yet, or when much has come since the last one.

    :returns: how many statements were looked at.
    :raises Unavailable: the theme engine cannot be opened.
    """
    tell = progress or _quiet
    with alone(JOIN_LOCK), rereading.with_model_in_use() as is_open:
        if not is_open:
            queue_refresh()  # What is new waits for the model that comes.
            return 0
        has_themes = bool(db.session.scalar(select(Theme.id).where(Theme.state.in_(LIVE_STATES)).limit(1)))
        joined, uncounted = _take_in(tell, has_themes)
        encoding.tell_languages(newest=True)
    with transaction():
        if (joined and not has_themes) or (joined and _has_grown()):
            queue_refresh()
        # An import that brought no new words may have brought new money.
        queue_follow_up(soon=bool(uncounted) or joined >= MANY or not joined)
    _follow_wishes()
    return joined


def _take_in(tell: Told, has_themes: bool) -> tuple[int, set[int]]:
    """Read and join until nothing is left; returns how many statements, and themes still to be counted."""
    total, done, joined = encoding.unread_count(), 0, 0
    uncounted: set[int] = set()
    nearness.make_way(total)
    while True:
        read = encoding.read_some(READ_AT_ONCE, newest=READ_LATEST)
        waiting = encoding.waiting_ids(JOIN_AT_ONCE) if has_themes else []
        if waiting:
            reach("themes.joining")
            uncounted |= live.join(waiting)
            joined += len(waiting)
        if read is None and not waiting and not encoding.catch_up(_quiet):
            break
        done += read[0] if read else 0
        tell("Taking in what is new", done, max(total, done))
    return joined if has_themes else len(encoding.waiting_ids()), uncounted


def warm_up() -> None:
    """Load the model in use, so that the first new words need not wait for it."""
    with rereading.with_model_in_use() as is_open:
        if is_open:
            engine.warm_up()


def queue_follow_up(*, soon: bool = True) -> None:
    """Ask for what need not be done while somebody waits: money, trends, what the pool holds."""
    queue.defer("themes.follow_up", alone="themes.follow_up", after_seconds=0 if soon else CALM_SECONDS)


def follow_up() -> None:
    """Bring figures and trends up to date after statements came and went, a few themes at a time."""
    forget_what_no_longer_counts()
    recount_all()
    encoding.tell_languages()
    with transaction():
        queue.defer("themes.index", alone="themes.index")
        pockets.queue_look()
        tell_counted()


def _quiet(_step: str, _done: int, _total: int) -> None:
    pass


def forget_what_no_longer_counts() -> None:
    """Take statements of withdrawn and superseded items out of their themes."""
    gone = select(Statement.id).join(FeedbackItem).where(not_(FeedbackItem.counts))
    with transaction() as session:
        take_turn()
        removed = delete(ThemeMembership).where(ThemeMembership.statement_id.in_(gone))
        rows = session.execute(removed.returning(ThemeMembership.theme_id)).all()
        touched = {row[0] for row in rows if row[0] is not None}
        if touched:
            recount(touched)


def _has_grown() -> bool:
    """Return whether much more is there to look at than at the last full run."""
    ended = (RunState.DONE, RunState.STOPPED)
    last = db.session.scalar(
        select(ThemeRun.statement_count)
        .where(ThemeRun.state.in_(ended))
        .order_by(ThemeRun.id.desc())
        .limit(1)
    )
    return last is not None and statement_count() - last > GROWTH * max(last, 1)
