import pytest

from tests.codesign.answering import Round


@pytest.fixture
def ask(make, session):
    """A round with customers: ``ask.open()``, ``ask.invite(held, *accounts)``, ``ask.cast(participant)``."""
    return Round(make, session)
