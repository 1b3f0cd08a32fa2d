"""Themes to look at."""

import pytest
from sqlalchemy.orm import Session

from tests.themes.seed import Seed


@pytest.fixture
def seed(session: Session) -> Seed:
    """Accounts that speak, and themes made of what they say: ``seed.theme("Login slow", statements=3)``."""
    return Seed(session)
