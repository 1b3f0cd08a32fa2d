"""The schema of the database: brought up to date, taken back, compared with the models."""

import pkgutil
from importlib import import_module
from typing import Any

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

import ideaflow
from ideaflow import resources
from ideaflow.db import db, metadata
from ideaflow.errors import Unavailable

MIGRATION_LOCK = 7_310_000
OLDEST_PGVECTOR = (0, 7)  # The first with vectors of half precision.


def import_all_models() -> None:
    """Make every table known: import the models of every slice and of its parts."""
    import_module("ideaflow.audit")
    import_module("ideaflow.outbox")
    slices = [one.name for one in pkgutil.iter_modules(ideaflow.__path__, "ideaflow.") if one.ispkg]
    parts = [
        one.name
        for slice_name in slices
        for one in pkgutil.iter_modules(import_module(slice_name).__path__, f"{slice_name}.")
        if one.ispkg
    ]
    for name in (*slices, *parts):
        try:
            import_module(f"{name}.models")
        except ModuleNotFoundError as error:
            if error.name != f"{name}.models":
                raise


def is_ours(_item: Any, name: str | None, kind: str, _reflected: bool, _other: Any) -> bool:
    """Return whether a table belongs to ideaflow, not to the job queue."""
    return not (kind in {"table", "index"} and (name or "").startswith("procrastinate"))


def upgrade(revision: str = "head") -> None:
    """Bring the database up to ``revision``; processes that start together take turns."""
    _run(command.upgrade, revision)


def downgrade(revision: str) -> None:
    """Take the database back to ``revision``; the data of what is dropped are lost."""
    _run(command.downgrade, revision)


def current() -> str | None:
    """Return the revision the database is at; None when it is empty."""
    with db.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def newest() -> str | None:
    """Return the newest revision this program knows."""
    return ScriptDirectory.from_config(_config()).get_current_head()


def differences() -> list[Any]:
    """Return how the database differs from the models; empty when they agree."""
    import_all_models()
    with db.engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "include_object": is_ours, "target_metadata": metadata}
        )
        return list(compare_metadata(context, metadata))


def make(message: str, revision: str) -> None:
    """Write a new migration from what differs (for developers; read it before it is kept)."""
    with db.engine.connect() as connection:
        config = _config(connection)
        command.revision(config, message=message, autogenerate=True, rev_id=revision)


def _run(step: Any, revision: str) -> None:
    with db.engine.connect() as connection:
        _check_pgvector(connection)
        connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": MIGRATION_LOCK})
        connection.commit()
        try:
            config = _config(connection)
            _check_known(connection, config)
            step(config, revision)
            connection.commit()
        finally:
            connection.rollback()
            connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": MIGRATION_LOCK})
            connection.commit()


def _check_known(connection: Connection, config: Config) -> None:
    at = MigrationContext.configure(connection).get_current_revision()
    connection.rollback()
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if at is not None and at not in known:
        raise Unavailable(
            f"The database is at {at}, which this version of ideaflow does not know: a newer one made it. "
            "Install that version again, or take the database back with it (ideaflow db downgrade)."
        )


def _check_pgvector(connection: Connection) -> None:
    found = connection.execute(
        text("SELECT default_version FROM pg_available_extensions WHERE name = 'vector'")
    ).scalar()
    connection.rollback()
    known = tuple(int(part) for part in (found or "0").split(".")[:2] if part.isdigit())
    if known < OLDEST_PGVECTOR:
        has = f"pgvector {found}" if found else "no pgvector"
        raise Unavailable(
            f"This PostgreSQL has {has}; ideaflow needs {'.'.join(map(str, OLDEST_PGVECTOR))} or newer. "
            "Install it there, or leave DATABASE_URL empty to use the embedded database."
        )


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(resources.MIGRATIONS))
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    config.attributes["connection"] = connection
    return config
