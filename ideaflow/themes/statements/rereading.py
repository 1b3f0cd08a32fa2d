"""Another language model: everything is read anew beside the vectors in use, which change in one step.

``statement_vectors`` holds the vectors of one model at any time: those the themes are made of. A run with
another model collects its vectors in ``coming_vectors``; they take the place of the old ones in the
transaction that makes its themes public. Until then readers and new arrivals keep to the old model.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Select, delete, func, or_, select, text

from ideaflow import config
from ideaflow.db import db, transaction
from ideaflow.errors import Unavailable
from ideaflow.feedback.models import FeedbackItem, Statement
from ideaflow.feedback.queries import statements_counting
from ideaflow.themes import engine
from ideaflow.themes.models import ComingVector, StatementVector, ThemeRun
from ideaflow.themes.turns import take_turn

Kept = type[StatementVector] | type[ComingVector]

TAKE_OVER = (
    text(
        """
        DELETE FROM statement_vectors v WHERE NOT EXISTS
            (SELECT 1 FROM coming_vectors c WHERE c.statement_id = v.statement_id AND c.model = :model)
        """
    ),
    text(
        """
        INSERT INTO statement_vectors AS v (statement_id, mean, mean4, model)
        SELECT statement_id, mean, mean4, model FROM coming_vectors WHERE model = :model
        ON CONFLICT (statement_id) DO UPDATE
            SET mean = excluded.mean, mean4 = excluded.mean4, model = excluded.model
        """
    ),
    text("UPDATE themes SET centroid = NULL"),
    text("DELETE FROM coming_vectors"),
)
"""The new vectors become those in use. Centres are counted anew after this, but for those of ended themes."""


def in_use() -> str:
    """Return the version of the model whose vectors the themes are made of; empty before the first."""
    return db.session.scalar(select(StatementVector.model).limit(1)) or ""


def wanted() -> str:
    """Return the name of the model that is to be used."""
    return config.read().model or asked_for() or engine.DEFAULT


def asked_for() -> str:
    """Return what ``ideaflow models use`` chose last, empty when it never did."""
    names = select(ThemeRun.model_name).where(
        ThemeRun.model_name != "", ThemeRun.model_name.not_like(f"{engine.QUICK}%")
    )
    return db.session.scalar(names.order_by(ThemeRun.id.desc()).limit(1)) or ""


def name_for(run: ThemeRun) -> str:
    """Return the name of the model a run reads with."""
    return f"{engine.QUICK}:{wanted()}" if run.model_name == engine.QUICK else wanted()


def is_due() -> bool:
    """Return whether the themes are made of another model's vectors than they are to be.

    :raises Unavailable: the wanted model cannot be opened.
    """
    now = in_use()
    if not now:
        return False
    with engine.using(wanted()):
        return engine.model() != now


@contextmanager
def with_model_in_use() -> Iterator[bool]:
    """Read what is new with the model in use; gives False where that cannot be opened any more."""
    version = in_use()
    name = engine.name_of(version) if version else wanted()
    with engine.using(name or wanted()):
        yield name is not None and (not version or engine.model() == version)


def keeps() -> Kept:
    """Return where the vectors of the chosen model are kept: in use, or coming."""
    return StatementVector if in_use() in ("", engine.model()) else ComingVector


def forget_others() -> None:
    """Forget what was read with a model that was wanted once and is not the chosen one."""
    with transaction() as session:
        session.execute(delete(ComingVector).where(ComingVector.model != engine.model()))


def make_sure() -> None:
    """Hold the model in use until the transaction ends, if it is the chosen one.

    :raises Unavailable: another model came into use meanwhile; nothing was saved.
    """
    take_turn()
    if in_use() not in ("", engine.model()):
        raise Unavailable("Another language model came into use meanwhile; the job runs again with it.")


def take_over() -> list[int]:
    """Put the coming vectors in the place of those in use, inside a transaction.

    :returns: the statements that had none before.
    """
    if keeps() is StatementVector:
        return []
    session, model = db.session(), {"model": engine.model()}
    had = select(StatementVector.statement_id)
    fresh = select(ComingVector.statement_id).where(ComingVector.statement_id.not_in(had))
    ids = list(session.scalars(fresh))
    for statement in TAKE_OVER:
        session.execute(statement, model if ":model" in str(statement) else {})
    session.expire_all()
    return ids


def coming_count() -> int:
    """Return how many vectors will take the place of those in use."""
    return db.session.scalar(select(func.count()).select_from(ComingVector)) or 0


def counts() -> tuple[int, int]:
    """Return how many statements count, and how many of them the chosen model has read already."""
    kept = keeps()
    done = select(func.count()).select_from(kept).where(kept.model == engine.model())
    total = select(statements_counting())
    return db.session.scalar(total) or 0, db.session.scalar(done) or 0


def missing() -> Select[int, str, str]:
    """Return the query for statements the chosen model has not read: id, text, text of the item."""
    kept = keeps()
    return (
        select(Statement.id, Statement.text, FeedbackItem.text)
        .join(FeedbackItem)
        .outerjoin(kept, kept.statement_id == Statement.id)
        .where(
            or_(kept.statement_id.is_(None), kept.model != engine.model()),
            FeedbackItem.counts,
        )
    )


def some(limit: int) -> list[tuple[int, str, str]]:
    """Return some statements the chosen model has not read: id, text, text of the item."""
    rows = db.session.execute(missing().order_by(func.md5(Statement.text)).limit(limit)).all()
    return [(row[0], row[1], row[2]) for row in rows]
