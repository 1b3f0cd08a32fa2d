"""What every test stands on: a real PostgreSQL, the application, a session that is rolled back."""

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from flask import Flask, g
from flask.testing import FlaskClient
from sqlalchemy import event
from sqlalchemy.orm import Session

from ideaflow import schema
from ideaflow.app import create_app
from ideaflow.config import Settings
from ideaflow.db import db
from ideaflow.gates.process import publishing
from ideaflow.launch import templates
from ideaflow.server import EmbeddedServer
from tests.browser.looking import FLAGS, SYSTEM_CHROMIUM
from tests.factories import Factory

HTMX = {"HX-Request": "true"}
TEMPLATE = "ideaflow_template"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A campaign lasts as long as it lasts; everything else is cut off after a while (pyproject.toml)."""
    for item in items:
        if item.get_closest_marker("slow"):
            item.add_marker(pytest.mark.timeout(0))


@pytest.fixture(scope="session")
def shared_folder(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """A folder that all test processes of this run share."""
    base = tmp_path_factory.getbasetemp()
    return base if worker_id == "master" else base.parent


@pytest.fixture(scope="session")
def server(shared_folder: Path) -> Iterator[EmbeddedServer]:
    """The embedded PostgreSQL, one for all test processes; safe writing is off to save time."""
    options = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "lock_timeout": "2min"}
    embedded = EmbeddedServer(shared_folder / "server", options)
    embedded.use()
    with (
        _alone(shared_folder / "template.lock"),
        psycopg.connect(embedded.conninfo("postgres"), autocommit=True) as connection,
    ):
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [TEMPLATE]).fetchone():
            connection.execute(f"CREATE DATABASE {TEMPLATE}")
            with _application(_address(embedded, TEMPLATE), shared_folder / "template").app_context():
                schema.upgrade()
                publishing.ship()  # As “ideaflow db upgrade” does.
                templates.ship()
                db.engine.dispose()
    yield embedded
    embedded.release()


@pytest.fixture(scope="session")
def make_database(server: EmbeddedServer) -> Callable[[str], str]:
    """Make a migrated, empty database of its own; returns its address for DATABASE_URL."""

    def make(name: str) -> str:
        with psycopg.connect(server.conninfo("postgres"), autocommit=True) as connection:
            connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
            connection.execute(f'CREATE DATABASE "{name}" TEMPLATE {TEMPLATE}')
        return _address(server, name)

    return make


@pytest.fixture
def fresh_database(
    make_database: Callable[[str], str], worker_id: str, request: pytest.FixtureRequest
) -> str:
    """The address of an empty database for this test alone, for tests with real processes."""
    return make_database(f"fresh_{worker_id}_{abs(hash(request.node.nodeid)) % 10**8}")


@pytest.fixture(scope="session")
def app(
    make_database: Callable[[str], str], worker_id: str, tmp_path_factory: pytest.TempPathFactory
) -> Flask:
    """The application on a database of this test process."""
    application = _application(make_database(f"test_{worker_id}"), tmp_path_factory.mktemp("home"))
    application.test_client_class = Browser
    with application.app_context():
        db.session.configure(join_transaction_mode="create_savepoint")
    return application


@pytest.fixture
def session(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Session]:
    """The application's session inside one outer transaction that is never committed."""
    with app.app_context(), db.engine.connect() as connection, connection.begin() as outer:
        # Flask-SQLAlchemy picks its engine itself, so the connection stands in for it.
        monkeypatch.setitem(db.engines, None, connection)
        yield db.session
        db.session.remove()
        outer.rollback()


@pytest.fixture
def make(session: Session) -> Factory:
    """Makes records with believable defaults: ``make.user(roles=["sales"])``, ``make.item(text=…)``."""
    return Factory(session)


class Browser(FlaskClient):
    """A browser without JavaScript; nothing of one request's context is left for the next."""

    def open(self, *args: Any, **kwargs: Any) -> Any:
        vars(g).clear()  # The test's own context stands around all requests.
        return super().open(*args, **kwargs)


@pytest.fixture
def client(app: Flask, session: Session) -> FlaskClient:
    """A browser without JavaScript, signed out."""
    return app.test_client()


@pytest.fixture
def client_of(app: Flask, make: Factory) -> Callable[..., FlaskClient]:
    """Return a browser signed in as somebody with the given roles: ``client_of("product_manager")``."""

    def sign_in(*roles: str) -> FlaskClient:
        browser = app.test_client()
        user = make.user(roles=list(roles))
        with browser.session_transaction() as cookie:
            cookie["_user_id"] = user.get_id()
            cookie["_fresh"] = True
        browser.user = user  # type: ignore[attr-defined]
        return browser

    return sign_in


@pytest.fixture
def contact_of(app: Flask, make: Factory) -> Callable[..., FlaskClient]:
    """Return a browser signed in to the portal as a contact of ``account``, else of a new one."""

    def sign_in(account: Any = None, **values: Any) -> FlaskClient:
        browser = app.test_client()
        contact = make.contact(account_id=(account or make.account()).id, **values)
        with browser.session_transaction() as cookie:
            cookie["contact"] = f"{contact.id}:0"
        browser.contact = contact  # type: ignore[attr-defined]
        return browser

    return sign_in


@pytest.fixture
def count_queries(app: Flask, session: Session) -> Callable[[], Any]:
    """Collect the questions a block asks the database: ``with count_queries() as statements: …``."""

    @contextmanager
    def counting() -> Iterator[list[str]]:
        statements: list[str] = []

        def note(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
            if statement.lstrip().upper().startswith(("SELECT", "WITH")):
                statements.append(statement)

        connection = db.engines[None]
        db.session.expire_all()  # What an earlier request loaded is asked for again.
        event.listen(connection, "before_cursor_execute", note)
        try:
            yield statements
        finally:
            event.remove(connection, "before_cursor_execute", note)

    return counting


@pytest.fixture(scope="session")
def playwright() -> Iterator[Any]:
    """What drives browsers, one for this test process."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="module")
def chromium(playwright: Any) -> Iterator[Any]:
    """Chromium, one for the tests of a module: after some sixty pages one gave no more frames."""
    path = str(SYSTEM_CHROMIUM) if SYSTEM_CHROMIUM.exists() else None
    browser = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
    yield browser
    browser.close()


def _application(url: str, home: Path) -> Flask:
    settings = Settings(home=home, database_url=url, secret_key="for-tests-only", company="Fernhall")
    return create_app(settings, {"TESTING": True, "WTF_CSRF_ENABLED": False, "RATELIMIT_ENABLED": False})


def _address(server: EmbeddedServer, database: str) -> str:
    return f"postgresql://ideaflow@/{database}?host={server.sockets}"


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    with path.open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@pytest.fixture(scope="session")
def worker_id(request: pytest.FixtureRequest) -> str:
    """The name of this test process; “master” when there is only one."""
    return os.environ.get("PYTEST_XDIST_WORKER", "master")
