"""What the tests of ideas stand on: who visits, and ideas without a worker to wait for."""

from typing import Any

import pytest

from ideaflow.ideas import likeness, service
from ideaflow.ideas.policy import Importance
from ideaflow.portal import queries as portal


@pytest.fixture(autouse=True)
def _no_worker(monkeypatch):
    """No page waits for a worker that is not there."""
    monkeypatch.setattr(likeness, "WAIT_SECONDS", 0)


@pytest.fixture
def visit(make):
    """Return a contact as the one who visits: ``visit(account)``, of a new account when left out."""

    def visiting(account: Any = None, **values: Any):
        contact = make.contact(account_id=(account or make.account()).id, **values)
        return portal.visitor(contact_id=contact.id)

    return visiting


@pytest.fixture
def posted(visit):
    """Return an idea that somebody posted: ``posted(who, title=…)``."""

    def posting(who: Any = None, **values: Any):
        values = {"title": "Count one bin", "text": "", "importance": Importance.IMPORTANT, **values}
        return service.post(who or visit(), service.Draft(**values))

    return posting
