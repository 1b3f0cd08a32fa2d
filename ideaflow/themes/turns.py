"""Taking turns: one run at a time on an installation, and one change of themes at a time."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import text

from ideaflow.db import db

RUN_LOCK, CHANGE_LOCK = 7_310_010, 7_310_011


@contextmanager
def alone() -> Iterator[None]:
    """Let one process at a time run; the others wait. The lock goes with its process when it dies."""
    with db.session.get_bind().engine.connect() as connection:
        connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": RUN_LOCK})
        connection.commit()
        try:
            yield
        finally:
            connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": RUN_LOCK})
            connection.commit()


def take_turn() -> None:
    """Hold back other changes of themes until this transaction ends."""
    db.session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": CHANGE_LOCK})
