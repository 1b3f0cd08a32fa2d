import threading
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from werkzeug.serving import make_server

from ideaflow.app import create_app
from ideaflow.codesign.models import Participant
from ideaflow.config import Settings
from ideaflow.db import db
from tests.codesign.answering import SECRET, Round
from tests.factories import Factory


@pytest.fixture
def ask(make, session):
    """A round with customers: ``ask.open()``, ``ask.invite(held, *accounts)``, ``ask.cast(participant)``."""
    return Round(make, session)


@pytest.fixture
def served(fresh_database: str, tmp_path: Path) -> Iterator[Any]:
    """The product behind a real port, for many at once: its ``ask``, ``address``, ``cookie(participant)``."""
    settings = Settings(home=tmp_path, database_url=fresh_database, secret_key=SECRET)
    app = create_app(settings, {"WTF_CSRF_ENABLED": False, "RATELIMIT_ENABLED": False})
    server = make_server("127.0.0.1", 0, app, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    signer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]

    def cookie(one: Participant) -> str:
        return f"{app.config['SESSION_COOKIE_NAME']}={signer.dumps({'contact': f'{one.contact_id}:0'})}"

    with app.app_context():
        ask = Round(Factory(db.session), db.session)
        yield SimpleNamespace(
            app=app, ask=ask, address=f"http://127.0.0.1:{server.server_port}", cookie=cookie
        )
        db.session.remove()
        server.shutdown()
        db.engine.dispose()
