"""Migrations go up, down and up again, and end where the models are."""

import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import text

from ideaflow import schema
from ideaflow.app import create_app
from ideaflow.config import Settings
from ideaflow.db import db
from ideaflow.errors import Unavailable


@pytest.fixture
def empty_application(server, worker_id, tmp_path: Path):
    name = f"migrations_{worker_id}"
    with psycopg.connect(server.conninfo("postgres"), autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        connection.execute(f"CREATE DATABASE {name}")
    url = f"postgresql://ideaflow@/{name}?host={server.sockets}"
    application = create_app(Settings(home=tmp_path, database_url=url, secret_key="x"), {"TESTING": True})
    with application.app_context():
        yield application
        db.engine.dispose()


def _things() -> set[tuple[str, str]]:
    with db.engine.connect() as connection:
        rows = connection.exec_driver_sql(
            "SELECT 'relation', relname FROM pg_class WHERE relnamespace = 'public'::regnamespace"
            " UNION SELECT 'function', proname FROM pg_proc p WHERE pronamespace = 'public'::regnamespace"
            " AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')"
        )
        return {(row[0], row[1]) for row in rows}


def test_migrations_go_up_down_and_up_and_match_the_models(empty_application):
    schema.upgrade()
    assert schema.differences() == []
    whole = _things()
    schema.downgrade("base")
    assert {name for _, name in _things()} <= {"alembic_version", "alembic_version_pkc"}
    schema.upgrade()
    assert _things() == whole
    assert schema.current() == schema.newest()


def test_migrations_alone_know_every_table_of_the_program():
    code = (
        "from ideaflow.db import metadata\n"
        "from ideaflow.schema import import_all_models\n"
        "import_all_models()\n"
        "known = set(metadata.tables)\n"
        "import ideaflow.app\n"
        "print(sorted(set(metadata.tables) - known))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout.strip() == "[]", done.stderr


def test_upgrading_twice_changes_nothing(empty_application):
    schema.upgrade()
    before = _things()
    schema.upgrade()
    assert _things() == before


def test_a_server_without_a_fit_pgvector_is_told_before_anything_is_made(empty_application, monkeypatch):
    monkeypatch.setattr(schema, "OLDEST_PGVECTOR", (99, 0))
    with pytest.raises(Unavailable, match=r"needs 99\.\d or newer"):
        schema.upgrade()
    assert _things() == set()


def test_a_database_of_a_newer_version_is_told_and_left_alone(empty_application):
    with empty_application.app_context():
        schema.upgrade()
        with db.engine.begin() as connection:
            connection.execute(text("UPDATE alembic_version SET version_num = '20991231_0000'"))
        with pytest.raises(Unavailable, match="a newer one made it"):
            schema.upgrade()
        with pytest.raises(Unavailable, match="Install that version again"):
            schema.downgrade("base")
        assert schema.current() == "20991231_0000"
