"""The product behind a real port, and a Chromium in front of it.

``SLOW_PAGES=.5 pytest tests/browser`` sends every page in two pieces, half a second apart.
"""

import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

import pytest
from flask import Flask, Response
from playwright.sync_api import Browser
from werkzeug.serving import make_server

from ideaflow.app import create_app
from ideaflow.config import Settings
from ideaflow.db import db
from tests.browser.looking import Site


@pytest.fixture(scope="module")
def site(
    chromium: Browser,
    make_database: Callable[[str], str],
    worker_id: str,
    tmp_path_factory: pytest.TempPathFactory,
    request: pytest.FixtureRequest,
) -> Iterator[Site]:
    """The product on an empty database, which the tests of a module fill."""
    name = f"browser_{worker_id}_{abs(hash(request.node.nodeid)) % 10**8}"
    settings = Settings(
        home=tmp_path_factory.mktemp("home"), database_url=make_database(name), secret_key="for-tests-only",
        company="Fernhall",
    )  # fmt: skip
    app = create_app(settings, {"RATELIMIT_ENABLED": False})
    if pause := float(os.environ.get("SLOW_PAGES") or 0):
        app.after_request(lambda response: _slowly(response, pause))
    with _served(app, chromium) as served:
        yield served


@pytest.fixture
def serve_site(chromium: Browser) -> Iterator[Callable[[Flask], Site]]:
    """Serve an application that a test made itself: ``serve_site(app)``."""
    with ExitStack() as stack:
        yield lambda app: stack.enter_context(_served(app, chromium))


@contextmanager
def _served(app: Flask, chromium: Browser) -> Iterator[Site]:
    server = make_server("127.0.0.1", 0, app, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield Site(app, f"http://127.0.0.1:{server.server_port}", chromium)
    server.shutdown()
    with app.app_context():
        db.engine.dispose()


def _slowly(response: Response, pause: float) -> Response:
    """Send a page in two pieces, as a busy machine does: a test that looks before it waits fails then."""
    if response.mimetype == "text/html" and not response.is_streamed:
        body = response.get_data()

        def pieces() -> Iterator[bytes]:
            yield body[:600]
            time.sleep(pause)
            yield body[600:]

        response.response = pieces()
    return response


@pytest.fixture(autouse=True)
def _closed_pages(request: pytest.FixtureRequest) -> Iterator[None]:
    yield
    if "site" in request.fixturenames:
        request.getfixturevalue("site").close_pages()
