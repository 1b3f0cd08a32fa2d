"""Two people at the same moment, each with their own connection."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import func, select

from ideaflow import audit
from ideaflow.app import create_app
from ideaflow.config import Settings
from ideaflow.db import db
from ideaflow.errors import Conflict
from ideaflow.proposals import service
from ideaflow.proposals.models import Evidence, Proposal
from ideaflow.themes.models import Theme
from ideaflow.users import service as users


@pytest.fixture
def together(fresh_database: str, tmp_path: Path):
    """Run the same verb in four threads at once; returns what each gave or raised."""
    app = create_app(Settings(home=tmp_path, database_url=fresh_database, secret_key="x"), {"TESTING": True})
    gate = Barrier(4)

    def run(verb: Callable[[], Any]) -> list[Any]:
        def one(_: int) -> Any:
            with app.app_context():
                gate.wait()
                try:
                    return verb()
                except Conflict as error:
                    return error

        with ThreadPoolExecutor(4) as pool:
            return list(pool.map(one, range(4)))

    with app.app_context():
        user = users.add_user("maren@fernhall.example", "Maren Holt", ["product_manager"])
        theme = Theme(title="Count while picking continues")
        db.session.add(theme)
        db.session.commit()
        yield run, user.actor, theme.id
        db.session.remove()
        db.engine.dispose()


def test_a_theme_promoted_at_once_becomes_one_proposal(together):
    run, by, theme_id = together
    answers = run(lambda: service.promote([theme_id], by.id, by=by).id)
    assert sum(isinstance(answer, service.AlreadyProposed) for answer in answers) == 3
    assert db.session.scalar(select(func.count()).select_from(Proposal)) == 1
    assert audit.first_broken() is None


def test_the_same_evidence_added_and_removed_at_once_is_one(together):
    run, by, theme_id = together
    proposal_id = service.add_blank("Live count", by.id, by=by).id
    assert len(set(run(lambda: service.add_theme(proposal_id, theme_id, by=by).id))) == 1
    evidence_id = db.session.scalars(select(Evidence.id)).one()
    db.session.rollback()
    run(lambda: service.remove_evidence(evidence_id, by=by).id)
    events = select(func.count()).where(audit.AuditEvent.action.like("proposals.%evidence"))
    assert db.session.scalar(events) == 2
    assert audit.first_broken() is None


def test_of_edits_at_once_one_is_saved_and_the_others_see_it(together):
    run, by, _ = together
    proposal_id = service.add_blank("Live count", by.id, by=by).id
    titles = iter(["One", "Two", "Three", "Four"])
    answers = run(lambda: service.edit(proposal_id, {"title": next(titles)}, 1, by=by).title)
    assert sum(isinstance(answer, service.Overtaken) for answer in answers) == 3
    assert db.session.scalars(select(Proposal.version)).one() == 2
