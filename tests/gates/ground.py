"""Where campaigns of many examples stand: a database of their own, put back after each example.

An example is a real transaction that is rolled back, and VACUUM runs now and then: PostgreSQL tidies up after
transactions only, so that one which lasts for ever makes each step slower than the last.
"""

from contextlib import ExitStack

import pytest
from sqlalchemy import create_engine, event

from ideaflow.db import db

EXAMPLES_BEFORE_TIDYING = 25


class Ground:
    """A database in which ``base`` is saved.

    :param address: of a database that nobody else uses, as for DATABASE_URL.
    :param build: saves what every example begins with through ``db.session``, and returns the base.
    """

    def __init__(self, address, build):
        # Each statement is planned once: a step asks little, so that planning is most of what it would cost.
        self.engine = create_engine(
            address.replace("postgresql://", "postgresql+psycopg://", 1),
            connect_args={"prepare_threshold": 0, "options": "-c plan_cache_mode=force_generic_plan"},
        )
        event.listen(self.engine, "connect", _keep_every_plan)
        self.savepoints = Savepoints(self.engine.dialect)
        self.connection = self.engine.connect()
        self.examples = 0
        with ExitStack() as stack:
            stack.enter_context(self.begin(stack))  # Saved when the block ends.
            stack.callback(db.session.remove)
            self.base = build()
            self.savepoints.say(self.connection)
        self.tidy("ANALYZE")

    def begin(self, stack):
        """Begin a transaction, and let ``db.session`` speak to its connection until the stack ends."""
        self.savepoints.forget()
        transaction = self.connection.begin()
        self.connection.exec_driver_sql("SELECT 1")  # The driver begins with the first statement.
        undo = stack.enter_context(pytest.MonkeyPatch.context())
        undo.setitem(db.engines, None, self.connection)
        return transaction

    def example(self):
        """Begin an example; closing what is returned brings back the base."""
        self.examples += 1
        if self.examples % EXAMPLES_BEFORE_TIDYING == 0:
            self.tidy("VACUUM ANALYZE")
        stack = ExitStack()
        stack.callback(self.begin(stack).rollback)
        stack.callback(db.session.remove)
        return stack

    def tidy(self, statement):
        """Do what PostgreSQL does only outside a transaction."""
        with self.engine.connect() as other:
            other.execution_options(isolation_level="AUTOCOMMIT").exec_driver_sql(statement)

    def close(self):
        """Let go of the database."""
        self.connection.close()
        self.engine.dispose()


def _keep_every_plan(connection, _record):
    connection.prepared_max = 2_000


class Savepoints:
    """Speaks of savepoints past the driver, which forgets its plans with every ROLLBACK, even to a savepoint.

    What is over is said together with what comes next: one way to the server and back for each use case
    instead of two. A savepoint that was gone back to is released, lest they pile up.
    """

    def __init__(self, dialect):
        dialect.do_savepoint = self.set
        dialect.do_release_savepoint = self.release
        dialect.do_rollback_to_savepoint = self.go_back
        self.forget()

    def forget(self):
        """Begin where there are none."""
        self.open, self.owed = [], []

    def set(self, connection, name):
        self.open.append(name)
        self.owed.append(f"SAVEPOINT {name}")
        self.say(connection)

    def release(self, _connection, name):
        self.end(name)
        self.owed.append(f"RELEASE SAVEPOINT {name}")

    def go_back(self, connection, name):
        self.end(name)
        self.owed += [f"ROLLBACK TO SAVEPOINT {name}", f"RELEASE SAVEPOINT {name}"]
        if self.open:  # What comes next may be a plain statement of the use case around.
            self.say(connection)

    def end(self, name):
        """Close a savepoint and those within."""
        del self.open[self.open.index(name) :]

    def say(self, connection):
        words, self.owed = ";".join(self.owed), []
        answer = connection.connection.driver_connection.pgconn.exec_(words.encode())
        if answer.error_message:
            raise RuntimeError(answer.error_message.decode())
