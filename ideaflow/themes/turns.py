"""Taking turns: one full run at a time, one taking in, one change of themes on an installation."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import text

from ideaflow.db import db

RUN_LOCK, CHANGE_LOCK, JOIN_LOCK, LOOK_LOCK, INDEX_LOCK = range(7_310_010, 7_310_015)
"""Full runs; changes of themes; taking in; looking for new themes in the pool; building the index."""


@contextmanager
def alone(lock: int = RUN_LOCK) -> Iterator[None]:
    """Let one process at a time do this; the others wait. The lock goes with its process when it dies."""
    with db.session.get_bind().engine.connect() as connection:
        connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": lock})
        connection.commit()
        try:
            yield
        finally:
            connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": lock})
            connection.commit()


def take_turn() -> None:
    """Hold back other changes of themes until this transaction ends."""
    db.session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": CHANGE_LOCK})
