"""A company whose customers speak of a few things, in vectors made by hand: the model is not the point."""

import hashlib
from datetime import timedelta

import numpy as np
import pytest
from sqlalchemy.orm import Session

from embeddings.encode import unit
from embeddings.records import Encoded
from ideaflow.themes import engine, service
from ideaflow.themes.models import Theme
from tests.factories import SPOKEN_AT
from tests.themes.seed import Seed

TOPICS = ("wifi", "label", "count", "login", "pallet", "truck", "glove", "report")


def vector(text):
    """Point where the text's topics are, and a little aside, always the same for the same text."""
    digest = int.from_bytes(hashlib.sha256(text.encode()).digest()[:4], "big")
    aside = unit(np.random.default_rng(digest).normal(size=(1, 384)))[0]
    towards = np.zeros(384, np.float32)
    for topic in TOPICS:
        towards[TOPICS.index(topic) * 7] += text.lower().count(topic)
    if not towards.any():
        return aside
    distance = 0.1 if "plainly" in text else 0.35
    return unit(unit(towards[None]) + distance * aside[None])[0]


def encode(texts, wholes, tell=None):
    vectors = np.stack([vector(text) for text in texts]).astype(np.float32)
    return Encoded(vectors, vectors)


@pytest.fixture
def seed(session: Session) -> Seed:
    """Accounts that speak, and themes made of what they say: ``seed.theme("Login slow", statements=3)``."""
    return Seed(session)


@pytest.fixture
def by_hand(monkeypatch, session):
    """Make vectors by hand through the same door."""
    monkeypatch.setattr(engine, "encode", encode)
    monkeypatch.setattr(engine, "_encoder", lambda: None)
    monkeypatch.setattr(engine, "model", lambda: "by-hand")
    monkeypatch.setattr(engine, "name_of", lambda version: version)
    return engine


@pytest.fixture
def accounts(make):
    return [make.account(name=f"Customer {number}") for number in range(8)]


@pytest.fixture
def say(make, accounts):
    """Let an account say a sentence on a topic: ``say("wifi", account=2, days_ago=3)``."""
    said = [0]

    def speak(topic, account=0, days_ago=10, text=None, **values):
        said[0] += 1
        return make.item(
            text=text or f"{topic} {topic}{said[0] * 7919 % 9973}",
            account_id=accounts[account].id if account is not None else None,
            said_at=SPOKEN_AT - timedelta(days=days_ago),
            **values,
        )

    return speak


@pytest.fixture
def heard(by_hand, say):
    """Four topics, a dozen statements each, looked at once."""
    for topic in TOPICS[:4]:
        for number in range(12):
            say(topic, account=number % 6, days_ago=7 * number + 1)
    service.refresh()
    return say


@pytest.fixture
def about(session):
    """Return the live theme that most statements on a topic are in."""

    def find(topic):
        return find_theme(session, topic)

    return find


def find_theme(session, topic):
    from sqlalchemy import func, select

    from ideaflow.feedback.models import Statement
    from ideaflow.themes.models import ThemeMembership

    found = session.execute(
        select(ThemeMembership.theme_id)
        .join(Statement)
        .where(Statement.text.contains(topic), ThemeMembership.theme_id.is_not(None))
        .group_by(ThemeMembership.theme_id)
        .order_by(func.count().desc(), ThemeMembership.theme_id)
    ).first()
    return session.get(Theme, found[0], populate_existing=True) if found else None


@pytest.fixture
def maren(make):
    """The product manager who corrects."""
    return make.user(name="Maren Holt").actor
