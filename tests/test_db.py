"""What every question to the database stands on."""

from datetime import UTC, datetime

import psycopg
from sqlalchemy import Date, cast, select

from ideaflow.app import create_app
from ideaflow.config import Settings
from ideaflow.db import db
from ideaflow.feedback.models import FeedbackItem
from tests.factories import Factory


def test_a_moment_has_the_day_of_utc_wherever_the_database_stands(fresh_database, tmp_path):
    name = fresh_database.partition("?")[0].rpartition("/")[2]
    with psycopg.connect(fresh_database, autocommit=True) as connection:
        connection.execute(f"ALTER DATABASE \"{name}\" SET timezone TO 'Pacific/Kiritimati'")
    app = create_app(Settings(home=tmp_path, database_url=fresh_database, secret_key="x"), {"TESTING": True})
    with app.app_context():
        Factory(db.session).item(said_at=datetime(2026, 11, 20, 22, tzinfo=UTC))
        [(moment, day)] = db.session.execute(
            select(FeedbackItem.said_at, cast(FeedbackItem.said_at, Date).label("day"))
        ).all()
        assert str(moment.date()) == str(day) == "2026-11-20"
        db.session.remove()
        db.engine.dispose()
