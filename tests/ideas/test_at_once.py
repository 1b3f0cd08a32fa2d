"""One contact's presses at the same moment, each on its own connection."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select

from ideaflow.app import create_app
from ideaflow.config import Settings
from ideaflow.db import db
from ideaflow.ideas import service
from ideaflow.ideas.models import Idea, Support
from ideaflow.ideas.policy import Importance
from ideaflow.portal import queries as portal
from tests.factories import Factory


@pytest.fixture
def application(fresh_database, tmp_path):
    app = create_app(Settings(home=tmp_path, database_url=fresh_database, secret_key="x"), {"TESTING": True})
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def _press(app, verbs):
    def one(verb):
        with app.app_context():
            return verb()

    with ThreadPoolExecutor(8) as pool:
        return list(pool.map(one, verbs))


def test_forty_presses_at_once_are_one_support_and_one_idea(application):
    make = Factory(db.session)
    author, who = (portal.visitor(contact_id=make.contact(account_id=make.account().id).id) for _ in range(2))
    draft = service.Draft("Count one bin", "", Importance.MUST)
    posts = _press(application, [lambda: service.post(author, draft).id] * 8)
    assert len(set(posts)) == 1
    presses = [lambda at=at: service.support(who, posts[0], list(Importance)[at % 3]).id for at in range(40)]
    assert set(_press(application, presses)) == {posts[0]}
    mine = select(func.count()).where(Support.contact_id == who.contact_id)
    assert db.session.scalar(mine) == 1
    assert db.session.get_one(Idea, posts[0]).account_count == 2
