"""The index that finds the nearest statements: there when it pays, away while many rows are written."""

from sqlalchemy import func, select, text

from ideaflow.db import db
from ideaflow.feedback.models import FeedbackItem
from ideaflow.themes.models import StatementVector
from ideaflow.themes.statements.vectors import dimensions
from ideaflow.themes.turns import INDEX_LOCK, alone

INDEX = "ix_statement_vectors_nearest"
LEAST = 20_000
"""With fewer statements a comparison with all of them is quick enough, and nothing has to be kept up."""
BULK, BULK_SHARE = 2_000, 0.1
"""From so many new items on, and this share of what is there, rows are written without the index."""
MEMORY = "512MB"
"""Building it outside of memory takes ten times as long."""


def make_way(new_count: int) -> None:
    """Drop the index before many rows are written; ``keep_index`` makes it again afterwards."""
    if new_count >= BULK and has_index() and new_count >= BULK_SHARE * _row_count():
        drop_index()


def has_index() -> bool:
    """Return whether the index can be used."""
    return _state() is True


def keep_index(least: int = LEAST) -> bool:
    """Make the index where it pays and is missing; a build that was cut off is begun anew.

    Nobody who reads or writes waits for it.

    :returns: whether it was made.
    """
    if has_index() or _is_busy() or _row_count() < least:
        return False
    with alone(INDEX_LOCK):
        if has_index():
            return False
        drop_index()
        _outside(
            f"SET maintenance_work_mem = '{MEMORY}'",
            f"CREATE INDEX CONCURRENTLY {INDEX} ON statement_vectors"
            f" USING hnsw ((mean::halfvec({dimensions()})) halfvec_cosine_ops)"
            " WITH (m = 16, ef_construction = 64)",
            "RESET maintenance_work_mem",
        )
    return True


def drop_index() -> None:
    """Drop the index, if there is one; searches compare with all statements until it is back."""
    if _state() is not None:
        _outside(f"DROP INDEX CONCURRENTLY IF EXISTS {INDEX}")


def _state() -> bool | None:
    """Return whether the index is whole; None when there is none."""
    query = text("SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass(:name)")
    found: bool | None = db.session.execute(query, {"name": INDEX}).scalar()
    return found


def _row_count() -> int:
    return db.session.scalar(select(func.count()).select_from(StatementVector)) or 0


def _is_busy() -> bool:
    """Return whether many items wait to be read: then it is too early for an index."""
    unread = select(FeedbackItem.id).where(FeedbackItem.read_at.is_(None)).limit(BULK)
    return len(db.session.scalars(unread).all()) >= BULK


def _outside(*commands: str) -> None:
    """Run commands outside of any transaction; ours must not hold the old state in sight meanwhile."""
    db.session.rollback()
    with db.session.get_bind().engine.connect() as connection:
        bare = connection.execution_options(isolation_level="AUTOCOMMIT")
        for command in commands:
            bare.execute(text(command))
